"""Windows of passes in which update errors are known but for one number: the phase in the middle (Theorem 3)."""

from typing import NamedTuple

import numpy as np

from .ellipsoids import moved
from .phases import CELLS, phase_sums
from .sums import U

COARSE, BLOCKS = 32, 16  # cells and pieces of a window in which partial sums are looked at
TRIES = 6
SPEEDS = 3


class Window(NamedTuple):
    """Some passes of a chunk, whose update errors r are ``centre`` but for what is bounded here.

    Attributes
    ----------
    start, stop : int
    spacing : ndarray
        Of each number that is updated on a grid, else 0.
    centre : ndarray
        (passes, numbers)
    up, down : ndarray
        (numbers, cells): the sum of r - centre, and of centre - r, is at most this if the phase in the middle is in the cell.
    partial : ndarray
        Its size at most, over all cells and passes.
    enters, leaves : ndarray
        How far the phase may move between the start and the middle, and between the middle and the end.
    drift : ndarray of int
        How many cells it may move until the middle of the next window; -1 where nothing is known of it.
    allowed : ndarray of bool
        (numbers, cells): where the phase may be in the middle.
    """

    start: int
    stop: int
    spacing: np.ndarray
    centre: np.ndarray
    up: np.ndarray
    down: np.ndarray
    partial: np.ndarray
    enters: np.ndarray
    leaves: np.ndarray
    drift: np.ndarray
    allowed: np.ndarray


def window_of(start, slopes, gains, after, reach, shift, spacing, form, centre):
    """The window of some passes, and how evaluations leave it.

    Parameters
    ----------
    start : int
    slopes, gains : ndarray
        (passes, numbers, numbers): J of each pass, and I - J.
    after : ndarray or None
        The gain of the pass that follows.
    reach, shift, spacing : ndarray
        The noise of each pass's numbers, the machine's own error in them, and their grid.
    form : Ellipsoid
        Where differences from ``centre`` lie at the start.
    centre : ndarray

    Returns
    -------
    window : Window
    form, centre : Ellipsoid, ndarray
        At the end.
    rate : float or None
        How fast phases drift.
    """
    length, width = reach.shape
    on_grid = spacing > 0
    unit = np.where(on_grid, spacing, 1.0)
    half = length // 2
    cushion = (length + 3) * (width + 8) * U
    largest = np.abs(gains).max(axis=0) if after is None else np.maximum(np.abs(gains).max(axis=0), np.abs(after))
    growth = np.linalg.matrix_power(np.eye(width) + largest, length) * (1 + 8 * cushion)
    products = _products(slopes)
    middle = gains[half] @ products[half]
    width_at = np.where(on_grid, (_support(middle, form) + cushion * (largest @ growth @ form.box)) / unit, 1.0)
    errors, phase, orbit = _orbit(centre, gains, shift, spacing, unit, width_at)
    lost = cushion * (np.abs(orbit[:-1]) @ (np.eye(width) + largest).T + np.abs(shift) + spacing)  # the orbit's own rounding
    noise = reach - spacing / 2 + lost
    ends = np.concatenate([gains, (np.zeros((1, width, width)) if after is None else after[None])]) @ products - middle
    turn = (ends[-2] - ends[0]) / max(length - 1, 1)  # most of a drift goes on evenly
    passed = (np.arange(length + 1) - half)[:, None]
    rounded = cushion * ((largest @ growth + largest) @ form.box) * 3
    speeds = (_support(turn, form) + rounded) / unit
    drifts = (_support(ends - passed[..., None] * turn, form) + rounded * (1 + np.abs(passed))) / unit
    own = np.concatenate([np.zeros((1, width)), np.cumsum(noise, axis=0)])
    cum = np.concatenate([np.zeros((1, width)), np.cumsum(np.where(on_grid, 0.5, 0) + np.abs(errors) / unit, axis=0)])
    blocks = min(BLOCKS, length)
    block = np.arange(length) * blocks // length
    block_end = np.searchsorted(block, np.arange(blocks), side='right')
    centred = np.cumsum(errors / unit, axis=0)[block_end - 1]

    def spread_of(partial):
        """How far a pass's phases may be from the linear part of those in the middle, in units of the grid."""
        moved_on = (partial * spacing + own) @ (growth.T @ largest.T) / unit
        spread = drifts + moved_on * (1 + 8 * cushion)
        spread[:-1] += noise / unit
        return spread

    def sums(spread, cells, block):
        """Over all speeds, cell by cell of these too."""
        around = spread[:-1] + 0.5 / cells + 1e-9 + np.abs(passed[:-1]) * speeds / SPEEDS
        shares = (2 * np.arange(SPEEDS) + 1 - SPEEDS) / SPEEDS
        found = [phase_sums(phase + passed[:-1] * (share * speeds), around, cells, block) for share in shares]
        return (np.max(each, axis=0) for each in zip(*found))

    def partial_sums(spread):
        up, down = sums(spread, COARSE, block)
        inside = _near(width_at, COARSE)
        most = np.where(inside, np.maximum(up - centred[..., None], down + centred[..., None]), -np.inf).max(axis=2)
        most = np.maximum.accumulate(np.maximum(most, 0.0), axis=0)
        before = np.concatenate([np.zeros((1, width)), most[:-1]])
        begun = np.concatenate([[0], block_end[:-1]])[block]
        found = np.concatenate([np.zeros((1, width)), before[block] + cum[1:] - cum[begun]])
        return np.maximum.accumulate(np.where(on_grid, np.minimum(found, cum), 0.0), axis=0)

    steps = np.sqrt(np.arange(length + 1))[:, None]
    partial, proved = np.where(on_grid, np.minimum(cum, 0.1 * cum + 0.5 + 0.7 * steps), 0.0), False
    for _ in range(TRIES):
        found = partial_sums(spread_of(partial))
        if proved or (found <= partial).all():
            if proved:
                partial = np.minimum(partial, found)
                break
            partial, proved = found, True
        else:
            partial = np.maximum(partial, np.minimum(found * 1.1 + 0.02, cum))
    if not proved:
        partial = np.where(on_grid, cum, 0.0)
    spread = spread_of(partial)
    up, down = (table[-1] for table in sums(spread, CELLS, np.zeros(length, int)))
    leaves = spread[-1] + (length - half) * speeds if after is not None else np.ones(width)
    whole = errors.sum(axis=0)[:, None]
    up, down = up * unit[:, None] - whole, down * unit[:, None] + whole
    drifted = (drifts[-1] / (length - half) + speeds / SPEEDS)[on_grid]
    rate = np.median(drifted) / 2 if after is not None and len(drifted) else None
    final = (partial[-1] * spacing + own[-1]) @ growth.T + cushion * (growth @ form.box)
    window = Window(
        start,
        start + length,
        spacing,
        errors,
        up,
        down,
        partial[-1] * spacing,
        drifts[0] + half * speeds,
        leaves,
        np.full(width, -1),
        _near(width_at),
    )
    return window, moved(products[-1], final * (1 + 8 * cushion), form), orbit[-1], rate


