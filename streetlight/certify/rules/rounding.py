"""One rounding: how large it is, what rounds nothing, and the machine's own error of a product."""

from typing import NamedTuple

import numpy as np

from streetlight.certify.errorfree import spacing, two_product
from streetlight.certify.sums import SLACK, TINY, Passed, U

HUGE = 2.0**500  # beyond, and below its inverse, nothing is claimed to be free of over- and underflow


class Number(NamedTuple):
    """Values of one operand: the machine's, how far others may be, and a power of two of which all are multiples."""

    value: np.ndarray
    radius: np.ndarray
    grid: np.ndarray


def ulp(size):
    """The unit in the last place of a bound's binade."""
    return np.maximum(spacing(size), 2.0**-1073)


def lowest_bit(value):
    """The largest power of two of which a float64 number is a multiple; infinity for 0, not a number where there is none."""
    mantissa, exponent = np.frexp(value)
    bits = (mantissa * 2.0**53).astype(np.int64)
    return np.where(value == 0, np.inf, np.ldexp((bits & -bits).astype(float), exponent - 53))


def power_of_two(number):
    return (number.radius == 0) & (np.abs(np.frexp(number.value)[0]) == 0.5)


def default_grid(value, radius):
    """(T3) A float64 number of size at least m is a multiple of ulp(m)."""
    return spacing(np.maximum(np.abs(value) - radius * SLACK, 0) * (1 - 4 * U))


def rounded(v, slopes, linear, rest, error, unsure, exact, grid=0.0, ulps=0.5, varies=None):
    """(T1) Of fixed operands nothing varies; (T2) else half an ulp of the largest exact result; ``exact``: nothing rounds."""
    linear, rest, error = np.broadcast_arrays(linear, rest, error)
    size = (np.abs(v) + np.abs(error) + unsure + linear + rest) * SLACK
    varies = linear + rest > 0 if varies is None else varies  # told where a product may be too small to tell
    rounding = np.where(exact | ~varies, 0.0, ulps * ulp(size))
    rest = np.where(varies, rest + unsure + 1e-290, 0.0)
    return Passed(slopes, linear, rest, rounding, np.where(varies, error, 0.0), grid)


def product_error(v, x, y):
    """The machine's error in ``v``, a rounded product, and what is not known of it where it may underflow."""
    p, lost = two_product(x, y)
    error = (v - p) - lost
    size = np.abs(p)
    safe = (size > 1 / HUGE) & (size < HUGE) & (np.abs(x) < HUGE) & (np.abs(y) < HUGE)
    zero = (x == 0) | (y == 0)
    return np.where(safe & ~zero, error, 0.0), np.where(zero, 0.0, np.where(safe, 4 * U * np.abs(error), U * size + TINY))


def passed(slopes, linear, rest, grid=0.0):
    """An operation that rounds nothing."""
    return Passed(slopes, linear, rest, 0.0, 0.0, grid)
