"""No rule says more than its lemma: each bound is held from above too, against the formulas of `docs/certificates.md` in rationals.

`test_tape_rules` holds that the true set lies inside what a rule says; here, that the rule says no more than is argued there, so that a
bound which somebody widens by mistake is seen.  `ROOM` is what float64 may add to a formula.
"""

import math
from fractions import Fraction
from itertools import combinations, product

import mpmath
import numpy as np
import pytest
from cases import examples
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from operands import BALLS, gap_above, numbers, rounded

from streetlight.certify import sums
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.rules import RULES
from streetlight.certify.rules.rounding import Number, default_grid, lowest_bit, power_of_two

BALLS_OF_TWO = {'hypot': lambda x, y: (x * x + y * y).sqrt(), 'arctan2': lambda y, x: arb.atan2(y, x)}
ROOM = 1 + Fraction(1, 2**30)
TINY = Fraction(1, 2**950)
SHIFTS = (0, 0, 2, 20, 46, 51, 52)


def number(value, radius):
    value, radius = np.atleast_2d(value).astype(float).T, np.atleast_2d(radius).astype(float).T
    return Number(value, radius, np.where(radius > 0, default_grid(value, radius), lowest_bit(value)))


operand = st.builds(lambda x, shift: (x, abs(x) * 2.0**-shift if shift else 0.0), numbers(-8, 8), st.sampled_from(SHIFTS))


def applied(kind, v, operands, extra=None):
    """What a rule says, each part a rational, of one operation."""
    with np.errstate(all='ignore'):
        said = RULES[kind](np.array([[v]]), [number(*each) for each in operands], extra, FUNCTIONS)
    slopes = [None if slope is None else float(np.ravel(slope)[0]) for slope in said.slopes]
    parts = [float(np.ravel(np.asarray(part, float))[0]) for part in said[1:5]]
    return slopes, *(Fraction(part) if math.isfinite(part) else part for part in parts)


def half_an_ulp(size):
    """Of the binade in which a rational lies, its lower end counted."""
    return gap_above(math.nextafter(rounded(size * ROOM), math.inf)) / 2


def exact_of(kind, a, b):
    a, b = Fraction(a), Fraction(b)
    return {'add': a + b, 'subtract': a - b, 'multiply': a * b, 'divide': a / b}[kind]


def lemma(kind, a, ra, b, rb):
    """(T4) How far a result may be, to first order, and what is beyond."""
    a, ra, b, rb = (abs(Fraction(x)) for x in (a, ra, b, rb))
    if kind in ('add', 'subtract'):
        return ra + rb, Fraction(0)
    if kind == 'multiply':
        return b * ra + a * rb, ra * rb
    linear = ra / b + a / b * rb / b
    return linear, linear * rb / (b - rb) if b > rb else math.inf


@pytest.mark.parametrize('kind', ['add', 'subtract', 'multiply', 'divide'])
@examples(200)
@given(operand, operand)
def test_a_rounded_operation_says_no_more_than_its_lemma(kind, one, other):
    (a, ra), (b, rb) = one, other
    exact = exact_of(kind, a, b)
    v = rounded(exact)
    slopes, linear, rest, rounding, error = applied(kind, v, (one, other))
    if ra == rb == 0:  # (T1)
        assert linear == rest == rounding == error == 0
        return
    least_linear, least_rest = lemma(kind, a, ra, b, rb)
    assert linear <= least_linear * ROOM + TINY
    if least_rest == math.inf:
        return
    assert rest <= least_rest * ROOM + abs(error) / 2**48 + TINY
    assert abs(error - (Fraction(v) - exact)) <= abs(error) / 2**45
    wanted = {'add': (1, 1), 'subtract': (1, -1), 'multiply': (b, a), 'divide': (1 / b, -a / b / b)}[kind]
    assert slopes == pytest.approx(wanted, rel=2.0**-50)
    size = abs(exact) + linear + rest
    assert rounding <= half_an_ulp(size)
    # (T2), (T3): what rounds nothing
    fixed = {'multiply': (one, other), 'divide': (other,)}.get(kind, ())
    if any(math.frexp(abs(x))[0] == 0.5 and not radius for x, radius in fixed):
        assert rounding == 0
    elif kind in ('add', 'subtract'):
        grid = min(Fraction(float(number(*each).grid[0, 0])) for each in (one, other))
        assert (rounding == 0) == (size <= grid * 2**53) or abs(size / (grid * 2**53) - 1) < Fraction(1, 2**30)


