"""The tape: every operation on a program's float64 numbers, once, in the order in which it was done.

A program runs once, on its machine's own numbers.  What it computes is noted here, operation by operation, as
micrograd notes a graph: each element of each result is a *node*, with the value that the machine gave it and the nodes
that it came from.  Everything that is said of the program afterwards is an interpreter of the tape: it runs it forward on
another accumulation, in every conforming evaluation, on exact reals, or sends rounding errors backwards through it.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

#: Leaves.  ``const``: one number in all evaluations.  ``uncertain``: within ``extra`` ulps (an array or a number) of its value.
LEAVES = frozenset({'const', 'uncertain'})

#: Elementwise and rounded once, to nearest: IEEE 754 gives one result for given operands.
ROUNDED = frozenset({'add', 'subtract', 'multiply', 'divide', 'sqrt', 'square'})

#: Elementwise and exact.
EXACT = frozenset({'negative', 'absolute', 'positive', 'floor', 'ceil', 'rint', 'trunc', 'sign', 'maximum', 'minimum', 'where',
                   'greater', 'greater_equal', 'less', 'less_equal', 'equal', 'not_equal', 'logical_and', 'logical_or', 'logical_not'})

#: Over the last axis of the operands: a ``sum`` of numbers by any binary tree of additions, a ``dot`` of two vectors
#: likewise with any product fused, the largest, the smallest, and the index of the (first) largest or smallest.
REDUCTIONS = frozenset({'sum', 'dot', 'max', 'min', 'argmax', 'argmin'})

# ``round`` is Python's: to ``extra`` decimals, correctly.  ``extra`` of sums and products of integers is 'integer': they are exact.
# ``extra`` of another ``dot`` is its `layout_of` where an operand is transposed in memory: BLAS then adds in another order.
# An ``uncertain`` leaf of infinitely many ulps is a number of which nothing is known.
# Every other kind is a function within a stated bound of ulps, named as NumPy names it (``exp``, ``tanh``, …), or ``power``: operand
# and exponent, ``extra`` is 'scalar' where the C library's ``pow`` is called.


class Operation(NamedTuple):
    """One operation.

    Attributes
    ----------
    kind : str
        One of the sets above, or the name of a function.
    operands : tuple of ndarray of int
        The nodes that went in; elementwise kinds broadcast them as NumPy does.
    first : int
        The first node of the result; the others follow in C order.
    shape : tuple of int
        The result's.
    extra : object
        What the kind needs besides: ulps of an ``uncertain`` leaf, a power's kind.
    """

    kind: str
    operands: tuple
    first: int
    shape: tuple
    extra: object


FLOAT = np.dtype(float)
_operation = partial(tuple.__new__, Operation)


class Decision(NamedTuple):
    """The program used the value of nodes itself (a branch, an index, a conversion to int), so all that follows rests on it.

    ``position`` is the number of operations before it, ``place`` a line of the program, for people.
    """

    position: int
    nodes: np.ndarray
    place: str


class Head(NamedTuple):
    """The head of one pass of a loop: operations before it, the loop's key, the number of the pass from 0; -1 after the last."""

    position: int
    loop: object
    number: int


class Named(NamedTuple):
    """A named value: operations before it, where (pairs of a loop's variable and its value), name, nodes (a copy, with its shape)."""

    position: int
    where: tuple
    name: str
    nodes: np.ndarray


class Tape:
    """What a program computed.

    Attributes
    ----------
    operations : list of Operation
        Without the constants, which are nodes that no operation makes.
    values : ndarray of float
        The machine's own value of each node.
    fixed : ndarray of bool
        Nodes known to be one number in all evaluations: constants, and what IEEE 754 makes of constants alone.
    decisions : list of Decision
    heads : list of Head
    names : list of Named
    """

    def __init__(self):
        self.operations = []
        self.decisions = []
        self.heads = []
        self.names = []
        self.count = 0
        self._values = np.empty(1024)
        self._fixed = np.zeros(1024, bool)
        self._ids = np.arange(1024)

    @property
    def values(self):
        return self._values[:self.count]

    @property
    def fixed(self):
        return self._fixed[:self.count]

    def constant(self, value):
        """New nodes for numbers that are the same in every evaluation; an int array of the shape of ``value``."""
        return self._nodes(np.asarray(value, dtype=float), True)

    def record(self, kind, operands, value, extra=None, fixed=None):
        """Note an operation.

        Parameters
        ----------
        kind : str
        operands : tuple of ndarray of int
            Nodes; the caller never changes these arrays afterwards.
        value : ndarray or float
            What the machine computed.
        extra : object, optional
        fixed : bool, optional
            Whether the result is one number in all evaluations, where the caller knows; False is always safe.

        Returns
        -------
        ndarray of int
            The nodes of the result, in the shape of ``value``.
        """
        if type(value) is not np.ndarray or value.dtype is not FLOAT:
            value = np.asarray(value, dtype=float)
        if fixed is None:
            flags = self._fixed
            fixed = (kind in ROUNDED or kind in EXACT) and all(flags[nodes].all() for nodes in operands)
        nodes = self._nodes(value, fixed)
        if not fixed:
            self.operations.append(_operation((kind, operands, self.count - value.size, value.shape, extra)))
        return nodes

    def decide(self, nodes, place):
        """Note that the program goes on by the value of these nodes; nothing where they are fixed anyway."""
        nodes = np.asarray(nodes)
        if not self._fixed[nodes].all():
            self.decisions.append(Decision(len(self.operations), nodes, place))

    def head(self, loop, number):
        """Note the head of a pass of a loop."""
        self.heads.append(Head(len(self.operations), loop, number))

    def name(self, where, name, nodes):
        """Note a named value."""
        self.names.append(Named(len(self.operations), where, name, np.array(nodes)))

    def _nodes(self, value, fixed):
        size = value.size
        first = self.count
        last = self.count = first + size
        if last > len(self._ids):
            self._grow(last)
        if size == 1:
            self._values[first] = value.item()
        else:
            self._values[first:last] = value.ravel()
        if fixed:
            self._fixed[first:last] = True
        return self._ids[first:last].reshape(value.shape).copy()

    def _grow(self, least):
        size = max(least, 2 * len(self._ids))
        for name in ('_values', '_fixed'):
            old = getattr(self, name)
            new = np.zeros(size, old.dtype)
            new[:len(old)] = old
            setattr(self, name, new)
        self._ids = np.arange(size)
