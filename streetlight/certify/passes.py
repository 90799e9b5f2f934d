"""A tape cut into pieces at the heads of its loops, so that passes with equal operations are computed in one batch."""

from bisect import bisect_left
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .deadline import LAYOUT
from .plans import Plan
from .signs import signs_of

LONGEST = 120  # operations of a pass beyond which its inner loops are cut too


class Operands:
    """The operands of a run of operations.

    Attributes
    ----------
    places : ndarray of int
        Of each node of each operand, which number of the log's rows says where the operand starts.
    offsets : ndarray of int
        What to add to that.
    listed : ndarray of bool
        Whether this is a place in the tape's list of nodes.
    users : ndarray of int
        The operation that it goes into.
    """

    def __init__(self, forms):
        empty = np.empty(0, np.int64)
        parts = [
            (3 * number + place, number, listed, offsets.ravel())
            for number, form in enumerate(forms)
            for place, (listed, offsets) in enumerate(form.patterns)
        ]
        sizes = [len(offsets) for *_, offsets in parts]
        self.places, self.users, self.listed = (
            np.repeat(np.array([part[i] for part in parts], kind), sizes) for i, kind in enumerate((int, int, bool))
        )
        self.offsets = np.concatenate([offsets for *_, offsets in parts] or [empty])


class Piece(NamedTuple):
    """A run of operations; the nodes that it makes start at ``base``."""

    plan: Plan
    base: int
    incoming: np.ndarray
    constants: np.ndarray


class Layout:
    """A tape's pieces.

    Attributes
    ----------
    pieces : list of Piece
        As many as there is time for, from the first on.
    terms : int
        A bound on the number of terms that flow back into one node.
    """

    def __init__(self, tape, end, deadline):
        self.tape = tape
        self.fixed = tape.fixed
        self.cuts = np.array(_cuts(tape.heads, end))
        self.bases = tape.log[self.cuts[:-1], 1]
        self.pieces = []
        self.plans = defaultdict(list)
        self.ends = self.cuts[1:]
        deadline.until(LAYOUT, self._lay)
        self.last_use = None  # hundreds of megabytes
        self.terms = max((plan.terms for plans in self.plans.values() for plan in plans), default=1)

    def _lay(self):
        """Make the pieces, from the first on."""
        self._read()
        incoming = np.empty(0, np.int64)
        while (k := len(self.pieces)) < len(self.bases):
            incoming = self._extend(self._plan(self.tape.operations, k, incoming), k, incoming)

    def _read(self):
        """A number for each piece's operations, what these need of the log, and each node's last use."""
        log, forms = self.tape.log, self.tape.forms
        known, self.codes, self.operands = {}, np.empty(len(self.bases), int), []
        self.positive = _positive_roots(self.tape)
        for k, (first, last) in enumerate(pairwise(self.cuts)):
            key = log[first:last, 0].tobytes(), (log[first:last, 1] - self.bases[k]).tobytes()  # constants may stand between
            key += tuple(self._positive_in(k))
            code = self.codes[k] = known.setdefault(key, len(known))
            if code == len(self.operands):
                self.operands.append(Operands([forms[number] for number in log[first:last, 0].tolist()]))
        self.last_use = np.full(self.tape.count, -1, np.int32)
        k = 0
        while k < len(self.codes):
            count = self._alike(k)
            uses = self.cuts[k : k + count, None] + self.operands[self.codes[k]].users
            self.last_use[self._piece_ids(k, count)] = uses
            k += count
        self.last_use[self.fixed] = -1  # made, but not alive: each piece has it as a constant

    def _positive_in(self, k):
        """Which of a piece's operations are square roots of numbers that are never negative."""
        first, last = self.cuts[k], self.cuts[k + 1]
        return [position - first for position in self.positive[bisect_left(self.positive, first) : bisect_left(self.positive, last)]]

    def _alike(self, k, most=1024):
        """How many pieces from one on have its operations."""
        same = self.codes[k : k + most] == self.codes[k]
        return len(same) if same.all() else int(np.argmin(same))

    def _alive(self, offsets, bases, incoming, ends):
        """Which numbers, incoming and made, later pieces use; (pieces, columns)."""
        return np.concatenate([self.last_use[incoming], self.last_use[bases[:, None] + offsets]], axis=1) >= ends[:, None]

    def _piece_ids(self, k, count=1):
        """The nodes of all operands of some pieces with the same operations; (pieces, nodes)."""
        operands = self.operands[self.codes[k]]
        starts = self.tape.log[self.cuts[k] : self.cuts[k + count], 2:].reshape(count, -1)
        ids = starts[:, operands.places] + operands.offsets
        if operands.listed.any():
            ids[:, operands.listed] = self.tape.listed[ids[:, operands.listed]]
        return ids

    def _plan(self, operations, k, incoming):
        """The plan of a piece, a known one where one fits."""
        ids = self._piece_ids(k)
        base, ends = self.bases[k : k + 1], self.ends[k : k + 1]
        for plan in self.plans[self.codes[k]]:
            if plan.fits(ids, self.fixed, base, incoming[None], self._alive(plan.offsets, base, incoming[None], ends))[0]:
                return plan
        part = [operations[position] for position in range(self.cuts[k], self.cuts[k + 1])]
        for number in self._positive_in(k):
            part[number] = part[number]._replace(extra='positive')
        made = np.concatenate([np.arange(op.first, op.first + int(np.prod(op.shape))) for op in part]) - base
        plan = Plan(part, ids[0], self.fixed, int(base[0]), incoming, self._alive(made, base, incoming[None], ends)[0])
        self.plans[self.codes[k]].append(plan)
        return plan

    def _extend(self, plan, k, incoming):
        """Append a piece and those after it that have its plan too, some thousand at most; the nodes that come in after them."""
        count = 1
        if plan.steady:
            count = self._alike(k)
        bases, ids = self.bases[k : k + count], self._piece_ids(k, count)
        entering = np.empty((count, plan.incoming), np.int64)
        entering[0] = incoming
        if count > 1:
            entering[:, plan.passed] = incoming[plan.passed]
            entering[1:, ~plan.passed] = bases[:-1, None] + plan.offsets[plan.outgoing[~plan.passed] - plan.incoming]
            good = plan.fits(ids, self.fixed, bases, entering, self._alive(plan.offsets, bases, entering, self.ends[k : k + count]))
            count = int(np.argmin(good)) if not good.all() else count
        constants = ids[:, plan.is_fixed]
        plan.pieces += count
        self.pieces += [Piece(plan, int(bases[i]), entering[i], constants[i]) for i in range(count)]
        return np.concatenate([entering[count - 1], bases[count - 1] + plan.offsets])[plan.outgoing]


