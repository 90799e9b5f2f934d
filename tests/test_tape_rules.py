"""Each rule of the tape on single operations, at the operands where rounding rules break, against rationals and balls.

A rule says D = sum of slope * D_i + eps - e + q with |eps| <= rounding and |q| <= rest, where v is the machine's result, e its
own error, v + D another evaluation's.  That is tested as it stands, for the farthest results that an evaluation may have.
"""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from cases import examples
from flint import arb, ctx, fmpq
from hypothesis import assume, example, given
from hypothesis import strategies as st
from operands import BALLS, SMALLEST, around, every_sum, gap_above, numbers, rounded, subnormals, within

from streetlight.certify import sums
from streetlight.certify.exponential import exp_defect
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.rules import RULES
from streetlight.certify.rules.rounding import Number, default_grid, lowest_bit, ulp

GAMMA = Fraction(64, 2**53)  # what the sweep adds of the linear part for rounded slopes
SHIFTS = (0, 0, 2, 20, 46, 51, 52, 53)


class Operand:
    """A number with a radius, 0 where it is fixed, and float64 numbers that it may be."""

    def __init__(self, value, radius, towards=()):
        self.value, self.radius = value, radius
        self.values = within(value, radius, towards)

    @property
    def number(self):
        value, radius = np.array([self.value]), np.array([self.radius])
        return Number(value, radius, default_grid(value, radius) if self.radius else lowest_bit(value))


def operand(values=None):
    values = numbers(-12, 12) if values is None else values
    return st.builds(
        lambda value, shift, towards: Operand(value, abs(value) * 2.0**-shift if shift else 0.0, towards),
        values,
        st.sampled_from(SHIFTS),
        st.lists(st.floats(-1, 1), max_size=2),
    )


def applied(kind, value, operands, extra=None):
    with np.errstate(all='ignore'):
        return RULES[kind](np.array([value]), [each.number for each in operands], extra, FUNCTIONS)


def entry(array, index=0):
    return Fraction(float(np.ravel(np.asarray(array, dtype=float))[index]))


def assert_says(passed, v, operands, evaluation, results):
    """That a rule allows results of an evaluation, whose operands have these values."""
    fixed = [slope is None or each.radius == 0 for slope, each in zip(passed.slopes, operands)]
    if not all(math.isfinite(float(np.ravel(part)[0])) for part in (passed.linear, passed.rest, passed.rounding)):
        return
    slopes = [0 if still else entry(slope) for still, slope in zip(fixed, passed.slopes)]
    moved = sum(slope * (Fraction(x) - Fraction(each.value)) for slope, x, each in zip(slopes, evaluation, operands))
    linear, rest, rounding, error = (entry(part) for part in passed[1:5])
    assert abs(moved) <= linear * (1 + GAMMA) + rest
    for result in results:
        distance = abs(Fraction(result) - Fraction(v) - moved + error)
        assert distance <= rounding + rest + GAMMA * linear, (evaluation, result, float(distance))
        grid = float(np.ravel(passed.grid)[0])
        assert not 0 < grid < math.inf or (Fraction(result) / Fraction(grid)).denominator == 1


REAL = {'add': lambda x, y: x + y, 'subtract': lambda x, y: x - y, 'multiply': lambda x, y: x * y, 'divide': lambda x, y: x / y}


@pytest.mark.parametrize('kind', REAL)
@examples(100)
@given(operand(), operand())
@example(Operand(2.0**53 - 1, 0.0), Operand(2.0**53 - 1, 1.0))
@example(Operand(2.0**52 + 3, 1.0), Operand(2.0**52 + 2, 1.0))
@example(Operand(3.0, 0.0), Operand(0.1, 2.0**-53))
@example(Operand(1.0, 2.0**-52), Operand(3.0, 0.0))
@example(Operand(1.0, 2.0**-52), Operand(-1.0, 2.0**-52))
def test_a_rounded_operation_is_what_its_rule_says(kind, a, b):
    real = REAL[kind]
    v = rounded(real(Fraction(a.value), Fraction(b.value)))
    passed = applied(kind, v, (a, b))
    for x in a.values:
        for y in b.values:
            assert_says(passed, v, (a, b), (x, y), [rounded(real(Fraction(x), Fraction(y)))])


