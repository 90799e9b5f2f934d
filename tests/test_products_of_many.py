"""Products of many numbers: every tree of multiplications lies within what the rule says, by fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from cases import examples
from flint import arb, ctx, fmpq
from hypothesis import example, given
from hypothesis import strategies as st
from test_tape_interpreters import Pen

from streetlight.certify.enclosures import enclose
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.rules import RULES
from streetlight.certify.rules.rounding import Number
from streetlight.shadow.exact import exact
from streetlight.shadow.sampled import sample

factors = st.floats(-3, 3).filter(lambda x: abs(x) > 0.01) | st.sampled_from((0.0, 1.0, -1.0, 2.0**-40, 1e-200, 1e-150, 1e60))
shares = st.sampled_from((0.0, 2.0**-52, 1e-9, 0.01, 0.5))


def by_a_tree(numbers, order):
    """The product of some float64 numbers, two at a time; ``order`` says which, and is used up."""
    numbers = list(numbers)
    while len(numbers) > 1:
        a, b = (numbers.pop(order.pop() % len(numbers)) for _ in range(2))
        numbers.append(a * b)
    return numbers[0]


@examples(400)
@example([(1e-200, 0.0, 0.0), (1e-150, 0.0, 0.0), (1e60, 0.0, 0.0)], [1, 0, 0, 0, 0, 0, 0, 0])
@example([(1e-200, 0.0, 0.0), (1e-150, 0.0, 0.0), (1e60, 0.0, 0.0)], [0, 0, 0, 0, 0, 0, 0, 0])
@given(
    st.lists(st.tuples(factors, shares, st.floats(-1, 1)), min_size=1, max_size=9), st.lists(st.integers(0, 80), min_size=40, max_size=40)
)
def test_every_tree_at_every_point_of_the_box_is_what_the_rule_says(drawn, order):
    x = [each for each, _, _ in drawn]
    there = [each + (abs(each) or 0.01) * share * place for each, share, place in drawn]
    radii = [
        math.nextafter(abs(a - b), math.inf) if a != b else abs(a) * share * (share == 0.5) for a, b, (_, share, _) in zip(x, there, drawn)
    ]
    order = list(order)
    v, other = by_a_tree(x, order), by_a_tree(there, order)
    operand = Number(np.array([x]), np.array([radii]), np.full((1, len(x)), 0.0))
    with np.errstate(all='ignore'):
        said = RULES['prod'](np.array([v]), [operand], None, FUNCTIONS)
    rest, rounding, error = (float(np.ravel(each)[0]) for each in (said.rest, said.rounding, said.error))
    if not math.isfinite(rest) or not math.isfinite(other):
        assert math.prod(max(1, abs(each) + r) for each, r in zip(x, radii)) > 1e299
        return
    slopes = [float(each) for each in np.ravel(said.slopes[0])]
    through = sum(Fraction(slope) * (Fraction(a) - Fraction(b)) for slope, a, b in zip(slopes, there, x))
    assert abs(Fraction(other) - Fraction(v) - through + Fraction(error)) <= Fraction(rest) + Fraction(rounding)
    if any(each == 0 and r == 0 for each, r in zip(x, radii)):
        assert rest == rounding == 0
    elif not any(radii) and all(abs(each) > 0.01 for each in x):
        assert rest + rounding <= 2.1 * len(x) * math.ulp(v)  # and little more


@pytest.mark.parametrize('shape', [(7,), (3, 6)])
def test_samples_lie_in_the_enclosure_and_the_exact_product_too(shape):
    numbers = np.random.RandomState(3).uniform(0.3, 1.7, shape)
    pen = Pen()
    whole = pen.tape.record('prod', (pen.number(numbers),), numbers.prod(axis=-1))
    bound = enclose(pen.tape, [(99, whole)])[0]
    drawn = sample(pen.tape, [whole], 200, seed=2).values[0]
    assert len(np.unique(drawn.reshape(200, -1)[:, 0])) > 1
    assert (bound.low <= drawn).all() and (drawn <= bound.high).all()
    rows = numbers.reshape(-1, shape[-1]).tolist()
    for ball, row, low, high in zip(np.ravel(exact(pen.tape, [whole])[0]), rows, np.ravel(bound.low), np.ravel(bound.high)):
        real = math.prod(map(Fraction, row))
        with ctx.workprec(300):
            assert abs(ball - arb(fmpq(real.numerator, real.denominator))) < arb(2) ** -55
        assert Fraction(float(low)) <= real <= Fraction(float(high))


def test_too_large_a_partial_product_has_no_bound():
    operand = Number(np.array([[1e200, 1e-200, 1e200, 1e-100, 1.0]]), np.zeros((1, 5)), np.zeros((1, 5)))
    with np.errstate(all='ignore'):
        said = RULES['prod'](np.array([1e100]), [operand], None, FUNCTIONS)
    assert not np.isfinite(said.rest).any()
