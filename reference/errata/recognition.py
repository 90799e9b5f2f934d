"""Recognition: which number of which listing each printed number of a manuscript is, or claims to be.

By the digits and the neighbours, never by the label.  Three looks, each at what the one before has left:

1. the numbers of a stretch of blocks, aligned with what the listings print;
2. the numbers beside those: another quantity of the same place, where most of a column agrees with one;
3. a column by itself, aligned with the history of one quantity.
"""

import math
from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from reference.errata.alignment import DIGIT, MOST, agree, agrees, align, evidence, numbers_in, slip, slips
from reference.errata.known import places, script, scripts
from reference.errata.verdicts import TRUNCATED, WRONG, verdict_of
from reference.listings import LISTINGS

STRETCH = 600  # numbers that are aligned at once
ENOUGH = 10.0  # bits, beyond those that choosing among all listings' numbers costs
CHOICE = 6.0  # bits that it costs to choose where a text goes on in a listing
AGREE, DEPART, ORDER, MOVED = 'agrees', 'departs', 'out of order', 'in the place of another'


class Claim(NamedTuple):
    """A printed number, the number of a listing that it claims to be (None: of no listing), and how it does."""

    printed: object
    known: object
    how: str


class Stretch:
    """Consecutive numbers of a manuscript, and what is found of each: ``known`` and ``how``, by index."""

    def __init__(self, printed):
        self.printed = printed
        self.block = [each.row[0] for each in printed]
        count = Counter(self.block)
        self.numbers = numbers_in(printed, [count[block] == 1 for block in self.block])
        self.known = [None] * len(printed)
        self.how = [''] * len(printed)
        self.tells = Counter(block for block, each in zip(self.block, printed) if each.digits >= 3)
        self.first_of_line = np.array([index == 0 or each.row != printed[index - 1].row for index, each in enumerate(printed)])
        self.first_of_block = np.array([index == 0 or each.row[0] != printed[index - 1].row[0] for index, each in enumerate(printed)])
        self.passing = np.where(self.numbers.digits >= 3, -4.0, -2.5)

    def claims(self):
        return [Claim(*each) for each in zip(self.printed, self.known, self.how)]

    def free(self):
        return [index for index, known in enumerate(self.known) if known is None]

    def claim(self, index, known, agreeing):
        self.known[index], self.how[index] = known, AGREE if agreeing else DEPART

    def drop(self, index):
        self.known[index], self.how[index] = None, ''


def recognise(blocks):
    """The claims of all numbers in blocks of output.

    Parameters
    ----------
    blocks : list of list of Printed
        The numbers of each block.

    Returns
    -------
    list of Claim
        In the order of printing.
    """
    claims, seen = [], {}
    for printed in stretches(blocks):
        key = tuple(
            (each.text, each.cut, each.column_key, each.row[0] - printed[0].row[0], each.row[1] - printed[0].row[1]) for each in printed
        )
        if key not in seen:
            stretch = Stretch(printed)
            if any_familiar(stretch.numbers):
                explain(stretch)
            seen[key] = stretch.known, stretch.how
        claims += [Claim(*each) for each in zip(printed, *seen[key])]
    return claims


def stretches(blocks):
    """Runs of whole blocks with at most `STRETCH` numbers; a longer block is a stretch, or several, of its own."""
    run = []
    for printed in blocks:
        if run and len(run) + len(printed) > STRETCH:
            yield run
            run = []
        run = run + list(printed)
        while len(run) > 2 * STRETCH:
            cut = next((at for at in range(STRETCH, len(run)) if run[at].row != run[at - 1].row), len(run))
            yield run[:cut]
            run = run[cut:]
    if run:
        yield run


@lru_cache(maxsize=None)
def printed_values():
    """What the listings print: the `Known` of all, their values, and for each the index of the first of its listing."""
    known = scripts()
    first = {}
    for index, each in enumerate(known):
        first.setdefault(each.listing, index)
    return known, np.array([each.value for each in known]), np.array([first[each.listing] for each in known], np.int32)


def rarity(numbers):
    """The bits by which a number of one or two digits is rare among all that the listings print."""
    values = printed_values()[1]
    common = np.maximum(agrees(numbers, values).sum(axis=1), 1) / len(values)
    written = np.maximum(numbers.digits, np.floor(np.log10(np.maximum(np.abs(numbers.value), 1))) + 1)
    return np.minimum(-np.log2(common), DIGIT * written)


