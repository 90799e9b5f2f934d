"""Calls that a program makes: its own functions and NumPy's run as they are, builtins keep provenance, others are watched."""

import functools
import importlib.util
import operator
import sys
import types

import numpy as np

from streetlight.programs import texts as texts_of_modules
from streetlight.programs.conversions import Conversions
from streetlight.programs.modules import SINKS, noticed_sink
from streetlight.programs.trust import KEEPING, differs, followed, unordered
from streetlight.programs.writer import Writer
from streetlight.programs.written import Written, _texts
from streetlight.shadow import rendering
from streetlight.shadow.creation import array
from streetlight.shadow.methods import of_foreign
from streetlight.shadow.printed import Printed
from streetlight.shadow.tracked import Number, Tracked, escape, holds_tracked, nodes_in, plain
from streetlight.shadow.ufuncs import Ufunc

#: Modules whose functions pass on what they are given, without looking at numbers' characters.
PASS_ON = frozenset(
    {
        'builtins',
        'itertools',
        'functools',
        'collections',
        '_collections',
        'operator',
        '_operator',
        'copy',
        'types',
        'typing',
        'contextlib',
        'abc',
        'enum',
        'dataclasses',
        '_thread',
        'threading',
        'weakref',
        'heapq',
        '_heapq',
        'queue',
        'gc',
        'inspect',
        'random',
        'collections.abc',
        '_functools',
    }
)
CONTAINERS = (list, dict, set, frozenset, tuple, types.GeneratorType, types.MappingProxyType)
STANDARD = frozenset(sys.stdlib_module_names)
DUNDERS = {'__pow__': '_power_of', '__rpow__': '_power_of', '__hash__': '_hash_of'}

#: These print what objects of the program's say of themselves.
SHOWING = frozenset({'pprint', 'traceback', 'unittest', 'logging', 'doctest'})


class Calls(Written, Conversions):
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
        self.table |= {kind: self._reading(kind) for kind in (ord, bytes, bytearray, ascii)}
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
            if isinstance(owner, type) and owner.__module__ != 'datetime':
                return function
            return self._watched(function, getattr(owner, '__module__', None) or type(owner).__module__)
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
        writers = {'__str__': rendering.text_of, '__repr__': rendering.representation, '__format__': rendering.formatted}
        write = writers.get(function.__name__)
        return function if write is None or type(owner) is Printed else functools.partial(write, owner)

    def _watched(self, function, module):
        """A function of another library, or of Python's own that reads what it is given."""
        module = module or 'builtins'
        root = module.split('.')[0]
        if root in ('functools', '_functools'):
            return self._handing(function)
        if root == 'numpy':
            return followed(function)
        if module in PASS_ON or root in PASS_ON:
            return function
        root = root.lstrip('_') or root
        name = '%s.%s' % (root, getattr(function, '__name__', type(function).__name__))

        def call(*args, **kwargs):
            if root == 'io' or isinstance(getattr(function, '__self__', None), Writer):
                return self._written(function, args, kwargs)
            try:
                given = (holds_tracked(args) or holds_tracked(kwargs)) and plain([args, kwargs]) is not None
            except RecursionError:  # something that holds itself
                self.session.taint('%s is given what cannot be followed' % name)
                return function(*args, **kwargs)
            if (root in SINKS and not name.startswith('warnings.')) or name == 'time.sleep':
                if given:
                    noticed_sink(name)
                return function(*_texts(plain(args)), **plain(kwargs))
            if name in ('warnings.warn', 'warnings.warn_explicit'):
                return function(*args, **kwargs)
            texts = [each for each in (*args, *kwargs.values()) if type(each) is Printed]
            if given or texts:
                known = texts_of_modules.followed(function, args, kwargs)
                if known is not None:
                    return known
            handed = args, kwargs
            if given:
                args, kwargs = plain(args), plain(kwargs)
            args = self._hooked(args)
            trusted, self.session.trusted = self.session.trusted, root in STANDARD and root not in SHOWING and not given and not texts
            try:
                result = function(*_texts(args), **{key: _texts([each])[0] for key, each in kwargs.items()})
            except Exception:
                self._looked_at(name, handed, texts)
                raise
            finally:
                self.session.trusted = trusted
            if (given and nodes_in(handed).size) or texts:
                return self._returned(name, result, handed, texts, root in KEEPING)
            if differs(root, name):
                return self._unstable(name, result)
            if name.startswith('pickle.load') or name in ('marshal.loads', 'joblib.load'):
                return self._loaded(name, result)
            if root in STANDARD:
                return result
            settled = of_foreign(result, '%s is not followed' % name)
            if settled is result and result is not None and not isinstance(result, (str, bool, bytes, int, types.ModuleType)):
                self.session.note('%s makes an object that is not followed' % name)
                self.session.taint('%s makes an object that is not followed' % name)
            return settled

        return call

    def _loaded(self, name, result):
        followed = of_foreign(result, '%s brings back data of which nothing is known' % name)
        if followed is result and not isinstance(result, (str, bytes, int, type(None))):
            self.session.taint('%s brings back data of which nothing is known' % name)
        return followed

    def _unstable(self, name, result):
        """What differs from run to run."""
        reason = '%s differs from run to run, or from one library to the next' % name
        if isinstance(result, str):
            return rendering.unknown_text(result, reason)
        result_followed = of_foreign(result, reason)
        if result_followed is result and result is not None and type(result).__module__ not in ('datetime', 'time', 'statistics'):
            self.session.taint(reason)
        return result_followed

    def _returned(self, name, result, handed, texts, keeps=False):
        """What a function made of numbers or of their text: not certified, and where it cannot be followed, nothing after it."""
        reason = '%s is given numbers or their text; what it makes of them is not certified' % name
        known = of_foreign(result, reason)
        if isinstance(result, str):
            return rendering.unknown_text(result, reason)
        if (known is not result and not keeps) or name in ('pickle.dumps', 'pprint.pprint', 'pprint.pp'):
            return known
        if name in ('pickle.dump', 'json.dump') and hasattr(handed[0][1:2] and handed[0][1], 'name'):
            return known
        self._looked_at(name, handed, texts)
        return result

    def _looked_at(self, name, handed, texts):
        escape(handed, '%s is given numbers' % name)
        for each in texts:
            each.seen('%s is given the text of numbers' % name)

    def _hooked(self, args):
        """The same, with hooks in the place of functions of Python's own that compute."""
        return [self.handed.get(each, each) if isinstance(each, types.BuiltinFunctionType) else each for each in args]

    def _handing(self, function):
        """A function of `functools` or `itertools`, which calls what it is given."""
        return lambda *args, **kwargs: function(*self._hooked(args), **kwargs)

    def _over(self, function):
        """A function that runs over what it is given."""
        return lambda *args, **kwargs: function(*[self.iterated(each) for each in args], **kwargs)

    def _reading(self, function):
        """A function that looks at characters."""

        def read(*args, **kwargs):
            return function(*[each.seen('its text is read') if type(each) is Printed else each for each in args], **kwargs)

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
