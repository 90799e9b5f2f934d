"""Compute with a given accumulation: the notation of `streetlight.record.accumulation`, read and evaluated."""

import ast
import ctypes.util
import math
from fractions import Fraction
from functools import lru_cache, partial

import numpy as np

from streetlight.certify import errorfree
from streetlight.record.accumulation import layout_of


class AccumulationError(Exception):
    """A notation that cannot be read, or a dot whose accumulation is not known."""


def exact_fma(a, b, c):
    """``a * b + c``, rounded once, by exact rationals."""
    try:
        exact = Fraction(a) * Fraction(b) + Fraction(c)
    except (ValueError, OverflowError):  # a nan or an infinity, beside which a finite product does not count
        return c if math.isfinite(a) and math.isfinite(b) else a * b + c
    if exact == 0:  # the products cancel exactly, so this rounds nothing and gives the zero its sign
        return a * b + c
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def _library_fma():  # if it rounds once; else the exact one
    try:
        found = ctypes.CDLL(ctypes.util.find_library('m')).fma
    except (OSError, AttributeError, TypeError):
        return exact_fma
    found.restype, found.argtypes = ctypes.c_double, [ctypes.c_double] * 3
    return found if found(0.1, 10.0, -1.0) == 2.0**-54 and found(1 + 2.0**-27, 1 - 2.0**-27, -1.0) == -(2.0**-54) else exact_fma


_ONE = getattr(math, 'fma', None) or _library_fma()
_ONE_BY_ONE = np.frompyfunc(_ONE, 3, 1)


def fma(a, b, c):
    """``a * b + c`` of arrays, rounded once; of many by error-free transformations, which lose the sign of a zero."""
    a, b, c = map(np.asarray, (a, b, c))
    with np.errstate(all='ignore'):
        free = max(a.size, b.size, c.size) > 64 and errorfree.splits(a, b) and (np.abs(c) < 2.0**900).all()
        found = errorfree.fma(a, b, c) if free else 0.0
    return found if np.all(found) else np.asarray(_ONE_BY_ONE(a, b, c), np.float64)


@lru_cache(maxsize=None)
def parse(notation):
    """Read a notation.

    Parameters
    ----------
    notation : str
        Such as ``0+((p0+x1)+x2)``.

    Returns
    -------
    from_zero : bool
    tree : tuple
        ``('p', i)``, ``('x', i)`` or ``('+', tree, tree)``.
    extended : bool

    Raises
    ------
    AccumulationError
        If it is no accumulation: each product once, at most one exact product in a sum.
    """
    text, colon, precision = notation.partition(':')
    from_zero, text = text.startswith('0+'), text[2 * text.startswith('0+') :]
    try:
        if colon and precision != 'extended':
            raise ValueError('unknown precision')
        tree = _tree(ast.parse(text, mode='eval').body)
        indices = sorted(_indices(tree))
        if tree[0] == 'x' or indices != list(range(len(indices))):
            raise ValueError('not each product once')
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise AccumulationError("cannot read the accumulation '%.80s': %s" % (notation, error)) from None
    return from_zero, tree, precision == 'extended'


def _tree(node):
    if isinstance(node, ast.Name) and node.id[0] in 'px' and node.id[1:].isdigit():
        return node.id[0], int(node.id[1:])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _tree(node.left), _tree(node.right)
        if left[0] == right[0] == 'x':
            raise ValueError('two exact products in one sum')
        return '+', left, right
    raise ValueError('neither a product nor a sum')


def _indices(tree):
    return [tree[1]] if tree[0] in 'px' else _indices(tree[1]) + _indices(tree[2])


@lru_cache(maxsize=None)
def _of_floats(notation):
    """The inner product of two lists of floats, as a function; None where it takes more than float64, or is too deep for Python."""
    from_zero, tree, extended = parse(notation)
    try:
        return None if extended else eval(f'lambda a, b: {"0.0 + " * from_zero}{_formula(tree)}', {'fma': _ONE})
    except (SyntaxError, RecursionError, MemoryError):
        return None


def _formula(tree):
    if tree[0] == 'p':
        return f'a[{tree[1]}] * b[{tree[1]}]'
    left, right = sorted(tree[1:], key=lambda side: side[0] != 'x')
    return f'fma(a[{left[1]}], b[{left[1]}], {_formula(right)})' if left[0] == 'x' else f'({_formula(left)} + {_formula(right)})'


