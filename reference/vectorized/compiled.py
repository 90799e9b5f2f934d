"""The same training compiled by numba: each replica's weights read and written once, every product and every zero kept.

A kernel is compiled for the sizes of a network, which its loops then have as constants: they are unrolled, and what remains is one
loop over the replicas of a block, whose state lies in one array so that the compiler sees that nothing overlaps.  That loop becomes
vector instructions; no fused multiply-adds, which numba leaves out unless asked for.  A kernel takes the blocks from ``first`` up to
``last`` and releases the interpreter lock, so threads share them out.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numba import njit

from .core import Trained

LANES = 96  # replicas of a block


def train_three_layers(weights_0_1, weights_1_2, lights, goals, alpha, iterations):
    """As `reference.vectorized.core.train_three_layers`, on all cores of the processor."""
    errors = np.empty((iterations, weights_1_2.shape[1]))
    lights, goals = (np.ascontiguousarray(each, np.float64) for each in (lights, goals))
    arguments = weights_0_1, weights_1_2, lights, goals, float(alpha), errors
    kernel = three_layers_kernel(*weights_0_1.shape[:2])
    blocks = -(-weights_1_2.shape[1] // LANES)
    threads = max(1, min(os.cpu_count() or 1, blocks))
    bounds = [blocks * thread // threads for thread in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda first, last: kernel(*arguments, first, last), bounds, bounds[1:]))
    return Trained(errors, (weights_0_1, weights_1_2))


@lru_cache(maxsize=None)
def three_layers_kernel(inputs, hidden):
    """Compile the training of `reference.vectorized.core.train_three_layers` for these sizes."""
    upper = inputs * hidden  # where the second weights begin in a block's state, and then the hidden layer
    layer = upper + hidden
    size = layer + hidden

    @njit(nogil=True, error_model='numpy')
    def kernel(weights_0_1, weights_1_2, lights, goals, alpha, errors, first, last):
        replicas = weights_1_2.shape[1]
        for block in range(first, last):
            start = block * LANES
            count = min(LANES, replicas - start)
            state = np.zeros(size * LANES)
            error = np.empty(LANES)
            for h in range(hidden):
                for r in range(count):
                    state[(upper + h) * LANES + r] = weights_1_2[h, start + r]
                for i in range(inputs):
                    for r in range(count):
                        state[(i * hidden + h) * LANES + r] = weights_0_1[i, h, start + r]
            for iteration in range(errors.shape[0]):
                for r in range(LANES):
                    error[r] = 0.0
                for row in range(lights.shape[0]):
                    goal = goals[row]
                    for r in range(LANES):
                        layer_2 = 0.0
                        for h in range(hidden):
                            z = 0.0
                            for i in range(inputs):
                                z += lights[row, i] * state[(i * hidden + h) * LANES + r]
                            z = (1.0 if z > 0.0 else 0.0) * z
                            state[(layer + h) * LANES + r] = z
                            layer_2 += z * state[(upper + h) * LANES + r]
                        delta = layer_2 - goal
                        error[r] += delta * delta
                        for h in range(hidden):
                            z = state[(layer + h) * LANES + r]
                            weight = state[(upper + h) * LANES + r]
                            layer_1_delta = (0.0 + delta * weight) * (1.0 if z > 0.0 else 0.0)
                            state[(upper + h) * LANES + r] = weight - alpha * (0.0 + z * delta)
                            for i in range(inputs):
                                state[(i * hidden + h) * LANES + r] -= alpha * (0.0 + lights[row, i] * layer_1_delta)
                for r in range(count):
                    errors[iteration, start + r] = error[r]
            for h in range(hidden):
                for r in range(count):
                    weights_1_2[h, start + r] = state[(upper + h) * LANES + r]
                for i in range(inputs):
                    for r in range(count):
                        weights_0_1[i, h, start + r] = state[(i * hidden + h) * LANES + r]

    return kernel
