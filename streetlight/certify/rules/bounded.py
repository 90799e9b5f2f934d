"""Functions, powers among them, within a stated bound of ulps."""

import numpy as np

from streetlight.certify import functions as table
from streetlight.certify.exponential import exp_defect
from streetlight.certify.sums import SLACK, Passed, U

from .rounding import passed, product_error, ulp


def uncertain(v, operands, extra, model):
    ulps = np.asarray(extra, dtype=float)
    return passed((), 0.0, np.broadcast_to(ulps, v.shape[1:]) * ulp(v) + 0.0 * v, 0.0)


def product(v, operands, extra, model):
    """(T13) Of numbers multiplied in any order: of n, n - 1 roundings."""
    x, r = (np.ascontiguousarray(np.moveaxis(each, -1, 0)) for each in (operands[0].value, operands[0].radius))
    size = np.abs(x)
    before, after = np.ones((2, len(x) + 1, *x.shape[1:]))
    whole, first, rest = np.ones(x.shape[1:]), np.zeros(x.shape[1:]), np.zeros(x.shape[1:])
    for i in range(len(x)):
        before[i + 1] = before[i] * x[i]
        after[-2 - i] = after[-1 - i] * x[-1 - i]
        whole, first, rest = whole * size[i], first * size[i] + whole * r[i], rest * (size[i] + r[i]) + first * r[i]
    slopes = np.moveaxis(before[:-1] * after[1:], 0, -1)
    most = np.maximum(size + r, 1).prod(axis=0)  # no partial product is larger
    zero = ((x == 0) & (r == 0)).any(axis=0) & (v == 0)
    rest = rest * SLACK + len(x) * table.FEW * first + len(x) * 2.0**-1070 * most
    rest = np.where(zero, 0.0, np.where(most < 1e300, rest, np.inf))
    return _within(v, (slopes,), first * SLACK, rest, max(len(x) - 1, 0) * SLACK, np.nan, np.nan, zero)


def _special(v, x, exact):
    """Where the argument is fixed at a point at which every library is exact, and so was this machine."""
    found = np.zeros(np.broadcast(v, x.value).shape, bool)
    for argument, result in exact.items():
        found |= (x.radius == 0) & (x.value == argument) & (v == result)
    return found


def _still(x, slope):
    """A slope that is infinite, as a cube root's at zero, is of no matter where the number never moves."""
    return np.where((x.radius == 0) & ~np.isfinite(slope), 0.0, slope)


def smooth(name):
    def rule(v, operands, extra, model):
        (a,) = operands
        f = model[name]
        slope, rest = f.slope(a.value, v, a.radius, f.ulps)
        slope = _still(a, slope)
        rest = np.where(a.radius == 0, 0.0, rest)
        return _within(
            v,
            (slope,),
            np.abs(slope) * a.radius,
            rest,
            f.ulps,
            *(exp_defect(a.value, v) if name == 'exp' else (np.nan, np.nan)),
            _special(v, a, f.exact),
        )

    return rule


def smooth_pair(name):
    """A function of two numbers; infinite where its rest is, also of fixed numbers: there another zero's sign may give another value."""

    def rule(v, operands, extra, model):
        a, b = operands
        f = model[name]
        *slopes, rest = f.slope(a.value, b.value, v, a.radius, b.radius, f.ulps)
        slopes = [np.where(each.radius == 0, 0.0, slope) for each, slope in zip(operands, slopes)]
        linear = sum(np.abs(slope) * each.radius for each, slope in zip(operands, slopes))
        rest = np.where((a.radius == 0) & (b.radius == 0) & np.isfinite(rest), 0.0, rest)
        known = v == f.exact(a.value, b.value, a.radius, b.radius)
        return _within(v, tuple(slopes), linear, rest, f.ulps, np.nan, np.nan, known)

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
        error, unsure = product_error(v, x.value, x.value)
        known = (x.radius == 0) & (error == 0) & (unsure == 0)
        linear, rest = 2 * size * x.radius, x.radius * x.radius
        found = _within(v, (2 * x.value,), linear, rest, 1.0, np.where(unsure <= 4 * U * np.abs(error), error, np.nan), unsure, known)
        return found._replace(slopes=(*found.slopes, None))
    whole = exponent == np.rint(exponent)
    low = size - x.radius * SLACK
    top = size + x.radius * SLACK
    bend = np.abs(exponent * (exponent - 1))
    curve = np.where(exponent >= 2, top ** (exponent - 2), np.where(low > 0, low, 0.0) ** (exponent - 2)) * SLACK
    curve = np.where(bend == 0, 0.0, bend * curve)
    slope = _still(x, exponent * x.value ** (exponent - 1))
    ulps = 1.0 if faithful else model['power'].ulps
    rest = curve * x.radius**2 + np.abs(slope) * 16 * 2.0**-50 * x.radius
    smooth_there = (low > 0) & ((x.value > 0) | whole) | whole & (exponent >= 0)
    rest = np.where(x.radius == 0, 0.0, np.where(smooth_there, rest, np.inf))
    along, beyond = _exponent(x, p, low, top)
    rest = np.where(p.radius == 0, rest, beyond)
    exact = (p.radius == 0) & ((exponent == 0) | (exponent == 1)) | (x.radius == 0) & (p.radius == 0) & (x.value == 1)
    exact |= (x.radius == 0) & (p.radius == 0) & (x.value == 0) & (exponent > 0)
    linear = np.abs(slope) * x.radius + np.abs(along) * p.radius
    return _within(v, (slope, along), linear, rest, ulps, np.nan, np.nan, exact)


def _exponent(x, p, low, top):
    """(T12) Of x ** p with x > 0 and another p: the slope along p, and what is beyond both slopes; zero where p is fixed."""
    logarithm = np.log(np.where(x.value > 0, x.value, np.nan))
    along = x.value**p.value * logarithm
    size = np.abs(p.value) + p.radius
    reach = np.maximum(np.abs(np.log(low)), np.abs(np.log(top)))
    most = np.exp(size * reach * SLACK) * SLACK  # more than any power here
    ends = [end**exponent for end in (low, top) for exponent in (p.value - p.radius, p.value + p.radius)]
    most = np.fmin(most, np.maximum.reduce(np.broadcast_arrays(*ends)) * SLACK)
    bends = size * (size + 1) * x.radius**2 / low**2 + 2 * (1 + size * reach) * x.radius * p.radius / low + (reach * p.radius) ** 2
    beyond = most * bends * SLACK / 2 + (np.abs(along) * p.radius + size * most / low * x.radius) * 16 * 2.0**-50
    inside = (low > 0) & (p.radius > 0)
    return np.where(inside, along, 0.0), np.where(p.radius == 0, 0.0, np.where(inside & np.isfinite(beyond), beyond, np.inf))
