"""What each numeric class of the atlas has, and prints, in the place of a listing's number."""

from functools import lru_cache

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic
from streetlight.certify.digits import tokens
from streetlight.certify.record import ERAS
from streetlight.errata.known import elements, learning, steps_of
from streetlight.judge.pinned import pinned
from streetlight.record.trace import trace_of


@lru_cache(maxsize=None)
@learning
def classes(known):
    """What each numeric class of the atlas has: a dict of letter to the value there.

    Pinned for what a listing prints; for what it only names, predicted by the accumulations of an environment of the class.
    """
    if known.step is None:
        return {}
    letters = pinned(known.book).atlas['classes'].get(known.listing, {})
    if known.line >= 0 or known.remembered:
        values = {letter: _pinned_values(known.book, known.listing, letter).get(known.address) for letter in letters}
        return {letter: value for letter, value in values.items() if value is not None}
    steps = {letter: predicted(known.book, known.listing, letter).steps for letter in letters}
    return {letter: float(np.ravel(own[known.step].value)[known.element or 0]) for letter, own in steps.items()}


@lru_cache(maxsize=None)
@learning
def _pinned_values(book, listing, letter):
    return {place: float(decimal) for place, decimal in pinned(book).values(listing, letter).items() if decimal is not None}


@lru_cache(maxsize=None)
@learning
def predicted(book, listing, letter):
    """The trace of a class of a listing, predicted by its model."""
    return trace_of(book.listing(listing), EmulatedArithmetic(*pinned(book).model_of(listing, letter)))


@lru_cache(maxsize=None)
@learning
def class_texts(known):
    """What the classes print of a `Known`, by era: a dict of era to a dict of text to letters."""
    found = {}
    for letter, value in classes(known).items():
        for era in ERAS:
            text = _class_text(known, letter, value, era)
            found.setdefault(era, {}).setdefault(text, []).append(letter)
    return found


def _class_text(known, letter, value, era):
    if known.remembered:
        prints = pinned(known.book).record(known.listing, known.address).prints[era]
        return next(text for text, letters in prints.items() if letter in letters)
    if known.element is None:
        return tokens(np.float64(value), era, False)[0]
    shape = np.shape(steps_of(known.book, known.listing)[known.step].value)
    column = [classes(each)[letter] for each in elements(known.book, known.listing, known.step, known.echo, known.line)]
    return tokens(np.array(column).reshape(shape), era, known.echo)[known.element]


def environments_of(known, letters):
    """How many environments of the atlas are of these classes."""
    return sum(each['classes'].get(known.listing) in letters for each in pinned(known.book).atlas['environments'].values())
