"""Elementwise operations of tracked arrays and numbers: the machine's result, and a line on the tape."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.crossing import certain, escape, fresh, lost
from streetlight.shadow.operands import PLAIN, is_fixed, nodes_of, operand, placed, value_of
from streetlight.shadow.operations import EXACT, ROUNDED, WHOLE
from streetlight.shadow.tracked import FLOAT, Number, Tracked

#: The same for given operands on every machine.
DETERMINED = (ROUNDED | EXACT).union(
    """
    remainder fmod floor_divide copysign isnan isfinite isinf signbit invert left_shift right_shift bitwise_and
    bitwise_or bitwise_xor logical_xor gcd lcm heaviside nextafter spacing ldexp frexp modf divmod fmax fmin fabs
    float_floor conjugate isnat reciprocal bitwise_count""".split()
)

#: Functions within a stated bound of ulps, or names that the proof may know.
FUNCTIONS = frozenset(
    """
    exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh
    cbrt hypot arctan2 logaddexp logaddexp2 power deg2rad rad2deg round erf gamma lgamma""".split()
)

SAME = {
    'fabs': 'absolute',
    'fmax': 'maximum',
    'fmin': 'minimum',
    'float_power': 'power',
    'radians': 'deg2rad',
    'degrees': 'rad2deg',
    'conjugate': 'positive',
    'true_divide': 'divide',
    'logical_xor': 'not_equal',
}

ON_BOOLS = {
    'add': 'logical_or',
    'multiply': 'logical_and',
    'bitwise_and': 'logical_and',
    'bitwise_or': 'logical_or',
    'bitwise_xor': 'not_equal',
    'invert': 'logical_not',
    'maximum': 'logical_or',
    'minimum': 'logical_and',
}


def noted(kind, operands, value, extra=None):
    """A result that may differ between evaluations, with its line on the tape."""
    return fresh(value, _session.CURRENT.tape.note(kind, tuple(map(placed, operands)), value, extra))


def outcome(kind, operands, value, extra=None):
    """What an operation gave, on the tape; ``value`` is the machine's."""
    dtype = value.dtype if isinstance(value, (np.ndarray, np.generic)) else np.dtype(type(value))
    if all(map(is_fixed, operands)) and (kind in DETERMINED or dtype.kind in 'biu'):
        return certain(value)
    kind = SAME.get(kind, kind)
    if dtype != FLOAT:
        if dtype.kind == 'b':
            kind = ON_BOOLS.get(kind, kind)
        elif dtype.kind not in 'iu' or (dtype.itemsize < 8 and kind not in ('absolute', 'positive')):
            if dtype.kind in 'iu':
                return lost(value, 'integers of type %s that come from undecided numbers' % dtype)
            return lost(value, '%s is not certified, float64 alone is' % dtype)
        elif kind in WHOLE and not (is_fixed(operands[1]) and np.all(value_of(operands[1]))):
            return lost(value, 'integers divided by what may be zero')
        elif kind in ('add', 'subtract', 'multiply'):
            extra = 'integer'
    if kind == 'reciprocal':
        kind, operands = 'divide', (1.0, *operands)
    elif kind in ('isnan', 'isfinite', 'isinf'):
        return _asked(kind, operands[0], value)
    elif not (kind in ROUNDED or kind in EXACT or kind in FUNCTIONS):
        return lost(value, 'there is no rule for %s' % kind)
    return noted(kind, operands, value, extra)


def _asked(kind, x, value):
    if kind == 'isnan':
        return outcome('not_equal', (x, x), value)
    size = outcome('absolute', (x,), np.abs(value_of(x)))
    return outcome('equal' if kind == 'isinf' else 'less', (size, float('inf')), value)


