"""Sums, products of matrices, extremes: operations over axes."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, fresh, lost, made, settle
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.orders import MOST_TERMS, trees
from streetlight.shadow.tracked import FLOAT, Number, Tracked

MOST_FACTORS = 1000


def last(nodes, axis):
    """Nodes with the axes that are reduced as the last axis: a copy."""
    if axis is None:
        return nodes.reshape(-1).copy()
    axes = _axes(axis, nodes.ndim)
    kept = [each for each in range(nodes.ndim) if each not in axes]
    moved = nodes.transpose(kept + list(axes))
    return moved.reshape([nodes.shape[each] for each in kept] + [-1]).copy()


def _axes(axis, ndim):
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(int(each) % ndim for each in axes) if ndim else ()  # NumPy takes 0 and -1 there


def reduced(kind, x, value, axis, extra=None):
    """A reduction on the tape; ``value`` is the machine's, whatever dimensions it keeps."""
    x = as_array(x)
    if x.fixed and (kind not in ('sum', 'prod') or value.dtype.kind in 'biu'):
        return certain(value)
    if value.dtype != FLOAT and not (value.dtype.kind == 'b' or (value.dtype.kind in 'iu' and value.dtype.itemsize == 8)):
        return lost(value, '%s is not certified' % value.dtype)
    if x.value.size == 0:
        return certain(value)
    tape = _session.CURRENT.tape
    if x._first >= 0 and x.value.size > 1 and (axis is None or x.value.ndim == 1):
        return fresh(value, tape.note(kind, ((x._first, (x.value.size,)),), np.asarray(value).reshape(()), extra))
    operand = last(x.nodes, axis)
    if operand.shape[-1] == 1 and kind in ('sum', 'max', 'min'):
        return made(value, operand[..., 0].reshape(np.shape(value)))
    return fresh(value, tape.note(kind, (tape.place(operand),), np.asarray(value).reshape(operand.shape[:-1]), extra))


def written(value, out):
    if out is None:
        return value
    out[...] = value
    return out


