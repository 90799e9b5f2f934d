"""Section 6.23: the first deep network makes a prediction."""

from . import streetlights as data
from .layers import random_weights, relu


def first_deep_network(arithmetic, trace, hidden_size=4, seed=1):
    """The forward pass of the first light, with the stream's first weights and with its second.

    The second is what a notebook shows whose two weight cells ran twice after one seeding.
    """
    streetlights = trace('streetlights', arithmetic.array(data.UNCORRELATED_LIGHTS))
    draws_each = 3 * hidden_size + hidden_size
    for draw in trace.loop('draw', (1, 2)):
        weights_0_1, weights_1_2 = random_weights(arithmetic, hidden_size, seed, skip=(draw - 1) * draws_each)
        trace.echo(trace('weights_0_1', weights_0_1))
        trace.echo(trace('weights_1_2', weights_1_2))
        layer_0 = trace('layer_0', streetlights[0])
        trace.echo(layer_0)
        layer_1 = trace('layer_1', relu(arithmetic.dot(layer_0, weights_0_1)))
        trace.echo(layer_1)
        layer_2 = trace('layer_2', arithmetic.dot(layer_1, weights_1_2))
        trace.echo(layer_2)