@examples(80)
@given(
    st.sampled_from(['multiply', 'divide', 'add']),
    operand(subnormals() | numbers(-1060, -480)),
    operand(subnormals() | numbers(-1060, -480)),
)
def test_what_gets_too_small_is_still_what_its_rule_says(kind, a, b):
    assume(all(abs(x) > 0 for x in (*a.values, *b.values)) and a.values and b.values)
    real = REAL[kind]
    assume(abs(real(Fraction(a.value), Fraction(b.value))) < 2**1000)
    v = rounded(real(Fraction(a.value), Fraction(b.value)))
    passed = applied(kind, v, (a, b))
    for x in a.values[:3] + a.values[-3:]:
        for y in b.values[:3] + b.values[-3:]:
            exact = real(Fraction(x), Fraction(y))
            if abs(exact) < 2**1020:
                assert_says(passed, v, (a, b), (x, y), [rounded(exact)])


@examples(100)
@given(operand())
@example(Operand(2 - 2.0**-52, 0.0))
@example(Operand(0.5 - 2.0**-54, 2.0**-53))
def test_a_square_is_what_its_rule_says_of_arrays_and_of_the_c_library(a):
    two = Operand(2.0, 0.0)
    for extra, results in (('array', lambda x: [rounded(Fraction(x) ** 2)]), ('scalar', lambda x: around(Fraction(x) ** 2))):
        for v in results(a.value):
            cases = [(applied('power', v, (a, two), extra), (a, two))]
            cases += [(applied('square', v, (a,)), (a,))] if extra == 'array' else []
            for passed, operands in cases:
                for x in a.values:
                    assert_says(passed, v, operands, (x, 2.0)[: len(operands)], results(x))


# sums and inner products


def stacked(operands):
    numbers_ = [each.number for each in operands]
    return Number(*(np.array([[float(getattr(each, field)[0]) for each in numbers_]]) for field in Number._fields))


def says_of_a_sum(kind, v, columns):
    with np.errstate(all='ignore'):
        return RULES[kind](np.array([v]), [stacked(column) for column in columns], None, FUNCTIONS)


def assert_says_of_a_sum(passed, v, columns, evaluation, results):
    moved = Fraction(0)
    for slope, column, values in zip(passed.slopes, columns, evaluation):
        slope = np.broadcast_to(np.asarray(slope, float), (1, len(column)))
        moved += sum(entry(slope, k) * (Fraction(x) - Fraction(each.value)) for k, (each, x) in enumerate(zip(column, values)))
    linear, rest, rounding, error = (entry(part) for part in passed[1:5])
    for result in results:
        distance = abs(Fraction(result) - Fraction(v) - moved + error)
        assert distance <= rounding + rest + GAMMA * linear, (evaluation, result, float(distance))
        grid = float(np.ravel(passed.grid)[0])
        assert not 0 < grid < math.inf or (Fraction(result) / Fraction(grid)).denominator == 1


@examples(50)
@given(st.lists(st.tuples(operand(), operand()), min_size=1, max_size=4), st.data())
def test_an_inner_product_by_any_order_and_fusion_is_what_its_rule_says(pairs, data):
    holds_of_products(pairs, data)


tiny = operand(numbers(-560, -480))


@examples(50)
@given(st.lists(st.tuples(tiny, tiny) | st.tuples(tiny, operand()), min_size=1, max_size=4), st.data())
@example([(Operand(2.0**-537 * 1.75, 0.0), Operand(2.0**-537 * 1.5, 0.0)), (Operand(0.3, 0.0), Operand(2.0**-500, 2.0**-520))], None)
@example([(Operand(2.0**-537, 0.0), Operand(2.0**-537, 2.0**-589))], None)  # it may round to nothing or to the least number
def test_an_inner_product_whose_products_may_underflow_is_what_its_rule_says(pairs, data):
    holds_of_products(pairs, data)


