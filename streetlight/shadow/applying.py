"""A ufunc of NumPy's, applied to anything that a program gives it."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.crossing import escape, settle
from streetlight.shadow.elementwise import DETERMINED, FUNCTIONS, into, noted, outcome
from streetlight.shadow.operands import is_fixed, nodes_of, operand, value_of
from streetlight.shadow.powers import powered
from streetlight.shadow.tracked import FLOAT, Number, Tracked


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
        return powered(*args, value, False)
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


def foreign(function, args, kwargs):
    """A function of NumPy's on objects that are no numbers (names, dates, objects)."""
    reason = 'numpy.%s of objects' % getattr(function, '__name__', function)
    from streetlight.shadow.crossing import holds_tracked, plain

    known = not any(map(holds_tracked, args))
    return settle(function(*[plain(x) for x in args], **plain(kwargs)), known, reason)
