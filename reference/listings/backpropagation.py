"""Section 6.24: backpropagation in code, with delta = goal - prediction."""

from __future__ import print_function

import numpy as np

from . import streetlights as data
from .layers import relu, relu2deriv


def backpropagation(streetlights=data.UNCORRELATED_LIGHTS, walk_vs_stop=data.UNCORRELATED_WALK_VS_STOP, hidden_size=4,
                    seed=1, alpha=data.DEEP_ALPHA, iterations=data.DEEP_ITERATIONS):
    """Train the three-layer network; the weights grow by ``+=``.  Returns both weight matrices."""
    streetlights, walk_vs_stop = np.array(streetlights), np.array(walk_vs_stop)
    np.random.seed(seed)
    weights_0_1 = 2 * np.random.random((streetlights.shape[1], hidden_size)) - 1
    weights_1_2 = 2 * np.random.random((hidden_size, 1)) - 1

    for iteration in range(iterations):
        layer_2_error = 0
        for i in range(len(streetlights)):
            layer_0 = streetlights[i:i+1]
            layer_1 = relu(np.dot(layer_0, weights_0_1))
            layer_2 = np.dot(layer_1, weights_1_2)

            layer_2_error += np.sum((layer_2 - walk_vs_stop[i:i+1]) ** 2)

            layer_2_delta = walk_vs_stop[i:i+1] - layer_2
            layer_1_delta = layer_2_delta.dot(weights_1_2.T) * relu2deriv(layer_1)

            weights_1_2 += alpha * layer_1.T.dot(layer_2_delta)
            weights_0_1 += alpha * layer_0.T.dot(layer_1_delta)

        if iteration % 10 == 9:
            print('Error:' + str(layer_2_error))
    return weights_0_1, weights_1_2


if __name__ == '__main__':
    backpropagation()
