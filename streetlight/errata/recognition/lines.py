"""The numbers of one line against the arrays; and a number that needs no others."""

import math

import numpy as np

from streetlight.errata.recognition.claims import AGREE, DEPART, SWAP
from streetlight.errata.recognition.evidence import SURE, agreeing, distinct, is_pow, passes, tells_itself

CANDIDATES = 12  # arrays that are weighed, those with most numbers in their places first
_SHIFTS = 256  # more than a line has numbers or an array elements: packs both into one integer


def follow(x, family, claims):
    """The numbers of one line against the arrays."""
    bits = family.bits(x)
    taken = np.zeros(len(x.value), bool)
    for sequence, shift in _candidates(x, family):
        start, length = int(family.start[sequence]), int(family.length[sequence])
        first, end = max(0, -shift), min(len(x.value), length - shift)
        if end - first < 2:
            continue
        mine, places = x.part(slice(first, end)), start + shift + np.arange(first, end)
        known = [family.known[place] for place in places]
        same = agreeing(mine, known, family.value[places])
        score = distinct(mine.value, bits[first:end], same) - math.log2(len(family.length))
        if score < SURE or taken[first:end][same].all():
            continue
        for index in np.flatnonzero(same):
            claims.add(mine.printed[index], known[index], AGREE, score)
            taken[first + index] = True
        if end - first == length:
            _claim_departures(mine, known, np.flatnonzero(~same), score, claims)


def _claim_departures(x, known, out, score, claims):
    """One number that departs, or two in each other's place, in a line that is otherwise the array's."""
    if len(out) == 1:
        printed, each = x.printed[out[0]], known[out[0]]
        # another state of the same array is not unlikely, so the slip must tell by itself
        if tells_itself(printed, each) and not is_pow(printed, each):
            claims.add(printed, each, DEPART, score)
    elif len(out) == 2:
        one, other = out
        if passes(x.printed[one], known[other]) and passes(x.printed[other], known[one]):
            if min(x.digits[one], x.digits[other]) >= 3:
                claims.add(x.printed[one], known[one], SWAP, score)
                claims.add(x.printed[other], known[other], SWAP, score)


def _candidates(x, family):
    """Arrays in which numbers of the line have their places, as pairs of array and shift."""
    low, high = family.around(x)
    keys = [np.empty(0, int)]
    for index in np.flatnonzero((high > low) & (x.digits >= 2)):
        places = family.places(x, index, low, high)
        sequence = family.sequence[places]
        keys.append(sequence * _SHIFTS + _SHIFTS // 2 + places - family.start[sequence] - index)
    found, counts = np.unique(np.concatenate(keys), return_counts=True)
    best = found[np.argsort(-counts, kind='stable')][:CANDIDATES]
    return [(int(key) // _SHIFTS, int(key) % _SHIFTS - _SHIFTS // 2) for key in best]


def follow_alone(x, family, claims):
    """Numbers of so many digits that each is sure by itself."""
    low, high = family.around(x)
    bits = family.bits(x)
    for index in np.flatnonzero((high > low) & (bits - family.choice >= SURE)):
        if claims.agreed(x.printed[index]):
            continue
        for place in family.order[low[index] : high[index]]:
            if passes(x.printed[index], family.known[place]):
                score = bits[index] - family.choice
                claims.add(x.printed[index], family.known[place], AGREE, score)
                break
