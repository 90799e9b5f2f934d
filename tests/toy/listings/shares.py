"""Section 1: three products in one sum, whose last digit is the machine's."""

from .prices import AMOUNTS, PRICES


def shares(arithmetic, trace):
    """What three things cost together, and how many they are."""
    prices = trace('prices', arithmetic.array(PRICES))
    total = trace('total', arithmetic.dot(prices, arithmetic.array(AMOUNTS)))
    trace.show('Total:', total)
    trace.show('Things:', trace('things', (prices > 0).sum()))