def holds_of_products(pairs, data):
    def drawn(values):
        return data.draw(st.sampled_from(values)) if data else values[-1]

    columns = tuple(zip(*pairs))
    v = drawn(sorted(every_sum([(a.value, b.value) for a, b in pairs])))
    passed = says_of_a_sum('dot', v, columns)
    for _ in range(3):
        values = [(drawn(a.values), drawn(b.values)) for a, b in pairs]
        assert_says_of_a_sum(passed, v, columns, tuple(zip(*values)), every_sum(values))


@examples(50)
@given(st.lists(operand(), min_size=1, max_size=4), st.data())
def test_a_sum_in_any_order_is_what_its_rule_says(terms, data):
    v = data.draw(st.sampled_from(sorted(every_sum([(a.value, 1.0) for a in terms], False))))
    passed = says_of_a_sum('sum', v, (terms,))
    for _ in range(3):
        values = [data.draw(st.sampled_from(a.values)) for a in terms]
        assert_says_of_a_sum(passed, v, (terms,), (values,), every_sum([(x, 1.0) for x in values], False))


@pytest.mark.parametrize('kind', ['sum', 'dot'])
@pytest.mark.parametrize('units', [(2**53 - 2, 2**52 + 9), (2**53 - 2, 2**52 + 9, 1), (2**53 - 1, 0.75)])
def test_a_sum_at_the_edge_of_53_bits_is_what_its_rule_says(kind, units):
    """(T3): each number moves by one bit, and many a sum is a tie."""
    terms = [Operand(float(unit), 1.0 if unit > 2**52 else 0.0) for unit in units]
    columns = (terms, [Operand(1.0, 0.0)] * len(terms)) if kind == 'dot' else (terms,)
    v = rounded(sum(Fraction(a.value) for a in terms))
    passed = says_of_a_sum(kind, v, columns)
    for values in product(*([a.value - a.radius, a.value, a.value + a.radius] for a in terms)):
        pairs = [(x, 1.0) for x in values]
        evaluation = (values, [1.0] * len(values)) if kind == 'dot' else (values,)
        assert_says_of_a_sum(passed, v, columns, evaluation, every_sum(pairs, kind == 'dot'))


def merged(values, choices, fused):
    """One evaluation of a sum of products, terms meeting two at a time as ``choices`` say."""
    terms = [(Fraction(x) * Fraction(y), True) for x, y in values]
    for one, other, keep in choices:
        if len(terms) > 1:
            x, x_exact = terms.pop(one % len(terms))
            y, y_exact = terms.pop(other % len(terms))
            x = x if x_exact and fused and keep else Fraction(rounded(x))
            y = y if y_exact and fused and not keep else Fraction(rounded(y))
            terms.append((Fraction(rounded(x + y)), False))
    return rounded(terms[0][0])


ways = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.booleans()), min_size=11, max_size=11)
chain = [(0, -1, False)] * 11


@examples(80)
@given(st.lists(st.tuples(operand(), operand()), min_size=5, max_size=12), st.booleans(), ways, ways)
@example([(Operand(1.0, 0.0), Operand(1.0, 0.0))] + [(Operand(2.0**-53, 0.0), Operand(1.0 + 2.0**-52, 0.0))] * 8, True, chain, chain[::-1])
def test_a_long_sum_of_products_is_what_its_rule_says(pairs, at_the_ends, own_way, other_way):
    columns = tuple(zip(*pairs))
    v = merged([(a.value, b.value) for a, b in pairs], own_way, True)
    passed = says_of_a_sum('dot', v, columns)
    values = [(a.values[0], b.values[-1]) if at_the_ends else (a.value, b.value) for a, b in pairs]
    assert_says_of_a_sum(passed, v, columns, tuple(zip(*values)), [merged(values, way, True) for way in (other_way, own_way, chain)])


