"""Section 6.6: one layer of weights, trained on all the lights in turn."""

from . import streetlights as data


def whole_dataset(arithmetic, trace, streetlights=data.STREETLIGHTS, walk_vs_stop=data.WALK_VS_STOP,
                  weights=data.WEIGHTS, alpha=data.ALPHA, iterations=40):
    """Stochastic gradient descent: the weights change after each light.  Returns the last weights."""
    streetlights = trace('streetlights', arithmetic.array(streetlights))
    walk_vs_stop = trace('walk_vs_stop', arithmetic.array(walk_vs_stop))
    weights = trace('weights', arithmetic.array(weights))

    for iteration in trace.loop('iteration', range(iterations)):
        error_for_all_lights = 0
        for row in trace.loop('row', range(len(walk_vs_stop))):
            streetlight = streetlights[row]
            goal_prediction = walk_vs_stop[row]
            prediction = trace('prediction', arithmetic.dot(streetlight, weights))
            error = trace('error', arithmetic.power(goal_prediction - prediction, 2))
            error_for_all_lights += error
            delta = trace('delta', prediction - goal_prediction)
            weights = trace('weights', weights - (alpha * (streetlight * delta)))
            trace.show('Prediction:', prediction)
        trace.show('Error:', trace('error_for_all_lights', error_for_all_lights), '\n')
    return weights
