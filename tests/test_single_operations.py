"""Each rule of docs/certificates.md, (T1) to (T8), on single operations: what any evaluation gives is what the form allows.

The induction step of the theorem is tested as it stands: operands are ``c + a e`` for given symbols, an evaluation fixes the
symbols, and the result, rounded in exact rationals, must lie no farther from the form's own sum than its new symbol reaches.
"""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import arb
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from operands import around, every_sum, gap_above, numbers, rounded, stepped, within

from streetlight.certify.affine import AffineArithmetic
from streetlight.certify.forms import SMALLEST, Form, Noise, Undecided, exact_precision, lost

TINY = Fraction(1, 2**20)


def exactly(ball):
    """The middle of a ball as a rational."""
    mantissa, exponent = (int(part) for part in arb(ball).mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


class Operand:
    """A number that is fixed, or within a radius of a centre by one symbol; ``values`` are float64 numbers that it may be."""

    def __init__(self, model, centre, radius=0.0, symbol=0, towards=()):
        self.centre, self.radius, self.symbol = Fraction(centre), Fraction(radius), symbol
        noise = None
        if radius:
            coefficients = np.zeros(symbol + 1)
            coefficients[symbol] = radius
            noise = Noise(0, coefficients)
        self.form = Form(model, arb(centre), arb(centre) if radius else centre, noise)
        self.values = within(float(centre), float(radius), towards)

    def at(self, value):
        """The symbol's value in an evaluation where the operand has this one."""
        return {self.symbol: (Fraction(value) - self.centre) / self.radius} if self.radius else {}

    @property
    def largest(self):
        return abs(self.centre) + self.radius


def new_symbols(form, old):
    """The reach of the symbols that an operation added."""
    return (
        0
        if form.fixed
        else sum(
            abs(Fraction(float(each)))
            for index, each in enumerate(form.noise.coefficients, form.noise.start)
            if index >= old
        )
    )


def assert_allows(form, results, symbols, old=2):
    """That a form allows results, in the evaluation with these values of the old symbols."""
    if form.fixed:
        assert all(result == form.centre for result in results), (form, results)
        return
    expected = exactly(form.centre)
    for index, coefficient in enumerate(form.noise.coefficients, form.noise.start):
        if index < old:
            expected += Fraction(float(coefficient)) * symbols.get(index, 0)
    reach = new_symbols(form, old)
    low, high = form.bounds
    for result in results:
        assert abs(Fraction(result) - expected) <= reach, (
            form,
            result,
            float(expected),
            float(reach),
        )
        assert low <= result <= high


operand = st.tuples(
    numbers(-12, 12),
    st.sampled_from((0, 0, 2, 20, 48, 51, 52, 53)),
    st.lists(st.floats(-1, 1), max_size=2),
)


def made(model, drawn, symbol):
    centre, shift, towards = drawn
    return Operand(model, centre, abs(centre) * 2.0**-shift if shift else 0.0, symbol, towards)


def fresh_model():
    model = AffineArithmetic()
    model.symbols = 2
    return model


OPERATIONS = {
    'add': (lambda x, y: x + y, lambda x, y: [rounded(x + y)]),
    'subtract': (lambda x, y: x - y, lambda x, y: [rounded(x - y)]),
    'multiply': (lambda x, y: x * y, lambda x, y: [rounded(x * y)]),
    'dot': (lambda x, y: x.model.dot([x], [y]), lambda x, y: [rounded(x * y)]),
}


@pytest.mark.parametrize('operation', OPERATIONS)
@settings(max_examples=125, deadline=None)
@given(operand, operand)
@example((2.0**53 - 1, 0, []), (2.0**53 - 1, 52, []))
@example((1.0, 52, []), (2.0**-53, 2, []))
@example((2.0**52 + 3, 52, []), (2.0**52 + 2, 52, []))
@example((3.0, 0, []), (0.1, 52, []))
def test_an_elementwise_result_is_allowed_in_every_evaluation(operation, first, second):
    run, real = OPERATIONS[operation]
    with exact_precision():
        model = fresh_model()
        x, y = made(model, first, 0), made(model, second, 1)
        form = run(x.form, y.form)
        for a in x.values:
            for b in y.values:
                assert_allows(form, real(Fraction(a), Fraction(b)), x.at(a) | y.at(b))


@pytest.mark.parametrize('operation', OPERATIONS)
@settings(max_examples=60, deadline=None)
@given(operand)
def test_a_result_of_one_number_with_itself_is_allowed(operation, drawn):
    run, real = OPERATIONS[operation]
    with exact_precision():
        x = made(fresh_model(), drawn, 0)
        form = run(x.form, x.form)
        for a in x.values:
            assert_allows(form, real(Fraction(a), Fraction(a)), x.at(a))


@settings(max_examples=150, deadline=None)
@given(operand, numbers(-6, 6) | st.sampled_from((2, 3, -4, 6, 10)))
@example((1.0, 51, []), 3)
@example((5e-324, 0, []), 2)
def test_a_quotient_is_allowed_in_every_evaluation(drawn, divisor):
    with exact_precision():
        x = made(fresh_model(), drawn, 0)
        form = x.form / divisor
        for a in x.values:
            assert_allows(form, [rounded(Fraction(a) / Fraction(divisor))], x.at(a))


@settings(max_examples=150, deadline=None)
@given(operand)
@example((2 - 2.0**-52, 0, []))
@example((0.5 - 2.0**-54, 52, []))
@example((0.1, 51, []))
def test_a_square_is_allowed_in_every_evaluation(drawn):
    with exact_precision():
        x = made(fresh_model(), drawn, 0)
        library, array = x.form.model.power(x.form, 2), x.form**2
        for a in x.values:
            assert_allows(library, around(Fraction(a) ** 2), x.at(a))
            assert_allows(array, [rounded(Fraction(a) ** 2)], x.at(a))


@settings(max_examples=75, deadline=None)
@given(st.lists(st.tuples(operand, operand), min_size=2, max_size=4), st.data())
def test_an_inner_product_is_allowed_by_any_order_and_fusion(pairs, data):
    with exact_precision():
        model = AffineArithmetic()
        model.symbols = 2 * len(pairs)
        made_pairs = [
            (made(model, first, 2 * k), made(model, second, 2 * k + 1))
            for k, (first, second) in enumerate(pairs)
        ]
        form = model.dot([x.form for x, _ in made_pairs], [y.form for _, y in made_pairs])
        for _ in range(3):
            values = [
                (data.draw(st.sampled_from(x.values)), data.draw(st.sampled_from(y.values)))
                for x, y in made_pairs
            ]
            symbols = {}
            for (x, y), (a, b) in zip(made_pairs, values):
                symbols |= x.at(a) | y.at(b)
            assert_allows(form, every_sum(values), symbols, 2 * len(pairs))


grids = st.tuples(
    st.integers(2**52 - 3, 2**53 - 1) | st.integers(1, 9), st.integers(-3, 3), st.integers(-30, 30)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(grids, min_size=2, max_size=3))
@example([(2**53 - 2, 0, 0), (2**52 + 1, 0, 0)])
@example([(2**53 - 1, 0, 0), (2**52 + 1, 0, 0), (1, 0, 0)])
@example([(2**53 - 1, 0, 0), (1, 0, -2), (1, 0, -2)])
@example([(2**53 - 1, 0, 1), (3, 0, 0)])
def test_sums_of_scaled_numbers_fit_or_are_rounded(drawn):
    """(T3) and (T8) at the edge of 53 bits: one operand of each product is a power of two, the other moves by one bit."""
    with exact_precision():
        model = AffineArithmetic()
        model.symbols = len(drawn)
        moving = [
            Operand(model, float(mantissa) * 2.0**exponent, 2.0**exponent, k)
            for k, (mantissa, _, exponent) in enumerate(drawn)
        ]
        scales = [2.0**scale for _, scale, _ in drawn]
        form = model.dot([x.form for x in moving], model.array(scales))
        for steps in product((-1, 0, 1), repeat=len(moving)):
            values = [float(x.centre + step * x.radius) for x, step in zip(moving, steps)]
            symbols = {}
            for x, value in zip(moving, values):
                symbols |= x.at(value)
            assert_allows(form, every_sum(list(zip(values, scales))), symbols, len(drawn))


# (T5) what our own float64 loses


def linear(model, coefficients):
    return Form(model, arb(1.5), arb(1.5), Noise(0, np.array(coefficients)))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(numbers(-60, -1), min_size=4, max_size=4), min_size=2, max_size=10),
    st.lists(numbers(-3, 3), min_size=10, max_size=10),
)
@example([[1.0] * 4] + [[2.0**-53 * (1 + 2.0**-52)] * 4] * 9, [1.0] * 10)
def test_what_coefficients_lose_to_rounding_is_in_the_new_symbol(rows, factors):
    with exact_precision():
        model = AffineArithmetic(without={'rounding', 'products', 'sums'})
        model.symbols = 4
        forms = [linear(model, row) for row in rows]
        cases = [
            (forms[0] + forms[1], [Fraction(a) + Fraction(b) for a, b in zip(rows[0], rows[1])]),
            (forms[0] - forms[1], [Fraction(a) - Fraction(b) for a, b in zip(rows[0], rows[1])]),
            (forms[0] * factors[0], [Fraction(a) * Fraction(factors[0]) for a in rows[0]]),
            (forms[0] / factors[0], [Fraction(a) / Fraction(factors[0]) for a in rows[0]]),
            (
                model.dot(forms, model.array(factors[: len(rows)])),
                [
                    sum(Fraction(a) * Fraction(factor) for a, factor in zip(column, factors))
                    for column in zip(*rows)
                ],
            ),
        ]
        for form, exact in cases:
            computed = np.zeros(4)
            computed[form.noise.start :] = form.noise.coefficients[: 4 - form.noise.start]
            assert sum(abs(Fraction(float(a)) - b) for a, b in zip(computed, exact)) <= new_symbols(
                form, 4
            )