@examples(200)
@given(operand)
def test_a_square_and_a_root_say_no_more_than_their_lemmas(one):
    a, ra = one
    v = rounded(Fraction(a) ** 2)
    for kind, extra, ulps in (('square', None, 1), ('power', 'scalar', 2)):
        operands = (one, (2.0, 0.0)) if kind == 'power' else (one,)
        slopes, linear, rest, rounding, error = applied(kind, v, operands, extra)
        assert linear <= 2 * abs(Fraction(a)) * Fraction(ra) * ROOM and rest <= Fraction(ra) ** 2 * ROOM + abs(error) / 2**48 + TINY
        assert rounding <= ulps * half_an_ulp(abs(Fraction(v)) + gap_above(v) + linear + rest)
        if not ra:
            assert rounding == 0 or (kind == 'power' and Fraction(v) != Fraction(a) ** 2)
        elif error:
            assert abs(error - (Fraction(v) - Fraction(a) ** 2)) <= abs(error) / 2**45
        assert slopes[0] == 2 * a
    a = abs(a)
    v = math.sqrt(a)
    slopes, linear, rest, rounding, error = applied('sqrt', v, ((a, ra),))
    if ra < a:
        assert linear <= Fraction(ra) / (2 * Fraction(v)) * ROOM
        assert rest <= Fraction(ra) ** 2 / (2 * Fraction(a) * Fraction(v)) * ROOM + abs(error) / 2**48 + TINY
        assert rounding <= half_an_ulp(Fraction(v) + gap_above(v) + linear + rest)
        assert slopes[0] == pytest.approx(0.5 / v)
        if ra:
            assert abs(error - (Fraction(v) ** 2 - Fraction(a)) / (2 * Fraction(v))) <= abs(error) / 2**40
    _, linear, rest, rounding, error = applied('sqrt', v, ((a, ra),), 'positive')
    assert rest <= Fraction(math.sqrt(ra)) * ROOM + TINY and rounding <= half_an_ulp(Fraction(v) + Fraction(math.sqrt(ra)) + gap_above(v))
    for ra in (a, 1.5 * a, 40 * a):
        slopes, linear, rest, rounding, error = applied('sqrt', v, ((a, ra),), 'positive')
        assert slopes == [0] and linear == error == 0 and Fraction(ra) <= rest**2 <= Fraction(ra) * ROOM**2
        assert rounding <= half_an_ulp(Fraction(v) + rest + gap_above(v))


ONE_NUMBER = 'add subtract multiply divide sqrt square negative positive absolute maximum minimum where floor ceil rint trunc sign'.split()
ONE_NUMBER += 'logical_and logical_or logical_not floor_divide remainder fmod greater less equal'.split()
ARITY = dict.fromkeys('sqrt square negative positive absolute floor ceil rint trunc sign logical_not'.split(), 1) | {'where': 3}


@pytest.mark.parametrize('kind', ONE_NUMBER)
def test_operands_that_do_not_vary_give_one_number(kind):
    """(T1), of zeros too, and of quotients by them, which no other machine has otherwise."""
    for values in product((0.0, -0.0, 1.0, -2.0, 0.1, 3.0), repeat=ARITY.get(kind, 2)):
        with np.errstate(all='ignore'):
            v = float(MEANT.get(kind, getattr(np, kind, None))(*values))
        for extra in (None, 'positive') if kind == 'sqrt' else (None,):
            if math.isfinite(v):
                slopes, *parts = applied(kind, v, [(value, 0.0) for value in values], extra)
                assert parts == [0, 0, 0, 0], values
                assert all(slope is None or math.isfinite(slope) for slope in slopes)


