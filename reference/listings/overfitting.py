"""Section 6.11: correlation that is an accident."""

from __future__ import print_function

import numpy as np

from . import streetlights as data
from .layers import learn


def overfitting():
    """Weights that predict the first light and no more, and training that memorizes the first two."""
    streetlights = np.array(data.STREETLIGHTS)
    for middle in (-1.0, 0.0, 0.48, 1.0):
        predict_all(streetlights, np.array([0.5, middle, -0.5]))

    for trained_on in (2,):
        weights = learn(streetlights, data.WALK_VS_STOP[:trained_on], np.array(data.WEIGHTS), data.ALPHA, 200)
        predict_all(streetlights, weights)


def predict_all(streetlights, weights):
    """The prediction for each of the six lights, beside its goal."""
    print('Weights:' + str(weights))
    for row in range(len(streetlights)):
        prediction = np.dot(streetlights[row], weights)
        print('Prediction:' + str(prediction) + ' Goal:' + str(data.WALK_VS_STOP[row]))


if __name__ == '__main__':
    overfitting()
