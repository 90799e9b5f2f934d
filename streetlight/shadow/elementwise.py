"""Elementwise operations of tracked arrays and numbers: the machine's result, and a line on the tape."""

import operator

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.tape import EXACT, ROUNDED
from streetlight.shadow.tracked import FLOAT, Number, Tracked, certain, constants, escape, fresh, lost, view_of

#: NumPy's and Python's plain numbers: the same in every evaluation.
PLAIN = frozenset(
    {float, int, bool, np.float64, np.int64, np.bool_, np.int32, np.uint8, np.intp, np.uint64, np.uint32, np.int16, np.uint16, np.int8}
)

#: The same for given operands on every machine.
DETERMINED = (
    ROUNDED
    | EXACT
    | {
        'remainder',
        'fmod',
        'floor_divide',
        'copysign',
        'isnan',
        'isfinite',
        'isinf',
        'signbit',
        'invert',
        'left_shift',
        'right_shift',
        'bitwise_and',
        'bitwise_or',
        'bitwise_xor',
        'logical_xor',
        'gcd',
        'lcm',
        'heaviside',
        'nextafter',
        'spacing',
        'ldexp',
        'frexp',
        'modf',
        'divmod',
        'fmax',
        'fmin',
        'fabs',
        'float_floor',
        'conjugate',
        'isnat',
        'reciprocal',
        'bitwise_count',
    }
)