@pytest.mark.parametrize('value, radius', [(0.7, 2.0**-30), (-3.0, 0.5), (1.0, 0.0), (0.0, 0.0)])
@pytest.mark.parametrize('extra', ['scalar', 'array'])
def test_a_power_that_every_library_has_exactly_rounds_nothing(value, radius, extra):
    for exponent in (0.0, 1.0) if radius or not value else (0.0, 1.0, 2.5, -1.0):
        slopes, linear, rest, rounding, error = applied('power', value**exponent, ((value, radius), (exponent, 0.0)), extra)
        assert rounding == error == 0
        assert not radius or slopes[0] == pytest.approx(exponent, rel=1e-12, abs=0)
        assert linear == exponent * radius and rest <= exponent * radius * 2.0**-40


@pytest.mark.parametrize('name, bend', [('hypot', lambda low: 1 / low), ('arctan2', lambda low: 1 / low**2)])
@pytest.mark.parametrize('shift', [3, 12, 30])
@pytest.mark.parametrize('one, other', [(0.3, 1.7), (-2.5, 0.1), (0.75, 0.75), (1e3, 2.0), (0.01, 4.0)])
def test_a_function_of_two_numbers_says_no_more_than_its_curvature(name, bend, shift, one, other):
    r, s, distance = abs(one) * 2.0**-shift, other * 2.0 ** -(shift + 1), math.hypot(one, other)
    function = getattr(math, {'hypot': 'hypot', 'arctan2': 'atan2'}[name])
    given = [np.array(each) for each in (one, other, function(one, other), r, s)]
    *slopes, rest = (float(each) for each in FUNCTIONS[name].slope(*given, 4))
    wanted = {'hypot': (one, other), 'arctan2': (other / distance, -one / distance)}[name]
    assert slopes == pytest.approx([each / distance for each in wanted], rel=1e-14)
    assert rest <= (r * r + s * s) / 2 * bend(distance - r - s) * (1 + 1e-9) + (r + s) * 2.0**-40 * bend(distance) * distance
    with ctx.workprec(200):
        for dx, dy in product((-r, 0.0, r), (-s, 0.0, s)):
            moved = BALLS_OF_TWO[name](arb(one) + dx, arb(other) + dy) - BALLS_OF_TWO[name](arb(one), arb(other))
            assert abs(moved - arb(slopes[0]) * dx - arb(slopes[1]) * dy) <= rest


@pytest.mark.one_in(5)
@pytest.mark.parametrize('exponent', [-2.0, -1.5, -0.5, 0.5, 1.5, 2.5, 3.0, 5.0])
@pytest.mark.parametrize('value', [0.3, 1.7, 25.0])
@pytest.mark.parametrize('shift', [2, 10, 30])
def test_a_power_says_no_more_than_its_curvature(value, exponent, shift):
    radius, v = value * 2.0**-shift, value**exponent
    ends = [value - radius, value + radius]
    slope, bend = exponent * value ** (exponent - 1), abs(exponent * (exponent - 1)) * max(end ** (exponent - 2) for end in ends)
    for extra, ulps in (('scalar', 1), ('array', 4)):
        slopes, linear, rest, rounding, error = applied('power', v, ((value, radius), (exponent, 0.0)), extra)
        assert slopes[0] == pytest.approx(slope, rel=1e-13) and float(linear) == pytest.approx(abs(slope) * radius, rel=1e-12)
        own = ulps * gap_above(v + abs(slope) * radius + bend * radius**2)
        assert float(rest - own) <= (bend * radius**2 + abs(slope) * radius * 2.0**-45) * (1 + 1e-9)
        assert ulps * gap_above(v) <= rounding <= own and error == 0


