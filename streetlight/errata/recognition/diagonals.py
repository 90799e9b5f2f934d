"""The one way to match: place = first + stride * line, or counter, between lines left out, and what resumes."""

from collections import Counter, defaultdict

import numpy as np

PAIRED = 7  # telling numbers after one that may propose a diagonal with it: a few may depart
RARE = 3  # places of a sequence where a number that proposes a diagonal may stand
OPEN = 8  # departing places among which a swap is sought: more are another program


def proposals(x, family):
    """Diagonals on which two telling numbers lie: a Counter of (sequence, first, stride)."""
    low, high = family.around(x)
    by_sequence = defaultdict(list)
    for index in np.flatnonzero((high > low) & (x.digits >= 2)):
        places = family.places(x, index, low, high)
        sequences, counts = np.unique(family.sequence[places], return_counts=True)
        rare = set(sequences[counts <= RARE].tolist())
        for place in places.tolist():
            sequence = int(family.sequence[place])
            if sequence in rare:
                by_sequence[sequence].append((int(x.at[index]), place - int(family.start[sequence])))
    found = Counter()
    for sequence, pairs in by_sequence.items():
        for at, (line, place) in enumerate(pairs):
            for later, further in pairs[at + 1 : at + 1 + PAIRED]:
                if later > line and further > place and (further - place) % (later - line) == 0:
                    stride = (further - place) // (later - line)
                    found[sequence, place - stride * line, stride] += 1
    return found


def stretches(same, exchanged, slipped, gap):
    """Ranges, first and last, in which no two neighbours depart, between agreeing ends.

    A slip that tells itself keeps a range together and may begin it, but ends it only where nothing
    follows: where other lines do and do not agree, a changed datum looks like slips, since it moves
    weights by exactly the rate.
    Lines left out end a range: what comes after may be anywhere.
    """
    agrees = same.copy()
    agrees[list(exchanged)] = True
    good = agrees.copy()
    good[list(slipped)] = True
    found = []
    edges = np.concatenate([[0], np.flatnonzero(gap[1:]) + 1, [len(same)]])
    for start, end in zip(edges[:-1], edges[1:]):
        here = np.flatnonzero(good[start:end]) + start
        if here.size:
            cuts = np.flatnonzero(np.diff(here) > 2)
            found += zip(here[np.append(0, cuts + 1)], here[np.append(cuts, len(here) - 1)])
    closes = set((edges[1:] - 1).tolist())
    ends = [(first, last, np.flatnonzero(agrees[first : last + 1])) for first, last in found]
    found = [(first, last if last in closes else first + inside[-1]) for first, last, inside in ends if inside.size]
    return [(int(first), int(last)) for first, last in found]


def exchanged(same, fits, gap):
    """The two places of a diagonal that hold each other's, all around agreeing; empty where none do.

    Parameters
    ----------
    same : ndarray of bool
    fits : callable
        Of a line and a place whether one may stand in the other.
    gap : ndarray of bool
        Before which lines others are left out: both lie between these.
    """
    segment = np.cumsum(gap)
    out = np.flatnonzero(~same)
    for one in out:
        others = out[(out > one) & (segment[out] == segment[one])]
        for other in others if len(others) < OPEN else ():
            around = {one - 1, one + 1, other - 1, other + 1} - {one, other, -1, len(same)}
            if all(same[at] for at in around if segment[at] == segment[one]) and fits(one, other) and fits(other, one):
                return int(one), int(other)
    return ()