def variety(values):
    """The bits by which each of some values is rare among them: one that is repeated throughout tells nothing."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return -np.log2(counts[which] / len(values))


@lru_cache(maxsize=None)
def all_values():
    """Every value that a listing prints or names, in order: to see fast whether a text has any of them."""
    named = [each.value for listing in LISTINGS for place in places(listing.id) for each in place]
    return np.unique(np.concatenate([printed_values()[1], named]))


def any_familiar(numbers):
    """Whether there is anything to explain: a telling number of a listing, one that a slip makes of it, or many small ones."""
    telling = numbers[(numbers.digits >= 3) & np.isfinite(numbers.value)]
    values = all_values()
    unit = 10.0**telling.quantum
    if (np.searchsorted(values, telling.value - unit) < np.searchsorted(values, telling.value + unit)).any():
        return True
    if len(telling.value) and slips(telling[:50], printed_values()[1]).any():
        return True
    return (numbers.digits <= 2).sum() >= 8


def explain(stretch):
    """The three looks."""
    paths = align_all(stretch)
    by_block = {}
    for pairs in paths:
        by_block.setdefault(stretch.block[pairs[0][0]], []).append(pairs)
    for own in by_block.values():
        order(stretch, max(own, key=len), own)
    for pairs in paths:
        edges(stretch, pairs)
        misplaced(stretch, pairs)
    histories(stretch)
    beside(stretch)
    hold_majority(stretch)


# The first look: what the listings print.


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


def pair_kinds(stretch, pairs, values):
    """Of each pair whether it agrees, and whether a slip parts it."""
    numbers = stretch.numbers[[index for index, _ in pairs]]
    other = values[[value for _, value in pairs]]
    same = agree(numbers, other)
    slipped = ~same & (numbers.digits >= 3)
    slipped[slipped] = slip(numbers[slipped], other[slipped])
    return same, slipped


def convincing(stretch, pairs, values, strict=False):
    """Whether so much agrees, by the bits that agreement rules out, that it is no accident; and more agrees than departs.

    What departs is also every telling number that stands between, in the same columns, and was passed over.
    """
    if not pairs:
        return False
    same, slipped = pair_kinds(stretch, pairs, values)
    indices = np.array([index for index, _ in pairs])
    digits = stretch.numbers.digits[indices]
    told = np.minimum(DIGIT * digits, 53.0)
    small = digits <= 2
    bits = (
        told[same & ~small].sum()
        + np.minimum(rarity(stretch.numbers[indices]), variety(stretch.numbers.value[indices]))[same & small].sum()
    )
    bits += np.maximum(told[slipped] - np.log2(9.0 * digits[slipped]) - 6, 0).sum()
    bits -= (6 if small.all() else 3) * ((~same & ~slipped & ~small).sum() + (~same & small).sum())
    strides = np.diff([value for _, value in pairs])
    elided = np.array([stretch.printed[index].after_gap for index in indices[1:]], bool)
    bits -= (np.where(elided, CHOICE / 3, CHOICE) * (strides != np.append(1, strides[:-1])[: len(strides)])).sum()
    enough = ENOUGH + math.log2(len(values))
    if small.all() and strict:
        return False
    agreeing = (same & ~small).sum() + (same & small).sum() / 4
    departing = (~same & ~small & ~(slipped & (digits >= 6))).sum() + len(passed_over(stretch, indices))
    if not same.any():  # a misprint alone
        return bits >= enough and slipped.sum() == 1 and digits.max() >= 8 and stretch.tells[stretch.block[indices[slipped][0]]] == 1
    if not (same & ~small).any():  # small numbers speak for themselves only where no others stand beside them
        blocks = {stretch.block[index] for index in indices}
        departing += sum(stretch.block[index] in blocks and stretch.numbers.digits[index] >= 3 for index in stretch.free()) * len(indices)
    return bits >= enough and agreeing > departing


def passed_over(stretch, indices):
    """The telling numbers between those of a path, and in their columns, that it passes over."""
    columns = {(stretch.block[index], stretch.printed[index].column_key) for index in indices}
    taken = set(indices.tolist())
    return [
        index
        for index in range(indices[0], indices[-1] + 1)
        if index not in taken
        and stretch.known[index] is None
        and stretch.numbers.digits[index] >= 3
        and (stretch.block[index], stretch.printed[index].column_key) in columns
    ]


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


# The second look: other quantities of the same place.


@lru_cache(maxsize=None)
def quantities(listing):
    """A listing's quantities: for each name and element the steps at which it changes, and its `Known` there."""
    found = {}
    for group, place in enumerate(places(listing)):
        for known in place:
            steps, groups, all_known = found.setdefault((known.name, known.element), ([], [], []))
            steps.append(known.step)
            groups.append(group)
            all_known.append(known)
    return found


@lru_cache(maxsize=None)
def group_of(listing):
    """For each step of a listing its place's index."""
    return {known.step: group for group, place in enumerate(places(listing)) for known in place}


def at_place(listing, quantity, step):
    """A quantity at the place of a step, or the last before: of each the `Known`, or None."""
    steps, groups, known = quantities(listing)[quantity]
    group = group_of(listing).get(step)
    if group is None:
        return None, None
    here = bisect_right(groups, group) - 1
    before = bisect_right(steps, step) - 1
    return known[here] if here >= 0 and groups[here] == group else None, known[before] if before >= 0 else None