@given(numbers(-1000, 900) | subnormals())
@example(2.0**-1022)
def test_half_ulps_ulps_and_grids_are_no_less_than_the_gaps(x):
    size = np.array([abs(x)])
    gap = gap_above(x)
    assert gap / 2 <= entry(sums.half_ulp(size)) <= max(gap / 2, SMALLEST)
    assert gap <= entry(ulp(size)) <= max(gap, 2 * SMALLEST)
    if abs(x) > 2.0**-900:
        quotient = Fraction(x) / entry(lowest_bit(np.array([x])))
        assert quotient.denominator == 1 and quotient % 2 == 1


@pytest.mark.parametrize('what', [np.inf, -np.inf, np.nan])
def test_the_ulp_of_what_is_no_number_is_not_finite(what):
    assert not np.isfinite([*ulp(np.array([what])), *sums.half_ulp(np.array([what]))]).any()


@given(operand())
def test_every_evaluation_is_on_the_grid_of_its_number(a):
    grid = entry(a.number.grid)
    assert all((Fraction(x) / grid).denominator == 1 for x in a.values)


@examples(50)
@given(st.lists(numbers(-20, 20), min_size=1, max_size=40))
def test_a_sum_in_two_numbers_misses_no_more_than_it_says(terms):
    high = np.array([terms]).T
    (a,), (b,), (missed,) = sums.exact_sum(high, 0.0 * high)
    assert abs(Fraction(float(a)) + Fraction(float(b)) - sum(map(Fraction, terms))) <= Fraction(float(missed))


# what is exact, or decided

EXACT = {
    'absolute': abs,
    'negative': lambda x: -x,
    'maximum': max,
    'minimum': min,
    'floor': math.floor,
    'ceil': math.ceil,
    'rint': round,
    'trunc': math.trunc,
    'sign': lambda x: (x > 0) - (x < 0),
    'greater': lambda x, y: x > y,
    'less': lambda x, y: x < y,
    'equal': lambda x, y: x == y,
    'greater_equal': lambda x, y: x >= y,
    'less_equal': lambda x, y: x <= y,
    'not_equal': lambda x, y: x != y,
    'logical_and': lambda x, y: bool(x and y),
    'logical_or': lambda x, y: bool(x or y),
    'logical_not': lambda x: not x,
    'where': lambda c, x, y: x if c else y,
}
ARITY = {'absolute': 1, 'negative': 1, 'floor': 1, 'ceil': 1, 'rint': 1, 'trunc': 1, 'sign': 1, 'logical_not': 1, 'where': 3}
signed = st.builds(
    lambda value, radius: Operand(value, radius), st.integers(-3, 3).map(float), st.sampled_from((0.0, 0.5, 1.0, 2.0**-50, 3.5))
)


@pytest.mark.parametrize('kind', EXACT)
@examples(50)
@given(st.data())
def test_an_exact_operation_is_what_its_rule_says(kind, data):
    operands = [data.draw(signed | operand(numbers(-2, 2))) for _ in range(ARITY.get(kind, 2))]
    if kind == 'maximum' and data.draw(st.booleans()):
        operands[1] = Operand(operands[0].value, operands[0].radius)
    for each in operands:
        each.values = each.values or [each.value]
        if abs(each.value) <= each.radius:
            each.values.append(0.0)
    real = EXACT[kind]
    v = float(real(*(each.value for each in operands)))
    passed = applied(kind, v, operands)
    for _ in range(6):
        evaluation = [data.draw(st.sampled_from(each.values)) for each in operands]
        assert_says(passed, v, operands, evaluation, [float(real(*evaluation))])


@pytest.mark.parametrize('kind, best', [('max', max), ('min', min)])
@examples(80)
@given(st.lists(signed | operand(numbers(-2, 2)), min_size=1, max_size=4), st.data())
def test_an_extremum_and_its_place_are_what_their_rules_say(kind, best, terms, data):
    for each in terms:
        each.values = each.values or [each.value]
    values = [each.value for each in terms]
    v = best(values)
    passed = says_of_a_sum(kind, v, (terms,))
    place = says_of_a_sum('arg' + kind, float(values.index(v)), (terms,))
    for _ in range(6):
        evaluation = [data.draw(st.sampled_from(each.values)) for each in terms]
        assert_says_of_a_sum(passed, v, (terms,), (evaluation,), [best(evaluation)])
        assert abs(evaluation.index(best(evaluation)) - values.index(v)) <= entry(place.rest)


