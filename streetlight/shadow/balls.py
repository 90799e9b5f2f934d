"""Elementwise operations on real numbers, as balls of python-flint."""

import numpy as np
from flint import arb


class Unclear(Exception):
    """A comparison that this precision does not tell."""


#: The functions by NumPy's names, on balls.
FUNCTIONS = {name: getattr(arb, name) for name in ('exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh', 'sqrt')}
FUNCTIONS |= {f'arc{name}': getattr(arb, f'a{name}') for name in ('sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh')}
FUNCTIONS |= {
    'exp2': lambda x: arb(2) ** x,
    'log2': lambda x: x.log() / arb(2).log(),
    'log10': lambda x: x.log() / arb(10).log(),
    'deg2rad': lambda x: x * arb.pi() / 180,
    'rad2deg': lambda x: x * 180 / arb.pi(),
    'hypot': lambda x, y: (x * x + y * y).sqrt(),
    'arctan2': lambda y, x: arb.atan2(y, x),
    'cbrt': lambda x: x if x == 0 else x.root(3) if positive(x) else -((-x).root(3)),
}


def positive(x):
    """Whether a ball lies above zero; `Unclear` where it touches it and is not zero."""
    return greater(x, arb(0))


def greater(x, y):
    """Whether ``x > y``, decided."""
    if x > y:
        return True
    if x <= y:
        return False
    raise Unclear


def equal(x, y):
    """Whether ``x == y``, decided."""
    if x == y:
        return True
    if x != y:
        return False
    raise Unclear


def truth(value):
    return arb(1) if value else arb(0)


def rounded_to(name):
    """A rounding to integers, decided."""

    def rule(x):
        whole = getattr(x, name)()
        if not whole.is_exact():
            raise Unclear
        return whole

    return rule


def toward_zero(x):
    """The integer next to a number on the side of zero."""
    return rounded_to('floor')(x) if not greater(arb(0), x) else rounded_to('ceil')(x)


def nearest_even(x):
    """The nearest integer, the even one where two are as near."""
    below = rounded_to('floor')(x)
    above, twice = below + 1, 2 * (x - below)
    if equal(twice, arb(1)):
        return below if int(below.unique_fmpz()) % 2 == 0 else above
    return above if greater(twice, arb(1)) else below


def round_to(x, digits):
    """The nearest decimal of so many places, the even one where two are as near."""
    scale = arb(10) ** digits
    return nearest_even(x * scale) / scale


def power(x, y):
    """``x ** y``; of a negative number only where ``y`` is an integer."""
    n = y.unique_fmpz()
    return x**n if n is not None else x**y


ELEMENTWISE = {
    'add': lambda x, y: x + y,
    'subtract': lambda x, y: x - y,
    'multiply': lambda x, y: x * y,
    'divide': lambda x, y: x / y,
    'square': lambda x: x * x,
    'negative': lambda x: -x,
    'absolute': abs,
    'positive': lambda x: x,
    'power': power,
    'floor': rounded_to('floor'),
    'ceil': rounded_to('ceil'),
    'rint': nearest_even,
    'trunc': lambda x: toward_zero(x),
    'floor_divide': lambda x, y: rounded_to('floor')(x / y),
    'remainder': lambda x, y: x - y * rounded_to('floor')(x / y),
    'fmod': lambda x, y: x - y * toward_zero(x / y),
    'sign': lambda x: arb(1) if greater(x, arb(0)) else arb(-1) if greater(arb(0), x) else arb(0),
    'maximum': lambda x, y: x.max(y),
    'minimum': lambda x, y: x.min(y),
    'where': lambda condition, x, y: y if equal(condition, arb(0)) else x,
    'greater': lambda x, y: truth(greater(x, y)),
    'greater_equal': lambda x, y: truth(not greater(y, x)),
    'less': lambda x, y: truth(greater(y, x)),
    'less_equal': lambda x, y: truth(not greater(x, y)),
    'equal': lambda x, y: truth(equal(x, y)),
    'not_equal': lambda x, y: truth(not equal(x, y)),
    'logical_and': lambda x, y: truth(not equal(x, arb(0)) and not equal(y, arb(0))),
    'logical_or': lambda x, y: truth(not (equal(x, arb(0)) and equal(y, arb(0)))),
    'logical_not': lambda x: truth(equal(x, arb(0))),
    **FUNCTIONS,
}


ELEMENTWISE = {
    name: np.frompyfunc(rule, rule.__code__.co_argcount if hasattr(rule, '__code__') else 1, 1) for name, rule in ELEMENTWISE.items()
}
