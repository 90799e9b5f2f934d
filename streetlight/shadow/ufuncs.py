"""NumPy's ufuncs as a program sees them."""

import functools

import numpy as np

from streetlight.shadow import products, rearranged, reductions
from streetlight.shadow.applying import call
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import escape, lost, plain

REDUCED = {
    'add': reductions.total,
    'multiply': reductions.product,
    'maximum': reductions.extreme('max'),
    'minimum': reductions.extreme('min'),
    'logical_and': reductions.truth('all'),
    'logical_or': reductions.truth('any'),
}


class Ufunc:
    """One of NumPy's ufuncs as a program sees it."""

    def __init__(self, real):
        self.real = real
        self.__name__ = real.__name__

    @classmethod
    @functools.cache
    def of(cls, real):
        """The one of a ufunc, whatever its names."""
        return cls(real)

    def __call__(self, *args, out=None, **kwargs):
        if len(args) > self.real.nin:
            args, out = args[: self.real.nin], args[self.real.nin]
        if self.real is np.matmul:
            return products.matmul(*args, out=out)
        return call(self.real, args, out, **kwargs)

    def __repr__(self):
        return repr(self.real)

    def __getattr__(self, name):
        return getattr(self.real, name)

    def reduceat(self, *args, **kwargs):
        return lost(self.real.reduceat(*escape(args, 'ufunc.reduceat'), **kwargs), 'there is no rule for ufunc.reduceat')

    def reduce(self, a, axis=0, dtype=None, out=None, keepdims=False, **kwargs):
        rule = REDUCED.get(self.__name__)
        if rule is None or dtype is not None or any(value is not np._NoValue for value in kwargs.values()):
            return rearranged.unknown(self.__name__ + '.reduce', self.real.reduce)(a, axis=axis, dtype=dtype, keepdims=keepdims, **kwargs)
        return rule(a, axis=axis, out=out, keepdims=keepdims)

    def accumulate(self, a, axis=0, dtype=None, out=None):
        if self.__name__ == 'add':
            return reductions.running(a, axis=axis, out=out)
        return rearranged.unknown(self.__name__ + '.accumulate', self.real.accumulate)(a, axis=axis)

    def outer(self, a, b, **kwargs):
        a, b = as_array(a), as_array(b)
        left = a[(...,) + (None,) * b.value.ndim] if b.value.ndim else a
        return call(self.real, (left, b), None, **kwargs)

    def at(self, a, places, *others):
        """Element after element, as NumPy defines it."""
        places = plain(escape(places, 'ufunc.at'))
        if a.fixed and all(getattr(as_array(each), 'fixed', False) for each in others):
            self.real.at(a.value, places, *plain(others))
            a.settled()
            return
        shape = a.value[places].shape
        rows = np.arange(a.value.size).reshape(a.value.shape)[places].reshape(-1)
        others = [np.broadcast_to(as_array(each), shape).reshape(-1) for each in others]
        flat = a.reshape(-1)
        for number, place in enumerate(rows.tolist()):
            flat[place] = self(flat[place], *[each[number] for each in others])
        if not np.shares_memory(flat.value, a.value):
            a[...] = flat.reshape(a.value.shape)
