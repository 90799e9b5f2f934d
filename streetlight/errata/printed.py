"""The numbers that a line of output prints, each with its characters, its place and its precision."""

import re
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

LONGEST = 400  # characters of a number that is worth comparing

# the page's own check uses these too: what they say must mean the same to Python and to JavaScript
NUMBER = re.compile(r'(?<![\w./])(?<![\d][-+:])([-+−–]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−–]?\d{1,3})?)(\.\.+|…)?(?![\w/]|\.\d|:\d|%\|)')
PROMPT = re.compile(r'\s*(?:In|Out) ?\[\s*\d*\s*\]:')
# of a line without the blanks around it
ELISION = re.compile(
    r'[\[(<#]*\s*(?:\.\s*){2,}[\])>]*|[\[(]?…[\])]?|[:⋮]'
    r'|.{0,60}\b(?:[Oo]utput truncated|[Ll]ines? (?:omitted|skipped|left out|snipped|not shown)|WARNING: skipped)\b.{0,60}'
)

# `Iteration 2: Error: 0.5`, `Layer 1:`, `Epoch: 10, …`, `I:7 Train-Err:0.3`, `epoch=3`
LABEL = re.compile(r'(?<![\w.])[^\W\d_][\w-]{0,40} ?#? ?(\d+)(?= ?:(?!\d))')
COUNTER = re.compile(
    r'(?<![\w.-])(?:iterations?|iter|epochs?|steps?|layers?|rows?|rounds?|batch|samples?|example|trial|fold|pass|run|[iIjkn])'
    r' ?[#:=]? ?(\d+)(?![\w.])',
    re.IGNORECASE,
)
NOISE = re.compile(
    r'Warning\b|^\s*File "|^Traceback|^(?:CPU times|Wall time|Compiler)\b|\d(?:it/s|s/it)\b|\d%\|'
    r'|<[\w.]+(?: object| function)?[^<>]{0,80} at 0x|<Figure size|\bloops?,? best of|\bper loop\b|^Collecting |^Cloning into'
    r'|^(?:Receiving|Resolving|remote:)|^Requirement already|^Successfully|(?:^|\s)(?:[A-Za-z]:\\|/)(?:[\w.~-]+[/\\]){2,}|https?://'
)


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
        The block and the line within it that it stands in.
    column_key : tuple
        What tells its column: the line without its digits, and how many numbers come before it there.
    cut : bool
        An ellipsis follows: its last digit is not meant to be rounded.
    start : int
        Where it begins in its line's text.
    """

    text: str
    line: int
    column: int
    value: Decimal
    row: tuple
    column_key: tuple
    cut: bool
    start: int = 0

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


def negated(printed):
    """A number with the opposite sign, in its own place."""
    text = plain(printed.text)
    text = text[1:] if text.startswith('-') else '-' + text
    return printed._replace(text=text, value=-printed.value)


def is_noise(text):
    """Whether a line is no result: a warning, a path, progress, a time, a picture's or an object's name."""
    return bool(NOISE.search(text))


def brackets_open(text, depth):
    """How many brackets are open after a line of output, if ``depth`` were before it."""
    prompt = PROMPT.match(text)
    bare = text[prompt.end() :] if prompt else text
    return max(depth + len(re.findall(r'[\[(]', bare)) - len(re.findall(r'[\])]', bare)), 0)


def counter_of(text):
    """The number by which a line counts, as ``Iteration 10:`` or ``I:10`` do; None where none does."""
    found = LABEL.search(text) or COUNTER.search(text)
    return int(found[1]) if found and len(found[1]) < 10 else None


def numbers_of(line, row=(0, 0)):
    """The `Printed` numbers of one line; those that count or name what follows are none.

    Parameters
    ----------
    line : streetlight.errata.manuscript.Line
    row : tuple
        The index of its block, and its own within that.
    """
    text = line.text
    prompt = PROMPT.match(text)
    start = prompt.end() if prompt else 0
    found = [match for match in NUMBER.finditer(text, start) if len(match[1]) <= LONGEST and isfinite(float(plain(match[1])))]
    if not found:
        return []
    labels = {match.start(1) for match in LABEL.finditer(text, start)} if ':' in text else ()
    labels = labels or ({match.start(1) for match in COUNTER.finditer(text, start)})
    shape = re.sub(r'\s+', '', NUMBER.sub('#', text[start:]))
    kept = [match for match in found if match.start() not in labels]
    return [
        Printed(match[1], *line.where(match.start()), Decimal(plain(match[1])), row, (shape, place), bool(match[2]), match.start())
        for place, match in enumerate(kept)
    ]
