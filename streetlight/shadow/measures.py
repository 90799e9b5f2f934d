"""What programs ask of arrays: norms, averages, differences, which are close, how many there are."""

import numpy as np

from streetlight.shadow import products, rearranged, reductions, sorting
from streetlight.shadow.applying import call
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, escape, lost, plain
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.tracked import Tracked
from streetlight.shadow.ufuncs import Ufunc


def norm(x, ord=None, axis=None, keepdims=False):
    """``numpy.linalg.norm``: the root of the sum of the squares."""
    x, ord = as_array(x), plain(ord)
    value = np.linalg.norm(x.value, ord, axis, keepdims)
    if ord not in (None, 2, 'fro') or (ord == 2 and axis is None and x.value.ndim != 1) or isinstance(axis, tuple):
        return lost(value, 'there is no rule for this numpy.linalg.norm')
    flat = x.ravel() if axis is None else x
    if axis is None and not keepdims:
        return outcome('sqrt', (products.dot(flat, flat),), value)
    return np.sqrt(reductions.total(x * x, axis, keepdims=keepdims))


def average(a, axis=None, weights=None, returned=False, **kwargs):
    """``numpy.average``."""
    if weights is None and not returned:
        return reductions.mean(a, axis, **kwargs)
    a, weights = as_array(a), as_array(weights)
    if returned or a.value.shape != weights.value.shape:
        return rearranged.unknown('average', np.average)(a, axis, weights, returned)
    value = np.average(a.value, axis, weights.value)
    found = reductions.total(a * weights, axis) / reductions.total(weights, axis)
    return found if np.array_equal(plain(found), value, equal_nan=True) else lost(value, 'numpy.average in other steps')


def difference(a, n=1, axis=-1, prepend=None, append=None):
    """``numpy.diff``."""
    a = as_array(a)
    ends = {'prepend': prepend, 'append': append}
    ends = {name: as_array(each) for name, each in ends.items() if each is not None}
    np.diff(a.value, n, axis, **{name: each.value for name, each in ends.items()})  # or its error
    shape = [1 if place == axis % a.value.ndim else length for place, length in enumerate(a.value.shape)]
    ends = {name: np.broadcast_to(each, shape) if each.value.ndim == 0 else each for name, each in ends.items()}
    parts = [each for each in (ends.get('prepend'), a, ends.get('append')) if each is not None]
    a = np.concatenate(parts, axis=axis) if n and ends else a
    for _ in range(n):
        rows = np.moveaxis(a, axis, 0)
        a = np.moveaxis(rows[1:] != rows[:-1] if a.value.dtype.kind == 'b' else rows[1:] - rows[:-1], 0, axis)
    return a


