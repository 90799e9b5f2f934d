"""Sections 6.19 and 6.20: two weighted sums in a row are one, so the linear network does not learn."""

from __future__ import print_function

import numpy as np

from . import streetlights as data

EQUATIONS = ([1, 10, 2], [5, 20], [1, 0.25, 0.9], [1, 0.225])


def two_weighted_sums(layer_0, weights_0_1, weights_1_2):
    return np.dot(np.dot(layer_0, weights_0_1), weights_1_2)


def one_weighted_sum(layer_0, weights_0_1, weights_1_2):
    return np.dot(layer_0, np.dot(weights_0_1, weights_1_2))


def linear_collapse():
    """The section's products, the network of 6.26 without relu, and its two matrices as one."""
    for equation in range(len(EQUATIONS)):
        factors = np.array(EQUATIONS[equation])
        product = 1
        for factor in factors:
            product = product * factor
        print(' * '.join(str(factor) for factor in EQUATIONS[equation]) + ' = ' + str(product))

    weights_0_1, weights_1_2 = train_linear()

    streetlights = np.array(data.UNCORRELATED_LIGHTS)
    two_sums = two_weighted_sums(streetlights, weights_0_1, weights_1_2)
    print(two_sums)
    one_sum = one_weighted_sum(streetlights, weights_0_1, weights_1_2)
    print(one_sum)


def train_linear(hidden_size=4, seed=1, alpha=data.DEEP_ALPHA, iterations=data.DEEP_ITERATIONS):
    """Train the three layers on the second data set with nothing between them.  Returns both weight matrices."""
    streetlights, walk_vs_stop = np.array(data.UNCORRELATED_LIGHTS), np.array(data.UNCORRELATED_WALK_VS_STOP)
    np.random.seed(seed)
    weights_0_1 = 2 * np.random.random((3, hidden_size)) - 1
    weights_1_2 = 2 * np.random.random((hidden_size, 1)) - 1

    for iteration in range(iterations):
        layer_2_error = 0
        for i in range(len(streetlights)):
            layer_0 = streetlights[i:i+1]
            layer_1 = np.dot(layer_0, weights_0_1)
            layer_2 = np.dot(layer_1, weights_1_2)
            layer_2_error += np.sum((layer_2 - walk_vs_stop[i:i+1]) ** 2)
            layer_2_delta = layer_2 - walk_vs_stop[i:i+1]
            layer_1_delta = layer_2_delta.dot(weights_1_2.T)
            weights_1_2 = weights_1_2 - alpha * layer_1.T.dot(layer_2_delta)
            weights_0_1 = weights_0_1 - alpha * layer_0.T.dot(layer_1_delta)
        if iteration % 10 == 9:
            print('Error:' + str(layer_2_error))
    return weights_0_1, weights_1_2


if __name__ == '__main__':
    linear_collapse()