def _orbit(centre, gains, shift, spacing, unit, at_start):
    """Numbers near which another evaluation's differences stay, the update errors that go with them, and their phases."""
    orbit = np.empty((len(gains) + 1, len(spacing)))
    orbit[0] = x = centre
    phases, centres = np.empty_like(shift), np.empty_like(shift)
    reach = np.minimum(np.maximum(at_start, 1e-3), 0.5)
    share = spacing / (4 * reach)  # the mean of the sawtooth over the reach
    for k, (gain, moved_by) in enumerate(zip(gains, shift)):
        step = gain @ x + moved_by
        phase = -step / unit
        phase -= np.rint(phase)
        a, b = phase + reach, phase - reach
        a -= np.rint(a)
        b -= np.rint(b)
        centres[k] = error = (b * b - a * a) * share
        phases[k] = phase
        orbit[k + 1] = x = x - step + error
    return centres, phases, orbit


def _near(reach, cells=CELLS):
    """Which cells of the circle are within a reach of zero; (numbers, cells)."""
    places = np.arange(cells) / cells
    return np.minimum(places, 1 - places) <= reach[:, None] + 0.5 / cells + 1e-9


def _support(rows, form):
    """A bound on ``|row D|`` for D in an ellipsoid; rows in the last axis but one."""
    width = rows.shape[-1]
    inside = np.maximum(((rows @ form.shape) * rows).sum(axis=-1), 0.0)
    return np.sqrt(inside + (2 * width + 32) * U * (np.abs(rows) @ form.deviation) ** 2) * (1 + 8 * U)


def _products(slopes):
    """The slopes up to each pass, and through all of them: I, J0, J1 J0, …"""
    found = np.concatenate([np.eye(slopes.shape[1])[None], slopes])
    step = 1
    while step < len(found):
        found[step:] = found[step:] @ found[:-step].copy()
        step *= 2
    return found