def test_a_chain_of_roundings_is_covered_ten_times_as_one_of_three():
    terms = [Noise(0, np.array([1.0])) for _ in range(10)]
    worst = 10 * Fraction(1, 2**53) * sum(Fraction(term.radius) for term in terms)
    assert Fraction(lost(10, *terms)) >= worst
    assert lost(1, Noise(0, np.array([0.0]))) >= SMALLEST


@given(operand, operand)
def test_the_product_of_noises_goes_to_the_new_symbol(first, second):
    with exact_precision():
        model = AffineArithmetic(without={'rounding'})
        model.symbols = 2
        x, y = made(model, first, 0), made(model, second, 1)
        if not x.form.fixed and not y.form.fixed:
            assert x.radius * y.radius <= new_symbols(x.form * y.form, 2)


# as tight as claimed


@pytest.mark.parametrize('operation', ['add', 'multiply'])
@settings(max_examples=100, deadline=None)
@given(operand, operand)
def test_one_rounding_costs_half_an_ulp_of_the_largest_result(operation, first, second):
    with exact_precision():
        x, y = made(fresh_model(), first, 0), made(fresh_model(), second, 1)
        assume(x.radius or y.radius)
        form = OPERATIONS[operation][0](x.form, y.form)
        largest = x.largest + y.largest if operation == 'add' else x.largest * y.largest
        claimed = gap_above(float(largest * (1 + TINY))) / 2 + (
            x.radius * y.radius if operation == 'multiply' else 0
        )
        scale = (
            x.radius + y.radius
            if operation == 'add'
            else x.radius * y.largest + y.radius * x.largest
        )
        assert new_symbols(form, 2) <= (claimed + scale / 2**48) * (1 + TINY)


