"""What may stand in an operation: tracked, plain, or not ours; and where its nodes stand."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.crossing import lost
from streetlight.shadow.tracked import Number, Tracked, constants

#: NumPy's and Python's plain numbers: the same in every evaluation.
PLAIN = frozenset(
    {float, int, bool, np.float64, np.int64, np.bool_, np.int32, np.uint8, np.intp, np.uint64, np.uint32, np.int16, np.uint16, np.int8}
)


def operand(x):
    """Anything that may stand in an operation: tracked, a plain number, or NotImplemented."""
    kind = type(x)
    if kind is Tracked or kind is Number or kind in PLAIN:
        return x
    if kind is list or kind is tuple:
        from streetlight.shadow.creation import array

        return array(x)
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in 'biufc':
            return x
        return lost(x, 'an array that another library made')
    if isinstance(x, np.generic):
        return lost(x, '%s is not certified, float64 alone is' % x.dtype) if x.dtype.kind in 'fc' else x
    if isinstance(x, (int, float, complex)):
        return x
    return NotImplemented


def value_of(x):
    kind = type(x)
    return x.value if kind is Tracked or kind is Number else x


def is_fixed(x):
    kind = type(x)
    if kind is Tracked:
        return not (x._open if x._root is None else x._root._open)
    return kind is not Number


def nodes_of(x):
    """Nodes that nobody changes afterwards."""
    kind = type(x)
    if kind is Number:
        return x.nodes
    if kind is Tracked:
        return x.nodes.copy()
    if isinstance(x, np.ndarray):
        return constants(x)
    return np.array(placed(x)[0])


def placed(x):
    """Where the nodes of an operand stand, for `Tape.note`: (start, pattern)."""
    kind = type(x)
    if kind is Tracked:
        return (x._first, x.value.shape) if x._first >= 0 else x.place()
    if kind is Number:
        return x.node, ()
    if kind is not float:
        if isinstance(x, int) and float(x) != x:
            return int(_session.CURRENT.unknown((), 'an integer beyond 2**53')), ()
        if isinstance(x, np.ndarray):
            return _session.CURRENT.tape.place(constants(x))
    return _session.CURRENT.constant(x), ()