# functions: an evaluation and the machine each within the stated ulps

PRECISION = 300
DOMAINS = {
    'log': (0.01, 50),
    'log2': (0.01, 50),
    'log10': (0.01, 50),
    'log1p': (-0.9, 50),
    'arcsin': (-0.99, 0.99),
    'arccos': (-0.99, 0.99),
    'arctanh': (-0.99, 0.99),
    'arccosh': (1.01, 50),
    'tan': (-1.5, 1.5),
    'sqrt': (0.01, 50),
}


def ball_of(name, x):
    return (BALLS.get(name) or getattr(arb, name))(arb(x))


def farthest(ball, ulps):
    """The least and the largest float64 number less than so many ulps from a real number."""
    near = float(ball.mid())
    if near == 0:
        return [0.0]
    binade = 2.0 ** (int((abs(ball).log() / arb(2).log()).floor().unique_fmpz() or math.frexp(near)[1] - 1) - 52)
    found = []
    for side in (-math.inf, math.inf):
        x = near
        while abs(arb(math.nextafter(x, side)) - ball) < arb(binade) * ulps:
            x = math.nextafter(x, side)
        found.append(x)
    return [x for x in (near, *found) if abs(arb(x) - ball) < arb(binade) * ulps]


@pytest.mark.parametrize('name', [*sorted(name for name, f in FUNCTIONS.items() if f.arguments == 1), 'sqrt'])
@examples(15)
@given(st.data())
def test_a_function_within_its_ulps_is_what_its_rule_says(name, data):
    low, high = DOMAINS.get(name, (-3.0, 3.0))
    middle = st.floats(low, high) | numbers(-6, 2).filter(lambda x: low <= x <= high)
    value = data.draw(middle.filter(lambda x: x != 0))
    a = Operand(value, data.draw(st.sampled_from((0.0, abs(value) * 2.0**-52, abs(value) * 2.0**-45, abs(value) * 2.0**-12))))
    with ctx.workprec(PRECISION):
        allowed = lambda x: (  # noqa: E731
            farthest(ball_of(name, x), FUNCTIONS[name].ulps) if name != 'sqrt' else [float(ball_of(name, x).mid())]
        )
        for v in allowed(value):
            passed = applied(name, v, (a,))
            for x in (a.values[0], a.values[-1], value):
                if low <= x <= high:
                    assert_says(passed, v, (a,), (x,), allowed(x))


@examples(80)
@given(
    numbers(-4, 4).map(abs),
    st.sampled_from((3.0, 0.5, -1.0, -2.0, 1.5, 4.0, 2.5)),
    st.sampled_from((0, 20, 45, 52)),
    st.sampled_from(('array', 'scalar')),
)
def test_a_power_is_what_its_rule_says(value, exponent, shift, extra):
    a, p = Operand(value, value * 2.0**-shift if shift else 0.0), Operand(exponent, 0.0)
    assume(value != 1)  # where every library is exact
    power = fmpq(*Fraction(exponent).as_integer_ratio())
    with ctx.workprec(PRECISION):
        ulps = 1.0 if extra == 'scalar' else FUNCTIONS['power'].ulps
        for v in farthest(arb(value) ** arb(power), ulps):
            passed = applied('power', v, (a, p), extra)
            for x in (a.values[0], a.values[-1], value):
                assert_says(passed, v, (a, p), (x, exponent), farthest(arb(x) ** arb(power), ulps))


