"""A text as recognition reads it: logical lines, the columns they form, and their numbers as arrays."""

from decimal import Context
from typing import NamedTuple

import numpy as np

from streetlight.errata.manuscript import LONGEST_LINE, OUTPUT
from streetlight.errata.printed import brackets_open, counter_of, is_elision, is_noise, numbers_of
from streetlight.errata.statements.equations import EQUATION_LINE

WIDEST = 64  # numbers of a logical line; a bracket that never closes ends there
_WRITTEN = Context(prec=15)  # digits that every decimal keeps in float64: those beyond are rounding
_EXACT = Context(prec=1000)


class Row(NamedTuple):
    """A logical line: physical ones are joined while a bracket is open.

    ``shape`` is what it shows beside its numbers, ``after_gap`` says that lines are left out before;
    ``counter`` is the number by which it, or a line before it, counts, None where none does.
    """

    shape: str
    numbers: list
    after_gap: bool
    counter: int | None = None


class Series(NamedTuple):
    """Numbers of a text as arrays.

    ``unit`` is what one of the last digit counts, ``digits`` how many tell, ``gap`` whether lines
    are left out before, ``at`` where each stands among the lines that were printed, so far as
    counters tell.
    """

    printed: list
    value: np.ndarray
    unit: np.ndarray
    digits: np.ndarray
    gap: np.ndarray
    at: np.ndarray

    def part(self, selection):
        """Some of them, by a slice."""
        return Series(self.printed[selection], *(each[selection] for each in self[1:]))

    def take(self, indices, gap, at=None):
        """Some of them, by their indices, with gaps and places of their own."""
        printed = [self.printed[index] for index in indices]
        at = np.arange(len(indices)) if at is None else np.array(at)
        return Series(printed, *(each[indices] for each in self[1:4]), np.array(gap), at)

    @property
    def is_counted(self):
        """Whether counters say where its numbers stand."""
        return bool((np.diff(self.at) != 1).any())


def rows_of(block, index):
    """The logical lines of a block of output that have numbers."""
    found, depth, shape, numbers, gap, late = [], 0, [], [], False, False
    counter, above = None, None
    for place, line in enumerate(block.lines):
        text = line.text
        if len(text) > LONGEST_LINE or EQUATION_LINE.match(text) or is_noise(text):
            continue
        if is_elision(text):
            gap = True
            continue
        if depth == 0 and numbers:
            found.append(Row(''.join(shape), numbers, late, counter))
            shape, numbers, late = [], [], False
        here = numbers_of(line, (index, place))
        if not numbers:
            counter = counter_of(text)
            counter = first_integer(here) if counter is None else counter
            if len(here) <= (counter is not None and counter == first_integer(here)):
                above = counter if counter is not None else above
            counter = above if counter is None else counter
        if here:
            late, gap = late or gap, False
            shape.append(here[0].column_key[0])
            numbers = numbers + here
        depth = brackets_open(text, depth)
        if len(numbers) > WIDEST:
            depth = 0
    return [*found, Row(''.join(shape), numbers, late, counter)] if numbers else found


def first_integer(numbers):
    """The first of some numbers, where it is one that may count; else None."""
    first = numbers[0] if numbers else None
    return int(first.value) if first and first.text.isdigit() and len(first.text) < 10 else None


def blocks_of(manuscript):
    """The rows of each block of output: a list of lists of `Row`."""
    found = (rows_of(block, index) for index, block in enumerate(manuscript.blocks) if block.kind == OUTPUT)
    return [rows for rows in found if rows]


def telling(printed):
    """How many digits of a number tell: of those that 15 write, so that 0.19999999999999996 is 0.2."""
    value = printed.value
    if len(printed.text) > 16:
        value = _WRITTEN.create_decimal(value)
    return len(value.normalize(_EXACT).as_tuple().digits)


def series(printed, gap=None):
    """The `Series` of some printed numbers."""
    with np.errstate(all='ignore'):
        value = np.clip([float(each.value) for each in printed], -1e300, 1e300)
    exponent = np.clip([each.quantum for each in printed], -300, 300)
    return Series(
        printed,
        value,
        10.0**exponent,
        np.array([telling(each) for each in printed]),
        np.zeros(len(printed), bool) if gap is None else np.array(gap),
        np.arange(len(printed)),
    )


def joined(parts):
    """One `Series` of several, one after the other."""
    return Series(
        [each for part in parts for each in part.printed], *(np.concatenate([part[field] for part in parts]) for field in range(1, 6))
    )


def columns(rows, everything):
    """The columns of a block: the same place of lines of one shape, counters left out.

    Parameters
    ----------
    rows : list of Row
    everything : Series
        Of all their numbers, in order.
    """
    found, late, at = {}, {}, 0
    for row in rows:
        if row.after_gap:
            late = dict.fromkeys(found, True)
        for place in range(len(row.numbers)):
            indices, gaps, counters = found.setdefault((row.shape, place), ([], [], []))
            indices.append(at)
            gaps.append(late.pop((row.shape, place), False))
            counters.append(row.counter)
            at += 1
    for indices, gaps, counters in found.values():
        numbers = [everything.printed[index] for index in indices]
        if len({each.text for each in numbers}) >= 3 and not is_counter(numbers):
            if None not in counters and has_room(counters):
                yield everything.take(indices, [False] * len(gaps), counters)
            else:
                yield everything.take(indices, gaps)


def has_room(counters):
    """Whether counters rise, and not by a constant: then they say more than the order of the lines."""
    steps = {b - a for a, b in zip(counters, counters[1:])}
    return len(steps) > 1 and min(steps) > 0


def is_counter(numbers):
    """Whether integers rise by a constant: they number lines."""
    values = [each.value for each in numbers[:1000]]
    if any(each.quantum < 0 or each.digits > 5 for each in numbers[:1000]):
        return False
    return values[1] != values[0] and len({b - a for a, b in zip(values, values[1:])}) == 1
