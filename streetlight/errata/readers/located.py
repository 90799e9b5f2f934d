"""JSON whose strings know where they stand in the file, so that a figure in a notebook has the place of its characters."""

import json
import re
from bisect import bisect_right
from json.decoder import scanstring
from json.scanner import py_make_scanner

from streetlight.errata.manuscript import Line

_ESCAPE = re.compile(r'\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.', re.DOTALL)
_BREAK = re.compile(r'\r\n|\r|\n')
_COLOUR = re.compile(r'\x1b\[[0-9;?]*[A-Za-z]')
_SHORT = {'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}


class Text(str):
    """A string of a JSON file; ``start`` and ``end`` are where the characters between its quotes stand."""


class _Decoder(json.JSONDecoder):
    """The standard library's, with a `Text` for each string that is a value."""

    def __init__(self):
        super().__init__(strict=False, parse_int=lambda digits: int(digits[:400]))
        self.parse_string = _string
        self.scan_once = py_make_scanner(self)


def _string(source, at, strict):
    value, end = scanstring(source, at, strict)
    text = Text(value)
    text.start, text.end = at, end - 1
    return text, end


def parse(source):
    """The value that a JSON text holds, each string a `Text`.

    Raises
    ------
    json.JSONDecodeError
    """
    return _Decoder().decode(source)


class Places:
    """Line numbers and columns of a file, and the lines that its strings hold."""

    def __init__(self, source):
        self.source = source
        self.starts = [0, *(match.end() for match in _BREAK.finditer(source))]

    def place(self, at):
        """The line, from 1, and the column, from 0, of a character of the file."""
        number = bisect_right(self.starts, at)
        return number, at - self.starts[number - 1]

    def lines(self, texts):
        """The lines of strings that follow each other, without escapes and colours.

        Parameters
        ----------
        texts : list of Text

        Returns
        -------
        list of Line
        """
        found, runs = [], []  # runs of the line at hand: where in the file, the characters
        for text in texts:
            for at, characters in self._pieces(text):
                first, *others = _BREAK.split(characters) if characters in ('\n', '\r', '\r\n') else [characters]
                runs += [(at, first)] if first else []
                if others:
                    found.append(self._line(runs))
                    runs = []
        return [*found, self._line(runs)] if runs else found

    def _pieces(self, text):
        """A string's characters: pairs of where in the file and what; an escape is a piece of its own."""
        at = text.start
        if '\\' not in self.source[at : text.end]:
            yield at, str(text)
            return
        for escape in _ESCAPE.finditer(self.source, at, text.end):
            if escape.start() > at:
                yield at, self.source[at : escape.start()]
            at = escape.end()
            yield escape.start(), _unescaped(escape[0])
        if at < text.end:
            yield at, self.source[at : text.end]

    def _line(self, runs):
        if not runs:
            return Line(0, 0, '')
        if len(runs) == 1:
            return Line(*self.place(runs[0][0]), runs[0][1])
        text = ''.join(characters for _, characters in runs)
        starts, length = [], 0
        for at, characters in runs:
            starts.append((length, *self.place(at)))
            length += len(characters)
        kept = [(match.start(), match.end()) for match in _COLOUR.finditer(text)] if '\x1b' in text else []
        line = Line(starts[0][1], starts[0][2], text, tuple(starts))
        return _without(line, kept) if kept else line


def _without(line, spans):
    """A line without some of its characters."""
    text, runs, at = '', [], 0
    for start, end in [*spans, (len(line.text), len(line.text))]:
        for index in [at, *(first for first, _, _ in line.runs if at < first < start)] if start > at else []:
            runs.append((len(text) + index - at, *line.where(index)))
        text += line.text[at:start]
        at = end
    return line._replace(text=text, runs=tuple(runs))


def _unescaped(escape):
    if escape[1] != 'u':
        return _SHORT.get(escape[1], escape[1])
    try:
        codes = [int(escape[at : at + 4], 16) for at in range(2, len(escape), 6)]
    except ValueError:
        return '\ufffd'
    if len(codes) == 2:
        return chr(0x10000 + ((codes[0] - 0xD800) << 10) + (codes[1] - 0xDC00))
    return '\ufffd' if 0xD800 <= codes[0] < 0xE000 else chr(codes[0])