@given(st.integers(2**52 + 2**25, 2**53 - 2**25), st.integers(-(2**52), 9), st.integers(-40, 40))
@example(2**53 - 2**25, 9, 0)
def test_a_sum_that_fits_costs_nothing(first, second, exponent):
    with exact_precision():
        model = fresh_model()
        unit = 2.0**exponent
        x = Operand(model, first * unit, unit, 0)
        for form in (
            x.form + second * unit,
            model.dot([x.form, model.form(second * unit)], model.array([1.0, 1.0])),
        ):
            assert new_symbols(form, 2) <= Fraction(unit) / 2**40


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(numbers(-8, 8), numbers(-8, 8)), min_size=1, max_size=4))
def test_the_ends_of_a_sum_of_fixed_products_are_attained(pairs):
    with exact_precision():
        model = AffineArithmetic()
        form = model.dot(model.array([x for x, _ in pairs]), model.array([y for _, y in pairs]))
        possible = every_sum(pairs)
        low, high = form.bounds
        assert low <= min(possible) <= max(possible) <= high
        slack = (max(possible) - min(possible)) * 2.0**-25
        assert stepped(low, 3) + slack >= min(possible) and stepped(high, -3) - slack <= max(
            possible
        )


@given(numbers(-12, 12))
@example(0.5)
def test_the_ends_of_a_fixed_square_are_attained(x):
    with exact_precision():
        model = AffineArithmetic()
        low, high = model.power(model.form(x), 2).bounds
        possible = around(Fraction(x) ** 2)
        assert (low, high) == ((possible[0],) * 2 if len(possible) == 1 else (low, high))
        assert stepped(low, 3) >= possible[0] >= low and high >= possible[-1] >= stepped(high, -3)


