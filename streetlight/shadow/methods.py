"""What tracked arrays and numbers can do: operators, indexing, NumPy's methods and protocols."""

from functools import lru_cache

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array, as_type
from streetlight.shadow.crossing import certain, escape, lost, plain, view_of
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.indexing import Flat, derived, getitem, index, iterate, setitem
from streetlight.shadow.tracked import Number, Tracked

np_type = type  # which a parameter of NumPy's hides


def _same(name):
    """A method that rearranges, done to the values and to the nodes."""
    function = getattr(np.ndarray, name)

    def method(self, *args, **kwargs):
        args, kwargs = index(args), plain(kwargs)
        value = function(self.value, *args, **kwargs)
        if self.fixed:
            return view_of(self, value)
        return derived(self, value, lambda nodes: function(nodes, *args, **kwargs))

    method.__name__ = name
    return method


def _python(self, value, nodes):
    """Python's own numbers, in lists, of what is not fixed."""
    if isinstance(value, list):
        return [_python(self, *pair) for pair in zip(value, nodes)]
    return Number(value, np.asarray(nodes))


def tolist(self):
    value = self.value.tolist()
    return value if self.fixed else _python(self, value, self.nodes)


def item(self, *args):
    value = self.value.item(*args)
    if self.fixed:
        return value
    return Number(value, np.asarray(self.nodes.item(*args)))


def _fill(self, value):
    self[...] = value


def _sort(self, axis=-1, kind=None, order=None):
    self[...] = np.sort(self, axis=axis)


def _bytes(self, *args, **kwargs):
    return escape(self, 'its bytes are taken').tobytes(*args, **kwargs)


@lru_cache(maxsize=None)
def _function(name):
    from streetlight.shadow.namespace import NUMPY

    return getattr(NUMPY, name)


def equip():
    """Give the methods to the classes."""
    for name in ('reshape', 'transpose', 'ravel', 'flatten', 'squeeze', 'swapaxes', 'diagonal', 'repeat', 'take'):
        setattr(Tracked, name, _same(name))
    for name in """
    sum mean max min argmax argmin any all cumsum prod var std dot clip round argsort nonzero trace searchsorted
    cumprod ptp""".split():

        def method(self, *args, name=name, **kwargs):
            return _function(name)(self, *args, **kwargs)

        setattr(Tracked, name, method)
    Tracked.astype = lambda self, dtype, order='K', casting='unsafe', subok=True, copy=True: as_type(self, dtype, copy, order)
    Tracked.copy = lambda self, order='C': as_type(self, order=order)
    Tracked.__copy__ = lambda self: as_type(self)
    Tracked.__deepcopy__ = lambda self, memo: as_type(self)
    Number.__copy__ = lambda self: self
    Number.__deepcopy__ = lambda self, memo: self
    for name, function in dict(
        tolist=tolist,
        item=item,
        fill=_fill,
        sort=_sort,
        tobytes=_bytes,
        conj=_conjugate,
        conjugate=_conjugate,
        view=_view,
        __getitem__=getitem,
        __setitem__=setitem,
        __iter__=iterate,
        __len__=lambda self: len(self.value),
        __contains__=lambda self, x: bool(np.any(self == x)),
    ).items():
        setattr(Tracked, name, function)
    Tracked.shape = property(lambda self: self.value.shape, _shape)
    for name in ('ndim', 'size', 'dtype', 'itemsize', 'nbytes', 'strides', 'flags'):
        setattr(Tracked, name, property(lambda self, name=name: getattr(self.value, name)))
    Tracked.T = property(_transposed)
    Tracked.mT = property(lambda self: self.swapaxes(-1, -2))
    Tracked.flat = property(
        lambda self: self.ravel() if self.value.flags.c_contiguous else Flat(self),
        lambda self, items: setitem(self, ..., np.resize(as_array(items), self.shape)),
    )
    Tracked.real = property(lambda self: self if self.value.dtype.kind != 'c' else _unfollowed(self.value.real), _set_part)
    Tracked.imag = property(
        lambda self: np.zeros_like(self) if self.value.dtype.kind != 'c' else _unfollowed(self.value.imag),
        lambda self, items: _set_part(self, items, 'imag'),
    )
    Tracked.base = property(lambda self: self._root)
    Number.__getattr__ = _of_number
    Tracked.__getattr__ = _of_array
    Number.__round__ = _round
    for name in ('floor', 'ceil'):
        setattr(Number, f'__{name}__', lambda self, name=name: _whole(self, name))