#: Functions within a stated bound of ulps, or names that the proof may know.
FUNCTIONS = frozenset(
    {
        'exp',
        'exp2',
        'expm1',
        'log',
        'log2',
        'log10',
        'log1p',
        'sin',
        'cos',
        'tan',
        'arcsin',
        'arccos',
        'arctan',
        'sinh',
        'cosh',
        'tanh',
        'arcsinh',
        'arccosh',
        'arctanh',
        'cbrt',
        'hypot',
        'arctan2',
        'logaddexp',
        'logaddexp2',
        'power',
        'deg2rad',
        'rad2deg',
        'round',
        'erf',
        'gamma',
        'lgamma',
    }
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
        if isinstance(x, int) and abs(x) > 2**53 and float(x) != x:
            return int(_session.CURRENT.unknown((), 'an integer beyond 2**53')), ()
        if isinstance(x, np.ndarray):
            return _session.CURRENT.tape.place(constants(x))
    return _session.CURRENT.constant(x), ()


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


def into(array, compute, kind, operands, extra=None):
    """Compute in the memory of ``array``, and give its elements the nodes of the result."""
    kind = SAME.get(kind, kind)
    known = kind in DETERMINED and all(map(is_fixed, operands))
    before = None if known else tuple(map(placed, operands))
    result = compute(array.value)
    if result is not array.value:  # e.g. a number of no dimension
        array.value[...] = result
    dtype = array.value.dtype
    if known:
        array.settled()
        return array
    if dtype == FLOAT or (dtype.kind == 'i' and dtype.itemsize == 8) or dtype.kind == 'b':
        kind = ON_BOOLS.get(kind, kind) if dtype.kind == 'b' else kind
        if kind in ROUNDED or kind in EXACT or kind in FUNCTIONS:
            array.renewed(_session.CURRENT.tape.note(kind, before, array.value, extra))
            return array
    array.opened()[...] = _session.CURRENT.unknown((), 'there is no rule for %s in place' % kind)
    return array


def power(a, b):
    """``a ** b`` as NumPy's and Python's operators compute it."""
    a, b = operand(a), operand(b)
    if a is NotImplemented or b is NotImplemented:
        return NotImplemented
    try:
        value = operator.pow(value_of(a), value_of(b))
    except ArithmeticError:
        escape((a, b), 'an arithmetic error')
        raise
    result = _power(a, b, value, True)
    return without_error(result, 'a power') if type(value) is float and not (type(b) in PLAIN and b >= 0) else result


def _power(a, b, value, is_operator):
    if isinstance(value, (int, np.integer)) or (isinstance(value, np.ndarray) and value.dtype.kind in 'iu'):
        if is_fixed(a) and is_fixed(b):
            return certain(value)
        if type(b) is int and b == 2:
            return outcome('multiply', (a, a), value)
        return lost(value, 'powers of integers that come from undecided numbers')
    if isinstance(value, complex):
        escape((a, b), 'a complex power')
        return lost(value, 'numbers of type complex are not certified')
    if isinstance(value, np.ndarray) and value.dtype.kind == 'O':
        _session.CURRENT.taint('powers of an array of objects are not followed')
        return value
    if not isinstance(value, np.ndarray):
        return outcome('power', (a, b), value, 'scalar')
    if type(b) in PLAIN and is_operator:  # NumPy's own short cuts, which are older than any that counts
        if b == 2:
            return outcome('square', (a,), value)
        if b == 1:
            return outcome('positive', (a,), value)
        if b == 0.5 and isinstance(b, float):
            return outcome('sqrt', (a,), value)
        if b == -1:
            return outcome('divide', (1.0, a), value)
        if b == 0:
            return certain(value)
    return outcome('power', (a, b), value)


class Exponent:
    """A plain exponent in ``x[i] **= 2``, so that its power is ours where ``x[i]`` is a plain number."""

    def __init__(self, value):
        self.value = value

    def __rpow__(self, base):
        return power(base, self.value)


def in_place_power(array, other):
    other = operand(other.value if type(other) is Exponent else other)
    if other is NotImplemented:
        return other
    kind, operands = 'power', (array, other)
    if type(other) in PLAIN and other == 2:
        kind, operands = 'square', (array,)
    return into(array, lambda out: operator.ipow(out, value_of(other)), kind, operands)


def call(ufunc, args, out=None, **kwargs):
    """A ufunc of NumPy's on anything that a program gives it."""
    kind = ufunc.__name__
    if len(args) == 1 and out is None and not kwargs and kind in FUNCTIONS and (type(args[0]) is Tracked or type(args[0]) is Number):
        value = ufunc(args[0].value)
        if value.dtype is FLOAT:
            return noted(kind, args, value)
    given, args = args, tuple([operand(x) for x in args])
    if any(x is NotImplemented or (isinstance(x, np.ndarray) and type(x) is np.ndarray) for x in args):
        return foreign(ufunc, given, kwargs if out is None else {**kwargs, 'out': out})
    kwargs = {name: value for name, value in kwargs.items() if value is not np._NoValue}
    if isinstance(out, tuple):
        out = out[0] if len(out) == 1 else out
    if ufunc.nout != 1 or kwargs.keys() - {'dtype', 'casting', 'order', 'subok'} or isinstance(out, tuple):
        return _unusual(ufunc, args, out, kwargs)
    values = tuple(map(value_of, args))
    try:
        if out is not None:
            return into(out, lambda memory: ufunc(*values, out=memory, **kwargs), kind, args)
        value = ufunc(*values, **kwargs)
    except ArithmeticError:
        escape(args, 'an arithmetic error')
        raise
    if kind in ('power', 'float_power'):
        return _power(*args, value, False)
    return outcome(kind, args, value)


def _unusual(ufunc, args, out, kwargs):
    """``where=``, several results and so on: computed as NumPy does, certified where nothing is undecided."""
    where = kwargs.get('where', True)
    if where is not True:
        kwargs = dict(kwargs, where=escape(where, 'a mask in where='))
    known = all(map(is_fixed, args)) and (out is None or is_fixed(out)) and ufunc.__name__ in DETERMINED
    values = tuple(map(value_of, args))
    if type(out) is Tracked:
        if ufunc.nout == 1 and set(kwargs) == {'where'} and not known:
            kept = nodes_of(out)
            into(out, lambda memory: ufunc(*values, out=memory, **kwargs), ufunc.__name__, args)
            out.opened()[...] = np.where(kwargs['where'], out.nodes, kept)
            return out
        ufunc(*values, out=out.value, **kwargs)
        if known:
            out.settled()
        else:
            out.opened()[...] = _session.CURRENT.unknown((), 'there is no rule for numpy.%s so called' % ufunc.__name__)
        return out
    result = ufunc(*values, **kwargs)
    return settle(result, known, 'there is no rule for numpy.%s so called' % ufunc.__name__)


def settle(result, known, reason):
    """What NumPy gave as a program sees it: certain, or lost for a reason."""
    if isinstance(result, (tuple, list)):
        settled = [settle(each, known, reason) for each in result]
        return type(result)(*settled) if hasattr(result, '_fields') else type(result)(settled)
    if isinstance(result, (np.ndarray, np.floating, float)):
        return certain(result) if known else lost(result, reason)
    if isinstance(result, (np.integer, np.bool_, int)) and not isinstance(result, bool) and not known:
        return lost(result, reason)
    return result


def foreign(function, args, kwargs):
    """A function of NumPy's on objects that are no numbers (names, dates, objects)."""
    reason = 'numpy.%s of objects' % getattr(function, '__name__', function)
    from streetlight.shadow.tracked import holds_tracked, plain

    known = not any(map(holds_tracked, args))
    return settle(function(*[plain(x) for x in args], **plain(kwargs)), known, reason)


__all__ = ['Number', 'Tracked', 'binary', 'call', 'in_place', 'power', 'unary', 'view_of', 'without_error']
