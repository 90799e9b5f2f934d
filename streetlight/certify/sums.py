"""The rounding error of a sum by any binary tree of additions, with any product fused: (T8) for few terms, else (T9).

Terms stand in the first axis: numbers of one term lie side by side, however few terms there are.
"""

from typing import NamedTuple

import numpy as np

from .errorfree import spacing, two_sum

SLACK = 1 + 2.0**-40
U = 2.0**-53
TINY = 2.0**-1000  # more than underflow leaves of a product
FEW = 4  # terms for which all ways to split them are tried


class Passed(NamedTuple):
    """What a rule says; ``slopes`` holds None where nothing passes."""

    slopes: tuple
    linear: np.ndarray
    rest: np.ndarray
    rounding: np.ndarray
    error: np.ndarray
    grid: np.ndarray


def half_ulp(size):
    return np.maximum(spacing(size), 2.0**-1073) / 2


def exact_sum(high, low):
    """The sum over the first axis of ``high + low``, as two float64 numbers, and a bound on what they miss."""
    terms = len(high)
    size = np.abs(high).sum(axis=0)
    while len(high) > 1:
        half = len(high) // 2
        s, e = two_sum(high[:half], high[half : 2 * half])
        rest = low[:half] + low[half : 2 * half] + e
        if len(high) % 2:
            s, rest = np.concatenate([s, high[-1:]]), np.concatenate([rest, low[-1:]])
        high, low = s, rest
    return high[0], low[0], 8 * (terms + 1) ** 2 * U * U * size


def few_terms(p, spread, rounding, grid):
    """(T8) The largest error over all trees and fusions, for each subset of the terms from its parts."""
    m = len(p)
    zero, sizes = (p == 0) & (spread == 0), np.abs(p)
    some = zero.reshape(m, -1).any(axis=1)
    errors = {}
    for subset in sorted(range(1, 1 << m), key=int.bit_count):
        members = [t for t in range(m) if subset >> t & 1]
        if len(members) == 1:
            errors[subset] = rounding[members[0]]
            continue
        worst, part = None, (subset - 1) & subset
        while part:
            if part >= subset ^ part:
                both = errors[part] + errors[subset ^ part]
                worst = both if worst is None else np.maximum(worst, both)
            part = (part - 1) & subset
        size = (np.abs(sum(p[t] for t in members)) + sum(spread[t] for t in members) + worst) * SLACK
        size = size + 2 * m * U * sum(sizes[t] for t in members)  # what is rounded here, and what each product lost
        step = grid[members[0]]
        for t in members[1:]:
            step = np.minimum(step, grid[t])
        error = worst + np.where(size <= step * 2.0**53, 0.0, half_ulp(size))  # (T3)
        for t in members:  # adding zero rounds nothing
            error = np.where(zero[t], errors[subset ^ 1 << t], error) if some[t] else error
        errors[subset] = error
    return errors[(1 << m) - 1]


def many_terms(p, spread, rounding, grid):
    """(T9) At most m - k additions of a tree have more than k leaves, so their sizes are at most those of a chain's."""
    m = len(p)
    around = (spread + rounding) * (1 + 8 * U)
    above, below = (np.cumsum(np.sort(np.maximum(end, 0.0), axis=0)[::-1], axis=0) for end in (around + p, around - p))
    chain = np.maximum(above, below) * ((1 + m * 2.0**-51) * SLACK)
    step = grid.min(axis=0)
    terms = ((p != 0) | (around != 0)).sum(axis=0)  # adding zero rounds nothing
    rounds = (np.arange(m).reshape(-1, *[1] * terms.ndim) < terms) & (chain > step * 2.0**53)
    return rounding.sum(axis=0) + np.where(rounds, half_ulp(chain), 0.0)[1:].sum(axis=0)


def sum_error(v, p, lost, linear, spread, rounding, grid, slopes, rest=0.0):
    """What a rule says of a sum of terms ``p + lost``; arrays of terms have one axis before those of ``v``.

    Parameters
    ----------
    v : ndarray
        The machine's sum.
    p, lost : ndarray
        Each term, rounded, and its error; not a number where it may have underflowed.
    linear, rest : ndarray
        How far the terms of other evaluations may be, to first and second order.
    spread : ndarray
        The two together, rounded up.
    rounding, grid : ndarray
        A bound on each term's own rounding; a power of two of which it is a multiple.
    slopes : tuple of ndarray
    """
    unsafe, unsure = np.isnan(lost), np.zeros((1, *v.shape))
    if unsafe.any():
        unsure = np.where(unsafe, U * np.abs(p) + TINY, 0.0)
        lost = np.where(unsafe, 0.0, lost)
    shape = p.shape
    spread, rounding = (np.broadcast_to(x, shape) for x in (spread + unsure, rounding))
    zero = (p == 0) & (spread == 0)
    grid = np.where(zero, np.inf, np.broadcast_to(grid, shape))
    if not len(p):
        nothing = np.zeros(v.shape)
        return Passed(slopes, nothing, nothing, nothing, nothing, 0.0)
    error_bound = few_terms if len(p) <= FEW else many_terms
    bound = error_bound(p, spread, rounding, grid) * (1 + 8 * len(p) * U)
    high, low, missed = exact_sum(p, lost)
    z, ze = two_sum(v, -high)
    error = z - (low - ze)
    missed = missed + 4 * U * np.abs(error) + unsure.sum(axis=0) * SLACK
    terms = (~zero).sum(axis=0)
    first = np.broadcast_to(linear, shape).sum(axis=0) * SLACK
    second = np.broadcast_to(rest, shape).sum(axis=0) * SLACK
    one = (terms <= 1) & (first + second == 0)  # (T1) one product of fixed numbers
    bound = np.where(one, 0.0, bound)
    second = second + np.where(first + second > 0, 1e-290, 0.0)
    # Where no tree rounds at all, the machine's did not either.
    exact = bound == 0
    return Passed(slopes, first, second + np.where(exact, 0.0, missed), bound, np.where(exact, 0.0, error), grid.min(axis=0))