@examples(80)
@given(
    numbers(-4, 4).map(abs),
    numbers(-3, 3),
    st.sampled_from((0, 3, 20, 45, 52)),
    st.sampled_from((2, 20, 45, 52)),
    st.sampled_from(('array', 'scalar')),
)
def test_a_power_whose_exponent_varies_is_what_its_rule_says(value, exponent, shift, wide, extra):
    a, p = Operand(value, value * 2.0**-shift if shift else 0.0), Operand(exponent, abs(exponent) * 2.0**-wide)
    with ctx.workprec(PRECISION):
        ulps = 1.0 if extra == 'scalar' else FUNCTIONS['power'].ulps
        assume(all(2.0**-900 < abs(float((arb(x) ** arb(y)).mid())) < 2.0**900 for x in a.values for y in p.values))
        for v in farthest(arb(value) ** arb(exponent), ulps):
            passed = applied('power', v, (a, p), extra)
            for x in (a.values[0], a.values[-1], value):
                for y in (p.values[0], p.values[-1], exponent):
                    assert_says(passed, v, (a, p), (x, y), farthest(arb(x) ** arb(y), ulps))


def test_a_power_with_a_varying_exponent_is_bounded_at_all():
    passed = applied('power', 2.0**1.5, (Operand(2.0, 0.0), Operand(1.5, 2.0**-50)), 'scalar')
    assert 0 < passed.linear[0] + passed.rest[0] + passed.rounding[0] < 1e-14
    assert not np.isfinite(applied('power', 0.0, (Operand(1e-9, 1e-9), Operand(1.5, 0.1)), 'array').rest[0])


WHOLE = {'floor_divide': lambda x, y: x // y, 'remainder': lambda x, y: x - y * (x // y), 'fmod': lambda x, y: x - y * int(x / y)}


@pytest.mark.parametrize('kind', WHOLE)
@examples(150)
@given(operand(), operand(), st.integers(-40, 40), st.booleans())
@example(Operand(6.0, 0.0), Operand(2.0, 2.0**-50), 0, False)
@example(Operand(0.3, 2.0**-52), Operand(0.1, 2.0**-54), 0, False)
@example(Operand(-1.0, 2.0**-53), Operand(3.0, 0.0), 0, False)
@example(Operand(-(2.0**-60), 2.0**-61), Operand(1.0, 0.0), 0, False)
def test_whole_quotients_and_remainders_are_what_their_rules_say(kind, a, b, times, next_to_one):
    if next_to_one:  # a quotient at an integer, or next to one
        near = float(Fraction(b.value) * times) or b.value
        a = Operand(near, a.radius and abs(near) * 2.0**-51)
    real = WHOLE[kind]
    assume(all(abs(Fraction(x) / Fraction(y)) < 2**51 for x in a.values for y in b.values))
    v = rounded(real(Fraction(a.value), Fraction(b.value)))
    assert v == getattr(np, kind)(a.value, b.value)  # that NumPy computes so
    passed = applied(kind, v, (a, b))
    for x in a.values:
        for y in b.values:
            if x != 0 and np.sign(y) == np.sign(b.value):
                assert_says(passed, v, (a, b), (x, y), [rounded(real(Fraction(x), Fraction(y)))])


@pytest.mark.parametrize('kind', WHOLE)
def test_a_decided_quotient_is_exact_and_one_by_what_may_be_zero_is_not_bounded(kind):
    a, b = Operand(7.5, 2.0**-40), Operand(2.0, 0.0)
    decided = applied(kind, {'floor_divide': 3.0}.get(kind, 1.5), (a, b))
    assert entry(decided.linear) + entry(decided.rest) == (0 if kind == 'floor_divide' else pytest.approx(2.0**-40, rel=1e-3))
    assert not np.isfinite(applied(kind, 3.0, (a, Operand(1e-9, 1e-9))).rest[0])


@examples(80)
@given(st.floats(-590, 590) | numbers(-40, 9).filter(lambda x: abs(x) < 590), st.integers(-4, 4))
def test_the_error_of_the_machine_s_exp_is_known(x, steps):
    v = math.exp(x) * (1 + steps * 2.0**-52)
    defect, bound = (float(part[0]) for part in exp_defect(np.array([x]), np.array([v])))
    assert math.isfinite(defect)
    with ctx.workprec(PRECISION):
        assert abs(arb(v) - arb(x).exp() - arb(defect)) <= arb(bound)
