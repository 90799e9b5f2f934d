"""Consecutive pieces of a tape, computed side by side."""

import numpy as np

from .sweep import Batch


class Chunk:
    """Consecutive pieces, computed in one batch for each plan.

    Attributes
    ----------
    groups : list of (ndarray of int, Batch, ndarray or None)
        Which pieces of the chunk, what they do, and their slopes.
    sums : list of ndarray
        (3, passes, outgoing): the noise of each outgoing number, the machine's own error, and the sum that bounds what that rounds.
    boxes : list of ndarray
        Of each piece, what was found at its head.
    where : ndarray of int
        (pieces, 2): group of each piece and its row there.
    """

    def __init__(self, layout, pieces, heads, model, gamma):
        self.pieces, self.heads = pieces, heads
        self.layout, self.model, self.gamma = layout, model, gamma
        self.where = np.empty((len(pieces), 2), int)
        members = {}
        for i, piece in enumerate(pieces):
            row = members.setdefault(id(piece.plan), [])
            self.where[i] = len(members) - 1 if not row else self.where[row[0], 0], len(row)
            row.append(i)
        self.members = [np.array(rows) for rows in members.values()]
        self.slopes = [None] * len(self.members)
        self.sums = [None] * len(self.members)
        self.boxes = []
        self.batches = [None] * len(self.members)
        self.keep = True

    def batch(self, group):
        if self.batches[group] is None:
            rows = self.members[group]
            radii, vague = (np.array([self.heads[i][part] for i in rows]) for part in range(2))
            self.batches[group] = Batch(self.layout, [self.pieces[i] for i in rows], radii, vague, self.model, self.gamma)
        return self.batches[group]

    def keeps(self, group, transfer):
        """What is kept of how a group's numbers pass on."""
        self.slopes[group], self.sums[group] = transfer.slopes, transfer.sums

    def forget(self):
        """Let the batches go where they are too many to keep; they are computed again when asked for."""
        if self.keep:
            return
        self.batches = [None] * len(self.members)

    def size(self):
        return sum(5 * batch.value.shape[0] * batch.plan.width * 8 for batch in self.batches if batch is not None)
