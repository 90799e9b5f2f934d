"""Windows of passes joined over cells of their phases: a longest path (Theorem 3 of ``docs/certificates.md``)."""

import numpy as np

from .phases import CELLS, dilated


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
