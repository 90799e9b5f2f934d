"""A column of a text against the histories of quantities."""

import math
from typing import NamedTuple

import numpy as np

from streetlight.errata.printed import negated
from streetlight.errata.recognition.claims import AGREE, DEPART, SWAP
from streetlight.errata.recognition.diagonals import exchanged, proposals, stretches
from streetlight.errata.recognition.evidence import (
    SURE,
    agreeing,
    distinct,
    is_pow,
    near,
    news,
    passes,
    price,
    slip_bits,
    tells_itself,
)
from streetlight.errata.recognition.rows import series

CANDIDATES = 40  # diagonals that are weighed, the most often proposed first


class Diagonal(NamedTuple):
    """A part of a column beside a part of a history, and what the choice of it costs."""

    key: tuple
    low: int
    high: int
    places: np.ndarray
    cost: float


def follow(x, family, claims):
    """Follow a column, and where no history is its own, the same with the opposite sign."""
    if not _follow(x, family, claims, False):
        _follow(series([negated(each) for each in x.printed], x.gap), family, claims, True)


def _follow(x, family, claims, mirrored):
    """Greedily the diagonal with most evidence; whether there is any."""
    candidates = [key for key, _ in proposals(x, family).most_common(CANDIDATES)]
    bits, free, sure = np.minimum(family.bits(x), news(x)), np.ones(len(x.value), bool), False
    while candidates:
        best, most = None, SURE
        for key in candidates:
            diagonal = _diagonal(key, len(x.value), family, mirrored)
            if diagonal is None:
                continue
            part = slice(diagonal.low, diagonal.high)
            mine = x.part(part)
            close = near(mine.value, mine.unit, mine.digits, family.value[diagonal.places])
            told = distinct(mine.value, bits[part], close & free[part]) - diagonal.cost
            if told >= most:
                best, most = diagonal, told
        if best is None:
            return sure
        same = _claim(x, bits, best, family, claims, mirrored)
        sure = True
        left = free.sum()
        free[best.low : best.high][same] = False
        if free.sum() == left:
            candidates.remove(best.key)
    return sure


def _diagonal(key, count, family, mirrored):
    sequence, first, stride = key
    length, start = int(family.length[sequence]), int(family.start[sequence])
    low = max(0, -(first // stride))
    high = min(count, (length - 1 - first) // stride + 1)
    if high - low < 2:
        return None
    places = start + first + stride * np.arange(low, high)
    # a place, a stride that its history has room for, and a sign
    cost = family.choice + math.log2(max(length / (high - low - 1), 1)) + mirrored
    return Diagonal(key, low, high, places, cost)


def _claim(x, bits, diagonal, family, claims, mirrored):
    """Claim what a diagonal tells of a column; which numbers agree."""
    mine, bits = x.part(slice(diagonal.low, diagonal.high)), bits[diagonal.low : diagonal.high]
    values = family.value[diagonal.places]
    known = [family.known[place] for place in diagonal.places]
    same = agreeing(mine, known, values)
    pair = exchanged(
        same,
        lambda line, place: mine.value[line] != mine.value[place]
        and passes(mine.printed[line], known[place]),
    )
    slipped = [
        index for index in np.flatnonzero(~same) if tells_itself(mine.printed[index], known[index])
    ]
    departs = {
        index: price(mine.printed[index], known[index], family)
        for index in np.flatnonzero(~same)
        if index not in pair
    }
    for first, last in stretches(same, pair, slipped, mine.gap):
        inside = slice(first, last + 1)
        score = distinct(mine.value[inside], bits[inside], same[inside]) - diagonal.cost
        score -= sum(departs.get(index, 0) for index in range(first, last + 1))
        if score < SURE:
            continue
        first, last = _with_ends(mine, known, first, last, diagonal, family)
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
    sequence, _, stride = diagonal.key
    start = family.start[sequence]
    end = start + family.length[sequence]
    if first > 0 and not x.gap[first]:
        begins = x.gap[first - 1] or diagonal.places[first - 1] - stride < start
        if begins and slip_bits(x.printed[first - 1], known[first - 1]) > 0:
            first -= 1
    if last + 1 < len(known) and not x.gap[last + 1]:
        ends = diagonal.places[last + 1] + stride >= end
        ends = ends or (last + 2 < len(known) and x.gap[last + 2])
        if ends and slip_bits(x.printed[last + 1], known[last + 1]) > 0:
            last += 1
    return first, last
