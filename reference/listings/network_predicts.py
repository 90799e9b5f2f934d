"""Sections 7.4 to 7.9: the trained network predicts, layer by layer and as one formula."""

from . import streetlights as data
from .all_together import all_together
from .layers import relu


def network_predicts(arithmetic, trace):
    """l_2 = relu(l_0 W_0) W_1 with the weights of 6.26; the layers' sizes give the matrices' shapes."""
    dot = arithmetic.dot
    W_0, W_1 = all_together(arithmetic, trace.aside())
    trace.echo(trace('W_0', W_0))
    trace.echo(trace('W_1', W_1))
    trace.show('layers of ', ' x '.join(str(size) for size in W_0.shape), ' and ',
               ' x '.join(str(size) for size in W_1.shape), ' weights')

    lights = arithmetic.array(data.UNCORRELATED_LIGHTS)
    for row in trace.loop('row', range(len(lights))):
        l_0 = trace('l_0', lights[row])
        sums = trace('sums', dot(l_0, W_0))
        l_1 = trace('l_1', relu(sums))
        l_2 = trace('l_2', dot(l_1, W_1))
        formula = trace('formula', dot(relu(dot(l_0, W_0)), W_1))
        trace.show('l_0:', l_0, ' l_1:', l_1, ' l_2:', l_2, ' formula:', formula)