def close(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """``numpy.isclose``, in NumPy's own steps."""
    a, b = as_array(a), as_array(b)
    value = np.isclose(a.value, b.value, rtol, atol, equal_nan)
    if equal_nan or 'b' in (a.value.dtype.kind, b.value.dtype.kind) or not (np.isfinite(a.value).all() and np.isfinite(b.value).all()):
        return rearranged.unknown('isclose', np.isclose)(a, b, rtol, atol, equal_nan)
    if a.fixed and b.fixed:
        return certain(value)
    size, span = abs(b[()]), abs(a - b)
    return call(np.less_equal, (span, atol + rtol * size))


def all_close(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """``numpy.allclose``."""
    return _python(reductions.truth('all')(close(a, b, rtol, atol, equal_nan)))


def all_equal(a1, a2, equal_nan=False):
    """``numpy.array_equal``."""
    a, b = as_array(a1), as_array(a2)
    if equal_nan or type(a) is not Tracked or type(b) is not Tracked:
        return rearranged.unknown('array_equal', np.array_equal)(a1, a2, equal_nan)
    return a.value.shape == b.value.shape and _python(reductions.truth('all')(a == b))


def _python(found):
    return bool(found) if type(found) is np.bool_ else found.item() if hasattr(found, 'item') else found


def nonzero(function):
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
    if args or kwargs or np.ndim(axis) or not np.isfinite(a.value).all() or a.value.size == 0:
        return rearranged.unknown('median', np.median)(a, axis, *args, **kwargs)
    a = a.astype(float) if a.value.dtype.kind == 'b' else a
    ordered = sorting.in_order(a.ravel()) if axis is None else np.moveaxis(sorting.in_order(a, axis), axis, 0)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half] * 1.0
    return (ordered[half - 1] + ordered[half]) / 2.0


def quantile(name, hundred):
    """``numpy.quantile`` and ``numpy.percentile`` of all elements, on the line between two neighbours."""
    function = getattr(np, name)

    def between(a, q, axis=None, method='linear'):
        a, parts = as_array(a), np.true_divide(plain(q), hundred)
        value = function(a.value, plain(q), axis=axis)
        plainly = a.value.size and (axis is None or a.value.ndim == 1) and np.isfinite(a.value).all()
        if not plainly or method != 'linear' or not as_array(q).fixed or parts.ndim > 1:
            return rearranged.unknown(name, function)(a, q, axis=axis, method=method)
        ordered = sorting.in_order(a.ravel()) * 1.0
        found = [_on_the_line(ordered, (len(ordered) - 1) * part) for part in parts.ravel().tolist()]
        found = found[0] if parts.ndim == 0 else np.stack(found)
        return found if np.array_equal(plain(found), value) else lost(value, 'numpy.%s in other steps' % name)

    between.__name__ = name
    return between


def _on_the_line(ordered, place):
    """What stands between two neighbours, as NumPy computes it from 1.22 on, or before."""
    below = int(place)
    low, high, part = ordered[below], ordered[min(below + 1, len(ordered) - 1)], place - below
    if part == 0:
        return low
    made = low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)
    return outcome('where', (reductions.undecided(()), low * (1 - part) + high * part, made), plain(made))


def interpolated(x, xp, fp):
    """``numpy.interp``: a slope times the distance from a point, and the point's height added, which a compiler may fuse."""
    x, xp, fp = (as_array(each).astype(float) for each in (x, xp, fp))
    value, last = np.interp(x.value, xp.value, fp.value), len(xp.value) - 1
    if last < 1 or (np.diff(xp.value) <= 0).any() or not all(np.isfinite(each.value).all() for each in (x, xp, fp)):
        return rearranged.unknown('interp', np.interp)(x, xp, fp)
    below = np.searchsorted(xp.value, x.value, 'right') - 1
    here = np.clip(below, 0, last - 1)
    for places, asked in ((below >= 0, x >= xp[np.maximum(below, 0)]), (below < last, x < xp[np.minimum(below + 1, last)])):
        escape(as_array(asked)[places], 'where a number stands in numpy.interp')
    slope, step = (fp[here + 1] - fp[here]) / (xp[here + 1] - xp[here]), as_array(x - xp[here])
    inside, height = (below >= 0) & (below < last), fp[here]
    steps = plain(slope) * plain(step) + plain(height)
    if not (np.abs(steps - value) <= 1e-15 * (np.abs(steps) + np.abs(plain(height))))[inside].all():
        return lost(value, 'numpy.interp in other steps')
    line = products.of_pairs(np.where(inside, value, steps), (slope, step), (height, certain(np.ones(np.shape(value)))))
    line = np.where(certain(below < 0), fp[0], line)
    return np.where(certain(below == last), fp[last], line)[()]


def trace(a, offset=0, axis1=0, axis2=1):
    """``numpy.trace``."""
    return reductions.total(as_array(a).diagonal(offset, axis1, axis2), axis=-1)


def bincount(x, weights=None, minlength=0):
    """``numpy.bincount``: with weights, one addition after the other."""
    if weights is None or as_array(weights).fixed:
        return rearranged.unknown('bincount', np.bincount)(x, weights, minlength)
    places = plain(escape(x, 'numpy.bincount'))
    result = certain(np.zeros(np.bincount(places, minlength=plain(minlength)).shape))
    Ufunc(np.add).at(result, places, as_array(weights).astype(float))
    return result
