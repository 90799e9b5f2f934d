"""Replay with each result where it fits, as it lies in the program's own memory: for programs whose arrays are wide.

A result is a *block* of rows that follow each other, and each evaluation has its numbers side by side, so that an operand is a view
and a BLAS takes it as it stands.  A block is free when nobody needs it any more, and the next of its size takes its place, in place
where the operation is elementwise: what a step of a loop works on stays in the processor's cache.
"""

from itertools import pairwise

import numpy as np

from streetlight.shadow.chains import calls, columns, first_calls
from streetlight.shadow.lean import WIDE, lengthened
from streetlight.shadow.operations import Operation
from streetlight.shadow.replay import DETERMINED, Replay
from streetlight.shadow.tape import FLOAT

FIRST_ROWS = 1024


class Arena(Replay):
    """Many evaluations of a tape, each with its numbers side by side."""

    def prepare(self, positions):
        tape = self.tape
        self.firsts = tape.log[:, 1].copy()
        self.starts = self.firsts.tolist()
        self.sizes = np.array([form.size for form in tape.forms], int)[tape.log[:, 0]]
        self.ends = self.firsts + self.sizes
        regular = np.array([[not listed for listed, _ in form.patterns] + [False] * (3 - len(form.patterns)) for form in tape.forms], bool)
        self.owners = np.where(regular.reshape(-1, 3)[tape.log[:, 0]], self.blocks(tape.log[:, 2:]), -1).tolist()
        self.looked_up = set()  # blocks whose nodes are asked for one by one
        self.needed, last = self._lives()
        ends = np.array(last, int)[self.needed]
        order = np.argsort(ends, kind='stable')
        self.deaths = list(zip(ends[order].tolist(), np.array(self.needed, int)[order].tolist()))[::-1]
        self.last = last
        self.slot = np.frombuffer(lengthened(None, 4 * tape.count + 4), np.int32)  # the row of each node that is asked for by itself
        self.rows, self.free = {}, {}  # the first row of each block that is alive; rows that are free, by their number
        self.log, self.constants, self.known = tape.log, tape.values, {}  # what operations of a form have in common
        self.passed, self.scratch = None, np.empty(0)
        self._make(FIRST_ROWS)
        self.top = 1
        self.chains = {chain[0]: chain for chain in self._chains()}
        inside = {position for chain in self.chains.values() for position in chain[1:]}
        self.needed = [position for position in self.needed if position not in inside]

    def _make(self, rows):
        """Memory in which evaluations do not lie at multiples of a page."""
        self.data = np.empty((self.width, (rows | 511) + 41))

    def blocks(self, nodes):
        """The position of the operation that made each node; -1 for constants."""
        if not len(self.firsts):
            return np.full(np.shape(nodes), -1)
        places = np.searchsorted(self.firsts, nodes, 'right') - 1
        return np.where((places >= 0) & (nodes < self.ends[places]), places, -1)

    def _lives(self):
        """Positions that are needed, and until when each block is: as `needs.uses`, of whole results."""
        tape, last, needed = self.tape, [-1] * len(self.firsts), []
        end = max(self._ready, default=0)

        def need(nodes, position):
            blocks = set(self.blocks(np.ravel(nodes)).tolist()) - {-1}
            self.looked_up |= blocks
            for block in blocks:
                last[block] = max(last[block], position)

        for nodes, position in zip(self.queries, self._ready):
            need(nodes, position)
        for decision in tape.decisions:
            if decision.position <= end:
                need(decision.nodes, decision.position)
        log = tape.log[:end].tolist()
        for position in range(end - 1, -1, -1):
            if last[position] < 0:
                continue
            needed.append(position)
            number, _, *starts = log[position]
            for (listed, pattern), owner, start in zip(tape.forms[number].patterns, self.owners[position], starts):
                if listed:
                    need(tape.listed[pattern + start], position)
                elif owner >= 0 and pattern.size:
                    last[owner] = max(last[owner], position)
        needed.reverse()
        return needed, last

    def _chains(self):
        """Wide elementwise operations, each the only use of the one before, between which nothing else is looked at."""
        looks = np.sort([*self._ready, *[decision.position for decision in self.tape.decisions]])
        chain = []
        for before, position in pairwise([-1, *self.needed]):
            wide = self.sizes[position] >= WIDE and self._elementwise(position)
            if chain and not (
                wide
                and before in self.owners[position]
                and self.last[before] == position
                and self.sizes[before] == self.sizes[position]
                and np.searchsorted(looks, chain[0] + 1) == np.searchsorted(looks, position + 1)
            ):
                if len(chain) > 1:
                    yield chain
                chain = []
            if wide:
                chain.append(position)
        if len(chain) > 1:
            yield chain

    def _elementwise(self, position):
        form = self.tape.forms[self.log[position, 0]]
        if any(listed for listed, _ in form.patterns):
            return False
        if form.kind == 'dot':
            return all(pattern.shape[-1] == 1 for _, pattern in form.patterns)
        return isinstance(DETERMINED.get(form.kind), np.ufunc)

    def operation(self, position):
        """An operation whose operands are values."""
        number, first, *starts = self.log[position].tolist()
        form = self.known.get(number)
        if form is None:
            form = self.tape.forms[number]
            lying = [(listed, pattern, (*pattern.shape, self.width), _strides(pattern)) for listed, pattern in form.patterns]
            form = self.known[number] = form._replace(patterns=lying)
        operands = [
            self.values(self.tape.listed[pattern + start]) if listed else self.view(start, owner, shape, strides)
            for (listed, pattern, shape, strides), start, owner in zip(form.patterns, starts, self.owners[position])
        ]
        return Operation(form.kind, operands, first, form.shape, form.extra)

    def operands(self, operation):
        return operation.operands

    def view(self, start, owner, shape, strides):
        """Nodes at regular distances that one operation made, or none, without a copy; the evaluations in the last axis."""
        if 0 in shape:
            return np.empty(shape)
        if owner < 0:
            return np.ndarray(shape, FLOAT, self.constants, 8 * start, (*strides, 0))
        place = start - self.starts[owner]
        if owner == self.passed:
            return np.ndarray(shape, FLOAT, self.scratch, 8 * place, (*strides, 0))
        return np.ndarray(shape, FLOAT, self.data, 8 * (self.rows[owner] + place), (*strides, self.data.strides[0]))

    def values(self, nodes):
        flat = np.ravel(nodes)
        rows = self.slot[flat]
        found = self.data.take(rows, axis=1)
        constant = rows == 0
        if constant.any():
            found[:, constant] = self.tape.values[flat[constant]]
        return found.T.reshape(*np.shape(nodes), self.width)

    def operate(self, operation):
        if self.position in self.chains:
            self.one_by_one(self.chains[self.position])
        else:
            super().operate(operation)
        while self.deaths and self.deaths[-1][0] <= self.position:
            block = self.deaths.pop()[1]
            if block in self.rows:
                self.free.setdefault(int(self.sizes[block]), []).append(self.rows.pop(block))

    def compute(self, operation, rule):
        if not isinstance(rule, np.ufunc):
            self.put(operation.first, rule(*operation.operands))
            return
        rows = self.in_place(operation.first)
        rule(*operation.operands, out=rows.reshape(*operation.shape, self.width))
        self.keep(operation.first, len(rows))

    def one_by_one(self, chain):
        """Do a chain for one evaluation after the other: what passes on stays in a cache."""
        size, work = int(self.sizes[chain[0]]), []
        if size > len(self.scratch):
            self.scratch = np.empty(size)
        for self.passed, position in pairwise([None, *chain]):
            operation = self.operation(position)
            if operation.kind == 'dot':  # of one product each
                work.append((np.multiply, [each[..., 0, :] for each in operation.operands], operation.shape))
            else:
                work.append((DETERMINED[operation.kind], operation.operands, operation.shape))
        self.position, self.passed = chain[-1], None
        out, last = [self.scratch[:size]] * self.width, columns(self.in_place(operation.first))
        steps = [*first_calls(*work[0], out), *(call for each in work[1:-1] for call in calls(*each, out)), *calls(*work[-1], last)]
        for number in range(self.width):
            for rule, operands, out in steps:
                rule(*[each[number] for each in operands], out=out[number])
        self.keep(operation.first, size)

    def in_place(self, first):
        """Rows for a result: those of an operand of its size that nobody needs afterwards, else others."""
        size = int(self.sizes[self.position])
        for block in self.owners[self.position]:
            if block in self.rows and self.last[block] == self.position and self.sizes[block] == size:
                row = self.rows[self.position] = self.rows.pop(block)
                return self.data[:, row : row + size].T
        return self.room(first, size)

    def room(self, first, size):
        rows = self.free.get(size)
        if rows:
            row = rows.pop()
        else:
            if self.top + size > self.data.shape[1]:
                self.compact(size)
            row = self.top
            self.top += size
        self.rows[self.position] = row
        return self.data[:, row : row + size].T

    def keep(self, first, size):
        if self.position in self.looked_up:
            row = self.rows[self.position]
            self.slot[first : first + size] = np.arange(row, row + size)

    def compact(self, size):
        """Larger memory, with what is alive at its beginning."""
        old, self.top = self.data, 1
        alive = [(block, row, int(self.sizes[block])) for block, row in self.rows.items()]
        self._make(max(old.shape[1], 2 * (1 + size + sum(length for _, _, length in alive))))
        for block, row, length in alive:
            self.data[:, self.top : self.top + length] = old[:, row : row + length]
            self.rows[block] = self.top
            if block in self.looked_up:
                first = self.firsts[block]
                self.slot[first : first + length] = np.arange(self.top, self.top + length)
            self.top += length
        self.free = {}


def _strides(pattern):
    """Of a regular pattern of nodes, in bytes."""
    steps = []
    for axis, length in enumerate(pattern.shape):
        ends = pattern.swapaxes(0, axis).reshape(length, -1)[:2, :1] if pattern.size else pattern
        steps.append(8 * int(ends[1, 0] - ends[0, 0]) if len(ends) > 1 else 0)
    return tuple(steps)
