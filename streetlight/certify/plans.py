"""What a run of operations does, without the numbers of its nodes: equal runs share one plan.

A run's numbers stand in the columns of one row: those that come in from earlier runs and may vary, those that its operations
make, those that are fixed.
"""

from typing import NamedTuple

import numpy as np


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
        self.terms = int(self.terms[: self.incoming + self.made].max(initial=1)) + 1
        # which incoming numbers a next piece with this plan has, where they stay in their places
        passed = self.outgoing < self.incoming
        self.steady = len(self.outgoing) == self.incoming and bool((self.outgoing[passed] == np.flatnonzero(passed)).all())
        self.passed = passed
        self.pieces = 0  # that have this plan
        self.flow = None  # see `streetlight.certify.flow.flow_of`

    def _steps(self, operations, columns):
        at, start = 0, self.incoming
        positive = np.zeros(self.width, bool)  # no evaluation has less than zero here
        for op in operations:
            operands = []
            for nodes in op.operands:
                shape = nodes.shape
                own = columns[at : at + nodes.size]
                at += nodes.size
                consecutive = len(own) > 0 and bool((np.diff(own) == 1).all())
                operands.append(
                    Operand(
                        slice(int(own[0]), int(own[-1]) + 1) if consecutive else own,
                        shape,
                        bool((own >= self.incoming + self.made).all()),
                        consecutive or len(set(own.tolist())) == len(own),
                    )
                )
            size = int(np.prod(op.shape))
            extra = op.extra
            if op.kind == 'sqrt':
                extra = 'positive' if op.extra == 'positive' or positive[operands[0].columns].all() else None
            positive[start : start + size] = _never_negative(op, operands, positive)
            yield Step(op.kind, tuple(operands), op.shape, start, start + size, extra)
            start += size

    def fits(self, ids, fixed, bases, incoming, alive):
        """Which of some pieces with the same kinds and shapes of operations have this plan; an array of bool."""
        if incoming.shape[1] != self.incoming or alive.shape[1] != len(self.alive):
            return np.zeros(len(ids), bool)
        return (
            fixed[ids[:, self.is_fixed]].all(axis=1)
            & (alive == self.alive).all(axis=1)
            & (ids[:, self.is_made] - bases[:, None] == self.made_at).all(axis=1)
            & (incoming[:, self.incoming_at] == ids[:, self.is_incoming]).all(axis=1)
        )


def _never_negative(operation, operands, positive):
    """Whether a result is zero or more in every evaluation, whatever its operands are."""
    kind = operation.kind
    if kind in ('square', 'absolute', 'sqrt', 'exp'):
        return True
    if kind in ('multiply', 'dot') and operands[0].same_as(operands[1]):
        return True
    return kind in ('sum', 'add', 'multiply', 'divide', 'max', 'min', 'dot') and all(positive[each.columns].all() for each in operands)
