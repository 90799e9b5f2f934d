"""What both listings compute with."""

PRICES = [0.1, 0.3, 0.6]
AMOUNTS = [3.0, 7.0, 2.0]
