"""Section 6.11: correlation that is an accident."""

from . import streetlights as data
from .whole_dataset import whole_dataset


def overfitting(arithmetic, trace):
    """Weights that predict the first light and no more, and training that memorizes the first two."""
    for middle in trace.loop('middle', (-1.0, 0.0, 0.48, 1.0)):
        predict_all(arithmetic, trace, arithmetic.array([0.5, middle, -0.5]))

    for count in trace.loop('trained_on', (2,)):
        weights = whole_dataset(arithmetic, trace.aside(), data.STREETLIGHTS[:count], data.WALK_VS_STOP[:count], iterations=200)
        predict_all(arithmetic, trace, weights)


def predict_all(arithmetic, trace, weights):
    """The prediction for each of the six lights, beside its goal."""
    streetlights = arithmetic.array(data.STREETLIGHTS)
    trace.show('Weights:', trace('weights', weights))
    for row in trace.loop('row', range(len(streetlights))):
        prediction = trace('prediction', arithmetic.dot(streetlights[row], weights))
        trace.show('Prediction:', prediction, ' Goal:', str(data.WALK_VS_STOP[row]))
