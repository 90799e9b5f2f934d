"""Section 6.21: a node that follows the left light only while the right one is off."""

from .layers import relu


def conditional_correlation(arithmetic, trace):
    """A weight of 1 from the left light and a huge negative one from the right, with and without relu."""
    weights = trace('weights', arithmetic.array([1.0, -1000.0]))
    for left in trace.loop('left', (0.0, 0.5, 1.0)):
        for right in trace.loop('right', (0.0, 1.0)):
            linear = trace('linear', arithmetic.dot(arithmetic.array([left, right]), weights))
            node = trace('node', relu(linear))
            trace.show('left ', left, ' right ', right, ' linear:', linear, ' relu:', node)
