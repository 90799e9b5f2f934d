"""Laws that hold for every input, to the bit or in exact arithmetic."""

from fractions import Fraction

import numpy as np
from cases import examples
from hypothesis import given
from hypothesis import strategies as st

from reference import BOOK
from reference.listings import streetlights as data
from reference.listings.gradient_descent import batch_descent
from reference.listings.whole_dataset import whole_dataset
from streetlight.record.trace import hexadecimal, trace_of

weight = st.floats(0.001, 4).flatmap(lambda size: st.sampled_from([size, -size]))
weights = st.lists(weight, min_size=3, max_size=3)
rate = st.floats(0.001, 0.5)
LIGHTS, GOALS = (np.array(each, dtype=object) for each in (data.STREETLIGHTS, data.WALK_VS_STOP))  # Python's own integers


def steps(listing, name, **parameters):
    return [hexadecimal(step.value) for step in trace_of(BOOK.listing(listing), **parameters).steps if step.name == name]


def descended(batch_size, **parameters):
    return batch_descent(batch_size, streetlights=LIGHTS, walk_vs_stop=GOALS, **parameters).tolist()


@examples(25)
@given(weights, rate, st.integers(-8, 8))
def test_lights_scaled_and_weights_unscaled_by_a_power_of_two_give_equal_bits(weights, alpha, exponent):
    c = 2.0**exponent
    lights = (np.array(data.STREETLIGHTS) * c).tolist()
    scaled = dict(streetlights=lights, weights=(np.array(weights) / c).tolist(), alpha=alpha / c**2, iterations=10)
    plain = dict(weights=weights, alpha=alpha, iterations=10)
    for name in ('prediction', 'error'):
        assert steps('whole-dataset', name, **scaled) == steps('whole-dataset', name, **plain)


@examples(25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), rate)
def test_the_sign_of_delta_does_not_matter_to_a_bit(seed, hidden_size, alpha):
    same = dict(hidden_size=hidden_size, seed=seed, alpha=alpha, iterations=15)
    for name in ('layer_2', 'layer_2_error', 'weights_1_2', 'weights_0_1'):
        assert steps('backpropagation', name, **same) == steps('all-together', name, **same)


@examples(25)
@given(weights, rate)
def test_a_batch_of_one_light_is_stochastic_descent_to_the_bit(weights, alpha):
    same = dict(weights=weights, alpha=alpha, iterations=10)
    assert batch_descent(1, **same).tobytes() == whole_dataset(**same).tobytes()


@examples(20)
@given(st.lists(st.fractions(-2, 2, max_denominator=8), min_size=3, max_size=3), st.integers(6, 9))
def test_a_batch_of_all_lights_is_full_gradient_descent(weights, batch_size):
    alpha, expected = Fraction(1, 10), np.array(weights)
    for _ in range(3):
        gradient = LIGHTS.T.dot(LIGHTS.dot(expected) - GOALS) / Fraction(len(GOALS))
        expected = expected - alpha * gradient
    assert descended(batch_size, weights=weights, alpha=alpha, iterations=3) == expected.tolist()


@examples(20)
@given(st.lists(st.fractions(-2, 2, max_denominator=8), min_size=3, max_size=3), st.integers(2, 5))
def test_a_batch_changes_the_weights_by_its_average_and_the_last_may_be_smaller(weights, batch_size):
    alpha = Fraction(1, 10)
    expected = np.array(weights)
    for start in range(0, 6, batch_size):
        lights, goals = LIGHTS[start : start + batch_size], GOALS[start : start + batch_size]
        expected = expected - alpha * lights.T.dot(lights.dot(expected) - goals) / Fraction(len(goals))
    assert descended(batch_size, weights=weights, alpha=alpha, iterations=1) == expected.tolist()
