"""Draws that a random number decides beside numbers of the program's: trials of a chance, choices with weights."""

import numpy as np

from streetlight.shadow import reductions
from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, lost, plain
from streetlight.shadow.operands import nodes_of

NEAR = 2.0**-30  # what functions of the C library may move is far less


class Stream:
    """The random numbers from 0 to 1 that a generator draws next, drawn once more."""

    def __init__(self, real):
        self.generator = real.bit_generator if isinstance(real, np.random.Generator) else None
        self.real = real
        self.before = self.generator.state if self.generator else real.get_state()

    def again(self, shape):
        """The numbers from where this was made on; the generator stands after them."""
        if self.generator:
            self.generator.state = self.before
            return np.asarray(self.real.random(shape))
        self.real.set_state(self.before)
        return np.asarray(self.real.random_sample(shape))


def binomial(real, n, p, size=None):
    """One trial for each draw: a random number beside ``exp(log(1 - p))``, the same everywhere unless it lies near."""
    stream = Stream(real)
    value = real.binomial(n, p, size)
    if np.ndim(n) == np.ndim(p) == 0 and n == 1 and 0 < p < 1:
        rare = min(p, 1 - p)
        draws = stream.again(np.shape(value))
        happens = draws > 1 - rare
        clear = (np.abs(draws - (1 - rare)) > NEAR) & (draws < 1 - NEAR)
        if clear.all() and np.array_equal(value, happens if p <= 0.5 else ~happens):
            return certain(value)
    return lost(value, 'random.binomial, of which nothing is stated')


def weighted(real, a, size, p):
    """``choice`` with weights that may differ: the first whose running sum is beyond a random number."""
    stream = Stream(real)
    value = real.choice(plain(a), size, True, plain(p))
    draws = stream.again(np.shape(value))
    sums = reductions.running(as_array(p))
    sums = sums / sums[-1]
    places = np.searchsorted(plain(sums), draws, side='right')
    _session.CURRENT.decide(nodes_of(sums <= certain(draws[..., None] * 1.0)), 'which is drawn with such weights')
    if not np.array_equal(np.arange(int(a))[places] if np.ndim(plain(a)) == 0 else np.asarray(plain(a))[places], value):
        return lost(value, 'random.choice in other steps')
    return as_array(a)[places] if np.ndim(plain(a)) and as_array(a).dtype.kind in 'biuf' else certain(value)
