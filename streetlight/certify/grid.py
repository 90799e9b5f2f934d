"""The grid stage: what long training loops round is nearly the same in all evaluations.

Of ``s -= update`` in one binade with spacing g the result is a multiple of g, so its rounding error is ``g saw(phase)``: it depends
on the update modulo g alone.  In a window of passes the phases of another evaluation are the machine's, moved by one number that
hardly changes; so the largest sum of errors is the largest over that number, not a sum of largest errors.  Windows are joined over
cells of the phase (Theorem 3 of ``docs/certificates.md``).
"""

from typing import NamedTuple

import numpy as np

from .phases import CELLS, dilated, phase_sums
from .tube import Ellipsoid, U, moved

DRIFT = 0.1  # how far phases may drift in a window, about
SHORTEST, LONGEST = 6, 1024  # passes of a window
WIDEST = 64  # numbers that a pass hands to the next, beyond which there is no grid stage
FEWEST = 200  # passes below which it is not worth it
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


class Grid:
    """The windows of a tube's chunks.

    Parameters
    ----------
    tube : Tube
    slack : float
    """

    def __init__(self, tube, slack):
        self.tube, self.slack = tube, slack
        self.windows = [[] for _ in tube.chunks]
        self.last = self.rate = None  # the window before, and how fast its phases drifted
        self.joined, self.form, self.centre = False, None, None  # whether the chunk before leads to the next
        for number, chunk in enumerate(tube.chunks):
            for start, stop in _runs(chunk):
                self._passes(number, start, stop)
            chunk.forget()

    def __bool__(self):
        return any(self.windows)

    def _passes(self, number, start, stop):
        """Cut a run of passes into windows."""
        chunk = self.tube.chunks[number]
        slopes, reach, shift, spacing = _of_pieces(chunk, start, stop, self.slack)
        width = slopes.shape[1]
        if not np.isfinite(reach).all() or not spacing.any():
            self.joined = False
            return
        if start or not self.joined or len(self.centre) != width:
            self.last = self.rate = None
            self.form, self.centre = Ellipsoid.around(chunk.boxes[start]), np.zeros(width)
        gains = np.eye(width) - slopes
        following = _first_gain(self.tube.chunks, number + 1, width) if stop == len(chunk.pieces) else None
        speed = np.where(spacing > 0, np.abs(gains).sum(axis=2), 0.0).max(axis=1)
        at, count = 0, stop - start
        while at < count:
            now = max(np.median(speed[at : at + 64]), 1e-9)
            if self.rate is None:
                self.rate = now
            # random phases sum up to about sqrt(length), drifting ones to length^2
            length = int(min((0.5 / max(self.rate, 1e-9)) ** (2 / 3), 2 * DRIFT / now, LONGEST))
            good = length >= SHORTEST
            length = min(max(length, SHORTEST), count - at)
            here = slice(at, at + length)
            same = (spacing[here] == spacing[at]).all(axis=0) & (spacing[at] > 0)
            after = gains[at + length] if at + length < count else following
            if not good:
                self._plain(slopes[here], gains[here], reach[here], shift[here])
                self.last = self.rate = None
                at += length
                continue
            window = self._window(start + at, slopes[here], gains[here], after, reach[here], shift[here], np.where(same, spacing[at], 0.0))
            if self.last is not None:
                self._join(self.last, window)
            self.windows[number].append(window)
            self.last = window
            at += length
        self.joined = following is not None

    @staticmethod
    def _join(before, window):
        """How far phases move between the middles of two windows; where the grid changes they are others."""
        moved_by = before.leaves + window.enters
        known = (before.spacing == window.spacing) & (window.spacing > 0) & (moved_by < 0.5)
        before.drift[known] = np.floor(moved_by[known] * CELLS + 1)

    def _plain(self, slopes, gains, reach, shift):
        """Passes that change too much for a window: all rounding errors are free."""
        for slope, gain, noise, moved_by in zip(slopes, gains, reach, shift):
            step = gain @ self.centre + moved_by
            lost = (len(step) + 8) * U * (np.abs(gain) @ np.abs(self.centre) + np.abs(self.centre) + np.abs(moved_by))
            self.centre = self.centre - step
            self.form = moved(slope, noise + lost, self.form)

    def _window(self, start, slopes, gains, after, reach, shift, spacing):
        length, width = reach.shape
        on_grid = spacing > 0
        unit = np.where(on_grid, spacing, 1.0)
        form, half = self.form, length // 2
        cushion = (length + 3) * (width + 8) * U
        largest = np.abs(gains).max(axis=0) if after is None else np.maximum(np.abs(gains).max(axis=0), np.abs(after))
        growth = np.linalg.matrix_power(np.eye(width) + largest, length) * (1 + 8 * cushion)
        products = _products(slopes)
        middle = gains[half] @ products[half]
        width_at = np.where(on_grid, (_support(middle, form) + cushion * (largest @ growth @ form.box)) / unit, 1.0)
        centre, phase, orbit = self._orbit(gains, shift, spacing, unit, width_at)
        lost = cushion * (np.abs(orbit[:-1]) @ (np.eye(width) + largest).T + np.abs(shift) + spacing)  # the orbit's own rounding
        noise = reach - spacing / 2 + lost
        ends = np.concatenate([gains, (np.zeros((1, width, width)) if after is None else after[None])]) @ products - middle
        turn = (ends[-2] - ends[0]) / max(length - 1, 1)  # most of a drift goes on evenly
        passed = (np.arange(length + 1) - half)[:, None]
        rounded = cushion * ((largest @ growth + largest) @ form.box) * 3
        speeds = (_support(turn, form) + rounded) / unit
        drifts = (_support(ends - passed[..., None] * turn, form) + rounded * (1 + np.abs(passed))) / unit
        own = np.concatenate([np.zeros((1, width)), np.cumsum(noise, axis=0)])
        cum = np.concatenate([np.zeros((1, width)), np.cumsum(np.where(on_grid, 0.5, 0) + np.abs(centre) / unit, axis=0)])
        blocks = min(BLOCKS, length)
        block = np.arange(length) * blocks // length
        block_end = np.searchsorted(block, np.arange(blocks), side='right')
        centred = np.cumsum(centre / unit, axis=0)[block_end - 1]

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
        whole = centre.sum(axis=0)[:, None]
        up, down = up * unit[:, None] - whole, down * unit[:, None] + whole
        drifted = (drifts[-1] / (length - half) + speeds / SPEEDS)[on_grid]
        self.rate = np.median(drifted) / 2 if after is not None and len(drifted) else None
        final = (partial[-1] * spacing + own[-1]) @ growth.T + cushion * (growth @ form.box)
        self.form = moved(products[-1], final * (1 + 8 * cushion), form)
        self.centre = orbit[-1]
        return Window(
            start,
            start + length,
            spacing,
            centre,
            up,
            down,
            partial[-1] * spacing,
            drifts[0] + half * speeds,
            leaves,
            np.full(width, -1),
            _near(width_at),
        )

    def _orbit(self, gains, shift, spacing, unit, at_start):
        """Numbers near which another evaluation's differences stay, the update errors that go with them, and their phases."""
        orbit = np.empty((len(gains) + 1, len(spacing)))
        orbit[0] = x = self.centre
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

    def back(self, number, ends, state):
        """Take weights at the ends of a chunk's pieces (pieces, results, numbers) back through its windows."""
        for window in reversed(self.windows[number]):
            state.through(window, np.array(ends[window.start : window.stop]))


