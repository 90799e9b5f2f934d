"""The grid stage: what long training loops round is nearly the same in all evaluations.

Of ``s -= update`` in one binade with spacing g the result is a multiple of g, so its rounding error is ``g saw(phase)``: it depends
on the update modulo g alone.  In a window of passes the phases of another evaluation are the machine's, moved by one number that
hardly changes; so the largest sum of errors is the largest over that number, not a sum of largest errors.  Windows are joined over
cells of the phase (Theorem 3 of ``docs/certificates.md``).
"""

import numpy as np

from .ellipsoids import Ellipsoid, moved
from .phases import CELLS
from .sums import U
from .updates import first_gain, of_pieces, runs
from .windows import window_of

DRIFT = 0.1  # how far phases may drift in a window, about
SHORTEST, LONGEST = 6, 1024  # passes of a window
FEWEST = 200  # passes below which it is not worth it


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
            for start, stop in runs(chunk):
                self._passes(number, start, stop)
            chunk.forget()

    def __bool__(self):
        return any(self.windows)

    def _passes(self, number, start, stop):
        """Cut a run of passes into windows."""
        chunk = self.tube.chunks[number]
        slopes, reach, shift, spacing = of_pieces(chunk, start, stop, self.slack)
        width = slopes.shape[1]
        if not np.isfinite(reach).all() or not spacing.any():
            self.joined = False
            return
        if start or not self.joined or len(self.centre) != width:
            self.last = self.rate = None
            self.form, self.centre = Ellipsoid.around(chunk.boxes[start]), np.zeros(width)
        gains = np.eye(width) - slopes
        following = first_gain(self.tube.chunks, number + 1, width) if stop == len(chunk.pieces) else None
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
            window, self.form, self.centre, self.rate = window_of(
                start + at,
                slopes[here],
                gains[here],
                after,
                reach[here],
                shift[here],
                np.where(same, spacing[at], 0.0),
                self.form,
                self.centre,
            )
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

    def back(self, number, ends, state):
        """Take weights at the ends of a chunk's pieces (pieces, results, numbers) back through its windows."""
        for window in reversed(self.windows[number]):
            state.through(window, np.array(ends[window.start : window.stop]))
