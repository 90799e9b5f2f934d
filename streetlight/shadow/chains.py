"""Wide elementwise operations, for one evaluation after the other: what passes from one to the next stays in a cache."""

from functools import lru_cache

import numpy as np

ROW = 1024  # numbers; NumPy works on shorter rows at half its speed


def calls(rule, operands, shape, out):
    """What to call for each evaluation to do an operation.

    Parameters
    ----------
    rule : numpy.ufunc
    operands : list of ndarray
        The evaluations in the last axis.
    shape : tuple of int
    out : list of ndarray
        Where each evaluation's result is to be, flat.

    Returns
    -------
    list of (numpy.ufunc, list of list of ndarray, list of ndarray)
        Each with the operands and the result of every evaluation.
    """
    return [(rule, [columns(each) for each in operands], [each.reshape(shape) for each in out])]


def first_calls(rule, operands, shape, out):
    """The same for operands that have their values already: an outer product of what all evaluations have is done in longer rows."""
    if rule is np.multiply and len(shape) == 2 and operands[0].shape[1:-1] == (1,) and operands[0].strides[-1] == 0:
        (left, right), (_, wide), times = operands, shape, len(out)
        rows = together(*shape)
        if rows > 1 and right.shape[:-1] in ((wide,), (1, wide)):
            whole, tile = np.repeat(left[:, 0, 0], wide).reshape(-1, rows * wide), np.empty((rows, wide))
            return [
                (np.positive, [columns(right)], [tile] * times),
                (rule, [[whole] * times, [tile.reshape(1, -1)] * times], [each.reshape(whole.shape) for each in out]),
            ]
    return calls(rule, operands, shape, out)


@lru_cache(maxsize=None)
def together(high, wide):
    """How many rows of an outer product are done as one."""
    return max((each for each in range(1, ROW // wide + 1) if high % each == 0), default=1)


def columns(array):
    """What each evaluation has of an array; one view for all where they have the same."""
    return list(array.transpose(array.ndim - 1, *range(array.ndim - 1))) if array.strides[-1] else [array[..., 0]] * array.shape[-1]
