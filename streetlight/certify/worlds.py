"""Run a listing in every conforming evaluation, one by one: where they are few, this is the tightest certificate there is.

A `World` is one evaluation so far.  A sum of products splits each world into as many as it has values there, over all
orders and all choices of what is fused, and a square by the C library into the two float64 numbers within an ulp.  Worlds
whose every live number is equal have the same future, so they become one again; that keeps them few where a listing forgets.
"""

import weakref

import numpy as np

from streetlight.certify.errorfree import splits, two_product
from streetlight.record.trace import Shown, Step, Trace
from streetlight.shadow.evaluations import NEAR_LIMITS, evaluated, first_of_equal_rows, trees


class TooManyWorlds(Exception):
    """The evaluations are too many to run one by one."""


class Numbers:
    """An array (or scalar) of the listing in all worlds: ``data`` has the worlds in its first axis."""

    def __init__(self, worlds, data):
        self.worlds = worlds
        self.data = data
        worlds.live.add(self)

    __hash__ = object.__hash__

    @property
    def shape(self):
        return self.data.shape[1:]

    @property
    def T(self):  # noqa: N802, as NumPy calls it
        return Numbers(self.worlds, np.moveaxis(self.data, 0, -1).T)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        return Numbers(self.worlds, self.data[(slice(None), *(key if isinstance(key, tuple) else (key,)))])

    def sum(self, axis=None):
        """The sum of integers, or of a single number; a sum of more has orders that only ``dot`` models."""
        if self.data.dtype.kind == 'f' and self.data[0].size != 1:
            raise TooManyWorlds('a sum of several elements has an order that is not modelled')
        axes = tuple(range(1, self.data.ndim)) if axis is None else axis + 1
        return Numbers(self.worlds, self.data.sum(axis=axes))

    def same(self):
        """The value that all worlds have."""
        if len(different(self)) > 1:
            raise TooManyWorlds('the worlds go different ways here')
        return self.data[0]

    def all(self):
        return bool(self.same().all())

    def __int__(self):
        return int(self.same())

    def __bool__(self):
        return bool(self.same())

    def _with(self, other, operation):
        if isinstance(other, Numbers):
            dimensions = max(self.data.ndim, other.data.ndim)
            return Numbers(self.worlds, operation(aligned(self.data, dimensions), aligned(other.data, dimensions)))
        return Numbers(self.worlds, operation(self.data, np.asarray(other)))

    def __add__(self, other):
        return self._with(other, np.add)

    __radd__ = __add__

    def __sub__(self, other):
        return self._with(other, np.subtract)

    def __rsub__(self, other):
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other):
        return self._with(other, np.multiply)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self._with(other, np.true_divide)

    def __gt__(self, other):
        return self._with(other, np.greater)

    def __lt__(self, other):
        return self._with(other, np.less)

    def __eq__(self, other):
        return self._with(other, np.equal)

    def __pow__(self, n):
        return self._with(n, np.power) if n != 2 else self * self


def aligned(data, dimensions):
    """The worlds stay first, and the other axes line up at the end."""
    return data.reshape(data.shape[:1] + (1,) * (dimensions - data.ndim) + data.shape[1:])


class WorldsTrace(Trace):
    """A trace that keeps, of each value, the different ones that the worlds have."""

    def __call__(self, name, value):
        self.steps.append(Step(tuple(self._where), name, different(value)))
        self._latest = [*self._latest[-63:], (weakref.ref(value), len(self.steps) - 1)]
        return value

    def aside(self):
        return WorldsTrace()

    def _shown(self, value):
        step = next((index for latest, index in reversed(self._latest) if latest() is value), None)
        return Shown(different(value), step)


def different(value):
    """The different values of a number or array, in an array whose first axis tells them apart."""
    flat = np.ascontiguousarray(value.data.reshape(len(value.data), -1))
    bits = flat.view(np.int64) if flat.dtype == np.float64 else flat.astype(np.int64)
    _, first = np.unique(bits, axis=0, return_index=True)
    return flat[np.sort(first)].reshape(-1, *value.shape)


