"""Numbers become text: exactly NumPy's and Python's characters, with their provenance."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.printed import Printed, Rendering, join
from streetlight.shadow.tracked import Number, Tracked


def number_text(x, write):
    """The text of a tracked number or array; ``write`` makes it of a plain one."""
    value = x.value.copy() if type(x) is Tracked else x.value
    text = write(value)
    if x.fixed:
        return text
    return Printed.of(Rendering(text, x.nodes.copy(), value, write))


def _with_options(write):
    options = np.get_printoptions()

    def again(value):
        with np.printoptions(**options):
            return write(value)
    return again


def text_of(x):
    """``str(x)``."""
    kind = type(x)
    if kind is Number:
        return number_text(x, str)
    if kind is Tracked:
        return number_text(x, str if x.value.ndim == 0 else _with_options(str))
    if kind is Printed:
        return x
    if kind in CONTAINERS:
        return representation(x)
    return _other(x, str)


def representation(x):
    """``repr(x)``."""
    kind = type(x)
    if kind is Number:
        return number_text(x, repr)
    if kind is Tracked:
        return number_text(x, _with_options(repr))
    if kind is Printed:
        return join(("'", x, "'")) if "'" not in str.__str__(x) and '\\' not in str.__repr__(x) else repr(x.seen('repr()'))
    if kind in CONTAINERS:
        return CONTAINERS[kind](x)
    return _other(x, repr)


def _other(x, write):
    """Anything else: what another library made is not certified."""
    text = write(x)
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in 'fc' and type(x) is not np.float64:
        return unknown_text(text, 'an array that another library made')
    module = type(x).__module__.split('.')[0]
    if module in ('datetime', 'time', 'pandas', 'torch', 'tensorflow', 'jax', 'scipy', 'sklearn', 'decimal_clock', 'sympy', 'xarray'):
        return unknown_text(text, 'text of %s, which is not followed' % type(x).__name__)
    return text


def unknown_text(text, reason):
    """Text of numbers of which nothing is known."""
    if type(text) is Printed:
        return text
    session = _session.CURRENT
    return Printed.of(Rendering(text, session.unknown((), reason), None, None, session.note(reason)))


def _sequence(before, after):
    def write(x):
        return join((before, join([representation(each) for each in x], ', '), after))
    return write


def _tuple(x):
    return join(('(', join([representation(each) for each in x], ', '), ',)' if len(x) == 1 else ')'))


def _dict(x):
    return join(('{', join([join((representation(key), ': ', representation(each))) for key, each in x.items()], ', '), '}'))


def _set(x):
    if len(x) > 1 and any(isinstance(each, (str, bytes)) for each in x):
        return unknown_text(repr(x), 'the order of a set of strings is another in every run')
    return join(('{', join([representation(each) for each in x], ', '), '}')) if x else 'set()'


CONTAINERS = {list: _sequence('[', ']'), tuple: _tuple, dict: _dict, set: _set}


def formatted(x, spec):
    """``format(x, spec)``."""
    kind = type(x)
    if kind is Number:
        return number_text(x, lambda value: format(value, spec))
    if kind is Tracked:
        return number_text(x, lambda value: format(value[()] if value.ndim == 0 else value, spec))
    if kind is Printed:
        return format(x, spec)
    if kind in CONTAINERS and not spec:
        return representation(x)
    text = format(x, spec)
    return _other(x, lambda x: text) if not spec else text


def percent(x, spec):
    """``spec % x``, of one number."""
    return number_text(x, lambda value: spec % value)


def array_text(x, function, args, kwargs):
    """``numpy.array2string`` and its kin."""
    return number_text(x, _with_options(lambda value: function(value, *args, **kwargs)))


def _lossy(write, what):
    """Text asked for by code that is not the program's, which may keep the characters and drop where they come from."""
    def show(self, *args):
        text = write(self, *args)
        if type(text) is Printed:
            text.seen('its text is taken by code that is not the program\'s (%s)' % what)
        return str.__str__(text)
    show.__name__ = '__%s__' % what
    return show


for _cls in (Tracked, Number):
    _cls.__str__ = _lossy(text_of, 'str')
    _cls.__repr__ = _lossy(representation, 'repr')
    _cls.__format__ = _lossy(formatted, 'format')
