"""Section 2: two steps towards a goal."""

from .prices import AMOUNTS, PRICES


def descent(arithmetic, trace, goal=1.0, alpha=0.01):
    """Move the weights against the error, twice."""
    light = arithmetic.array(AMOUNTS)
    weights = arithmetic.array(PRICES)
    for step in trace.loop('step', range(2)):
        delta = trace('delta', arithmetic.dot(light, weights) - goal)
        weights = trace('weights', weights - alpha * (delta * light))
        trace.show('Delta:', delta, ' Weights:', weights)
