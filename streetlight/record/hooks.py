"""What an annotated program calls: places, and operations that are done as they stand.

`streetlight.record.notes.Notes` writes down what a program does, `streetlight.record.trace.Trace`
what a listing names and shows, there on whatever *arithmetic* it is given.

This module runs on Python 2.7 to the newest, with NumPy alone.
"""

from __future__ import print_function

import math

import numpy as np

from streetlight.record.annotate import WATCHED


class Hooks(object):
    """The hooks of a program, which notice nothing; a subclass does.

    Parameters
    ----------
    arithmetic : object, optional
        Its ``dot(a, b)`` multiplies arrays, its ``power(x, n)`` raises a scalar, for which NumPy calls
        the C library's ``pow``; ``functions``, if it has them, stand in for NumPy's.  If none is given,
        each operation is done as it stands.
    """

    def __init__(self, arithmetic=None):
        self.arithmetic = arithmetic
        self._where = []
        self._whiles = {}

    def name(self, name, value):
        """A name has a new value."""

    def added(self, name, value):
        """A name has a new value by ``+=`` or its like."""
        self.name(name, value)

    def show(self, value, name=''):
        """A value is about to become text."""
        return value

    @staticmethod
    def echo(value):
        """The value of a cell's last line, which a notebook shows."""
        if value is not None:
            print(repr(value))
        return value

    def cell(self, number):
        """A cell of a notebook begins, which is a place of its own."""
        self._where = [('cell', number)]

    def loop(self, name, iterable, key=None):
        """Go through an iterable; each of its items is a place."""
        depth = len(self._where)
        try:
            for number, item in enumerate(iterable):
                self._place(depth, name, item if type(item) in (int, float, str) else number)
                yield item
        finally:
            self._place(depth)

    def enter(self, key):
        """A ``while`` begins."""
        self._whiles.setdefault(key, []).append([len(self._where), 0])

    def turn(self, key):
        """A pass of a ``while`` begins."""
        depth, number = self._whiles[key][-1]
        self._place(depth, 'while', number)
        self._whiles[key][-1][1] += 1

    def leave(self, key):
        """A ``while`` is over."""
        self._place(self._whiles[key].pop()[0])

    def _place(self, depth, name=None, value=None):
        del self._where[depth:]
        if name is not None:
            self._where.append((name, value))

    def power(self, x, n):
        """``x ** n``; NumPy gives a scalar to the C library's ``pow``."""
        own = self.arithmetic is None or not squares(x, n)
        return x**n if own else self.arithmetic.power(x, n)

    def power_in_place(self, x, n):
        """``x **= n``."""
        if not isinstance(x, np.ndarray):
            return self.power(x, n)
        x **= n
        return x

    def product(self, a, b):
        """``a @ b``."""
        if self.arithmetic is not None and multiplies(a, b):
            return self.arithmetic.dot(a, b)
        return eval('a @ b', {'a': a, 'b': b})  # no syntax of Python 2.7

    def product_in_place(self, a, b):
        """``a @= b``."""
        if self.arithmetic is not None and multiplies(a, b):
            a[...] = self.arithmetic.dot(a, b)
            return a
        scope = {'a': a, 'b': b}
        exec('a @= b', scope)
        return scope['a']

    def method(self, owner, name):
        """``owner.name``, about to be called."""
        called = getattr(owner, name)
        if not isinstance(owner, np.ndarray):
            return self.function(called, name)
        if name != 'dot':
            return called
        return lambda b, *rest, **others: self.dot(called, (owner, b), (b,) + rest, others)

    def function(self, called, name):
        """A function of NumPy's or ``math`` that is called by this name; the program's own stays."""
        if name in WATCHED and called is getattr(math, name, None):
            return lambda *given: self.tabled('math.' + name, called(*given), given)
        if name not in WATCHED or called is not getattr(np, name, None):
            return called
        if name in ('dot', 'matmul', 'inner'):
            return lambda a, b, *rest, **others: self.dot(called, (a, b), (a, b) + rest, others)
        return lambda *given, **others: self.tabled(name, called(*given, **others), given)

    def dot(self, called, operands, given, others):
        """A product of two operands, by the arithmetic if it is one of float64."""
        plain = self.arithmetic is None or others or len(given) > 2 or called is np.inner
        if plain or not multiplies(*operands):
            return called(*given, **others)
        return self.arithmetic.dot(*operands)

    def tabled(self, name, result, given):
        """What a function gave here; an arithmetic may have its own."""
        own = getattr(self.arithmetic, 'functions', {}).get(name)
        return result if own is None else own(*given)


def squares(x, n):
    """Whether ``x ** n`` is a square by the C library."""
    return isinstance(x, np.floating) and isinstance(n, (int, float)) and n == 2


def multiplies(a, b):
    """Whether a ``dot`` of two things is a sum of float64 products."""
    a, b = np.asarray(a), np.asarray(b)
    shaped = 1 <= a.ndim <= 2 and 1 <= b.ndim <= 2 and a.size and b.size
    return shaped and 'f' in (a.dtype.kind, b.dtype.kind)
