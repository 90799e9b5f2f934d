"""What a book knows, in the three orders in which a text may print it."""

from collections import Counter
from functools import lru_cache

import numpy as np

from streetlight.errata.known import elements, learning, script, steps_of
from streetlight.errata.recognition.evidence import Family

LARGEST_ARRAY = 12  # elements; of a larger one no history is followed, nor is it sought in a line


@lru_cache(maxsize=None)
@learning
def histories(book):
    """The history of each quantity: a listing, a name, an element; a new one where iterations restart."""
    sequences = []
    for listing in book.preferred:
        found, turn, latest = {}, Counter(), {}
        for step, (where, name, value) in enumerate(steps_of(book, listing.id)):
            if np.size(value) > LARGEST_ARRAY:
                continue
            place = [number for _, number in where if isinstance(number, (int, float))]
            if place < latest.get(name, place):
                turn[name] += 1
            latest[name] = place
            for each in elements(book, listing.id, step, False, -1):
                found.setdefault((name, turn[name], each.element), []).append(each)
        sequences += found.values()
    return Family(sequences)


@lru_cache(maxsize=None)
@learning
def arrays(book):
    """Each array at each step."""
    return Family(
        [
            elements(book, listing.id, step, False, -1)
            for listing in book.preferred
            for step, (_, _, value) in enumerate(steps_of(book, listing.id))
            if 2 <= np.size(value) <= LARGEST_ARRAY
        ]
    )


@lru_cache(maxsize=None)
@learning
def scripts(book):
    """Of each listing the lines that it prints, by its id, and the family of all their numbers."""
    lines = {}
    for listing in book.preferred:
        own = {}
        for each in script(book, listing.id):
            own.setdefault(each.line, []).append(each)
        if own:
            lines[listing.id] = list(own.values())
    return lines, Family([[each for line in own for each in line] for own in lines.values()])
