"""A tape cut into pieces at the heads of its loops, so that passes with equal operations are computed in one batch.

A *piece* is a run of operations; its *plan* says what it does, without the numbers of its nodes.  A piece's numbers stand in the
columns of one row: those that come in from earlier pieces and may vary, those that its operations make, those that are fixed.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from .tape_rules import OVER_LAST_AXIS

LONGEST = 400  # operations of a pass beyond which its inner loops are cut too


class Operand(NamedTuple):
    """Columns of a row: a slice where they are consecutive."""

    columns: object
    shape: tuple
    fixed: bool
    distinct: bool


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

    def fits(self, ids, fixed, base, incoming, alive):
        """Whether a piece with the same kinds and shapes of operations has this plan."""
        return (len(incoming) == self.incoming and len(alive) == len(self.alive) and bool((alive == self.alive).all())
                and bool(fixed[ids[self.is_fixed]].all()) and bool((ids[self.is_made] - base == self.made_at).all())
                and bool((incoming[self.incoming_at] == ids[self.is_incoming]).all()))


class Piece(NamedTuple):
    """A run of operations, ``first`` to ``last``; nodes it makes start at ``base``."""

    plan: Plan
    first: int
    last: int
    base: int
    incoming: np.ndarray
    constants: np.ndarray


def _compact(nodes):
    """The nodes of an operand, an axis along which it only repeats shortened to one."""
    nodes = np.asarray(nodes)
    if 0 in nodes.strides:
        nodes = nodes[tuple(slice(0, 1) if stride == 0 else slice(None) for stride in nodes.strides)]
    return nodes


class Layout:
    """A tape's pieces.

    Attributes
    ----------
    pieces : list of Piece
    uses : int
        A bound on the number of terms that flow back into one node.
    """

    def __init__(self, tape, end):
        operations = [op._replace(operands=tuple(map(_compact, op.operands))) for op in tape.operations[:end]]
        self.tape = tape
        self.fixed = tape.fixed
        self._flatten(operations)
        self.pieces = []
        plans = defaultdict(list)
        incoming = np.empty(0, np.int64)
        cuts = self._cuts(end)
        for first, last in zip(cuts, cuts[1:]):
            part = operations[first:last]
            base = part[0].first
            ids = self.ids[self.offsets[first]:self.offsets[last]]
            candidates = plans[self.codes[first:last].tobytes()]
            plan = None
            for known in candidates:
                alive = self._alive(known.offsets, base, incoming, last)
                if known.fits(ids, self.fixed, base, incoming, alive):
                    plan = known
                    break
            if plan is None:
                made = np.concatenate([np.arange(op.first, op.first + int(np.prod(op.shape))) for op in part]) - base
                alive = self._alive(made, base, incoming, last)
                plan = Plan(part, ids, self.fixed, base, incoming, alive)
                candidates.append(plan)
            self.pieces.append(Piece(plan, first, last, base, incoming, ids[plan.is_fixed]))
            incoming = np.concatenate([incoming, base + plan.offsets])[plan.outgoing]

    def _flatten(self, operations):
        codes, known = np.empty(len(operations), np.int32), {}
        sizes = np.empty(len(operations), np.int64)
        parts, weights = [], []
        for i, op in enumerate(operations):
            shapes = tuple(nodes.shape for nodes in op.operands)
            extra = op.extra.tobytes() if isinstance(op.extra, np.ndarray) else op.extra
            key = op.kind, op.shape, extra, shapes
            code = known.get(key)
            if code is None:
                known[key] = code = len(known)
                reach = int(np.prod(np.broadcast_shapes(*shapes))) if shapes else 0
                weights.append(sum(reach / max(1, int(np.prod(s))) for s in shapes))
            codes[i] = code
            sizes[i] = sum(nodes.size for nodes in op.operands)
            parts += [nodes.ravel() for nodes in op.operands]
        self.codes = codes
        self.offsets = np.concatenate([[0], np.cumsum(sizes)])
        self.ids = np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)
        self.last_use = np.full(self.tape.count, -1, np.int64)
        self.last_use[self.ids] = np.repeat(np.arange(len(operations)), sizes)
        heavy = np.bincount(self.ids, weights=np.repeat(np.array(weights + [0.0])[codes], sizes), minlength=1)
        self.uses = int(heavy[~self.fixed[:len(heavy)]].max(initial=1)) + 1

    def _alive(self, offsets, base, incoming, last):
        return np.concatenate([self.last_use[incoming], self.last_use[base + offsets]]) >= last

    def _cuts(self, end):
        """Positions at which the tape is cut: heads of outer loops, and of inner ones where passes are long."""
        cuts = {0, end}
        outermost = []
        open_loops = []
        for head in self.tape.heads:
            if head.loop not in open_loops:
                open_loops.append(head.loop)
            depth = open_loops.index(head.loop)
            del open_loops[depth + (head.number >= 0):]
            outermost.append((depth, head.position))

        def cut(heads, start, stop, depth):
            at = sorted({position for d, position in heads if d == depth and start < position < stop})
            cuts.update(at)
            bounds = [start, *at, stop]
            deeper = [(d, position) for d, position in heads if d > depth]
            if not deeper:
                return
            positions = np.array([position for _, position in deeper])
            for low, high in zip(bounds, bounds[1:]):
                if high - low > LONGEST:
                    i, j = np.searchsorted(positions, [low, high])
                    if j > i:
                        cut(deeper[i:j], low, high, depth + 1)

        cut([h for h in outermost if h[1] < end], 0, end, 0)
        return sorted(cuts) if end else [0]


__all__ = ['Layout', 'OVER_LAST_AXIS', 'Operand', 'Piece', 'Plan', 'Step']
