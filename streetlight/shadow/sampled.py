"""Conforming evaluations of a tape at random, in one batch.

Each sum of products is added by random trees with products fused at random, each function is somewhere within its bound, each
square by the C library is one of the two numbers within an ulp.  In every other sample a function errs the same way, as far as it may,
each time that an element is computed: errors add up so, and go further than those that are drawn anew.  What is drawn is possible: two
samples that print differently *refute* a digit.  Samples that agree prove nothing.
"""

from functools import lru_cache
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np
from flint import arb, ctx

from streetlight.certify.errorfree import two_product
from streetlight.shadow.arena import Arena
from streetlight.shadow.balls import FUNCTIONS
from streetlight.shadow.evaluations import four_ulps
from streetlight.shadow.random_sums import LONG, TREES, RandomSums
from streetlight.shadow.replay import Departure, Unmodelled, departure, exact_at

SAMPLES = 30
SHORT = 2000  # operations

#: Long double functions of 64 bits stand for the real ones, less this much of an ulp of float64: theirs is 2**-11 of it.
EXTENDED = np.finfo(np.longdouble).nmant == 63
MARGIN = 0.51 if EXTENDED else 1.01
BLOCK = 100  # samples side by side
MOST_NUMBERS = 2**21  # in one array; larger products are done row by row


class Samples(NamedTuple):
    """What samples gave.

    Attributes
    ----------
    values : list of ndarray
        Of each query, the samples in the first axis.
    departed : list of (str, int)
        Where samples went another way than the program, and how many; they are left out of ``values``.
    """

    values: list
    departed: list


class Sampled(Arena):
    """Random evaluations of a tape."""

    def __init__(self, tape, queries, samples, seed, ulps, positions=None):
        super().__init__(tape, queries, samples, positions)
        self.random = np.random.default_rng(seed)
        self.ulps = ulps
        self.kept = np.ones(samples, bool)
        self.departed_at = []
        self.leaning, self.leans = np.arange(samples) % 2 == 1, {}
        self.sums = RandomSums(self.random, samples, TREES[len(self.needed) < SHORT])

    def decide(self, decision):
        """Leave out the samples that would go another way."""
        lost = self.departed(decision) & self.kept
        if lost.any():
            self.kept &= ~lost
            self.departed_at.append((decision.place, int(lost.sum())))
            if not self.kept.any():
                raise Departure(departure(decision))

    def choose(self, operation):
        kind = operation.kind
        operands = self.operands(operation)
        if kind == 'dot':
            self.dot(operation, *operands)
            return
        if kind == 'sum':
            result = self.sums.of_products(summed_first(operands[0]), None)
        elif kind == 'prod':
            result = self.multiplied(operands[0])
        elif kind == 'uncertain':
            result = self.uncertain(operation)
        elif kind == 'power' and operation.extra == 'scalar' and (operands[1] == 2).all():
            result = self.square(operands[0])
        elif kind == 'power':
            result = self.power(operands, 1 if operation.extra == 'scalar' else self.ulps('power'))
        else:
            result = self.function(kind, *operands)
        self.put(operation.first, np.broadcast_to(result, (*operation.shape, self.width)))

    def dot(self, operation, left, right):
        """Inner products over the last axis but the evaluations'."""
        k = left.shape[-2]
        sides = matrices(left, right) if k > LONG else None
        if sides is None and k > 1:
            self.put(operation.first, self.products(left, right))
            return
        rows = self.room(operation.first, prod(operation.shape))
        if sides is None:
            np.multiply(left[..., 0, :], right[..., 0, :], out=rows.reshape(*operation.shape, self.width))
        else:
            self.by_blas(*sides, rows.T.reshape(self.width, sides[0].shape[0], -1))
        self.keep(operation.first, len(rows))

    def products(self, left, right):
        """Inner products by random trees; of many numbers row by row."""
        shape = np.broadcast_shapes(left.shape, right.shape)
        if len(shape) > 2 and prod(shape) > MOST_NUMBERS:
            return np.stack([self.products(*rows) for rows in zip(*np.broadcast_arrays(left, right))])
        wide = [each.reshape((1,) * (len(shape) - each.ndim) + each.shape) for each in (left, right)]
        return self.sums.of_products(*map(summed_first, wide))

    def by_blas(self, left, right, out):
        """Products of two matrices: this machine's own, of the terms before and after a random place, added.

        A BLAS adds in an order of its own, so what it gives is possible; where the sum is cut differs from sample to sample.
        """
        a, b = left.transpose(2, 0, 1), right.transpose(2, 1, 0)
        cuts = self.random.integers(a.shape[-1], size=2)
        chosen, rest = cuts[self.random.integers(2, size=self.width)].tolist(), np.full(out.shape, -0.0)  # adding that changes nothing
        ends = [0, *(each for each in range(1, self.width) if chosen[each] != chosen[each - 1]), self.width]
        for start, stop in reversed(list(pairwise(ends))):  # a cache holds the last that were made
            cut, here = chosen[start], slice(start, stop)
            np.matmul(a[here, :, cut:], b[here, cut:], out=out[here])
            if cut:
                np.matmul(a[here, :, :cut], b[here, :cut], out=rest[here])
        np.add(out, rest, out=out)

    def multiplied(self, x):
        """Products over the last axis but the evaluations', one after the other in an order for each evaluation."""
        order = self.random.permuted(np.tile(np.arange(x.shape[-2])[:, None], self.width), axis=0)
        shuffled = np.take_along_axis(x, np.broadcast_to(order, x.shape), axis=-2)
        return np.multiply.accumulate(shuffled, axis=-2)[..., -1, :]

    def square(self, x):
        square, error = two_product(x, x)
        other = np.where(error == 0, square, np.nextafter(square, np.where(error > 0, np.inf, -np.inf)))
        return np.where(self.random.random(x.shape) < 0.5, square, other)

    def power(self, operands, ulps):
        if not EXTENDED:
            raise Unmodelled('powers are sampled only where long double has 64 bits')
        base, exponent = np.broadcast_arrays(*operands)
        whole = (exponent == 1) | (base == 1) | (exponent == 0) | ((base == 0) & (exponent > 0))
        real = base.astype(np.longdouble) ** exponent.astype(np.longdouble)
        return np.where(whole, base**exponent, self.near(real, ulps))

    def function(self, kind, *x):
        """Values of a function, each anywhere within its bound."""
        if kind not in FUNCTIONS:
            raise Unmodelled(f'no bound is known for {kind}')
        own = getattr(np, kind)
        real = own(*[each.astype(np.longdouble) for each in x]) if EXTENDED else by_balls(kind, *x)
        values = self.near(real, self.ulps(kind), self.lean(kind, real.shape))
        exact = exact_at(kind, *x)
        return np.where(exact, own(*x), values) if np.any(exact) else values

    def lean(self, kind, shape):
        """Which way a function errs each time that it is computed of an array of a shape; 1 or -1."""
        if (kind, shape) not in self.leans:
            self.leans[kind, shape] = self.random.choice([-1.0, 1.0], shape)
        return self.leans[kind, shape]

    def near(self, real, ulps, lean=None):
        """Float64 numbers within so many ulps of real ones."""
        nearest = np.asarray(real, np.float64)
        # the ulp of the real number, or half of it next to a power of two
        ulp = np.spacing(np.nextafter(np.abs(nearest), 0))
        reach = max(ulps - MARGIN, 0)
        share = self.random.uniform(-1, 1, nearest.shape)
        share = share if lean is None else np.where(self.leaning, lean, share)
        moved = real + ulp * (reach * share)
        return np.where(np.isfinite(nearest), moved, nearest).astype(np.float64)

    def uncertain(self, operation):
        values = self.tape.values[operation.first : operation.first + int(np.prod(operation.shape))]
        values = values.reshape(operation.shape)[..., None] * np.ones(self.width)
        bound = np.broadcast_to(operation.extra, operation.shape)[..., None] * np.ones(self.width)
        return values + np.spacing(values) * np.rint(self.random.uniform(-1, 1, values.shape) * np.floor(bound))


