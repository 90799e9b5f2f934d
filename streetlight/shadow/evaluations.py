"""Every conforming evaluation of a tape, one by one: where they are few, this is the tightest certificate there is.

A column of `Replay` is one evaluation so far.  A sum of products splits each into as many as it has values there, over all
orders and all choices of what is fused; a square by the C library into the two float64 numbers within an ulp; a function
into all within its bound.  Evaluations whose every number that is still needed is equal have the same future, so they become
one again; that keeps them few where a program forgets.
"""

from functools import lru_cache
from math import prod

import numpy as np
from flint import arb, ctx

from streetlight.certify.errorfree import splits, two_product
from streetlight.shadow.balls import FUNCTIONS
from streetlight.shadow.needs import completion
from streetlight.shadow.orders import NEAR_LIMITS, TooMany, possible_sums
from streetlight.shadow.replay import Departure, Replay, Unmodelled, exact_at
from streetlight.shadow.schedule import scheduled, spread_over

MOST = 20000
MIXED = np.random.RandomState(0).randint(0, 2**62, 64).astype(np.uint64) * np.uint64(2) + np.uint64(1)  # any odd numbers do


class Evaluations(Replay):
    """All evaluations of a tape.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
    ulps : callable
        The bound of a function, by its name.
    most : int
        How many to follow.
    sample : numpy.random.Generator, optional
        Where there would be more, go on with a sample instead: half of it drawn, half those with the lowest and highest
        values of what was computed last.  What they compute is possible, but no longer all that is.
    positions : list of int, optional
        How many operations came before each query was used; what the program had decided by then counts.
    """

    def __init__(self, tape, queries, ulps, most=MOST, sample=None, positions=None):
        tape, positions = scheduled(tape, completion(tape, queries, positions))
        super().__init__(tape, queries, positions=positions)
        self.ulps, self.most, self.sample = ulps, most, sample
        self.peak = 1
        self.parted = False

    def answer(self, nodes):
        """The different values that the nodes have together, in an array whose first axis tells them apart."""
        rows = np.ascontiguousarray(self.values(np.ravel(nodes)).T)
        first = first_of_equal_rows(rows.view(np.uint64)) if rows.shape[1] else np.zeros(1, int)
        return rows[first].reshape(len(first), *np.shape(nodes))

    def choose(self, operation):
        kind, size = operation.kind, prod(operation.shape)
        if kind in ('dot', 'sum'):
            pairs = [nodes.ravel()[spread_over(operation.shape, nodes.shape, 1)] for nodes in operation.operands]

            def outcomes(index):
                rows = [self.values(nodes[index]) for nodes in pairs]
                return possible_sums(rows[0], rows[1] if len(rows) > 1 else np.ones((len(rows[0]), 1)), kind == 'dot')
        elif kind == 'prod':
            raise TooMany('a product of many numbers has too many orders')
        elif kind == 'uncertain':
            values = self.tape.values[operation.first : operation.first + size]
            bound = np.broadcast_to(operation.extra, operation.shape).ravel()

            def outcomes(index):
                return np.repeat(steps(values[index], int(bound[index]))[:, None], self.width, axis=1)
        else:
            operands = [nodes.ravel()[spread_over(operation.shape, nodes.shape, 0)] for nodes in operation.operands]

            def outcomes(index):
                return self.possible(operation, [self.values(nodes[index]) for nodes in operands])

        for index in range(size):
            if self.parted:
                self.merge(self.position)
            self.split(operation.first + index, outcomes(index))

    def possible(self, operation, operands):
        """Every value of a function at its operands, the evaluations in the second axis."""
        kind = operation.kind
        if kind == 'power' and operation.extra == 'scalar' and (operands[1] == 2).all():
            square, error = two_product(operands[0], operands[0])
            if not splits(operands[0], operands[0]):
                raise TooMany(NEAR_LIMITS)
            return np.stack([square, np.where(error == 0, square, np.nextafter(square, np.where(error > 0, np.inf, -np.inf)))])
        if kind not in FUNCTIONS:
            raise Unmodelled(f'no bound is known for {kind}')
        columns = [within(kind, x, self.ulps(kind)) for x in zip(*(each.tolist() for each in operands))]
        longest = max(map(len, columns))
        return np.array([column + column[-1:] * (longest - len(column)) for column in columns]).T

    def split(self, node, outcomes):
        """Give a node its values: each evaluation becomes one for each of its different outcomes."""
        bits = np.sort(np.ascontiguousarray(outcomes).view(np.int64), axis=0)
        new = np.concatenate([np.ones((1, self.width), bool), bits[1:] != bits[:-1]])
        if not new[1:].any():  # each evaluation has one outcome, and goes on
            self.put(node, bits[0].view(np.float64))
            return
        outcome, world = np.nonzero(new)
        values = bits[outcome, world].view(np.float64)
        if len(world) > self.most:
            if self.sample is None:
                raise TooMany(f'more than {self.most} evaluations differ at once')
            kept = self.drawn(values)
            world, values = world[kept], values[kept]
        self.go_on(world)
        self.put(node, values)
        self.parted = True

    def drawn(self, values):
        """Indices of a sample of values: the lowest, the highest, and as many drawn."""
        order = np.argsort(values)
        quarter = self.most // 4
        middle = self.sample.choice(order[quarter:-quarter], self.most - 2 * quarter, replace=False)
        return np.concatenate([order[:quarter], order[-quarter:], middle])

    def go_on(self, world):
        """Go on in these evaluations, some of them several times, others not at all."""
        rows = self.alive(self.position)
        if len(rows) < (self.top - self.bottom) // 2:
            self.compact(1)
        data = np.empty((len(self.data), len(world)))
        data[: self.bottom] = self.data[: self.bottom, :1]
        data[self.bottom : self.top] = self.data[self.bottom : self.top, world]
        self.data, self.width = data, len(world)

    def merge(self, after):
        """Make evaluations one whose every number that is needed at or beyond a position is equal."""
        self.parted = False
        if self.width > 1:
            rows = self.alive(after)
            state = np.ascontiguousarray(self.data[rows].T)
            first = first_of_equal_rows(state.view(np.uint64)) if len(rows) else np.zeros(1, int)
            if len(first) < self.width:
                self.go_on(first)
        self.peak = max(self.peak, self.width)


