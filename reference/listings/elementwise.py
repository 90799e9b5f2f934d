"""Section 6.5: what NumPy's operators do to vectors."""

from __future__ import print_function

import numpy as np


def elementwise():
    """Two vectors multiplied and added, and a vector with a scalar."""
    a = np.array([0, 1, 2, 1])
    b = np.array([2, 2, 2, 3])
    print(a * b)
    print(a + b)
    print(a * 0.5)
    print(a + 0.5)


if __name__ == '__main__':
    elementwise()
