"""What the three-layer listings share (section 6.23): relu, its slope, and the random weights."""

import numpy as np


def relu(x):
    """``x`` where it is positive, else 0; a negative number times false is ``-0.0``, and the chapter's notes print it."""
    return (x > 0) * x


def relu2deriv(output):
    """The slope of relu by its output: 1 where that is positive, else 0."""
    return output > 0


def random_weights(arithmetic, hidden_size, seed=1, inputs=3, outputs=1, skip=0):
    """Both weight matrices, uniform in [-1, 1), from the Mersenne Twister's stream.

    ``skip`` draws of the stream are passed over.  Every weight is exact: twice a draw, less one, needs no rounding.
    """
    stream = np.random.RandomState(seed)
    stream.random_sample(skip)
    weights_0_1 = 2 * stream.random_sample((inputs, hidden_size)) - 1
    weights_1_2 = 2 * stream.random_sample((hidden_size, outputs)) - 1
    return arithmetic.array(weights_0_1), arithmetic.array(weights_1_2)
