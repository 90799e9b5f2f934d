"""Powers: operators and ufuncs of NumPy's and Python's, and the short cuts that they take."""

import math
import operator
from fractions import Fraction

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.crossing import certain, escape, lost
from streetlight.shadow.elementwise import into, outcome, without_error
from streetlight.shadow.operands import PLAIN, is_fixed, operand, value_of


def power(a, b):
    """``a ** b`` as NumPy's and Python's operators compute it."""
    a, b = operand(a), operand(b)
    if a is NotImplemented or b is NotImplemented:
        return NotImplemented
    try:
        value = operator.pow(value_of(a), value_of(b))
    except ArithmeticError:
        escape((a, b), 'an arithmetic error')
        raise
    result = powered(a, b, value, True)
    return without_error(result, 'a power') if type(value) is float and not (type(b) in PLAIN and b >= 0) else result


def powered(a, b, value, is_operator):
    if isinstance(value, (int, np.integer)) or (isinstance(value, np.ndarray) and value.dtype.kind in 'iu'):
        if is_fixed(a) and is_fixed(b):
            return certain(value)
        if type(b) is int and b == 2:
            return outcome('multiply', (a, a), value)
        return lost(value, 'powers of integers that come from undecided numbers')
    if isinstance(value, complex):
        escape((a, b), 'a complex power')
        return lost(value, 'numbers of type complex are not certified')
    if isinstance(value, np.ndarray) and value.dtype.kind == 'O':
        _session.CURRENT.taint('powers of an array of objects are not followed')
        return value
    if not isinstance(value, np.ndarray):
        if not is_operator:
            return outcome('power', (a, b), value)
        known = is_fixed(a) and is_fixed(b) and _exact(value_of(a), value_of(b), value)
        return certain(value) if known else outcome('power', (a, b), value, 'scalar')
    if type(b) in PLAIN and is_operator:  # NumPy's own short cuts, which are older than any that counts
        if b == 2:
            return outcome('square', (a,), value)
        if b == 1:
            return outcome('positive', (a,), value)
        if b == 0.5 and isinstance(b, float):
            return outcome('sqrt', (a,), value)
        if b == -1:
            return outcome('divide', (1.0, a), value)
        if b == 0:
            return certain(value)
    return outcome('power', (a, b), value)


def _exact(x, n, value):
    """(T6) Whether a scalar's power is a float64 number, so that all that is within less than an ulp of it is this number."""
    if not math.isfinite(value) or abs(value) < 2.0**-1000:
        return False
    if n == 0.5:
        return x >= 0 and Fraction(float(value)) ** 2 == Fraction(float(x))
    whole = n == int(n) and abs(n) <= 64
    return whole and x != 0 and Fraction(float(x)) ** int(n) == Fraction(float(value))


class Exponent:
    """A plain exponent in ``x[i] **= 2``, so that its power is ours where ``x[i]`` is a plain number."""

    def __init__(self, value):
        self.value = value

    def __rpow__(self, base):
        return power(base, self.value)


def in_place_power(array, other):
    other = operand(other.value if type(other) is Exponent else other)
    if other is NotImplemented:
        return other
    kind, operands = 'power', (array, other)
    if type(other) in PLAIN and other == 2:
        kind, operands = 'square', (array,)
    return into(array, lambda out: operator.ipow(out, value_of(other)), kind, operands)