def summed_first(array):
    """The axis before the evaluations' in front."""
    return array.transpose(array.ndim - 2, *range(array.ndim - 2), array.ndim - 1)


def matrices(left, right):
    """The operands of a dot as matrices (the evaluations last) whose rows' products are all that is asked for; else None."""
    if right.ndim == 2 and left.ndim <= 3:
        return left.reshape(-1, *left.shape[-2:]), right[None]
    if right.ndim == 3 and left.ndim >= 3 and left.shape[-3] == 1:
        return left.reshape(-1, *left.shape[-2:]), right
    return None


def by_balls(kind, *x):
    """A function by balls of 64 bits, one by one: long double values where this machine's own are float64."""
    return np.vectorize(lambda *values: correctly_rounded(kind, values), otypes=[np.float64])(*x)


@lru_cache(maxsize=100000)
def correctly_rounded(kind, values):
    """The float64 number nearest to a function's value."""
    before, ctx.prec = ctx.prec, 200
    try:
        return float(FUNCTIONS[kind](*map(arb, values)).mid())
    finally:
        ctx.prec = before


def sample(tape, queries, samples=SAMPLES, seed=0, ulps=four_ulps, positions=None):
    """Values of a program's nodes in evaluations at random.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
        Nodes.
    samples : int, optional
    seed : int, optional
        The same samples for the same seed.
    ulps : callable, optional
        The bound of a function, by its name.
    positions : list of int, optional
        How many operations came before each query was used.

    Returns
    -------
    Samples

    Raises
    ------
    Departure
        Where every sample goes another way than the program did.
    Unmodelled
    """
    drawn, departed = [[] for _ in queries], {}
    for block, start in enumerate(range(0, samples, BLOCK)):
        sampled = Sampled(tape, queries, min(BLOCK, samples - start), [seed, block], ulps, positions)
        try:
            for found, answer in zip(drawn, sampled.run()):
                found.append(np.moveaxis(answer, -1, 0)[sampled.kept])
        except Departure:
            if samples <= BLOCK:
                raise
        for place, count in sampled.departed_at:
            departed[place] = departed.get(place, 0) + count
    if not all(drawn):
        raise Departure('every sample goes another way than the program did')
    return Samples([np.concatenate(found) for found in drawn], list(departed.items()))
