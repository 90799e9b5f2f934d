"""Forms: what operations have in common that differ in their nodes alone."""

from typing import NamedTuple

import numpy as np


class Form(NamedTuple):
    """What operations have in common that differ in their nodes alone.

    Attributes
    ----------
    kind : str
    patterns : tuple of (bool, ndarray of int)
        Of each operand: whether its nodes are listed, and what to add to where they start, in the operand's shape.
    shape : tuple of int
    size : int
    extra : object
    """

    kind: str
    patterns: tuple
    shape: tuple
    size: int
    extra: object


def spread(first, shape):
    """Nodes in C order."""
    size = 1
    for length in shape:
        size *= length
    return np.arange(first, first + size).reshape(shape)


def laid_out(pattern):
    """A pattern of `Tape.note` as what to add to the start: (whether nodes are listed, an array in the operand's shape)."""
    if pattern and pattern[0] is None:
        return True, spread(0, pattern[1])
    if pattern and type(pattern[0]) is tuple:
        shape, strides = pattern
        offsets = np.zeros(shape, np.int64)
        for axis, (length, stride) in enumerate(zip(shape, strides)):
            offsets += (np.arange(length) * (stride // 8)).reshape((-1,) + (1,) * (len(shape) - axis - 1))
        return False, offsets
    return False, spread(0, pattern)


def arranged(kind, patterns):
    """``dot@`` is a dot of matrices as they stand: the products' rows beside each other."""
    if kind == 'dot@':
        (listed_a, left), (listed_b, right) = patterns
        if right.ndim > 1:
            right = right.swapaxes(-1, -2)
            left = left.reshape(left.shape[:-1] + (1,) * (right.ndim - 1) + left.shape[-1:])
        return (listed_a, left), (listed_b, right)
    return tuple(patterns)
