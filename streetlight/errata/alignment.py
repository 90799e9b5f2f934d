"""Alignment of a manuscript's numbers with those of the listings, by their digits and their order.

A number alone says little: 0.634 is in many programs.  A sequence of them, in a listing's order, says which listing it is,
and then also says what a number must be that departs.  So all numbers of a stretch of output are aligned at once with the
numbers that the listings print, by the local alignment of Smith and Waterman, its scores in bits of evidence:

- a number that agrees to its last digit is worth what it rules out, up to `MOST` bits;
- one that a slip separates (a digit, the sign, the decimal point) somewhat less;
- another costs, as does passing over a number of the text or some of the listing.

References
----------
T. F. Smith and M. S. Waterman, Identification of common molecular subsequences, 1981.
"""

from typing import NamedTuple

import numpy as np

MOST = 12.0  # bits that one number may tell
OTHER = -3.0  # a number that is none of the listing, where one is expected
ALONE = -6.0  # the same, of a number that no other number of its block speaks for
PASSED = -2.0  # some of the listing's numbers are passed over
PASSED_IN_LINE = -12.0  # the same between two numbers of one line
ANEW = 15.0  # bits that it costs to start a listing anew in another block
SLIP = 6.0  # bits by which a misprint is less likely than a right print
DIGIT = np.log2(10)
SPREAD = 1e-11  # relative: more than any two machines are apart, so that recognition is the same everywhere


class Numbers(NamedTuple):
    """Numbers of a text, as arrays of one element each.

    Attributes
    ----------
    value : ndarray of float
    quantum : ndarray of int
        The exponent of the last digit.
    digits : ndarray of int
        Significant digits.
    alone : ndarray of bool
        No other number stands in its block.
    """

    value: np.ndarray
    quantum: np.ndarray
    digits: np.ndarray
    alone: np.ndarray

    def __getitem__(self, key):
        return Numbers(*(each[key] for each in self))


def numbers_in(printed, alone):
    """The `Numbers` of a list of `Printed`."""
    with np.errstate(all='ignore'):
        values = np.array([float(each.value) for each in printed])
    return Numbers(
        values,
        np.array([max(min(each.quantum, 300), -300) for each in printed]),
        np.array([each.digits for each in printed]),
        np.asarray(alone, bool),
    )


def spread(values):
    """How far a machine's value may be from each of ``values``: nearly nothing, where that is a round number."""
    return np.where(np.round(values, 1) == values, 1e-14, SPREAD) * np.abs(values) + 1e-300


def agree(text, values):
    """Whether each number of a text may be the value beside it: rounded or cut to its digits."""
    unit = 10.0**text.quantum
    slack = spread(values)
    distance = np.abs(text.value - values)
    cut = (distance < unit) & (np.abs(text.value) <= np.abs(values)) & (text.value * values >= 0) & (text.digits > 2)
    # few digits before the point are no rounding: they are an integer, or what NumPy prints of a number that is one but for 1e-8
    half = np.where((text.quantum >= 0) & (text.digits <= 2) | (text.value == 0), 1e-8, unit / 2)
    return ((distance <= half + slack) | cut) & np.isfinite(text.value)


def outer(text):
    """The numbers of a text, as a column beside a row of values."""
    return Numbers(*(each[:, None] for each in text))


def agrees(text, values):
    """Which of ``values`` each number of a text may be: an array of (numbers, values)."""
    return agree(outer(text), values)


def evidence(text, values):
    """The bits that each number of the text has for and against each value: an array of (numbers, values).

    Parameters
    ----------
    text : Numbers
    values : ndarray
        What the listings print.
    """
    same = agrees(text, values)
    common = np.maximum(same.sum(axis=1), 1) / max(len(values), 1)
    bits = np.minimum(np.minimum(DIGIT * np.maximum(text.digits, 1), MOST), np.where(text.digits <= 2, 0.3 - np.log2(common), MOST))
    other = np.where(text.alone, ALONE, np.where(text.digits <= 2, OTHER / 2, OTHER))
    scores = np.where(same, bits[:, None], other[:, None])
    slipped = np.flatnonzero(text.digits >= 3)
    if slipped.size:
        weight = np.minimum(DIGIT * text.digits[slipped] - np.log2(9.0 * text.digits[slipped]), MOST) - SLIP
        found = slips(text[slipped], values) & ~same[slipped]
        scores[slipped] = np.where(found, np.maximum(weight, other[slipped])[:, None], scores[slipped])
    return scores