def total(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """``numpy.sum``."""
    a = as_array(a)
    if dtype is not None and np.dtype(dtype) != a.value.dtype:
        a = a.astype(dtype)
    if where is not True:
        a = np.where(where, a, 0.0)
    value = np.add.reduce(a.value, axis=axis, dtype=dtype, keepdims=keepdims)
    extra = 'integer' if a.value.dtype.kind in 'biu' else None
    result = reduced('sum', a, value, axis, extra)
    return written(result if initial is None else result + initial, out)


def _count(a, axis):
    return a.value.size if axis is None else int(np.prod([a.value.shape[each] for each in _axes(axis, a.value.ndim)]))


def mean(a, axis=None, dtype=None, out=None, keepdims=False):
    """``numpy.mean``: the sum, divided by the count."""
    a = as_array(a)
    if a.value.size == 0:
        return settle(np.mean(a.value, axis=axis, keepdims=keepdims), False, 'numpy.mean of nothing')
    if dtype is not None and np.dtype(dtype) != FLOAT:
        return lost(np.mean(a.value, axis=axis, dtype=dtype, keepdims=keepdims), '%s is not certified' % np.dtype(dtype))
    if dtype is not None:
        a = a.astype(dtype)
    value = np.mean(a.value, axis=axis, keepdims=keepdims)
    kind = {'dtype': float} if a.value.dtype.kind in 'biu' else {}
    whole = np.add.reduce(a.value, axis=axis, keepdims=keepdims, **kind)
    exact = kind and a.fixed and np.abs(a.value).sum(dtype=float) < 2.0**53
    whole = certain(whole) if exact else reduced('sum', a, whole, axis)  # added as float64, whatever they are
    return written(outcome('divide', (whole, float(_count(a, axis))), value), out)


def variance(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    """``numpy.var``, in NumPy's own steps."""
    a = as_array(a)
    if dtype is not None and np.dtype(dtype) != a.value.dtype:
        return lost(np.var(a.value, axis, dtype, None, ddof, keepdims), 'numpy.var as %s' % np.dtype(dtype))
    centre = mean(a, axis, keepdims=True)
    off = a - centre
    square = off * off
    whole = total(square, axis, keepdims=keepdims)
    result = whole / float(max(_count(a, axis) - ddof, 0))
    value = np.var(a.value, axis=axis, ddof=ddof, keepdims=keepdims)
    if not np.array_equal(value, plain_value(result), equal_nan=True):
        return lost(value, 'numpy.var in other steps')
    return written(result, out)


def deviation(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    """``numpy.std``."""
    return written(np.sqrt(variance(a, axis, dtype, None, ddof, keepdims)), out)


def plain_value(x):
    return x.value if type(x) in (Tracked, Number) else x


def extreme(kind):
    """A largest or smallest element, or its place."""
    function = getattr(np, kind)

    def reduce(a, axis=None, out=None, keepdims=False):
        a = as_array(a)
        return written(reduced(kind, a, function(a.value, axis=axis, keepdims=keepdims), axis), out)

    reduce.__name__ = kind
    return reduce


def truth(kind):
    function = getattr(np, kind)

    def reduce(a, axis=None, out=None, keepdims=False):
        a = as_array(a)
        value = function(a.value, axis=axis, keepdims=keepdims)
        if a.value.dtype.kind != 'b':
            a = a != 0
        return written(reduced('max' if kind == 'any' else 'min', a, value, axis), out)

    reduce.__name__ = kind
    return reduce


def spread(a, axis=None, out=None, keepdims=False):
    """``numpy.ptp``."""
    return extreme('max')(a, axis, keepdims=keepdims) - extreme('min')(a, axis, keepdims=keepdims)


def running(a, axis=None, dtype=None, out=None):
    """``numpy.cumsum``: one addition after the other, by definition."""
    a = as_array(a)
    value = np.cumsum(a.value, axis=axis, dtype=dtype)
    if axis is None or a.value.ndim == 0:
        a, axis = a.ravel(), 0
    if a.fixed or (value.dtype.kind == 'f' and value.dtype != FLOAT):
        return settle(value, a.fixed, '%s is not certified' % value.dtype)
    source, sums = np.moveaxis(a.nodes, axis, 0), np.moveaxis(value, axis, 0)
    nodes = np.empty(sums.shape, np.int64)
    record = _session.CURRENT.tape.record
    extra = 'integer' if value.dtype.kind in 'iu' else None
    for each in range(len(nodes)):
        nodes[each] = source[each] if each == 0 else record('add', (nodes[each - 1].copy(), source[each].copy()), sums[each], extra, False)
    return written(Tracked(value, np.moveaxis(nodes, 0, axis).copy()), out)


def product(a, axis=None, out=None, keepdims=False):
    """``numpy.prod``: multiplied in any order; of few numbers each order is a way that an evaluation may take."""
    a = as_array(a)
    value = np.prod(a.value, axis=axis, keepdims=keepdims)
    if (a.fixed and value.dtype.kind in 'iu') or a.value.size == 0:
        return written(certain(value), out)
    count = _count(a, axis)
    if value.dtype != FLOAT or count > MOST_FACTORS:
        return lost(value, 'there is no rule for this numpy.prod')
    if count > MOST_TERMS or keepdims or isinstance(axis, tuple):
        return written(reduced('prod', a, value, axis), out)
    rows = list(a.ravel() if axis is None or a.value.ndim == 0 else np.moveaxis(a, axis, 0))
    ways = [multiplied(tree, rows) for tree in trees(tuple(range(count)), False)]
    ours = [np.array_equal(plain_value(way), value, equal_nan=True) for way in ways]
    if not any(ours):
        return lost(value, 'numpy.prod in other steps')
    result = ways.pop(ours.index(True))
    for way in ways:
        if way is not result and not (a.fixed and np.array_equal(plain_value(way), value, equal_nan=True)):
            result = outcome('where', (undecided(value.shape), way, result), value)
    return written(result, out)


def multiplied(tree, rows):
    """A product by a tree of multiplications."""
    return rows[tree[1]] * 1.0 if tree[0] == 'p' else multiplied(tree[1], rows) * multiplied(tree[2], rows)


def undecided(shape):
    """What is true in one evaluation and false in another, for each element by itself."""
    zeros = np.zeros(shape)
    return made(zeros if shape else np.float64(0.0), _session.CURRENT.tape.record('uncertain', (), zeros, 1.0))