@pytest.mark.one_in(5)
@pytest.mark.parametrize('value', [0.3, 1.0, 1.7, 25.0])
@pytest.mark.parametrize('exponent', [-1.5, 0.3, 2.0, 4.5])
@pytest.mark.parametrize('shifts', [(4, 4), (8, 20), (20, 8), (30, 30)])
def test_a_power_whose_exponent_varies_is_as_wide_as_it_is_and_hardly_wider(value, exponent, shifts):
    radius, reach = value * 2.0 ** -shifts[0], 2.0 ** -shifts[1]
    v = value**exponent
    slopes, linear, rest, *_ = applied('power', v, ((value, radius), (exponent, reach)), 'array')
    assert slopes == pytest.approx([exponent * value ** (exponent - 1), v * math.log(value)], rel=1e-12, abs=0)
    assert float(linear) == pytest.approx(abs(slopes[0]) * radius + abs(slopes[1]) * reach, rel=1e-12)
    with mpmath.workprec(200):
        x, p, most = mpmath.mpf(value), mpmath.mpf(exponent), 0
        for dx, dp in product((-1, 0, 1), repeat=2):
            exact = (x + dx * mpmath.mpf(radius)) ** (p + dp * mpmath.mpf(reach))
            most = max(most, abs(exact - x**p - slopes[0] * dx * radius - slopes[1] * dp * reach))
        own = float(4 * gap_above(v + float(linear) + float(rest)))
        assert most <= float(rest) <= 12 * float(most) + 2.0**-44 * float(linear) + 2 * own


@pytest.mark.parametrize('kind', ['add', 'subtract'])
@pytest.mark.parametrize('value', [2 - 2.0**-52, -1.0, 0.1, 2.0**53 - 1])
def test_adding_zero_rounds_nothing(kind, value):
    """At a binade's end too, where only the zero tells it."""
    for one, other in (((value, 2.0**-60), (0.0, 0.0)), ((0.0, 0.0), (value, 2.0**-60)), ((value, abs(value) * 2.0**-53), (-0.0, 0.0))):
        *_, linear, rest, rounding, error = applied(kind, float(getattr(np, kind)(one[0], other[0])), (one, other))
        assert rounding == error == 0 and linear == max(one[1], other[1]) and rest < 1e-280


@pytest.mark.parametrize('kind', ['floor', 'ceil', 'rint', 'trunc', 'sign', 'greater', 'equal', 'logical_not', 'floor_divide'])
def test_what_makes_whole_numbers_says_that_they_are(kind):
    operands = [number(2.75, 0.125), number(0.5, 0.0)][: ARITY.get(kind, 2)]
    v = float(MEANT.get(kind, getattr(np, kind, None))(*(float(each.value[0, 0]) for each in operands)))
    with np.errstate(all='ignore'):
        assert np.all(np.asarray(RULES[kind](np.array([[v]]), operands, None, FUNCTIONS).grid) == 1)


def largest_error(terms, roundings):
    """(T8) in rationals: the largest total rounding of a sum of fixed terms, by each way to split them."""
    errors = {(index,): Fraction(rounding) for index, rounding in enumerate(roundings)}
    for size in range(2, len(terms) + 1):
        for subset in combinations(range(len(terms)), size):
            splits = [part for k in range(1, size) for part in combinations(subset, k)]
            worst = max(errors[part] + errors[tuple(i for i in subset if i not in part)] for part in splits)
            total = abs(sum(terms[i] for i in subset)) + worst
            grid = min(Fraction(float(lowest_bit(np.array([float(terms[i])]))[0])) for i in subset)
            errors[subset] = worst + (0 if total * ROOM <= grid * 2**53 else half_an_ulp(total))
    return errors[tuple(range(len(terms)))]


@examples(150)
@given(st.lists(numbers(-8, 8), min_size=2, max_size=4))
def test_a_short_sum_says_no_more_than_its_lemma(terms):
    v = math.fsum(terms)
    with np.errstate(all='ignore'):
        column = [Number(*(part.T for part in number(terms, [0.0] * len(terms))))]
        said = RULES['sum'](np.array([v]), column, None, FUNCTIONS)
    rounding, error = (Fraction(float(np.ravel(part)[0])) for part in (said.rounding, said.error))
    assert rounding <= largest_error([Fraction(x) for x in terms], [0] * len(terms)) * ROOM
    assert said.slopes == (1.0,) and not np.any(said.linear)
    if rounding:
        assert abs(error - (Fraction(v) - sum(map(Fraction, terms)))) <= Fraction(float(np.ravel(said.rest)[0])) + TINY
        assert (
            Fraction(float(np.ravel(said.rest)[0]))
            <= sum(abs(Fraction(x)) for x in terms) * Fraction(2 ** (4 + 7), 2**106) + abs(error) / 2**48
        )
    else:
        assert not np.any(said.rest) and error == 0