def beside(stretch):
    """Claim the columns whose numbers stand in one line with claimed ones, and mostly agree with a quantity of their places."""
    mates = {}
    for index, known in enumerate(stretch.known):
        if known is not None and known.step is not None and stretch.how[index] == AGREE:
            mates.setdefault(stretch.printed[index].row, known)
    columns = {}
    for index in stretch.free():
        printed = stretch.printed[index]
        mate = mates.get(printed.row)
        if mate is not None:
            columns.setdefault((stretch.block[index], printed.column_key, mate.listing), []).append((index, mate))
    for (_, _, listing), found in columns.items():
        numbers = stretch.numbers[[index for index, _ in found]]
        if (numbers.digits >= 3).sum() * 2 < len(found):
            continue
        best = None
        for quantity in quantities(listing):
            for which in (0, 1):
                known = [at_place(listing, quantity, mate.step)[which] for _, mate in found]
                if None in known:
                    continue
                values = np.array([each.value for each in known])
                same = agree(numbers, values)
                bits = np.minimum(DIGIT * numbers.digits[same], 53).sum() - 4 * (~same).sum()
                if (
                    same.sum() * 2 > len(found)
                    and bits >= ENOUGH + math.log2(2 * len(quantities(listing)))
                    and (best is None or bits > best[0])
                ):
                    best = bits, known, same
        if best:
            for (index, _), known, agreeing in zip(found, *best[1:]):
                stretch.claim(index, known, agreeing)


# The third look: one quantity's history.


@lru_cache(maxsize=None)
def history_values():
    """All quantities' histories one after the other: their `Known`, values, and the index of the first of each."""
    known, bounds = [], []
    for listing in LISTINGS:
        for _, _, each in quantities(listing.id).values():
            bounds += [len(known)] * len(each)
            known += each
    return known, np.array([each.value for each in known]), np.array(bounds, np.int32)


def histories(stretch):
    """Align each column that is still free with the history of one quantity."""
    columns = {}
    for index in stretch.free():
        if stretch.numbers.digits[index] >= 4:
            columns.setdefault((stretch.block[index], stretch.printed[index].column_key), []).append(index)
    known, values, bounds = history_values()
    for indices in columns.values():
        numbers = stretch.numbers[indices]
        same = agrees(numbers, values)
        if not same.any():
            continue
        counts = np.bincount(bounds, weights=same.any(axis=0), minlength=len(values))
        chosen = np.flatnonzero(np.isin(bounds, np.flatnonzero(counts * 2 >= min(len(indices), 4))))
        if not chosen.size:
            continue
        whole = np.zeros(len(indices), bool)
        path = align(
            evidence(numbers, values[chosen]),
            stretch.passing[indices],
            stretch.first_of_line[indices],
            whole,
            np.searchsorted(chosen, bounds[chosen]).astype(np.int32),
        )[-1]
        pairs = [(indices[index], int(chosen[value])) for index, value in path]
        same, _ = pair_kinds(stretch, pairs, values)
        jumps = sum(one[1] + 1 != two[1] for one, two in zip(pairs, pairs[1:]))
        told = (
            sum(min(DIGIT * stretch.numbers.digits[index], MOST * 2) for (index, _), agreeing in zip(pairs, same) if agreeing) - 8 * jumps
        )
        if (
            same.sum() >= 3
            and same.sum() * 3 > len(indices) * 2
            and told >= ENOUGH + math.log2(len(values))
            and convincing(stretch, pairs, values)
        ):
            for (index, value), agreeing in zip(pairs, same):
                stretch.claim(index, known[value], agreeing)


def not_quite(stretch, index):
    """Whether a number agrees to all that recognition looks at, and is wrong, or cut, in its last digits."""
    return verdict_of(stretch.printed[index].text, stretch.known[index]).verdict in (WRONG, TRUNCATED)


def hold_majority(stretch):
    """Nothing that departs is claimed in a block that agrees with a listing in fewer figures than not: it uses other data."""
    agreeing, departing, elsewhere, columns = Counter(), Counter(), Counter(), {}
    for index, known in enumerate(stretch.known):
        if known is not None:
            key = stretch.block[index], known.listing
            departs = stretch.how[index] == DEPART or (stretch.how[index] == AGREE and not_quite(stretch, index))
            (departing if departs else agreeing if stretch.how[index] == AGREE else elsewhere)[key] += 1
            columns.setdefault(key, set()).add(stretch.printed[index].column_key)
    unknown = Counter()
    for index in stretch.free():
        if stretch.numbers.digits[index] >= 3:
            for key, own in columns.items():
                unknown[key] += key[0] == stretch.block[index] and stretch.printed[index].column_key in own
    for index, known in enumerate(stretch.known):
        if known is not None and (stretch.how[index] != AGREE or not_quite(stretch, index)):
            key = stretch.block[index], known.listing
            against = departing[key] + unknown[key]
            if against != 1 and against > agreeing[key] + elsewhere[key]:
                stretch.drop(index)
