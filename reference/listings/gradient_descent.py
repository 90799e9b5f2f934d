"""Section 6.7: stochastic, full and mini-batch gradient descent of the network of 6.6."""

from __future__ import print_function

import numpy as np

from . import streetlights as data


def batch_descent(batch_size, streetlights=data.STREETLIGHTS, walk_vs_stop=data.WALK_VS_STOP, weights=data.WEIGHTS,
                  alpha=data.ALPHA, iterations=40):
    """Change the weights by the average weight delta of each batch; the last batch may be smaller.

    A batch of one light is stochastic descent, to the bit; a batch of all is full gradient descent.
    Returns the last weights.
    """
    streetlights, walk_vs_stop, weights = np.array(streetlights), np.array(walk_vs_stop), np.array(weights)

    for iteration in range(iterations):
        error_for_all_lights = 0
        for start in range(0, len(walk_vs_stop), batch_size):
            batch = range(start, min(start + batch_size, len(walk_vs_stop)))
            weight_delta = 0
            for row in batch:
                prediction = np.dot(streetlights[row], weights)
                error = (walk_vs_stop[row] - prediction) ** 2
                error_for_all_lights += error
                delta = prediction - walk_vs_stop[row]
                weight_delta = weight_delta + streetlights[row] * delta
            weights = weights - (alpha * (weight_delta / len(batch)))
    print('Error:' + str(error_for_all_lights) + ' Weights:' + str(weights))
    return weights


def gradient_descent(batch_sizes=(1, 3, 6), alpha=data.ALPHA):
    """The three kinds of descent, by their batch sizes."""
    for batch_size in batch_sizes:
        batch_descent(batch_size, alpha=alpha)


if __name__ == '__main__':
    gradient_descent()