def binary(kind, op, a, b):
    """``a op b`` where at least one of them is tracked."""
    kind_a, kind_b = type(a), type(b)
    if kind_a is not Tracked and kind_a is not Number and kind_a not in PLAIN:
        a = operand(a)
    if kind_b is not Tracked and kind_b is not Number and kind_b not in PLAIN:
        b = operand(b)
    if a is NotImplemented or b is NotImplemented:
        return NotImplemented
    try:
        value = op(
            a.value if kind_a is Tracked or kind_a is Number else value_of(a),
            b.value if kind_b is Tracked or kind_b is Number else value_of(b),
        )
    except ArithmeticError:
        escape((a, b), 'an arithmetic error')
        raise
    if value is NotImplemented:
        return value
    if (
        kind in ROUNDED
        and (type(value) is np.float64 or (type(value) is np.ndarray and value.dtype is FLOAT))
        and not (is_fixed(a) and is_fixed(b))
    ):  # what programs do most
        return fresh(value, _session.CURRENT.tape.note_pair(kind, *placed(a), *placed(b), value))
    if kind in QUOTIENTS and type(value) in (float, int) and not is_fixed(b):  # Python's own, which may end with an error
        _ask('equal', b, 0.0, False, 'a division by zero may end the program')
    return outcome(kind, (a, b), value)


QUOTIENTS = frozenset({'divide', 'floor_divide', 'remainder'})


def _ask(kind, a, b, answer, what):
    """Notice that the program goes on because a comparison has this answer."""
    _session.CURRENT.decide(nodes_of(outcome(kind, (a, b), answer)), what)


def without_error(value, name, limit=np.inf):
    """A number that a function of Python's gave instead of an error, as it does where this is finite; above ``limit`` if negative."""
    if type(value) is Number:
        _ask('less' if limit > 0 else 'greater', value, limit, True, '%s may end with an error' % name)
    return value


def unary(kind, op, a):
    return outcome(kind, (a,), op(a.value))


def in_place(kind, op, array, other):
    """``array op= other``: NumPy's own, in the array's own memory."""
    other = operand(other)
    if other is NotImplemented:
        return other
    return into(array, lambda out: op(out, value_of(other)), kind, (array, other))


def _overlaps(out, operand):
    """Whether an operand shares memory with the result without being the same view of it."""
    if operand is out or not isinstance(operand, np.ndarray) or (out.base is None and operand.base is None):
        return False
    if not np.may_share_memory(out, operand):
        return False
    same = operand.ctypes.data == out.ctypes.data and operand.strides == out.strides and operand.shape == out.shape
    return not same and np.shares_memory(out, operand)


def into(array, compute, kind, operands, extra=None):
    """Compute in the memory of ``array``, and give its elements the nodes of the result."""
    kind = SAME.get(kind, kind)
    known = kind in DETERMINED and all(map(is_fixed, operands))
    before = None if known else tuple(map(placed, operands))
    overlaps = any(_overlaps(array.value, value_of(each)) for each in operands)
    result = compute(array.value)
    if result is not array.value:  # e.g. a number of no dimension
        array.value[...] = result
    if overlaps:
        array.opened()[...] = _session.CURRENT.unknown((), 'NumPy before 1.13 reads an operand that overlaps the result after writing that')
        return array
    dtype = array.value.dtype
    if known:
        array.settled()
        return array
    if dtype == FLOAT or (dtype.kind == 'i' and dtype.itemsize == 8) or dtype.kind == 'b':
        kind = ON_BOOLS.get(kind, kind) if dtype.kind == 'b' else kind
        whole = kind in WHOLE and dtype.kind != 'f'
        if not whole and (kind in ROUNDED or kind in EXACT or kind in FUNCTIONS):
            if len(before) == 2 and extra is None and dtype is FLOAT:
                array.renewed(_session.CURRENT.tape.note_pair(kind, *before[0], *before[1], array.value))
            else:
                array.renewed(_session.CURRENT.tape.note(kind, before, array.value, extra))
            return array
    array.opened()[...] = _session.CURRENT.unknown((), 'there is no rule for %s in place' % kind)
    return array
