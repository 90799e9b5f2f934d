"""Does the listing learn for other seeds?  ``all-together`` for every seed of a range, in blocks, on any executor."""

import hashlib
from concurrent.futures import FIRST_COMPLETED, wait

import numpy as np

from ..listings import streetlights as data
from .core import Trained
from .engines import engine
from .twister import first_doubles

HIDDEN = 4
REPLICAS = 4096  # at a time on NumPy: what is in work stays in the cache
BLOCK = 16 * REPLICAS  # seeds of one task
LEARNED = (0.1, 0.01, 0.001)
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = np.arange(-12.0, 2.01, 0.25)  # of log10(last error), for a histogram


def random_weights(seeds, hidden=HIDDEN, inputs=3):
    """The initial weights of ``all-together`` for each seed: arrays of shapes (inputs, hidden, R) and (hidden, R)."""
    draws = first_doubles(seeds, (inputs + 1) * hidden)
    weights = 2 * draws - 1
    return weights[: inputs * hidden].reshape(inputs, hidden, -1), weights[inputs * hidden :]


def pieces(seeds, engine_name, hidden=HIDDEN, alpha=data.DEEP_ALPHA, iterations=data.DEEP_ITERATIONS):
    """Train ``all-together`` for as many of the seeds at a time as suit the engine: each a `reference.vectorized.core.Trained`."""
    chosen = engine(engine_name)
    goals = np.ravel(data.UNCORRELATED_WALK_VS_STOP)
    step = REPLICAS if engine_name == 'numpy' else BLOCK
    for start in range(0, len(seeds), step):
        weights = random_weights(seeds[start : start + step], hidden)
        yield chosen(*weights, data.UNCORRELATED_LIGHTS, goals, alpha, iterations)


def train(seeds, engine_name='numpy', **network):
    """Train ``all-together`` for each seed: a `reference.vectorized.core.Trained`.  ``network`` is as of `pieces`."""
    parts = list(pieces(seeds, engine_name, **network))
    return Trained(
        np.concatenate([part.errors for part in parts], axis=1),
        tuple(np.concatenate([part.weights[side] for part in parts], axis=-1) for side in (0, 1)),
    )


def last_errors(start, stop, engine_name):
    """The last error of each seed from ``start`` to ``stop``; what one task computes, wherever it runs."""
    return np.concatenate([part.errors[-1].copy() for part in pieces(np.arange(start, stop), engine_name)])


def run(executor, blocks, engine_name, done, most=16, watch=lambda: None):
    """Compute blocks of seeds on an executor, no more than ``most`` at once; ``done(start, errors)`` takes each, in any order.

    Each second, ``watch`` is called: it raises where nothing more is to be expected.
    """
    waiting, pending = list(reversed(blocks)), {}
    try:
        while waiting or pending:
            while waiting and len(pending) < most:
                start, stop = waiting.pop()
                pending[executor.submit(last_errors, start, stop, engine_name)] = start
            finished, _ = wait(pending, timeout=1, return_when=FIRST_COMPLETED)
            watch()
            for future in finished:
                done(pending.pop(future), future.result())
    finally:
        for future in pending:
            future.cancel()


def blocks_of(first, stop):
    """The blocks of a range of seeds: pairs of a start and an end."""
    return [(start, min(start + BLOCK, stop)) for start in range(first, stop, BLOCK)]


def summary(first, errors):
    """What a reader wants to know of the last errors of the seeds from ``first`` on.

    Returns
    -------
    dict
        ``seeds``, ``learned`` (the share, a fraction, with a last error below each of `LEARNED`), ``quantiles``, ``seed_1`` (its error
        and the share of seeds that end lower, where it is among them), ``not_finite``, ``histogram`` (counts of log10 of the
        error) and ``sha256`` of the errors' bytes, little-endian.
    """
    finite = errors[np.isfinite(errors)]
    counts, _ = np.histogram(np.log10(np.maximum(finite, 1e-300)), np.concatenate([[-np.inf], BINS, [np.inf]]))
    one = errors[1 - first] if first <= 1 < first + len(errors) else None
    return {
        'seeds': [first, first + len(errors)],
        'learned': {str(bound): float((errors < bound).mean()) for bound in LEARNED},
        'quantiles': {str(share): float(value) for share, value in zip(QUANTILES, np.quantile(finite, QUANTILES))} if finite.size else {},
        'seed_1': None if one is None else {'error': float(one), 'lower': float((errors < one).mean())},
        'not_finite': int(len(errors) - len(finite)),
        'histogram': {'log10_bins': BINS.tolist(), 'counts': counts.tolist()},
        'sha256': hashlib.sha256(np.ascontiguousarray(errors, '<f8').tobytes()).hexdigest(),
    }
