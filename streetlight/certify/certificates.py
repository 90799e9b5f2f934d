"""The records of a listing: what is proved of each number that it prints, and who has what."""

import math
from decimal import Decimal, localcontext

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.certify.digits import first_open, guaranteed_digits, possible_texts, tokens
from streetlight.certify.programs import Number, ProgramError, numbers
from streetlight.certify.proofs import DIGITS
from streetlight.certify.record import BOUND, ERAS, EVERY, FIXED, NONE, SAMPLED, Record
from streetlight.record.eras import shown
from streetlight.record.trace import trace_of


def records(listing, models):
    """The records of all numbers that a listing prints.

    Parameters
    ----------
    listing : streetlight.listing.Listing
    models : dict of str to tuple
        Of each numeric class, its accumulations and squares.

    Returns
    -------
    list of streetlight.certify.record.Record
        In the order of printing; ``printed`` is what sums from left to right print.
    """

    def values(*model):
        return [step.value for step in trace_of(listing, EmulatedArithmetic(*model)).steps]

    _, found = numbers(listing)
    classes = {name: values(*model) for name, model in models.items()}
    return records_of(listing, trace_of(listing), found, classes, values(left_to_right))


def records_of(listing, here, found, classes, plain=None):
    """The records of all numbers that a listing prints.

    Parameters
    ----------
    listing : streetlight.book.Listing
    here : streetlight.record.trace.Trace
        Of the machine on which they were proved.
    found : list of Number
        Of the whole listing, on that machine.
    classes : dict of str to list of ndarray
        What each numeric class has at each step.
    plain : list of ndarray, optional
        The same of the evaluation whose characters are ``printed``; of the run here, if not given.

    Returns
    -------
    list of Record
        A constant of Python's own, such as a rate that is printed, has none.

    Raises
    ------
    ProgramError
        If another machine proved them.
    """
    todo, rows = list(found), []
    plain = plain or [step.value for step in here.steps]
    for line, start, part in shown(here):
        if todo and todo[0].start == start:
            number = todo.pop(0)
            if not np.array_equal(number.value, part.value):
                raise ProgramError(f"the listing '{listing.id}' was proved on another machine than this")
        elif type(part.value) is float:
            continue
        else:  # one number in all evaluations
            value = np.asarray(part.value)
            number = Number(start, value, value, value, FIXED, '', value[None])
        step = here.steps[part.step]
        where = ' '.join('%s=%s' % pair for pair in step.where)
        told = {name: values[part.step] for name, values in classes.items()}
        for element, fields in enumerate(_fields(number, plain[part.step], told, part.echo)):
            place = element if np.ndim(part.value) else None
            rows.append(Record(listing.id, line, where, step.name, place, part.echo, **fields))
    if todo:
        raise ProgramError(f"the listing '{listing.id}' has a number at {todo[0].start} that its run here lacks")
    return rows


def _fields(number, plain, classes, echo):
    """What a record says of each element."""
    every = number.proof in (EVERY, FIXED) and number.values is not None  # else its bounds meet, and were not listed
    evaluations = number.values if every or number.proof == SAMPLED else [number.low, number.high]
    texts, of_classes, listed = (
        {era: read(era) for era in ERAS}
        for read in (
            lambda era: tokens(np.asarray(plain)[()], era, echo),
            lambda era: {name: tokens(np.asarray(value)[()], era, echo) for name, value in classes.items()},
            lambda era: [tokens(np.reshape(each, number.value.shape)[()], era, echo) for each in evaluations],
        )
    )
    for element, own in enumerate(np.ravel(number.value).tolist()):
        printed = {era: texts[era][element] for era in ERAS}
        fields = {
            'printed': printed,
            'values': _grouped({name: repr(np.ravel(each)[element].item()) for name, each in classes.items()}),
            'prints': {era: _grouped({name: each[element] for name, each in of_classes[era].items()}) for era in ERAS},
        }
        low, high = (float(np.ravel(end)[element]) for end in (number.low, number.high))
        possible = {era: {each[element] for each in listed[era]} for era in ERAS} if np.isfinite([low, high]).all() else None
        if number.proof in (NONE, SAMPLED) or possible is None:
            sampled = number.proof == SAMPLED and possible
            yield {
                **fields,
                'proof': NONE,
                'exact': None,
                'low': None,
                'high': None,
                'radius': None,
                'guaranteed_digits': 0,
                'variants': {era: two_that_part(printed[era], possible[era]) if sampled else None for era in ERAS},
                'open': {era: [0, ''] for era in ERAS},
            }
            continue
        whole = number.value.dtype.kind != 'f'
        exact = str(own) if whole else number.exact and number.exact[element]
        column = np.unique(number.values.reshape(len(number.values), -1)[:, element]).tolist() if every and not whole else None
        if not every:
            possible = {era: possible_texts(possible[era], era, np.asarray(plain)[()], low, high) for era in ERAS}
        yield {
            **fields,
            'proof': FIXED if whole else EVERY if every else BOUND,
            'exact': exact,
            'low': low,
            'high': high,
            'radius': radius(exact, own, low, high),
            'guaranteed_digits': guaranteed_digits(low, high),
            'variants': {era: sorted(possible[era]) if possible[era] and (every or len(possible[era]) == 1) else None for era in ERAS},
            'open': {era: first_open(printed[era], possible[era], low, high) for era in ERAS},
            'possible': column,
        }


def two_that_part(printed, possible):
    """A printed text, and of those that are possible the one that parts from it first; itself alone where all are equal."""
    others = sorted(possible - {printed}, key=lambda text: ([a == b for a, b in zip(printed, text)], text))
    return [printed, *others[:1]]


def radius(exact, own, low, high):
    """How far from the exact value, or else from the machine's own, an evaluation may be."""
    if low == high and exact is None:
        return 0.0
    with localcontext(prec=DIGITS):  # as the exact value is told
        distance = max(abs(+Decimal(end) - Decimal(own if exact is None else exact)) for end in (low, high))
        slack = max(abs(Decimal(end)) for end in (low, high)).scaleb(1 - DIGITS)
    return math.nextafter(float(distance + slack), math.inf) if distance else 0.0


def _grouped(by_class):
    found = {}
    for name, value in by_class.items():
        found.setdefault(value, []).append(name)
    return found
