"""Half-ulps, grids, error-free transformations, trees and accumulations, on the operands where they break, against rationals."""

import ast
import math
from fractions import Fraction

import numpy as np
import pytest
from cases import examples
from hypothesis import example, given
from hypothesis import strategies as st
from operands import around, every_sum, integers_at_the_edge, numbers, rounded, sparse, stepped, subnormals

from streetlight.certify.accumulation import EmulatedArithmetic, exact_fma, inner_products, partial_sums
from streetlight.certify.errorfree import fma, odd_sum, splits, two_product, two_sum
from streetlight.shadow import evaluations, orders
from streetlight.shadow.tape import Tape

any_number = numbers() | numbers(-1000, 900) | subnormals()


# error-free transformations

near_ties = st.builds(
    lambda k, j, i, c, sign: (math.ldexp(1 + 2.0**-j, k), sign * math.ldexp(1 - 2.0**-i, math.frexp(c)[1] - 54 - k), c),
    st.integers(-20, 20),
    st.integers(1, 52),
    st.integers(1, 53),
    sparse() | integers_at_the_edge(),
    st.sampled_from((1, -1)),
)


@examples(750)
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
@example(0.0, 0.1)
@example(0.1, -0.0)
@example(0.0, 0.0)
def test_what_is_said_to_split_does(a, b):
    pair = np.array([a]), np.array([b])
    with np.errstate(all='ignore'):
        if splits(*pair):
            value, error = (Fraction(float(part[0])) for part in two_product(*pair))
            assert value == Fraction(rounded(Fraction(a) * Fraction(b)))
            assert value + error == Fraction(a) * Fraction(b)
        else:
            assert (a and b and not 2.0**-890 < abs(a * b) < 2.0**890) or max(abs(a), abs(b)) > 2.0**980


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


@examples(150)
@given(few_products | cancelling)
def test_the_values_of_a_sum_are_those_of_every_order_and_fusion(pairs):
    expected = every_sum(pairs)
    a, b = np.array([pairs]).transpose(2, 0, 1)
    assert set(orders.possible_sums(a.T, b.T).ravel().tolist()) == expected


@examples(60)
@given(st.lists(factors, min_size=1, max_size=4))
def test_the_values_of_a_sum_without_products_are_those_of_every_order(terms):
    a = np.array([terms]).T
    assert set(orders.possible_sums(a, np.ones_like(a), fused=False).ravel().tolist()) == every_sum([(x, 1.0) for x in terms], False)


def test_there_are_as_many_trees_as_orders_times_fusions():
    for k, count in ((1, 1), (2, 3), (3, 18), (4, 171)):
        trees = orders.trees(tuple(range(k)))
        assert len(set(trees)) == len(trees) == count


@given(numbers() | numbers(-400, 400))
@example(2 - 2.0**-52)
@example(stepped(2.0**0.5, 1))
def test_a_square_by_the_c_library_is_one_of_the_numbers_around_it(x):
    assert sorted(squares(x, 'scalar')) == around(Fraction(x) ** 2)


def squares(x, kind):
    """The values of a square over all evaluations."""
    tape = Tape()
    y = tape.record('uncertain', (), np.array(x), 0.0)
    operation = ('square', (y,)) if kind == 'array' else ('power', (y, tape.constant(2.0)))
    nodes = tape.record(*operation, np.array(x * x), kind)
    (values,), _ = evaluations.every_evaluation(tape, [nodes])
    return values.ravel().tolist()


@given(numbers(), numbers())
def test_a_sum_rounded_to_odd_is_exact_or_its_neighbour_that_is_odd(a, b):
    found = float(odd_sum(np.array([a]), np.array([b]))[0])
    possible = around(Fraction(a) + Fraction(b))
    odd = [x for x in possible if int(np.float64(x).view(np.int64)) & 1]
    assert [found] == (possible if len(possible) == 1 else odd)


@given(numbers(-12, 12))
def test_the_square_of_an_array_is_one_product_in_every_evaluation(x):
    assert squares(x, 'array') == [rounded(Fraction(x) ** 2)]


@given(numbers(-12, 12))
def test_an_emulated_pow_gives_the_squares_that_it_is_told(x):
    told = math.nextafter(x * x, math.inf)
    emulated = EmulatedArithmetic({}, {abs(x).hex(): told.hex()})
    assert emulated.power(np.float64(-x), 2) == told
    assert EmulatedArithmetic({}).power(np.float64(x), 2) == x * x


def test_products_too_small_to_be_fused_are_refused():
    with pytest.raises(orders.TooMany, match='underflow'):
        squares(1e-160, 'scalar')
    with pytest.raises(orders.TooMany, match='underflow'):
        orders.possible_sums(np.array([[1e-160], [1.0]]), np.array([[1e-160], [1.0]]))
    plain = orders.possible_sums(np.array([[1e-320], [1.0]]), np.ones((2, 1)), fused=False)
    assert set(plain.ravel().tolist()) == {1.0}  # a sum fuses nothing


def test_states_are_one_only_if_they_are_equal_to_the_bit():
    rows = np.array([[1.0, 0.0], [1.0, -0.0], [1.0, 0.0], [math.nextafter(1.0, 2.0), 0.0]])
    assert evaluations.first_of_equal_rows(rows.view(np.uint64)).tolist() == [0, 1, 3]


def test_states_of_one_key_are_told_apart(monkeypatch):
    monkeypatch.setattr(evaluations, 'MIXED', np.zeros(2, np.uint64))
    rows = np.array([[1.0, 0.0], [1.0, -0.0], [1.0, 0.0]])
    assert evaluations.first_of_equal_rows(rows.view(np.uint64)).tolist() == [0, 1]


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


@examples(200)
@given(st.sampled_from(NOTATIONS), st.lists(factors, min_size=4, max_size=4), st.lists(factors, min_size=4, max_size=4))
def test_an_accumulation_is_evaluated_as_it_is_written(notation, a, b):
    k = notation.count('p') + notation.count('x')
    a, b = a[:k], b[:k]
    assert float(inner_products(np.array(a), np.array(b), notation)) == by_rationals(notation, a, b)
    assert EmulatedArithmetic({f'{k} . {k}': [notation]}).dot(a, b) == by_rationals(notation, a, b)
    for part, value in partial_sums(np.array(a), np.array(b), notation):
        assert value == by_rationals(part, a, b)
