"""NumPy's own loops over a program's functions."""

import functools
import operator

import numpy as np

from streetlight.shadow import creation
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import plain
from streetlight.shadow.powers import power
from streetlight.shadow.tracked import Tracked
from streetlight.shadow.unfollowed import Unfollowed


def applied(function, axis, arr, *args, **kwargs):
    """``numpy.apply_along_axis``, row after row."""
    rows = np.moveaxis(as_array(arr), axis, -1)
    if rows.ndim == 1:
        return as_array(function(rows, *args, **kwargs))[()]
    results = [function(row, *args, **kwargs) for row in rows.reshape(-1, rows.shape[-1])]
    made = creation.array(results)
    made = made.reshape(rows.shape[:-1] + made.shape[1:])
    return np.moveaxis(made, -1, axis) if made.ndim == rows.ndim else made


def vectorized(pyfunc, otypes=None, doc=None):
    """``numpy.vectorize``: a loop over the elements; without types, the first result has them, by a call of its own."""
    function = power if pyfunc in (pow, operator.pow) else pyfunc

    @functools.wraps(function)
    def apply(*arrays):
        given, arrays = arrays, [as_array(each) for each in arrays]
        if not all(type(each) is Tracked and each.value.size for each in arrays):
            return Unfollowed('vectorize', np.vectorize(pyfunc, otypes, doc))(*given)
        shape = np.broadcast_shapes(*[each.value.shape for each in arrays])
        spread = [np.broadcast_to(each, shape).reshape(-1) for each in arrays]
        first = function(*[each[0] for each in spread]) if not otypes else None
        if isinstance(first, tuple):
            rows = [function(*each) for each in zip(*spread)]
            columns = [creation.array(list(column)).astype(np.asarray(plain(one)).dtype) for column, one in zip(zip(*rows), first)]
            return tuple([column.reshape(shape)[()] for column in columns])
        kind = otypes[0] if otypes else np.asarray(plain(first)).dtype
        results = creation.array([function(*each) for each in zip(*spread)])
        return results.astype(kind).reshape(shape)[()]

    apply.__doc__ = doc or apply.__doc__
    return apply
