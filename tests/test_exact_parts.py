"""Half-ulps, grids, error-free transformations, trees and accumulations, on the operands where they break, against rationals."""

import ast
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from operands import (
    SMALLEST,
    around,
    every_sum,
    gap_above,
    integers_at_the_edge,
    numbers,
    powers_of_two,
    rounded,
    sparse,
    stepped,
    subnormals,
)

from streetlight.certify import affine, forms, worlds
from streetlight.certify.accumulation import EmulatedArithmetic, exact_fma, inner_products, partial_sums
from streetlight.certify.errorfree import fma, odd_sum, splits, two_product, two_sum
from streetlight.certify.forms import Form, Noise
from streetlight.shadow import evaluations

any_number = numbers() | numbers(-1000, 900) | subnormals()


# half-ulps and grids


@given(any_number)
@example(2.0**-1022)
@example(5e-324)
def test_half_an_ulp_is_half_the_gap_above(x):
    half = Fraction(forms.half_ulp(x))
    assert half == (gap_above(x) / 2 if gap_above(x) > SMALLEST else SMALLEST)
    assert Fraction(forms.ulp(x)) == gap_above(x)


@given(any_number)
def test_the_lowest_bit_of_a_number_is_the_largest_power_of_two_that_divides_it(x):
    quotient = Fraction(x) / Fraction(forms.lowest_bit(x))
    assert quotient.denominator == 1 and quotient % 2 == 1
    assert math.frexp(forms.lowest_bit(x))[0] == 0.5


def between(low, high):
    """A form that lies between two numbers, and numbers in it: its ends, and those next to powers of two."""
    with forms.exact_precision():
        form = affine.AffineArithmetic().between(forms.as_ball(1), [low, high])
        low, high = form.bounds
    exponents = {math.frexp(end)[1] for end in (low, high)}
    inside = {5e-324, low, high, math.nextafter(low, high), math.nextafter(high, low)}
    inside |= {
        sign * stepped(math.ldexp(1.0, k), s)
        for k in range(min(exponents) - 1, max(exponents) + 2)
        for s in (-1, 0, 1)
        for sign in (1, -1)
    }
    return form, sorted(x for x in inside if low <= x <= high)


@given(numbers(-6, 6), numbers(-6, 6))
@example(0.9, 1.5)
@example(-1.5, -0.9)
@example(-1.0, 1.0)
def test_every_evaluation_of_a_form_is_on_its_grid_and_no_coarser_one_is_known(x, y):
    form, inside = between(min(x, y), max(x, y))
    grid = Fraction(form.grid)
    assert all((Fraction(each) / grid).denominator == 1 for each in inside)
    if inside[0] * inside[-1] > 0 and not form.fixed:
        assert grid == gap_above(min(map(abs, inside)))


@given(
    numbers(-30, 30) | powers_of_two(-600, 600), numbers(-30, 30) | subnormals(), numbers(-30, 30)
)
@example(3.0, 0.1, 0.3)
@example(0.5, 5e-324, 1.0)
def test_a_product_is_said_to_be_exact_only_where_it_is(x, low, high):
    with forms.exact_precision():
        factor = affine.AffineArithmetic().form(x)
    form, inside = between(min(low, high), max(low, high))
    exact = forms.exact_product(factor, form)
    assert exact == forms.exact_product(form, factor)
    if exact:
        assert all(
            Fraction(rounded(Fraction(x) * Fraction(y))) == Fraction(x) * Fraction(y)
            for y in inside
        )
    elif abs(x) in (0.5, 1.0, 2.0, 2.0**30):
        assert inside[0] <= 0 <= inside[-1] or min(map(abs, inside)) < 2.0**-900


@given(st.lists(numbers(-80, 10), min_size=1, max_size=40))
def test_the_radius_is_no_less_than_the_sum_of_the_coefficients_and_hardly_more(coefficients):
    exact = sum(abs(Fraction(each)) for each in coefficients)
    assert (
        exact
        <= Fraction(Noise(0, np.array(coefficients)).radius)
        <= exact * (1 + Fraction(1, 2**29))
    )


@given(numbers(-6, 6), st.integers(0, 40))
def test_bounds_hold_the_radius_and_no_more_than_two_numbers_beside(centre, shift):
    radius = abs(centre) * 2.0**-shift
    with forms.exact_precision():
        low, high = Form(None, None, forms.as_ball(centre), Noise(0, np.array([radius]))).bounds
    slack = Fraction(radius) / 2**28 + 3 * gap_above(max(abs(low), abs(high)))
    assert Fraction(low) <= Fraction(centre) - Fraction(radius) <= Fraction(low) + slack
    assert Fraction(high) - slack <= Fraction(centre) + Fraction(radius) <= Fraction(high)