class WorldsArithmetic:
    """The arithmetic of all worlds at once.

    Parameters
    ----------
    most : int
        How many worlds to follow.
    sample : numpy.random.Generator, optional
        Where there would be more, go on with a sample instead: half of it drawn, half those with the lowest and highest
        values of what was computed last.  What they compute is possible, but no longer all that is.

    Raises
    ------
    TooManyWorlds
        By ``dot`` and ``power``.
    """

    def __init__(self, most=20000, sample=None):
        self.most = most
        self.sample = sample
        self.count = 1
        self.peak = 1  # how many there were at once, after merging
        self.widest = 1  # and before it
        self.live = weakref.WeakSet()

    def array(self, values):
        if isinstance(values, Numbers):
            return values
        data = np.asarray(values)
        return Numbers(self, np.broadcast_to(data, (self.count, *data.shape)).copy())

    def power(self, x, n):
        if n != 2:
            raise TooManyWorlds(f'the power {n} is not modelled')
        if not splits(x.data, x.data):
            raise TooManyWorlds(NEAR_LIMITS)
        square, error = two_product(x.data, x.data)
        other = np.where(error == 0, square, np.nextafter(square, np.where(error > 0, np.inf, -np.inf)))
        return self.split(np.stack([square, other]))

    def dot(self, a, b):
        rows = a.data[:, None] if a.data.ndim == 2 else a.data
        columns = b.data[:, :, None] if b.data.ndim == 2 else b.data
        made = []
        for i in range(rows.shape[1]):
            for j in range(columns.shape[2]):
                pair = Numbers(self, rows[:, i].astype(float)), Numbers(self, columns[:, :, j].astype(float))
                made.append(self.split(possible_sums(*(side.data for side in pair))))
                del pair
                rows, columns = (a.data[:, None] if a.data.ndim == 2 else a.data), (b.data[:, :, None] if b.data.ndim == 2 else b.data)
        shape = (*a.shape[:-1], *b.shape[1:])
        return Numbers(self, np.stack([each.data for each in made], axis=1).reshape(self.count, *shape))

    def split(self, outcomes):
        """Split each world into one for each of its different outcomes; ``outcomes`` has the worlds in its second axis."""
        outcomes = np.sort(outcomes, axis=0)
        new = np.concatenate([np.ones((1, self.count), bool), outcomes[1:] != outcomes[:-1]])
        if not new[1:].any():  # each world has one outcome, and goes on
            return Numbers(self, outcomes[0])
        outcome, world = np.nonzero(new)
        if len(world) > self.most:
            if self.sample is None:
                raise TooManyWorlds(f'more than {self.most} evaluations differ at once')
            kept = self.drawn(outcomes[outcome, world])
            outcome, world = outcome[kept], world[kept]
        self.choose(world)
        self.widest = max(self.widest, self.count)
        result = Numbers(self, outcomes[outcome, world])
        self.merge()
        return result

    def drawn(self, values):
        """Indices of a sample of values: the lowest, the highest, and as many drawn."""
        order = np.argsort(values)
        quarter = self.most // 4
        middle = self.sample.choice(order[quarter:-quarter], self.most - 2 * quarter, replace=False)
        return np.concatenate([order[:quarter], order[-quarter:], middle])

    def choose(self, world):
        """Go on in these worlds, some of them several times, others not at all."""
        for numbers in self.live:
            numbers.data = numbers.data[world]
        self.count = len(world)

    def merge(self):
        """Make worlds one whose every live number is equal."""
        if self.count > 1:
            state = np.concatenate([numbers.data.reshape(self.count, -1).astype(float) for numbers in self.live], axis=1)
            first = first_of_equal_rows(state)
            if len(first) < self.count:
                self.choose(first)
        self.peak = max(self.peak, self.count)


def possible_sums(a, b):
    """Every value of the inner products of the rows of ``a`` and ``b``: by any tree of additions, any products fused."""
    nonzero = [k for k in range(a.shape[1]) if ((a[:, k] != 0) & (b[:, k] != 0)).any()]
    if not nonzero:
        return np.zeros((1, len(a)))
    if len(nonzero) > 4:
        raise TooManyWorlds(f'a sum of {len(nonzero)} products has too many orders')
    if not splits(a[:, nonzero], b[:, nonzero]):
        raise TooManyWorlds(NEAR_LIMITS)
    return np.stack([evaluated(tree, a.T, b.T) for tree in trees(tuple(nonzero))])
