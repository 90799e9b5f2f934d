"""Run a program once, as it is: what it printed, its tape, and how it ended."""

import builtins
import contextlib
import gc
import importlib.machinery
import linecache
import os
import sys
import traceback
import types
from typing import NamedTuple

import numpy as np

from streetlight.programs import source
from streetlight.programs.hooks import Hooks
from streetlight.programs.modules import importer
from streetlight.programs.rewrite import compiled
from streetlight.programs.tree import HOOK
from streetlight.programs.writer import Writer
from streetlight.shadow import rendering
from streetlight.shadow import session as _session


class Output(NamedTuple):
    """What a cell printed.

    Attributes
    ----------
    cell : Cell
    text : str or Printed
    marks : list of tuple
        Offsets in the text, and how many operations came before what was printed from there on.
    traceback : str
        The program's own, if the cell ended so.
    """

    cell: source.Cell
    text: str
    marks: list
    traceback: str


class Run(NamedTuple):
    """A program's run.

    Attributes
    ----------
    outputs : list of Output
        One for each cell that ran.
    session : Session
    failed : str
        The traceback that ended it; empty if it came to its end.
    status : int
        What the program itself gave to ``sys.exit``.
    """

    outputs: list
    session: object
    failed: str
    status: int

    @property
    def stdout(self):
        """All that it printed, plain."""
        return ''.join(str.__str__(output.text) for output in self.outputs)


def run(path, arguments=(), named=True):
    """Run the program in a file."""
    return run_cells(source.cells(path), os.fspath(path), arguments, named)


def run_cells(cells, path, arguments=(), named=True, package=False, lenient=False, tape=None):
    """Run a program's cells in one namespace.

    Parameters
    ----------
    cells : list of Cell
    path : str
        How the program is called in tracebacks, and where its own modules are.
    arguments : sequence of str
    named : bool
        Whether named values and loops are noted.
    package : bool
        Whether it may import what stands beside it relatively, as a listing does.
    lenient : bool
        Whether a cell goes on after an import of what is not here; its output keeps the error.
    tape : Tape, optional
        An empty one, where it is to be of another kind.

    Returns
    -------
    Run
    """
    files = {}
    session = _session.begin(files, tape)
    main = types.ModuleType('__main__')
    main.__file__ = path
    names = main.__dict__
    names['__builtins__'] = {**vars(builtins), '__import__': importer()}
    if package:
        main.__path__, names['__package__'] = [os.path.dirname(os.path.abspath(path))], '__main__'
    hooks = names[HOOK] = Hooks(session, named)
    hooks.builtins = names['__builtins__']
    if any(cell.echo for cell in cells):
        hooks.builtins['display'] = hooks.display
    writer, outputs, failed, status = Writer(), [], '', 0
    with _as_main(main, path, arguments, writer):
        for cell in cells:
            filename = path if cell.number is None else f'{path}, cell {cell.number}'
            files[filename] = '' if cell.number is None else f'cell {cell.number}'
            for magic in cell.left_out:
                session.notes.append(f'cell {cell.number}: {magic.strip()[:60]} is left out: it is no Python')
            text = '\n' * (cell.line - 1) + cell.text if cell.example or cell.line > 1 else cell.text
            linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
            failed = hooks.absent = ''
            try:
                exec(compiled(text, filename, named, cell.echo, cell.example, lenient), names)
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else int(end.code is not None)
                outputs.append(Output(cell, *writer.take(), ''))
                break
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # whatever a program raises is its own
                failed = own_traceback(error, files)
                if isinstance(error, MemoryError) and session.tape.count > 10**6:
                    millions = session.tape.count // 10**6
                    session.notes.append(f'the record of its {millions} million numbers does not fit; plain, the program needs less memory')
            outputs.append(Output(cell, *writer.take(), failed or hooks.absent))
            if failed and not cell.may_fail:
                break
            failed = ''
    hooks.table.clear()
    return Run(outputs, session, failed, status)


