"""What an annotated program's hooks write down: named values with their bits, and what this machine did where machines differ.

A long program names millions of values.  The first ones are kept whole, and each value that is printed with them; of the rest
every five hundred leave a digest, so that two recordings still tell where they part.
"""

from __future__ import print_function

import zlib

import numpy as np

from streetlight.record.accumulation import NotRevealed, layout_of, reveal_shape
from streetlight.record.hooks import Hooks, multiplies, squares
from streetlight.record.trace import Step, address

KEPT = 20000  # values that are kept whole, and as many that are shown
CHUNK = 500  # values that share a digest, where they are not kept
TABLED = 2000  # results of one function that are kept
LARGEST = 4096  # numbers in a value that is kept


class Notes(Hooks):
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
        Hooks.__init__(self)
        self.steps = []
        self.count = 0
        self.digests = []
        self.shown = []
        self.shapes = set()
        self.squares = {}
        self.functions = {}
        self._first, self._last = start, start + kept
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
            self.digests.append((address(step), '%08x' % (self._digest & 0xFFFFFFFF)))

    def show(self, value, name=''):
        """A value is about to become text."""
        array = numbers(value)
        if array is not None and array.dtype.kind == 'f' and array.size <= LARGEST and len(self.shown) < KEPT:
            self.shown.append(Step(tuple(self._where), name, array))
        return value

    def echo(self, value):
        Hooks.echo(value)
        self.last = self.last if value is None else value
        return value

    def display(self, *values):
        """IPython's, where there is text alone."""
        for value in values:
            print(repr(self.show(value)))

    def power(self, x, n):
        result = x**n
        if squares(x, n) and not result == x * x and result == result:
            self.squares[abs(float(x)).hex()] = float(result).hex()
        return result

    def product(self, a, b):
        result = Hooks.product(self, a, b)
        self.multiplied(a, b)
        return result

    def product_in_place(self, a, b):
        result = Hooks.product_in_place(self, a, b)
        self.multiplied(a, b)
        return result

    def dot(self, called, operands, given, others):
        result = called(*given, **others)
        self.multiplied(*operands)
        return result

    def multiplied(self, a, b):
        """Note the shape of a product of two arrays of numbers."""
        if multiplies(a, b):
            self.shapes.add(layout_of(np.asarray(a), np.asarray(b)))

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
