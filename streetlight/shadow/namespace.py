"""The NumPy that a program sees: NumPy's own names, which give and take tracked arrays."""

import functools
import inspect
import operator
import os
import types

import numpy as np

from streetlight.shadow import creation, rearranged, reductions, rendering, session
from streetlight.shadow.composed import COMPOSED
from streetlight.shadow.creation import as_array
from streetlight.shadow.elementwise import call, outcome, power
from streetlight.shadow.printed import Printed, join
from streetlight.shadow.tracked import Tracked, certain, escape, is_tracked, lost, plain

CREATORS = ('zeros', 'ones', 'eye', 'identity', 'linspace', 'tri', 'indices', 'fromiter', 'fromstring', 'result_type', 'can_cast',
            'common_type', 'min_scalar_type', 'promote_types', 'isscalar', 'issubdtype')

#: Files are read as text or not at all.
TEXT_FILES = ('loadtxt', 'genfromtxt')

SETTINGS = ('geterr', 'set_printoptions', 'get_printoptions', 'printoptions', 'dtype', 'finfo', 'iinfo', 'seterrcall', 'ndindex',
            'show_config')


#: Types of NumPy's that hold no results of their own.
PLAIN_TYPES = (np.generic, np.ndarray, np.dtype, np.ufunc, np.ndenumerate, np.broadcast, BaseException)


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
        return FUNCTIONS['linspace'](start, key.stop, int(abs(key.step)))
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
            args, out = args[:self.real.nin], args[self.real.nin]
        if self.real is np.matmul:
            return reductions.matmul(*args, out=out)
        return call(self.real, args, out, **kwargs)

    def __repr__(self):
        return repr(self.real)

    def __getattr__(self, name):
        return getattr(self.real, name)

    def reduceat(self, *args, **kwargs):
        return lost(self.real.reduceat(*escape(args, 'ufunc.reduceat'), **kwargs), 'there is no rule for ufunc.reduceat')

    def reduce(self, a, axis=0, dtype=None, out=None, keepdims=False, **kwargs):
        name = {'add': 'sum', 'multiply': 'prod', 'maximum': 'max', 'minimum': 'min', 'logical_and': 'all',
                'logical_or': 'any'}.get(self.__name__)
        if name is None:
            return rearranged.unknown(self.__name__ + '.reduce', self.real.reduce)(a, axis=axis, keepdims=keepdims)
        return FUNCTIONS[name](a, axis=axis, out=out, keepdims=keepdims)

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


class Numpy(types.ModuleType):
    """NumPy, or a part of it, by name."""

    def __init__(self, real, name, table, reason):
        super().__init__(name)
        self.__dict__.update(_real=real, _table=table, _reason=reason, __file__=getattr(real, '__file__', None))

    def __getattr__(self, name):
        real = getattr(self._real, name)
        made = self._table.get(name)
        if made is None:
            made = self._made(name, real)
        self.__dict__[name] = made
        return made

    def __dir__(self):
        return dir(self._real)

    def _made(self, name, real):
        if isinstance(real, np.ufunc):
            return Ufunc.of(real)
        if isinstance(real, type) and issubclass(real, np.ndarray) and real is not np.ndarray:
            return Unfollowed(name, real)
        if isinstance(real, types.ModuleType):
            return real if name in ('exceptions', 'typing', 'version') else Numpy(real, 'numpy.' + name, {}, 'numpy.' + name)
        if name in SETTINGS or not callable(real) or (isinstance(real, type) and issubclass(real, PLAIN_TYPES)):
            return real
        if isinstance(real, type) or name == 'frompyfunc':
            return Unfollowed(name, real)
        return rearranged.unknown(self._reason.replace('numpy.', '', 1) + '.' + name if self._reason != 'numpy' else name, real)


def norm(x, ord=None, axis=None, keepdims=False):
    """``numpy.linalg.norm``: the root of the sum of the squares."""
    x = as_array(x)
    value = np.linalg.norm(x.value, ord, axis, keepdims)
    if ord not in (None, 2, 'fro') or (ord == 2 and axis is None and x.value.ndim != 1) or isinstance(axis, tuple):
        return lost(value, 'there is no rule for this numpy.linalg.norm')
    flat = x.ravel() if axis is None else x
    if axis is None and not keepdims:
        return outcome('sqrt', (reductions.dot(flat, flat),), value)
    return np.sqrt(reductions.total(x * x, axis, keepdims=keepdims))


def average(a, axis=None, weights=None, returned=False, **kwargs):
    """``numpy.average``."""
    if weights is None and not returned:
        return reductions.mean(a, axis, **kwargs)
    a, weights = as_array(a), as_array(weights)
    if returned or a.value.shape != weights.value.shape:
        return rearranged.unknown('average', np.average)(a, axis, weights, returned)
    return reductions.total(a * weights, axis) / reductions.total(weights, axis)


