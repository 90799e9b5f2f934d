"""Section 6.6: one layer of weights, trained on all the lights in turn."""

from __future__ import print_function

import numpy as np

from . import streetlights as data


def whole_dataset(streetlights=data.STREETLIGHTS, walk_vs_stop=data.WALK_VS_STOP, weights=data.WEIGHTS,
                  alpha=data.ALPHA, iterations=40):
    """Stochastic gradient descent: the weights change after each light.  Returns the last weights."""
    streetlights, walk_vs_stop, weights = np.array(streetlights), np.array(walk_vs_stop), np.array(weights)

    for iteration in range(iterations):
        error_for_all_lights = 0
        for row in range(len(walk_vs_stop)):
            streetlight = streetlights[row]
            goal_prediction = walk_vs_stop[row]
            prediction = np.dot(streetlight, weights)
            error = (goal_prediction - prediction) ** 2
            error_for_all_lights += error
            delta = prediction - goal_prediction
            weights = weights - (alpha * (streetlight * delta))
            print('Prediction:' + str(prediction))
        print('Error:' + str(error_for_all_lights) + '\n')
    return weights


if __name__ == '__main__':
    whole_dataset()
