"""Run a tape forward: what emulation, all evaluations and samples of them have in common.

An elementwise operation has one result for given operands; a sum of products, a function or a C
library's ``pow`` has several, and the interpreter says which.  Values are kept only as long as an
operation, a decision or a query still needs them: a row for each such node, a column for each
evaluation.
"""

from itertools import pairwise

import numpy as np

from streetlight.shadow.needs import completion, uses
from streetlight.shadow.operations import EXACT, ROUNDED

#: What every conforming evaluation computes alike from given operands.
DETERMINED = {name: getattr(np, name) for name in (ROUNDED | EXACT) - {'where'}}
DETERMINED['where'] = lambda condition, x, y: np.where(condition != 0, x, y)

#: The same over the axis before the evaluations.
EXTREMES = {name: getattr(np, name) for name in ('max', 'min', 'argmax', 'argmin')}

#: Where a function has one float64 value in every library: the operand.
EXACT_AT = dict.fromkeys('exp expm1 log1p tanh sinh cosh sin cos tan arcsin arctan arcsinh arctanh exp2 cbrt deg2rad rad2deg'.split(), 0.0)
EXACT_AT |= dict.fromkeys('log log2 log10 arccos arccosh'.split(), 1.0)


def exact_at(kind, x, y=0.0):
    """Where a function has one float64 value in every library, of its arguments; bool, or an array of it."""
    if kind == 'hypot':
        return (x == 0) | (y == 0)
    if kind == 'arctan2':
        return (x == 0) & (y > 0)
    return x == EXACT_AT.get(kind)


rounded = np.vectorize(round, otypes=[float])  # Python's own, correctly rounded


def integral(*factors):
    """A sum of products of integers over the axis before the evaluations: exact in any order."""
    product = factors[0] if len(factors) == 1 else factors[0] * factors[1]
    return product.sum(axis=-2)


class Departure(Exception):
    """An evaluation goes another way than the program did; what follows is not on the tape."""


class Unmodelled(Exception):
    """An operation of which the interpreter knows no rule."""


