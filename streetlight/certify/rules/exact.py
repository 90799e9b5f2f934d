"""Operations that round nothing: where they are decided an operand's error passes; else the result is within the bound."""

import numpy as np

from streetlight.certify.sums import SLACK, Passed, U

from .rounding import passed


def negative(v, operands, extra, model):
    return passed((-1.0,), operands[0].radius, 0.0, operands[0].grid)


def positive(v, operands, extra, model):
    return passed((1.0,), operands[0].radius, 0.0, operands[0].grid)


def absolute(v, operands, extra, model):
    (a,) = operands
    decided = np.abs(a.value) >= a.radius
    return passed((np.where(decided, np.sign(a.value), 0.0),), np.where(decided, a.radius, 0.0), np.where(decided, 0.0, a.radius), a.grid)


def larger(sign):
    def rule(v, operands, extra, model):
        a, b = operands
        difference = sign * (a.value - b.value)
        both = (a.radius + b.radius) * SLACK
        first, second = difference > both, -difference > both
        rest = np.where(first | second, 0.0, np.maximum(a.radius, b.radius))
        linear = np.where(first, a.radius, np.where(second, b.radius, 0.0))
        return passed((first * 1.0, second * 1.0), linear, rest, np.minimum(a.grid, b.grid))

    return rule


def where(v, operands, extra, model):
    c, a, b = operands
    first, second = (c.radius == 0) & (c.value != 0), (c.radius == 0) & (c.value == 0)
    linear = np.where(first, a.radius, np.where(second, b.radius, 0.0))
    rest = np.where(first | second, 0.0, (np.abs(a.value - b.value) + a.radius + b.radius) * SLACK)
    return passed((None, first * 1.0, second * 1.0), linear, rest, np.minimum(a.grid, b.grid))


def compare(v, operands, extra, model):
    a, b = operands
    both = a.radius + b.radius
    decided = (both == 0) | (np.abs(a.value - b.value) > both * SLACK)
    return passed((None, None), 0.0, np.where(decided, 0.0, 1.0), 1.0)


def logical(v, operands, extra, model):
    # An operand that is sure not to be zero is as good as known.
    known = np.logical_and.reduce(np.broadcast_arrays(*[(a.radius == 0) | (np.abs(a.value) > a.radius) for a in operands]))
    return passed((None,) * len(operands), 0.0, np.where(known, 0.0, 1.0), 1.0)


def step(function, grid=1.0):
    def rule(v, operands, extra, model):
        (a,) = operands
        reach = a.radius * SLACK
        low, high = function(np.nextafter(a.value - reach, -np.inf)), function(np.nextafter(a.value + reach, np.inf))
        rest = np.where((a.radius == 0) | (low == high), 0.0, np.maximum(np.abs(high - v), np.abs(v - low)))
        return passed((None,), 0.0, rest, grid)

    return rule


def decimals(v, operands, extra, model):
    """Python's ``round`` of a float to ``extra`` decimals: correct, so it never falls where its operand rises."""

    def nearest(ends):
        return np.array([round(end, extra) if np.isfinite(end) else end for end in ends.ravel().tolist()]).reshape(ends.shape)

    return step(nearest, 0.0)(v, operands, extra, model)


def extremum(sign):
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
        return passed(
            (slope,), np.where(decided, (slope * a.radius).sum(axis=-1), 0.0), np.where(decided | fixed, 0.0, widest), a.grid.min(axis=-1)
        )

    return rule


def place(sign):
    best = extremum(sign)

    def rule(v, operands, extra, model):
        decided = best(v, operands, extra, model)
        rest = np.where(decided.rest == 0, 0.0, float(operands[0].value.shape[-1]))
        return passed((None,), 0.0, rest, 1.0)

    return rule


def same(v, operands, extra, model):
    """A comparison of a number with itself, as ``isnan`` asks it, or their difference: decided where it is a number."""
    return passed((None, None), 0.0, np.where(np.isfinite(operands[0].radius), 0.0, np.inf), 1.0)


def unknown(v, operands, extra, model):
    """No bound is stated for this kind."""
    nothing = np.zeros(v.shape)
    return Passed((None,) * len(operands), nothing, nothing + np.inf, nothing, nothing, 0.0)
