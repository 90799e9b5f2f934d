"""Jupyter notebooks: the code of every cell, and every stream, result and display that it has kept."""

import json
import re
import warnings

import nbformat

from streetlight.errata.manuscript import CODE, OUTPUT, Block, Line, ManuscriptError, sorted_out, with_comments
from streetlight.errata.readers.markdown import fences


def blocks(raw, text, name):
    """The blocks of all cells; a line's number is that of the notebook's file, its place the cell."""
    try:
        json.loads(text)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            notebook = nbformat.reads(text, as_version=4)
            cells = [_cell(cell) for cell in notebook.cells]
    except json.JSONDecodeError as error:
        raise ManuscriptError(f"'{name}' is cut or damaged: no JSON from line {error.lineno} on ({error.msg})") from None
    except RecursionError:
        raise ManuscriptError(f"'{name}' is nested too deeply for a notebook") from None
    except Exception as error:  # nbformat raises whatever a missing key or a wrong type leads to
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ManuscriptError(f"'{name}' is no notebook: {reason}") from None
    finder = _Finder(text)
    found = []
    for number, (kind, source, outputs) in enumerate(cells, 1):
        place = f'cell {number}'
        if kind == 'markdown':
            lines = finder.lines(source)
            for token in fences(source.split('\n')):
                first = token.map[0] + (token.type == 'fence')
                found += sorted_out(lines[first : first + token.content.count('\n')], place)
        elif kind == 'code':
            found += with_comments([Block(CODE, finder.lines(source), place)])
        for output in outputs:
            found.append(Block(OUTPUT, finder.lines(output), place))
    return found


def _text(value):
    if isinstance(value, list):
        value = ''.join(value)
    if not isinstance(value, str):
        raise TypeError('a text that is no text')
    return value


def _cell(cell):
    """The type of a cell, its source, and the texts of its outputs; consecutive streams are one."""
    outputs, stream = [], None
    for output in cell.get('outputs', ()):
        kind = output.get('output_type')
        if kind == 'stream':
            if stream == output.get('name'):
                outputs[-1] += _text(output.get('text', ''))
            else:
                outputs.append(_text(output.get('text', '')))
            stream = output.get('name')
            continue
        stream = None
        if kind in ('execute_result', 'display_data', 'update_display_data', 'pyout'):
            data = output.get('data', {})
            if 'text/plain' in data:
                outputs.append(_text(data['text/plain']))
    plain = [re.sub(r'\x1b\[[0-9;]*m', '', output) for output in outputs]
    return cell.get('cell_type'), _text(cell.get('source', '')), plain


class _Finder:
    """Where a notebook's strings stand in its file: they come in the order in which they are read."""

    def __init__(self, text):
        self.text = text
        self.at = 0
        self.number = 1

    def lines(self, source):
        """The `Line` of each line of a cell's text."""
        return [self._line(line) for line in re.split(r'\r\n|\n', source.rstrip('\n'))]

    def _line(self, line):
        for escaped in (json.dumps(line, ensure_ascii=False)[1:-1], json.dumps(line)[1:-1]) if line.strip() else ():
            at = self.text.find(escaped, self.at)
            if at >= 0:
                self.number += self.text.count('\n', self.at, at)
                self.at = at + len(escaped)
                return Line(self.number, at - (self.text.rfind('\n', 0, at) + 1), line)
        return Line(self.number, 0, line)
