"""Sections 6.9 to 6.13: up and down pressure on each weight."""

from __future__ import print_function

import numpy as np

from . import streetlights as data

SIGNS = {1: '+', -1: '-', 0: '0'}


def pressure(streetlights, walk_vs_stop):
    """Where each light pushes each weight: 1 is up, -1 is down, 0 is not at all.

    A light that is on pushes its weight towards the goal, up to 1 or down to 0; one that is off does not push.
    """
    return [[light if walked else -light for light in lights] for lights, walked in zip(streetlights, walk_vs_stop)]


def weight_pressure():
    """The tables of both data sets, and how often each column is pushed up and down."""
    for table in range(2):
        lights, goals = ((data.STREETLIGHTS, data.WALK_VS_STOP),
                         (data.UNCORRELATED_LIGHTS, [goal[0] for goal in data.UNCORRELATED_WALK_VS_STOP]))[table]
        streetlights, walk_vs_stop = np.array(lights), np.array(goals)
        pressures = np.array(pressure(streetlights, walk_vs_stop))
        for row in range(len(walk_vs_stop)):
            signs = [SIGNS[int(push)] for push in pressures[row]]
            print(' '.join(str(light) for light in lights[row]) + ' -> ' + str(goals[row]) + ' | ' + ' '.join(signs))
        up = (pressures > 0).sum(axis=0)
        print('up:   ' + str(up))
        down = (pressures < 0).sum(axis=0)
        print('down: ' + str(down) + '\n')


if __name__ == '__main__':
    weight_pressure()
