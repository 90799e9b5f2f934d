"""Run a manuscript's cells one after the other in one namespace, as a notebook does: the module that is called behind the boundary."""

import ast
import json
import os
import sys
import types

MODULE = types.ModuleType('__main__')


def answer(payload):
    """Run one cell; the value of its last line, or of each line of an example, is shown.

    Parameters
    ----------
    payload : bytes
        JSON: the fields of a `streetlight.programs.source.Cell`; ``variables`` of the environment; ``path``, if it lies in a file.

    Returns
    -------
    bytes
        The error that ended it; empty if none did.
    """
    cell = json.loads(payload)
    os.environ.update(cell.get('variables', {}))
    os.environ.setdefault('MPLBACKEND', 'agg')
    sys.modules['__main__'] = MODULE
    if 'path' in cell and MODULE.__dict__.get('__file__') != cell['path']:
        MODULE.__file__, sys.argv = cell['path'], [cell['path']]
        sys.path.insert(0, os.path.dirname(cell['path']))
    if cell['echo']:
        MODULE.__dict__.setdefault('display', display)
    missing = b''
    try:
        tree = ast.parse(cell['text'])
        for statement in tree.body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)) and not cell['example']:
                missing = missing or _import(statement)
                continue
            shown = cell['example'] or (cell['echo'] and statement is tree.body[-1] and isinstance(statement, ast.Expr))
            exec(
                compile(
                    ast.Interactive([statement]) if shown else ast.Module([statement], []),
                    '<cell>',
                    'single' if shown else 'exec',
                    dont_inherit=True,
                ),
                MODULE.__dict__,
            )
    except BaseException as error:
        return _told(error)
    return missing


def _import(statement):
    """Import; where a module is not here, say so and go on: what does not need it runs."""
    try:
        exec(compile(ast.Module([statement], []), '<cell>', 'exec', dont_inherit=True), MODULE.__dict__)
    except ModuleNotFoundError as error:
        return _told(error)
    return b''


def _told(error):
    try:
        return f'{type(error).__name__}: {error}'[:500].encode(errors='replace')
    except BaseException:
        return b'an error that cannot be shown'


def display(*values, **options):
    """What a notebook has by this name: show each value."""
    for value in values:
        print(repr(value))
