"""The functions of NumPy and of the C library: how far from exact they may be, and how errors pass through them.

One line for each: its bound in ulps of the exact result, where that bound is from, the arguments at which every library is
exact, and the slope with its remainder.  `docs/certificates.md`, "Functions", has the proofs.
"""

from typing import Callable, NamedTuple

import numpy as np

from .errorfree import two_product, two_sum

NUMPY = 'NumPy: its maintainers accept differences of up to 4 ulps (numpy issue 23523)'

#: Cushions for the few float64 operations of a bound (relative), and of a slope whose terms are at most 1 (absolute).
SLACK = 1 + 2.0**-40
FEW = 2.0**-50


class Function(NamedTuple):
    """One function.

    Attributes
    ----------
    ulps : float
        An evaluation's result is less than so many ulps (of the exact result's binade) from exact.
    source : str
        Who says so.
    exact : dict
        Arguments at which every library returns the exact result, and that result.
    slope : callable
        ``slope(x, v, r, k)``: a slope c, and a bound on ``|f(x + D) - f(x) - c D|`` for ``|D| <= r``, where ``v`` is within
        ``k`` ulps of ``f(x)``; infinite where there is none.
    """

    ulps: float
    source: str
    exact: dict
    slope: Callable


def _above_zero(low):
    """``low`` where positive, else 0, so that a division by it says infinity."""
    return np.where(low > 0, low, 0.0)


def _growth(r):
    """At least ``(exp(r) - 1 - r)``, the remainder of the exponential."""
    return np.where(r <= 0.5, r * r, np.expm1(r) * SLACK)


def _exp(x, v, r, k):
    return v, v * SLACK * (1 + (k + 1) * FEW) * _growth(r) + (k + 2) * FEW * v * r


def _exp2(x, v, r, k):
    s = r * np.log(2.0)
    return v * np.log(2.0), v * SLACK * (1 + (k + 1) * FEW) * _growth(s * SLACK) + (k + 8) * FEW * v * r


def _expm1(x, v, r, k):
    size = np.abs(v) + 1
    return v + 1, size * SLACK * (1 + (k + 1) * FEW) * _growth(r) + (k + 2) * FEW * size * r


def _logarithm(scale):
    def slope(x, v, r, k):
        low = _above_zero(x - r)
        c = scale / x
        return c, scale * r * r / (2 * low * low) * SLACK + np.abs(c) * 8 * FEW * r

    return slope


def _log1p(x, v, r, k):
    low = _above_zero((1 + x) * (1 - FEW) - r)
    c = 1 / (1 + x)
    return c, r * r / (2 * low * low) * SLACK + np.abs(c) * 8 * FEW * r


def _tanh(x, v, r, k):
    return 1 - v * v, 0.39 * r * r + (k + 4) * FEW * r  # |tanh''| <= 4 / 3 ** 1.5 < 0.77


def _sin(x, v, r, k):
    return np.cos(x), 0.5 * SLACK * r * r + (k + 4) * FEW * r


def _cos(x, v, r, k):
    return -np.sin(x), 0.5 * SLACK * r * r + (k + 4) * FEW * r


def _tan(x, v, r, k):
    # On |D| <= r <= 1 / (4 (|v| + 1)) the tangent's size stays below t = 2 |v| + 1, its second derivative below 2 t (1 + t t).
    size = np.abs(v) + 1
    t = 2 * size
    q = t * (1 + t * t) * r * r * SLACK + (k + 8) * FEW * size * size * r
    return 1 + v * v, np.where(r * size <= 0.25, q, np.inf)


def _arctan(x, v, r, k):
    return 1 / (1 + x * x), 0.33 * r * r + 8 * FEW * r  # |arctan''| <= 9 / (8 sqrt 3) < 0.65


def _arcsine(sign):
    def slope(x, v, r, k):
        top = np.abs(x) + r
        rest = _above_zero((1 - top) * (1 + top) * (1 - FEW) - FEW)
        c = sign / np.sqrt((1 - x) * (1 + x))
        return c, top * r * r / (2 * rest * np.sqrt(rest)) * SLACK + np.abs(c) * 8 * FEW * r

    return slope


def _sinh(x, v, r, k):
    c = np.cosh(x)
    return c, c * SLACK * np.cosh(r) * r * r + 16 * FEW * c * r  # |f''| <= cosh(|x| + r) <= 2 cosh x cosh r


def _cosh(x, v, r, k):
    size = np.cosh(x)
    return np.sinh(x), size * SLACK * np.cosh(r) * r * r + 16 * FEW * size * r


def _arcsinh(x, v, r, k):
    return 1 / np.sqrt(1 + x * x), 0.2 * r * r + 8 * FEW * r  # |f''| = |x| / (1 + x x) ** 1.5 <= 2 / 3 ** 1.5 < 0.39


def _arccosh(x, v, r, k):
    low = _above_zero((x - 1) * (1 - FEW) - r)
    rest = low * (low + 2)  # x x - 1 at the near end
    c = 1 / np.sqrt((x - 1) * (x + 1))
    return c, (x + r) * r * r / (2 * rest * np.sqrt(rest)) * SLACK + np.abs(c) * 8 * FEW * r


def _arctanh(x, v, r, k):
    top = np.abs(x) + r
    rest = _above_zero((1 - top) * (1 + top) * (1 - FEW) - FEW)
    c = 1 / ((1 - x) * (1 + x))
    return c, top * r * r / (rest * rest) * SLACK + c * 8 * FEW * r


