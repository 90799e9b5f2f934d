"""What listings share: relu and its slope (section 6.23), and the one layer of 6.6 without its prints."""

import numpy as np


def relu(x):
    """``x`` where it is positive, else 0; a negative number times false is ``-0.0``, and the chapter's notes print it."""
    return (x > 0) * x


def relu2deriv(output):
    """The slope of relu by its output: 1 where that is positive, else 0."""
    return output > 0


def learn(streetlights, walk_vs_stop, weights, alpha, iterations):
    """The weights of one layer after stochastic gradient descent."""
    for _ in range(iterations):
        for row in range(len(walk_vs_stop)):
            delta = np.dot(streetlights[row], weights) - walk_vs_stop[row]
            weights = weights - (alpha * (streetlights[row] * delta))
    return weights
