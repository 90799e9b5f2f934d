"""Laws that hold for every input, to the bit or in exact arithmetic."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from test_statements import FLOAT64, Rationals

from reference.listings import streetlights as data
from reference.listings.all_together import all_together
from reference.listings.backpropagation import backpropagation
from reference.listings.gradient_descent import batch_descent
from reference.listings.whole_dataset import whole_dataset
from streetlight.record.trace import Trace, hexadecimal

weight = st.floats(0.001, 4).flatmap(lambda size: st.sampled_from([size, -size]))
weights = st.lists(weight, min_size=3, max_size=3)
rate = st.floats(0.001, 0.5)


def steps(listing, name, *arguments, **parameters):
    trace = Trace()
    listing(FLOAT64, trace, *arguments, **parameters)
    return [hexadecimal(step.value) for step in trace.steps if step.name == name]


@settings(max_examples=25)
@given(weights, rate, st.integers(-8, 8))
def test_lights_scaled_and_weights_unscaled_by_a_power_of_two_give_equal_bits(weights, alpha, exponent):
    c = 2.0 ** exponent
    lights = (np.array(data.STREETLIGHTS) * c).tolist()
    scaled = dict(streetlights=lights, weights=(np.array(weights) / c).tolist(), alpha=alpha / c ** 2, iterations=10)
    plain = dict(weights=weights, alpha=alpha, iterations=10)
    for name in ('prediction', 'error'):
        assert steps(whole_dataset, name, **scaled) == steps(whole_dataset, name, **plain)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2 ** 32 - 1), st.integers(1, 6), rate)
def test_the_sign_of_delta_does_not_matter_to_a_bit(seed, hidden_size, alpha):
    same = dict(hidden_size=hidden_size, seed=seed, alpha=alpha, iterations=15)
    for name in ('layer_2', 'layer_2_error', 'weights_1_2', 'weights_0_1'):
        assert steps(backpropagation, name, **same) == steps(all_together, name, **same)


@settings(max_examples=25)
@given(weights, rate)
def test_a_batch_of_one_light_is_stochastic_descent_to_the_bit(weights, alpha):
    same = dict(weights=weights, alpha=alpha, iterations=10)
    for name in ('prediction', 'weights', 'error_for_all_lights'):
        assert steps(batch_descent, name, 1, **same) == steps(whole_dataset, name, **same)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.fractions(-2, 2, max_denominator=8), min_size=3, max_size=3), st.integers(6, 9))
def test_a_batch_of_all_lights_is_full_gradient_descent(weights, batch_size):
    lights, goals, alpha = np.array(data.STREETLIGHTS), np.array(data.WALK_VS_STOP), Fraction(1, 10)
    descended = batch_descent(Rationals, Trace(), batch_size, weights=weights, alpha=alpha, iterations=3)
    expected = np.array(weights)
    for _ in range(3):
        gradient = lights.T.dot(lights.dot(expected) - goals) / Fraction(len(goals))
        expected = expected - alpha * gradient
    assert descended.tolist() == expected.tolist()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.fractions(-2, 2, max_denominator=8), min_size=3, max_size=3), st.integers(2, 5))
def test_a_batch_changes_the_weights_by_its_average_and_the_last_may_be_smaller(weights, batch_size):
    alpha = Fraction(1, 10)
    descended = batch_descent(Rationals, Trace(), batch_size, weights=weights, alpha=alpha, iterations=1)
    expected = np.array(weights)
    for start in range(0, 6, batch_size):
        lights, goals = np.array(data.STREETLIGHTS[start:start + batch_size]), np.array(data.WALK_VS_STOP[start:start + batch_size])
        expected = expected - alpha * lights.T.dot(lights.dot(expected) - goals) / Fraction(len(goals))
    assert descended.tolist() == expected.tolist()
