"""``exp`` to some 70 bits, so that the machine's own error is known with its sign: exp x = 2^n exp(k/64) (1 + y)."""

import numpy as np

from .errorfree import two_product, two_sum

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
