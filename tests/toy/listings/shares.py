"""Section 1: three products in one sum, whose last digit is the machine's."""

from __future__ import print_function

import numpy as np

from .prices import AMOUNTS, PRICES


def shares():
    """What three things cost together, and how many they are."""
    prices = np.array(PRICES)
    total = np.dot(prices, np.array(AMOUNTS))
    print('Total:' + str(total))
    things = (prices > 0).sum()
    print('Things:' + str(things))
