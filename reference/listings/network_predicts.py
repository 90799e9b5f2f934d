"""Sections 7.4 to 7.9: the trained network predicts, layer by layer and as one formula."""

from __future__ import print_function

import numpy as np

from . import streetlights as data
from .all_together import all_together
from .layers import relu


def network_predicts():
    """l_2 = relu(l_0 W_0) W_1 with the weights of 6.26; the layers' sizes give the matrices' shapes."""
    W_0, W_1 = all_together(print_every=1000)
    print(repr(W_0))
    print(repr(W_1))
    print('layers of ' + ' x '.join(str(size) for size in W_0.shape) + ' and '
          + ' x '.join(str(size) for size in W_1.shape) + ' weights')

    lights = np.array(data.UNCORRELATED_LIGHTS)
    for row in range(len(lights)):
        l_0 = lights[row]
        sums = np.dot(l_0, W_0)
        l_1 = relu(sums)
        l_2 = np.dot(l_1, W_1)
        formula = np.dot(relu(np.dot(l_0, W_0)), W_1)
        print('l_0:' + str(l_0) + ' l_1:' + str(l_1) + ' l_2:' + str(l_2) + ' formula:' + str(formula))


if __name__ == '__main__':
    network_predicts()