def _positive_roots(tape):
    """(T4) The square roots of numbers that are negative in no evaluation, also where these come in from passes before."""
    rooting = np.array([form.kind == 'sqrt' for form in tape.forms], bool)
    positions = np.flatnonzero(rooting[tape.log[:, 0]]).tolist() if rooting.any() else []
    never_negative = signs_of(tape) if positions else None
    return [position for position in positions if never_negative(tape.operations[position].operands[0].ravel()).all()]


def _cuts(heads, end):
    """Positions at which a tape is cut: heads of outer loops, and of inner ones where passes are long."""
    cuts = {0, end}
    nested, open_loops = [], []
    for head in heads:
        if head.loop not in open_loops:
            open_loops.append(head.loop)
        depth = open_loops.index(head.loop)
        del open_loops[depth + (head.number >= 0) :]
        nested.append((depth, head.position))

    def cut(heads, start, stop, depth):
        at = sorted({position for d, position in heads if d == depth and start < position < stop})
        cuts.update(at)
        bounds = [start, *at, stop]
        deeper = [(d, position) for d, position in heads if d > depth]
        positions = np.array([position for _, position in deeper])
        for low, high in zip(bounds, bounds[1:]) if deeper else ():
            if high - low > LONGEST:
                i, j = np.searchsorted(positions, [low, high])
                if j > i:
                    cut(deeper[i:j], low, high, depth + 1)

    cut([head for head in nested if head[1] < end], 0, end, 0)
    ordered = sorted(cuts)
    for low, high in zip(ordered, ordered[1:]):
        if high - low > 2 * LONGEST:  # intervals would grow too wide
            cuts.update(range(low, high, LONGEST))
    return sorted(cuts)
