"""A column of a text against the histories of quantities."""

import math
from typing import NamedTuple

import numpy as np

from streetlight.errata.printed import negated
from streetlight.errata.recognition.claims import AGREE, DEPART, SWAP
from streetlight.errata.recognition.diagonals import exchanged, proposals, stretches
from streetlight.errata.recognition.evidence import SURE, agreeing, distinct, is_pow, near, news, passes, price, slip_bits, tells_itself
from streetlight.errata.recognition.rows import series

CANDIDATES = 40  # diagonals that are weighed, the most often proposed first


class Diagonal(NamedTuple):
    """A part of a column beside a part of a history, what the choice of its place and of all costs.

    ``is_whole`` says that the column has as many lines as the history.
    """

    key: tuple
    low: int
    high: int
    places: np.ndarray
    choice: float
    cost: float
    is_whole: bool


def follow(x, family, claims):
    """Follow a column, and where no history is its own, the same with the opposite sign."""
    if not _follow(x, family, claims, False):
        _follow(series([negated(each) for each in x.printed], x.gap)._replace(at=x.at), family, claims, True)


def _follow(x, family, claims, mirrored):
    """Greedily the diagonal with most evidence; whether there is any."""
    candidates = [key for key, _ in proposals(x, family).most_common(CANDIDATES)]
    bits, free, placed = np.minimum(family.bits(x), news(x)), np.ones(len(x.value), bool), set()
    while candidates:
        best, most = None, SURE
        for key in candidates:
            diagonal = _diagonal(key, x, family, mirrored, key[::2] in placed)
            if diagonal is None:
                continue
            part = slice(diagonal.low, diagonal.high)
            mine = x.part(part)
            close = near(mine.value, mine.unit, mine.digits, family.value[diagonal.places], family.spread[diagonal.places])
            told = distinct(mine.value, bits[part], close & free[part]) - diagonal.cost
            if told > most or (best is None and told == most):
                best, most = diagonal, told
        if best is None:
            return bool(placed)
        same = _claim(x, bits, best, family, claims, mirrored)
        placed.add(best.key[::2])
        left = free.sum()
        free[best.low : best.high][same] = False
        if free.sum() == left:
            candidates.remove(best.key)
    return bool(placed)


def _diagonal(key, x, family, mirrored, is_placed):
    sequence, first, stride = key
    length, start = int(family.length[sequence]), int(family.start[sequence])
    low, high = np.searchsorted(first + stride * x.at, (0, length)).tolist()
    if high - low < 2:
        return None
    places = start + first + stride * x.at[low:high]
    is_whole = high - low == length == len(x.value) and not x.gap.any()
    if is_whole:  # it was chosen among the histories, and not among their places
        choice = math.log2(len(family.length))
    else:  # a stretch of this history is sure before or behind lines left out: only the place is open
        choice = math.log2(length) if is_placed and x.gap.any() else family.choice
    # a place, a stride that its history has room for, and a sign
    cost = choice + math.log2(max(length / (x.at[high - 1] - x.at[low]), 1)) + mirrored
    return Diagonal(key, low, high, places, choice, cost, is_whole)


def _claim(x, bits, diagonal, family, claims, mirrored):
    """Claim what a diagonal tells of a column; which numbers agree."""
    mine, bits = x.part(slice(diagonal.low, diagonal.high)), bits[diagonal.low : diagonal.high]
    values = family.value[diagonal.places]
    known = [family.known[place] for place in diagonal.places]
    same = agreeing(mine, known, values)
    pair = exchanged(same, lambda line, place: mine.value[line] != mine.value[place] and passes(mine.printed[line], known[place]), mine.gap)
    slipped = [index for index in np.flatnonzero(~same) if tells_itself(mine.printed[index], known[index])]
    departs = {index: price(mine.printed[index], known[index], diagonal.choice) for index in np.flatnonzero(~same) if index not in pair}
    for first, last in stretches(same, pair, slipped, mine.gap):
        inside = slice(first, last + 1)
        score = distinct(mine.value[inside], bits[inside], same[inside]) - diagonal.cost
        score -= sum(departs.get(index, 0) for index in range(first, last + 1))
        if score < SURE:
            continue
        ends = _with_ends(mine, known, first, last, diagonal, family)
        for index, edge in ((first - 1, first - 1), (last + 1, last + 2)):
            if 0 <= index < len(known) and not ends[0] <= index <= ends[1]:
                if edge in (0, len(known)) or mine.gap[edge]:  # nothing follows
                    claims.open(mine.printed[index], known[index], score, mirrored)
        first, last = ends
        for index in range(first, last + 1):
            printed, each = mine.printed[index], known[index]
            if same[index]:
                claims.add(printed, each, AGREE, score, mirrored)
            elif index in pair:
                both = bits[list(pair)].sum() - 2 * math.log2(len(known))  # they speak for it too
                claims.add(printed, each, SWAP, score + max(both, 0), mirrored)
            elif first < index < last and mine.value[index - 1] == mine.value[index + 1]:
                continue  # what does not change tells nothing of what is between
            elif not is_pow(printed, each):
                told = max(slip_bits(printed, each), -1e3)
                claims.add(printed, each, DEPART, score + told, mirrored)
    return same


def _with_ends(x, known, first, last, diagonal, family):
    """One number more at either end, where it is the last that is printed and the slip speaks for it."""
    if diagonal.is_whole and last - first + 2 >= len(known):
        return 0, len(known) - 1
    sequence, _, stride = diagonal.key
    start = family.start[sequence]
    end = start + family.length[sequence]
    if first > 0 and not x.gap[first]:
        begins = x.is_counted or x.gap[first - 1] or diagonal.places[first - 1] - stride < start
        if begins and slip_bits(x.printed[first - 1], known[first - 1]) > 0:
            first -= 1
    if last + 1 < len(known) and not x.gap[last + 1]:
        ends = diagonal.places[last + 1] + stride >= end
        ends = ends or x.is_counted or (last + 2 < len(known) and x.gap[last + 2])
        if ends and slip_bits(x.printed[last + 1], known[last + 1]) > 0:
            last += 1
    return first, last
