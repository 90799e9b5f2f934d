"""The slopes of a pass whose numbers are many, from the weights that flow at all.

Nearly all weights that flow back from a hundred results are zero until the paths of all results meet in few numbers, such as a
network's output: there each result's weights are cut, and those numbers' own weights flow on once instead of a hundred times
(Lemma E of ``docs/certificates.md``).  Weights stand in rows, one for each pair of a column and a result that a path joins.
"""

from typing import NamedTuple

import numpy as np

from streetlight.shadow.operations import REDUCTIONS

from .folded import Blocks, Folded
from .sums import SLACK

FEWEST, MOST = 64, 800  # numbers that come in and go out
PIECES = 8  # of a plan, below which it takes longer to find how weights flow than to move them all
NARROW = 16  # numbers in which paths may meet, so that their products round less than the sweep allows
TOGETHER = 8  # passes side by side
CACHED = 2**16  # numbers that are added at a time


class Edges(NamedTuple):
    """Along which an operand's numbers reach a step's results: columns of both, and the elements of all that is broadcast."""

    step: int
    operand: int
    made: np.ndarray
    given: np.ndarray
    elements: np.ndarray
    shape: tuple


def flow_of(plan):
    """A plan's flow; None where as much is moved as by whole arrays."""
    if plan.flow is None:
        plan.flow = False
        if plan.pieces >= PIECES and FEWEST < plan.incoming <= MOST and FEWEST < len(plan.outgoing) <= MOST:
            flow = Flow(plan)
            if 3 * flow.work < moved(plan):
                plan.flow = flow
    return plan.flow or None


def moved(plan):
    """About how many numbers are moved for a pass by whole arrays."""
    return 6 * len(plan.outgoing) * (plan.incoming + plan.made)


class Flow:
    """How weights flow back through a plan from each of its outgoing numbers."""

    def __init__(self, plan):
        self.plan = plan
        self.edges = list(_edges(plan))
        self.orders = [_sorted(edges.given) for edges in self.edges]
        self.results = len(plan.outgoing)
        narrow = [number for number, step in enumerate(plan.steps) if 0 < step.stop - step.start <= NARROW]
        cuts = [(self._pattern(number), number) for number in [None, *narrow]]
        self.joins, self.cut = min(cuts, key=lambda each: self._work(*each))
        self.work = self._work(self.joins, self.cut)
        self._number()

    def _width(self, cut):
        return 0 if cut is None else self.plan.steps[cut].stop - self.plan.steps[cut].start

    def _pattern(self, cut):
        """Which columns are joined with which results, and then with the numbers of the cut; (columns, both)."""
        plan, width = self.plan, self._width(cut)
        joins = np.zeros((plan.incoming + plan.made, self.results + width), bool)
        joins[plan.outgoing, np.arange(self.results)] = True
        own = np.packbits(np.eye(width, self.results + width, self.results, bool), axis=1)
        beyond = np.packbits(np.arange(self.results + width) >= self.results)
        packed = np.packbits(joins, axis=1)
        for edges, (order, first) in zip(self.edges, self.orders):
            if edges.step == cut:
                packed[plan.steps[cut].start : plan.steps[cut].stop] |= own
            sent = packed[edges.made[order]]
            if edges.step == cut:
                sent &= beyond
            packed[edges.given[order[first]]] |= np.bitwise_or.reduceat(sent, first, axis=0)
        return np.unpackbits(packed, axis=1).astype(bool)  # to a whole byte: columns without a join

    def _sent(self, joins, edges, cut):
        sent = joins[edges.made]
        if edges.step == cut:
            sent[:, : self.results] = False
        return sent

    def _work(self, joins, cut):
        """About how many numbers are moved for a pass."""
        beyond = joins[:, self.results :].any(axis=1).sum()
        return 6 * np.count_nonzero(joins) + 3 * self.results * beyond

    def _number(self):
        """Give each pair its row, and say which rows go into which."""
        plan, joins, results = self.plan, self.joins, self.results
        row = (np.cumsum(joins) - 1).reshape(joins.shape)
        self.rows = int(joins.sum())
        self.seeds = row[plan.outgoing, np.arange(results)]
        cut = np.arange(0) if self.cut is None else np.arange(plan.steps[self.cut].start, plan.steps[self.cut].stop)
        self.own = row[cut, results + np.arange(len(cut))]
        self.moves = []
        for edges in self.edges:
            number, result = np.nonzero(self._sent(joins, edges, self.cut))
            sources, targets = row[edges.made[number], result], row[edges.given[number], result]
            order = np.argsort(targets, kind='stable')
            _, first = np.unique(targets[order], return_index=True)
            turn = np.arange(len(order)) - np.repeat(first, np.diff([*first, len(order)]))  # one after another into the same row
            layers = [order[turn == k] for k in range(turn.max(initial=-1) + 1)]
            parts = [(_consecutive(sources[each]), edges.elements[number[each]], _consecutive(targets[each])) for each in layers]
            self.moves.append((edges, parts))
        # what is told of each result: where the cut is reached, what lies beyond it, and all else
        direct = joins[:, :results].copy()
        self.through = [(i, np.flatnonzero(direct[c]), row[c, :results][direct[c]]) for i, c in enumerate(cut)]
        direct[cut] = False
        self.beyond = np.flatnonzero(joins[:, results:].any(axis=1))
        place = np.full(len(joins), -1)
        place[self.beyond] = np.arange(len(self.beyond))
        column, member = np.nonzero(joins[:, results:])
        self.first = int(np.searchsorted(self.beyond, plan.incoming))  # of those that are made
        self.members = place[column], member, row[column, results + member]
        column, result = np.nonzero(direct)
        self.pairs = _by_result(result, column, row[column, result], results)
        entering = column < plan.incoming
        self.direct = row[column, result][entering]
        self.blocks = Blocks(result[entering], column[entering], (results, plan.incoming))

    def run(self, batch, rows):
        """How the outgoing numbers of some passes of a batch come from the incoming ones.

        Returns
        -------
        slopes : Folded
        noise : ndarray
            (passes, results): what operations may add, the machine's own errors among it.
        """
        plan, passes, results = self.plan, rows.stop - rows.start, self.results
        weights = self._weights(batch, rows)
        through, beyond = np.zeros((passes, results, len(self.through))), np.zeros((passes, len(self.through), len(self.beyond)))
        for i, result, row in self.through:
            through[:, result, i] = weights[row].T
        place, member, row = self.members
        beyond[:, member, place] = weights[row].T
        entering = np.zeros((passes, len(self.through), plan.incoming))
        entering[:, :, self.beyond[: self.first]] = beyond[:, :, : self.first]
        slopes = Folded(through, entering, self.blocks.filled(weights[self.direct].T), self.blocks)
        added = batch.gamma * batch.radius[rows, : plan.incoming + plan.made]  # Lemma E
        added[:, plan.incoming :] += batch.noise[rows] + np.abs(batch.error[rows])
        np.abs(weights, out=weights)
        shared = np.abs(through) @ (np.abs(beyond) @ added[:, self.beyond, None])
        return slopes, (_sums(weights, self.pairs, added) + shared[..., 0]) * SLACK

    def _weights(self, batch, rows):
        """The weight of each pair, in each pass; the last row is zero."""
        weights = np.zeros((self.rows + 1, rows.stop - rows.start))
        weights[self.seeds] = 1.0
        weights[self.own] = 1.0
        for edges, parts in self.moves:
            slope = batch.slopes[edges.step][edges.operand]
            if slope is None:
                continue
            if isinstance(slope, np.ndarray) and slope.ndim:
                inner = slope.shape[1:]
                place = np.broadcast_to(np.arange(int(np.prod(inner))).reshape(inner), edges.shape).ravel()
                slope = np.ascontiguousarray(slope[rows].reshape(len(weights[0]), -1).T)
            else:
                place = None
            for sources, elements, targets in parts:
                weights[targets] += weights[sources] * (slope if place is None else slope[place[elements]])
        return weights


