"""Calls that a program makes: its own functions and NumPy's run as they are, builtins keep provenance, others are watched."""

import functools
import importlib.util
import operator
import os
import re
import sys
import types

import numpy as np

from streetlight.programs import texts as texts_of_modules
from streetlight.programs.modules import SINKS, noticed_sink
from streetlight.programs.trust import KEEPING, differs, followed, unordered
from streetlight.shadow import rendering
from streetlight.shadow import session as _session
from streetlight.shadow.creation import array, as_array, as_type
from streetlight.shadow.draws import Draws
from streetlight.shadow.elementwise import PLAIN, nodes_of, outcome, without_error
from streetlight.shadow.methods import of_foreign
from streetlight.shadow.namespace import Ufunc
from streetlight.shadow.printed import Printed, join
from streetlight.shadow.tracked import Number, Tracked, escape, holds_tracked, lost, made, nodes_in, plain

#: Modules whose functions pass on what they are given, without looking at numbers' characters.
PASS_ON = frozenset({'builtins', 'itertools', 'functools', 'collections', '_collections', 'operator', '_operator', 'copy', 'types',
                     'typing', 'contextlib', 'abc', 'enum', 'dataclasses', '_thread', 'threading', 'weakref', 'heapq', '_heapq',
                     'queue', 'gc', 'inspect', 'random', 'collections.abc', '_functools'})
CONTAINERS = (list, dict, set, frozenset, tuple, types.GeneratorType, types.MappingProxyType)
STANDARD = frozenset(sys.stdlib_module_names)
DUNDERS = {'__pow__': '_power_of', '__rpow__': '_power_of', '__hash__': '_hash_of'}

#: These print what objects of the program's say of themselves.
SHOWING = frozenset({'pprint', 'traceback', 'unittest', 'logging', 'doctest'})


class Calls:
    """The half of the hooks that looks at calls."""

    def __init__(self, session, modules=('__main__',)):
        self.session = session
        self.own = frozenset(modules)
        self.table = {print: self.print, str: self.str, repr: self.repr, float: self.float, int: self.int, sum: self.sum,
                      max: self._extreme(max, 'max'), min: self._extreme(min, 'min'), format: self.format, type: self.type,
                      map: self.map, open: self.open, np.float64: self.float64, hash: self.hash, id: self.id, list: self.list,
                      tuple: self.tuple, bool: bool, pow: self.pow, enumerate: self._over(enumerate), isinstance: isinstance,
                      len: len, range: range, abs: abs, round: round, sorted: sorted, super: super,
                      operator.pow: self.pow, float.__pow__: self.pow, complex: self.complex, importlib.import_module: self._module,
                      dict.fromkeys: self._over(dict.fromkeys)}
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

    # text

    def _text_method(self, function, owner):
        name = function.__name__
        if name == 'join':
            return lambda parts: join([each if isinstance(each, str) else _no_text(each) for each in self.iterated(parts)], owner)
        if name in ('format', 'format_map'):
            from streetlight.programs.hooks import format_text
            if name == 'format_map':
                return lambda mapping: format_text(owner, (), mapping, self)
            return lambda *args, **kwargs: format_text(owner, args, kwargs, self)
        if name == 'replace':
            return lambda old, new, *count: Printed(owner).replace(old, new, *count) if type(new) is Printed else function(old, new, *count)

        def call(*args, **kwargs):
            for each in args:
                if type(each) is Printed:
                    each.seen('str.%s' % name)
            return function(*_texts(args), **kwargs)
        return call

    def str(self, x='', *args, **kwargs):
        return rendering.text_of(x) if not args and not kwargs else str(x, *args, **kwargs)

    def repr(self, x):
        return rendering.representation(x)

    def format(self, x, spec=''):
        return rendering.formatted(x, spec)

    def print(self, *args, sep=' ', end='\n', file=None, flush=False):
        separator = ' ' if sep is None else sep
        text = join([join([rendering.text_of(x) for x in args], separator), '\n' if end is None else end])
        stream = sys.stdout if file is None else file
        self._written(stream.write, (text,), {})
        if flush and hasattr(stream, 'flush'):
            stream.flush()

    def _written(self, write, args, kwargs):
        """Into a file: what is read from it again is not certified, and neither is its text."""
        owner = getattr(write, '__self__', None)
        if isinstance(owner, Writer):
            return owner.put(*args, **kwargs) if write.__name__ == 'write' else write(*args, **kwargs)
        if getattr(write, '__name__', '') in ('write', 'writelines'):
            self.session.written.add(os.path.realpath(str(getattr(owner, 'name', ''))))
            if not hasattr(owner, 'fileno') or type(owner).__name__ in ('StringIO', 'BytesIO'):
                for each in args:
                    if type(each) is Printed:
                        each.seen('text of numbers is kept in memory as a file')
            return write(*_texts(plain(args)), **kwargs)
        for each in args:
            if type(each) is Printed:
                each.seen('a file is given the text of numbers')
        return write(*_texts(escape(args, 'a file is given numbers')), **kwargs)

    def open(self, file, mode='r', *args, **kwargs):
        name = os.path.realpath(str(file))
        if 'r' in str(mode) and '+' not in str(mode):
            if name in self.session.written:
                self.session.taint('a file that the program wrote is read again')
            else:
                self.session.note('a file is read: %s' % file)
        else:
            self.session.written.add(name)
        return open(file, mode, *args, **kwargs)

    # numbers

    def type(self, x, *args):
        return x.__class__ if type(x) in (Tracked, Number) and not args else str if type(x) is Printed and not args else type(x, *args)

    def float(self, x=0.0):
        kind = type(x)
        if kind in PLAIN:
            return float(x)
        if kind is Tracked:
            if x.value.size != 1:
                return float(x.value)
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
        if kind is Tracked and x.value.size == 1:
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

    def map(self, function, *items):
        return map(self.called(function), *items)

    def list(self, *items):
        return list(*[self.iterated(each) for each in items])

    def tuple(self, *items):
        return tuple(*[self.iterated(each) for each in items])

    def hash(self, x):
        value = hash(x)
        return value if type(x) in PLAIN else lost(value, 'hash() of all but numbers is another in every run')

    def complex(self, *args):
        args = [each.seen('complex() of its text') if type(each) is Printed else each for each in args]
        return lost(complex(*escape(args, 'complex()')), 'complex numbers are not certified')

    def id(self, x):
        return lost(id(x), 'id() is another in every run')