class Joined:
    """What the errors on grids can add to each result, window after window, from the last.

    Attributes
    ----------
    own : ndarray
        What the sweep counted for them.
    known : ndarray
        What they add in all evaluations.
    """

    def __init__(self, results):
        self.own, self.known = np.zeros(results), np.zeros(results)
        self.above = self.below = np.zeros(results)
        self.best = None

    def through(self, window, weights):
        width = len(window.spacing)
        if self.best is None or self.best.shape[2] != width:
            self.close()
            self.best = np.zeros((2, weights.shape[1], width, CELLS))
        sizes = np.abs(weights)
        self.known += np.einsum('nkd,nd->k', weights, window.centre)
        self.own += sizes.sum(axis=0) @ (window.spacing / 2)
        most = np.einsum('nkd,nd->kd', sizes, window.spacing / 2 + np.abs(window.centre))
        bend = np.abs(np.diff(weights, axis=0)).sum(axis=0) * window.partial
        last = weights[-1]
        high = np.where((last >= 0)[..., None], window.up, window.down)
        low = np.where((last >= 0)[..., None], window.down, window.up)
        added = np.abs(last)[..., None] * np.array([high, low]) + bend[..., None]
        added = np.minimum(added, most[..., None])
        added[:, :, window.spacing == 0] = 0.0
        self.best = np.where(window.allowed, added + dilated(self.best, window.drift), -np.inf)

    def close(self):
        """Whatever the phases are at the start of the windows so far."""
        if self.best is not None:
            above, below = self.best.max(axis=-1).sum(axis=-1)
            self.above, self.below, self.best = self.above + above, self.below + below, None

    def ends(self):
        """The least and the most that they add, and what the sweep counted."""
        self.close()
        cushion = self.own * 2.0**-30
        return self.known - self.below - cushion, self.known + self.above + cushion, self.own


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


