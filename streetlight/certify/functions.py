"""The functions of NumPy and of the C library: how far from exact they may be, and how errors pass through them.

One line for each: its bound in ulps of the exact result, where that bound is from, the arguments at which every library is
exact, and the slope with its remainder.  `docs/certificates.md`, "Functions", has the proofs.
"""

from typing import Callable, NamedTuple

import numpy as np

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
    exact : dict or callable
        Arguments at which every library returns the exact result, and that result.  Of two arguments ``exact(x, y, r, s)``: the
        result, not a number where libraries may differ.
    slope : callable
        ``slope(x, v, r, k)``: a slope c, and a bound on ``|f(x + D) - f(x) - c D|`` for ``|D| <= r``, where ``v`` is within
        ``k`` ulps of ``f(x)``; infinite where there is none.  Of two arguments ``slope(x, y, v, r, s, k)``: two slopes, and
        the bound.
    arguments : int
    """

    ulps: float
    source: str
    exact: object
    slope: Callable
    arguments: int = 1


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
    return c, size / (9 * low * low) * r * r * SLACK + (k + 8) * FEW * c * r  # |cbrt''| falls away from zero, |cbrt| grows


def _hypot(x, y, v, r, s, k):
    """The second derivative's norm is one over the distance from zero; and nowhere does a distance grow faster than its ends part."""
    both = (r + s) * SLACK
    low = _above_zero(v * (1 - (k + 1) * FEW) - both)
    rest = (r * r + s * s) / (2 * low) * SLACK + (k + 8) * FEW * both
    curved = rest < both
    return np.where(curved, x / v, 0.0), np.where(curved, y / v, 0.0), np.where(curved, rest, both)


def _hypot_exact(x, y, r, s):
    return np.where((x == 0) & (r == 0), np.abs(y), np.where((y == 0) & (s == 0), np.abs(x), np.nan))


def _arctan2(y, x, v, r, s, k):
    """Away from zero and from where the angle jumps; the second derivative is one over the square of the distance from zero."""
    distance = np.hypot(x, y)
    both = (r + s) * SLACK
    low = _above_zero(distance * (1 - 8 * FEW) - both)
    apart = (x > s) | (np.abs(y) > r)
    rest = np.where(apart, (r * r + s * s) / (2 * low * low) * SLACK + 32 * FEW * both / distance, np.inf)
    rest = np.where(np.isnan(_arctan2_exact(y, x, r, s)), rest, 0.0)
    return x / distance / distance, -y / distance / distance, rest


def _arctan2_exact(y, x, r, s):
    return np.where((y == 0) & (r == 0) & (x > s), y, np.nan)


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
    'hypot': Function(4, NUMPY, _hypot_exact, _hypot, 2),
    'arctan2': Function(4, NUMPY, _arctan2_exact, _arctan2, 2),
    'power': Function(4, NUMPY, {}, None, 2),
}


def tighter(ulps):
    """The table with other bounds: ``{'exp': 1, …}``, a narrower class of functions, which a certificate names."""
    return {name: f._replace(ulps=ulps.get(name, f.ulps), source='assumed' if name in ulps else f.source) for name, f in FUNCTIONS.items()}
