"""Readers: one for each format of a manuscript.  `read` chooses by the file's name, and guards against what is no text."""

import re
from pathlib import Path

from streetlight.errata.manuscript import LARGEST, Manuscript, ManuscriptError
from streetlight.errata.readers import markdown, notebook, plain, python, rest
from streetlight.reading import Unreadable, read_file

READERS = {
    '.md': markdown,
    '.markdown': markdown,
    '.mdown': markdown,
    '.qmd': markdown,
    '.rmd': markdown,
    '.rst': rest,
    '.rest': rest,
    '.ipynb': notebook,
    '.py': python,
    '.txt': plain,
    '.text': plain,
    '': plain,
}


def read(path, name=None):
    """Read a manuscript.

    Parameters
    ----------
    path : str or Path
    name : str, optional
        What to call it in findings; ``path`` if not given.

    Returns
    -------
    Manuscript

    Raises
    ------
    ManuscriptError
        If it is no readable text of a known format.
    """
    path, name = Path(path), str(name or path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ManuscriptError(f"'{name}': no reader for '{path.suffix}'; there are {', '.join(filter(None, sorted(READERS)))}")
    try:
        data = read_file(path, 'a manuscript', LARGEST)
    except Unreadable as error:
        raise ManuscriptError(str(error)) from None
    return parse(data, path.suffix.lower(), name)


def parse(data, suffix, name):
    """The `Manuscript` of a file's bytes, by the suffix of its name."""
    if b'\0' in data[: 2**20]:
        raise ManuscriptError(f"'{name}' is binary, not text; the gate reads {', '.join(filter(None, sorted(READERS)))}")
    try:
        text = data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        line = data.count(b'\n', 0, error.start) + 1
        raise ManuscriptError(f"'{name}' is not UTF-8: byte {data[error.start]:#04x} in line {line}; save it as UTF-8") from None
    raw = re.split(r'\r\n|\r|\n', text)
    reader = READERS[suffix]
    return Manuscript(name, reader.__name__.rpartition('.')[2], raw, reader.blocks(raw, text, name))
