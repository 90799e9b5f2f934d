"""Section 6.5: a first neural network, trained on one light."""

from . import streetlights as data


def single_example(arithmetic, trace, light=0, weights=data.WEIGHTS, alpha=data.ALPHA):
    """Twenty steps of gradient descent on one light alone, the first."""
    weights = trace('weights', arithmetic.array(weights))
    streetlight = trace('streetlight', arithmetic.array(data.STREETLIGHTS)[light])
    goal_prediction = trace('goal_prediction', arithmetic.array(data.WALK_VS_STOP)[light])

    for iteration in trace.loop('iteration', range(20)):
        prediction = trace('prediction', arithmetic.dot(streetlight, weights))
        error = trace('error', arithmetic.power(goal_prediction - prediction, 2))
        delta = trace('delta', prediction - goal_prediction)
        weights = trace('weights', weights - (alpha * (streetlight * delta)))
        trace.show('Error:', error, ' Prediction:', prediction)