class Replay:
    """Many evaluations of a tape, side by side.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
        The nodes whose values are wanted.
    width : int
        How many evaluations there are at first.
    positions : list of int, optional
        As `completion` takes them.
    """

    def __init__(self, tape, queries, width=1, positions=None):
        self.tape = tape
        self.width = width
        self.queries = [np.asarray(nodes) for nodes in queries]
        self.answers = [None] * len(self.queries)
        self.position = -1
        self._ready = completion(tape, self.queries, positions)
        self.prepare(positions)

    def prepare(self, positions):
        """Find what is needed and until when, and make room for it."""
        tape, width = self.tape, self.width
        self.needed, self.last = uses(tape, self.queries, positions)
        constants = np.flatnonzero(tape.fixed & (self.last >= 0))
        # equal constants share a row; -0.0 and 0.0 are not equal
        bits, row = np.unique(tape.values[constants].view(np.int64), return_inverse=True)
        self.slot = np.full(tape.count, -1, dtype=np.int64)
        self.slot[constants] = row
        self.bottom = self.top = len(bits)
        self.data = np.empty((len(bits) + 1024, width))
        self.data[: len(bits)] = bits.view(np.float64)[:, None]
        self.owner = np.empty(len(self.data), dtype=np.int64)

    def run(self):
        """Go through the tape.

        Returns
        -------
        list of ndarray
            The values of each query, with the evaluations in the last axis.
        """
        with np.errstate(all='ignore'):
            return self._run()

    def _run(self):
        decisions = self._due([decision.position for decision in self.tape.decisions])
        queries = self._due(self._ready)
        ends = [*self.needed, max(self._ready, default=0)]
        self._between(-1, ends[0], decisions, queries)
        for position, following in pairwise(ends):
            self.position = position
            self.operate(self.operation(position))
            if (decisions and decisions[-1][0] <= following) or (queries and queries[-1][0] <= following):
                self._between(position, following, decisions, queries)
        return self.answers

    @staticmethod
    def _due(positions):
        return sorted(((position, index) for index, position in enumerate(positions)), reverse=True)

    def _between(self, position, following, decisions, queries):
        """What is to be looked at after the operation at one position and before the one at the following."""
        self.position = max(position, 0)
        while True:
            decision = decisions[-1][0] if decisions else np.inf
            query = queries[-1][0] if queries else np.inf
            if min(decision, query) > following:
                break
            if decision <= query:
                self.decide(self.tape.decisions[decisions.pop()[1]])
            else:
                index = queries.pop()[1]
                self.answers[index] = self.answer(self.queries[index])

    def operation(self, position):
        """The operation at a position."""
        return self.tape.operations[position]

    def operands(self, operation):
        """The values of an operation's operands, with the evaluations in the last axis."""
        return [self.values(nodes) for nodes in operation.operands]

    def operate(self, operation):
        """Do one operation in all evaluations."""
        kind = operation.kind
        rule = DETERMINED.get(kind)
        if rule is not None:
            self.compute(operation, rule)
        elif kind in ('sum', 'dot') and operation.extra == 'integer':
            self.put(operation.first, integral(*self.operands(operation)))
        elif kind == 'round':
            self.put(operation.first, rounded(self.operands(operation)[0], operation.extra))
        elif kind in EXTREMES:
            (values,) = self.operands(operation)
            self.put(operation.first, EXTREMES[kind](values, axis=values.ndim - 2))
        elif kind == 'uncertain' and np.isinf(operation.extra).any():
            raise Unmodelled('a value of which nothing is known goes into what is asked for')
        else:
            self.choose(operation)

    def choose(self, operation):
        """Do one operation whose result is not determined by its operands."""
        raise NotImplementedError

    def values(self, nodes):
        """The values of nodes, with the evaluations in the last axis."""
        return self.data[self.slot[nodes]]

    def answer(self, nodes):
        """What a query gets."""
        return np.array(self.values(nodes))  # rows are used again

    def compute(self, operation, rule):
        """Do an operation that is determined."""
        self.put(operation.first, rule(*self.operands(operation)))

    def put(self, first, values):
        """Keep the values of the nodes from ``first`` on."""
        rows = values.reshape(-1, self.width)
        self.room(first, len(rows))[...] = rows
        self.keep(first, len(rows))

    def room(self, first, size):
        """Rows for the nodes from ``first`` on."""
        if self.top + size > len(self.data):
            self.compact(size)
        return self.data[self.top : self.top + size]

    def keep(self, first, size):
        """The rows that `room` gave are filled."""
        top = self.top
        self.owner[top : top + size] = np.arange(first, first + size)
        self.slot[first : first + size] = np.arange(top, top + size)
        self.top = top + size

    def alive(self, after):
        """The rows above the constants whose nodes are needed at or beyond a position."""
        rows = np.arange(self.bottom, self.top)
        return rows[self.last[self.owner[self.bottom : self.top]] >= after]

    def compact(self, size):
        """Drop the rows that nobody needs any more, and make room for ``size`` more."""
        rows = self.alive(self.position)
        owner = self.owner[rows]
        top = self.bottom + len(rows)
        kept = self.data[rows]
        if len(self.data) < 2 * top + size:
            data = np.empty((4 * top + size, self.width))
            data[: self.bottom] = self.data[: self.bottom]
            self.data, self.owner = data, np.empty(len(data), dtype=np.int64)
        self.data[self.bottom : top] = kept
        self.owner[self.bottom : top] = owner
        self.slot[owner] = np.arange(self.bottom, top)
        self.top = top

    def decide(self, decision):
        """What to do where the program used values themselves; here, stop where an evaluation has others.

        Raises
        ------
        Departure
        """
        if self.departed(decision).any():
            raise Departure(departure(decision))

    def departed(self, decision):
        """Which evaluations decide otherwise than the program did."""
        nodes = np.ravel(decision.nodes)
        ours, theirs = self.values(nodes), self.tape.values[nodes][:, None]
        return ~((ours == theirs) | (np.isnan(ours) & np.isnan(theirs))).all(axis=0)


def departure(decision):
    """A sentence about a decision."""
    return f'another evaluation decides otherwise at {decision.place}, and what it does from there is not known'