def _runs(chunk):
    """Runs of pieces that hand on as many numbers as they get."""
    start = None
    for i, piece in enumerate(chunk.pieces):
        width = piece.plan.incoming
        fits = 0 < width == len(piece.plan.outgoing) <= WIDEST and chunk.slopes[chunk.where[i, 0]] is not None
        if start is not None and (not fits or width != chunk.pieces[start].plan.incoming):
            yield start, i
            start = None
        if fits and start is None:
            start = i
    if start is not None:
        yield start, len(chunk.pieces)


def _of_pieces(chunk, start, stop, slack):
    """Slopes, reaches, shifts and spacings of some pieces, in order."""
    width = chunk.pieces[start].plan.incoming
    slopes, (reach, shift, spacing) = np.empty((stop - start, width, width)), np.empty((3, stop - start, width))
    for group, members in enumerate(chunk.members):
        rows = np.flatnonzero((members >= start) & (members < stop))
        if len(rows):
            at = members[rows] - start
            slopes[at] = chunk.slopes[group][rows]
            own, moved_by, size = (each[rows] for each in chunk.sums[group])
            reach[at], shift[at] = own * slack + size * (slack - 1), moved_by
            spacing[at] = _spacing(chunk.batch(group), rows)
    return slopes, reach, shift, spacing


def _first_gain(chunks, number, width):
    if number == len(chunks):
        return None
    chunk = chunks[number]
    plan, group = chunk.pieces[0].plan, chunk.where[0, 0]
    if not (plan.incoming == len(plan.outgoing) == width) or chunk.slopes[group] is None:
        return None
    return np.eye(width) - chunk.slopes[group][chunk.where[0, 1]]


def _updates(plan):
    """Numbers that a pass updates by one addition, unused in it afterwards: pairs (its place, column of the result)."""
    used = np.zeros(plan.width, bool)
    for step in plan.steps:
        for operand in step.operands:
            used[operand.columns] = True
    for step in plan.steps:
        if step.kind not in ('add', 'subtract'):
            continue
        for operand in step.operands[: 1 + (step.kind == 'add')]:
            if operand.shape != step.shape:
                continue
            sources = np.r_[operand.columns]
            for place, column in enumerate(plan.outgoing.tolist()):
                if step.start <= column < step.stop and not used[column] and sources[column - step.start] == place:
                    yield place, column


def _spacing(batch, rows):
    """The grid of each number that each pass updates, in all evaluations; 0 where there is none."""
    plan = batch.plan
    found = np.zeros((len(rows), plan.incoming))
    for place, column in _updates(plan):
        values, radii = (each[rows][:, [place, column]] for each in (batch.value, batch.radius))
        low, high = (np.abs(values) - radii).min(axis=1) * (1 - 4 * U), (np.abs(values) + radii).max(axis=1) * (1 + 4 * U)
        exponent = np.frexp(high)[1]
        spacing = np.ldexp(1.0, exponent - 53)
        good = (low > np.ldexp(0.5, exponent) + spacing) & (values[:, 0] * values[:, 1] > 0) & (spacing > 2.0**-900)
        good &= batch.noise[rows, column - plan.incoming] >= spacing / 2
        found[:, place] = np.where(good, spacing, 0.0)
    return found