@examples(100)
@given(st.lists(numbers(-8, 8), min_size=5, max_size=30))
def test_a_long_sum_says_no_more_than_its_lemma(terms):
    p = np.array([terms]).T
    nothing = np.zeros_like(p)
    found = Fraction(float(sums.many_terms(p, nothing, nothing, nothing)[0]))
    above, below = (sorted((Fraction(sign * x) for x in terms if sign * x > 0), reverse=True) for sign in (1, -1))
    chain = [max(sum(above[:k]), sum(below[:k])) for k in range(2, len(above) + len(below) + 1)]
    assert found <= sum(half_an_ulp(total) for total in chain) * ROOM
    grid = np.full_like(p, 2.0**-52 * np.abs(p).max())
    fitting = Fraction(float(sums.many_terms(p, nothing, nothing, grid)[0]))
    step = Fraction(float(grid[0, 0])) * 2**53
    assert fitting <= sum(half_an_ulp(total) for total in chain if total * ROOM > step) * ROOM


@pytest.mark.parametrize(
    'values, radii, fits', [((3.0, 5.0), (1.0, 1.0), True), ((2.0**53, 3.0), (1.0, 0.0), False), ((0.1, 0.2), (0.1, 0.1), False)]
)
def test_a_dot_says_no_more_than_its_lemma(values, radii, fits):
    ones = Number(np.ones((1, 2)), np.zeros((1, 2)), np.ones((1, 2)))
    with np.errstate(all='ignore'):
        column = Number(*(part.T for part in number(values, radii)))
        if fits:
            column = column._replace(grid=np.ones((1, 2)))
        said = RULES['dot'](np.array([math.fsum(values)]), [column, ones], None, FUNCTIONS)
    assert (
        float(said.linear[0]) == pytest.approx(sum(radii), rel=1e-9)
        and float(np.ravel(said.rest)[0]) < 100 * 2.0**-106 * sum(values) + 1e-200
    )
    assert (said.rounding == 0).all() == fits
    if not fits:
        assert Fraction(float(said.rounding[0])) <= half_an_ulp(Fraction(math.fsum(values)) + Fraction(sum(radii)) * ROOM) * ROOM


# what is decided, and what is not

