"""Section 2: two steps towards a goal."""

from __future__ import print_function

import numpy as np

from .prices import AMOUNTS, PRICES


def descent(goal=1.0, alpha=0.01):
    """Move the weights against the error, twice."""
    light, weights = np.array(AMOUNTS), np.array(PRICES)
    for step in range(2):
        delta = np.dot(light, weights) - goal
        weights = weights - alpha * (delta * light)
        print('Delta:' + str(delta) + ' Weights:' + str(weights))
