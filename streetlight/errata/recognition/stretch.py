"""A stretch of a manuscript's numbers, what is claimed of each, and what the listings print to claim it as."""

import math
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from streetlight.errata.alignment import DIGIT, agree, agrees, numbers_in, slip
from streetlight.errata.known import book, places, scripts

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

    def free(self):
        return [index for index, known in enumerate(self.known) if known is None]

    def claim(self, index, known, agreeing):
        self.known[index], self.how[index] = known, AGREE if agreeing else DEPART

    def drop(self, index):
        self.known[index], self.how[index] = None, ''


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
    named = [each.value for listing in book().listings for place in places(listing.id) for each in place]
    return np.unique(np.concatenate([printed_values()[1], named]))


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
