"""Sums of a sawtooth over phases of which only a cell is known."""

import numpy as np

CELLS = 128  # of the circle


def phase_sums(phase, spread, cells, block):
    """The largest sums of rounding errors, for each cell of the phase at the start.

    Rounding t to an integer adds ``r(t) = rint(t) - t``.  For theta within the cell m, that is m / cells, and any eta_n within
    ``spread`` (which holds half a cell): bounds on the sum of ``r(phase_n + theta + eta_n)``, and on that of its negative.

    Parameters
    ----------
    phase, spread : ndarray
        (passes, numbers)
    cells : int
    block : ndarray of int
        Of each pass, in order; sums are given to the end of each block.

    Returns
    -------
    up, down : ndarray
        (blocks, numbers, cells)
    """
    passes, numbers = phase.shape
    phase = phase - np.rint(phase)
    rows, places = (int(block[-1]) + 1) * numbers, np.arange(cells) / cells
    row = (block[:, None] * numbers + np.arange(numbers)).ravel()
    phase, spread = phase.ravel(), spread.ravel()
    known = spread < 0.5
    halves = np.bincount(row[~known], minlength=rows) * 0.5  # of these nothing is known
    row, phase, spread = row[known], phase[known], spread[known]

    def total(weights):
        return np.bincount(row, weights, rows)[:, None]

    # Away from the jump at a half: spread minus the phase, or plus it.
    wrap = np.ceil((0.5 - phase) * cells).astype(int)  # the first cell beyond it
    wraps = np.bincount(row * (cells + 1) + wrap, minlength=rows * (cells + 1)).reshape(rows, cells + 1)
    rise = total(phase) + total(np.ones_like(phase)) * places - np.cumsum(wraps, axis=1)[:, :-1]
    level = total(spread) + halves[:, None]
    # Within the spread of the jump both are a half.
    first = np.ceil((0.5 - phase - spread) * cells - 1e-6).astype(int)
    stop = np.minimum(np.floor((0.5 - phase + spread) * cells + 1e-6).astype(int) + 1, first + cells)
    level = level + ranges(row, first, stop, 0.5 - spread, rows, cells)
    rise = rise - ranges(row, first, stop, phase, rows, cells) - ranges(row, first, stop, np.ones_like(phase), rows, cells) * places
    rise = rise + ranges(
        np.concatenate([row, row]),
        np.concatenate([first, wrap]),  # those beyond the jump, or before it by going round
        np.concatenate([np.minimum(stop, 0), np.minimum(stop, cells)]),
        np.ones(2 * len(row)),
        rows,
        cells,
    )
    shape = int(block[-1]) + 1, numbers, cells
    up, down = (level - rise).reshape(shape), (level + rise).reshape(shape)
    cushion = (np.arange(1, shape[0] + 1) * passes * 2.0**-36)[:, None, None]
    return np.cumsum(up, axis=0) + cushion, np.cumsum(down, axis=0) + cushion


def ranges(row, low, high, weights, rows, cells):
    """Sums of weights over the cells from ``low`` on and below ``high``, around a circle for each row."""
    some = high > low
    row, low, high, weights = row[some], low[some] % cells, high[some] % cells, weights[some]
    at = np.bincount(np.concatenate([row * cells + low, row * cells + high]), np.concatenate([weights, -weights]), rows * cells)
    around = np.bincount(row, np.where(high <= low, weights, 0.0), rows)
    return np.cumsum(at.reshape(rows, cells), axis=1) + around[:, None]


def dilated(best, drift):
    """For each cell the largest of those within a number's drift of it, around the circle; -1 is all of them."""
    found = np.empty_like(best)
    cells = best.shape[-1]
    for reach in np.unique(drift):
        which = np.flatnonzero(drift == reach)
        part = best[..., which, :]
        if reach < 0 or 2 * reach + 1 >= cells:
            found[..., which, :] = part.max(axis=-1, keepdims=True)
            continue
        around = np.concatenate([part[..., cells - reach :], part, part[..., :reach]], axis=-1)
        size, width = 1, 2 * reach + 1
        while 2 * size <= width:
            around = np.maximum(around[..., :-size], around[..., size:])
            size *= 2
        found[..., which, :] = np.maximum(around[..., :cells], around[..., width - size : width - size + cells])
    return found
