"""Part 2: the seven rates, with what each training ends at and how often its updates turned."""

from __future__ import print_function

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(output):
    return output * (1 - output)


def rates_and_turns(inputs=((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)), goals=(0, 1, 1, 0), hidden_size=4, seed=1,
                    alphas=(0.001, 0.01, 0.1, 1, 10, 100, 1000), steps=60000, print_every=10000):
    """Train a 3-4-1 network at each rate; print errors, weights, and how often each weight's update changed its sign."""
    layer_0 = np.array(inputs)
    goal = np.array([goals]).T
    for alpha in alphas:
        print('\nTraining with alpha:' + str(alpha))
        np.random.seed(seed)
        synapse_0 = 2 * np.random.random((layer_0.shape[1], hidden_size)) - 1
        synapse_1 = 2 * np.random.random((hidden_size, 1)) - 1
        synapse_0_turns, synapse_1_turns = np.zeros_like(synapse_0), np.zeros_like(synapse_1)

        for step in range(steps):
            layer_1 = sigmoid(np.dot(layer_0, synapse_0))
            layer_2 = sigmoid(np.dot(layer_1, synapse_1))

            layer_2_error = goal - layer_2
            if step % print_every == 0:
                error = np.mean(np.abs(layer_2_error))
                print('Error:' + str(error))

            layer_2_delta = layer_2_error * slope(layer_2)
            layer_1_delta = np.dot(layer_2_delta, synapse_1.T) * slope(layer_1)
            synapse_1_update = np.dot(layer_1.T, layer_2_delta)
            synapse_0_update = np.dot(layer_0.T, layer_1_delta)
            if step > 0:
                synapse_0_turns += (synapse_0_update > 0) != synapse_0_was_rising
                synapse_1_turns += (synapse_1_update > 0) != synapse_1_was_rising
            synapse_0_was_rising, synapse_1_was_rising = synapse_0_update > 0, synapse_1_update > 0

            synapse_1 += alpha * synapse_1_update
            synapse_0 += alpha * synapse_0_update

        print('Weights 0')
        print(synapse_0)
        print('Turns of their updates')
        print(synapse_0_turns)
        print('Weights 1')
        print(synapse_1)
        print('Turns of their updates')
        print(synapse_1_turns)


if __name__ == '__main__':
    rates_and_turns()