def difference(a, n=1, axis=-1, **kwargs):
    """``numpy.diff``."""
    a = as_array(a)
    for _ in range(n):
        rows = np.moveaxis(a, axis, 0)
        a = np.moveaxis(rows[1:] - rows[:-1], 0, axis)
    return a


def close(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """``numpy.isclose``, in NumPy's own steps."""
    a, b = as_array(a), as_array(b)
    value = np.isclose(a.value, b.value, rtol, atol, equal_nan)
    if equal_nan or not (np.isfinite(a.value).all() and np.isfinite(b.value).all()):
        return rearranged.unknown('isclose', np.isclose)(a, b, rtol, atol, equal_nan)
    if a.fixed and b.fixed:
        return certain(value)
    size, span = abs(b[()] if b.value.ndim == 0 else b), abs(a - b)
    return call(np.less_equal, (span, atol + rtol * size))


def all_close(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """``numpy.allclose``."""
    found = reductions.truth('all')(close(a, b, rtol, atol, equal_nan))
    return bool(found) if type(found) is np.bool_ else found.item() if hasattr(found, 'item') else found


def _nonzero(function):
    def choose(a, *args, **kwargs):
        a = as_array(a)
        if not a.fixed:
            a = as_array(escape(a if a.value.dtype.kind == 'b' else a != 0, 'numpy.%s' % function.__name__))
        result = function(a.value, *args, **kwargs)
        return tuple([certain(each) for each in result]) if isinstance(result, tuple) else certain(result)
    choose.__name__ = function.__name__
    return choose


def median(a, axis=None, *args, **kwargs):
    """``numpy.median``: the middle one, or half the sum of both."""
    a = as_array(a)
    if (axis is not None and a.value.ndim > 1) or args or kwargs or not np.isfinite(a.value).all() or a.value.size == 0:
        return rearranged.unknown('median', np.median)(a, axis, *args, **kwargs)
    ordered, half = rearranged.in_order(a.ravel()), a.value.size // 2
    if a.value.size % 2:
        return ordered[half] * 1.0
    return (ordered[half - 1] + ordered[half]) / 2.0


def trace(a, *args, **kwargs):
    """``numpy.trace``."""
    return reductions.total(as_array(a).diagonal(*args, **kwargs), axis=-1)


def text_file(name):
    def read(file, *args, **kwargs):
        from streetlight.shadow.session import current
        current().note('numbers are read from a file: %s' % getattr(file, 'name', file))
        value = getattr(np, name)(file, *args, **kwargs)
        if os.path.realpath(str(file)) in current().written:
            return lost(value, 'a file that the program wrote is read again')
        return certain(value)
    return read


def foreign_file(name):
    def read(*args, **kwargs):
        value = getattr(np, name)(*args, **kwargs)
        return lost(value, 'a file of numbers, not of text, is read') if isinstance(value, np.ndarray) else value
    return read


def _saved(name):
    def save(*args, **kwargs):
        from streetlight.shadow.session import current
        current().written.add(os.path.realpath(str(args[0])))
        return getattr(np, name)(*plain(args), **plain(kwargs))
    return save


def text_saved(fname, X, fmt='%.18e', delimiter=' ', newline='\n', header='', footer='', comments='# ', encoding=None):  # noqa: N803
    """``numpy.savetxt``: into an open file number by number, so that their text is followed."""
    rows = as_array(X)
    plainly = rows.value.ndim <= 2 and rows.value.dtype.kind in 'biuf' and isinstance(fmt, str) and fmt.count('%') == 1
    if not hasattr(fname, 'write') or not plainly:
        escape(X if hasattr(fname, 'write') else None, 'numpy.savetxt so called')
        return _saved('savetxt')(fname, X, fmt, delimiter, newline, header, footer, comments, encoding)
    lines = [comments + header.replace('\n', '\n' + comments)] if header else []
    rows = rows.reshape(-1, 1) if rows.value.ndim < 2 else rows
    lines += [join([rendering.percent(x, fmt) if is_tracked(x) else fmt % x for x in row], delimiter) for row in rows]
    lines += [comments + footer.replace('\n', '\n' + comments)] if footer else []
    text = join([join((line, newline)) for line in lines])
    if hasattr(fname, 'put'):
        fname.put(text)
    else:
        fname.write(text.seen('text of numbers is written to a file') if type(text) is Printed else text)


def _written(name):
    """A function that writes one number."""
    def write(x, *args, **kwargs):
        def real(value):
            return getattr(np, name)(value, *args, **kwargs)
        return rendering.number_text(x, real) if is_tracked(x) else real(x)
    return write


def bincount(x, weights=None, minlength=0):
    """``numpy.bincount``: with weights, one addition after the other."""
    if weights is None or as_array(weights).fixed:
        return rearranged.unknown('bincount', np.bincount)(x, weights, minlength)
    places = plain(escape(x, 'numpy.bincount'))
    result = certain(np.zeros(np.bincount(places, minlength=plain(minlength)).shape))
    Ufunc(np.add).at(result, places, as_array(weights).astype(float))
    return result


def _errors(name):
    def set_errors(*args, **kwargs):
        if {'raise', 'call'} & {*args, *kwargs.values()}:
            session.CURRENT.taint('numpy.%s turns warnings into errors, which are not followed' % name)
        return getattr(np, name)(*args, **kwargs)
    return set_errors


def _diagonal(a, value, wrap=False):
    a = as_array(a)
    places = np.zeros(a.value.shape, bool)
    np.fill_diagonal(places, True, wrap)
    a[places] = np.resize(value, int(places.sum())) if np.ndim(plain(value)) else value


def _copied(dst, src, casting='same_kind', where=True):
    if where is True:
        dst[...] = src
    else:
        dst[np.broadcast_to(plain(where), dst.shape)] = np.broadcast_to(as_array(src), dst.shape)[plain(where)]


def _mutating(name):
    def mutate(a, *args, **kwargs):
        getattr(np, name)(a.value, *escape(args, 'numpy.' + name), **plain(kwargs))
        escape(a, 'numpy.' + name)
        a.settled()
    return mutate


def _shown(name):
    def show(a, *args, **kwargs):
        from streetlight.shadow.rendering import array_text
        return array_text(as_array(a), getattr(np, name), args, kwargs)
    return show


def _applied(function, axis, arr, *args, **kwargs):
    """``numpy.apply_along_axis``, row after row."""
    rows = np.moveaxis(as_array(arr), axis, -1)
    if rows.ndim == 1:
        return as_array(function(rows, *args, **kwargs))[()]
    results = [function(row, *args, **kwargs) for row in rows.reshape(-1, rows.shape[-1])]
    made = creation.array(results)
    made = made.reshape(rows.shape[:-1] + made.shape[1:])
    return np.moveaxis(made, -1, axis) if made.ndim == rows.ndim else made


def vectorized(pyfunc, otypes=None, doc=None):
    """``numpy.vectorize``: a loop over the elements; without types, the first result has them, by a call of its own."""
    function = power if pyfunc in (pow, operator.pow) else pyfunc

    @functools.wraps(function)
    def apply(*arrays):
        given, arrays = arrays, [as_array(each) for each in arrays]
        if not all(type(each) is Tracked and each.value.size for each in arrays):
            return Unfollowed('vectorize', np.vectorize(pyfunc, otypes, doc))(*given)
        shape = np.broadcast_shapes(*[each.value.shape for each in arrays])
        spread = [np.broadcast_to(each, shape).reshape(-1) for each in arrays]
        first = function(*[each[0] for each in spread]) if not otypes else None
        if isinstance(first, tuple):
            rows = [function(*each) for each in zip(*spread)]
            columns = [creation.array(list(column)).astype(np.asarray(plain(one)).dtype) for column, one in zip(zip(*rows), first)]
            return tuple([column.reshape(shape)[()] for column in columns])
        kind = otypes[0] if otypes else np.asarray(plain(first)).dtype
        results = creation.array([function(*each) for each in zip(*spread)])
        return results.astype(kind).reshape(shape)[()]
    apply.__doc__ = doc or apply.__doc__
    return apply


def guarded(name, rule):
    """A rule where it knows all parameters and the arrays are of numbers; else NumPy's own, of which nothing is certified."""
    parameters = inspect.signature(rule)
    if name in ('array', 'asarray', 'asanyarray', 'copy'):
        return rule

    def called(*args, **kwargs):
        try:
            parameters.bind(*args, **kwargs)
        except TypeError:
            return rearranged.unknown(name, getattr(np, name))(*args, **kwargs)
        if any(map(special, args)):
            return rearranged.unknown(name, getattr(np, name))(*args, **kwargs)
        return rule(*args, **kwargs)
    called.__name__ = name
    return called


def special(x):
    """Whether this is, or holds, an array of NumPy's that is none of plain numbers: masked, of records, of objects."""
    if type(x) in (list, tuple):
        return any(isinstance(each, (str, bytes)) or special(each) for each in x) if x and not isinstance(x[0], (int, float)) else False
    return isinstance(x, np.ndarray) and type(x) is not Tracked and (type(x) is not np.ndarray or x.dtype.kind not in 'biufc')


FUNCTIONS = {
    **COMPOSED,
    **{name: creation.made_by(getattr(np, name)) for name in CREATORS if hasattr(np, name)},
    **{name: creation.like(getattr(np, name)) for name in ('zeros_like', 'ones_like', 'empty_like', 'full_like')},
    **{name: rearranged.of_one(name) for name in rearranged.OF_ONE if hasattr(np, name)},
    **{name: rearranged.of_many(name) for name in rearranged.OF_MANY if hasattr(np, name)},
    **{name: rearranged.with_zeros(name) for name in ('diag', 'diagflat', 'triu', 'tril', 'pad')},
    **{name: rearranged.at_least(name) for name in ('atleast_1d', 'atleast_2d', 'atleast_3d')},
    **{name: reductions.place_of(name) for name in ('argmax', 'argmin')},
    **{name: text_file(name) for name in TEXT_FILES},
    **{name: foreign_file(name) for name in ('load', 'fromfile', 'frombuffer', 'memmap')},
    **{name: _saved(name) for name in ('save', 'savez', 'savez_compressed')}, 'savetxt': text_saved,
    **{name: _written(name) for name in ('format_float_positional', 'format_float_scientific')},
    **{name: _mutating(name) for name in ('put', 'place', 'putmask', 'put_along_axis')},
    **{name: _errors(name) for name in ('errstate', 'seterr')},
    **{name: _shown(name) for name in ('array2string', 'array_str', 'array_repr')},
    'arange': creation.stepped, 'array': creation.array, 'full': creation.filled, 'empty': creation.empty,
    'copy': lambda a, order='K': creation.array(a), 'sum': reductions.total, 'mean': reductions.mean,
    'average': average, 'var': reductions.variance, 'std': reductions.deviation, 'cumsum': reductions.running,
    'prod': reductions.product, 'ptp': reductions.spread, 'max': reductions.extreme('max'), 'amax': reductions.extreme('max'),
    'min': reductions.extreme('min'), 'amin': reductions.extreme('min'), 'any': reductions.truth('any'),
    'all': reductions.truth('all'), 'dot': reductions.dot, 'inner': reductions.inner, 'outer': reductions.outer,
    'vdot': lambda a, b: reductions.dot(np.conj(as_array(a).ravel()), as_array(b).ravel()), 'einsum': reductions.einsum,
    'trace': trace, 'where': rearranged.where, 'clip': rearranged.clip, 'round': rearranged.rounded,
    'around': rearranged.rounded, 'sort': rearranged.in_order, 'argsort': rearranged.order, 'append': rearranged.append,
    'nonzero': _nonzero(np.nonzero), 'flatnonzero': _nonzero(np.flatnonzero), 'argwhere': _nonzero(np.argwhere),
    'count_nonzero': _nonzero(np.count_nonzero), 'median': median, 'diff': difference, 'isclose': close, 'allclose': all_close,
    'bincount': bincount, 'apply_along_axis': _applied, 'fill_diagonal': _diagonal, 'copyto': _copied,
    'vectorize': vectorized, 'square': lambda x, out=None, **kwargs: call(np.square, (x,), out, **kwargs),
    'shape': lambda a: np.shape(plain(a)), 'ndim': lambda a: np.ndim(plain(a)),
    'size': lambda a, axis=None: np.size(plain(a), axis),
}
for _name in ('asarray', 'asanyarray', 'require'):
    FUNCTIONS[_name] = lambda a, dtype=None, *args, name=_name, **kwargs: (
        a if name == 'asanyarray' and special(a) else creation.array(a, dtype, copy=False, order=kwargs.get('order') or 'K'))
FUNCTIONS |= {name: guarded(name, rule) for name, rule in FUNCTIONS.items() if hasattr(np, name)}

NUMPY = Numpy(np, 'numpy', FUNCTIONS, 'numpy')
NUMPY.__dict__.update(r_=Joined(np.r_), c_=Joined(np.c_), mgrid=Grid(np.mgrid), ogrid=Grid(np.ogrid))
NUMPY.__dict__['linalg'] = Numpy(np.linalg, 'numpy.linalg', {'norm': norm}, 'numpy.linalg')


def of_real(function):
    """What a program's NumPy has in the place of one of NumPy's functions."""
    name, module = function.__name__, getattr(function, '__module__', '')
    space = NUMPY.linalg if module.endswith('linalg') else NUMPY
    if getattr(space._real, name, None) is function:
        return getattr(space, name)
    return rearranged.unknown(name, function)


__all__ = ['NUMPY', 'Tracked', 'Ufunc', 'certain', 'of_real']
