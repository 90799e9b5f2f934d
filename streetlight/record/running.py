"""Run a program with hooks in it, in the folder where it stands, and hear what it prints.

A program is a file, or a function of a file; the modules beside it that it imports are annotated as it is.  Nothing is left in
``sys.modules``.  This module runs on Python 2.7 to the newest.
"""

import io
import os
import sys
import types

from streetlight.programs.tree import HOOK
from streetlight.record.annotate import TEXT, annotated

try:
    import builtins
except ImportError:  # Python 2.7
    import __builtin__ as builtins


class Program(object):
    """A program and the modules beside it, with hooks in them.

    Parameters
    ----------
    path : str
        Of the file.
    hooks : object
        What the annotated program calls; see `streetlight.record.annotate`.
    annotate : callable, optional
        Takes a source and a file's name, returns code.
    """

    def __init__(self, path, hooks, annotate=annotated):
        self.path = os.path.abspath(path)
        self.folder = os.path.dirname(self.path)
        self.hooks = hooks
        self._annotate = annotate
        self._modules = {}

    def main(self, cells=None):
        """Run the file as a script, or its cells one after the other.

        Parameters
        ----------
        cells : list of (str, bool), optional
            Texts, and whether the value of a cell's last line is shown.
        """
        if cells is None:
            return self._executed(self.path, '__main__')
        module = self._module(self.path, '__main__')
        known = module.__dict__['__builtins__']
        for number, (text, echo) in enumerate(cells, 1):
            self.hooks.cell(number)
            known.update(_=self.hooks.last, display=self.hooks.display)
            code = self._annotate(text, '%s, cell %d' % (self.path, number), echo=echo)
            exec(code, module.__dict__)
        return module

    def call(self, function, source=None, **parameters):
        """Import the file, or a text in its place, and call a function of it."""
        name = os.path.splitext(os.path.basename(self.path))[0]
        if source is not None:
            self._executed(self.path, name, source)
        return getattr(self.module(name), function)(**parameters)

    def module(self, name):
        """A module beside the program."""
        if name not in self._modules:
            self._modules[name] = self._executed(os.path.join(self.folder, name + '.py'), name)
        return self._modules[name]

    def _executed(self, path, name, source=None):
        if source is None:
            with io.open(path, 'rb') as file:
                source = file.read()
        code = self._annotate(source, path)
        module = self._module(path, name)
        if name != '__main__':
            self._modules[name] = module
        exec(code, module.__dict__)
        return module

    def _module(self, path, name):
        module = types.ModuleType(name)
        module.__dict__.update(__file__=path, __builtins__=dict(vars(builtins), __import__=self._import))
        module.__dict__[HOOK] = self.hooks
        return module

    def _import(self, name, globals=None, locals=None, fromlist=(), level=0):
        """``import`` of what stands beside the program, annotated too; all else as ever."""
        if level > 1 or '.' in name:
            return builtins.__import__(name, globals, locals, fromlist, max(level, 0))
        if not name:  # from . import data
            package = types.ModuleType('')
            package.__dict__.update((each, self.module(each)) for each in fromlist)
            return package
        if level == 1 or (name not in sys.modules and os.path.exists(os.path.join(self.folder, name + '.py'))):
            return self.module(name)
        return builtins.__import__(name, globals, locals, fromlist, 0)


class heard(object):  # noqa: N801
    """``with heard() as out``: what is printed inside is kept in ``out.text``, and shown too if ``shown``."""

    encoding, errors = 'utf-8', 'replace'

    def __init__(self, shown=False):
        self.parts = []
        self._shown = sys.stdout if shown else None

    def __enter__(self):
        self._before, sys.stdout = sys.stdout, self
        return self

    def __exit__(self, *error):
        sys.stdout = self._before

    def write(self, text):
        self.parts.append(text if isinstance(text, TEXT) else text.decode('utf-8', 'replace'))
        if self._shown:
            self._shown.write(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        if self._shown:
            self._shown.flush()

    def isatty(self):
        return False

    @property
    def text(self):
        return ''.join(self.parts)
