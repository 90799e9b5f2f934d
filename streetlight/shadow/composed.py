"""Functions of NumPy's that are made of others: the same steps on tracked arrays, followed where they give NumPy's own bits."""

import functools

import numpy as np

from streetlight.shadow import products, rearranged, reductions
from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, lost, made, plain
from streetlight.shadow.tracked import Tracked


def _in_steps(name, steps):
    """A function by its steps; what NumPy gives is lost where it took others."""
    function = getattr(np, name)

    @functools.wraps(steps)
    def followed(*args, **kwargs):
        value = function(*plain(args), **plain(kwargs))
        try:
            result = steps(*args, **kwargs)
        except NotImplementedError:
            return rearranged.unknown(name, function)(*args, **kwargs)
        if not np.array_equal(value, plain(result), equal_nan=True):
            return lost(value, 'numpy.%s in other steps' % name)
        return result

    return followed


def tensordot(a, b, axes=2):
    """Transposed, and one product of matrices."""
    a, b = as_array(a), as_array(b)
    if np.ndim(axes) == 0:
        axes = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    left, right = ([int(each) % x.ndim for each in np.atleast_1d(axis)] for axis, x in zip(axes, (a, b)))
    kept, beside = ([each for each in range(x.ndim) if each not in chosen] for x, chosen in ((a, left), (b, right)))
    shape = [a.shape[each] for each in kept] + [b.shape[each] for each in beside]
    summed = int(np.prod([a.shape[each] for each in left], dtype=int))
    rows = a.transpose(kept + left).reshape((-1, summed))
    return products.dot(rows, b.transpose(right + beside).reshape((summed, -1))).reshape(shape)


def kron(a, b):
    """Each element times a whole array."""
    a, b = as_array(a), as_array(b)
    wide = max(a.ndim, b.ndim)
    shapes = [(1,) * (wide - x.ndim) + x.shape for x in (a, b)]
    left, right = (
        x.reshape([part for n in shape for part in ((n, 1) if first else (1, n))]) for x, shape, first in zip((a, b), shapes, (True, False))
    )
    return (left * right).reshape([n * m for n, m in zip(*shapes)])


def cross(a, b):
    """Of vectors with three components."""
    a, b = as_array(a), as_array(b)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise NotImplementedError
    return np.stack([a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))], axis=-1)