def _stacked(items):
    return np.array([int(nodes_of(x)) for x in items], np.int64)


def _texts(args):
    """Texts and generators as other code takes them."""
    return [str.__str__(each) if type(each) is Printed else each._real if type(each) is Draws else each for each in args]


def _no_text(x):
    raise TypeError('sequence item 0: expected str instance, %s found' % type(x).__name__)


def _read_back(text):
    """``float`` of a printed number: the number itself, or its decimals, correctly rounded."""
    value = float(str.__str__(text))
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


class Writer:
    """Where a program's standard output goes: text with its provenance.

    Parameters
    ----------
    most : int
        Characters after which a program is stopped.
    """

    encoding, errors, closed, newlines, name, mode = 'utf-8', 'strict', False, None, '<stdout>', 'w'

    def __init__(self, most=2_000_000):
        self.parts, self.marks, self.size, self.most, self.start = [], [], 0, most, 0

    def write(self, text):
        """What code prints that is not the program's: its numbers are not followed."""
        if type(text) is str and not _session.CURRENT.trusted and re.search(r'\d', text):
            text = rendering.unknown_text(text, 'another library prints this')
        return self.put(text)

    def put(self, text):
        if not isinstance(text, str):
            raise TypeError('write() argument must be str, not %s' % type(text).__name__)
        tape = _session.CURRENT.tape
        position = tape.shown = tape.position
        if not self.marks or self.marks[-1][1] != position:
            self.marks.append((self.size - self.start, position))
        self.size += str.__len__(text)
        if self.size > self.most:
            raise MemoryError('more than %d characters were printed' % self.most)
        if self.parts and type(text) is str and type(self.parts[-1]) is list:
            self.parts[-1].append(text)
        else:
            self.parts.append([text] if type(text) is str else text)
        return str.__len__(text)

    def writelines(self, lines):
        for line in lines:
            self.put(line)

    def flush(self):
        pass

    def isatty(self):
        return False

    def writable(self):
        return True

    def fileno(self):
        raise OSError('no file')

    @property
    def buffer(self):
        raise AttributeError('the standard output of a certified program takes text, not bytes')

    def take(self):
        """All that was written since the last time, as one text, and marks: offset in it, and operations before it."""
        text = join([''.join(part) if type(part) is list else part for part in self.parts])
        marks = self.marks
        self.parts, self.marks, self.start = [], [], self.size
        return text, marks
