"""What the listings print, number by number: the figures that a manuscript's may be."""

import time
from decimal import Decimal
from functools import lru_cache, wraps
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.certify.digits import guaranteed_digits, tokens
from streetlight.certify.programs import proofs_of
from streetlight.certify.record import ERAS, NONE
from streetlight.errata.manuscript import Line
from streetlight.errata.printed import numbers_of
from streetlight.errata.remembered import remembered
from streetlight.judge.pinned import pinned
from streetlight.record.eras import part_text
from streetlight.record.trace import Shown, address, trace_of

MOST_TEXTS = 64  # different arrays whose characters are compared; beyond, the enclosure decides


class Learning:
    """How many seconds of the processor's time went into what a book knows: the first text that asks waits for proofs."""

    seconds, since = 0.0, None


def learning(function):
    """Count a function's time as `Learning`; what it calls is counted with it."""

    @wraps(function)
    def timed(*arguments):
        if Learning.since is not None:
            return function(*arguments)
        Learning.since = time.process_time()
        try:
            return function(*arguments)
        finally:
            Learning.seconds, Learning.since = Learning.seconds + time.process_time() - Learning.since, None

    return timed


class Known(NamedTuple):
    """One number that a listing has: an element of a step of its trace, or a constant of its printed text.

    ``value`` is near enough to recognise it by; ``echo`` says that a notebook's result shows it;
    ``line`` is the printed line that it stands in, -1 where the listing names it but does not print it.
    """

    book: object
    listing: str
    step: int | None
    element: int | None
    name: str
    where: tuple
    value: float
    echo: bool
    line: int

    @property
    def address(self):
        """Where it stands: its step, name and, of an array, element."""
        return (address(self) + ('' if self.element is None else f'[{self.element}]')).strip()

    @property
    def remembered(self):
        """Whether all that is known of it is pinned, and nothing of it is computed."""
        return self.book.listing(self.listing).printed_alone


@lru_cache(maxsize=None)
@learning
def steps_of(book, id):
    """A listing's steps with its sums from left to right, on whatever machine, or as pinned: addresses, shapes, values to recognise."""
    return remembered(book, id).steps if book.listing(id).printed_alone else trace_plain(book, id).steps


@lru_cache(maxsize=None)
@learning
def trace_plain(book, id):
    return trace_of(book.listing(id), EmulatedArithmetic(left_to_right))


def elements(book, id, step, echo, line):
    """A `Known` for each element of a step."""
    where, name, value = steps_of(book, id)[step]
    shaped = np.ndim(value) > 0
    return [
        Known(book, id, step, element if shaped else None, name, where, float(number), echo, line)
        for element, number in enumerate(np.ravel(value))
    ]


@lru_cache(maxsize=None)
@learning
def script(book, id):
    """The numbers that a listing prints, in order: a list of `Known`."""
    if book.listing(id).printed_alone:
        return [_remembered(book, id, *each) for each in remembered(book, id).numbers]
    found = []
    for number, line in enumerate(trace_plain(book, id).lines):
        for part in line:
            if isinstance(part, Shown) and type(part.value) is not float:
                found += elements(book, id, part.step, part.echo, number)
            else:
                found += [
                    Known(book, id, None, None, '', (), float(each.value), False, number)
                    for each in numbers_of(Line(0, 0, part_text(part)))
                ]
    return found


def _remembered(book, id, line, step, element, value):
    if step is None:
        return Known(book, id, None, None, '', (), value, False, line)
    where, name, _ = steps_of(book, id)[step]
    return Known(book, id, step, element, name, where, value, False, line)


class Certified(NamedTuple):
    """What is proved of a `Known`.

    Attributes
    ----------
    exact : Decimal or None
        The value in real arithmetic, 50 digits; None where it is not known.
    low, high : float
        Every conforming evaluation lies between; where nothing is proved, all numbers that begin as the
        classes of the atlas all do, or lie no farther from these than they do from each other.
    values : tuple of float, or None
        All of them, where they can be listed.
    texts : dict of str to frozenset
        By era, what they print; None where they are too many.
    digits : int
        How many significant digits all evaluations round alike; where nothing is proved, all classes.
    proved : bool
    """

    exact: Decimal | None
    low: float
    high: float
    values: tuple | None
    texts: dict
    digits: int
    proved: bool = True


