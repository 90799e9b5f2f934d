"""Section 6.21: a node that follows the left light only while the right one is off."""

from __future__ import print_function

import numpy as np

from .layers import relu


def conditional_correlation():
    """A weight of 1 from the left light and a huge negative one from the right, with and without relu."""
    weights = np.array([1.0, -1000.0])
    for left in (0.0, 0.5, 1.0):
        for right in (0.0, 1.0):
            linear = np.dot(np.array([left, right]), weights)
            node = relu(linear)
            print('left ' + str(left) + ' right ' + str(right) + ' linear:' + str(linear) + ' relu:' + str(node))


if __name__ == '__main__':
    conditional_correlation()
