"""Random numbers: what a seed fixes everywhere, and what only within some ulps.

The generators are integer arithmetic, so uniform draws and choices are the same on every machine; ``randn`` and its kin go through
the C library's ``log`` and ``sqrt``, and compilers contract them.  Without a seed nothing is certified.
"""

import random as _random
import types

import numpy as np

from streetlight.certify.errorfree import fma
from streetlight.shadow import session as _session
from streetlight.shadow import trials
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, escape, lost, made, plain
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.tracked import FLOAT, Number, Tracked, constants

#: The same on every machine.
EXACT = frozenset(
    """
    random rand random_sample ranf sample randint random_integers integers permutation choice bytes permuted
    tomaxint get_state getrandbits""".split()
)

#: Within some ulps: the C library's functions and fused products; the ulps are eight times the largest difference seen.
WITHIN = {
    'randn': 16,
    'normal': 16,
    'standard_normal': 16,
    'exponential': 16,
    'standard_exponential': 16,
    'lognormal': 64,
    'laplace': 64,
    'logistic': 64,
    'gumbel': 64,
}

SEEDING = frozenset({'seed', 'set_state'})


class Draws(types.ModuleType):
    """``numpy.random``, or one of its generators.

    Parameters
    ----------
    real : module, RandomState or Generator
    seeded : bool or None
        None where that is the session's to know.
    """

    def __init__(self, real, seeded=None):
        super().__init__('numpy.random')
        self.__dict__.update(_real=real, _seeded=seeded)

    def __getattr__(self, name):
        real = getattr(self._real, name)
        if name == 'default_rng' or isinstance(real, type):
            made = _generator(real, name)
        elif name in SEEDING:
            made = self._seeding(name)
        elif not callable(real):
            return real
        elif name == 'shuffle':
            made = self._shuffle
        elif name == 'uniform':
            made = self._uniform
        elif name in ('binomial', 'choice'):
            made = self._trial(name, self._drawing(name, real))
        else:
            made = self._drawing(name, real)
        self.__dict__[name] = made
        return made

    def __repr__(self):
        return repr(self._real)

    def __str__(self):
        return str(self._real)

    def _known(self):
        return self._seeded if self._seeded is not None else _session.CURRENT.seeded

    def _seeding(self, name):
        def seed(*args, **kwargs):
            getattr(self._real, name)(*escape(args, 'a seed'), **plain(kwargs))
            given = [each for each in (*args, *kwargs.values()) if each is not None]
            if self._seeded is None:
                _session.CURRENT.seeded = bool(given)
            else:
                self.__dict__['_seeded'] = bool(given)

        return seed

    def _drawing(self, name, real):
        def draw(*args, **kwargs):
            chosen = args[0] if name in ('choice', 'permutation', 'permuted') and args and type(args[0]) is Tracked else None
            if chosen is not None and not chosen.fixed:
                return self._chosen(real, chosen, args[1:], kwargs)
            value = real(*escape(args, 'random.%s' % name), **escape(kwargs, 'random.%s' % name))
            return self._settled(name, value)

        draw.__name__ = name
        return draw

    def _trial(self, name, plainly):
        """A draw that is decided beside numbers of the program's, where it is seeded."""

        def draw(*args, **kwargs):
            if self._known() and name == 'binomial':
                return trials.binomial(self._real, *escape(args, 'random.binomial'), **escape(kwargs, 'random.binomial'))
            given = dict(zip(('a', 'size', 'replace', 'p'), args), **kwargs)
            weights = given.get('p')
            whole = given.get('replace', True) and not given.keys() - {'a', 'size', 'replace', 'p'}
            if self._known() and whole and not getattr(as_array(weights) if weights is not None else None, 'fixed', True):
                return trials.weighted(self._real, given['a'], given.get('size'), weights)
            return plainly(*args, **kwargs)

        draw.__name__ = name
        return draw

    def _settled(self, name, value):
        if not self._known():
            return lost(value, 'unseeded random numbers') if isinstance(value, (np.ndarray, np.number, int, float)) else value
        if isinstance(value, np.ndarray) and value.dtype.kind == 'f' and value.dtype != FLOAT:
            return lost(value, '%s is not certified' % value.dtype)
        if name in EXACT or not isinstance(value, (np.ndarray, np.number, float, int)):
            return certain(value) if isinstance(value, np.ndarray) else value
        if name in WITHIN:
            _session.CURRENT.note('random.%s is the same on other machines but for its last bits' % name)
            nodes = _session.CURRENT.tape.record('uncertain', (), value, float(WITHIN[name]))
            return made(value if isinstance(value, np.ndarray) else np.float64(value) if isinstance(value, np.generic) else value, nodes)
        return lost(value, 'random.%s, of which nothing is stated' % name)

    def _chosen(self, real, source, args, kwargs):
        """Choosing among undecided numbers: which ones is drawn, and the same everywhere."""
        if kwargs.get('axis', 0) != 0:
            return lost(real(source.value, *plain(args), **plain(kwargs)), 'a choice along another axis')
        places = real(len(source.value), *escape(args, 'a choice'), **escape(kwargs, 'a choice'))
        result = source[places]
        return result if self._known() else lost(plain(result), 'unseeded random numbers')

    def _shuffle(self, x):
        if isinstance(x, list) or type(x) is not Tracked:
            self._real.shuffle(x)
        else:
            places = np.arange(len(x.value))
            self._real.shuffle(places)
            x[...] = x[places]
        if not self._known():
            if type(x) is Tracked:
                x.opened()[...] = _session.CURRENT.unknown((), 'unseeded random numbers')
            else:
                _session.CURRENT.taint('unseeded random numbers')

    def _uniform(self, low=0.0, high=1.0, size=None):
        """``low + (high - low) * draw``, where compilers may fuse the product: an inner product of two."""
        low, high = as_array(low), as_array(high)
        ends = low.value, high.value
        stream = trials.Stream(self._real)
        value = self._real.uniform(*ends, size)
        width = as_array(outcome('subtract', (high, low), np.subtract(*ends[::-1])))
        if not self._known() or (low.fixed and width.fixed and (np.abs(np.frexp(width.value)[0]) == 0.5).all()):
            return self._settled('rand', value)  # times a power of two is exact
        draws = stream.again(np.shape(value))
        with np.errstate(all='ignore'):
            if not ((value == ends[0] + width.value * draws) | (value == fma(width.value, draws, ends[0]))).all():
                return lost(value, 'random.uniform in other steps')
        left = np.stack([np.broadcast_to(each.nodes, draws.shape) for each in (width, low)], axis=-1)
        right = constants(np.stack([draws, np.ones(draws.shape)], axis=-1))
        return made(value, _session.CURRENT.tape.record('dot', (left, right), value, None, False))


