"""A text as recognition reads it: logical lines, the columns they form, and their numbers as arrays."""

from decimal import Context
from typing import NamedTuple

import numpy as np

from streetlight.errata.manuscript import LONGEST_LINE, OUTPUT
from streetlight.errata.printed import brackets_open, is_elision, is_noise, numbers_of
from streetlight.errata.statements.equations import EQUATION_LINE

WIDEST = 64  # numbers of a logical line; a bracket that never closes ends there
_WRITTEN = Context(prec=15)  # digits that every decimal keeps in float64: those beyond are rounding
_EXACT = Context(prec=1000)


class Row(NamedTuple):
    """A logical line: physical ones are joined while a bracket is open.

    ``shape`` is what it shows beside its numbers, ``after_gap`` says that lines are left out before.
    """

    shape: str
    numbers: list
    after_gap: bool


class Series(NamedTuple):
    """Numbers of a text as arrays.

    ``unit`` is what one of the last digit counts, ``digits`` how many tell, ``gap`` whether lines
    are left out before.
    """

    printed: list
    value: np.ndarray
    unit: np.ndarray
    digits: np.ndarray
    gap: np.ndarray

    def part(self, selection):
        """Some of them, by a slice."""
        return Series(self.printed[selection], *(each[selection] for each in self[1:]))

    def take(self, indices, gap):
        """Some of them, by their indices, with gaps of their own."""
        printed = [self.printed[index] for index in indices]
        return Series(printed, *(each[indices] for each in self[1:4]), np.array(gap))


def rows_of(block, index):
    """The logical lines of a block of output that have numbers."""
    found, depth, shape, numbers, gap, late = [], 0, [], [], False, False
    for place, line in enumerate(block.lines):
        text = line.text
        if len(text) > LONGEST_LINE or EQUATION_LINE.match(text) or is_noise(text):
            continue
        if is_elision(text):
            gap = True
            continue
        if depth == 0 and numbers:
            found.append(Row(''.join(shape), numbers, late))
            shape, numbers, late = [], [], False
        here = numbers_of(line, (index, place))
        if here:
            late, gap = late or gap, False
            shape.append(here[0].column_key[0])
            numbers = numbers + here
        depth = brackets_open(text, depth)
        if len(numbers) > WIDEST:
            depth = 0
    return [*found, Row(''.join(shape), numbers, late)] if numbers else found


def blocks_of(manuscript):
    """The rows of each block of output: a list of lists of `Row`."""
    found = (
        rows_of(block, index)
        for index, block in enumerate(manuscript.blocks)
        if block.kind == OUTPUT
    )
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
    )


def joined(parts):
    """One `Series` of several, one after the other."""
    return Series(
        [each for part in parts for each in part.printed],
        *(np.concatenate([part[field] for part in parts]) for field in range(1, 5)),
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
            indices, gaps = found.setdefault((row.shape, place), ([], []))
            indices.append(at)
            gaps.append(late.pop((row.shape, place), False))
            at += 1
    for indices, gaps in found.values():
        numbers = [everything.printed[index] for index in indices]
        if len({each.text for each in numbers}) >= 3 and not is_counter(numbers):
            yield everything.take(indices, gaps)


def is_counter(numbers):
    """Whether integers rise by a constant: they number lines."""
    values = [each.value for each in numbers[:1000]]
    if any(each.quantum < 0 or each.digits > 5 for each in numbers[:1000]):
        return False
    return values[1] != values[0] and len({b - a for a, b in zip(values, values[1:])}) == 1
