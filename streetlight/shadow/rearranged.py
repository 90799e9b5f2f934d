"""Functions of NumPy's that rearrange, choose, sort and round."""

import numpy as np

from streetlight.shadow.applying import call
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, escape, holds_tracked, made, plain, settle, view_of
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.indexing import index
from streetlight.shadow.operands import nodes_of
from streetlight.shadow.tracked import Number, Tracked, constants

#: One array, rearranged: done to the values and to the nodes.
OF_ONE = """
    reshape transpose ravel squeeze expand_dims swapaxes moveaxis rollaxis flip fliplr flipud broadcast_to rot90
    diagonal tile repeat roll take delete resize compress split array_split hsplit vsplit dsplit take_along_axis
    matrix_transpose permute_dims ascontiguousarray asfortranarray""".split()

#: A list of arrays, joined.
OF_MANY = ('concatenate', 'vstack', 'hstack', 'stack', 'column_stack', 'dstack', 'row_stack', 'block')


def of_one(name):
    function = getattr(np, name)

    def rearrange(a, *args, **kwargs):
        given, a = a, as_array(a)
        if name in OF_ONE[-2:] and (args or kwargs):  # a type, and what it is like
            a, args, kwargs = as_array(a).astype(*args, **kwargs), (), {}
        if type(a) is not Tracked:
            return function(a, *args, **kwargs)
        args, kwargs = index(args), {key: index(each) for key, each in kwargs.items()}
        value = function(a.value, *args, **kwargs)
        if type(given) is Number and isinstance(given.value, np.generic) and name in ('squeeze', 'transpose'):
            return given
        if value is a.value:
            return a
        if a.fixed:
            return [view_of(a, each) for each in value] if isinstance(value, (list, tuple)) else view_of(a, value)
        nodes = function(a.nodes, *args, **kwargs)
        if isinstance(value, (list, tuple)):
            return [Tracked(*pair) for pair in zip(value, nodes)]
        return made(value, nodes)

    rearrange.__name__ = name
    return rearrange


def of_many(name):
    function = getattr(np, name)

    def join(arrays, *args, **kwargs):
        if type(arrays) is Tracked:
            arrays = list(arrays)
        out = kwargs.pop('out', None)
        arrays = _each(arrays, lambda x: as_array(x))
        value = function(_each(arrays, plain), *args, **kwargs)
        if _all(arrays, lambda x: getattr(x, 'fixed', True)):
            result = certain(value)
        else:
            result = as_array(Tracked(value, function(_each(arrays, nodes_of), *args, **kwargs)))
        if out is not None:
            out[...] = result
            return out
        return result

    join.__name__ = name
    return join


def _each(x, function):
    return [_each(each, function) for each in x] if type(x) in (list, tuple) else function(x)


def _all(x, function):
    return all(_all(each, function) for each in x) if type(x) is list else function(x)


def with_zeros(name):
    """Functions that put zeros beside what they are given (``diag``, ``triu``, ``pad``)."""
    function = getattr(np, name)

    def place(a, *args, **kwargs):
        a, args, kwargs = as_array(a), escape(args, 'numpy.' + name), escape(kwargs, 'numpy.' + name)
        value = function(a.value, *args, **kwargs)
        if a.fixed:
            return certain(value)
        mode = kwargs.get('mode', *args[1:2] or ('constant',)) if name == 'pad' else 'constant'
        if mode in ('edge', 'reflect', 'symmetric', 'wrap'):
            return Tracked(value, function(a.nodes, *args, **kwargs))
        if mode != 'constant':
            return settle(value, False, 'there is no rule for numpy.pad so called')
        marks = np.arange(1, a.value.size + 1).reshape(a.value.shape)
        places = function(marks, *args, **{key: each for key, each in kwargs.items() if key != 'constant_values'})
        return Tracked(value, np.where(places > 0, a.nodes.reshape(-1)[places - 1], constants(value)))

    place.__name__ = name
    return place


def where(condition, *choices):
    """``numpy.where``."""
    condition = as_array(condition)
    if not choices:
        return certain_all(np.where(escape(condition, 'numpy.where of a condition')))
    value = np.where(condition.value, *map(plain, choices))  # a plain float does not widen what it stands beside
    a, b = (each if type(each) in (int, float, bool) else as_array(each) for each in choices)
    if condition.fixed and not np.isscalar(a) and a.fixed and (np.isscalar(b) or b.fixed):
        return certain(value)
    if condition.value.dtype.kind != 'b':
        condition = condition != 0
    if condition.fixed:  # it chooses nodes, and no evaluation differs
        if all(np.isscalar(each) or each.fixed for each in (a, b)):
            return certain(value)
        return Tracked(value, np.where(condition.value, nodes_of(a), nodes_of(b))) if value.dtype.kind in 'biuf' else value
    return outcome('where', (condition, a, b), value)


def certain_all(values):
    return tuple([certain(each) for each in values])


