"""What is pinned of a plain listing, read as a run of it: its steps, and its numbers in the order of printing.  Nothing is computed."""

from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np

from streetlight.errata.manuscript import Line
from streetlight.errata.printed import numbers_of, plain
from streetlight.judge.pinned import PinnedError, pinned
from streetlight.record.trace import Step


class Remembered(NamedTuple):
    """Of the commonest class the steps, and of each printed number its line, its step and element, or None, and its value."""

    steps: list
    numbers: list


@lru_cache(maxsize=None)
def remembered(book, id):
    """The `Remembered` of a plain listing, from its pinned records and the text of its commonest class.

    A record's step says on which line of the output its value begins; other numbers there are constants of the text.
    """
    known = pinned(book)
    letter, era = next(iter(known.atlas['classes'][id])), '1.13'
    groups = [list(own) for _, own in groupby(known.records(id), lambda each: (each.line, each.step, each.name))]
    text = known.printed(id, letter, era).splitlines()
    found, steps, queue, taken = [], [], list(groups), 0
    for row, line in enumerate(text):
        for number in numbers_of(Line(0, 0, line)):
            record = queue[0][taken] if queue and _begins(queue[0]) <= row else None
            if record is None or not _prints(record, letter, era, number.text):
                found.append((row, None, None, float(number.value)))
                continue
            found.append((_begins(queue[0]), len(steps), record.element, float(record.value_in(letter))))
            taken += 1
            if taken == len(queue[0]):
                steps.append(_step(queue.pop(0), letter, text))
                taken = 0
    if queue:
        raise PinnedError(f"the records of '{id}' are not those of its texts; `certify --pin` writes them anew")
    return Remembered(steps, found)


def _begins(group):
    return int(group[0].step.partition('=')[2]) - 1


def _prints(record, letter, era, text):
    return any(letter in letters and Decimal(plain(text)) == Decimal(each) for each, letters in record.prints[era].items())


def _step(group, letter, text):
    first = group[0]
    value = np.array([float(each.value_in(letter)) for each in group])
    name, _, place = first.step.partition('=')
    if first.element is None:
        value = value[0]
    elif '[[' in text[_begins(group)]:  # its rows end in brackets
        row = ' '.join(text[_begins(group) :]).partition('[[')[2].partition(']')[0]
        value = value.reshape(-1, len(numbers_of(Line(0, 0, row))))
    return Step(((name, int(place)),), first.name, value)
