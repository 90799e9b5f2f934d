"""What a listing computes with.

A listing never names NumPy's ``dot`` or a scalar's ``**``: it asks its *arithmetic*.  The one here is the reader's own,
float64 on NumPy; `streetlight.certify` supplies others (an emulated accumulation, exact reals, affine forms), and the
same listing runs on each.

An arithmetic has three methods: ``array(values)`` makes its arrays, ``dot(a, b)`` multiplies vectors and matrices,
``power(x, n)`` raises a scalar, for which NumPy calls the C library's ``pow``.  Everything else in a listing is
elementwise (``+ - * > **``), and IEEE 754 rounds each of those in one way.
"""

import numpy as np


class NumPyArithmetic(object):
    """The arithmetic of the interpreter that runs the listing: float64, its BLAS, its C library."""

    array = staticmethod(np.array)
    dot = staticmethod(np.dot)

    @staticmethod
    def power(x, n):
        return x ** n
