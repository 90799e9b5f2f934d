"""The NumPy that a program sees: NumPy's own names, which give and take tracked arrays."""

import inspect
import types

import numpy as np

from streetlight.shadow import creation, files, loops, measures, methods, operators, products, rearranged, reductions, session, sorting
from streetlight.shadow.applying import call
from streetlight.shadow.composed import COMPOSED, matrix_power
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import escape, plain
from streetlight.shadow.tracked import Tracked
from streetlight.shadow.ufuncs import Ufunc
from streetlight.shadow.unfollowed import Grid, Joined, Unfollowed

methods.equip()
operators.equip()

CREATORS = """
    zeros ones eye identity linspace tri indices fromiter fromstring result_type can_cast common_type
    min_scalar_type promote_types isscalar issubdtype""".split()

SETTINGS = """
    geterr set_printoptions get_printoptions printoptions dtype finfo iinfo seterrcall ndindex show_config""".split()

#: Types of NumPy's that hold no results of their own.
PLAIN_TYPES = (np.generic, np.ndarray, np.dtype, np.ufunc, np.ndenumerate, np.broadcast, BaseException)


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


def guarded(name, rule):
    """A rule where it knows all parameters and the arrays are of numbers; else NumPy's own, of which nothing is certified."""
    parameters, fitting = inspect.signature(rule), {}
    if name in ('array', 'asarray', 'asanyarray', 'copy'):
        return rule

    def fits(*args, **kwargs):
        try:
            parameters.bind(*args, **kwargs)
        except TypeError:
            return False
        return True

    def called(*args, **kwargs):
        shape = (len(args), *kwargs)
        if shape not in fitting:
            fitting[shape] = fits(*args, **kwargs)
        if not fitting[shape] or any(map(special, args)):
            return rearranged.unknown(name, getattr(np, name))(*args, **kwargs)
        return rule(*args, **kwargs)

    called.__name__ = name
    return called


def special(x):
    """Whether this is, or holds, an array of NumPy's that is none of plain numbers: masked, of records, of objects."""
    if type(x) is Tracked:
        return False
    if type(x) in (list, tuple):
        return any(isinstance(each, (str, bytes)) or special(each) for each in x) if x and not isinstance(x[0], (int, float)) else False
    return isinstance(x, np.ndarray) and (type(x) is not np.ndarray or x.dtype.kind not in 'biufc')


FUNCTIONS = {
    **COMPOSED,
    **{name: creation.made_by(getattr(np, name)) for name in CREATORS if hasattr(np, name)},
    **{name: creation.like(getattr(np, name)) for name in ('zeros_like', 'ones_like', 'empty_like', 'full_like')},
    **{name: rearranged.of_one(name) for name in rearranged.OF_ONE if hasattr(np, name)},
    **{name: rearranged.of_many(name) for name in rearranged.OF_MANY if hasattr(np, name)},
    **{name: rearranged.with_zeros(name) for name in ('diag', 'diagflat', 'triu', 'tril', 'pad')},
    **{name: rearranged.at_least(name) for name in ('atleast_1d', 'atleast_2d', 'atleast_3d')},
    **{name: reductions.extreme(name) for name in ('argmax', 'argmin')},
    **{name: files.text_file(name) for name in files.TEXT_FILES},
    **{name: files.foreign_file(name) for name in ('load', 'fromfile', 'frombuffer', 'memmap')},
    **{name: files.saved(name) for name in ('save', 'savez', 'savez_compressed')},
    'savetxt': files.text_saved,
    **{name: files.written(name) for name in ('format_float_positional', 'format_float_scientific')},
    **{name: _mutating(name) for name in ('put', 'place', 'putmask', 'put_along_axis')},
    **{name: _errors(name) for name in ('errstate', 'seterr')},
    **{name: _shown(name) for name in ('array2string', 'array_str', 'array_repr')},
    'arange': creation.stepped,
    'array': creation.array,
    'full': creation.filled,
    'empty': creation.empty,
    'copy': lambda a, order='K': creation.array(a),
    'sum': reductions.total,
    'mean': reductions.mean,
    'average': measures.average,
    'var': reductions.variance,
    'std': reductions.deviation,
    'cumsum': reductions.running,
    'prod': reductions.product,
    'ptp': reductions.spread,
    'max': reductions.extreme('max'),
    'amax': reductions.extreme('max'),
    'min': reductions.extreme('min'),
    'amin': reductions.extreme('min'),
    'any': reductions.truth('any'),
    'all': reductions.truth('all'),
    'dot': products.dot,
    'inner': products.inner,
    'outer': products.outer,
    'vdot': lambda a, b: products.dot(np.conj(as_array(a)).ravel(), as_array(b).ravel()),
    'einsum': products.einsum,
    'trace': measures.trace,
    'where': rearranged.where,
    'clip': rearranged.clip,
    'round': rearranged.rounded,
    'around': rearranged.rounded,
    'sort': sorting.in_order,
    'argsort': sorting.order,
    'append': rearranged.append,
    'insert': rearranged.insert,
    'nonzero': measures.nonzero(np.nonzero),
    'flatnonzero': measures.nonzero(np.flatnonzero),
    'argwhere': measures.nonzero(np.argwhere),
    'count_nonzero': measures.nonzero(np.count_nonzero),
    'median': measures.median,
    'quantile': measures.quantile('quantile', 1),
    'percentile': measures.quantile('percentile', 100),
    'diff': measures.difference,
    'interp': measures.interpolated,
    'isclose': measures.close,
    'allclose': measures.all_close,
    'array_equal': measures.all_equal,
    'bincount': measures.bincount,
    'apply_along_axis': loops.applied,
    'fill_diagonal': _diagonal,
    'copyto': _copied,
    'divmod': lambda x1, x2: (np.floor_divide(x1, x2), np.remainder(x1, x2)),
    'vectorize': loops.vectorized,
    'square': lambda x, out=None, **kwargs: call(np.square, (x,), out, **kwargs),
    'shape': lambda a: np.shape(plain(a)),
    'ndim': lambda a: np.ndim(plain(a)),
    'size': lambda a, axis=None: np.size(plain(a), axis),
}
for _name in ('asarray', 'asanyarray', 'require'):
    FUNCTIONS[_name] = lambda a, dtype=None, *args, name=_name, **kwargs: (
        a if name == 'asanyarray' and special(a) else creation.array(a, dtype, copy=False, order=kwargs.get('order') or 'K')
    )
FUNCTIONS |= {name: guarded(name, rule) for name, rule in FUNCTIONS.items() if hasattr(np, name)}

NUMPY = Numpy(np, 'numpy', FUNCTIONS, 'numpy')
NUMPY.__dict__.update(r_=Joined(np.r_), c_=Joined(np.c_), mgrid=Grid(np.mgrid), ogrid=Grid(np.ogrid))
NUMPY.__dict__['linalg'] = Numpy(np.linalg, 'numpy.linalg', {'norm': measures.norm, 'matrix_power': matrix_power}, 'numpy.linalg')


def of_real(function):
    """What a program's NumPy has in the place of one of NumPy's functions."""
    name, module = function.__name__, getattr(function, '__module__', '')
    space = NUMPY.linalg if module.endswith('linalg') else NUMPY
    if getattr(space._real, name, None) is function:
        return getattr(space, name)
    return rearranged.unknown(name, function)
