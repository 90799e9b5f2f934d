"""The tube: how far other evaluations' numbers may be from the machine's at each cut of the tape, by induction from cut to cut.

At a cut the differences D of the numbers that live on lie in an ellipsoid, ``(c D)^2 <= c S c`` for every vector c.  A box around
it bounds second-order terms in the next piece; that piece's slopes J and noise h give the next ellipsoid (Theorem 2).
"""

from typing import NamedTuple

import numpy as np

from .chunk import Chunk
from .ellipsoids import Ellipsoid, through
from .flow import TOGETHER, flow_of, moved
from .folded import Folded
from .sums import U

LARGEST = 2_000_000  # numbers in one array of a batch
BLOCK = 300_000  # numbers that flow back side by side, so that they stay in the processor's cache
WIDEST = 800  # numbers alive at a cut beyond which their box alone is kept
WIDER = 10  # so many times as wide as it is now is a box assumed to be later
SMALL = 1e-8  # a box in which second-order terms are nothing beside what is rounded, were it ten times as wide
ENOUGH = 4_000_000  # numbers to move in a pass, beside which its steps' own time is little
BYTES = 1_200_000_000  # of batches that are kept for the way back


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
        self.wider = WIDER

    def grow(self, watched):
        """Compute the chunks in order, until a decision is undecided; each is valid by itself, whenever this is ended."""
        layout, pieces, (model, gamma, slack) = self.layout, self.layout.pieces, self.bounds
        ellipsoid, head = Ellipsoid.around(np.zeros(0)), Head(np.zeros(0), np.zeros(0, bool))
        at, length, hopeful, kept = 0, 4, True, 0
        while at < len(pieces) and watched.undecided is None:
            some = self._known(pieces[at : at + min(length, self._room(pieces[at].plan))])
            chunk = Chunk(layout, some, self._guess(some, head, hopeful), model, gamma)
            good, ellipsoid, head = self._follow(chunk, ellipsoid, head, slack)
            boxes = chunk.boxes[:good]
            if good < len(some):
                jumped = head.within(chunk.heads[good])  # it may be decided in a nearer box what is not in one so wide
                self.wider = max(1.2, self.wider**0.5) if jumped else min(WIDER, 1.5 * self.wider)
                hopeful, length = (True, max(2, good)) if jumped else (good > 1, max(1, good // 2))
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

    @staticmethod
    def _room(plan):
        """How many passes of a plan to take at once: one where that is work enough, and its head is known instead of assumed."""
        flow = flow_of(plan)
        if (flow.work if flow else moved(plan)) > ENOUGH:
            return 1
        return max(1, LARGEST // (max(1, plan.width) * (2 * TOGETHER if flow else max(1, len(plan.outgoing)))))

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
        wider = self.wider if widest < SMALL else min(self.wider, 2)
        floor = 64 * U * np.abs(self.layout.tape.values[first.incoming])
        every = max(wider * widest, floor.max(initial=64 * U * 1e-3))
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
