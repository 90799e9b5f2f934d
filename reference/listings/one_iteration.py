"""Section 6.25: one iteration of backpropagation, every intermediate shown."""

from . import streetlights as data
from .layers import random_weights, relu, relu2deriv


def one_iteration(arithmetic, trace, hidden_size=3, seed=1, alpha=data.DEEP_ALPHA):
    """Predict, compare and learn from the first light, with three hidden nodes."""
    dot = arithmetic.dot
    lights = trace('lights', arithmetic.array(data.UNCORRELATED_LIGHTS))
    walk_vs_stop = trace('walk_vs_stop', arithmetic.array(data.UNCORRELATED_WALK_VS_STOP))
    weights_0_1, weights_1_2 = random_weights(arithmetic, hidden_size, seed)

    def shown(name, value):
        trace.echo(trace(name, value))
        return value

    shown('goal', walk_vs_stop[0:1])
    with trace.at('weights', 'initial'):
        shown('weights_0_1', weights_0_1)
        shown('weights_1_2', weights_1_2)

    # predict and compare
    layer_0 = shown('layer_0', lights[0:1])
    layer_1 = shown('layer_1', relu(dot(layer_0, weights_0_1)))
    layer_2 = shown('layer_2', dot(layer_1, weights_1_2))
    shown('layer_2_error', ((layer_2 - walk_vs_stop[0:1]) ** 2).sum())
    layer_2_delta = shown('layer_2_delta', layer_2 - walk_vs_stop[0:1])

    # learn: from layer_2 back to layer_1
    with trace.at('relu2deriv', 'before'):
        layer_1_delta = shown('layer_1_delta', dot(layer_2_delta, weights_1_2.T))
    layer_1_delta = layer_1_delta * relu2deriv(layer_1)
    with trace.at('relu2deriv', 'after'):
        shown('layer_1_delta', layer_1_delta)

    # learn: weight deltas, and the weights they change
    weight_delta_1_2 = shown('weight_delta_1_2', dot(layer_1.T, layer_2_delta))
    weight_delta_0_1 = shown('weight_delta_0_1', dot(layer_0.T, layer_1_delta))
    weights_1_2 = weights_1_2 - alpha * weight_delta_1_2
    weights_0_1 = weights_0_1 - alpha * weight_delta_0_1
    with trace.at('weights', 'updated'):
        shown('weights_1_2', weights_1_2)
        shown('weights_0_1', weights_0_1)