@lru_cache(maxsize=None)
@learning
def certified(known):
    """The `Certified` of a `Known`; None past the point to which its listing's proof goes.

    Constants, and integers that no rounding touches, are certified to be themselves.
    """
    if known.step is None:
        value = Decimal(repr(known.value)).normalize()
        return Certified(value, known.value, known.value, (known.value,), {era: frozenset([f'{value:f}']) for era in ERAS}, 17)
    record = pinned(known.book).record(known.listing, known.address)
    if record:
        return _seen(record) if record.proof == NONE and known.remembered else _recorded(record)
    value = np.ravel(steps_of(known.book, known.listing)[known.step].value)[known.element or 0]
    proof = proofs_of(known.book.listing(known.listing)).get(address(known))
    if (proof is None and value.dtype.kind == 'f') or (proof is not None and proof.proof == NONE):
        return None
    if proof is None:
        return Certified(Decimal(int(value)), float(value), float(value), (float(value),), {}, 17)
    element = known.element or 0
    low, high = (float(np.ravel(end)[element]) for end in (proof.low, proof.high))
    values = (low,) if low == high else None
    if proof.values is not None:
        values = tuple(np.unique(proof.values.reshape(len(proof.values), -1)[:, element]).tolist())
    exact = Decimal(proof.exact[element]) if proof.exact else None
    return Certified(exact, low, high, values, _texts(known, proof.values, element), guaranteed_digits(low, high))


def _recorded(record):
    """The `Certified` of a number whose record is pinned."""
    if record.proof == NONE:
        return None
    values = (record.low,) if record.low == record.high else tuple(record.possible) if record.possible else None
    texts = {era: frozenset(found) if found else None for era, found in record.variants.items()}
    if record.echo and record.element is None and values:  # a reader may print what the listing echoes
        for era, found in texts.items():
            texts[era] = (found or frozenset()) | {tokens(np.float64(value), era, False)[0] for value in values}
    exact = None if record.exact is None else Decimal(record.exact)
    return Certified(exact, record.low, record.high, values, texts, record.guaranteed_digits)


def _seen(record):
    """The `Certified` of a number of which nothing is proved: by what the classes of the atlas have, and samples, and as far again."""
    seen = [*record.values, *(record.variants[ERAS[-1]] or ())]
    values = [float(value) for value in seen]
    low, high, digits = agreed([Decimal(value) for value in seen])
    apart = max(values) - min(values)
    low, high = min(low, min(values) - apart), max(high, max(values) + apart)
    values = (low,) if low == high else None
    return Certified(None, low, high, values, {era: frozenset(record.prints[era]) for era in ERAS}, digits, False)


def agreed(values):
    """All numbers that begin with the digits with which some all do: between what they lie, and how many these digits are."""
    if len(set(values)) == 1:
        return float(values[0]), float(values[0]), 17
    top = max(value.adjusted() for value in values if value)
    if len({value.is_signed() for value in values}) > 1:
        return -(10.0 ** (top + 1)), 10.0 ** (top + 1), 0
    digits = 0
    while len({abs(value) // Decimal((0, (1,), top - digits)) for value in values}) == 1:
        digits += 1
    unit = Decimal((0, (1,), top + 1 - digits))
    near = abs(values[0]) // unit * unit
    low, high = sorted(float(each.copy_sign(values[0])) for each in (near, near + unit))
    return low, high, digits


def _texts(known, worlds, element):
    if worlds is None:
        record = pinned(known.book).record(known.listing, known.address)
        return {era: frozenset(texts) if texts else None for era, texts in record.variants.items()} if record else {}
    if len(worlds) > MOST_TEXTS and worlds.ndim > 1:
        return {}
    values = [value if worlds.ndim > 1 else value[()] for value in worlds]
    return {era: frozenset(tokens(value, era, echo)[element] for value in values for echo in {False, known.echo}) for era in ERAS}


@lru_cache(maxsize=None)
@learning
def spread(known):
    """How far, relatively, machines may lie apart in a number of which nothing is proved; 0 where that is negligible."""
    if not known.remembered or known.step is None or not known.value:
        return 0.0
    found = certified(known)
    return 0.0 if found.proved else min((found.high - found.low) / abs(known.value), 1.0)
