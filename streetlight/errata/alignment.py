"""A shown output beside what the program prints: which line is which."""

import re
from typing import NamedTuple

import numpy as np

from streetlight.errata.manuscript import LONGEST_LINE
from streetlight.errata.printed import PROMPT, brackets_open, is_elision, is_noise, numbers_of

LARGEST = 4_000_000  # pairs of lines that are compared
JUMP = 2.5  # what lines left out without a word cost: less than the agreement of one line tells, more than a place without

_WRAPPER = re.compile(r'\b(?:(?:np|numpy)\.)?(?:array|matrix|float64|float32|int64|bool_)\(|,?\s*dtype=[\w.]+')
_DRESS = re.compile(r'[\s\[\](),]+')


class Shown(NamedTuple):
    """A logical line: the text beside its figures, the figures, and whether lines are left out before it."""

    key: str
    figures: list
    after_gap: bool


def shown_lines(lines):
    """The logical lines of an output: physical ones are joined while a bracket is open.

    Parameters
    ----------
    lines : list of streetlight.errata.manuscript.Line
    """
    found, depth, key, figures, gap, late = [], 0, [], [], False, False
    for line in lines:
        text = line.text
        if not text.strip() or len(text) > LONGEST_LINE or is_noise(text):
            continue
        if is_elision(text):
            gap = True
            continue
        if depth == 0 and key:
            found.append(Shown(''.join(key), figures, late))
            key, figures, late = [], [], False
        late, gap = late or gap, False
        own = numbers_of(line)
        key.append(_beside(line, own))
        figures = figures + own
        depth = brackets_open(text, depth)
    return [*found, Shown(''.join(key), figures, late)] if key else found


def _beside(line, figures):
    """A line's text with its figures as ``#``, without what another NumPy dresses them in; counters are left."""
    text, prompt = line.text, PROMPT.match(line.text)
    parts, at = [], prompt.end() if prompt else 0
    for each in figures:
        parts += [text[at : each.start], '#']
        at = each.start + len(each.text)
    return _DRESS.sub('', _WRAPPER.sub('', ''.join([*parts, text[at:]])))


def aligned(shown, printed):
    """For each shown line the index of the printed one that it is, None where it is none.

    The whole, line by line, where both have the same; else the ascending choice of lines of one text beside the figures
    in which most agree.
    """
    if [line.key for line in shown] == [line.key for line in printed]:
        return list(range(len(shown)))
    found = _best(shown, printed, lambda line: line.key)
    if 2 * sum(len(line.figures) for line, at in zip(shown, found) if at is not None) < sum(len(line.figures) for line in shown):
        loose = _best(shown, printed, lambda line: len(line.figures) or line.key)
        agreeing = [bool(close(shown[index], printed[at])) for index, at in enumerate(loose) if at is not None and shown[index].figures]
        if 2 * sum(agreeing) > sum(bool(line.figures) for line in shown):
            return loose
    return found


def close(line, other):
    """Whether the figures of two lines agree, but for a last digit."""
    return len(line.figures) == len(other.figures) and all(
        abs(float(one.value) - float(two.value)) <= 10.0 ** max(one.quantum, -300) + 1e-9 * abs(float(two.value))
        for one, two in zip(line.figures, other.figures)
    )


def _scores(shown, printed, key):
    """How well each pair of lines fits: -inf, 1 where the text agrees, 3 where the figures do too."""
    table = np.full((len(shown), len(printed)), -np.inf)
    groups = {}
    for side, lines in enumerate((shown, printed)):
        for index, line in enumerate(lines):
            groups.setdefault((key(line), len(line.figures)), ([], []))[side].append(index)
    for mine, theirs in groups.values():
        if mine and theirs:
            one, two = (
                np.array([[float(each.value) for each in lines[at].figures] for at in own])
                for lines, own in ((shown, mine), (printed, theirs))
            )
            unit = np.array([[10.0 ** max(each.quantum, -300) for each in shown[at].figures] for at in mine])
            with np.errstate(all='ignore'):
                apart = np.abs(one[:, None] - two[None]) <= unit[:, None] + 1e-9 * np.abs(two[None])
            table[np.ix_(mine, theirs)] = np.where(apart.all(axis=-1), 3.0, 1.0)
    return table


def _best(shown, printed, key):
    rows, columns = len(shown), len(printed)
    if not rows or not columns or rows * columns > LARGEST:
        return [None] * rows
    table = _scores(shown, printed, key)
    # the best that ends before a column, and where: row * columns + column
    before, origin = np.zeros(columns + 1), np.full(columns + 1, -1)
    last = np.full(columns, -np.inf)  # the best in which the row above stands in a column
    came = np.full((rows, columns), -1)
    for row in range(rows):
        contiguous = np.append(-np.inf, last[:-1])
        jump = before[:-1] - np.where((origin[:-1] >= 0) & (not shown[row].after_gap), JUMP, 0.0)
        best = np.where(contiguous >= jump, contiguous, jump)
        came[row] = np.where(contiguous >= jump, (row - 1) * columns + np.arange(columns) - 1, origin[:-1])
        last = table[row] + best
        ends = np.append(0.0, last)
        running = np.maximum.accumulate(ends)
        places = np.maximum.accumulate(np.where(ends == running, np.arange(columns + 1), 0)) - 1
        better = (running > before) & (places >= 0)
        before, origin = np.where(better, running, before), np.where(better, row * columns + places, origin)
    at, found = int(origin[-1]), [None] * rows
    while at >= 0:
        row, column = divmod(at, columns)
        found[row] = column
        at = int(came[row, column])
    return found