def first_of_equal_rows(rows):
    """The index of the first of each set of rows that are equal to the bit, in order; the rows are of uint64."""
    mixed = np.resize(MIXED, rows.shape[1])
    keys = ((rows ^ rows >> np.uint64(32)) * mixed).sum(axis=1, dtype=np.uint64)
    _, found, same = np.unique(keys, return_index=True, return_inverse=True)
    if (rows[found][same] == rows).all():
        return np.sort(found)
    first = {}
    for index, row in enumerate(rows):
        first.setdefault(row.tobytes(), index)
    return np.array(list(first.values()))


def steps(value, count):
    """A float64 number and so many neighbours on each side of it."""
    found = [value]
    for direction in (-np.inf, np.inf):
        x = value
        for _ in range(count):
            x = np.nextafter(x, direction)
            found.append(x)
    return np.array(found)


@lru_cache(maxsize=100000)
def within(name, x, ulps):
    """All float64 numbers within so many ulps of a function's value: a list.  ``x`` is the tuple of its arguments."""
    if exact_at(name, *x):
        return [float(getattr(np, name)(*x))]
    before, ctx.prec = ctx.prec, 200
    try:
        ball = FUNCTIONS[name](*map(arb, x))
        if not ball.is_finite():
            with np.errstate(all='ignore'):
                return [float(getattr(np, name)(*x))]
        near = np.float64(float(ball.mid()))
        # the ulp of the real number: that of the binade that holds it
        below = np.nextafter(np.abs(near), 0) if arb(float(abs(near))) > abs(ball) else np.abs(near)
        bound = arb(float(np.spacing(below))) * ulps
        return sorted(y for y in steps(near, int(np.ceil(ulps)) + 2).tolist() if not abs(arb(y) - ball) > bound)
    finally:
        ctx.prec = before


def four_ulps(name):
    """NumPy's own stated maximum."""
    return 4


def evaluations_until(tape, queries, positions=None, ulps=four_ulps, most=MOST):
    """As `every_evaluation`, as far as the evaluations are few enough and go the program's way.

    Returns
    -------
    values : list of ndarray or None
        None for the queries beyond.
    reason : str
        Why it ends there; empty if it does not.
    """
    evaluations = Evaluations(tape, queries, ulps, most, positions=positions)
    try:
        evaluations.run()
    except (TooMany, Departure, Unmodelled) as end:
        return evaluations.answers, str(end)
    return evaluations.answers, ''


def every_evaluation(tape, queries, ulps=four_ulps, most=MOST, sample=None):
    """The values that a program's nodes have over all conforming evaluations.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
        Nodes; those of one query are looked at together.
    ulps : callable, optional
        The bound of a function, by its name.
    most : int, optional
        How many evaluations to follow at once.
    sample : numpy.random.Generator, optional
        Go on with a sample where there would be more.

    Returns
    -------
    values : list of ndarray
        For each query its different values, in the first axis.
    peak : int
        How many evaluations there were at once.

    Raises
    ------
    TooMany
    Departure
        Where some evaluation goes another way than the program did.
    Unmodelled
    """
    evaluations = Evaluations(tape, queries, ulps, most, sample)
    return evaluations.run(), evaluations.peak
