"""The tube: how far other evaluations' numbers may be from the machine's at each cut of the tape, by induction from cut to cut.

At a cut the differences D of the numbers that live on lie in an ellipsoid, ``(c D)^2 <= c S c`` for every vector c.  A box around
it bounds second-order terms in the next piece; that piece's slopes J and noise h give the next ellipsoid (Theorem 2).
"""

import numpy as np

from .sweep import Batch

U = 2.0 ** -53
LARGEST = 2_000_000  # numbers in one array of a batch
WIDEST = 500  # numbers alive at a cut beyond which their box alone is kept
BYTES = 1_500_000_000  # of batches that are kept for the way back


class Chunk:
    """Consecutive pieces, computed in one batch for each plan.

    Attributes
    ----------
    groups : list of (ndarray of int, Batch, ndarray or None)
        Which pieces of the chunk, what they do, and their slopes.
    where : ndarray of int
        (pieces, 2): group of each piece and its row there.
    """

    def __init__(self, layout, pieces, radii, model, gamma):
        self.pieces, self.radii = pieces, radii
        self.layout, self.model, self.gamma = layout, model, gamma
        self.where = np.empty((len(pieces), 2), int)
        members = {}
        for i, piece in enumerate(pieces):
            row = members.setdefault(id(piece.plan), [])
            self.where[i] = len(members) - 1 if not row else self.where[row[0], 0], len(row)
            row.append(i)
        self.members = [np.array(rows) for rows in members.values()]
        self.slopes = [None] * len(self.members)
        self.batches = [None] * len(self.members)

    def batch(self, group):
        if self.batches[group] is None:
            rows = self.members[group]
            self.batches[group] = Batch(self.layout, [self.pieces[i] for i in rows], np.array([self.radii[i] for i in rows]), self.model, self.gamma)
        return self.batches[group]

    def forget(self):
        self.batches = [None] * len(self.members)

    def size(self):
        return sum(8 * batch.value.shape[0] * batch.plan.width * 8 for batch in self.batches if batch is not None)


def outgoing_of(batch, slack):
    """Slopes of the outgoing numbers by the incoming ones, and their noise."""
    plan = batch.plan
    passes = len(batch.value)
    weights = np.zeros((passes, len(plan.outgoing), plan.incoming + plan.made))
    weights[:, np.arange(len(plan.outgoing)), plan.outgoing] = 1.0
    slopes, reach, shift = batch.backward(weights)
    return slopes.copy(), (reach + np.abs(shift)) * slack


class Ellipsoid:
    """``(c D)^2 <= c S c`` for all c; ``box`` bounds each of D, infinite where nothing is known."""

    def __init__(self, shape, box):
        self.shape, self.box = shape, box

    def through(self, slopes, noise, limit):
        """The ellipsoid after a piece; ``limit`` is another bound on each of its numbers."""
        lost = np.isfinite(self.box) == 0
        gone = ~np.isfinite(noise)
        if lost.any():
            gone |= (slopes[:, lost] != 0).any(axis=1)
        if gone.any():
            noise = np.where(gone, 0.0, noise)
            slopes = np.where(gone[:, None], 0.0, slopes)
        image = slopes @ self.shape @ slopes.T
        image = (image + image.T) / 2
        width = np.abs(slopes) @ np.sqrt(np.diagonal(self.shape))
        busy = np.count_nonzero(noise)
        own = noise * noise * busy
        carried, added = np.trace(image), own.sum()
        if carried > 0 and added > 0:
            p = np.sqrt(added / carried)
            image *= 1 + p
            own *= 1 + 1 / p
        n = 2 * len(self.shape) + 16
        cushion = 1.01 * n * U * width * width.sum() * (2 if carried <= 0 or added <= 0 else 1 + p)
        diagonal = np.diagonal(image) * (1 + 8 * U)
        image[np.arange(len(image)), np.arange(len(image))] = diagonal + own * (1 + 2.0 ** -45) + cushion
        box = np.sqrt(np.maximum(np.diagonal(image), 0)) * (1 + 2.0 ** -45)
        box = np.minimum(np.where(gone, np.inf, box), limit)
        return Ellipsoid(image, box)


class Tube:
    """The chunks of a tape and their boxes, computed when made."""

    def __init__(self, layout, model, gamma, slack):
        self.layout = layout
        self.chunks = []
        pieces = layout.pieces
        ellipsoid = Ellipsoid(np.zeros((0, 0)), np.zeros(0))
        at, length, keep_zeros, kept = 0, 4, True, 0
        while at < len(pieces):
            room = max(1, LARGEST // (pieces[at].plan.width * max(1, len(pieces[at].plan.outgoing))))
            some = pieces[at:at + min(length, room)]
            chunk = Chunk(layout, some, self._guess(some, ellipsoid.box, keep_zeros), model, gamma)
            good, ellipsoid_after = self._follow(chunk, ellipsoid, slack)
            if good < len(some):
                keep_zeros = good > 1
                length = max(1, good // 2)
                chunk = Chunk(layout, some[:good], chunk.radii[:good], model, gamma)
                for group in range(len(chunk.members)):
                    chunk.slopes[group], _ = outgoing_of(chunk.batch(group), slack) if self._narrow(chunk.batch(group).plan) else (None, None)
            else:
                length, keep_zeros = length * 2, True
            self.chunks.append(chunk)
            kept += chunk.size()
            if kept > BYTES:
                chunk.forget()
            ellipsoid = ellipsoid_after
            at += good

    @staticmethod
    def _narrow(plan):
        return plan.incoming <= WIDEST and len(plan.outgoing) <= WIDEST

    def _guess(self, pieces, box, keep_zeros):
        """Radii that the incoming numbers of some pieces are assumed to have; the first piece's are known."""
        values = self.layout.tape.values
        first = pieces[0]
        floor = 64 * U * np.abs(values[first.incoming]).max(initial=1e-3)
        wide = 10 * box + np.where((box == 0) & keep_zeros, 0.0, floor)
        every = max(10 * box.max(initial=0.0), floor)
        radii = [box]
        for piece in pieces[1:]:
            radii.append(wide if piece.plan is first.plan else np.full(piece.plan.incoming, every))
        return radii

    def _follow(self, chunk, ellipsoid, slack):
        """The number of pieces whose assumed radii hold, at least one, and the ellipsoid after them."""
        noises = []
        for group in range(len(chunk.members)):
            batch = chunk.batch(group)
            if self._narrow(batch.plan):
                chunk.slopes[group], noise = outgoing_of(batch, slack)
            else:
                noise = None
            noises.append(noise)
        for i in range(len(chunk.pieces)):
            group, row = chunk.where[i]
            if not (ellipsoid.box <= chunk.radii[i]).all():
                return i, ellipsoid
            batch = chunk.batches[group]
            limit = batch.radius[row, batch.plan.outgoing]
            if noises[group] is None:
                ellipsoid = Ellipsoid(None, limit)
            else:
                if ellipsoid.shape is None:
                    box = np.where(np.isfinite(ellipsoid.box), ellipsoid.box, 0.0)
                    ellipsoid = Ellipsoid(np.diag(box * box * max(1, np.count_nonzero(box)) * (1 + 8 * U)), ellipsoid.box)
                ellipsoid = ellipsoid.through(chunk.slopes[group][row], noises[group][row], limit)
        return len(chunk.pieces), ellipsoid