def inner_products(a, b, notation):
    """Sums of products in one accumulation.

    Parameters
    ----------
    a, b : ndarray of float64
        Factors; the last axis is summed over, the others broadcast.
    notation : str

    Returns
    -------
    ndarray of float64
    """
    from_zero, tree, extended = parse(notation)
    if extended and np.finfo(np.longdouble).nmant != 63:
        raise AccumulationError('extended accumulations need an 80-bit long double, which this machine has not')
    a, b = (np.asarray(each, np.longdouble if extended else np.float64) for each in (a, b))
    total = _evaluated(tree, a, b, lambda tree, value: None)
    return np.asarray(0.0 + total if from_zero else total, np.float64)


def partial_sums(a, b, notation):
    """The operations of one inner product, in order, each with what it gives.

    Parameters
    ----------
    a, b : ndarray of float64, shape (k,)
    notation : str
        Of float64, not extended.

    Returns
    -------
    list of (str, float)
        Such as ``('p0+x1', 0.25)``: the notation of the sum, or product, and its value.
    """
    found, (a, b) = [], np.asarray([a, b], np.float64)
    _evaluated(parse(notation)[1], a, b, lambda tree, value: found.append((_told(tree), float(value))))
    return found


def _told(tree):
    if tree[0] != '+':
        return '%s%d' % tree
    return '+'.join(f'({_told(each)})' if each[0] == '+' else _told(each) for each in tree[1:])


def _evaluated(tree, a, b, done):
    """The value of a tree; ``done`` is told of every operation with its value."""
    if tree[0] == 'p':
        value = a[..., tree[1]] * b[..., tree[1]]
    else:
        left, right = sorted(tree[1:], key=lambda side: side[0] != 'x')
        if left[0] == 'x':
            value = fma(a[..., left[1]], b[..., left[1]], _evaluated(right, a, b, done))
        else:
            value = _evaluated(left, a, b, done) + _evaluated(right, a, b, done)
    done(tree, value)
    return value


class EmulatedArithmetic:
    """Float64 whose ``dot`` accumulates as told, and whose ``power`` may depart from the rounded square.

    Parameters
    ----------
    accumulations : dict of str to list of str, or callable
        For each layout (`streetlight.record.accumulation.layout_of`), or each shape, the accumulations of its elements in C order, or one
        for all; or a function of the shape and the number of products that gives such a list.
    squares : dict of str to str, optional
        What ``power(x, 2)`` gives where it is not ``x * x``: hexadecimal ``abs(x)`` to hexadecimal square.
    functions : dict of str to callable, optional
        What stands in for NumPy's ``exp``, ``log``, … on arrays.

    Raises
    ------
    AccumulationError
        By ``dot``, if a shape has no accumulation.
    """

    few = 16  # inner products that Python's own floats compute sooner than arrays do

    def __init__(self, accumulations, squares=None, functions=None):
        self._accumulations = accumulations if callable(accumulations) else self._table(accumulations)
        self._squares = squares or {}
        self.functions = functions or {}

    @staticmethod
    def _table(accumulations):
        def look_up(layout, k):
            shape = layout.replace('T', '')  # all that older recordings tell
            if layout not in accumulations and shape not in accumulations:
                raise AccumulationError('no accumulation is known for a dot of %s' % shape)
            return accumulations.get(layout) or accumulations[shape]

        return look_up

    def dot(self, a, b):
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        k = a.shape[-1]
        notations = self._accumulations(layout_of(a, b), k)
        shape = a.shape[:-1] + b.shape[1:]
        if math.prod(shape) <= self.few:
            columns = b.T.reshape(-1, k).tolist()
            found = self.sums([(row, column) for row in a.reshape(-1, k).tolist() for column in columns], notations)
            return np.array(found, np.float64).reshape(shape)[()]
        return self.inner(a[..., np.newaxis, :] if b.ndim == 2 else a, b.T, notations, shape)

    def inner(self, rows, columns, notations, shape):
        """The inner products of rows and columns, an array of this shape: each in its own accumulation, or all in one."""
        if len(notations) == 1:
            return inner_products(rows, columns, notations[0])
        rows, columns = (each.reshape(-1, each.shape[-1]).tolist() for each in np.broadcast_arrays(rows, columns))
        return np.array(self.sums(list(zip(rows, columns)), notations), np.float64).reshape(shape)

    def sums(self, pairs, notations):
        """The inner products of pairs of lists of floats, a list of floats."""
        own = notations * (len(pairs) if len(notations) == 1 else 1)
        return [(_of_floats(notation) or partial(inner_products, notation=notation))(a, b) for notation, (a, b) in zip(own, pairs)]

    def power(self, x, n):
        square = self._squares.get(abs(float(x)).hex()) if n == 2 else None
        return x * x if square is None else np.float64(float.fromhex(square))


def left_to_right(shape, k):
    """The plain accumulation: from the first product to the last, nothing fused."""
    return ['0+' + '(' * (k - 1) + 'p0' + ''.join('+p%d)' % i for i in range(1, k))]
