"""Part 1: a hidden layer; the goal is whether the first two inputs differ."""

from __future__ import print_function

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(output):
    return output * (1 - output)


def three_layers(inputs=((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)), goals=(0, 1, 1, 0), hidden_size=4, seed=1,
                 steps=60000, print_every=10000):
    """Train a 3-4-1 network on all four rows at once, and print its error at every ten thousandth step."""
    layer_0 = np.array(inputs)
    goal = np.array([goals]).T
    np.random.seed(seed)
    weights_0 = 2 * np.random.random((layer_0.shape[1], hidden_size)) - 1
    weights_1 = 2 * np.random.random((hidden_size, 1)) - 1

    for step in range(steps):
        layer_1 = sigmoid(np.dot(layer_0, weights_0))
        layer_2 = sigmoid(np.dot(layer_1, weights_1))

        layer_2_error = goal - layer_2
        if step % print_every == 0:
            error = np.mean(np.abs(layer_2_error))
            print('Error:' + str(error))

        layer_2_delta = layer_2_error * slope(layer_2)
        layer_1_delta = np.dot(layer_2_delta, weights_1.T) * slope(layer_1)
        weights_1 += np.dot(layer_1.T, layer_2_delta)
        weights_0 += np.dot(layer_0.T, layer_1_delta)


if __name__ == '__main__':
    three_layers()