def _linear(scale):
    def slope(x, v, r, k):
        return scale, abs(scale) * FEW * r

    return slope


def _cbrt(x, v, r, k):
    low = _above_zero(np.abs(x) - r)
    size = np.abs(v)
    c = np.where(x == 0, np.inf, size / (3 * np.abs(x)))
    return c, 2 * (size + r / 3 / np.cbrt(low) ** 2) / (9 * low * low) * r * r * SLACK + (k + 8) * FEW * c * r


#: By NumPy's names.
FUNCTIONS = {
    'exp': Function(4, NUMPY, {0.0: 1.0}, _exp),
    'exp2': Function(4, NUMPY, {0.0: 1.0}, _exp2),
    'expm1': Function(4, NUMPY, {0.0: 0.0}, _expm1),
    'log': Function(4, NUMPY, {1.0: 0.0}, _logarithm(1.0)),
    'log2': Function(4, NUMPY, {1.0: 0.0}, _logarithm(1 / np.log(2.0))),
    'log10': Function(4, NUMPY, {1.0: 0.0}, _logarithm(1 / np.log(10.0))),
    'log1p': Function(4, NUMPY, {0.0: 0.0}, _log1p),
    'tanh': Function(4, NUMPY, {0.0: 0.0}, _tanh),
    'sin': Function(4, NUMPY, {0.0: 0.0}, _sin),
    'cos': Function(4, NUMPY, {0.0: 1.0}, _cos),
    'tan': Function(4, NUMPY, {0.0: 0.0}, _tan),
    'arctan': Function(4, NUMPY, {0.0: 0.0}, _arctan),
    'arcsin': Function(4, NUMPY, {0.0: 0.0}, _arcsine(1.0)),
    'arccos': Function(4, NUMPY, {1.0: 0.0}, _arcsine(-1.0)),
    'sinh': Function(4, NUMPY, {0.0: 0.0}, _sinh),
    'cosh': Function(4, NUMPY, {0.0: 1.0}, _cosh),
    'arcsinh': Function(4, NUMPY, {0.0: 0.0}, _arcsinh),
    'cbrt': Function(4, NUMPY, {0.0: 0.0}, _cbrt),
    'arccosh': Function(4, NUMPY, {1.0: 0.0}, _arccosh),
    'arctanh': Function(4, NUMPY, {0.0: 0.0}, _arctanh),
    'deg2rad': Function(2, 'NumPy: one product with the float64 nearest to pi / 180', {0.0: 0.0}, _linear(np.pi / 180)),
    'rad2deg': Function(2, 'NumPy: one product with the float64 nearest to 180 / pi', {0.0: 0.0}, _linear(180 / np.pi)),
    'power': Function(4, NUMPY, {}, None),
}


def tighter(ulps):
    """The table with other bounds: ``{'exp': 1, …}``, a narrower class of functions, which a certificate names."""
    return {name: f._replace(ulps=ulps.get(name, f.ulps), source='assumed' if name in ulps else f.source) for name, f in FUNCTIONS.items()}


# exp to some 70 bits, so that the machine's own error is known with its sign: exp x = 2^n exp(k/64) (1 + y).

_LN2 = tuple(map(float.fromhex, ('0x1.62e42fefa2000p-1', '0x1.9ef35793c6000p-41', '0x1.673007e5ed5e8p-81')))  # 40, 40, 53 bits


def _table():
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 60
        exact = [(Decimal(k) / 64).exp() for k in range(-24, 25)]
        high = [float(x) for x in exact]
        return np.array(high), np.array([float(x - Decimal(h)) for x, h in zip(exact, high)])


_HIGH, _LOW = _table()


def exp_defect(x, v):
    """``v - exp(x)``, and a bound on this difference's own error; not a number where ``x`` or ``v`` is out of range.

    Parameters
    ----------
    x, v : ndarray of float64
        ``v`` within 2^-40 of ``exp(x)``.

    Returns
    -------
    defect, bound : ndarray of float64
    """
    inside = np.abs(x) <= 600
    x = np.where(inside, x, 0.0)
    n = np.rint(x / _LN2[0])
    r = x - n * _LN2[0]  # exact: n L0 has 51 bits, and x and n L0 are close
    k = np.clip(np.rint(64 * r), -24, 24)
    s, low = two_sum(r - k / 64, -n * _LN2[1])
    low = low - n * _LN2[2]
    p, pe = two_product(s, s)
    tail = s * s * s * (1 / 6 + s * (1 / 24 + s * (1 / 120 + s * (1 / 720 + s * (1 / 5040 + s / 40320)))))
    h, rest = two_sum(s, p / 2)
    rest = rest + (pe / 2 + (tail + low * (1 + s)))
    index = k.astype(int) + 24
    th, tl = _HIGH[index], _LOW[index]
    scaled = np.ldexp(v, -n.astype(int))
    p, pe = two_product(th, h)
    z, ze = two_sum(scaled - th, -p)
    defect = np.ldexp(z - (((pe - ze) + tl) + (th * rest + tl * h)), n.astype(int))
    near = inside & (np.abs(defect) <= 2.0**-40 * v)
    return np.where(near, defect, np.nan), 2.0**-68 * np.abs(v)