def _windows(row, zero, width, mode):
    """What the shorter array meets of the longer one at each of its places."""
    ends = {'full': width - 1, 'valid': 0, 'same': width // 2}[mode]
    after = width - 1 - ends if mode == 'same' else ends
    return np.lib.stride_tricks.sliding_window_view(np.pad(row, (ends, after), constant_values=zero), width)


def convolve(a, v, mode='full'):
    """Inner products with the second array, turned round."""
    a, v = np.atleast_1d(as_array(a)), np.atleast_1d(as_array(v))
    a, v = (a, v) if len(a) >= len(v) else (v, a)
    return _along(a, v[::-1], np.convolve(a.value, v.value, mode), mode)


def correlate(a, v, mode='valid'):
    """Inner products with the second array."""
    a, v = as_array(a), as_array(v)
    if len(a) < len(v):
        return correlate(v, a, mode)[::-1]
    return _along(a, v, np.correlate(a.value, v.value, mode), mode)


def _along(x, v, value, mode):
    if x.ndim != 1 or v.ndim != 1 or value.dtype != float:
        raise NotImplementedError
    left = _windows(x.nodes, int(_session.CURRENT.constant(0.0)), len(v), mode).copy()
    right = np.broadcast_to(v.nodes, left.shape).copy()
    products = _windows(x.value, 0, len(v), mode) * v.value
    if not (np.abs(products.sum(axis=-1) - value) <= 1e-12 * np.abs(products).sum(axis=-1)).all():
        raise NotImplementedError  # the windows lie otherwise
    return made(value, _session.CURRENT.tape.record('dot', (left, right), value, None, False))


def polyval(p, x):
    """Horner's scheme."""
    if isinstance(x, np.poly1d):
        raise NotImplementedError
    p, x = as_array(p), as_array(x)
    y = np.zeros_like(x)
    for each in p:
        y = y * x + each
    return y[()] if type(y) is Tracked else y


def gradient(f, *spacing):
    """Central differences of a row, in steps of one length."""
    f, step = as_array(f), spacing[0] if spacing else 1.0
    if f.ndim != 1 or len(spacing) > 1 or np.ndim(plain(step)):
        raise NotImplementedError
    inner = (f[2:] - f[:-2]) / (2.0 * step)
    return np.concatenate([(f[1:2] - f[:1]) / step, inner, (f[-1:] - f[-2:-1]) / step])


def cov(m, y=None, rowvar=True, bias=False, ddof=None):
    """Of the rows less their means, products divided by the count."""
    rows = np.atleast_2d(as_array(m))
    if not rowvar and rows.shape[0] != 1:
        rows = rows.T
    if y is not None:
        more = np.atleast_2d(as_array(y))
        rows = np.concatenate([rows, more if rowvar or more.shape[0] == 1 else more.T], axis=0)
    rows = rows - reductions.mean(rows, 1)[:, None]
    freedom = rows.shape[1] - (ddof if ddof is not None else 0 if bias else 1)
    if freedom <= 0:
        raise NotImplementedError
    product = products.dot(rows, rows.T) * (1.0 / freedom)
    return product.squeeze()


def corrcoef(x, y=None, rowvar=True):
    """Covariances, divided by both deviations."""
    c = cov(x, y, rowvar)
    if np.ndim(plain(c)) == 0:
        raise NotImplementedError
    deviation = np.sqrt(np.diag(c))
    return np.clip(c / deviation[:, None] / deviation[None, :], -1, 1)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """Widths times half the sums of neighbours."""
    y = as_array(y)
    if y.ndim != 1:
        raise NotImplementedError
    width = dx if x is None else np.diff(as_array(x))
    return reductions.total(width * (y[1:] + y[:-1]) / 2.0)


def matrix_power(a, n):
    """Products of matrices in NumPy's order, by the bits of ``n``."""
    a, n = as_array(a), plain(n)
    if type(n) is not int or n < 1 or a.dtype != float:
        return rearranged.unknown('linalg.matrix_power', np.linalg.matrix_power)(a, n)
    if n <= 3:
        return a.copy() if n == 1 else a @ a if n == 2 else (a @ a) @ a
    power = result = None
    while n:
        power = a if power is None else power @ power
        n, odd = divmod(n, 2)
        if odd:
            result = power if result is None else result @ power
    return result


def cumprod(a, axis=None):
    """One product after the other, by definition."""
    a = as_array(a)
    if axis is None or a.ndim == 0:
        a, axis = a.ravel(), 0
    if a.dtype != float:
        if a.fixed and a.dtype.kind in 'biu':
            return certain(np.cumprod(a.value, axis))
        raise NotImplementedError
    if a.size == 0:
        return certain(np.cumprod(a.value, axis))
    rows = np.moveaxis(a, axis, 0)
    found = [rows[0]]
    for row in list(rows)[1:]:
        found.append(found[-1] * row)
    return np.moveaxis(np.stack(found), 0, axis)


def _without_nan(name):
    plainly = {
        'nansum': reductions.total,
        'nanmean': reductions.mean,
        'nanmax': reductions.extreme('max'),
        'nanmin': reductions.extreme('min'),
        'nanstd': reductions.deviation,
        'nanvar': reductions.variance,
    }[name]

    def reduce(a, *args, **kwargs):
        a = as_array(a)
        if np.isnan(a.value).any():
            return rearranged.unknown(name, getattr(np, name))(a, *args, **kwargs)
        return plainly(a, *args, **kwargs)

    reduce.__name__ = name
    return reduce


COMPOSED = {
    name: _in_steps(name, steps)
    for name, steps in (
        ('tensordot', tensordot),
        ('kron', kron),
        ('cross', cross),
        ('convolve', convolve),
        ('correlate', correlate),
        ('polyval', polyval),
        ('gradient', gradient),
        ('cov', cov),
        ('corrcoef', corrcoef),
        ('cumprod', cumprod),
        ('trapz', trapezoid),
        ('trapezoid', trapezoid),
    )
    if hasattr(np, name)
}
COMPOSED |= {name: _without_nan(name) for name in ('nansum', 'nanmean', 'nanmax', 'nanmin', 'nanstd', 'nanvar')}