# signs of zeros, and decisions

SIGNED = [0.0, -0.0, 1.5, -1.5, (1.0, 2.0), (-2.0, -1.0), (-1.0, 1.0)]


def signed(model, each):
    if not isinstance(each, tuple):
        return model.form(each), [each]
    low, high = each
    return model.between(arb(0), [low, high]), [low, high]


@pytest.mark.parametrize('first', SIGNED)
@pytest.mark.parametrize('second', SIGNED)
def test_the_sign_of_a_zero_is_that_of_every_evaluation_or_said_to_be_open(first, second):
    with exact_precision():
        model = AffineArithmetic()
        (x, x_values), (y, y_values) = signed(model, first), signed(model, second)
        pairs = [(a, b) for a in x_values for b in y_values]
        cases = [
            (x * y, {math.copysign(1, a * b) for a, b in pairs}, True),
            (x + y, {math.copysign(1, a + b) for a, b in pairs}, True),
            (
                model.dot([x], [y]),
                {math.copysign(1, total) for a, b in pairs for total in (a * b, 0.0 + a * b)},
                True,
            ),
            (
                model.dot([x, model.form(0.0)], [y, model.form(1.0)]),
                {math.copysign(1, a * b + 0.0) for a, b in pairs},
                False,
            ),
        ]
        for form, signs, known in cases:
            if form.fixed and form.centre == 0:
                assert form.either_zero or signs == {math.copysign(1, form.centre)}
                assert not known or form.either_zero == (len(signs) > 1), (form.either_zero, signs)


def test_a_zero_of_either_sign_stays_so_in_quotients_and_negatives():
    with exact_precision():
        model = AffineArithmetic()
        open_zero = model.dot(model.array([0.0]), model.array([-1.0]))
        assert open_zero.either_zero
        assert (
            (open_zero / 2).either_zero
            and (-open_zero).either_zero
            and (open_zero * 1.0).either_zero
            and (open_zero - 0.0).either_zero
        )
        assert not (open_zero + 1.0).either_zero


@given(operand, numbers(-12, 12))
@example((1.0, 52, []), 1.0)
@example((1.0, 52, []), 1 + 2.0**-52)
@example((1.0, 52, []), 1 - 2.0**-52)
def test_a_comparison_is_that_of_every_evaluation_or_undecided(drawn, limit):
    with exact_precision():
        x = made(fresh_model(), drawn, 0)
        for compare in (lambda a: a > limit, lambda a: a < limit, lambda a: a == limit):
            answers = {compare(a) for a in x.values}
            try:
                assert answers == {compare(x.form)}
            except Undecided:
                assert not x.form.fixed


@pytest.mark.parametrize(
    'run',
    [
        lambda model: model.power(model.form(1e200), 2),
        lambda model: model.form(1e200) * 1e200,
        lambda model: model.dot(model.array([1e200]), model.array([1e200])),
    ],
)
def test_what_may_overflow_is_undecided(run):
    with exact_precision(), pytest.raises(Undecided, match='overflow'):
        run(AffineArithmetic())


def test_the_bounds_of_a_form_do_not_depend_on_the_precision_at_which_they_are_first_asked():
    def form():
        with exact_precision():
            third = arb(1) / 3
            return Form(AffineArithmetic(), third, third, Noise(0, np.array([2.0**-60])))

    outside = form().bounds
    with exact_precision():
        assert form().bounds == outside
