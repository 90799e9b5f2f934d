"""Section 6.5: a first neural network, trained on one light."""

from __future__ import print_function

import numpy as np

from . import streetlights as data


def single_example(light=0, weights=data.WEIGHTS, alpha=data.ALPHA):
    """Twenty steps of gradient descent on one light alone, the first."""
    weights = np.array(weights)
    streetlight = np.array(data.STREETLIGHTS)[light]
    goal_prediction = np.array(data.WALK_VS_STOP)[light]

    for iteration in range(20):
        prediction = np.dot(streetlight, weights)
        error = (goal_prediction - prediction) ** 2
        delta = prediction - goal_prediction
        weights = weights - (alpha * (streetlight * delta))
        print('Error:' + str(error) + ' Prediction:' + str(prediction))


if __name__ == '__main__':
    single_example()
