"""Full-batch and mini-batch descent of the three-layer network at real data sizes, in few passes over the memory.

The rows are taken in chunks whose hidden layer stays in the cache, so each example is read twice in an iteration and nothing as large
as the data is written; the two matrix products of a chunk are nearly all the work.  A batch of many chunks is shared out among threads,
each with buffers of its own and a BLAS of one thread: products of this shape gain little from a BLAS that splits them.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import ThreadpoolController

CHUNK = 500  # rows at a time


class Descent:
    """The network of ``all-together`` trained by the average weight delta of each batch (section 6.7).

    Parameters
    ----------
    weights_0_1 : ndarray of float64, shape (inputs, hidden)
        Trained in place.
    weights_1_2 : ndarray of float64, shape (hidden,)
        Trained in place.
    alpha : float
    chunk : int, optional
        Rows at a time.
    threads : int, optional
        How many share a batch; one for each core if not given.  The result depends on it in the last bits only, by the order of sums.
    """

    def __init__(self, weights_0_1, weights_1_2, alpha, chunk=CHUNK, threads=None):
        self.weights_0_1, self.weights_1_2, self.alpha, self.chunk = weights_0_1, weights_1_2, alpha, chunk
        self.shares = [Share(*weights_0_1.shape, chunk) for _ in range(threads or os.cpu_count() or 1)]
        self.pool = ThreadPoolExecutor(len(self.shares))
        self.blas = ThreadpoolController()

    def iterate(self, examples, goals, batch_size=None):
        """One iteration over all examples.

        Parameters
        ----------
        examples : ndarray of float64, shape (rows, inputs)
        goals : ndarray of float64, shape (rows,)
        batch_size : int, optional
            Rows between two changes of the weights; all of them if not given.  A last batch may be smaller.

        Returns
        -------
        float
            The sum of the squared errors.
        """
        rows = len(goals)
        batch_size = batch_size or rows
        shared = min(batch_size, rows) > self.chunk
        with self.blas.limit(limits=1 if shared else None, user_api='blas'):
            return sum(
                self._batch(examples[start : start + batch_size], goals[start : start + batch_size]) for start in range(0, rows, batch_size)
            )

    def _batch(self, examples, goals):
        """Change the weights by the average weight delta of some rows; the sum of their squared errors."""
        starts = range(0, len(goals), self.chunk)
        shares = self.shares[: len(starts)]

        def accumulate(index):
            share = shares[index]
            share.clear()
            for start in starts[index :: len(shares)]:
                stop = start + self.chunk
                share.add(examples[start:stop], goals[start:stop], self.weights_0_1, self.weights_1_2)

        if len(shares) == 1:
            accumulate(0)
        else:
            list(self.pool.map(accumulate, range(len(shares))))
        rate = self.alpha / len(goals)
        for share in shares:
            self.weights_0_1 -= rate * (share.delta_1_0.T * self.weights_1_2)
        for share in shares:
            self.weights_1_2 -= rate * share.delta_1_2
        return sum(share.error for share in shares)


class Share:
    """One thread's buffers, and what it has summed of a batch."""

    def __init__(self, inputs, hidden, chunk):
        self.layer_1, self.layer_1_delta = np.empty((chunk, hidden)), np.empty((chunk, hidden))
        self.on, self.layer_2, self.zeros = np.empty((chunk, hidden), bool), np.empty(chunk), np.zeros((chunk, hidden))
        self.delta_1_0, self.part_1_0 = np.empty((hidden, inputs)), np.empty((hidden, inputs))
        self.delta_1_2, self.part_1_2 = np.empty(hidden), np.empty(hidden)
        self.error = 0.0

    def clear(self):
        self.delta_1_0[...] = 0.0
        self.delta_1_2[...] = 0.0
        self.error = 0.0

    def add(self, layer_0, goals, weights_0_1, weights_1_2):
        """Add the weight deltas and squared errors of some rows."""
        count = len(goals)
        layer_1, layer_1_delta, on, layer_2 = (each[:count] for each in (self.layer_1, self.layer_1_delta, self.on, self.layer_2))
        np.matmul(layer_0, weights_0_1, out=layer_1)
        np.greater(layer_1, 0.0, out=on)
        np.maximum(layer_1, self.zeros[:count], out=layer_1)  # an array of zeros is read faster than one zero is spread
        np.matmul(layer_1, weights_1_2, out=layer_2)
        layer_2 -= goals  # from here on layer_2_delta
        np.multiply(on, layer_2[:, None], out=layer_1_delta)  # less weights_1_2, which the sum over the rows can wait for
        self.delta_1_2 += np.matmul(layer_2, layer_1, out=self.part_1_2)
        self.delta_1_0 += np.matmul(layer_1_delta.T, layer_0, out=self.part_1_0)
        self.error += float(layer_2 @ layer_2)
