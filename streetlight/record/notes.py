"""What an annotated program's hooks write down: named values with their bits, and what this machine did where machines differ.

A long program names millions of values.  The first ones are kept whole, and each value that is printed with them; of the rest
every five hundred leave a digest, so that two recordings still tell where they part.
"""

from __future__ import print_function

import math
import zlib

import numpy as np

from streetlight.record.accumulation import NotRevealed, layout_of, reveal_shape
from streetlight.record.annotate import WATCHED
from streetlight.record.trace import Step, address

KEPT = 20000  # values that are kept whole, and as many that are shown
CHUNK = 500  # values that share a digest, where they are not kept
TABLED = 2000  # results of one function that are kept
LARGEST = 4096  # numbers in a value that is kept


class Notes(object):
    """The hooks of a program that is recorded.

    Parameters
    ----------
    kept : int, optional
        How many named values to keep whole.
    start : int, optional
        From which one on.

    Attributes
    ----------
    steps : list of Step
        The named values that are kept.
    count : int
        How many values were named.
    digests : list of (str, str)
        The address of each five hundredth value, and the digest of all up to there.
    shown : list of Step
        Values that became text, and what they are called; the first `KEPT`.
    shapes : set of str
        Of every ``dot``, as `layout_of` names them.
    squares : dict of str to str
        What a scalar's square is where it is not ``x * x``.
    functions : dict of str to dict of str to str
        Operands and results of functions, hexadecimal; the first `TABLED` of each.
    """

    def __init__(self, kept=KEPT, start=0):
        self.steps = []
        self.count = 0
        self.digests = []
        self.shown = []
        self.shapes = set()
        self.squares = {}
        self.functions = {}
        self._first, self._last = start, start + kept
        self._where = []
        self._whiles = {}
        self.last = None
        self._digest = 0

    def name(self, name, value):
        """A name has a new value."""
        array = numbers(value)
        if array is None or array.size > LARGEST:
            return
        step = Step(tuple(self._where), name, array)
        if self._first <= self.count < self._last:
            self.steps.append(step)
        self.count += 1
        self._digest = zlib.crc32(array.tobytes(), self._digest)
        if self.count % CHUNK == 0:
            self.digests.append((address(step), '%08x' % (self._digest & 0xffffffff)))

    def show(self, value, name=''):
        """A value is about to become text."""
        array = numbers(value)
        if array is not None and array.dtype.kind == 'f' and array.size <= LARGEST and len(self.shown) < KEPT:
            self.shown.append(Step(tuple(self._where), name, array))
        return value

    def echo(self, value):
        """The value of a cell's last line, which a notebook shows."""
        if value is not None:
            print(repr(value))
            self.last = value
        return value

    def display(self, *values):
        """IPython's, where there is text alone."""
        for value in values:
            print(repr(self.show(value)))

    def cell(self, number):
        """A cell of a notebook begins, which is a place of its own."""
        self._where = [('cell', number)]

    def loop(self, name, iterable):
        """Go through an iterable; each of its items is a place."""
        depth = len(self._where)
        try:
            for number, item in enumerate(iterable):
                self._place(depth, name, item if isinstance(item, (int, float, str)) else number)
                yield item
        finally:
            self._place(depth)

    def enter(self, key):
        """A ``while`` begins."""
        self._whiles[key] = [len(self._where), 0]

    def turn(self, key):
        """A pass of a ``while`` begins."""
        depth, number = self._whiles[key]
        self._place(depth, 'while', number)
        self._whiles[key][1] += 1

    def leave(self, key):
        """A ``while`` is over."""
        self._place(self._whiles[key][0])

    def _place(self, depth, name=None, value=None):
        del self._where[depth:]
        if name is not None:
            self._where.append((name, value))

    def power(self, x, n):
        """``x ** n``; NumPy gives a scalar to the C library's ``pow``."""
        result = x ** n
        if isinstance(x, np.floating) and isinstance(n, (int, float)) and n == 2 and not result == x * x and result == result:
            self.squares[abs(float(x)).hex()] = float(result).hex()
        return result

    def product(self, a, b):
        """``a @ b``."""
        self.multiplied(a, b)
        return eval('a @ b', {'a': a, 'b': b})  # no syntax of Python 2.7

    def method(self, owner, name):
        """``owner.name``, about to be called."""
        called = getattr(owner, name)
        if isinstance(owner, np.ndarray):
            return (lambda b, *rest, **others: self.dot(called, (owner, b), (b,) + rest, others)) if name == 'dot' else called
        return self.function(called, name)

    def function(self, called, name):
        """A function of NumPy's or of ``math`` that a program calls by this name; one of the program's own stays as it is."""
        if name in WATCHED and called is getattr(math, name, None):
            return lambda *given: self.tabled('math.' + name, called(*given), given)
        if name not in WATCHED or called is not getattr(np, name, None):
            return called
        if name in ('dot', 'matmul', 'inner'):
            return lambda a, b, *rest, **others: self.dot(called, (a, b), (a, b) + rest, others)
        return lambda *given, **others: self.tabled(name, called(*given, **others), given)

    def dot(self, called, operands, given, others):
        self.multiplied(*operands)
        return called(*given, **others)

    def multiplied(self, a, b):
        """Note the shape of a product of two arrays of numbers."""
        a, b = np.asarray(a), np.asarray(b)
        if 1 <= a.ndim <= 2 and 1 <= b.ndim <= 2 and 'f' in (a.dtype.kind, b.dtype.kind) and a.size and b.size:
            self.shapes.add(layout_of(a, b))

    def tabled(self, name, result, given):
        """Note what a function gave, while there is room."""
        table = self.functions.setdefault(name, {})
        if len(table) < TABLED and np.asarray(result).dtype == float and len(given) <= 2:
            operands = np.broadcast_arrays(*given)
            for values in zip(*([each.ravel().tolist() for each in operands] + [np.ravel(result).tolist()])):
                table[' '.join(float(value).hex() for value in values[:-1])] = float(values[-1]).hex()
        return result


def numbers(value):
    """A value as an array of numbers of its own, or None where it is none."""
    if isinstance(value, (bool, str)) or value is None:
        return None
    if isinstance(value, (list, tuple)) and not value:
        return None
    if not isinstance(value, (int, float, list, tuple, np.ndarray, np.generic)):
        return None
    try:
        array = np.array(value)
    except (ValueError, TypeError, OverflowError):  # lists of unequal lengths, of objects
        return None
    return array if array.dtype.kind in 'biuf' and array.size else None


def revealed(shapes):
    """The accumulations of dots of these shapes on this machine.

    Parameters
    ----------
    shapes : set of str
        As `layout_of` names them.

    Returns
    -------
    dict of str to list of str
    """
    found = {}
    for shape in sorted(shapes):
        try:
            found[shape] = reveal_shape(laid_out(shape), shape.replace('T', ''))
        except NotRevealed as reason:
            found[shape] = ['not revealed: %s' % reason]
    return found


def laid_out(shape):
    """A ``dot`` whose operands lie in memory as a shape says."""
    left, right = (np.asfortranarray if side.endswith('T') else np.ascontiguousarray for side in shape.split(' . '))
    return lambda a, b: np.dot(left(a), right(b))
