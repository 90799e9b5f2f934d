"""The second and third look: other quantities of the same place, and the history of one quantity."""

import math
from bisect import bisect_right
from functools import lru_cache

import numpy as np

from streetlight.errata.alignment import DIGIT, MOST, agree, align, evidence
from streetlight.errata.known import book, places
from streetlight.errata.recognition.stretch import AGREE, ENOUGH, convincing, pair_kinds


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


@lru_cache(maxsize=None)
def history_values():
    """All quantities' histories one after the other: their `Known`, values, and the index of the first of each."""
    known, bounds = [], []
    for listing in book().listings:
        for _, _, each in quantities(listing.id).values():
            bounds += [len(known)] * len(each)
            known += each
    return known, np.array([each.value for each in known]), np.array(bounds, np.int32)


@lru_cache(maxsize=None)
def sorted_values():
    """The values of all histories in rising order, and for each the history it is of."""
    _, values, bounds = history_values()
    order = np.argsort(values)
    return values[order], bounds[order]


def likely(numbers):
    """The histories that have two thirds of some numbers, in any order, and three at least."""
    values, history = sorted_values()
    unit = 10.0**numbers.quantum
    lows, highs = np.searchsorted(values, numbers.value - unit), np.searchsorted(values, numbers.value + unit, 'right')
    if ((highs > lows).sum()) * 3 <= len(lows) * 2 or len(lows) < 3:
        return []
    counts = np.zeros(len(values), int)
    for low, high in zip(lows, highs):
        counts[np.unique(history[low:high])] += 1
    return np.flatnonzero((counts >= 3) & (counts * 3 > len(lows) * 2))


def histories(stretch):
    """Align each column that is still free with the history of one quantity."""
    columns = {}
    for index in stretch.free():
        if stretch.numbers.digits[index] >= 4:
            columns.setdefault((stretch.block[index], stretch.printed[index].column_key), []).append(index)
    known, values, bounds = history_values()
    for indices in columns.values():
        numbers = stretch.numbers[indices]
        chosen = np.flatnonzero(np.isin(bounds, likely(numbers)))
        if not chosen.size:
            continue
        whole = np.zeros(len(indices), bool)
        path = align(
            evidence(numbers, values[chosen]),
            stretch.passing[indices],
            stretch.first_of_line[indices],
            whole,
            np.searchsorted(chosen, bounds[chosen]).astype(np.int32),
        )
        if not path:
            continue
        pairs = [(indices[index], int(chosen[value])) for index, value in path[-1]]
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
