"""Functions of other libraries that a program calls, and of Python's own that read what they are given."""

import operator
import sys
import types

from streetlight.programs import texts as texts_of_modules
from streetlight.programs.modules import SINKS, noticed_sink
from streetlight.programs.trust import KEEPING, differs, followed
from streetlight.programs.writer import Writer
from streetlight.programs.written import _texts
from streetlight.shadow import rendering
from streetlight.shadow.crossing import escape, holds_tracked, nodes_in, of_foreign, plain
from streetlight.shadow.printed import Printed

#: Modules whose functions pass on what they are given, without looking at numbers' characters.
PASS_ON = frozenset(
    """
    builtins itertools functools collections _collections operator _operator copy types typing contextlib abc enum
    dataclasses _thread threading weakref heapq _heapq bisect _bisect queue gc inspect random collections.abc _functools""".split()
)
STANDARD = frozenset(sys.stdlib_module_names)

#: These print what objects of the program's say of themselves.
SHOWING = frozenset({'pprint', 'traceback', 'unittest', 'logging', 'doctest'})


def given_back(own, copy, before, reason):
    """What a function did to its copy of a list, done to the program's own: what it moved is still followed, what it made is not."""
    if len(copy) != len(before) or any(map(operator.is_not, copy, before)):
        known = {id(plainly): each for plainly, each in zip(before, own)}
        own[:] = [known[id(each)] if id(each) in known else of_foreign(each, reason) for each in copy]


class Outsiders:
    """Hooks for calls of what is neither the program's nor NumPy's: what becomes of numbers there is not followed, and said so."""

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
            if root == 'tqdm' and args and isinstance(function, type):  # a bar beside a loop, which is handed what it counts
                return function(*args, **plain(kwargs))
            if (root in SINKS and not name.startswith('warnings.')) or name == 'time.sleep':
                if given:
                    noticed_sink(name)
                result = function(*_texts(plain(args)), **plain(kwargs))
                return of_foreign(result, '%s makes numbers that are not followed' % name, rendering.unknown_text)
            if name in ('warnings.warn', 'warnings.warn_explicit'):
                return function(*args, **kwargs)
            texts = [each for each in (*args, *kwargs.values()) if type(each) is Printed]
            if given or texts:
                known = texts_of_modules.followed(function, args, kwargs)
                if known is not None:
                    return known
            handed, copies = (args, kwargs), []
            if given:
                args, kwargs = plain(args, copies), plain(kwargs)
            args = self._hooked(args)
            trusted, self.session.trusted = self.session.trusted, root in STANDARD and root not in SHOWING and not given and not texts
            try:
                result = function(*_texts(args), **{key: _texts([each])[0] for key, each in kwargs.items()})
            except Exception:
                self._looked_at(name, handed, texts)
                raise
            finally:
                self.session.trusted = trusted
                for each in copies:
                    given_back(*each, '%s has changed a list' % name)
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
        known = of_foreign(result, reason, rendering.unknown_text)
        if isinstance(result, str):
            return known
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
