"""What stands on a tape: operations and their kinds, decisions, heads of loops, named values."""

from typing import NamedTuple

import numpy as np

# Leaves are ``const``, one number in all evaluations, and ``uncertain``, within ``extra`` ulps (an array or a number) of its value.

#: Elementwise and rounded once, to nearest: IEEE 754 gives one result for given operands.
ROUNDED = frozenset({'add', 'subtract', 'multiply', 'divide', 'sqrt', 'square'})


#: Elementwise: whole quotients and what remains, by `fmod`, which is exact.
WHOLE = frozenset({'floor_divide', 'remainder', 'fmod'})

#: Elementwise and exact, or whole: one result for given operands too.
EXACT = WHOLE.union(
    """
    negative absolute positive floor ceil rint trunc sign maximum minimum where greater greater_equal less
    less_equal equal not_equal logical_and logical_or logical_not""".split()
)


#: Over the last axis of the operands: a ``sum`` of numbers by any binary tree of additions, a ``dot`` of two vectors
#: likewise with any product fused, a ``prod`` by any tree of multiplications, the largest, the smallest, and the index of the
#: (first) largest or smallest.
REDUCTIONS = frozenset({'sum', 'dot', 'prod', 'max', 'min', 'argmax', 'argmin'})


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
