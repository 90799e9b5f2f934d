"""Section 6.26: the self-sufficient program, with delta = prediction - goal."""

from . import streetlights as data
from .layers import random_weights, relu, relu2deriv


def all_together(arithmetic, trace, streetlights=data.UNCORRELATED_LIGHTS, walk_vs_stop=data.UNCORRELATED_WALK_VS_STOP,
                 hidden_size=4, seed=1, alpha=data.DEEP_ALPHA, iterations=data.DEEP_ITERATIONS):
    """Train the three-layer network; the weights shrink by ``-=``.  Returns both weight matrices."""
    dot = arithmetic.dot
    streetlights = trace('streetlights', arithmetic.array(streetlights))
    walk_vs_stop = trace('walk_vs_stop', arithmetic.array(walk_vs_stop))
    weights_0_1, weights_1_2 = random_weights(arithmetic, hidden_size, seed, streetlights.shape[1])

    for iteration in trace.loop('iteration', range(iterations)):
        layer_2_error = 0
        for i in trace.loop('row', range(len(streetlights))):
            layer_0 = streetlights[i:i+1]
            layer_1 = trace('layer_1', relu(dot(layer_0, weights_0_1)))
            layer_2 = trace('layer_2', dot(layer_1, weights_1_2))

            layer_2_error += trace('squared_error', ((layer_2 - walk_vs_stop[i:i+1]) ** 2).sum())

            layer_2_delta = trace('layer_2_delta', layer_2 - walk_vs_stop[i:i+1])
            layer_1_delta = trace('layer_1_delta', dot(layer_2_delta, weights_1_2.T) * relu2deriv(layer_1))

            weights_1_2 -= alpha * dot(layer_1.T, layer_2_delta)
            weights_0_1 -= alpha * dot(layer_0.T, layer_1_delta)
            trace('weights_1_2', weights_1_2)
            trace('weights_0_1', weights_0_1)

        trace('layer_2_error', layer_2_error)
        if iteration % 10 == 9:
            trace.show('Error:', layer_2_error)
    return weights_0_1, weights_1_2
