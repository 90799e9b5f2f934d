"""The engines behind one interface: NumPy, which is always there, and numba, which is faster."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from . import core

NAMES = ('numpy', 'numba')


class EngineError(Exception):
    """An engine that does not exist, or is not installed."""


class NumPyEngine:
    """`reference.vectorized.core`, one core of the processor."""

    three_layers = staticmethod(core.train_three_layers)
    single_layer = staticmethod(core.train_single_layer)


class NumbaEngine:
    """`reference.vectorized.compiled`, all cores of the processor; the same arguments and results."""

    single_layer = staticmethod(core.train_single_layer)  # small, and of no sweep

    def __init__(self):
        try:
            from . import compiled
        except ImportError as error:
            raise EngineError(f"the engine 'numba' needs numba, which is not installed here ({error}); `pip install numba`") from None
        self.compiled = compiled

    def three_layers(self, weights_0_1, weights_1_2, lights, goals, alpha, iterations):
        errors = np.empty((iterations, weights_1_2.shape[1]))
        kernel = self.compiled.three_layers_kernel(*weights_0_1.shape[:2])
        self._on_all_cores(kernel, weights_0_1, weights_1_2, *_floats(lights, goals), float(alpha), errors)
        return core.Trained(errors, (weights_0_1, weights_1_2))

    def _on_all_cores(self, kernel, *arguments):
        blocks = -(-arguments[0].shape[-1] // self.compiled.LANES)
        threads = min(os.cpu_count() or 1, blocks)
        if threads < 2:
            kernel(*arguments, 0, blocks)
            return
        bounds = [blocks * thread // threads for thread in range(threads + 1)]
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda first, last: kernel(*arguments, first, last), bounds, bounds[1:]))


def _floats(*arrays):
    return tuple(np.ascontiguousarray(array, np.float64) for array in arrays)


def engine(name):
    """The engine of a name.

    Raises
    ------
    EngineError
    """
    if name not in NAMES:
        raise EngineError(f"no engine '{name}'; there are {', '.join(NAMES)}")
    return NumPyEngine() if name == 'numpy' else NumbaEngine()