DECIDED = [  # kind, operands as (value, radius), what passes: slopes, first order, rest
    ('absolute', [(-3.0, 3.0)], [-1.0], 3.0, 0.0),
    ('absolute', [(-3.0, 3.5)], [0.0], 0.0, 3.5),
    ('negative', [(2.0, 0.5)], [-1.0], 0.5, 0.0),
    ('positive', [(2.0, 0.5)], [1.0], 0.5, 0.0),
    ('maximum', [(2.0, 0.5), (1.0, 0.25)], [1.0, 0.0], 0.5, 0.0),
    ('maximum', [(1.0, 0.25), (2.0, 0.5)], [0.0, 1.0], 0.5, 0.0),
    ('maximum', [(2.0, 0.5), (1.0, 0.75)], [0.0, 0.0], 0.0, 0.75),
    ('minimum', [(2.0, 0.5), (1.0, 0.25)], [0.0, 1.0], 0.25, 0.0),
    ('minimum', [(2.0, 0.75), (1.0, 0.5)], [0.0, 0.0], 0.0, 0.75),
    ('where', [(1.0, 0.0), (2.0, 0.5), (3.0, 0.25)], [None, 1.0, 0.0], 0.5, 0.0),
    ('where', [(0.0, 0.0), (2.0, 0.5), (3.0, 0.25)], [None, 0.0, 1.0], 0.25, 0.0),
    ('where', [(1.0, 1.0), (2.0, 0.5), (3.0, 0.25)], [None, 0.0, 0.0], 0.0, 1.75),
    ('greater', [(2.0, 0.5), (1.0, 0.25)], [None, None], 0.0, 0.0),
    ('greater', [(2.0, 0.5), (1.0, 0.5)], [None, None], 0.0, 1.0),
    ('equal', [(2.0, 0.0), (2.0, 0.0)], [None, None], 0.0, 0.0),
    ('less', [(1.0, 0.25), (2.0, 0.5)], [None, None], 0.0, 0.0),
    ('logical_and', [(1.0, 0.0), (0.0, 0.0)], [None, None], 0.0, 0.0),
    ('logical_and', [(2.0, 1.0), (-2.0, 1.0)], [None, None], 0.0, 0.0),
    ('logical_or', [(2.0, 2.0), (0.0, 0.0)], [None, None], 0.0, 1.0),
    ('logical_not', [(2.0, 2.0)], [None], 0.0, 1.0),
    ('floor', [(2.5, 0.25)], [None], 0.0, 0.0),
    ('floor', [(2.5, 0.75)], [None], 0.0, 1.0),
    ('floor', [(2.0, 0.0)], [None], 0.0, 0.0),
    ('ceil', [(2.5, 0.75)], [None], 0.0, 1.0),
    ('rint', [(2.25, 0.125)], [None], 0.0, 0.0),
    ('rint', [(2.25, 0.5)], [None], 0.0, 1.0),
    ('trunc', [(-2.5, 0.75)], [None], 0.0, 1.0),
    ('sign', [(1.0, 0.5)], [None], 0.0, 0.0),
    ('sign', [(1.0, 1.5)], [None], 0.0, 2.0),
]
MEANT = {
    'where': lambda c, x, y: x if c else y,
    'logical_and': lambda x, y: bool(x and y),
    'logical_or': lambda x, y: bool(x or y),
    'logical_not': lambda x: not x,
}


@pytest.mark.parametrize('kind, operands, slopes, linear, rest', DECIDED, ids=[f'{row[0]} {row[1]}' for row in DECIDED])
def test_what_is_decided_passes_one_error_and_what_is_not_says_how_far(kind, operands, slopes, linear, rest):
    values = [value for value, _ in operands]
    v = float(MEANT.get(kind, getattr(np, kind, None))(*values))
    found, *parts = applied(kind, v, operands)
    assert found == slopes
    assert [float(part) for part in parts] == pytest.approx([linear, rest, 0.0, 0.0], rel=1e-9)


@pytest.mark.parametrize(
    'kind, values, radii, slopes, linear, rest',
    [
        ('max', (1.0, 3.0, 2.0), (0.25, 0.5, 0.25), [0, 1, 0], 0.5, 0.0),
        ('max', (1.0, 3.0, 2.0), (0.25, 0.5, 0.75), [0, 0, 0], 0.0, 0.75),
        ('max', (1.0, 3.0, 3.0), (0.0, 0.0, 0.0), [0, 0, 0], 0.0, 0.0),
        ('min', (1.0, 3.0, 2.0), (0.25, 0.5, 0.25), [1, 0, 0], 0.25, 0.0),
        ('argmax', (1.0, 3.0, 2.0), (0.25, 0.5, 0.25), None, 0.0, 0.0),
        ('argmax', (1.0, 3.0, 2.0), (0.25, 0.5, 0.75), None, 0.0, 3.0),
        ('argmin', (1.0, 3.0, 2.0), (0.5, 0.5, 0.5), None, 0.0, 3.0),
    ],
)
def test_an_extremum_is_decided_where_no_other_may_reach_it(kind, values, radii, slopes, linear, rest):
    column = Number(*(part.T for part in number(values, radii)))
    said = RULES[kind](np.array([float(getattr(np, kind)(values))]), [column], None, FUNCTIONS)
    if slopes is not None:
        assert said.slopes[0][0].tolist() == slopes
    assert [float(np.ravel(part)[0]) for part in said[1:5]] == pytest.approx([linear, rest, 0.0, 0.0], rel=1e-9)


