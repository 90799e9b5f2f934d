"""Statements of the chapter that a computation decides, each a test of its name."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import BOOK
from reference.listings import streetlights as data
from reference.listings.all_together import all_together
from reference.listings.layers import relu
from reference.listings.linear_collapse import one_weighted_sum, two_weighted_sums
from reference.listings.streetlight_matrices import decode, encode, streetlight_matrices
from reference.listings.weight_pressure import pressure
from reference.listings.whole_dataset import whole_dataset
from streetlight.record.trace import trace_of

UNTIMED = settings(deadline=None)  # on a busy machine an example takes as long as it takes


def run(listing, **parameters):
    return trace_of(BOOK.listing(listing), **parameters)


def values(trace, name):
    return [step.value for step in trace.steps if step.name == name]


# 6.3: matrices


def test_the_coding_of_stop_and_walk_is_lossless_either_way_round():
    notes = ['stop', 'walk', 'stop', 'walk', 'walk', 'stop']
    assert encode(notes) == [[0], [1], [0], [1], [1], [0]]
    assert encode(notes, walk=0) == [[1], [0], [1], [0], [0], [1]]
    assert decode([[0], [1], [0]]) == ['stop', 'walk', 'stop']
    for walk in (0, 1):
        assert decode(encode(notes, walk), walk) == notes


def test_matrix_a_times_10_is_matrix_b():
    assert np.array_equal(np.array(data.DIMMER) * 10, data.DIMMER_TIMES_10)


@pytest.mark.parametrize('other', [-1, 1])
def test_the_listing_says_what_it_finds_of_matrix_b_and_of_the_coding(other, monkeypatch, capsys):
    monkeypatch.setattr(data, 'DIMMER_TIMES_10', (np.array(data.DIMMER_TIMES_10) + other * np.eye(6, 3)).tolist())
    wrong = {-1: ['a'] * 6, 1: ['z'] * 6}[other]
    monkeypatch.setattr('reference.listings.streetlight_matrices.decode', lambda coded, walk: wrong)
    streetlight_matrices()
    told = capsys.readouterr().out.splitlines()
    assert told[-3] == 'A * 10 == B: False' and [line.rpartition(', ')[2] for line in told[-2:]] == ['lossless: False'] * 2


def test_the_middle_light_alone_tells_stop_from_walk():
    assert [lights[1] for lights in data.STREETLIGHTS] == data.WALK_VS_STOP


# 6.5: learning one light


@pytest.mark.parametrize('light', range(6))
def test_training_on_one_light_brings_its_prediction_to_its_goal(light):
    trace = run('single-example', light=light)
    goal, first = data.WALK_VS_STOP[light], np.dot(data.STREETLIGHTS[light], data.WEIGHTS)
    assert values(trace, 'error')[0] == (goal - first) ** 2
    assert values(trace, 'delta')[0] == first - goal
    assert values(trace, 'error')[-1] < values(trace, 'error')[0] / 40
    off = [abs(prediction - goal) for prediction in values(trace, 'prediction')]
    assert all(later < earlier for earlier, later in zip(off, off[1:]))


# 6.6 to 6.8: learning the whole dataset


def test_the_middle_weight_ends_near_1_and_the_others_near_0():
    weights = values(run('whole-dataset'), 'weights')[-1]
    assert np.round(weights, 1).tolist() == [0, 1, 0]


def test_the_error_for_all_lights_falls_in_every_iteration():
    errors = values(run('whole-dataset'), 'error_for_all_lights')
    assert all(later < earlier for earlier, later in zip(errors, errors[1:]))


# 6.9, 6.10 and 6.13: up and down pressure


def test_the_left_weight_is_pushed_down_twice_and_up_once_the_middle_up_three_times():
    pressures = np.array(pressure(data.STREETLIGHTS, data.WALK_VS_STOP))
    assert (pressures > 0).sum(axis=0).tolist() == [1, 3, 3]
    assert (pressures < 0).sum(axis=0).tolist() == [2, 0, 3]


def test_each_weight_of_the_second_data_set_is_pushed_up_as_often_as_down():
    assert np.sum(pressure(data.UNCORRELATED_LIGHTS, np.ravel(data.UNCORRELATED_WALK_VS_STOP)), axis=0).tolist() == [0, 0, 0]


@UNTIMED
@given(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3))
def test_pressure_is_the_sign_of_the_weight_change_while_a_prediction_lies_between_0_and_1(weights):
    for lights, goal, pushes in zip(data.STREETLIGHTS, data.WALK_VS_STOP, pressure(data.STREETLIGHTS, data.WALK_VS_STOP)):
        prediction = np.dot(lights, np.array(weights) / 3)
        assert np.sign(-(np.array(lights) * (prediction - goal))).tolist() == pushes


# 6.11: overfitting


@UNTIMED
@given(st.floats(-1e300, 1e300))
def test_weights_of_a_half_and_minus_a_half_predict_the_first_light_whatever_the_middle(middle):
    assert np.dot(data.STREETLIGHTS[0], [0.5, middle, -0.5]) == data.WALK_VS_STOP[0]


def test_those_weights_fail_on_other_lights():
    trace = run('overfitting')
    for middle in ('-1.0', '0.0', '0.48', '1.0'):
        predictions = [step.value for step in trace.steps if step.name == 'prediction' and ('middle', float(middle)) in step.where]
        assert predictions[0] == 0
        assert np.abs(np.array(predictions) - data.WALK_VS_STOP).max() >= 0.5


def test_training_on_the_first_two_lights_memorizes_them():
    trace = run('overfitting')
    predictions = [step.value for step in trace.steps if step.name == 'prediction' and ('trained_on', 2) in step.where]
    off = np.abs(np.array(predictions) - data.WALK_VS_STOP)
    assert off[:2].max() < 1e-9
    assert off[2:4].min() > 0.2


# 6.12 and 6.13: conflicting pressure


def test_the_right_weight_is_pushed_up_as_often_as_down_and_goes_to_0():
    trace = run('conflicting-pressure')
    assert values(trace, 'up')[0].tolist() == [1, 3, 3]
    assert values(trace, 'down')[0].tolist() == [2, 0, 3]
    right = [abs(step.value[2]) for step in trace.steps if step.name == 'weights' and step.where[0][0] == 'iterations']
    assert all(later < earlier for earlier, later in zip(right, right[1:]))
    assert right[-1] < 0.001


@pytest.mark.parametrize('right_weight, side', [(0.25, 1), (-0.25, -1)])
def test_beside_perfect_left_and_middle_weights_a_right_weight_errs_to_its_own_side(right_weight, side):
    predictions = [
        step.value
        for step in run('conflicting-pressure').steps
        if step.name == 'prediction' and ('right_weight', right_weight) in step.where
    ]
    assert np.sign(np.array(predictions) - data.WALK_VS_STOP).tolist() == [side] * 6


# 6.19 and 6.20: linear collapse

small = st.integers(-20, 20)


@UNTIMED
@given(st.data(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_two_weighted_sums_are_one(draw, inputs, hidden, outputs):
    def matrix(rows, columns):
        return np.array(
            draw.draw(
                st.lists(st.lists(st.fractions(max_denominator=9), min_size=columns, max_size=columns), min_size=rows, max_size=rows)
            ),
            dtype=object,
        )

    matrices = matrix(2, inputs), matrix(inputs, hidden), matrix(hidden, outputs)
    assert (two_weighted_sums(*matrices) == one_weighted_sum(*matrices)).all()


@UNTIMED
@given(small, small, small)
def test_without_correlation_no_single_layer_errs_by_less_than_1(left, middle, right):
    predictions = np.dot(data.UNCORRELATED_LIGHTS, [left, middle, right])
    assert ((predictions - np.ravel(data.UNCORRELATED_WALK_VS_STOP)) ** 2).sum() >= 1


def test_the_bound_of_1_is_exact():
    # the residual's part along (1, 1, -1, -1), which no column of lights has a share in
    direction = np.array([1, 1, -1, -1])
    assert np.dot(direction, data.UNCORRELATED_LIGHTS).tolist() == [0, 0, 0]
    goal = np.ravel(data.UNCORRELATED_WALK_VS_STOP)
    assert Fraction(int(np.dot(direction, goal)) ** 2, int(np.dot(direction, direction))) == 1


def test_the_linear_three_layer_network_does_not_learn_the_second_data_set():
    assert min(values(run('linear-collapse'), 'layer_2_error')) > 1


def test_with_relu_the_same_network_does():
    assert values(run('all-together'), 'layer_2_error')[-1] < 1e-4


# 6.21: conditional correlation


def test_the_node_follows_the_left_light_only_while_the_right_one_is_off():
    for step in run('conditional-correlation').steps:
        if step.name == 'node':
            place = dict(step.where)
            assert step.value == (0 if place['right'] else place['left'])


@UNTIMED
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_relu_turns_negative_values_off_and_leaves_the_others(x):
    assert relu(np.float64(x)) == max(x, 0)


# 6.23 to 6.26: the deep network


def test_the_weights_are_uniform_between_minus_1_and_1_and_exact():
    for seed in range(20):
        for weights in all_together(seed=seed, iterations=0):
            assert ((-1 <= weights) & (weights < 1)).all()
            assert all(Fraction(weight).denominator <= 2**52 for weight in weights.ravel().tolist())


def test_the_second_draw_of_the_stream_follows_the_first():
    stream = np.random.RandomState(1)
    stream.random_sample(16)
    trace = run('first-deep-network')
    assert np.array_equal(values(trace, 'weights_0_1')[1], 2 * stream.random_sample((3, 4)) - 1)
    assert np.array_equal(values(trace, 'weights_1_2')[1], 2 * stream.random_sample((4, 1)) - 1)


# 7.5 and 7.8


@UNTIMED
@given(st.integers(1, 6), st.integers(1, 6))
def test_the_shapes_of_the_weights_follow_from_the_layers(lights, hidden):
    weights_0_1, weights_1_2 = all_together(np.ones((4, lights)), hidden_size=hidden, iterations=1)
    assert weights_0_1.shape == (lights, hidden) and weights_1_2.shape == (hidden, 1)


def test_the_network_as_one_formula_gives_what_its_layers_give():
    trace = run('network-predicts')
    assert [value.tobytes() for value in values(trace, 'formula')] == [value.tobytes() for value in values(trace, 'l_2')]


def test_the_trained_network_predicts_what_it_learned():
    assert np.round(np.ravel(values(run('network-predicts'), 'l_2'))).tolist() == np.ravel(data.UNCORRELATED_WALK_VS_STOP).tolist()


def test_training_does_not_change_the_data():
    before = repr((data.STREETLIGHTS, data.WEIGHTS, data.UNCORRELATED_LIGHTS, data.UNCORRELATED_WALK_VS_STOP))
    whole_dataset()
    all_together()
    assert repr((data.STREETLIGHTS, data.WEIGHTS, data.UNCORRELATED_LIGHTS, data.UNCORRELATED_WALK_VS_STOP)) == before
