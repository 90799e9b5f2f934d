"""Sections 6.12 and 6.13: pressure up and down in equal number, and still a direction."""

from . import streetlights as data
from .weight_pressure import pressure
from .whole_dataset import whole_dataset


def conflicting_pressure(arithmetic, trace):
    """The right weight is pushed up as often as down, and goes to 0 all the same."""
    pressures = arithmetic.array(pressure(data.STREETLIGHTS, data.WALK_VS_STOP))
    trace.show('Lights pushed up:', trace('up', (pressures > 0).sum(axis=0)),
               ' down:', trace('down', (pressures < 0).sum(axis=0)))
    for iterations in trace.loop('iterations', (0, 10, 20, 40, 80)):
        trace.show('Weights:', trace('weights', whole_dataset(arithmetic, trace.aside(), iterations=iterations)))

    streetlights = arithmetic.array(data.STREETLIGHTS)
    for right_weight in trace.loop('right_weight', (0.25, -0.25)):
        weights = arithmetic.array([0.0, 1.0, right_weight])
        for row in trace.loop('row', range(len(streetlights))):
            prediction = trace('prediction', arithmetic.dot(streetlights[row], weights))
            trace.show('Prediction:', prediction, ' Goal:', str(data.WALK_VS_STOP[row]))