def _edges(plan):
    """From the last step to the first."""
    for number, step in reversed(list(enumerate(plan.steps))):
        over = step.kind in REDUCTIONS
        shape = np.broadcast_shapes(*[operand.shape for operand in step.operands], (*step.shape, 1) if over else step.shape)
        made = np.arange(step.start, step.stop).reshape((*step.shape, 1) if over else step.shape)
        made = np.broadcast_to(made, shape).ravel()
        for which, operand in enumerate(step.operands):
            if operand.fixed:
                continue
            columns = np.broadcast_to(np.r_[operand.columns].reshape(operand.shape), shape).ravel()
            inside = np.flatnonzero(columns < plan.incoming + plan.made)
            yield Edges(number, which, made[inside], columns[inside], inside, shape)


def _sorted(numbers):
    """An order by size, and where each number begins in it."""
    order = np.argsort(numbers, kind='stable')
    return order, np.flatnonzero(np.diff(numbers[order], prepend=-1))


def _consecutive(numbers):
    """A slice where that says the same."""
    if len(numbers) and (np.diff(numbers) == 1).all():
        return slice(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers


def _sums(weights, pairs, numbers):
    """Of each result the sum of its weights times the numbers in their columns; (passes, results)."""
    row, column = pairs
    numbers = np.concatenate([numbers.T, np.zeros((1, len(numbers)))])
    found = np.empty((len(row), numbers.shape[1]))
    rows = max(1, CACHED // max(1, row.shape[1] * numbers.shape[1]))
    for first in range(0, len(row), rows):
        part = weights[row[first : first + rows]]
        part *= numbers[column[first : first + rows]]
        part.sum(axis=1, out=found[first : first + rows])
    return found.T


def _by_result(result, column, rows, results):
    """Of each result its rows and columns, as many for each; what is lacking is the last row, which is zero, and the last column."""
    order = np.argsort(result, kind='stable')
    counts = np.bincount(result, minlength=results)
    turn = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = np.full((2, results, int(counts.max(initial=0))), -1)
    found[:, result[order], turn] = rows[order], column[order]
    return found
