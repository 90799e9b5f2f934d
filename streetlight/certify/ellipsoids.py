"""Ellipsoids, ``(c D)^2 <= c S c`` for every vector c, and how they pass through linear maps and noise (Theorem 2)."""

import math

import numpy as np

from .sums import U


def moved(slopes, noise, ellipsoid):
    """The ellipsoid around ``slopes D + xi`` for ``|xi| <= noise``."""
    own = noise * noise.sum()
    return through(slopes @ ellipsoid.shape @ slopes.T, np.abs(slopes) @ ellipsoid.deviation, slopes.shape[1], own, own.sum(), None)


def through(shape, width, terms, own, added, gone):
    """Theorem 2.

    Parameters
    ----------
    shape : ndarray
        ``J S J^T``, as float64 gives it.
    width : ndarray
        ``|J| s``, for `Ellipsoid.deviation` s; changed in place.
    terms : int
        How many roundings each element of ``J X`` has at most.
    own, added : ndarray, float
        The noise's square times how many there are, and its sum.
    gone : ndarray of bool, or None
        Where nothing is known.
    """
    shape = (shape + shape.T) * 0.5
    diagonal = shape.reshape(-1)[:: len(shape) + 1]  # a view
    carried = diagonal.sum()
    grow = 1.0
    if carried > 0 and added > 0:
        p = math.sqrt(added / carried)
        grow = 1 + p
        shape *= grow
        own = own * ((1 + 1 / p) * (1 + 2.0**-45))
    else:
        own = own * (1 + 2.0**-45)
    # Lemma B: what float64 missed of the product, as a diagonal
    width *= width.sum() * (1.01 * (2 * terms + 32) * U * grow)
    diagonal += width
    diagonal += own
    diagonal *= 1 + 8 * U
    return Ellipsoid(shape, diagonal, gone)


class Ellipsoid:
    """``(c D)^2 <= c S c`` for all c, and so each of D is at most the root of S's diagonal; ``lost`` where nothing is known."""

    def __init__(self, shape, diagonal, lost):
        self.shape = shape
        self.deviation = np.sqrt(np.maximum(diagonal, 0.0))
        self.lost = lost if lost is not None and lost.any() else None
        self.box = self.deviation * (1 + 2.0**-45)
        if self.lost is not None:
            self.box = np.where(lost, np.inf, self.box)

    @classmethod
    def around(cls, box):
        """An ellipsoid around a box."""
        lost = ~np.isfinite(box)
        known = np.where(lost, 0.0, box)
        diagonal = known * known * (np.count_nonzero(known) * (1 + 8 * U))
        return cls(np.diag(diagonal), diagonal, lost)
