"""The numbers that a line of output prints, each with its characters, its place and its precision."""

import re
from decimal import Decimal
from typing import NamedTuple

LONGEST = 400  # characters of a number that is worth comparing

# the page's own check uses these three too: what they say must mean the same to Python and to JavaScript
NUMBER = re.compile(r'(?<![\w.])(?<![\d][-+])([-+−–]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−–]?\d+)?)(\.\.+|…)?(?!\w)')
PROMPT = re.compile(r'\s*(?:In|Out) ?\[\s*\d*\s*\]:')
ELISION = re.compile(r'[\[(<#]*\s*(?:\.\s*){2,}[\])>]*|[\[(]?…[\])]?|[:⋮]')  # of a line without the blanks around it


class Printed(NamedTuple):
    """One printed number.

    Attributes
    ----------
    text : str
        Its characters in the manuscript.
    line, column : int
        Where it stands in the file: the line from 1, the column from 0.
    value : Decimal
    row : tuple
        The block and line that it stands in.
    column_key : tuple
        What tells its column: the line without its digits, and how many numbers come before it there.
    cut : bool
        An ellipsis follows: its last digit is not meant to be rounded.
    after_gap : bool
        A line of dots stands between it and the number before.
    """

    text: str
    line: int
    column: int
    value: Decimal
    row: tuple
    column_key: tuple
    cut: bool
    after_gap: bool

    @property
    def quantum(self):
        """The exponent of its last digit: -3 for ``0.634``."""
        return self.value.as_tuple().exponent

    @property
    def digits(self):
        """How many significant digits it has, zeros at the end not counted: they tell nothing of a round number."""
        digits = ''.join(map(str, self.value.as_tuple().digits)).rstrip('0')
        return len(digits)


def plain(text):
    """The characters of a number as Python writes them: a scanned dash is a minus."""
    return text.replace('−', '-').replace('–', '-').lstrip('+')


def is_elision(text):
    """Whether a line says that others are left out."""
    return bool(ELISION.fullmatch(text.strip()))


def numbers_in_block(lines, index):
    """The `Printed` numbers of a block's lines.

    Parameters
    ----------
    lines : list of streetlight.errata.manuscript.Line
    index : int
        Of the block.
    """
    found, gap = [], False
    for line in lines:
        if is_elision(line.text):
            gap = True
            continue
        numbers = numbers_of(line, index)
        if numbers and gap:
            numbers[0], gap = numbers[0]._replace(after_gap=True), False
        found += numbers
    return found


def numbers_of(line, index):
    """The `Printed` numbers of one line of the block with this index."""
    prompt = PROMPT.match(line.text)
    start = prompt.end() if prompt else 0
    found = [match for match in NUMBER.finditer(line.text, start) if len(match[1]) <= LONGEST]
    if not found:
        return []
    shape = re.sub(r'\s+', '', NUMBER.sub('#', line.text[start:]))
    return [
        Printed(
            match[1],
            line.number,
            line.column + match.start(),
            Decimal(plain(match[1])),
            (index, line.number),
            (shape, place),
            bool(match[2]),
            False,
        )
        for place, match in enumerate(found)
    ]
