"""Sections 6.9 to 6.13: up and down pressure on each weight."""

from . import streetlights as data

SIGNS = {1: '+', -1: '-', 0: '0'}


def pressure(streetlights, walk_vs_stop):
    """Where each light pushes each weight: 1 is up, -1 is down, 0 is not at all.

    A light that is on pushes its weight towards the goal, up to 1 or down to 0; one that is off does not push.
    """
    return [[light if walked else -light for light in lights] for lights, walked in zip(streetlights, walk_vs_stop)]


def weight_pressure(arithmetic, trace):
    """The tables of both data sets, and how often each column is pushed up and down."""
    data_sets = (
        (data.STREETLIGHTS, data.WALK_VS_STOP),
        (data.UNCORRELATED_LIGHTS, [goal[0] for goal in data.UNCORRELATED_WALK_VS_STOP]),
    )
    for table in trace.loop('table', range(len(data_sets))):
        streetlights, walk_vs_stop = data_sets[table]
        trace('streetlights', arithmetic.array(streetlights))
        trace('walk_vs_stop', arithmetic.array(walk_vs_stop))
        pressures = trace('pressure', arithmetic.array(pressure(streetlights, walk_vs_stop)))
        for row in range(len(walk_vs_stop)):
            signs = [SIGNS[int(push)] for push in pressures[row]]
            trace.show(' '.join(str(light) for light in streetlights[row]), ' -> ', str(walk_vs_stop[row]),
                       ' | ', ' '.join(signs))
        trace.show('up:   ', trace('up', (pressures > 0).sum(axis=0)))
        trace.show('down: ', trace('down', (pressures < 0).sum(axis=0)), '\n')
