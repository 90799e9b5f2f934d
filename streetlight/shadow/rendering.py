"""Numbers become text: exactly NumPy's and Python's characters, with their provenance."""

import functools
import re

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
    text = _through(x, write)
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in 'fc' and type(x) is not np.float64:
        return unknown_text(text, 'an array that another library made')
    module = type(x).__module__.split('.')[0]
    if module in ('datetime', 'time', 'pandas', 'torch', 'tensorflow', 'jax', 'scipy', 'sklearn', 'decimal_clock', 'sympy', 'xarray'):
        return unknown_text(text, 'text of %s, which is not followed' % type(x).__name__)
    return text


def _through(x, write):
    """Text that Python's own classes (a dataclass, a deque) write with numbers in it, which is followed.

    They write twice: once the numbers as they are, once a mark for each; where both texts agree but for these, it is known
    where they stand.
    """
    session = _session.CURRENT
    name = '__str__' if write is str and type(x).__str__ is not object.__str__ else '__repr__'
    own = getattr(getattr(type(x), name, None), 'own', None) if write in (str, repr) else None
    if own is not None:
        return own(x)
    before, session.taken = session.taken, []
    try:
        text = write(x)
        found, session.taken = session.taken, iter(session.taken)
        texts = [each for each in found if type(each) is Printed]
        if not texts or type(text) is Printed:
            return text
        session.marks = 0
        pieces = MARK.split(str.__str__(write(x)))
    finally:
        session.taken = before
    if pieces[1::2] == [str(number) for number in range(len(texts))]:
        pieces[1::2] = texts
        followed = join(pieces)
        if str.__str__(followed) == text:
            return followed
    for each in texts:
        each.seen("its text is taken by code that is not the program's")
    return text


MARK = re.compile('\0(\\d+)\0')


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
    own = getattr(type(x).__format__, 'own', None)
    if own is not None:
        return own(x, spec)
    if not spec and type(x).__format__ is object.__format__:
        return _other(x, str)
    text = format(x, spec)
    return _other(x, lambda x: text) if not spec else text


def percent(x, spec):
    """``spec % x``, of one number."""
    return number_text(x, lambda value: spec % value)


def array_text(x, function, args, kwargs):
    """``numpy.array2string`` and its kin."""
    return number_text(x, _with_options(lambda value: function(value, *args, **kwargs)))


def _handed_on(own, what):
    """A number's or a program's own ``__str__`` as others' code calls it: noticed, or marked where `_through` follows it."""

    @functools.wraps(own)
    def show(*args):
        session = _session.CURRENT
        if session.taken is not None and type(session.taken) is not list:  # what it was the first time
            text = next(session.taken, '')
            if type(text) is Printed:
                session.marks += 1
                return '\0%d\0' % (session.marks - 1)
            return text
        text = own(*args)
        if session.taken is not None:
            session.taken.append(text)
        elif type(text) is Printed:
            text.seen("its text is taken by code that is not the program's (%s)" % what)
        return str.__str__(text) if isinstance(text, str) else text

    return show


def handed_on(own):
    """A program's own ``__str__`` or its like: our calls take ``own``, what others' code gets is plain text."""
    show = _handed_on(own, own.__name__.strip('_'))
    show.own = own
    return show


Printed.__repr__ = _handed_on(representation, 'repr')
for _cls in (Tracked, Number):
    _cls.__str__ = _handed_on(text_of, 'str')
    _cls.__repr__ = _handed_on(representation, 'repr')
    _cls.__format__ = _handed_on(formatted, 'format')
