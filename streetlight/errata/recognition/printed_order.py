"""The first look: a stretch's numbers in the order in which the listings print them."""

from collections import Counter

import numpy as np

from streetlight.errata.alignment import agrees, align, evidence, slips
from streetlight.errata.recognition.quantities import beside
from streetlight.errata.recognition.stretch import AGREE, convincing, pair_kinds, printed_values


def align_all(stretch):
    """Align all numbers, then those before, between and after what was found; the paths, each claimed."""
    _known, values, bounds = printed_values()
    found, ranges = [], [(0, len(stretch.printed))]
    while ranges:
        start, end = ranges.pop()
        indices = np.array([index for index in range(start, end) if stretch.known[index] is None], int)
        numbers = stretch.numbers[indices]
        chosen = listings_in_sight(numbers) if len(indices) else indices
        if not chosen.size:
            continue
        scores = evidence(numbers, values[chosen])
        for strict in (False, True):  # if what departs makes a path doubtful, what agrees may still do without
            paths = align(
                np.where(scores > 0, scores, -1e3) if strict else scores,
                stretch.passing[indices],
                stretch.first_of_line[indices],
                stretch.first_of_block[indices],
                np.searchsorted(chosen, bounds[chosen]).astype(np.int32),
            )
            told = [
                pairs
                for pairs in ([(int(indices[index]), int(chosen[value])) for index, value in path] for path in paths)
                if convincing(stretch, pairs, values, strict)
            ]
            if told:
                break
        edge = start
        for pairs in told:
            found.append(pairs)
            claim_path(stretch, pairs)
            ranges.append((edge, pairs[0][0]))
            if len(pairs) > 1:
                ranges.append((pairs[0][0] + 1, pairs[-1][0]))
            edge = pairs[-1][0] + 1
        if told:
            beside(stretch)
            ranges.append((edge, end))
    return found


def listings_in_sight(numbers):
    """Indices of the printed values of those listings that some telling number agrees with, or that small numbers fill."""
    _known, values, bounds = printed_values()
    same = agrees(numbers, values)
    telling = same & (numbers.digits[:, None] >= 3)
    seen = set(bounds[telling.any(axis=0)])
    lost = (numbers.digits >= 3) & ~same.any(axis=1)
    if lost.any():
        seen |= set(bounds[slips(numbers[lost], values).any(axis=0)])
    small = same & (numbers.digits[:, None] <= 2)
    for first in set(bounds.tolist()) - seen:
        own = bounds == first
        if small[:, own].any(axis=1).sum() >= 8 and (np.abs(values[own]) < 100).all():
            seen.add(first)
    return np.flatnonzero(np.isin(bounds, list(seen)))


def claim_path(stretch, pairs):
    """Claim what a path pairs, where the block speaks for it: a number that departs is claimed in a column of which others agree."""
    known, values, _ = printed_values()
    same, slipped = pair_kinds(stretch, pairs, values)
    speaks = {stretch.block[index] for (index, _), agreeing in zip(pairs, same) if agreeing and stretch.numbers.digits[index] >= 3}
    speaks |= whole_blocks(stretch, pairs, same)
    rows = Counter(stretch.printed[index].row for (index, _), agreeing in zip(pairs, same) if agreeing)
    rows.subtract(Counter(stretch.printed[index].row for (index, _), agreeing in zip(pairs, same) if not agreeing))
    columns = {stretch.printed[index].column_key for (index, _), agreeing in zip(pairs, same) if agreeing}
    for place, ((index, value), agreeing, misprint) in enumerate(zip(pairs, same, slipped)):
        block = stretch.block[index]
        if (
            misprint
            or enclosed(stretch, pairs, same, place)
            or (block in speaks and (agreeing or stretch.printed[index].column_key in columns or rows[stretch.printed[index].row] > 0))
        ):
            stretch.claim(index, known[value], agreeing)


def enclosed(stretch, pairs, same, place):
    """Whether the numbers just before and after one agree with the listing's numbers just before and after, in its own block."""
    if not 0 < place < len(pairs) - 1 or not (same[place - 1] and same[place + 1]):
        return False
    index, value = pairs[place]
    return (
        pairs[place - 1] == (index - 1, value - 1)
        and pairs[place + 1] == (index + 1, value + 1)
        and stretch.block[index - 1] == stretch.block[index] == stretch.block[index + 1]
    )


def whole_blocks(stretch, pairs, same):
    """Blocks of small numbers of which most agree: all, where they are one or two."""
    counts = Counter(stretch.block)
    agreeing = Counter(stretch.block[index] for (index, _), each in zip(pairs, same) if each)
    return {block for block, count in agreeing.items() if count == counts[block] or (count >= 3 and count > counts[block] * 0.6)}


def edges(stretch, pairs):
    """The number or line just before a path's first or after its last, in the same block and columns: it departs at the edge."""
    known, values, bounds = printed_values()
    if len(pairs) < 2:
        return
    columns = {stretch.printed[index].column_key for index, _ in pairs if stretch.how[index] == AGREE}
    rows = Counter(stretch.printed[index].row for index, _ in pairs if stretch.how[index] == AGREE)
    for (index, value), inner, step in ((pairs[0], pairs[1], -1), (pairs[-1], pairs[-2], 1)):
        found, row = [], None
        if abs(inner[0] - index) != abs(inner[1] - value):  # where it goes on in the listing is not told
            continue
        while True:
            index, value = index + step, value + step
            if not (0 <= index < len(stretch.printed) and 0 <= value < len(known)) or bounds[value] != bounds[pairs[0][1]]:
                break
            printed = stretch.printed[index]
            if (
                stretch.known[index] is not None
                or printed.row[0] != stretch.block[pairs[0 if step < 0 else -1][0]]
                or (printed.column_key not in columns and rows[printed.row] < 2)
            ):
                break
            if not rows[printed.row]:  # a line of its own: one at most
                if row not in (None, printed.row):
                    found = None
                    break
                row = printed.row
            found.append((index, value))
        if found and len(found) <= len(pairs):
            for index, value in found:
                stretch.claim(index, known[value], agrees(stretch.numbers[index : index + 1], values[value : value + 1])[0, 0])
