"""What of NumPy makes objects of its own: classes that are not followed, grids and joined rows that are."""

import numpy as np

from streetlight.shadow import creation, session
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, lost, plain
from streetlight.shadow.tracked import Tracked


class Unfollowed:
    """A class of NumPy's, or a function that makes functions: nothing after its use is certified."""

    def __init__(self, name, real):
        self.__name__, self.real = name, real

    def __instancecheck__(self, x):
        return isinstance(x, self.real)

    def __getattr__(self, name):
        return Unfollowed(self.__name__ + '.' + name, getattr(self.real, name))

    def __call__(self, *args, **kwargs):
        session.CURRENT.taint('numpy.%s makes an object that is not followed' % self.__name__)
        return self.real(*plain(args), **plain(kwargs))


class Grid:
    """``numpy.mgrid`` and ``numpy.ogrid``."""

    def __init__(self, real):
        self.real = real

    def __getitem__(self, key):
        if isinstance(key, slice):
            return stretched(key)
        made = self.real[plain(key)]
        return certain(made) if isinstance(made, np.ndarray) else type(made)(map(certain, made))


def stretched(key):
    """The numbers of a slice, as NumPy's grids read it: a complex step is a count."""
    start = 0 if key.start is None else key.start
    if isinstance(key.step, complex):
        return creation.made_by(np.linspace)(start, key.stop, int(abs(key.step)))
    return creation.stepped(start, key.stop, 1 if key.step is None else key.step)


class Joined:
    """``numpy.r_`` and ``numpy.c_``."""

    def __init__(self, real):
        self.real = real

    def __getitem__(self, key):
        parts = key if isinstance(key, tuple) else (key,)
        if any(isinstance(part, str) for part in parts):
            return lost(self.real[plain(key)], 'numpy.r_ with directions')
        parts = [stretched(part) if isinstance(part, slice) else as_array(part) for part in parts]
        value = self.real[tuple([part.value for part in parts])]
        if all(part.fixed for part in parts):
            return certain(value)
        return Tracked(value, self.real[tuple([part.nodes for part in parts])])
