"""How a rounding error arises in each operation of a tape and how errors pass through it: one rule for each kind.

Of an operation with the machine's value v there are other evaluations' values v' = v + D.  A rule gives, of arrays whose
first axis is the pass of a loop,

    D = sum of slope * (the operands' D) + eps - e + q,    |eps| <= u,  |q| <= ``rest``,

with ``e`` the machine's own error.  Labels such as (T2) are the lemmas of ``docs/certificates.md``.
"""

from typing import NamedTuple

import numpy as np

from . import functions as table
from .errorfree import two_product, two_sum
from .sums import Passed, sum_error

SLACK = 1 + 2.0**-40
U = 2.0**-53
HUGE = 2.0**500  # beyond, and below its inverse, nothing is claimed to be free of over- and underflow


class Number(NamedTuple):
    """Values of one operand: the machine's, how far others may be, and a power of two of which all are multiples."""

    value: np.ndarray
    radius: np.ndarray
    grid: np.ndarray


def ulp(size):
    """The unit in the last place of a bound's binade."""
    return np.maximum(np.spacing(np.abs(size)), 2.0**-1073)


def lowest_bit(value):
    """The largest power of two of which a float64 number is a multiple; infinity for 0, not a number where there is none."""
    mantissa, exponent = np.frexp(value)
    bits = (mantissa * 2.0**53).astype(np.int64)
    return np.where(value == 0, np.inf, np.ldexp((bits & -bits).astype(float), exponent - 53))


def power_of_two(number):
    return (number.radius == 0) & (np.abs(np.frexp(number.value)[0]) == 0.5)


def default_grid(value, radius):
    """(T3) A float64 number of size at least m is a multiple of ulp(m)."""
    return np.spacing(np.maximum(np.abs(value) - radius * SLACK, 0) * (1 - 4 * U))


def _rounded(v, slopes, linear, rest, error, unsure, exact, grid=0.0, ulps=0.5, varies=None):
    """(T1) Of fixed operands nothing varies; (T2) else half an ulp of the largest exact result; ``exact``: nothing rounds."""
    linear, rest, error = np.broadcast_arrays(linear, rest, error)
    size = (np.abs(v) + np.abs(error) + unsure + linear + rest) * SLACK
    varies = linear + rest > 0 if varies is None else varies  # told where a product may be too small to tell
    rounding = np.where(exact | ~varies, 0.0, ulps * ulp(size))
    rest = np.where(varies, rest + unsure + 1e-290, 0.0)
    return Passed(slopes, linear, rest, rounding, np.where(varies, error, 0.0), grid)