def run_function(cell, module, name, args, kwargs):
    """Run a module's source anew, then call a function of it; its result is what is printed, or what it printed itself."""
    path = module.__file__
    files = {path: ''}
    session = _session.begin(files)
    names = {
        '__name__': module.__name__,
        '__file__': path,
        '__package__': module.__package__,
        '__spec__': module.__spec__,
        '__builtins__': {**vars(builtins), '__import__': importer()},
    }
    hooks = names[HOOK] = Hooks(session, False, ('__main__', module.__name__))
    writer, failed, result = Writer(), '', None
    made = types.ModuleType(module.__name__)
    made.__dict__.update(names)
    with _as_main(made, path, (), writer):
        try:
            exec(compiled(cell.text, path), made.__dict__)
            function = made
            for part in name.split('.'):
                function = getattr(function, part)
            writer.take()
            result = function(*args, **kwargs)
            if result is not None:
                writer.take()
                writer.put(rendering.representation(result))
        except Exception as error:  # the function's own
            failed = own_traceback(error, files)
    hooks.table.clear()
    return Run([Output(cell, *writer.take(), failed)], session, failed, 0)


def own_traceback(error, files):
    """A program's traceback without the frames that are ours."""
    shown = traceback.TracebackException.from_exception(error)
    for each in (shown, shown.__cause__, shown.__context__):
        if each is not None:
            first = next((at for at, frame in enumerate(each.stack) if frame.filename in files), 0)
            last = max((at for at, frame in enumerate(each.stack) if frame.filename in files), default=len(each.stack) - 1)
            tail = [frame for frame in each.stack[last + 1 :] if '/streetlight/' not in frame.filename.replace(os.sep, '/')]
            each.stack = traceback.StackSummary.from_list(list(each.stack[first : last + 1]) + tail)
    return ''.join(shown.format())


class OwnModules(importlib.machinery.PathFinder):
    """Modules beside the program are the program's own, and get the same hooks.

    Parameters
    ----------
    folder : str
    names : dict
        The program's, with its hooks.
    """

    def __init__(self, folder, names):
        self.folder, self.names = folder + os.sep, names

    def owns(self, module):
        return isinstance(getattr(getattr(module, '__spec__', None), 'loader', None), OwnLoader)

    def find_spec(self, name, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path if path is not None else [self.folder])
        if spec is None or not (spec.origin or '').startswith(self.folder) or not spec.origin.endswith('.py') or HOOK not in self.names:
            return None
        below = os.sep + spec.origin[len(self.folder) :]  # the folder itself may be an installed book's
        if 'site-packages' in below or os.sep + 'streetlight' + os.sep in below:
            return None
        spec.loader = OwnLoader(name, spec.origin)
        spec.loader.names = self.names
        return spec


class OwnLoader(importlib.machinery.SourceFileLoader):
    """Compile a module of the program's with hooks."""

    def get_code(self, fullname):
        return compiled(self.get_source(fullname), self.path, self.names[HOOK].noted)

    def exec_module(self, module):
        hooks = self.names[HOOK]
        hooks.own |= {module.__name__}
        hooks.session.files.setdefault(self.path, os.path.basename(self.path))
        module.__dict__.update({HOOK: hooks, '__builtins__': self.names['__builtins__']})
        super().exec_module(module)


@contextlib.contextmanager
def _as_main(main, path, arguments, writer):
    collected = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)  # a tape holds no cycles
    before = sys.stdout, sys.argv, sys.path[:], sys.modules.get('__main__'), np.get_printoptions(), np.geterr()
    sys.stdout, sys.argv = writer, [path, *arguments]
    folder = os.path.dirname(os.path.abspath(path))
    sys.path.insert(0, folder)
    finder = OwnModules(folder, main.__dict__)
    known = set(sys.modules)
    sys.meta_path.insert(0, finder)
    sys.modules['__main__'] = main
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - known:
            if finder.owns(sys.modules[name]):
                del sys.modules[name]
        gc.set_threshold(*collected)
        sys.stdout, sys.argv, sys.path[:] = before[:3]
        sys.modules['__main__'] = before[3]
        np.set_printoptions(**before[4])
        np.seterr(**before[5])
