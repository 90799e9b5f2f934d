"""Sections 6.12 and 6.13: pressure up and down in equal number, and still a direction."""

from __future__ import print_function

import numpy as np

from . import streetlights as data
from .layers import learn
from .weight_pressure import pressure


def conflicting_pressure(walk_vs_stop=data.WALK_VS_STOP):
    """The right weight is pushed up as often as down, and goes to 0 all the same."""
    streetlights = np.array(data.STREETLIGHTS)
    pressures = np.array(pressure(data.STREETLIGHTS, walk_vs_stop))
    up = (pressures > 0).sum(axis=0)
    down = (pressures < 0).sum(axis=0)
    print('Lights pushed up:' + str(up) + ' down:' + str(down))
    for iterations in (0, 10, 20, 40, 80):
        weights = learn(streetlights, walk_vs_stop, np.array(data.WEIGHTS), data.ALPHA, iterations)
        print('Weights:' + str(weights))

    for right_weight in (0.25, -0.25):
        weights = np.array([0.0, 1.0, right_weight])
        for row in range(len(streetlights)):
            prediction = np.dot(streetlights[row], weights)
            print('Prediction:' + str(prediction) + ' Goal:' + str(walk_vs_stop[row]))


if __name__ == '__main__':
    conflicting_pressure()
