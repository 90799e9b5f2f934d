"""What tracked arrays and numbers can do: operators, indexing, NumPy's methods and protocols."""

import operator

import numpy as np

from streetlight.shadow import reductions
from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array, as_type
from streetlight.shadow.elementwise import PLAIN, binary, call, in_place, in_place_power, nodes_of, operand, outcome, power, unary
from streetlight.shadow.tracked import Number, Tracked, certain, constants, escape, lost, made, plain, view_of

BINARY = {
    'add': 'add',
    'sub': 'subtract',
    'mul': 'multiply',
    'truediv': 'divide',
    'floordiv': 'floor_divide',
    'mod': 'remainder',
    'and': 'bitwise_and',
    'or': 'bitwise_or',
    'xor': 'bitwise_xor',
    'lshift': 'left_shift',
    'rshift': 'right_shift',
}
np_type = type  # which a parameter of NumPy's hides
COMPARED = {'lt': 'less', 'le': 'less_equal', 'gt': 'greater', 'ge': 'greater_equal', 'eq': 'equal', 'ne': 'not_equal'}
UNARY = {
    'neg': ('negative', operator.neg),
    'pos': ('positive', operator.pos),
    'abs': ('absolute', abs),
    'invert': ('invert', operator.invert),
}


def _operators():
    for name, kind in {**BINARY, **COMPARED}.items():
        op = getattr(operator, name + '_' if name in ('and', 'or') else name)

        def forward(self, other, kind=kind, op=op):
            return binary(kind, op, self, other)

        def backward(self, other, kind=kind, op=op):
            return binary(kind, op, other, self)

        for cls in (Tracked, Number):
            setattr(cls, f'__{name}__', forward)
            if name in BINARY:
                setattr(cls, f'__r{name}__', backward)
        if name in BINARY:
            augmented = getattr(operator, 'i' + name)

            def augment(self, other, kind=kind, op=augmented):
                return in_place(kind, op, self, other)

            setattr(Tracked, f'__i{name}__', augment)
    for name, (kind, op) in UNARY.items():
        for cls in (Tracked, Number):
            setattr(cls, f'__{name}__', lambda self, kind=kind, op=op: unary(kind, op, self))
    for cls in (Tracked, Number):
        cls.__pow__ = power
        cls.__rpow__ = lambda self, other: power(other, self)
        cls.__matmul__ = lambda self, other: _matmul(self, other)
        cls.__rmatmul__ = lambda self, other: _matmul(other, self)
        cls.__divmod__ = lambda self, other: (self // other, self % other)
        cls.__rdivmod__ = lambda self, other: (other // self, other % self)
        cls.__array_ufunc__ = array_ufunc
        cls.__array_function__ = array_function
        cls.__array__ = _leave
        cls.__bool__ = _truth
        cls.__float__ = lambda self: float(escape(self, "float() of it in code that is not the program's"))
        cls.__complex__ = lambda self: complex(escape(self, 'complex()'))
        cls.__int__ = cls.__trunc__ = lambda self: _integer(self, 'int()')
        cls.__index__ = lambda self: operator.index(escape(self, 'an index or a count'))
        cls.__reduce_ex__ = lambda self, protocol: escape(self, 'it is pickled').__reduce_ex__(protocol)
    Tracked.__ipow__ = in_place_power
    Tracked.__imatmul__ = lambda self, other: reductions._result(_matmul(self, other), self)
    Tracked.__hash__ = None
    Number.__hash__ = lambda self: hash(escape(self, 'it is a key of a dictionary or set'))


def _matmul(a, b):
    a, b = operand(a), operand(b)
    return NotImplemented if a is NotImplemented or b is NotImplemented else reductions.matmul(a, b)


def _truth(self):
    value = bool(self.value)
    if not self.fixed:
        asked = self if np.asarray(self.value).dtype.kind == 'b' else self != 0
        _session.CURRENT.decide(nodes_of(asked), 'whether this condition holds may differ between machines')
    return value


def _integer(self, what):
    value = int(self.value)
    if not self.fixed:
        whole = self if np.asarray(self.value).dtype.kind in 'biu' else as_type(as_array(self), np.int64)
        _session.CURRENT.decide(nodes_of(whole), what + ' of a number that may differ between machines')
    return value


def _leave(self, dtype=None, copy=None):
    value = escape(self, "it is handed to code that is not NumPy's")
    return np.array(value, dtype=dtype)


def array_ufunc(self, ufunc, method, *args, out=None, **kwargs):
    """NumPy's protocol: a ufunc was called on one of ours."""
    if out and any(each is not None and type(each) is not Tracked for each in out):
        args = escape(args, 'an array of another library takes it')
        return getattr(ufunc, method)(*args, out=plain(out), **plain(kwargs))
    if method == '__call__':
        if ufunc is np.matmul:
            return reductions.matmul(*args, out=out and out[0])
        return call(ufunc, args, out, **kwargs)
    from streetlight.shadow.ufuncs import Ufunc

    return getattr(Ufunc.of(ufunc), method)(*args, **({'out': out[0], **kwargs} if out else kwargs))


def array_function(self, function, types, args, kwargs):
    """NumPy's protocol: a function of NumPy's was called on one of ours."""
    from streetlight.shadow.namespace import of_real

    return of_real(function)(*args, **kwargs)


def index(key):
    """A key of ours as NumPy takes it."""
    kind = type(key)
    if kind is tuple:
        return tuple([index(each) for each in key])
    if kind is Tracked or kind is Number:
        return escape(key, 'it chooses elements')
    if kind is list:
        return escape(key, 'it chooses elements')
    return key


def getitem(self, key):
    key = key if type(key) is int or type(key) is slice else index(key)
    value = self.value[key]
    if self.fixed:
        return view_of(self, value)
    if isinstance(value, np.ndarray):
        return derived(self, value, lambda nodes: nodes[key])
    node = int(self.nodes[key])
    return value if _session.CURRENT.tape._fixed[node] else Number(value, node)


def derived(array, value, choose):
    """A part or a rearrangement of an array that is not fixed, which ``choose`` makes of its nodes."""
    if array._first < 0 and array._root is None:
        return made(value, choose(array.nodes))
    if isinstance(value, np.ndarray) and np.may_share_memory(value, array.value):
        return Tracked(value, None, array if array._root is None else array._root)
    return made(value, choose(array.nodes))


def setitem(self, key, item):
    if type(key) is Tracked and key.value.dtype.kind == 'b' and not key.fixed and np.ndim(plain(item)) == 0:
        if key.value.shape == self.value.shape:  # either way is enclosed
            key, item = Ellipsis, np.where(key, item, self)
    key = key if type(key) is int or type(key) is slice else index(key)
    if type(item) not in PLAIN:
        item = as_array(item)
    self.value[key] = plain(item)
    if type(item) in PLAIN or item.fixed:
        if self.fixed:
            self.settled()
        else:
            self.opened()[key] = constants(np.asarray(self.value[key]))
        return
    source, kind = item.value.dtype.kind, self.value.dtype.kind
    if kind in 'iu' and source == 'f':
        item = outcome('trunc', (item,), np.trunc(item.value))
    elif kind == 'b' and source != 'b':
        item = item != 0
    nodes = nodes_of(item)
    self.opened()[key] = nodes


def _iterate(self):
    if self.value.ndim == 0:
        raise TypeError('iteration over a 0-d array')
    for each in range(len(self.value)):
        yield self[each]


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


def _by(function):
    return lambda self, *args, **kwargs: function(self, *args, **kwargs)


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


def _methods():
    for name in ('reshape', 'transpose', 'ravel', 'flatten', 'squeeze', 'swapaxes', 'diagonal', 'repeat', 'take'):
        setattr(Tracked, name, _same(name))
    for name in (
        'sum',
        'mean',
        'max',
        'min',
        'argmax',
        'argmin',
        'any',
        'all',
        'cumsum',
        'prod',
        'var',
        'std',
        'dot',
        'clip',
        'round',
        'argsort',
        'nonzero',
        'trace',
        'searchsorted',
        'cumprod',
        'ptp',
    ):

        def method(self, *args, name=name, **kwargs):
            from streetlight.shadow.namespace import NUMPY

            return getattr(NUMPY, name)(self, *args, **kwargs)

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
        __iter__=_iterate,
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
        lambda self: self.ravel() if self.value.flags.c_contiguous else _Flat(self),
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


class _Flat:
    """The elements of an array whose rows do not lie one after the other: writing goes to the array."""

    def __init__(self, array):
        self.array = array

    def __getitem__(self, key):
        return self.array.ravel()[key]

    def __setitem__(self, key, item):
        flat = self.array.ravel()
        flat[key] = item
        self.array[...] = flat.reshape(self.array.shape)

    def __len__(self):
        return self.array.size


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


def _of_number(self, name):
    """A method or attribute of NumPy's scalars, which do what arrays of no dimension do."""
    value = self.value
    if name.startswith('__') or not hasattr(type(value), name):
        raise AttributeError("'%s' object has no attribute '%s'" % (type(value).__name__, name))
    if name in ('real', 'imag') and isinstance(value, complex):
        return lost(getattr(value, name), 'parts of complex numbers')
    if name == 'real':
        return self
    if isinstance(value, np.generic) and hasattr(Tracked, name):
        return getattr(Tracked(np.asarray(value), self.nodes), name)
    return getattr(escape(self, '%s of a number' % name), name)


def _of_array(self, name):
    """What NumPy's arrays have beyond ours is NumPy's own: it may look at the elements, and change them."""
    if name.startswith('__') or not hasattr(self.value, name):
        raise AttributeError("'numpy.ndarray' object has no attribute '%s'" % name)
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


def of_foreign(value, reason):
    """What another library gave back: nothing is known of its numbers."""
    if isinstance(value, (float, complex, np.inexact)) or (isinstance(value, np.ndarray) and value.dtype.kind in 'biufc'):
        return lost(value, reason)
    if isinstance(value, int) and not isinstance(value, bool):
        return lost(value, reason)
    if type(value) in (list, tuple) and value:
        return type(value)([of_foreign(each, reason) for each in value])
    if type(value) is dict and value:
        return {key: of_foreign(each, reason) for key, each in value.items()}
    return value


_operators()
_methods()
