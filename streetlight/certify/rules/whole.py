"""(T11) Whole quotients and what remains: ``floor_divide``, ``remainder``, ``fmod``, which are the same everywhere for given operands."""

import numpy as np

from streetlight.certify.sums import SLACK

from .rounding import passed, ulp

MOST = 2.0**51  # quotients beyond are not claimed to be whole


def _quotient(function, a, b):
    """The whole quotient of the machine's operands, of any others the lowest and the highest, and where that is one and all are fixed."""
    q = a.value / b.value
    room = np.abs(b.value) - b.radius * SLACK
    reach = (a.radius + np.abs(q) * b.radius) / np.where(room > 0, room, 0.0) * SLACK + 4 * ulp(q)
    low, high = function(q - reach), function(q + reach)
    known = np.abs(q) + reach < MOST
    fixed = (a.radius == 0) & (b.radius == 0)
    return low, high, known & (room > 0), known & (low == high), fixed


def floor_divide(v, operands, extra, model):
    low, high, known, _, fixed = _quotient(np.floor, *operands)
    rest = np.where(known, np.maximum(np.abs(high - v), np.abs(v - low)), np.inf)
    return passed((None, None), 0.0, np.where(fixed, 0.0, rest), 1.0)


def _remains(function, rounds):
    def rule(v, operands, extra, model):
        a, b = operands
        low, _, known, one, fixed = _quotient(function, a, b)
        most = (np.abs(b.value) + b.radius) * SLACK
        linear = np.where(one & ~fixed, a.radius + np.abs(low) * b.radius, 0.0)
        rest = np.where(one, rounds * ulp(most), np.where(known, 2 * most, np.inf))
        return passed((np.where(one, 1.0, 0.0), np.where(one, -low, 0.0)), linear, np.where(fixed, 0.0, rest))

    return rule


remainder = _remains(np.floor, 1.0)  # a remainder of the other sign is rounded once
fmod = _remains(np.trunc, 0.0)
