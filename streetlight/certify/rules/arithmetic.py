"""Operations that IEEE 754 rounds once, and sums of such: (T1) to (T4)."""

import numpy as np

from streetlight.certify.errorfree import two_product, two_sum
from streetlight.certify.sums import SLACK, TINY, Passed, U, sum_error

from .rounding import HUGE, Number, power_of_two, product_error, rounded, ulp


def _add(v, a, b, sign):
    w = sign * b.value
    s, lost = two_sum(a.value, w)
    error = (v - s) - lost
    grid = np.minimum(a.grid, b.grid)
    linear = a.radius + b.radius
    zero = ((a.value == 0) & (a.radius == 0)) | ((w == 0) & (b.radius == 0))
    fits = (np.abs(v) + np.abs(error) + linear) * SLACK <= grid * 2.0**53
    return rounded(
        v,
        (1.0, sign),
        linear,
        0.0,
        error,
        4 * U * np.abs(error),
        fits | zero,  # (T3)
        grid,
    )


def add(v, operands, extra, model):
    return _add(v, *operands, 1.0)


def subtract(v, operands, extra, model):
    return _add(v, *operands, -1.0)


def multiply(v, operands, extra, model):
    a, b = operands
    error, unsure = product_error(v, a.value, b.value)
    linear = np.abs(b.value) * a.radius + np.abs(a.value) * b.radius
    rest = a.radius * b.radius  # (T4)
    fixed_zero = ((a.value == 0) & (a.radius == 0)) | ((b.value == 0) & (b.radius == 0))
    grid = a.grid * b.grid
    grid = np.where(np.isfinite(grid) & (grid > 1 / HUGE), grid, 0.0)
    fits = (np.abs(v) + linear + rest) * SLACK <= grid * 2.0**52
    exact = power_of_two(a) | power_of_two(b) | fixed_zero | fits
    varies = ((a.radius > 0) | (b.radius > 0)) & ~fixed_zero
    return rounded(v, (b.value, a.value), linear, rest, error, unsure, exact, grid, varies=varies)


def square(v, operands, extra, model, ulps=0.5):
    (a,) = operands
    error, unsure = product_error(v, a.value, a.value)
    return rounded(
        v, (2 * a.value,), 2 * np.abs(a.value) * a.radius, a.radius * a.radius, error, unsure, False, ulps=ulps, varies=a.radius > 0
    )


def divide(v, operands, extra, model):
    a, b = operands
    p, lost = two_product(v, b.value)
    error = -((a.value - p) - lost) / b.value
    slope = 1 / b.value
    # b's share first: its product with a small quotient would underflow
    linear = (a.radius * np.abs(slope) + (np.abs(v) + np.abs(error)) * (b.radius * np.abs(slope))) * SLACK
    room = np.abs(b.value) - b.radius * SLACK
    rest = linear * SLACK * (b.radius / np.where(room > 0, room, 0.0))
    rest = np.where(b.radius == 0, 0.0, rest)
    rest = np.where(np.isfinite(slope) & np.isfinite(v * slope), rest, np.inf)  # too small to divide by
    sizes = np.abs(a.value), np.abs(v), np.abs(b.value)
    safe = np.logical_and.reduce([(s > 1 / HUGE) & (s < HUGE) for s in np.broadcast_arrays(*sizes)]) | (a.value == 0)
    error, unsure = np.where(safe, error, 0.0), np.where(safe, 8 * U * np.abs(error), 2 * U * np.abs(v) + TINY)
    varies = ((a.radius > 0) | (b.radius > 0)) & ((a.value != 0) | (a.radius > 0))
    return rounded(v, (slope, -v * slope), linear, rest, error, unsure, power_of_two(b), varies=varies)


def _chosen(where, one, other):
    if isinstance(one, tuple):
        return tuple(_chosen(where, *pair) for pair in zip(one, other))
    return np.where(where, one, other)


def sqrt(v, operands, extra, model):
    (a,) = operands
    p, lost = two_product(v, v)
    half = 0.5 / v
    error = -((a.value - p) - lost) * half
    safe = (a.value > 1 / HUGE) & (a.value < HUGE)
    unsure = np.where(safe, 16 * U * np.abs(error), 2 * U * v)
    rest = np.where(a.radius < a.value, a.radius * a.radius / a.value * half * SLACK, np.inf)
    zero = (a.value == 0) & (a.radius == 0)
    if extra == 'positive':  # |sqrt(x') - sqrt(x)| <= sqrt(|x' - x|)
        near = (a.radius >= a.value) & ~zero
        near |= (a.value < 1 / HUGE) & ~zero
        wide = rounded(v, (0.0,), 0.0, np.sqrt(a.radius) * SLACK, 0.0, 2 * U * v + 2.0**-500, False)
        return Passed(*[_chosen(near, one, other) for one, other in zip(wide, sqrt(v, operands, None, model))])

    def pick(x):
        return np.where(zero, 0.0, x)

    return rounded(v, (pick(half),), pick(half * a.radius), pick(rest), pick(np.where(safe, error, 0.0)), pick(unsure), False)


def total(v, operands, extra, model):
    a = _terms(operands[0])
    return sum_error(v, a.value, 0.0 * a.value, a.radius, a.radius, 0.0, a.grid, (1.0,))


def _terms(operand):
    """An operand with the axis that is summed over first."""
    return Number(*(np.ascontiguousarray(np.moveaxis(x, -1, 0)) for x in operand))


def dot(v, operands, extra, model):
    slopes = operands[1].value, operands[0].value
    a, b = map(_terms, operands)
    x, y = a.value, b.value
    product, lost = two_product(x, y)
    linear = np.abs(y) * a.radius + np.abs(x) * b.radius
    rest = a.radius * b.radius
    varies = (a.radius > 0) & ((y != 0) | (b.radius > 0)) | (b.radius > 0) & (x != 0)
    rest = rest + np.where(varies & (linear + rest < TINY), TINY, 0.0)
    grid = a.grid * b.grid
    grid = np.where((grid > 1 / HUGE) & np.isfinite(grid), grid, np.where((product == 0) & (linear + rest == 0), np.inf, 0.0))
    radius = (linear + rest) * SLACK
    size = (np.abs(product) + radius) * SLACK
    exact = power_of_two(a) | power_of_two(b) | (size <= grid * 2.0**52) | (size == 0)
    safe = (np.abs(product) > 1 / HUGE) & (np.abs(product) < HUGE) & (np.abs(x) < HUGE) & (np.abs(y) < HUGE)
    safe |= (x == 0) | (y == 0)
    rounding = np.where(exact, 0.0, ulp(size) / 2)
    rounding = np.where(safe, rounding, np.maximum(rounding, TINY))
    lost = np.where(safe, lost, np.nan)
    return sum_error(v, product, lost, linear, radius, rounding, grid, slopes, rest)
