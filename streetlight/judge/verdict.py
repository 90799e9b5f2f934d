"""Judge a recording: pinned, explained or unexplained, and where it first departs from what its dots predict."""

from typing import NamedTuple, Optional

import numpy as np

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic
from streetlight.judge.functions import NotComputable, computed
from streetlight.judge.pinned import Model, pinned
from streetlight.judge.squares import LIBRARY, ROUNDED, NotingArithmetic, unproved_squares
from streetlight.record.eras import EraError, as_printed_by, printed_text
from streetlight.record.trace import address, digest, hexadecimal, trace_of

PINNED, EXPLAINED, COPIED, UNEXPLAINED = 'pinned', 'explained', 'copied', 'unexplained'


class Divergence(NamedTuple):
    """The first element in which two traces of one listing differ; ``number`` steps before it are equal."""

    listing: str
    step: str
    element: int
    values: tuple
    before: Optional[str]
    number: int

    @property
    def ulps(self):
        return ulps_between(*self.values)

    def __str__(self):
        first, second = self.values
        distance = 'not comparable' if self.ulps is None else f'{self.ulps} ulp apart'
        lines = [
            f'{self.listing}: first difference at {self.step}, element {self.element}',
            f'    {first!r:<26} {float(first).hex()}',
            f'    {second!r:<26} {float(second).hex()}   {distance}',
        ]
        return '\n'.join(lines + ([f'    all is equal up to {self.before}'] if self.before else ['    nothing comes before it']))


class Judgement(NamedTuple):
    """The verdict on one listing of a recording."""

    listing: str
    verdict: str
    letter: Optional[str]
    reason: str
    divergence: Optional[Divergence] = None


def ulps_between(a, b):
    """How many float64 numbers lie between ``a`` and ``b``, one end counted; None if one of them is not a number."""
    if np.isnan(a) or np.isnan(b):
        return None
    ordinals = []
    for x in (a, b):
        bits = int(np.float64(x).view(np.int64))
        ordinals.append(bits if bits >= 0 else -(bits & 0x7FFFFFFFFFFFFFFF))
    return abs(ordinals[0] - ordinals[1])


