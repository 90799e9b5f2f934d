"""Certificates: for each printed number its exact value, what float64 evaluations can make of it, and the digits that follow.

Two proofs stand behind a record.  Affine forms (`streetlight.certify.affine`) enclose every conforming
evaluation of every listing; and where the evaluations are few enough to run one by one
(`streetlight.certify.worlds`), their values are listed, and the enclosure shrinks to them.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.certify.affine import AffineArithmetic
from streetlight.certify.digits import corners, first_open, guaranteed_digits, possible_texts, radius, tokens
from streetlight.certify.forms import Undecided, exact_precision
from streetlight.certify.record import BOUND, ERAS, EVERY, FIXED, NONE, Record
from streetlight.certify.worlds import TooManyWorlds, WorldsArithmetic, WorldsTrace
from streetlight.record.trace import Shown, Trace, trace_of

EXACT_DIGITS = 50


class Proof(NamedTuple):
    """A listing on affine forms, as far as these decide it, and in all worlds, if these are few enough."""

    trace: Trace
    reason: str
    worlds: Trace | None
    peak: int


def enclosed(listing, arithmetic=None):
    """Run a listing on affine forms: its trace, and why it ends early (empty if it does not)."""
    trace = Trace()
    with exact_precision():
        try:
            trace_of(listing, arithmetic or AffineArithmetic(), trace)
        except Undecided as undecided:
            return trace, str(undecided)
    return trace, ''


@lru_cache(maxsize=None)
def proof_of(listing):
    """Both proofs of a listing.

    Parameters
    ----------
    listing : streetlight.listing.Listing

    Returns
    -------
    Proof
        ``worlds`` is None where the evaluations are too many.
    """
    trace, reason = enclosed(listing)
    arithmetic, worlds = WorldsArithmetic(), WorldsTrace()
    try:
        trace_of(listing, arithmetic, worlds)
    except TooManyWorlds:
        worlds = None
    return Proof(trace, reason, worlds, arithmetic.peak)


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
        In the order of printing.
    """
    proof = proof_of(listing)
    plain = trace_of(listing, EmulatedArithmetic(left_to_right))
    classes = {name: trace_of(listing, EmulatedArithmetic(*model)) for name, model in models.items()}
    found = []
    with exact_precision():
        for line, index, part in shown(plain):
            step = plain.steps[part.step]
            where = ' '.join('%s=%s' % pair for pair in step.where)
            echo = plain.lines[line].echo
            told = {name: trace.lines[line].parts[index].value for name, trace in classes.items()}
            of_classes = _of_classes(told, part.value, echo)
            for element, proved in enumerate(_proved(proof, line, index, part.value, echo)):
                place = element if np.ndim(part.value) else None
                found.append(Record(listing.id, line, where, step.name, place, echo, **proved, **of_classes[element]))
    return found


def shown(trace):
    """The values that a trace prints: an iterator of the line's index, the index in it, and the `Shown`."""
    for line, parts in enumerate(trace.lines):
        for index, part in enumerate(parts.parts):
            if isinstance(part, Shown):
                yield line, index, part


def _of_classes(told, plain, echo):
    """What the classes have and print of each element of a printed value: a list of dicts."""
    texts = {era: {name: tokens(value, era, echo) for name, value in told.items()} for era in ERAS}
    return [
        {
            'values': _grouped({name: repr(np.ravel(value)[element].item()) for name, value in told.items()}),
            'prints': {era: _grouped({name: each[element] for name, each in texts[era].items()}) for era in ERAS},
        }
        for element in range(np.size(plain))
    ]


def _grouped(by_class):
    """The classes that have each value: a dict of value to list of names."""
    found = {}
    for name, value in by_class.items():
        found.setdefault(value, []).append(name)
    return found


def _proved(proof, line, index, plain, echo):
    """What is proved of each element of a printed value: an iterator of dicts of a record's fields."""
    texts = {era: tokens(plain, era, echo) for era in ERAS}
    printed = [{era: texts[era][element] for era in ERAS} for element in range(np.size(plain))]
    if np.asarray(plain).dtype.kind != 'f':
        for element, number in enumerate(np.ravel(plain)):
            yield _fixed(number, printed[element])
    elif line >= len(proof.trace.lines):
        unknown = dict.fromkeys(('exact', 'low', 'high', 'radius', 'possible'))
        for each in printed:
            nothing = dict.fromkeys(ERAS)
            yield {'proof': NONE, **unknown, 'guaranteed_digits': 0, 'printed': each, 'variants': nothing,
                   'open': {era: [0, ''] for era in ERAS}}
    else:
        forms = np.ravel(proof.trace.lines[line].parts[index].value)
        listed = proof.worlds.lines[line].parts[index].value if proof.worlds else None
        yield from _enclosures(forms, listed, plain, echo, printed)


def _fixed(number, printed):
    """Of an integer, which no rounding touches."""
    return {'proof': FIXED, 'exact': str(number), 'low': float(number), 'high': float(number), 'radius': 0.0, 'possible': None,
            'guaranteed_digits': 17, 'printed': printed, 'variants': {era: [printed[era]] for era in ERAS},
            'open': dict.fromkeys(ERAS)}


def _enclosures(forms, listed, plain, echo, printed):
    """Of each element of a float, by its form and, where all evaluations are listed, by these."""
    shape = np.shape(plain)
    values = corners(forms, shape) if listed is None else [value if shape else value[()] for value in listed]
    texts = {era: [tokens(value, era, echo) for value in values] for era in ERAS}
    for element, form in enumerate(forms):
        if listed is None:
            low, high = form.bounds
            column = None
        else:
            column = np.unique(listed.reshape(len(listed), -1)[:, element])
            low, high = float(column[0]), float(column[-1])
        variants, openings = {}, {}
        for era in ERAS:
            possible = {text[element] for text in texts[era]}
            if listed is None:
                possible = possible_texts(possible, era, plain, low, high)
            openings[era] = first_open(printed[element][era], possible, low, high)
            if form.either_zero:
                openings[era], possible = (0, '-0'), {'-0.0', '0.0'}
            told = possible and (listed is not None or len(possible) == 1)
            variants[era] = sorted(possible) if told else None
        yield {'proof': BOUND if listed is None else EVERY, 'exact': form.exact.str(EXACT_DIGITS, radius=False), 'low': low,
               'high': high, 'radius': radius(form.exact, low, high), 'guaranteed_digits': guaranteed_digits(low, high),
               'printed': printed[element], 'variants': variants, 'open': openings,
               'possible': None if column is None else column.tolist()}
