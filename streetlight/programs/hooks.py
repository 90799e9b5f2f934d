"""What the hooks in a program's text do: powers, text, calls, names and loops."""

import operator
import sys
import types

import numpy as np

from streetlight.programs.calls import Calls
from streetlight.programs.rewrite import compiled, evaluated
from streetlight.programs.templates import percent_text
from streetlight.programs.trust import unordered
from streetlight.shadow import powers, rendering
from streetlight.shadow.crossing import lost
from streetlight.shadow.operands import PLAIN
from streetlight.shadow.printed import Printed, join
from streetlight.shadow.tracked import Number, Tracked


class Loop:
    """A loop that runs: its key, its passes, its variable and its value."""

    __slots__ = ('key', 'number', 'value', 'variable')

    def __init__(self, key, variable):
        self.key, self.number, self.variable, self.value = key, -1, variable, None


class Hooks(Calls):
    """The object that stands under `rewrite.HOOK` in a program's names.

    Parameters
    ----------
    session : Session
    named : bool
        Whether named values and loops are noted on the tape.
    """

    def __init__(self, session, named=True, modules=('__main__',)):
        super().__init__(session, modules)
        self.noted = named
        self.builtins = {}
        self.absent = ''  # why a module that a cell imports is not here

    # arithmetic

    def power(self, a, b):
        if type(a) is int and type(b) is int and b >= 0:
            return a**b
        if _is_number(a) and _is_number(b):
            return powers.power(a, b)
        return operator.pow(a, b)

    def power_in_place(self, a, b):
        if type(a) is Tracked:
            return operator.ipow(a, b)
        return self.power(a, b)

    def exponent(self, x):
        """What stands behind ``**=`` after an element or an attribute."""
        return powers.Exponent(x) if type(x) in PLAIN else x

    def modulo(self, a, b):
        if isinstance(a, str):
            return percent_text(a, b, self)
        return a % b

    # text

    def formatted(self, x, conversion, spec):
        if conversion == 114:
            x = rendering.representation(x)
        elif conversion == 115:
            x = rendering.text_of(x)
        elif conversion == 97:
            x = ascii(x)
        return rendering.formatted(x, str(spec))

    @staticmethod
    def classed(cls):
        """A class of the program's; other code that asks for its text gets plain text."""
        for name in ('__repr__', '__str__', '__format__'):
            own = cls.__dict__.get(name)
            if isinstance(own, types.FunctionType):
                setattr(cls, name, rendering.handed_on(own))
        return cls

    def joined(self, *parts):
        return join(parts)

    def echo(self, x):
        """The value of a cell's last line, or of an example."""
        if x is not None:
            self.builtins['_'] = x
            self._written(sys.stdout.write, (join((rendering.representation(x), '\n')),), {})

    def display(self, *items, **_options):
        """What IPython's ``display`` shows where there is text alone."""
        for x in items:
            self._written(sys.stdout.write, (join((rendering.representation(x), '\n')),), {})

    # text that is run

    def exec(self, code, own):
        return self._code(code, own, lambda text, name: compiled(text, name, self.noted))

    def eval(self, code, own):
        return self._code(code, own, evaluated)

    def _code(self, code, own, made):
        if isinstance(code, str) and own:
            return made(code.seen('its text is run') if type(code) is Printed else code, '<string>')
        self.session.taint('code is run that was compiled before, or with names of its own, and is not followed')
        return code

    def missing(self, error):
        """A module is not here, which ends no cell."""
        self.absent = self.absent or 'ModuleNotFoundError: %s\n' % error

    # names and loops

    def name(self, name, x):
        kind = type(x)
        if kind is Number or (kind is Tracked and (not x.fixed or x.value.size <= 4096)):
            self.session.tape.name(tuple([(loop.variable, loop.value) for loop in self.session.loops]), name, x.nodes)

    added = name

    def loop(self, variable, iterable, key):
        """Go through an iterable; each of its items is a pass."""
        loop = self.enter(key, variable)
        try:
            for item in self.iterated(iterable):
                self._passed(loop, item)
                yield item
        finally:
            self._left(loop)

    def enter(self, key, variable='while'):
        loop = Loop(key, variable)
        self.session.loops.append(loop)
        return loop

    def turn(self, key):
        """A pass of a ``while`` begins."""
        self._passed(self._running(key), None)

    def leave(self, key):
        """A ``while`` is over."""
        self._left(self._running(key))

    def _running(self, key):
        return next(loop for loop in reversed(self.session.loops) if loop.key == key)

    def _passed(self, loop, item):
        loop.number += 1
        loop.value = item if type(item) in (int, float, str) else loop.number
        self.session.tape.head(loop.key, loop.number)

    def _left(self, loop):
        loops = self.session.loops
        if loop in loops:
            del loops[loops.index(loop) :]
        self.session.tape.head(loop.key, -1)

    def iterated(self, x):
        """What a loop runs over: the order of a set of strings is another in every run."""
        if type(x) in (set, frozenset) and unordered(x):
            self.session.taint('the order of a set of strings or objects, which is another in every run')
        return x

    def sought(self, x, container):
        """``x in container``."""
        return (x.seen('it is sought in a text') if type(x) is Printed and isinstance(container, str) else x) in container

    def clock(self, owner, name):
        """An attribute that dates have."""
        value = getattr(owner, name)
        return lost(value, 'the clock') if type(owner).__module__ in ('datetime', 'time') and type(value) is int else value

    def imaginary(self, number):
        return lost(number, 'complex numbers are not certified')

    def truth(self, x):
        """What ``__bool__`` returns."""
        return bool(x) if type(x) is Number or type(x) is Tracked else x

    def whole(self, x):
        """What ``__len__`` and its kin return."""
        return operator.index(x) if type(x) is Number else x


def _is_number(x):
    kind = type(x)
    return kind in PLAIN or kind is Tracked or kind is Number or isinstance(x, np.ndarray)
