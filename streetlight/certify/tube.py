"""The tube: how far other evaluations' numbers may be from the machine's at each cut of the tape, by induction from cut to cut.

At a cut the differences D of the numbers that live on lie in an ellipsoid, ``(c D)^2 <= c S c`` for every vector c.  A box around
it bounds second-order terms in the next piece; that piece's slopes J and noise h give the next ellipsoid (Theorem 2).
"""

from typing import NamedTuple

import numpy as np

from .ellipsoids import Ellipsoid, through
from .flow import TOGETHER, flow_of
from .folded import Folded
from .sums import U
from .sweep import Batch

LARGEST = 2_000_000  # numbers in one array of a batch
BLOCK = 300_000  # numbers that flow back side by side, so that they stay in the processor's cache
WIDEST = 800  # numbers alive at a cut beyond which their box alone is kept
SMALL = 1e-8  # a box in which second-order terms are nothing beside what is rounded, were it ten times as wide
BYTES = 1_200_000_000  # of batches that are kept for the way back


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


class Transfer:
    """How the outgoing numbers of a batch's passes come from the incoming ones: ``D' = J D + noise``.

    Attributes
    ----------
    slopes : ndarray or Folded
        (passes, outgoing, incoming), as floats; what they miss is in the noise.
    noise : ndarray
        (passes, outgoing)
    sums : ndarray or None
        What the grid stage asks for.
    limit : ndarray
        Another bound on the outgoing numbers, by intervals.
    """

    def __init__(self, batch, slack):
        plan = batch.plan
        passes, results = len(batch.value), len(plan.outgoing)
        self.limit = batch.radius[:, plan.outgoing]
        self.vague = batch.either_zero[:, plan.outgoing]
        self.slopes = self.noise = self.sums = None
        if plan.incoming > WIDEST or results > WIDEST:
            return
        lost = (self.limit == np.inf) & (plan.outgoing >= plan.incoming)
        moving = ((self.limit != 0) & ~lost).any(axis=0)  # the others are lost, or the same in all evaluations
        flow = flow_of(plan)
        if flow and batch.lost is None and np.isfinite(batch.radius).all():
            self._flow(flow, batch, moving)
            self.noise *= slack
        else:
            self.slopes, self.sums = np.zeros((passes, results, plan.incoming)), np.zeros((3, passes, results))
            self._dense(batch, np.flatnonzero(moving))
            self.sums[0][lost] = np.inf
            reach, shift, size = self.sums
            self.noise = (reach + np.abs(shift) + size * (slack - 1)) * slack
        self.gone = ~np.isfinite(self.noise)
        self.any_gone = bool(self.gone.any())
        self.sizes = abs(self.slopes)
        with np.errstate(all='ignore'):
            self.own = self.noise**2 * np.count_nonzero(self.noise, axis=1)[:, None]
            self.own_sum = self.own.sum(axis=1)

    def _dense(self, batch, moving):
        plan, passes = batch.plan, len(self.slopes)
        block = max(1, BLOCK // (max(1, len(moving)) * max(1, plan.width)))
        for first in range(0, passes, block):
            rows = slice(first, min(passes, first + block))
            weights = np.zeros((rows.stop - first, len(moving), plan.incoming + plan.made))
            weights[:, np.arange(len(moving)), plan.outgoing[moving]] = 1.0
            self.slopes[rows, moving], reach, shift = batch.backward(weights, rows)
            self.sums[:, rows, moving] = reach, shift, batch.last_size

    def _flow(self, flow, batch, moving):
        passes = len(batch.value)
        parts = [flow.run(batch, slice(first, min(passes, first + TOGETHER))) for first in range(0, passes, TOGETHER)]
        self.slopes, self.noise = Folded.joined([slopes for slopes, _ in parts]), np.concatenate([noise for _, noise in parts])
        self.slopes.stop(~moving)
        self.noise[:, ~moving] = 0.0

    def __call__(self, ellipsoid, row):
        """The ellipsoid after a pass, from the one before it."""
        slopes, sizes, own, added, gone = self.slopes[row], self.sizes[row], self.own[row], self.own_sum[row], None
        if type(self.slopes) is Folded:
            shape = slopes @ (slopes @ ellipsoid.shape).T
            return through(shape, sizes @ ellipsoid.deviation, slopes.terms, own, added, None)
        if ellipsoid.lost is not None or self.any_gone:
            gone = self.gone[row]
            if ellipsoid.lost is not None:
                gone = gone | (slopes[:, ellipsoid.lost] != 0).any(axis=1)
            keep = ~gone
            noise = np.where(gone, 0.0, self.noise[row])
            slopes, sizes = slopes * keep[:, None], sizes * keep[:, None]
            own = noise * noise * np.count_nonzero(noise)
            added = own.sum()
        return through(slopes @ ellipsoid.shape @ slopes.T, sizes @ ellipsoid.deviation, slopes.shape[1], own, added, gone)


class Head(NamedTuple):
    """What is known, or assumed, of the numbers at a piece's head: a box, and which zeros may have either sign."""

    box: np.ndarray
    vague: np.ndarray

    def within(self, other):
        return bool((self.box <= other.box).all() and (self.vague <= other.vague).all())


class Tube:
    """The chunks of a tape and their boxes; ``starts`` has the number of each chunk's first piece, and of the first after them."""

    def __init__(self, layout, model, gamma, slack):
        self.layout, self.bounds = layout, (model, gamma, slack)
        self.chunks, self.starts = [], [0]
        self.heads = {}  # of each plan, at the last of its pieces to begin a chunk

    def grow(self, watched):
        """Compute the chunks in order, until a decision is undecided; each is valid by itself, whenever this is ended."""
        layout, pieces, (model, gamma, slack) = self.layout, self.layout.pieces, self.bounds
        ellipsoid, head = Ellipsoid.around(np.zeros(0)), Head(np.zeros(0), np.zeros(0, bool))
        at, length, hopeful, kept = 0, 4, True, 0
        while at < len(pieces) and watched.undecided is None:
            plan = pieces[at].plan
            room = max(1, LARGEST // (max(1, plan.width) * (2 * TOGETHER if flow_of(plan) else max(1, len(plan.outgoing)))))
            some = self._known(pieces[at : at + min(length, room)])
            chunk = Chunk(layout, some, self._guess(some, head, hopeful), model, gamma)
            good, ellipsoid, head = self._follow(chunk, ellipsoid, head, slack)
            boxes = chunk.boxes[:good]
            if good < len(some):
                hopeful = good > 1
                length = max(1, good // 2)
                chunk = Chunk(layout, some[:good], chunk.heads[:good], model, gamma)
                chunk.boxes = boxes
                for group in range(len(chunk.members)):
                    chunk.keeps(group, Transfer(chunk.batch(group), slack))
            else:
                length, hopeful = length * 2, True
            watched.look(chunk, at)
            self.starts.append(at + good)
            self.chunks.append(chunk)
            kept += chunk.size()
            if kept > BYTES:
                kept -= chunk.size()
                chunk.keep = False
                chunk.forget()
            at += good

    def _known(self, pieces):
        """Pieces up to the first with a plan of which no head is known yet."""
        for i, piece in enumerate(pieces):
            if i and piece.plan is not pieces[0].plan and piece.plan not in self.heads:
                return pieces[:i]
        return pieces

    def _guess(self, pieces, head, hopeful):
        """What is assumed at some pieces' heads, the first of which is known; ``hopeful`` that what is exact stays so."""
        first, box = pieces[0], head.box
        widest = box.max(initial=0.0, where=np.isfinite(box))
        wider = 10 if widest < SMALL else 2
        floor = 64 * U * np.abs(self.layout.tape.values[first.incoming]).max(initial=1e-3)
        every = max(wider * widest, floor)
        self.heads[first.plan] = head
        guesses = {first.plan: Head(np.where((box == 0) & hopeful, 0.0, wider * box + floor), head.vague | (not hopeful))}
        for piece in pieces[1:]:
            if piece.plan not in guesses:
                last = self.heads[piece.plan]
                wide = np.where((last.box == 0) & hopeful, 0.0, np.maximum(wider * last.box, every))
                guesses[piece.plan] = Head(wide, last.vague | (not hopeful))
        return [head] + [guesses[piece.plan] for piece in pieces[1:]]

    @staticmethod
    def _follow(chunk, ellipsoid, head, slack):
        """The number of pieces whose heads are as assumed, at least one; the ellipsoid and the head after them."""
        transfers = []
        for group in range(len(chunk.members)):
            transfers.append(Transfer(chunk.batch(group), slack))
            chunk.keeps(group, transfers[group])
        for i, (group, row) in enumerate(chunk.where.tolist()):
            if i and not head.within(chunk.heads[i]):
                return i, ellipsoid, head
            transfer, before = transfers[group], (ellipsoid, head)
            chunk.boxes.append(head.box)
            if transfer.slopes is None:
                ellipsoid, box = None, transfer.limit[row]
            else:
                ellipsoid = transfer(ellipsoid or Ellipsoid.around(head.box), row)
                box = np.minimum(ellipsoid.box, transfer.limit[row])
            head = Head(box, transfer.vague[row])
            if i and box.max(initial=0.0) > 1e3 * max(before[1].box.max(initial=0.0), 1e-14):
                return i, *before  # a mask or a maximum that a nearer box may decide
        return len(chunk.pieces), ellipsoid, head
