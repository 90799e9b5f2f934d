"""Part 2: the same network at seven rates of learning, each a training of its own."""

from __future__ import print_function

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(output):
    return output * (1 - output)


def rates(inputs=((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)), goals=(0, 1, 1, 0), hidden_size=4, seed=1,
          alphas=(0.001, 0.01, 0.1, 1, 10, 100, 1000), steps=60000, print_every=10000):
    """Train a 3-4-1 network at each rate, and print its error at every ten thousandth step."""
    layer_0 = np.array(inputs)
    goal = np.array([goals]).T
    for alpha in alphas:
        print('\nTraining with alpha:' + str(alpha))
        np.random.seed(seed)
        weights_0 = 2 * np.random.random((layer_0.shape[1], hidden_size)) - 1
        weights_1 = 2 * np.random.random((hidden_size, 1)) - 1

        for step in range(steps):
            layer_1 = sigmoid(np.dot(layer_0, weights_0))
            layer_2 = sigmoid(np.dot(layer_1, weights_1))

            layer_2_error = layer_2 - goal
            if step % print_every == 0:
                error = np.mean(np.abs(layer_2_error))
                print('Error after ' + str(step) + ' iterations:' + str(error))

            layer_2_delta = layer_2_error * slope(layer_2)
            layer_1_delta = np.dot(layer_2_delta, weights_1.T) * slope(layer_1)
            weights_1 -= alpha * np.dot(layer_1.T, layer_2_delta)
            weights_0 -= alpha * np.dot(layer_0.T, layer_1_delta)


if __name__ == '__main__':
    rates()
