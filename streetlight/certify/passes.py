"""A tape cut into pieces at the heads of its loops, so that passes with equal operations are computed in one batch.

A *piece* is a run of operations; its *plan* says what it does, without the numbers of its nodes.  A piece's numbers stand in the
columns of one row: those that come in from earlier pieces and may vary, those that its operations make, those that are fixed.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

LONGEST = 120  # operations of a pass beyond which its inner loops are cut too


class Operand(NamedTuple):
    """Columns of a row: a slice where they are consecutive."""

    columns: object
    shape: tuple
    fixed: bool
    distinct: bool

    def same_as(self, other):
        return self.shape == other.shape and np.array_equal(np.r_[self.columns], np.r_[other.columns])


class Step(NamedTuple):
    """One operation of a plan; its result stands in the columns from ``start`` on."""

    kind: str
    operands: tuple
    shape: tuple
    start: int
    stop: int
    extra: object


class Plan:
    """What a piece does.

    Attributes
    ----------
    steps : list of Step
    incoming, made, constant : int
        How many columns of each sort there are, in this order.
    offsets : ndarray
        Of the nodes made, from the piece's first node.
    outgoing : ndarray
        The columns that later pieces use.
    """

    def __init__(self, operations, ids, fixed, base, incoming, alive):
        self.incoming = len(incoming)
        self.offsets = np.concatenate([np.arange(op.first, op.first + int(np.prod(op.shape))) for op in operations]) - base
        self.made = len(self.offsets)
        self.is_fixed = fixed[ids]
        self.is_made = ~self.is_fixed & (ids >= base)
        self.is_incoming = ~self.is_fixed & (ids < base)
        order = np.argsort(incoming, kind='stable')
        columns = np.empty(len(ids), int)
        columns[self.is_made] = self.incoming + np.searchsorted(self.offsets, ids[self.is_made] - base)
        columns[self.is_incoming] = order[np.searchsorted(incoming, ids[self.is_incoming], sorter=order)]
        self.constant = int(self.is_fixed.sum())
        columns[self.is_fixed] = self.incoming + self.made + np.arange(self.constant)
        self.made_at, self.incoming_at = ids[self.is_made] - base, columns[self.is_incoming]
        self.alive = alive
        self.outgoing = np.flatnonzero(alive)
        self.width = self.incoming + self.made + self.constant
        self.steps = list(self._steps(operations, columns))
        # (T5) how many terms flow back into one column
        self.terms = np.ones(self.width)
        for step in self.steps:
            reach = int(np.prod(np.broadcast_shapes(*[operand.shape for operand in step.operands]))) if step.operands else 0
            for operand in step.operands:
                np.add.at(self.terms, operand.columns, reach / max(1, int(np.prod(operand.shape))))
        self.terms = int(self.terms[:self.incoming + self.made].max(initial=1)) + 1
        # which incoming numbers a next piece with this plan has, where they stay in their places
        passed = self.outgoing < self.incoming
        self.steady = len(self.outgoing) == self.incoming and bool((self.outgoing[passed] == np.flatnonzero(passed)).all())
        self.passed = passed

    def _steps(self, operations, columns):
        at, start = 0, self.incoming
        for op in operations:
            operands = []
            for nodes in op.operands:
                shape = nodes.shape
                own = columns[at:at + nodes.size]
                at += nodes.size
                consecutive = len(own) > 0 and bool((np.diff(own) == 1).all())
                operands.append(Operand(slice(int(own[0]), int(own[-1]) + 1) if consecutive else own, shape,
                                        bool((own >= self.incoming + self.made).all()), consecutive or len(set(own.tolist())) == len(own)))
            size = int(np.prod(op.shape))
            yield Step(op.kind, tuple(operands), op.shape, start, start + size, op.extra)
            start += size

    def fits(self, ids, fixed, bases, incoming, alive):
        """Which of some pieces with the same kinds and shapes of operations have this plan; an array of bool."""
        if incoming.shape[1] != self.incoming or alive.shape[1] != len(self.alive):
            return np.zeros(len(ids), bool)
        return (fixed[ids[:, self.is_fixed]].all(axis=1) & (alive == self.alive).all(axis=1)
                & (ids[:, self.is_made] - bases[:, None] == self.made_at).all(axis=1)
                & (incoming[:, self.incoming_at] == ids[:, self.is_incoming]).all(axis=1))


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
    terms : int
        A bound on the number of terms that flow back into one node.
    """

    def __init__(self, tape, end):
        self.tape = tape
        self.fixed = tape.fixed
        operations = tape.operations[:end]
        self.cuts = _cuts(tape.heads, end)
        self._read(operations)
        self.pieces = []
        self.plans = defaultdict(list)
        self.bases = np.array([operations[cut].first for cut in self.cuts[:-1]], np.int64)
        self.ends = np.array(self.cuts[1:])
        incoming = np.empty(0, np.int64)
        k = 0
        while k < len(self.bases):
            plan = self._plan(operations, k, incoming)
            incoming = self._extend(plan, k, incoming)
            k = len(self.pieces)
        del self.ids, self.last_use  # hundreds of megabytes
        self.terms = max((plan.terms for plans in self.plans.values() for plan in plans), default=1)

    def _read(self, operations):
        """All operands' nodes in one array, each node's last use, and a number for each piece's kinds and shapes."""
        operands = [nodes for operation in operations for nodes in operation.operands]
        sizes = np.array([nodes.size for nodes in operands] or [0])
        counts = np.array([len(operation.operands) for operation in operations])
        first_operand = np.concatenate([[0], np.cumsum(counts)])
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        self.ids = np.empty(offsets[-1], np.int64)
        for i in range(0, len(operands), 100_000):
            some = operands[i:i + 100_000]
            self.ids[offsets[i]:offsets[i + len(some)]] = np.concatenate(some, axis=None)
        self.last_use = np.full(self.tape.count, -1, np.int64)
        self.last_use[self.ids] = np.repeat(np.repeat(np.arange(len(operations)), counts), sizes[:len(operands)])
        at = first_operand[self.cuts]
        self.offsets = offsets[at]
        kinds = [operation.kind for operation in operations]
        shapes = [operation.shape for operation in operations]
        extras = [operation.extra for operation in operations]
        shapes_in = [nodes.shape for nodes in operands]
        firsts = np.array([operation.first for operation in operations], np.int64)  # constants may stand between
        known = {}
        self.codes = []
        for k, (first, last) in enumerate(zip(self.cuts, self.cuts[1:])):
            extra = extras[first:last]
            if any(x is not None for x in extra):
                extra = [x.tobytes() if isinstance(x, np.ndarray) else x for x in extra]
            key = tuple(kinds[first:last]), tuple(shapes[first:last]), tuple(shapes_in[at[k]:at[k + 1]]), tuple(extra)
            key += ((firsts[first:last] - firsts[first]).tobytes(),) if last > first else ()
            self.codes.append(known.setdefault(key, len(known)))
        self.codes = np.array(self.codes)

    def _alive(self, offsets, bases, incoming, ends):
        """Which numbers, incoming and made, later pieces use; (pieces, columns)."""
        return np.concatenate([self.last_use[incoming], self.last_use[bases[:, None] + offsets]], axis=1) >= ends[:, None]

    def _piece_ids(self, k, count=1):
        return self.ids[self.offsets[k]:self.offsets[k + count]].reshape(count, -1)

    def _plan(self, operations, k, incoming):
        """The plan of a piece, a known one where one fits."""
        ids = self._piece_ids(k)
        base, ends = self.bases[k:k + 1], self.ends[k:k + 1]
        for plan in self.plans[self.codes[k]]:
            if plan.fits(ids, self.fixed, base, incoming[None], self._alive(plan.offsets, base, incoming[None], ends))[0]:
                return plan
        part = operations[self.cuts[k]:self.cuts[k + 1]]
        made = np.concatenate([np.arange(op.first, op.first + int(np.prod(op.shape))) for op in part]) - base
        plan = Plan(part, ids[0], self.fixed, int(base[0]), incoming, self._alive(made, base, incoming[None], ends)[0])
        self.plans[self.codes[k]].append(plan)
        return plan

    def _extend(self, plan, k, incoming):
        """Append a piece and those after it that have its plan too, some thousand at most; the nodes that come in after them."""
        count = 1
        if plan.steady:
            same = self.codes[k:k + 2048] == self.codes[k]
            count = int(np.argmin(same)) if not same.all() else len(same)
        bases, ids = self.bases[k:k + count], self._piece_ids(k, count)
        entering = np.empty((count, plan.incoming), np.int64)
        entering[0] = incoming
        if count > 1:
            entering[:, plan.passed] = incoming[plan.passed]
            entering[1:, ~plan.passed] = bases[:-1, None] + plan.offsets[plan.outgoing[~plan.passed] - plan.incoming]
            good = plan.fits(ids, self.fixed, bases, entering, self._alive(plan.offsets, bases, entering, self.ends[k:k + count]))
            count = int(np.argmin(good)) if not good.all() else count
        constants = ids[:, plan.is_fixed]
        self.pieces += [Piece(plan, int(bases[i]), entering[i], constants[i]) for i in range(count)]
        return np.concatenate([entering[count - 1], bases[count - 1] + plan.offsets])[plan.outgoing]


def _cuts(heads, end):
    """Positions at which a tape is cut: heads of outer loops, and of inner ones where passes are long."""
    cuts = {0, end}
    nested, open_loops = [], []
    for head in heads:
        if head.loop not in open_loops:
            open_loops.append(head.loop)
        depth = open_loops.index(head.loop)
        del open_loops[depth + (head.number >= 0):]
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