def slip(text, values):
    """Whether one slip turns the value beside it into a number of the text: a wrong digit, a lost sign, a moved decimal point."""
    value, unit = text.value, 10.0**text.quantum
    slack = unit * 0.5000001 + spread(values)
    found = np.abs(value + values) <= slack
    with np.errstate(all='ignore'):
        for shift in (-3, -2, -1, 1, 2, 3):
            scaled = value * 10.0**shift
            found |= (np.abs(scaled - values) <= np.maximum(slack * 10.0**shift, spread(values))) & (value != 0)
        difference = np.abs(value - values)
        # a digit at 10**place is off by 1 to 9: so is the number, by that many of its units
        for offset in range(18):
            place = 10.0 ** (text.quantum + offset)
            nearest = np.round(difference / place)
            found |= (nearest >= 1) & (nearest <= 9) & (np.abs(difference - nearest * place) <= slack) & (offset <= text.digits)
    # 1.00000001 is no misprint of 1: nobody adds digits
    round_number = (np.abs(values) < 100) & (np.round(values, 1) == values)
    return found & ~(round_number & (text.digits >= 6))


def slips(text, values):
    """Which of ``values`` each number of a text is, but for one slip: an array of (numbers, values)."""
    return slip(outer(text), values)


def align(scores, passing, first_of_line, first_of_block, bounds):
    """The best local alignments: one for each run of a listing, where a new one starts with a block.

    Parameters
    ----------
    scores : ndarray
        (numbers, values), as `evidence` gives it.
    passing : ndarray
        What it costs to pass over each number of the text, at most 0.
    first_of_line, first_of_block : ndarray of bool
        Which numbers of the text are the first of their line, and of their block.
    bounds : ndarray of int
        For each value the index of the first of its listing.

    Returns
    -------
    list of list
        Pairs of an index of the text's numbers and one of the listings', in order.
    """
    count, width = scores.shape
    columns = np.arange(width)
    far = -1e9
    matched, previous = np.empty((count, width)), np.empty((count, width), np.int32)
    arrived, held = np.full(width, far), np.full((count, width), -1, np.int32)  # best so far that ends at a value; the number it ends with
    last = np.full(width, -1, np.int32)
    top, top_at, before, before_at, anew = 0.0, None, 0.0, None, {}
    shift = 1e6 * bounds
    starts = columns == bounds
    for index in range(count):
        # from the value just before, or from any earlier one of the same listing
        step = np.concatenate([[far], arrived[:-1]])
        step[starts] = far
        stride = arrived + shift
        best = np.maximum.accumulate(stride)
        place = np.maximum.accumulate(np.where(stride >= best, columns, 0))
        jump = np.concatenate([[far, far], (best[:-2] - shift[2:]) + (PASSED if first_of_line[index] else PASSED_IN_LINE)])[:width]
        jumped = np.concatenate([[0, 0], place[:-2]])[:width]
        jump = np.where(jumped >= bounds, jump, far)
        if first_of_block[index]:
            before, before_at = top, top_at
        fresh = max(before - ANEW, 0.0)
        if fresh:
            anew[index] = before_at
        start = np.maximum(np.maximum(step, jump), fresh)
        matched[index] = scores[index] + start
        source = np.where(start <= fresh, -1, np.where(step >= jump, columns - 1, jumped))
        previous[index] = source
        held[index] = np.where(source >= 0, last[np.maximum(source, 0)], -1)
        value = int(np.argmax(matched[index]))
        if matched[index, value] > top:
            top, top_at = float(matched[index, value]), (index, value)
        carried = arrived + passing[index]
        better = matched[index] >= carried
        arrived = np.where(better, matched[index], carried)
        last = np.where(better, index, last)
    if top_at is not None and not anew:  # of equally good ends the middle one: what is left over is then soon divided
        ends = np.flatnonzero(matched.max(axis=1) >= top)
        top_at = int(ends[len(ends) // 2]), int(np.argmax(matched[ends[len(ends) // 2]]))
    paths, at = [], top_at
    while at is not None:
        index, value = at
        pairs = []
        while True:
            pairs.append((int(index), int(value)))
            if previous[index, value] < 0:
                break
            index, value = held[index, value], previous[index, value]
        paths.append(pairs[::-1])
        at = anew.get(pairs[-1][0])
    return paths[::-1]
