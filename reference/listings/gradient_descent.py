"""Section 6.7: stochastic, full and mini-batch gradient descent of the network of 6.6."""

from . import streetlights as data


def batch_descent(arithmetic, trace, batch_size, streetlights=data.STREETLIGHTS, walk_vs_stop=data.WALK_VS_STOP,
                  weights=data.WEIGHTS, alpha=data.ALPHA, iterations=40):
    """Change the weights by the average weight delta of each batch; the last batch may be smaller.

    A batch of one light is stochastic descent, to the bit; a batch of all is full gradient descent.
    Returns the last weights.
    """
    streetlights = trace('streetlights', arithmetic.array(streetlights))
    walk_vs_stop = trace('walk_vs_stop', arithmetic.array(walk_vs_stop))
    weights = trace('weights', arithmetic.array(weights))

    for iteration in trace.loop('iteration', range(iterations)):
        error_for_all_lights = 0
        for start in trace.loop('start', range(0, len(walk_vs_stop), batch_size)):
            batch = range(start, min(start + batch_size, len(walk_vs_stop)))
            weight_delta = 0
            for row in trace.loop('row', batch):
                prediction = trace('prediction', arithmetic.dot(streetlights[row], weights))
                error_for_all_lights += trace('error', arithmetic.power(walk_vs_stop[row] - prediction, 2))
                delta = trace('delta', prediction - walk_vs_stop[row])
                weight_delta = trace('weight_delta', weight_delta + streetlights[row] * delta)
            weights = trace('weights', weights - (alpha * (weight_delta / len(batch))))
        trace('error_for_all_lights', error_for_all_lights)
    trace.show('Error:', error_for_all_lights, ' Weights:', weights)
    return weights


def gradient_descent(arithmetic, trace):
    """The three kinds of descent, by their batch sizes."""
    for batch_size in trace.loop('batch_size', (1, 3, 6)):
        batch_descent(arithmetic, trace, batch_size)
