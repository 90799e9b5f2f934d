"""Section 6.23: the first deep network makes a prediction."""

from __future__ import print_function

import numpy as np

from . import streetlights as data
from .layers import relu


def first_deep_network(hidden_size=4, seed=1):
    """The forward pass of the first light, with the stream's first weights and with its second.

    The second is what a notebook shows whose two weight cells ran twice after one seeding.
    """
    streetlights = np.array(data.UNCORRELATED_LIGHTS)
    np.random.seed(seed)
    for draw in (1, 2):
        weights_0_1 = 2 * np.random.random((3, hidden_size)) - 1
        weights_1_2 = 2 * np.random.random((hidden_size, 1)) - 1
        print(repr(weights_0_1))
        print(repr(weights_1_2))
        layer_0 = streetlights[0]
        print(repr(layer_0))
        layer_1 = relu(np.dot(layer_0, weights_0_1))
        print(repr(layer_1))
        layer_2 = np.dot(layer_1, weights_1_2)
        print(repr(layer_2))


if __name__ == '__main__':
    first_deep_network()
