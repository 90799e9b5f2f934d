"""Jupyter notebooks: the code of every cell, and every stream, result and display that it has kept.

Any key order, any version from 3 on: the strings of the file know their places.  What a kernel says on standard error, tracebacks,
pictures, and what commands of a shell print, is nothing that the program printed.
"""

import re

from streetlight.errata.manuscript import (
    CODE,
    FOREIGN,
    OUTPUT,
    PROGRAMS,
    PROSE,
    Block,
    ManuscriptError,
    is_foreign,
    sorted_out,
    with_comments,
)
from streetlight.errata.readers import located
from streetlight.errata.readers.markdown import fences, language_of

_RESULTS = ('execute_result', 'display_data', 'update_display_data', 'pyout')
_PYTHON_MAGICS = {'time', 'timeit', 'capture', 'prun', 'notebook', 'python', 'python3', 'python2', 'pypy', 'debug', 'heat', 'writefile'}
_MAGIC = re.compile(r'%%\s*(\w+)')
_SHELL = re.compile(r'\s*(?:[\w, ]+=\s*)?(?:!|%\s*(?:pip|conda|cd|ls|timeit|time|run|load|cat|system|sx|writefile)\b|pip\s+install)')


def blocks(raw, text, name):
    """The blocks of all cells; a line's number is that of the notebook's file, its place the cell."""
    try:
        notebook = located.parse(text)
        cells = _cells(notebook)
    except RecursionError:
        raise ManuscriptError(f"'{name}' is nested too deeply for a notebook") from None
    except _NoNotebook as error:
        raise ManuscriptError(f"'{name}' is no notebook: {error}") from None
    except ValueError as error:
        number = located.Places(text).place(getattr(error, 'pos', 0))[0]
        raise ManuscriptError(f"'{name}' is cut or damaged: no JSON from line {number} on") from None
    places, found = located.Places(text), []
    language = _language(notebook)
    for number, cell in enumerate(cells, 1):
        found += _blocks_of(cell, f'cell {number}', places, language)
    return found


class _NoNotebook(Exception):
    """What a JSON file lacks to be a notebook."""


def _cells(notebook):
    """The cells of a notebook of any version, their parts checked."""
    if not isinstance(notebook, dict):
        raise _NoNotebook('it holds no object')
    if notebook.get('nbformat') not in (3, 4):
        raise _NoNotebook(f'it has nbformat {notebook.get("nbformat")!r}, and 3 and 4 are read')
    sheets = notebook.get('worksheets') if 'cells' not in notebook else [notebook]
    if not isinstance(sheets, list) or not all(isinstance(sheet, dict) and isinstance(sheet.get('cells'), list) for sheet in sheets):
        raise _NoNotebook("it has no list of 'cells'")
    cells = [cell for sheet in sheets for cell in sheet['cells']]
    for number, cell in enumerate(cells, 1):
        outputs = cell.get('outputs', []) if isinstance(cell, dict) else None
        if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
            raise _NoNotebook(f'cell {number} is no cell with outputs')
        _texts(cell.get('source', cell.get('input', [])), number)
        for output in outputs:
            _output_texts(output, number)
    return cells


def _texts(value, number):
    """A text of a notebook: a string, or a list of strings."""
    strings = value if isinstance(value, list) else [value]
    if not all(isinstance(each, located.Text) for each in strings):
        raise _NoNotebook(f'cell {number} has a text that is no text')
    return strings


def _output_texts(output, number=0):
    """The texts that an output shows as its program printed them."""
    kind = output.get('output_type')
    if kind == 'stream' and output.get('name', output.get('stream', 'stdout')) == 'stdout':
        return _texts(output.get('text', []), number)
    if kind in _RESULTS:
        data = output.get('data', output)
        if not isinstance(data, dict):
            raise _NoNotebook(f'cell {number} has an output that holds nothing')
        if 'image/png' not in data and 'png' not in data:
            return _texts(data.get('text/plain', data.get('text', [])), number)
    return []


def _language(notebook):
    """The language of a notebook's kernel, ``python`` where it does not say."""
    metadata = notebook.get('metadata')
    for part in ('language_info', 'kernelspec'):
        told = metadata.get(part) if isinstance(metadata, dict) else None
        for key in ('name', 'language') if part == 'language_info' else ('language',):
            if isinstance(told, dict) and isinstance(told.get(key), str):
                return str(told[key])
    return 'python'


def _blocks_of(cell, place, places, language):
    """The blocks of one cell."""
    kind, lines = cell.get('cell_type'), places.lines(_texts(cell.get('source', cell.get('input', [])), 0))
    if kind == 'markdown':
        return _markdown(lines, place)
    if kind != 'code':
        return []
    turn = cell.get('execution_count', cell.get('prompt_number'))
    turn = turn if isinstance(turn, int) else None
    first = next((line.text for line in lines if line.text.strip()), '')
    magic = _MAGIC.match(first)
    if magic and magic[1] not in _PYTHON_MAGICS:
        return [Block(FOREIGN, lines, place, turn, f'%%{magic[1]}')]
    if language.lower() not in PROGRAMS:
        return [Block(FOREIGN, lines, place, turn, language)]
    found = [block._replace(turn=turn) for block in with_comments([Block(CODE, lines, place)])]
    statements = [line.text for line in lines if line.text.strip() and not line.text.lstrip().startswith('#')]
    if statements and all(_SHELL.match(text) for text in statements):
        return found
    shown = [Block(OUTPUT, printed, place, turn) for printed in map(places.lines, _outputs(cell)) if printed]
    if shown and any(output.get('output_type') in ('error', 'pyerr') for output in cell.get('outputs', ())):
        shown[-1].lines.append(shown[-1].lines[-1]._replace(text='...', runs=()))  # it was cut there
    return found + shown


def _outputs(cell):
    """The texts of a cell's outputs, each a list of strings; streams that follow each other are one."""
    found, streaming = [], False
    for output in cell.get('outputs', ()):
        texts = _output_texts(output)
        stream = output.get('output_type') == 'stream'
        if stream and streaming and texts:
            found[-1] += texts
        elif texts:
            found.append(list(texts))
        streaming = stream and (streaming or bool(texts))
    return found


def _markdown(lines, place):
    found = [Block(PROSE, lines, place)]
    for token in fences([line.text for line in lines]):
        first = token.map[0] + (token.type == 'fence')
        language = language_of(token.info.strip())
        if language is None or is_foreign(language):
            continue
        found += sorted_out(lines[first : first + token.content.count('\n')], place)
    return found
