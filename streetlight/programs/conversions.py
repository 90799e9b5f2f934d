"""Numbers that a program makes of others by Python's builtins: `float`, `int`, `sum`, `max`, `pow`."""

import re
import types

import numpy as np

from streetlight.shadow.creation import as_array, as_type
from streetlight.shadow.crossing import escape, lost, made, plain
from streetlight.shadow.elementwise import outcome, without_error
from streetlight.shadow.operands import PLAIN, nodes_of
from streetlight.shadow.printed import Printed
from streetlight.shadow.tracked import Number, Tracked


class Conversions:
    """Hooks for builtins that take numbers."""

    def type(self, x, *args):
        return x.__class__ if type(x) in (Tracked, Number) and not args else str if type(x) is Printed and not args else type(x, *args)

    def float(self, x=0.0):
        kind = type(x)
        if kind in PLAIN:
            return float(x)
        if kind is Tracked:
            float(x.value)  # or an error that is NumPy's own
            return x.astype(float).item()
        if kind is Number:
            return made(float(x.value), x.nodes)
        if kind is Printed:
            return _read_back(x)
        own = getattr(kind, '__float__', None)
        return self.float(own(x)) if type(own) is types.FunctionType else float(x)

    def float64(self, x=0.0):
        """``np.float64``: NumPy's own scalar, which prints and divides otherwise than Python's."""
        if np.ndim(plain(x)):
            return as_type(as_array(x), float)
        known = self.float(x)
        return made(np.float64(known.value), known.nodes) if type(known) is Number else np.float64(known)

    def int(self, x=0, *args, **kwargs):
        kind = type(x)
        if kind is Tracked:
            int(x.value)  # or an error that is NumPy's own
            x = x.item()
            kind = type(x)
        if kind is Number:
            if isinstance(x.value, (int, np.integer, np.bool_)):
                return Number(int(x.value), x.nodes)
            return without_error(outcome('trunc', (x,), int(x.value)), 'int()')
        if kind is Printed:
            return int(x.seen('int() of its text'), *args, **kwargs)
        own = getattr(kind, '__int__', None)
        return self.int(own(x)) if type(own) is types.FunctionType else int(x, *args, **kwargs)

    def _typed(self, kind):
        def convert(x=0):
            if type(x) in (Tracked, Number):
                return as_type(as_array(x), kind)[()]
            if issubclass(kind, np.floating):
                return lost(kind(x), '%s is not certified' % kind.__name__)
            return kind(x)

        return convert

    def sum(self, items, start=0):
        items = list(items)
        scalars = [x for x in (start, *items) if type(x) is Number or type(x) in PLAIN]
        if len(scalars) <= len(items) or not any(type(x) is Number or type(x) is float for x in scalars):
            return sum(items, start)
        if not any(type(x) is Number for x in scalars) and sum(type(x) is float for x in scalars) < 2:
            return sum(items, start)  # NumPy's own numbers are added one after the other; Python's by a compensated sum since 3.12
        value = sum([plain(x) for x in items], plain(start))
        if isinstance(value, (int, np.integer)):
            nodes = _stacked(scalars)
            return made(value, self.session.tape.record('sum', (nodes,), value, 'integer', False))
        parts = [x for x in scalars if type(x) is Number or x != 0] or scalars[:1]
        if len(parts) == 1:
            return parts[0] if type(parts[0]) is not Number else made(value, parts[0].nodes)
        return made(value, self.session.tape.record('sum', (_stacked(parts),), value, None, False))

    def _extreme(self, function, kind):
        def extreme(*args, **kwargs):
            items = list(args[0]) if len(args) == 1 else list(args)
            if kwargs or not any(type(x) is Number for x in items) or not all(type(x) is Number or type(x) in PLAIN for x in items):
                return function(items, **kwargs) if len(args) == 1 else function(*args, **kwargs)
            value = function([plain(x) for x in items])
            return made(value, self.session.tape.record(kind, (_stacked(items),), value, None, False))

        return extreme

    def pow(self, a, b, *modulus):
        return pow(a, b, *modulus) if modulus else self.power(a, b)

    def complex(self, *args):
        args = [each.seen('complex() of its text') if type(each) is Printed else each for each in args]
        return lost(complex(*escape(args, 'complex()')), 'complex numbers are not certified')

    def hash(self, x):
        value = hash(x)
        return value if type(x) in PLAIN else lost(value, 'hash() of all but numbers is another in every run')

    def id(self, x):
        return lost(id(x), 'id() is another in every run')


def _stacked(items):
    return np.array([int(nodes_of(x)) for x in items], np.int64)


def _read_back(text):
    """``float`` of a printed number: the number itself, or its decimals, correctly rounded."""
    try:
        value = float(str.__str__(text))
    except ValueError:
        text.seen('an error shows its text')
        raise
    spans = text.spans
    if len(spans) == 1:
        start, stop, shown, offset = spans[0]
        whole = offset == 0 and stop - start == len(shown.text) and str.__str__(text).strip() == shown.text.strip()
        if whole and np.ndim(shown.value) == 0 and shown.write in (str, repr):
            return Number(value, np.asarray(shown.nodes).reshape(()))
        decimals = re.fullmatch(r'\s*[-+]?\d+\.(\d+)\s*', shown.text)
        if whole and decimals and np.ndim(shown.value) == 0:
            source = Number(float(shown.value), np.asarray(shown.nodes).reshape(()))
            return outcome('round', (source,), value, len(decimals.group(1)))
    text.seen('float() of its text')
    return value
