"""Arrays that a program makes from lists, numbers and other arrays."""

import numpy as np

from streetlight.certify.errorfree import fma, splits
from streetlight.shadow import session as _session
from streetlight.shadow.crossing import certain, escape, holds_tracked, lost, plain
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.operands import PLAIN, nodes_of
from streetlight.shadow.printed import Printed
from streetlight.shadow.tracked import FLOAT, Number, Tracked


def array(source, dtype=None, copy=True, order='K', subok=False, ndmin=0, like=None):
    """``numpy.array``."""
    if type(source) is Tracked or type(source) is Number:
        made = as_type(source if type(source) is Tracked else as_array(source), dtype, copy is not False, order)
        while made.value.ndim < ndmin:
            made = made[None]
        return made
    if isinstance(source, np.ndarray) or foreign_inside(source):
        values = np.array(plain(source), dtype=dtype, ndmin=ndmin)
        return lost(values, 'an array that another library made') if values.dtype.kind in 'fc' else certain(values)
    if not isinstance(source, (list, tuple, np.generic)) and hasattr(source, '__array__'):
        return lost(np.array(source, dtype=dtype, ndmin=ndmin), 'data of %s' % type(source).__name__)
    tracked = holds_tracked(source)
    values = np.array(plain(source) if tracked else source, dtype=dtype, order=order if not tracked else 'K', ndmin=ndmin)
    if values.dtype.kind in 'SU' or dtype is not None:
        for each in _leaves(source):
            if type(each) is Printed:
                each.seen('its text is put into an array')
    if not tracked:
        return certain(values)
    if values.dtype.kind in 'SU':
        escape(source, 'numbers become text')
    if values.dtype.kind not in 'biuf':
        return _objects(source, values.shape) if values.dtype.kind == 'O' else lost(values, 'numbers as %s' % values.dtype)
    nodes = np.array(_nested(source), dtype=np.int64, ndmin=ndmin)
    return as_type(Tracked(np.array(plain(source), dtype=float, ndmin=ndmin), nodes), values.dtype)


def _objects(source, shape):
    """An array of objects, which keeps what is tracked as it is."""
    made = np.empty(shape, object)
    for place in np.ndindex(*shape):
        each = source
        for at in place:
            each = each[at]
        made[place] = each
    return made


def as_type(x, dtype=None, copy=True, order='K'):
    """``x.astype(dtype)`` of a tracked array; how it lies in memory decides in which order BLAS adds."""
    if dtype is None or np.dtype(dtype) == x.value.dtype:
        lies = {'C': x.value.flags.c_contiguous, 'F': x.value.flags.f_contiguous}.get(order, True)
        if not copy and lies:
            return x
        value = x.value.copy(order=order)
        if x._first >= 0 and not x.fixed and value.flags.c_contiguous:
            return Tracked(value, None, None, x._first)
        return Tracked(value, None if x.fixed else x.nodes.copy(order=order))
    value = x.value.astype(dtype, order=order)
    if x.fixed:
        return certain(value)
    kind, before = value.dtype.kind, x.value.dtype.kind
    if value.dtype == FLOAT or (kind == 'i' and before in 'biu'):
        return Tracked(value, x.nodes.copy())
    if kind == 'i':
        return outcome('trunc', (x,), value)
    if kind == 'b':
        return outcome('not_equal', (x, 0.0), value)
    if kind in 'uf':
        return lost(value, '%s is not certified' % value.dtype)
    if kind == 'O':
        return np.array(x.ravel().tolist(), dtype=object).reshape(value.shape)  # Python's own numbers
    escape(x, 'numbers become %s' % value.dtype)
    return value


def as_array(x):
    """Anything as a tracked array."""
    if type(x) is Tracked:
        return x
    if type(x) is Number:
        return Tracked(np.array(x.value), np.array(x.nodes))
    return array(x, copy=False)


def foreign_inside(source):
    """Whether NumPy's own arrays of numbers are in a list: another library made them."""
    if type(source) in (Tracked, Number):
        return False
    if isinstance(source, (list, tuple)):
        return any(foreign_inside(each) for each in source if not isinstance(each, (int, float, str)))
    return (isinstance(source, np.ndarray) and source.dtype.kind in 'fc') or (
        isinstance(source, np.floating) and type(source) is not np.float64
    )


def _nested(source):
    if isinstance(source, (list, tuple)):
        return [_nested(each) for each in source]
    nodes = nodes_of(source)
    return nodes if nodes.ndim else int(nodes)


def _leaves(source):
    if isinstance(source, (list, tuple)) and type(source) is not Tracked:
        for each in source:
            yield from _leaves(each)
    else:
        yield source


def made_by(function):
    """A creator of NumPy's (``zeros``, ``linspace``): the same in every evaluation, if what it is given is."""

    def create(*args, **kwargs):
        kwargs.pop('like', None)
        if holds_tracked(args) or holds_tracked(kwargs):
            given = escape((args, kwargs), 'numpy.%s of undecided numbers' % function.__name__)
            args, kwargs = given
        return certain(function(*args, **kwargs))

    create.__name__ = function.__name__
    return create


def stepped(*args, **kwargs):
    """``numpy.arange``: ``start + number * step``, where compilers may fuse the product (they do on aarch64)."""
    value = np.arange(*escape(args, 'numpy.arange of undecided numbers'), **escape(kwargs, 'numpy.arange of undecided numbers'))
    if value.dtype != FLOAT or value.size < 3 or not splits(np.arange(value.size), value[1] - value[0]):
        return certain(value)
    fused = fma(np.arange(value.size) * 1.0, value[1] - value[0], value[0])
    ulps = np.ceil(np.abs(fused - value) / np.spacing(np.minimum(np.abs(fused), np.abs(value))))
    ulps[:2] = 0
    if not ulps.any():
        return certain(value)
    _session.CURRENT.note('numpy.arange may be fused on other machines')
    return Tracked(value, _session.CURRENT.tape.record('uncertain', (), value, ulps))


def filled(shape, value, dtype=None, **kwargs):
    """``numpy.full``."""
    if type(value) in PLAIN:
        return certain(np.full(plain(shape), value, dtype))
    result = certain(np.full(plain(shape), plain(value), dtype))
    result[...] = value
    return result


def like(function):
    """``zeros_like`` and its kin."""

    def create(prototype, *args, **kwargs):
        value = plain(prototype)
        if isinstance(value, (list, tuple)):
            value = np.array(value)
        if function is np.full_like:
            fill = args[0] if args else kwargs.pop('fill_value')
            result = certain(np.empty_like(value, *args[1:], **kwargs))
            result[...] = fill
            return result
        return certain(function(value, *args, **plain(kwargs)))

    create.__name__ = function.__name__
    return create


def empty(shape, dtype=float, order='C', **kwargs):
    """``numpy.empty``: whatever stood in the memory."""
    value = np.empty(plain(shape), dtype)
    if value.dtype != FLOAT:
        return certain(value)
    return Tracked(value, _session.CURRENT.unknown(value.shape, 'numpy.empty is read before it is written'))
