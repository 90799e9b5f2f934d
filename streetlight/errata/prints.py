"""What may be printed in a number's place: the gate's verdicts on every print, as a table that needs no arithmetic to be read.

The table of a listing has a line for each number that it prints::

    iteration=9 error  0.6342311598444467  17  1R 0.6r 0.63r … 0.634231159844x … 0.6342311598444467eAB*

its address, its value, the most decimals that the table judges, and every print with so many that the gate does not call wrong,
each with a mark: ``x`` exact, ``r`` rounded, ``t`` truncated, ``e`` environment with the letters of the classes that print it.  A
capital ``X`` or ``R`` says that cutting would give other digits.  A ``*`` after the mark says: with any zeros behind it too.  An ``e``
alone, of a number of which nothing is proved, says: so is whatever has more decimals and begins as one of these.  The page reads it
(``page/numbers.js``).
"""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from streetlight.errata.by_class import class_texts, classes
from streetlight.errata.known import certified, script, spread
from streetlight.errata.printed import plain
from streetlight.errata.verdicts import (
    ENVIRONMENT,
    EXACT,
    ROUNDED,
    TRUNCATED,
    UNMATCHED,
    WRONG,
    cut,
    ends,
    roundings,
    tells_rounding,
    verdict_of,
)

MARKS = {EXACT: 'x', ROUNDED: 'r', TRUNCATED: 't', ENVIRONMENT: 'e'}
DIGITS = 17  # significant ones; no era prints more
MOST_PRINTS = 64  # with one number of decimals; from there on the table ends


class Prints(NamedTuple):
    """A number of a listing: its address, its value as the shortest decimal, and what may be printed of it.

    ``marks`` is a dict of `spelled` text to mark; ``decimals`` is how many digits behind the point it goes to.
    """

    address: str
    value: str
    decimals: int
    marks: dict


def spelled(text):
    """The characters of a number in fixed notation, with all its digits, and with its point even where no digit follows."""
    fixed = f'{Decimal(plain(text)):f}'
    return fixed + ('.' if '.' in text and '.' not in fixed else '')


def prints(known):
    """The `Prints` of a number of a listing.

    Parameters
    ----------
    known : streetlight.errata.known.Known
    """
    value = f'{Decimal(repr(known.value)):f}'
    if '.' not in value:
        value += '.0'
    decimals, texts = candidates(known)
    marks = {text: mark for text in texts if (mark := _mark(text, known))}
    if marks.get(value) == _mark(value + '0' * DIGITS, known):
        marks = {text: mark for text, mark in marks.items() if not is_padded(text, value)}
        marks[value] = _mark(value, known) + '*'
    if spread(known):
        marks[''] = MARKS[ENVIRONMENT]
    return Prints(known.address, value, decimals, marks)


def is_padded(text, value):
    """Whether a text is a decimal value with zeros behind it, or with some less."""
    return behind_point(text) and text.rstrip('0') == value.rstrip('0')


def behind_point(text):
    """How many digits stand behind the point."""
    return len(text.partition('.')[2])


def _mark(text, known):
    verdict = verdict_of(text, known)
    if verdict.verdict in (WRONG, UNMATCHED):
        return ''
    mark = MARKS[verdict.verdict]
    if verdict.verdict in (EXACT, ROUNDED) and tells_rounding(text, known):
        mark = mark.upper()
    return mark + ','.join(verdict.letters)


def candidates(known):
    """The texts among which all are that the gate does not call wrong, and up to how many decimals.

    Of each precision they are the decimals next to a value that a machine may have, or that one prints.
    """
    proved = certified(known)
    shown = {text for texts in (*proved.texts.values(), *class_texts(known).values()) for text in texts or ()}
    values = {Decimal(value) for value in (*ends(proved), *classes(known).values())}
    values |= {Decimal(repr(value)) for value in ends(proved)} | {Decimal(text) for text in shown}
    found = {spelled(text) for text in shown}
    most = DIGITS - 1 - min(Decimal(known.value).adjusted() if known.value else 0, 0)
    for decimals in range(most + 1):
        near = {number for value in values for number in (*roundings(value, -decimals), cut(value, -decimals))}
        if proved.values is None:  # not listed: all that lies between
            unit = Decimal((0, (1,), -decimals))
            steps = int((max(near) - min(near)) / unit)
            if steps > MOST_PRINTS:
                return max(decimals - 1, 0), found
            near |= {min(near) + step * unit for step in range(steps)}
        texts = {f'{number:f}' for number in near}
        texts |= {sign + text.lstrip('-') for text in texts if not Decimal(text) for sign in ('', '-')}
        found |= texts | ({text + '.' for text in texts} if decimals == 0 else set())
    return most, found


@lru_cache(maxsize=None)
def as_text(book, listing):
    """The table of a listing of a book, by its id, as lines."""
    lines = []
    for known in script(book, listing):
        each = prints(known)
        marks = ' '.join(text + mark for text, mark in sorted(each.marks.items(), key=lambda item: (len(item[0]), item)))
        lines.append(f'{each.address or "-"}  {each.value}  {each.decimals}  {marks}\n')
    return ''.join(lines)
