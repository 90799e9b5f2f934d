"""Operands at which rounding rules break, and what to hold them against: rationals, and functions in balls; nothing of the tool."""

import math
from fractions import Fraction
from itertools import combinations

from flint import arb
from hypothesis import strategies as st

SMALLEST = Fraction(1, 2**1074)

# NumPy's functions in balls, by NumPy's names
BALLS = {name: getattr(arb, name) for name in ('exp', 'log', 'tanh', 'sin', 'cos', 'sinh', 'cosh', 'tan', 'expm1', 'log1p')}
BALLS |= {f'arc{name[1:]}': getattr(arb, name) for name in ('asin', 'acos', 'atan', 'asinh', 'acosh', 'atanh')}
BALLS |= {
    'exp2': lambda a: (a * arb(2).log()).exp(),
    'log2': lambda a: a.log() / arb(2).log(),
    'log10': lambda a: a.log() / arb(10).log(),
    'cbrt': lambda a: a.root(3) if a > 0 else -(-a).root(3),
    'deg2rad': lambda a: a * arb.pi() / 180,
    'rad2deg': lambda a: a * 180 / arb.pi(),
}


def gap_above(x):
    """The distance from a float64 number to the next one away from zero."""
    x = abs(x)
    return Fraction(math.nextafter(x, math.inf)) - Fraction(x)


def rounded(exact):
    """A rational, rounded to nearest, ties to even."""
    return float(exact)


def around(exact):
    """The float64 numbers around a rational: itself, or one below and one above."""
    nearest = float(exact)
    if Fraction(nearest) == exact:
        return [nearest]
    return sorted((nearest, math.nextafter(nearest, math.inf if Fraction(nearest) < exact else -math.inf)))


def stepped(x, steps):
    """The float64 number so many steps away."""
    for _ in range(abs(steps)):
        x = math.nextafter(x, math.copysign(math.inf, steps))
    return x


def within(centre, radius, towards=()):
    """Float64 numbers within a radius: the ends, their neighbours, some on the way, and those next to powers of two; not 0."""
    least, most = Fraction(centre) - Fraction(radius), Fraction(centre) + Fraction(radius)
    ends = [centre, float(least), float(most)]
    ends += [rounded(Fraction(centre) + Fraction(radius) * Fraction(part)) for part in towards]
    exponent = math.frexp(max(map(abs, ends)))[1]
    marks = [sign * math.ldexp(1.0, k) for k in range(exponent - 2, exponent + 1) for sign in (1, -1)]
    near = {stepped(x, steps) for x in (*ends, *marks) for steps in (-1, 0, 1)}
    return sorted(x for x in near if x != 0 and least <= Fraction(x) <= most)


def powers_of_two(least=-40, most=40):
    """Powers of two and their neighbours."""
    return st.builds(lambda k, steps: stepped(2.0**k, steps), st.integers(least, most), st.integers(-3, 3))


def sparse(least=-40, most=40):
    """Few bits, far apart: what makes products and sums lie on ties, or next to them."""
    bits = st.lists(st.integers(1, 52), max_size=3)
    return st.builds(
        lambda k, below, sign: sign * math.ldexp(1.0 + sum(2.0**-j for j in set(below)), k),
        st.integers(least, most),
        bits,
        st.sampled_from((1, -1)),
    )


def integers_at_the_edge():
    """Multiples of a power of two whose sums fit 53 bits, or just do not."""
    return st.builds(
        lambda m, k, sign: sign * math.ldexp(m, k),
        st.integers(2**53 - 9, 2**53) | st.integers(2**52 - 4, 2**52 + 4) | st.integers(1, 9),
        st.integers(-60, 10),
        st.sampled_from((1, -1)),
    )


def decimals():
    return st.builds(lambda n, sign: sign * n / 10, st.integers(1, 99), st.sampled_from((1, -1)))


def numbers(least=-40, most=40):
    """Any of these, and plain ones; never zero."""
    plain = st.floats(2.0**least, 2.0**most) | st.floats(-(2.0**most), -(2.0**least))
    return powers_of_two(least, most) | sparse(least, most) | integers_at_the_edge() | decimals() | plain


def subnormals():
    return st.integers(1, 2**53).map(lambda n: n * 2.0**-1074) | st.integers(1, 9).map(lambda n: n * 2.0**-1074)


def every_sum(pairs, fused=True):
    """The values of a sum of products in exact rationals, by another enumeration than the tool's: any two terms meet first."""
    found, seen = set(), set()
    todo = [tuple((Fraction(x) * Fraction(y), True) for x, y in pairs)]
    while todo:
        terms = todo.pop()
        if terms in seen:
            continue
        seen.add(terms)
        if len(terms) == 1:
            found.add(rounded(terms[0][0]))
        for i, j in combinations(range(len(terms)), 2):
            others = tuple(term for k, term in enumerate(terms) if k not in (i, j))
            (x, x_exact), (y, y_exact) = terms[i], terms[j]
            for x_kept, y_kept in {(False, False), (x_exact and fused, False), (False, y_exact and fused)}:
                total = (x if x_kept else Fraction(rounded(x))) + (y if y_kept else Fraction(rounded(y)))
                todo.append(tuple(sorted((*others, (Fraction(rounded(total)), False)))))
    return found