def _generator(real, name):
    def generator(seed=None, *args, **kwargs):
        return Draws(real(getattr(plain(seed), '_real', plain(seed)), *args, **kwargs), _is_seeded(seed))

    generator.__name__ = name
    return generator


def _is_seeded(seed):
    return bool(seed._seeded) if isinstance(seed, Draws) else seed is not None


class PythonDraws(types.ModuleType):
    """Python's ``random``, or a ``random.Random``."""

    def __init__(self, real=_random, seeded=False):
        super().__init__('random')
        self.__dict__.update(_real=real, _seeded=seeded)

    def __getattr__(self, name):
        real = getattr(self._real, name)
        if name == 'Random':
            return lambda seed=None: PythonDraws(_random.Random(plain(seed)), seed is not None)
        if name == 'SystemRandom':
            return lambda *args: PythonDraws(_random.SystemRandom(), False)
        if name == 'seed':
            return self._seed
        if not callable(real):
            return real

        def draw(*args, **kwargs):
            if name in ('choice', 'sample', 'choices', 'shuffle'):  # of the program's own list, which `shuffle` changes
                value = real(*args, **kwargs)
            else:
                value = real(*escape(args, 'random.%s' % name), **escape(kwargs, 'random.%s' % name))
            if not self._seeded:
                if isinstance(value, (int, float)):
                    return lost(value, 'unseeded random numbers')
                _session.CURRENT.taint('unseeded random numbers')
            elif name in ('gauss', 'normalvariate', 'expovariate', 'lognormvariate'):
                return Number(value, _session.CURRENT.tape.record('uncertain', (), value, 16.0))
            elif isinstance(value, float) and name not in ('random', 'uniform', 'choice', 'triangular'):
                return lost(value, 'random.%s, of which nothing is stated' % name)
            return value

        return draw

    def _seed(self, seed=None, *args, **kwargs):
        self._real.seed(escape(seed, 'a seed'), *args, **kwargs)
        self.__dict__['_seeded'] = seed is not None


def install():
    """The generators of a new program: none is seeded."""
    from streetlight.shadow.namespace import NUMPY

    NUMPY.__dict__['random'] = Draws(np.random)
    return PythonDraws()