def clip(a, a_min=None, a_max=None, out=None, **kwargs):
    """``numpy.clip``: the larger, then the smaller."""
    low, high = kwargs.get('min', a_min), kwargs.get('max', a_max)
    result = as_array(a)
    if low is not None:
        result = call(np.maximum, (result, low))
    if high is not None:
        result = call(np.minimum, (result, high))
    if type(a) is Number or np.ndim(plain(a)) == 0:
        result = result[()] if type(result) is Tracked else result
    if out is not None:
        out[...] = result
        return out
    return result


def rounded(a, decimals=0, out=None):
    """``numpy.round``: scaled by a power of ten, rounded to an integer, and scaled back."""
    x = as_array(a)
    value = np.round(x.value, decimals)
    if x.value.dtype.kind in 'biu':
        return settle(value, x.fixed, 'integers are rounded')
    if decimals == 0:
        result = outcome('rint', (x,), value)
    else:
        scale = float(10 ** abs(decimals))
        there, back = ('multiply', 'divide') if decimals > 0 else ('divide', 'multiply')
        scaled = outcome(there, (x, scale), x.value * scale if decimals > 0 else x.value / scale)
        result = outcome(back, (outcome('rint', (scaled,), np.rint(plain(scaled))), scale), value)
    if out is not None:
        out[...] = result
        return out
    return result


def append(arr, values, axis=None):
    """``numpy.append``."""
    arr, values = as_array(arr), as_array(values)
    if axis is None:
        return of_many('concatenate')([arr.ravel(), values.ravel()])
    return of_many('concatenate')([arr, values], axis=axis)


def insert(arr, obj, values, axis=None):
    """``numpy.insert``."""
    arr, values = as_array(arr), as_array(values)
    places = escape(obj, 'where something is inserted')
    value = np.insert(arr.value, places, values.value, axis)
    if (
        value.dtype != arr.value.dtype
        or values.value.dtype.kind not in 'biuf'
        or (values.value.dtype.kind == 'f') > (value.dtype.kind == 'f')
    ):
        return unknown('insert', np.insert)(arr, obj, values, axis)
    return certain(value) if arr.fixed and values.fixed else Tracked(value, np.insert(arr.nodes, places, values.nodes, axis))


def at_least(name):
    function = getattr(np, name)

    def extend(*arrays):
        results = []
        for a in map(as_array, arrays):
            value = function(a.value)
            same = a if value is a.value else view_of(a, value) if a.fixed else Tracked(value, function(a.nodes))
            results.append(same)
        return results[0] if len(results) == 1 else type(function(1, 1))(results)

    extend.__name__ = name
    return extend


def unknown(name, function):
    """A function without a rule: certain where nothing undecided goes in and it does no rounding of its own, else lost."""
    settled = name in BY_COMPARISON

    def compute(*args, **kwargs):
        known = settled and not (name in OF_ONE_SHAPE and _undecided((args, kwargs)))
        reason = 'there is no rule for numpy.%s%s' % (name, UNKNOWN.get(name.partition('.')[0], ''))
        if known and (holds_tracked(args) or holds_tracked(kwargs)):
            args, kwargs = escape((args, kwargs), 'numpy.%s' % name)
        try:
            result = function(*plain(args), **plain(kwargs))
        except Exception:
            escape((args, kwargs), 'numpy.%s ends with an error' % name)
            raise
        if result is None or type(result) is bool:  # what comes of it depends on the numbers
            escape((args, kwargs), 'numpy.%s' % name)
        return settle(result, known, reason)

    compute.__name__ = name
    return compute


def _undecided(x):
    """Whether there are floats here that may differ: nobody else's are this machine's own, and what is made of them is lost alone."""
    if type(x) is dict:
        return any(map(_undecided, x.values()))
    if type(x) in (list, tuple):
        return any(map(_undecided, x))
    return type(x) in (Tracked, Number) and not x.fixed and np.asarray(x.value).dtype.kind == 'f'


#: Why there is none, and what to do.
UNKNOWN = {
    'linalg': ': no bound is proved of what LAPACK gives on other machines; written out (elimination, a power iteration) it is followed',
    'fft': ': it is computed in other steps by other versions; written out as sums it is followed',
    'polyfit': ': no bound is proved of what LAPACK gives on other machines; the normal equations, written out, are followed',
}

#: Of these the shape is the same whatever the numbers are, so that where they are undecided the result is lost alone.
OF_ONE_SHAPE = frozenset({'histogram', 'searchsorted', 'digitize', 'isin', 'in1d', 'isreal', 'nan_to_num', 'lexsort'})

#: These compare, count and choose, and round nothing; what they are given is decided first.
BY_COMPARISON = frozenset(
    """
    unique bincount nonzero argwhere flatnonzero searchsorted count_nonzero array_equal array_equiv isin in1d digitize
    setdiff1d union1d intersect1d setxor1d lexsort meshgrid ix_ unravel_index ravel_multi_index tril_indices triu_indices
    diag_indices shape ndim size can_cast result_type common_type isscalar iscomplexobj isrealobj broadcast_shapes
    mask_indices indices trim_zeros fill_diagonal copyto put place putmask packbits unpackbits
    may_share_memory shares_memory isreal iscomplex diag_indices_from tril_indices_from triu_indices_from
    histogram histogram2d allclose isclose insert min_scalar_type promote_types typename base_repr binary_repr
    broadcast_arrays nan_to_num""".split()
)
