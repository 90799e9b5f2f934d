"""Section 6.25: one iteration of backpropagation, every intermediate shown."""

from __future__ import print_function

import numpy as np

from . import streetlights as data
from .layers import relu, relu2deriv


def one_iteration(hidden_size=3, seed=1, alpha=data.DEEP_ALPHA):
    """Predict, compare and learn from the first light, with three hidden nodes."""
    lights = np.array(data.UNCORRELATED_LIGHTS)
    walk_vs_stop = np.array(data.UNCORRELATED_WALK_VS_STOP)
    np.random.seed(seed)
    weights_0_1 = 2 * np.random.random((3, hidden_size)) - 1
    weights_1_2 = 2 * np.random.random((hidden_size, 1)) - 1

    goal = walk_vs_stop[0:1]
    print(repr(goal))
    print(repr(weights_0_1))
    print(repr(weights_1_2))

    # predict and compare
    layer_0 = lights[0:1]
    print(repr(layer_0))
    layer_1 = relu(np.dot(layer_0, weights_0_1))
    print(repr(layer_1))
    layer_2 = np.dot(layer_1, weights_1_2)
    print(repr(layer_2))
    layer_2_error = np.sum((layer_2 - walk_vs_stop[0:1]) ** 2)
    print(repr(layer_2_error))
    layer_2_delta = layer_2 - walk_vs_stop[0:1]
    print(repr(layer_2_delta))

    # learn: from layer_2 back to layer_1
    layer_1_delta = layer_2_delta.dot(weights_1_2.T)
    print(repr(layer_1_delta))
    layer_1_delta = layer_1_delta * relu2deriv(layer_1)
    print(repr(layer_1_delta))

    # learn: weight deltas, and the weights they change
    weight_delta_1_2 = layer_1.T.dot(layer_2_delta)
    print(repr(weight_delta_1_2))
    weight_delta_0_1 = layer_0.T.dot(layer_1_delta)
    print(repr(weight_delta_0_1))
    weights_1_2 = weights_1_2 - alpha * weight_delta_1_2
    weights_0_1 = weights_0_1 - alpha * weight_delta_0_1
    print(repr(weights_1_2))
    print(repr(weights_0_1))


if __name__ == '__main__':
    one_iteration()