def _transposed(self):
    if self._first >= 0 or self._root is not None or self.fixed:
        root = self._root
        return Tracked(self.value.T, None, self if root is None else root, -1, 0 if root is None else self._offset)
    return Tracked(self.value.T, self.nodes.T)


def _shape(self, shape):
    value = self.value.view()
    value.shape = shape
    if not self.fixed:
        if self._nodes is not None:
            self._nodes = self._nodes.reshape(shape)
    self.value = value


def _unfollowed(value):
    return lost(value.copy(), 'parts of complex numbers')


def _conjugate(self, *args, **kwargs):
    return np.conjugate(self, *args, **kwargs)


def _set_part(self, items, name='real'):
    if self.value.dtype.kind != 'c' and name == 'real':
        self[...] = items
        return
    setattr(self.value, name, escape(items, 'a part of complex numbers'))
    self.opened()[...] = _session.CURRENT.unknown((), 'parts of complex numbers')


def _view(self, dtype=None, type=None):
    kind = getattr(dtype, 'real', dtype)  # of a class that is not followed, NumPy's own
    if isinstance(kind, np_type) and issubclass(kind, np.ndarray) and kind is not np.ndarray:
        _session.CURRENT.taint('an array as %s is not followed' % kind.__name__)
        return self.value.view(kind)
    if dtype is None or dtype is np.ndarray or dtype == self.value.dtype:
        return self[...]
    return escape(self, 'its bytes are read as %s' % np.dtype(dtype)).view(dtype)


def _has(value, name):
    """Raise what Python raises of an attribute that is not there; what C code looks for is not there either."""
    if name.startswith('__') and hasattr(value, name):
        raise AttributeError(name)
    getattr(value, name)


def _of_number(self, name):
    """A method or attribute of NumPy's scalars, which do what arrays of no dimension do."""
    value = self.value
    _has(value, name)
    if name in ('real', 'imag') and isinstance(value, complex):
        return lost(getattr(value, name), 'parts of complex numbers')
    if name == 'real':
        return self
    if isinstance(value, np.generic) and hasattr(Tracked, name):
        found = getattr(Tracked(np.asarray(value), self.nodes), name)
        return (lambda *args, **kwargs: _scalar(found(*args, **kwargs))) if callable(found) else _scalar(found)
    return getattr(escape(self, '%s of a number' % name), name)


def _scalar(x):
    return x[()] if type(x) is Tracked and x.ndim == 0 else x


def _of_array(self, name):
    """What NumPy's arrays have beyond ours is NumPy's own: it may look at the elements, and change them."""
    _has(self.value, name)
    attribute = getattr(escape(self, '.%s of an array' % name), name)
    if not callable(attribute):
        return attribute

    def method(*args, **kwargs):
        result = attribute(*escape(args, 'it is given to .%s' % name), **escape(kwargs, 'it is given to .%s' % name))
        self.settled()
        return certain(result)

    return method


def _round(self, digits=None):
    """Python's ``round``: correctly rounded decimals of a float; NumPy's scalars round as its arrays do."""
    value = round(self.value, digits) if digits is not None else round(self.value)
    if isinstance(self.value, np.generic) and digits is not None:
        return np.round(self, digits)
    if digits is None or isinstance(self.value, int):
        return outcome('rint', (self,), value)
    return outcome('round', (self,), value, int(digits))


def _whole(self, name):
    import math

    return outcome(name, (self,), getattr(math, name)(self.value))