# error-free transformations

near_ties = st.builds(
    lambda k, j, i, c, sign: (
        math.ldexp(1 + 2.0**-j, k),
        sign * math.ldexp(1 - 2.0**-i, math.frexp(c)[1] - 54 - k),
        c,
    ),
    st.integers(-20, 20),
    st.integers(1, 52),
    st.integers(1, 53),
    sparse() | integers_at_the_edge(),
    st.sampled_from((1, -1)),
)


@settings(max_examples=750)
@given(near_ties | st.tuples(numbers(), numbers(), numbers()))
@example((2.0**-12 * (1 + 2.0**-40), 2.0**-12 * (1 - 2.0**-40), 2.0**29 + 2.0**-23))
def test_a_fused_multiply_add_is_rounded_once(operands):
    a, b, c = operands
    expected = rounded(Fraction(a) * Fraction(b) + Fraction(c))
    assert splits(np.array([a]), np.array([b]))
    assert float(fma(np.array([a]), np.array([b]), np.array([c]))[0]) == expected
    assert exact_fma(a, b, c) == expected


@given(numbers(-1074, 1000) | subnormals(), numbers(-1074, 1000) | subnormals())
@example(2.0**-490 * (1 + 2.0**-52), 2.0**-490 * (1 + 2.0**-51))
@example(2.0**995, 1.0)
def test_what_is_said_to_split_does(a, b):
    pair = np.array([a]), np.array([b])
    with np.errstate(all='ignore'):
        if splits(*pair):
            value, error = (Fraction(float(part[0])) for part in two_product(*pair))
            assert value == Fraction(rounded(Fraction(a) * Fraction(b)))
            assert value + error == Fraction(a) * Fraction(b)
        else:
            assert not 2.0**-890 < abs(a * b) < 2.0**890 or max(abs(a), abs(b)) > 2.0**980


@given(numbers(-1000, 900) | subnormals(), numbers(-1000, 900) | subnormals())
def test_a_sum_and_its_error_are_the_sum(a, b):
    value, error = (Fraction(float(part)) for part in two_sum(a, b))
    assert value == Fraction(rounded(Fraction(a) + Fraction(b)))
    assert value + error == Fraction(a) + Fraction(b)


# every tree and fusion

factors = numbers(-8, 8)
few_products = st.lists(st.tuples(factors, factors), min_size=1, max_size=4)
cancelling = st.builds(
    lambda x, y, rest, steps: [(x, y), (-x, stepped(y, steps)), *rest],
    factors,
    factors,
    st.lists(st.tuples(factors, factors), max_size=2),
    st.integers(-2, 2),
)


@settings(max_examples=150, deadline=None)
@given(few_products | cancelling)
def test_the_values_of_a_sum_are_those_of_every_order_and_fusion(pairs):
    expected = every_sum(pairs)
    a, b = np.array([pairs]).transpose(2, 0, 1)
    assert set(worlds.possible_sums(a, b).ravel().tolist()) == expected
    assert affine.all_sums(pairs) == expected
    assert set(evaluations.possible_sums(a.T, b.T).ravel().tolist()) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(factors, min_size=1, max_size=4))
def test_the_values_of_a_sum_without_products_are_those_of_every_order(terms):
    a = np.array([terms]).T
    assert set(
        evaluations.possible_sums(a, np.ones_like(a), fused=False).ravel().tolist()
    ) == every_sum([(x, 1.0) for x in terms], False)


@pytest.mark.parametrize('enumeration', [worlds.trees, evaluations.trees])
def test_there_are_as_many_trees_as_orders_times_fusions(enumeration):
    for k, count in ((1, 1), (2, 3), (3, 18), (4, 171)):
        assert len(set(enumeration(tuple(range(k))))) == len(enumeration(tuple(range(k)))) == count


@given(numbers() | numbers(-400, 400))
@example(2 - 2.0**-52)
@example(stepped(2.0**0.5, 1))
def test_a_square_by_the_c_library_is_one_of_the_numbers_around_it(x):
    model = worlds.WorldsArithmetic()
    assert sorted(set(model.power(model.array(x), 2).data.ravel().tolist())) == around(
        Fraction(x) ** 2
    )