def test_what_is_a_power_of_two_and_the_grid_of_a_number():
    values = np.array([[1.0, -2.0, 0.5, 3.0, 0.0, 6.0, 2.0]])
    radii = np.array([[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5]])
    assert power_of_two(Number(values, radii, values)).tolist() == [[True, True, True, False, False, False, False]]
    assert lowest_bit(np.array([12.0, -0.75, 0.0, 1.0])).tolist() == [4.0, 0.25, np.inf, 1.0]
    assert default_grid(np.array([1.5]), np.array([0.25]))[0] == 2.0**-52
    assert default_grid(np.array([1.5]), np.array([0.75]))[0] == 2.0**-53


# functions: the remainder is of second order, and the rounding the stated ulps

DOMAINS = dict.fromkeys(('arcsin', 'arccos', 'arctanh'), (0.05, 0.9)) | {'arccosh': (1.2, 3.0)}


def test_every_function_of_the_table_has_the_bound_that_is_published_and_is_exact_only_where_it_is():
    assert set(BALLS) == {name for name, f in FUNCTIONS.items() if f.arguments == 1}
    assert {name: f.ulps for name, f in FUNCTIONS.items() if f.ulps != 4} == {'deg2rad': 2, 'rad2deg': 2}
    ones = {'cos', 'cosh', 'exp', 'exp2'}
    assert FUNCTIONS['power'].exact == {}
    for name, f in FUNCTIONS.items():
        if f.arguments == 2:
            continue
        points = {1.0: 0.0} if (name.startswith('log') and name != 'log1p') or name in ('arccos', 'arccosh') else {0.0: float(name in ones)}
        assert f.exact == points, name
        assert all(float(getattr(np, name)(x)) == y for x, y in f.exact.items())
        assert all(BALLS[name](arb(x)).contains(arb(y)) for x, y in f.exact.items())


@pytest.mark.parametrize('name', sorted(set(BALLS) & set(FUNCTIONS)))
@examples(25)
@given(st.floats(0, 1), st.sampled_from((2.0**-52, 2.0**-40, 2.0**-20, 2.0**-9)))
def test_a_function_says_little_more_than_its_curvature(name, place, share):
    low, high = DOMAINS.get(name, (0.05, 1.4))
    x = low + place * (high - low)
    radius = x * share
    with ctx.workprec(300):
        series = BALLS[name](arb(x))
        v = float(series.mid())
        step = arb(2) ** -60
        slope = (BALLS[name](arb(x) + step) - BALLS[name](arb(x) - step)) / (2 * step)
        far = arb(radius), -arb(radius)
        ends = [abs(BALLS[name](arb(x) + d) - series - slope * d) for d in far]
        remainder = max(float(end.abs_upper()) for end in ends)
        bends = [BALLS[name](at + step) + BALLS[name](at - step) - 2 * BALLS[name](at) for at in (arb(x), *(arb(x) + d for d in far))]
        curvature = max(float(abs(bend / step**2).abs_upper()) for bend in bends)
    slopes, linear, rest, rounding, _ = applied(name, v, ((x, radius),))
    ulp = 2 * half_an_ulp(abs(Fraction(v)) * (1 + Fraction(1, 2**40)) + linear + rest)
    assert slopes[0] == pytest.approx(float(slope.mid()), rel=1e-9)
    assert rounding <= FUNCTIONS[name].ulps * ulp
    own = FUNCTIONS[name].ulps * ulp  # of the machine, whose result is not known better
    steep = 2 * (abs(v) + 1) * (1 + 4 * (abs(v) + 1) ** 2) if name == 'tan' else abs(v)  # as the lemmas have it
    bend = max(curvature, abs(float(slope.mid())), steep)
    room = abs(float(slope.mid())) * radius * 2.0**-40 + 1e-250
    assert rest <= own + 16 * max(remainder, bend * radius**2) + room
