"""Calls that a program makes: its own functions and NumPy's run as they are, builtins keep provenance, others are watched."""

import functools
import importlib.util
import operator
import types

import numpy as np

from streetlight.programs.conversions import Conversions
from streetlight.programs.outsiders import PASS_ON, Outsiders
from streetlight.programs.trust import unordered
from streetlight.programs.writer import Writer
from streetlight.programs.written import Written
from streetlight.shadow import rendering
from streetlight.shadow.creation import array
from streetlight.shadow.crossing import escape
from streetlight.shadow.printed import Printed
from streetlight.shadow.tracked import Number, Tracked
from streetlight.shadow.ufuncs import Ufunc

CONTAINERS = (list, dict, set, frozenset, tuple, types.GeneratorType, types.MappingProxyType)
UNBOUND = (types.WrapperDescriptorType, types.MethodDescriptorType)
WRITERS = (rendering.text_of, rendering.representation, rendering.formatted)
DUNDERS = {'__pow__': '_power_of', '__rpow__': '_power_of', '__hash__': '_hash_of'}


class Calls(Outsiders, Written, Conversions):
    """The half of the hooks that looks at calls."""

    def __init__(self, session, modules=('__main__',)):
        self.session = session
        self.own = frozenset(modules)
        self.table = {
            print: self.print,
            str: self.str,
            repr: self.repr,
            float: self.float,
            int: self.int,
            sum: self.sum,
            max: self._extreme(max, 'max'),
            min: self._extreme(min, 'min'),
            format: self.format,
            type: self.type,
            map: self.map,
            open: self.open,
            np.float64: self.float64,
            hash: self.hash,
            id: self.id,
            list: self.list,
            tuple: self.tuple,
            bool: bool,
            pow: self.pow,
            enumerate: self._over(enumerate),
            isinstance: isinstance,
            len: len,
            range: range,
            abs: abs,
            round: round,
            sorted: sorted,
            super: super,
            operator.pow: self.pow,
            float.__pow__: self.pow,
            complex: self.complex,
            importlib.import_module: self._module,
            dict.fromkeys: self._over(dict.fromkeys),
        }
        self.table |= {kind: self._over(kind) for kind in (zip, iter, filter, reversed)}
        self.table |= {kind: self._reading(kind) for kind in (ord, bytes, bytearray, memoryview, ascii)}
        self.handed = {pow: self.pow, operator.pow: self.pow, sum: self.sum}
        for kind in (np.float32, np.float16, np.int64, np.int32, np.array):
            self.table[kind] = self._typed(kind) if isinstance(kind, type) else array

    def called(self, function):
        """What is called in the place of a function."""
        kind = type(function)
        if kind is types.FunctionType:
            module = function.__module__
            if module in self.own or (module is not None and module.startswith('streetlight.')):
                return function
            return self._watched(function, module)
        if kind is Ufunc:
            return function
        if kind is types.MethodType:
            owner = function.__self__
            if type(owner) is Writer:
                return owner.put if function.__name__ == 'write' else function
            if type(owner) in (Tracked, Number, Printed):
                return self._own_text(owner, function)
            module = getattr(function.__func__, '__module__', None) or ''
            if module in self.own or module.startswith('streetlight.'):
                return function
            return self._watched(function, type(owner).__module__)
        try:
            known = self.table.get(function)
        except TypeError:  # it has no hash
            return function
        if known is not None:
            return known
        if kind is types.BuiltinFunctionType or kind is types.MethodWrapperType:
            owner = function.__self__
            if isinstance(owner, str) and function.__name__ != '__hash__':
                return self._text_method(function, owner)
            if function.__name__ in DUNDERS:
                return getattr(self, DUNDERS[function.__name__])(function, owner)
            if owner is None or isinstance(owner, types.ModuleType):
                return self._watched(function, function.__module__ or 'builtins')
            if isinstance(owner, CONTAINERS):
                return self._of_container(function, owner)
            if isinstance(owner, type) and (owner.__module__ in self.own or owner.__module__ in PASS_ON):
                return function
            return self._watched(function, getattr(owner, '__module__', None) or type(owner).__module__)
        if kind in UNBOUND and issubclass(function.__objclass__, (int, float)):
            return lambda *args: function(*escape(args, '%s of a number' % function.__name__))
        if isinstance(function, type):
            module = function.__module__
            if module in ('functools', 'itertools', '_functools'):
                return self._handing(function)
            if module in self.own or module == 'builtins' or module in PASS_ON or issubclass(function, BaseException):
                return function
            return self._watched(function, module)
        if kind.__module__.startswith('streetlight.') or kind.__module__ in self.own or kind.__module__ in ('functools', 'operator'):
            return function
        return self._watched(function, getattr(function, '__module__', None) or kind.__module__)

    def _own_text(self, owner, function):
        write = getattr(function.__func__, '__wrapped__', None)  # `x.__str__()`, as a class of the program's may call it
        return functools.partial(write, owner) if write in WRITERS and type(owner) is not Printed else function

    def _over(self, function):
        """A function that runs over what it is given."""
        return lambda *args, **kwargs: function(*[self.iterated(each) for each in args], **kwargs)

    def _reading(self, function):
        """A function that looks at characters, or at bytes."""

        def read(*args, **kwargs):
            args = [each.seen('its text is read') if type(each) is Printed else each for each in args]
            return function(*[escape(each, 'its bytes are read') if type(each) is Tracked else each for each in args], **kwargs)

        return read

    def _of_container(self, function, owner):
        name = function.__name__
        if name == 'pop' and unordered(owner):
            self.iterated(owner)
        return self._over(function) if name in ('extend', 'fromkeys') else function

    def _power_of(self, function, owner):
        return (lambda b: self.power(owner, b)) if function.__name__ == '__pow__' else (lambda a: self.power(a, owner))

    def _hash_of(self, function, owner):
        return lambda: self.hash(owner)

    def _module(self, name, package=None):
        return self.builtins['__import__'](importlib.util.resolve_name(name, package), {}, {}, ('*',))

    def map(self, function, *items):
        return map(self.called(function), *items)

    def list(self, *items):
        return list(*[self.iterated(each) for each in items])

    def tuple(self, *items):
        return tuple(*[self.iterated(each) for each in items])