def _add(v, a, b, sign):
    w = sign * b.value
    s, lost = two_sum(a.value, w)
    error = (v - s) - lost
    grid = np.minimum(a.grid, b.grid)
    linear = a.radius + b.radius
    zero = ((a.value == 0) & (a.radius == 0)) | ((w == 0) & (b.radius == 0))
    fits = (np.abs(v) + np.abs(error) + linear) * SLACK <= grid * 2.0**53
    return _rounded(
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


def _product_error(v, x, y):
    """The machine's error in ``v``, a rounded product, and what is not known of it where it may underflow."""
    p, lost = two_product(x, y)
    error = (v - p) - lost
    size = np.abs(p)
    safe = (size > 1 / HUGE) & (size < HUGE) & (np.abs(x) < HUGE) & (np.abs(y) < HUGE)
    zero = (x == 0) | (y == 0)
    return np.where(safe & ~zero, error, 0.0), np.where(zero, 0.0, np.where(safe, 4 * U * np.abs(error), U * size + 2.0**-1000))


def multiply(v, operands, extra, model):
    a, b = operands
    error, unsure = _product_error(v, a.value, b.value)
    linear = np.abs(b.value) * a.radius + np.abs(a.value) * b.radius
    rest = a.radius * b.radius  # (T4)
    fixed_zero = ((a.value == 0) & (a.radius == 0)) | ((b.value == 0) & (b.radius == 0))
    grid = a.grid * b.grid
    grid = np.where(np.isfinite(grid) & (grid > 1 / HUGE), grid, 0.0)
    fits = (np.abs(v) + linear + rest) * SLACK <= grid * 2.0**52
    exact = power_of_two(a) | power_of_two(b) | fixed_zero | fits
    varies = ((a.radius > 0) | (b.radius > 0)) & ~fixed_zero
    return _rounded(v, (b.value, a.value), linear, rest, error, unsure, exact, grid, varies=varies)


def square(v, operands, extra, model, ulps=0.5):
    (a,) = operands
    error, unsure = _product_error(v, a.value, a.value)
    return _rounded(
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
    error, unsure = np.where(safe, error, 0.0), np.where(safe, 8 * U * np.abs(error), 2 * U * np.abs(v) + 2.0**-1000)
    varies = ((a.radius > 0) | (b.radius > 0)) & ((a.value != 0) | (a.radius > 0))
    return _rounded(v, (slope, -v * slope), linear, rest, error, unsure, power_of_two(b), varies=varies)


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
        wide = _rounded(v, (0.0,), 0.0, np.sqrt(a.radius) * SLACK, 0.0, 2 * U * v + 2.0**-500, False)
        return Passed(*[_chosen(near, one, other) for one, other in zip(wide, sqrt(v, operands, None, model))])

    def pick(x):
        return np.where(zero, 0.0, x)

    return _rounded(v, (pick(half),), pick(half * a.radius), pick(rest), pick(np.where(safe, error, 0.0)), pick(unsure), False)


# exact operations: where they are decided the error of one operand passes; else the result is within the bound


def _passed(slopes, linear, rest, grid=0.0):
    return Passed(slopes, linear, rest, 0.0, 0.0, grid)


def negative(v, operands, extra, model):
    return _passed((-1.0,), operands[0].radius, 0.0, operands[0].grid)


def positive(v, operands, extra, model):
    return _passed((1.0,), operands[0].radius, 0.0, operands[0].grid)


def absolute(v, operands, extra, model):
    (a,) = operands
    decided = np.abs(a.value) >= a.radius
    return _passed((np.where(decided, np.sign(a.value), 0.0),), np.where(decided, a.radius, 0.0), np.where(decided, 0.0, a.radius), a.grid)


def _larger(sign):
    def rule(v, operands, extra, model):
        a, b = operands
        difference = sign * (a.value - b.value)
        both = (a.radius + b.radius) * SLACK
        first, second = difference > both, -difference > both
        rest = np.where(first | second, 0.0, np.maximum(a.radius, b.radius))
        linear = np.where(first, a.radius, np.where(second, b.radius, 0.0))
        return _passed((first * 1.0, second * 1.0), linear, rest, np.minimum(a.grid, b.grid))

    return rule


def where(v, operands, extra, model):
    c, a, b = operands
    first, second = (c.radius == 0) & (c.value != 0), (c.radius == 0) & (c.value == 0)
    linear = np.where(first, a.radius, np.where(second, b.radius, 0.0))
    rest = np.where(first | second, 0.0, (np.abs(a.value - b.value) + a.radius + b.radius) * SLACK)
    return _passed((None, first * 1.0, second * 1.0), linear, rest, np.minimum(a.grid, b.grid))


def compare(v, operands, extra, model):
    a, b = operands
    both = a.radius + b.radius
    decided = (both == 0) | (np.abs(a.value - b.value) > both * SLACK)
    return _passed((None, None), 0.0, np.where(decided, 0.0, 1.0), 1.0)


def logical(v, operands, extra, model):
    # An operand that is sure not to be zero is as good as known.
    known = np.logical_and.reduce(np.broadcast_arrays(*[(a.radius == 0) | (np.abs(a.value) > a.radius) for a in operands]))
    return _passed((None,) * len(operands), 0.0, np.where(known, 0.0, 1.0), 1.0)


def _step(function, grid=1.0):
    def rule(v, operands, extra, model):
        (a,) = operands
        reach = a.radius * SLACK
        low, high = function(np.nextafter(a.value - reach, -np.inf)), function(np.nextafter(a.value + reach, np.inf))
        rest = np.where((a.radius == 0) | (low == high), 0.0, np.maximum(np.abs(high - v), np.abs(v - low)))
        return _passed((None,), 0.0, rest, grid)

    return rule


def decimals(v, operands, extra, model):
    """Python's ``round`` of a float to ``extra`` decimals: correct, so it never falls where its operand rises."""

    def nearest(ends):
        return np.array([round(end, extra) if np.isfinite(end) else end for end in ends.ravel().tolist()]).reshape(ends.shape)

    return _step(nearest, 0.0)(v, operands, extra, model)


# reductions over the last axis


def total(v, operands, extra, model):
    (a,) = operands
    return sum_error(v, a.value, 0.0 * a.value, a.radius, a.radius, 0.0, a.grid, (1.0,))


def dot(v, operands, extra, model):
    a, b = operands
    x, y = np.broadcast_arrays(a.value, b.value)
    product, lost = two_product(x, y)
    linear = np.abs(y) * a.radius + np.abs(x) * b.radius
    rest = a.radius * b.radius
    grid = a.grid * b.grid
    grid = np.where((grid > 1 / HUGE) & np.isfinite(grid), grid, np.where((product == 0) & (linear + rest == 0), np.inf, 0.0))
    radius = (linear + rest) * SLACK
    size = (np.abs(product) + radius) * SLACK
    exact = power_of_two(a) | power_of_two(b) | (size <= grid * 2.0**52) | (size == 0)
    safe = (np.abs(product) > 1 / HUGE) & (np.abs(product) < HUGE) & (np.abs(x) < HUGE) & (np.abs(y) < HUGE)
    safe |= (x == 0) | (y == 0)
    rounding = np.where(exact, 0.0, ulp(size) / 2)
    lost = np.where(safe, lost, np.nan)
    return sum_error(v, product, lost, linear, radius, rounding, grid, (b.value, a.value), rest)


def _extremum(sign):
    def rule(v, operands, extra, model):
        (a,) = operands
        x = sign * a.value
        best = np.argmax(x, axis=-1)[..., None]
        at_best = np.arange(x.shape[-1]) == best
        others = np.where(at_best, -np.inf, x + a.radius * SLACK).max(axis=-1)
        winner = np.where(at_best, x - a.radius * SLACK, -np.inf).max(axis=-1)
        fixed = (a.radius == 0).all(axis=-1)
        decided = (winner > others + np.abs(others) * 4 * U) & ~fixed
        widest = a.radius.max(axis=-1)
        slope = np.where(at_best & decided[..., None], 1.0, 0.0)
        return _passed(
            (slope,), np.where(decided, (slope * a.radius).sum(axis=-1), 0.0), np.where(decided | fixed, 0.0, widest), a.grid.min(axis=-1)
        )

    return rule


def _place(sign):
    extremum = _extremum(sign)

    def rule(v, operands, extra, model):
        decided = extremum(v, operands, extra, model)
        rest = np.where(decided.rest == 0, 0.0, float(operands[0].value.shape[-1]))
        return _passed((None,), 0.0, rest, 1.0)

    return rule


# functions within stated bounds


def uncertain(v, operands, extra, model):
    ulps = np.asarray(extra, dtype=float)
    return _passed((), 0.0, np.broadcast_to(ulps, v.shape[1:]) * ulp(v) + 0.0 * v, 0.0)


def _special(v, x, exact):
    """Where the argument is fixed at a point at which every library is exact, and so was this machine."""
    found = np.zeros(np.broadcast(v, x.value).shape, bool)
    for argument, result in exact.items():
        found |= (x.radius == 0) & (x.value == argument) & (v == result)
    return found


def smooth(name):
    def rule(v, operands, extra, model):
        (a,) = operands
        f = model[name]
        slope, rest = f.slope(a.value, v, a.radius, f.ulps)
        rest = np.where(a.radius == 0, 0.0, rest)
        return _within(
            v,
            (slope,),
            np.where(a.radius == 0, 0.0, np.abs(slope) * a.radius),
            rest,
            f.ulps,
            *(table.exp_defect(a.value, v) if name == 'exp' else (np.nan, np.nan)),
            _special(v, a, f.exact),
        )

    return rule


def _within(v, slopes, linear, rest, ulps, error, unsure, exact):
    """An evaluation and the machine are each within ``ulps`` of exact; the machine's own error may be known better."""
    size = (np.abs(v) * (1 + 4 * ulps * U) + linear + rest) * SLACK
    worst = ulps * ulp(size)
    known = np.isfinite(error)
    error, unsure = np.where(known, error, 0.0), np.where(known, unsure, worst)
    rounding, error, unsure = (np.where(exact, 0.0, x) for x in (worst, error, unsure))
    return Passed(slopes, linear, rest + unsure, rounding, error, 0.0)


def power(v, operands, extra, model):
    """C's ``pow`` of a scalar, within an ulp; or ``numpy.power`` of an array, which is no product even where the exponent is 2."""
    x, p = operands
    size, exponent = np.abs(x.value), p.value
    faithful = extra == 'scalar'
    if faithful and (exponent == 2).all() and not p.radius.any():  # (T6)
        error, unsure = _product_error(v, x.value, x.value)
        known = (x.radius == 0) & (error == 0) & (unsure == 0)
        linear, rest = 2 * size * x.radius, x.radius * x.radius
        passed = _within(v, (2 * x.value,), linear, rest, 1.0, np.where(unsure <= 4 * U * np.abs(error), error, np.nan), unsure, known)
        return passed._replace(slopes=(*passed.slopes, None))
    whole = exponent == np.rint(exponent)
    low = size - x.radius * SLACK
    top = size + x.radius * SLACK
    bend = np.abs(exponent * (exponent - 1))
    curve = np.where(exponent >= 2, top ** (exponent - 2), np.where(low > 0, low, 0.0) ** (exponent - 2)) * SLACK
    curve = np.where(bend == 0, 0.0, bend * curve)
    slope = exponent * x.value ** (exponent - 1)
    ulps = 1.0 if faithful else model['power'].ulps
    rest = curve * x.radius**2 + np.abs(slope) * 16 * 2.0**-50 * x.radius
    smooth_there = (low > 0) & ((x.value > 0) | whole) | whole & (exponent >= 0)
    rest = np.where(x.radius == 0, 0.0, np.where(smooth_there, rest, np.inf))
    rest = np.where(p.radius == 0, rest, np.inf)
    exact = (p.radius == 0) & ((exponent == 0) | (exponent == 1)) | (x.radius == 0) & (p.radius == 0) & (x.value == 1)
    exact |= (x.radius == 0) & (p.radius == 0) & (x.value == 0) & (exponent > 0)
    return _within(v, (slope, None), np.where(x.radius == 0, 0.0, np.abs(slope) * x.radius), rest, ulps, np.nan, np.nan, exact)


COMPARISONS = 'greater', 'greater_equal', 'less', 'less_equal', 'equal', 'not_equal'

RULES = {
    'add': add,
    'subtract': subtract,
    'multiply': multiply,
    'divide': divide,
    'sqrt': sqrt,
    'square': square,
    'negative': negative,
    'positive': positive,
    'absolute': absolute,
    'maximum': _larger(1.0),
    'minimum': _larger(-1.0),
    'where': where,
    'logical_and': logical,
    'logical_or': logical,
    'logical_not': logical,
    'floor': _step(np.floor),
    'ceil': _step(np.ceil),
    'rint': _step(np.rint),
    'trunc': _step(np.trunc),
    'sign': _step(np.sign),
    'round': decimals,
    **dict.fromkeys(COMPARISONS, compare),
    'sum': total,
    'dot': dot,
    'max': _extremum(1.0),
    'min': _extremum(-1.0),
    'argmax': _place(1.0),
    'argmin': _place(-1.0),
    'uncertain': uncertain,
    'power': power,
    **{name: smooth(name) for name in table.FUNCTIONS if name != 'power'},
}

#: Reductions: the operands have one axis more than the result.
OVER_LAST_AXIS = frozenset({'sum', 'dot', 'max', 'min', 'argmax', 'argmin'})


def same(v, operands, extra, model):
    """A comparison of a number with itself, as ``isnan`` asks it, or their difference: decided where it is a number."""
    return _passed((None, None), 0.0, np.where(np.isfinite(operands[0].radius), 0.0, np.inf), 1.0)


def unknown(v, operands, extra, model):
    """No bound is stated for this kind."""
    nothing = np.zeros(v.shape)
    return Passed((None,) * len(operands), nothing, nothing + np.inf, nothing, nothing, 0.0)
