"""Part 1: one weight for each of three inputs; the goal is the first input."""

from __future__ import print_function

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(output):
    return output * (1 - output)


def two_layers(inputs=((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)), goals=(0, 0, 1, 1), seed=1, steps=10000):
    """Train a 3-1 network on all four rows at once, and print its predictions."""
    layer_0 = np.array(inputs)
    goal = np.array([goals]).T
    np.random.seed(seed)
    weights = 2 * np.random.random((layer_0.shape[1], 1)) - 1

    for step in range(steps):
        layer_1 = sigmoid(np.dot(layer_0, weights))
        layer_1_delta = (goal - layer_1) * slope(layer_1)
        weights += np.dot(layer_0.T, layer_1_delta)

    print('Output after training:')
    print(layer_1)


if __name__ == '__main__':
    two_layers()