@given(numbers(), numbers())
def test_a_sum_rounded_to_odd_is_exact_or_its_neighbour_that_is_odd(a, b):
    found = float(odd_sum(np.array([a]), np.array([b]))[0])
    possible = around(Fraction(a) + Fraction(b))
    odd = [x for x in possible if int(np.float64(x).view(np.int64)) & 1]
    assert [found] == (possible if len(possible) == 1 else odd)


@given(numbers(-12, 12))
def test_the_square_of_an_array_is_one_product_in_every_evaluation(x):
    model = worlds.WorldsArithmetic()
    assert (model.array([x]) ** 2).data.tolist() == [[rounded(Fraction(x) ** 2)]]


@given(numbers(-12, 12))
def test_an_emulated_pow_gives_the_squares_that_it_is_told(x):
    told = math.nextafter(x * x, math.inf)
    emulated = EmulatedArithmetic({}, {abs(x).hex(): told.hex()})
    assert emulated.power(np.float64(-x), 2) == told
    assert EmulatedArithmetic({}).power(np.float64(x), 2) == x * x


def test_products_too_small_to_be_fused_are_refused():
    for power in (lambda model, x: model.power(x, 2), lambda model, x: model.dot(x, x)):
        model = worlds.WorldsArithmetic()
        with pytest.raises(worlds.TooManyWorlds, match='underflow'):
            power(model, model.array([1e-160]))
    with pytest.raises(evaluations.TooMany, match='underflow'):
        evaluations.possible_sums(np.array([[1e-160], [1.0]]), np.array([[1e-160], [1.0]]))
    plain = evaluations.possible_sums(np.array([[1e-320], [1.0]]), np.ones((2, 1)), fused=False)
    assert set(plain.ravel().tolist()) == {1.0}  # a sum fuses nothing


@pytest.mark.parametrize(
    'distinct',
    [
        lambda rows: worlds.first_of_equal_rows(np.ascontiguousarray(rows)),
        lambda rows: evaluations.first_of_equal_rows(np.ascontiguousarray(rows).view(np.uint64)),
    ],
)
def test_states_are_one_only_if_they_are_equal_to_the_bit(distinct):
    rows = np.array([[1.0, 0.0], [1.0, -0.0], [1.0, 0.0], [math.nextafter(1.0, 2.0), 0.0]])
    assert distinct(rows).tolist() == [0, 1, 3]
    factors = np.random.RandomState(0).randint(1, 2**62, 2).astype(np.uint64) * np.uint64(
        2
    ) + np.uint64(1)  # those of a hash
    first = np.array([[1 << 62, 1 << 61]], np.uint64)
    colliding = np.concatenate(
        [first, first + np.stack([factors[1], np.uint64(0)]) - np.stack([np.uint64(0), factors[0]])]
    ).view(float)
    assert distinct(colliding).tolist() == [0, 1]


def test_values_that_differ_in_the_sign_of_a_zero_differ():
    model = worlds.WorldsArithmetic()
    assert len(worlds.different(worlds.Numbers(model, np.array([[0.0], [-0.0], [0.0]])))) == 2


# accumulations, read and evaluated by another reader


def by_rationals(notation, a, b):
    """The value of an accumulation's notation in exact rationals, each operation rounded."""

    def value(node):
        if isinstance(node, ast.BinOp):
            return Fraction(rounded(value(node.left) + value(node.right)))
        if isinstance(node, ast.Constant):
            return Fraction(0)
        product = Fraction(a[int(node.id[1:])]) * Fraction(b[int(node.id[1:])])
        return product if node.id[0] == 'x' else Fraction(rounded(product))

    return rounded(value(ast.parse(notation, mode='eval').body))


NOTATIONS = [
    'p0',
    '0+p0',
    '(p0+p1)',
    '(x0+p1)',
    '(p0+x1)',
    '0+((p0+x1)+x2)',
    '((p0+p2)+(p1+p3))',
    '(x0+(x1+(x2+p3)))',
    '0+(((p0+p1)+p2)+p3)',
    '((p1+x3)+(x0+p2))',
    '((x2+p1)+(p0+x3))',
]


@settings(max_examples=200)
@given(
    st.sampled_from(NOTATIONS),
    st.lists(factors, min_size=4, max_size=4),
    st.lists(factors, min_size=4, max_size=4),
)
def test_an_accumulation_is_evaluated_as_it_is_written(notation, a, b):
    k = notation.count('p') + notation.count('x')
    a, b = a[:k], b[:k]
    assert float(inner_products(np.array(a), np.array(b), notation)) == by_rationals(notation, a, b)
    for part, value in partial_sums(np.array(a), np.array(b), notation):
        assert value == by_rationals(part, a, b)
