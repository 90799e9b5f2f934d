"""Sections 6.19 and 6.20: two weighted sums in a row are one, so the linear network does not learn."""

from . import streetlights as data
from .layers import random_weights

EQUATIONS = ([1, 10, 2], [5, 20], [1, 0.25, 0.9], [1, 0.225])


def two_weighted_sums(arithmetic, layer_0, weights_0_1, weights_1_2):
    return arithmetic.dot(arithmetic.dot(layer_0, weights_0_1), weights_1_2)


def one_weighted_sum(arithmetic, layer_0, weights_0_1, weights_1_2):
    return arithmetic.dot(layer_0, arithmetic.dot(weights_0_1, weights_1_2))


def linear_collapse(arithmetic, trace):
    """The section's products, the network of 6.26 without relu, and its two matrices as one."""
    for equation in trace.loop('equation', range(len(EQUATIONS))):
        factors = trace('factors', arithmetic.array(EQUATIONS[equation]))
        product = factors[0]
        for factor in factors[1:]:
            product = product * factor
        left_side = [part for factor in EQUATIONS[equation] for part in (' * ', factor)][1:]
        trace.show(*(left_side + [' = ', trace('product', product)]))

    weights_0_1, weights_1_2 = train_linear(arithmetic, trace)

    streetlights = arithmetic.array(data.UNCORRELATED_LIGHTS)
    trace.show(trace('two_sums', two_weighted_sums(arithmetic, streetlights, weights_0_1, weights_1_2)))
    trace.show(trace('one_sum', one_weighted_sum(arithmetic, streetlights, weights_0_1, weights_1_2)))


def train_linear(arithmetic, trace, hidden_size=4, seed=1, alpha=data.DEEP_ALPHA, iterations=data.DEEP_ITERATIONS):
    """Train the three layers on the second data set with nothing between them.  Returns both weight matrices."""
    dot = arithmetic.dot
    streetlights = trace('streetlights', arithmetic.array(data.UNCORRELATED_LIGHTS))
    walk_vs_stop = trace('walk_vs_stop', arithmetic.array(data.UNCORRELATED_WALK_VS_STOP))
    weights_0_1, weights_1_2 = random_weights(arithmetic, hidden_size, seed)

    for iteration in trace.loop('iteration', range(iterations)):
        layer_2_error = 0
        for i in trace.loop('row', range(len(streetlights))):
            layer_0 = streetlights[i:i+1]
            layer_1 = trace('layer_1', dot(layer_0, weights_0_1))
            layer_2 = trace('layer_2', dot(layer_1, weights_1_2))
            layer_2_error += ((layer_2 - walk_vs_stop[i:i+1]) ** 2).sum()
            layer_2_delta = trace('layer_2_delta', layer_2 - walk_vs_stop[i:i+1])
            layer_1_delta = trace('layer_1_delta', dot(layer_2_delta, weights_1_2.T))
            weights_1_2 = trace('weights_1_2', weights_1_2 - alpha * dot(layer_1.T, layer_2_delta))
            weights_0_1 = trace('weights_0_1', weights_0_1 - alpha * dot(layer_0.T, layer_1_delta))
        trace('layer_2_error', layer_2_error)
        if iteration % 10 == 9:
            trace.show('Error:', layer_2_error)
    return weights_0_1, weights_1_2
