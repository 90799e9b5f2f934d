"""Lines in each other's place: numbers that a listing has elsewhere than where they stand."""

import math
from bisect import bisect_right
from collections import Counter

import numpy as np

from streetlight.errata.alignment import DIGIT, agree, agrees
from streetlight.errata.known import script
from streetlight.errata.recognition.stretch import AGREE, ENOUGH, MOVED, ORDER, printed_values, rarity


def order(stretch, main, paths):
    """Numbers that another path claims between or beside those of ``main``, though the listing has them elsewhere.

    A column that is elsewhere printed in the listing's order has a line out of place: the window around it is straightened, so
    that every number stands beside the one that the listing has there.
    """
    known, _values, bounds = printed_values()
    if len(main) < 1 or stretch.known[main[0][0]] is None:
        return
    columns = {(stretch.block[index], stretch.printed[index].column_key) for index, _ in main}
    listing = known[main[0][1]].listing
    others = [
        pairs
        for pairs in paths
        if pairs is not main
        and len(pairs) <= len(main)
        and (known[pairs[0][1]].listing == listing or same_values(pairs, listing))
        and (stretch.block[pairs[0][0]], stretch.printed[pairs[0][0]].column_key) in columns
        and not rerun(pairs, main, bounds)
        and any(
            (index < other) != (value < place) for index, value in pairs for other, place in (main[0], main[-1], *beside_of(main, index))
        )
    ]
    if sum(map(len, others)) > 2 * len(main) + 2:  # printed again and again
        return
    for pairs in others:
        if all(stretch.known[index] is not None for index, _ in pairs):
            for index, _ in pairs:
                stretch.how[index] = ORDER
            straighten(stretch, main, pairs)


def beside_of(main, index):
    """The pairs of a path just before and after a number of the text."""
    at = bisect_right([other for other, _ in main], index)
    return main[max(at - 1, 0) : at + 1]


def misplaced(stretch, main):
    """Lines of a path's columns that the listing has elsewhere: of too few digits to be recognised by themselves."""
    known, values, bounds = printed_values()
    columns = {(stretch.block[index], stretch.printed[index].column_key) for index, _ in main if stretch.how[index] == AGREE}
    own = np.flatnonzero(bounds == bounds[main[0][1]])
    rows = {}
    for index in stretch.free():
        if (stretch.block[index], stretch.printed[index].column_key) in columns:
            rows.setdefault(stretch.printed[index].row, []).append(index)
    for row, indices in rows.items():
        whole = len(indices) == sum(each.row == row for each in stretch.printed[indices[0] : indices[0] + 64])
        if stretch.known[indices[0]] is not None or not (whole or stretch.numbers.digits[indices].max() >= 3):
            continue
        same = agrees(stretch.numbers[indices], values[own])
        runs = [
            start
            for start in np.flatnonzero(same[0])
            if start + len(indices) <= len(own) and all(same[step, start + step] for step in range(len(indices)))
        ]
        digits = stretch.numbers.digits[indices]
        bits = np.where(digits > 2, DIGIT * digits, rarity(stretch.numbers[indices])).sum()
        others = len({stretch.printed[index].row for index, _ in main})
        if runs and ((bits > ENOUGH / 2 + math.log2(len(own)) and len(rows) <= others) or 4 * len(rows) <= others):
            pairs = [(index, int(own[runs[0] + step])) for step, index in enumerate(indices)]
            for index, value in pairs:
                stretch.known[index], stretch.how[index] = known[value], ORDER
            straighten(stretch, main, pairs)


def same_values(pairs, listing):
    """Whether a listing prints the values of these pairs too."""
    own = np.array([each.value for each in script(listing)])
    return all(np.isclose(own, printed_values()[1][value], rtol=1e-12, atol=0).any() for _, value in pairs)


def rerun(pairs, main, bounds):
    """Whether one of two paths starts the listing anew where the other has ended."""
    first, second = sorted((pairs, main), key=lambda path: path[0][0])
    ends = np.append(np.flatnonzero(np.diff(bounds)), len(bounds) - 1)
    last = ends[np.searchsorted(ends, first[-1][1])]
    return first[-1][0] < second[0][0] and first[-1][1] == last and second[0][1] == bounds[second[0][1]]


def straighten(stretch, main, pairs):
    """Pair every number around misplaced ones with the listing's number at its own place.

    The place is told by the distance between text and listing that most of the block's numbers have; it holds from the last
    number before the misplaced ones that has it to the first one after them.
    """
    known, values, _ = printed_values()
    block = stretch.block[pairs[0][0]]
    inside = [(index, value - index) for index, value in main if stretch.block[index] == block]
    low, high = pairs[0][0], pairs[-1][0]
    best = None
    for offset, count in Counter(offset for _, offset in inside).items():
        left = max((index for index, each in inside if each == offset and index < low), default=None)
        right = min((index for index, each in inside if each == offset and index > high), default=None)
        if left is not None or right is not None:
            quality = (left is not None and right is not None, count)
            if best is None or quality > best[0]:
                best = quality, offset, left, right
    if best is None:
        return
    _, offset, left, right = best
    columns = {stretch.printed[index].column_key for index, _ in inside}
    first = min(index for index, each in enumerate(stretch.block) if each == block) if left is None else left
    last = max(index for index, each in enumerate(stretch.block) if each == block) if right is None else right
    window = [
        (index, index + offset)
        for index in range(first, last + 1)
        if 0 <= index + offset < len(known)
        and known[index + offset].listing == known[main[0][1]].listing
        and stretch.printed[index].column_key in columns
    ]
    agreeing = agree(stretch.numbers[[index for index, _ in window]], values[[value for _, value in window]])
    if (~agreeing).sum() <= 3 * len(pairs):  # the lines that changed places, and no more
        for (index, value), agrees_there in zip(window, agreeing):
            stretch.known[index], stretch.how[index] = known[value], AGREE if agrees_there else MOVED
