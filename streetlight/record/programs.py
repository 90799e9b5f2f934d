"""Record any program in this interpreter: a file that another machine's recording can be compared with.

This module runs on Python 2.7 to the newest, with NumPy alone.
"""

import hashlib
import io
import json
import os
import re
import sys

from streetlight.record.environment import fingerprint
from streetlight.record.eras import NATIVE
from streetlight.record.notes import Notes, revealed
from streetlight.record.recorder import _step
from streetlight.record.running import Program, heard

PROGRAM_SCHEMA = 'streetlight-program/1'


class ProgramError(Exception):
    """A file that is no program, or one that failed; the message says what to do."""


def cells_of(path):
    """The cells of a program, with whether each shows its last value; None where the file is run as it stands.

    Parameters
    ----------
    path : str

    Returns
    -------
    list of (str, bool) or None

    Raises
    ------
    ProgramError
    """
    if path.endswith(('.md', '.markdown', '.rst', '.txt', '.qmd', '.rmd')):
        return text_cells(path)
    if not path.endswith('.ipynb'):
        return None
    try:
        with io.open(path, encoding='utf-8') as file:
            notebook = json.load(file)
        cells = [''.join(cell['source']) for cell in notebook['cells'] if cell['cell_type'] == 'code']
    except (ValueError, KeyError, TypeError):
        raise ProgramError("'%s' is no notebook of format 4" % path)
    return [(without_magics(text), not text.rstrip().endswith(';')) for text in cells]


def text_cells(path):
    """The code of a text, read as ``certify`` reads it."""
    try:
        from streetlight.programs.source import SourceError, cells
    except (ImportError, SyntaxError):
        raise ProgramError("'%s' is read by Python 3.11 or later; here a program is a script or a notebook" % path)
    try:
        return [(cell.text, cell.echo or cell.example) for cell in cells(path)]
    except SourceError as error:
        raise ProgramError(str(error))


def without_magics(text):
    """A cell without what IPython alone understands: ``%matplotlib inline``, ``!pip list``, ``%%time``, ``?name``."""
    if re.match(r'\s*%%(?!time|timeit|capture|prun)\w', text):
        return ''
    return re.sub(r'(?m)^(\s*)([%!?]\S.*|[\w.]+\?+\s*)$', r'\1pass', text)


def record_program(path, start=0, shown=False, notes=None):
    """Run a program here.

    Parameters
    ----------
    path : str
        A script or a notebook.
    start : int, optional
        From which named value on to keep them whole.
    shown : bool, optional
        Whether to show what it prints.
    notes : Notes, optional
        The hooks that write it down.

    Returns
    -------
    dict
        ``schema``, ``program`` (its file's name and digest), ``environment``, ``accumulations``, ``squares``, ``functions`` (operands
        and results of the first calls), ``era``, ``printed``, ``steps`` (named values with their bits), ``start`` and ``count`` of them,
        ``digests`` of all, and ``shown`` (the values that became text).

    Raises
    ------
    ProgramError
        If it cannot be read.  What the program itself raises goes through.
    """
    try:
        with io.open(path, 'rb') as file:
            source = file.read()
    except (IOError, OSError) as error:
        raise ProgramError("cannot read '%s': %s" % (path, error.strerror))
    cells = cells_of(path)
    notes = notes or Notes(start=start)
    before = list(sys.path), sys.argv
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    sys.argv = [path]
    try:
        with heard(shown) as out:
            Program(path, notes).main(cells)
    except SystemExit:
        pass
    finally:
        sys.path[:], sys.argv = before
    return {
        'schema': PROGRAM_SCHEMA,
        'program': {'file': os.path.basename(path), 'sha256': hashlib.sha256(source).hexdigest()},
        'environment': fingerprint(),
        'accumulations': revealed(notes.shapes),
        'squares': notes.squares,
        'functions': notes.functions,
        'era': NATIVE,
        'printed': out.text,
        'start': start,
        'count': notes.count,
        'digests': notes.digests,
        'steps': [_step(step) for step in notes.steps],
        'shown': [_step(step) for step in notes.shown],
    }


def program_text(recording):
    """The recording's text: JSON, with a line for each value."""
    long = ('steps', 'shown', 'digests')
    head = json.dumps(dict((key, value) for key, value in recording.items() if key not in long), indent=1, sort_keys=True)
    parts = ['%s: [\n%s\n]' % (json.dumps(key), ',\n'.join(json.dumps(row) for row in recording[key])) for key in long]
    return '%s,\n%s\n}\n' % (head[:-2], ',\n'.join(parts))