def same_bits(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype == b.dtype:
        return a.tobytes() == b.tobytes()
    return hexadecimal(a) == hexadecimal(b)


def first_divergence(listing, first, second):
    """Where two step lists of a listing first differ; None where they are equal to the bit.

    Raises
    ------
    ValueError
        If they are not of the same program: their addresses or shapes differ.
    """
    if len(first) != len(second):
        raise ValueError(f'{len(first)} steps of {listing} against {len(second)}')
    for number, (one, other) in enumerate(zip(first, second)):
        named_alike = one[:2] == other[:2] or address(one) == address(other)  # what is read back has texts for numbers
        if not named_alike or np.shape(one.value) != np.shape(other.value):
            raise ValueError(f'{address(one)} of {listing} against {address(other)}')
        if not same_bits(one.value, other.value):
            bits = zip(hexadecimal(one.value), hexadecimal(other.value))
            element = next(index for index, (a, b) in enumerate(bits) if a != b)
            values = tuple(float(np.ravel(step.value)[element]) for step in (one, other))
            before = address(first[number - 1]) if number else None
            return Divergence(listing, address(one), element, values, before, number)
    return None


def predict(book, accumulations, squares):
    """Run every listing of a book on an emulated accumulation: a dict of listing id to `Trace`."""
    arithmetic = EmulatedArithmetic(accumulations, squares)
    return {listing.id: trace_of(listing, arithmetic) for listing in book.listings}


def judge(book, recording):
    """Judge every listing of a recording: pinned, or `explain`.

    Parameters
    ----------
    book : streetlight.book.Book
    recording : streetlight.judge.tracefile.Recording

    Returns
    -------
    list of Judgement
        In the listings' order.
    """
    arithmetic = own_arithmetic(recording)
    return [
        _pinned(listing, recording) or _explain(listing, recording, arithmetic)
        for listing in book.listings
        if listing.id in recording.listings
    ]


def _pinned(listing, recording):
    """The judgement by what is pinned; None where the class is not."""
    recorded = recording.listings[listing.id]
    known = pinned(listing.book)
    letter = known.class_of(listing.id, recorded.digest)
    if letter is None:
        return None
    text = as_printed_by(recording.numpy, known.printed(listing.id, letter, recorded.era))
    return with_text(listing.id, recorded, text, PINNED, letter, f'class {letter}')


def explain(book, recording):
    """Judge every listing by the recording's own accumulations and squares, whatever is pinned.

    Parameters
    ----------
    book : streetlight.book.Book
    recording : streetlight.judge.tracefile.Recording

    Returns
    -------
    list of Judgement
        Explained where they predict every bit and the printed text, else unexplained with the first step that differs.
    """
    arithmetic = own_arithmetic(recording)
    return [
        _predict_plain(listing, recording) if listing.printed_alone else _explain(listing, recording, arithmetic)
        for listing in book.listings
        if listing.id in recording.listings
    ]


def _predict_plain(listing, recording):
    """The judgement on a plain listing, which may take minutes: its accumulations and functions are emulated."""
    recorded = recording.listings[listing.id]
    model = Model(recording.accumulations, recording.squares)
    reason = not_predicted(listing, model, recording.environment.get('functions', {}), recorded.digest)
    if reason:
        return Judgement(listing.id, COPIED, None, reason)
    return Judgement(listing.id, EXPLAINED, None, 'a new class; its accumulations and functions predict every bit')


def not_predicted(listing, model, functions, digest_of_class):
    """Why an environment's accumulations and functions do not predict its trace of a plain listing; empty where they do.

    Parameters
    ----------
    listing : streetlight.listing.Listing
    model : streetlight.judge.pinned.Model
    functions : dict of str to str
        As `streetlight.record.functions.functions` tells them.
    digest_of_class : str
        Of the trace.

    Returns
    -------
    str
    """
    try:
        predicted = digest(trace_of(listing, EmulatedArithmetic(*model, computed(functions))).steps)
    except (AccumulationError, NotComputable) as error:
        return str(error)
    return '' if predicted == digest_of_class else 'its accumulations and functions predict other bits'


def own_arithmetic(recording):
    """The emulation of a recording's own accumulations, and of its squares as far as a ``pow`` can give them."""
    bad = unproved_squares(recording.squares)
    return NotingArithmetic(recording.accumulations, {x: square for x, square in recording.squares.items() if x not in bad})


def _explain(listing, recording, arithmetic):
    recorded = recording.listings[listing.id]
    if listing.printed_alone:
        return Judgement(listing.id, COPIED, None, 'a new class; what it prints is copied from the recording, which only `atlas` predicts')
    arithmetic.noted = {}
    try:
        predicted = trace_of(listing, arithmetic)
        divergence = first_divergence(listing.id, recorded.steps, predicted.steps)
    except AccumulationError as error:
        return Judgement(listing.id, UNEXPLAINED, None, str(error))
    except ValueError as error:
        return Judgement(listing.id, UNEXPLAINED, None, f'recorded by another version of the listing: {error}')
    if divergence:
        return Judgement(listing.id, UNEXPLAINED, None, 'its own accumulations predict other bits', divergence)
    try:
        text = as_printed_by(recording.numpy, printed_text(predicted, recorded.era))
    except EraError as error:
        return Judgement(listing.id, UNEXPLAINED, None, f'the printed text cannot be checked here: {error}')
    return with_text(listing.id, recorded, text, EXPLAINED, None, f'a new class; {_explanation(arithmetic)}')


def _explanation(arithmetic):
    """What gave every bit: predicted and copied are two things."""
    if arithmetic.rule == ROUNDED:
        return 'its accumulations predict every bit'
    if arithmetic.rule == LIBRARY:
        return "its accumulations, and this machine's pow, predict every bit"
    return f'its accumulations predict every bit but those of {arithmetic.copied} squares, copied from the recording'


def with_text(listing, recorded, text, verdict, letter, reason):
    if recorded.printed == text:
        return Judgement(listing, verdict, letter, reason)
    lines = zip(recorded.printed.splitlines() + [''], text.splitlines() + [''])
    number, (got, expected) = next((n, pair) for n, pair in enumerate(lines, 1) if pair[0] != pair[1])
    return Judgement(
        listing, UNEXPLAINED, letter, f'equal bits, another text: line {number} is {got!r}, era {recorded.era} prints {expected!r}'
    )
