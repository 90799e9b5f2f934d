"""``exp`` as other environments compute it, bit for bit: what a class of `streetlight.record.functions` can be predicted by.

Each is ``2**(k/n)`` from a table times a polynomial of what is left; they differ in ``n``, in the polynomial and in what is fused.
Tables are computed here; the constants are those of the published sources.  Beyond 708, where results leave the normal numbers,
this machine's own ``exp`` stands in.

References
----------
glibc 2.28 and later, musl: Szabolcs Nagy's ``exp`` (Arm's optimized routines, MIT).
NumPy 1.20 to 1.22: P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic", ACM
Trans. Math. Softw. 15 (1989), in AVX-512 (BSD).
NumPy 1.22 to 1.26: Intel's SVML, low accuracy (``svml_z0_exp_d_la``, BSD).
"""

from decimal import Context, Decimal

import numpy as np

from streetlight.certify.accumulation import fma
from streetlight.certify.errorfree import two_product

LARGEST = 708.0  # beyond it results may be no normal numbers
EXACT = Context(prec=60)
SHIFT = 1.5 * 2.0**52  # added and taken away again, rounds to an integer


def _powers(n):
    """``2**(k/n)`` for k below n, to 60 digits."""
    return [EXACT.power(2, EXACT.divide(k, n)) for k in range(n)]


def _nearest(n):
    """The float64 nearest to each power, and how much larger the power is, as a share."""
    powers = _powers(n)
    nearest = np.array([float(power) for power in powers])
    return nearest, np.array([float(EXACT.divide(power, Decimal(head)) - 1) for power, head in zip(powers, nearest.tolist())])


def _split(n):
    """Each power as a float64 whose last six bits are zero, and the float64 nearest to the rest."""
    heads = (_nearest(n)[0].view(np.int64) & ~0x3F).view(np.float64)
    return heads, np.array([float(EXACT.subtract(power, Decimal(head))) for power, head in zip(_powers(n), heads.tolist())])


def _unfused(a, b, c):
    return a * b + c


def _numbers(text):
    return [float.fromhex(word) for word in text.split()]


def _glibc(fused):
    multiply_add = fma if fused else _unfused
    heads, shares = _nearest(128)
    scale, high, low = _numbers('0x1.71547652b82fep7 -0x1.62e42fefap-8 -0x1.cf79abc9e3b39p-47')
    c2, c3, c4, c5 = _numbers('0x1.ffffffffffdbdp-2 0x1.555555555543cp-3 0x1.55555cf172b91p-5 0x1.1111167a4d017p-7')

    def function(x):
        k = multiply_add(x, scale, SHIFT) - SHIFT
        r = multiply_add(k, low, multiply_add(k, high, x))
        square, k = r * r, k.astype(np.int64)
        rest = multiply_add(square, multiply_add(r, c3, c2), shares[k % 128] + r)
        rest = multiply_add(square * square, multiply_add(r, c5, c4), rest)
        head = heads[k % 128]
        # far below 1 another path multiplies first, in all builds
        result = np.where(x <= -512, head * rest + head, multiply_add(head, rest, head))
        return np.ldexp(result, k // 128)

    return function


def _tang():
    heads, tails = _split(32)
    scale, high, low = _numbers('0x1.71547652b82fep5 -0x1.62e42fefp-6 -0x1.473de6af278edp-39')
    first, *others = _numbers('0x1.6c1728d739765p-10 0x1.11115b7aa905ep-7 0x1.5555555545d4ep-5 0x1.5555555548f7cp-3 0x1p-1')

    def function(x):
        k = (x * scale + SHIFT) - SHIFT
        nearly, correction = fma(k, high, x), k * low
        r, q = nearly + correction, first
        for coefficient in others:
            q = fma(q, r, coefficient)
        rest, k = nearly + fma(r, q * r, correction), k.astype(np.int64)
        head, tail = heads[k % 32], tails[k % 32]
        return np.ldexp(fma(head + tail, rest, tail) + head, k // 32)

    return function


def _svml():
    heads, _ = _nearest(16)
    scale, high, low = _numbers('0x1.71547652b82fep0 0x1.62e42fefa39efp-1 0x1.abc9e3b39803fp-56')
    c2, c3, c4, c5, c6 = _numbers(
        '0x1.0000000002622p-1 0x1.5555554b508a2p-3 0x1.555564bb4f5f0p-5 0x1.1106603d97c00p-7 0x1.72eb5ef0d213dp-10'
    )

    def function(x):
        product, error = two_product(x * 16, scale)
        k = np.floor(product)
        k -= (k == product) & (error < 0)  # the product itself, rounded down
        r = fma(k / -16, low, fma(k / -16, high, x))
        square, k = r * r, k.astype(np.int64)
        rest = fma(fma(r, c6, c5), square, fma(r, c4, c3))
        rest = fma(rest, square * r, fma(c2, square, r))
        head = heads[k % 16]
        return np.ldexp(fma(rest, head, head), k // 16)

    return function


def _guarded(function):
    """The same, with this machine's own where the results are no normal numbers."""

    def exp(x):
        x = np.asarray(x, np.float64)
        inside = np.abs(x) <= LARGEST
        if inside.all():
            return function(x)[()]
        with np.errstate(all='ignore'):
            return np.where(inside, function(np.where(inside, x, 0.0)), np.exp(x))[()]

    return exp


FORMULAS = {
    'glibc 2.36': _guarded(_glibc(True)),
    'glibc 2.36 without FMA, musl 1.2.3': _guarded(_glibc(False)),
    'NumPy 1.20-1.22 with AVX512F': _guarded(_tang()),
    'NumPy 1.23-1.26 with AVX-512, SVML': _guarded(_svml()),
}
