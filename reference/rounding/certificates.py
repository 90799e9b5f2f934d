"""Certificates: for each printed figure its exact value, a bound on every float64 evaluation, and the digits that follow."""

import math
from decimal import Context, Decimal
from typing import NamedTuple

import numpy as np

from reference.listings import LISTINGS
from reference.record.eras import printing
from reference.record.trace import Shown, Trace, trace_of
from reference.rounding.accumulation import EmulatedArithmetic, left_to_right
from reference.rounding.affine import AffineArithmetic, Undecided, as_ball, exact_precision

ERAS = ('1.13', '1.14')  # 2.0 prints the digits of 1.14
EXACT_DIGITS = 50
MOST_NEIGHBOURS = 2000


class Certified(NamedTuple):
    """A listing run on affine forms: its trace as far as the enclosures decide it, and why it ends where it does."""

    trace: Trace
    reason: str


class Certificate(NamedTuple):
    """What is proved of one printed figure."""

    listing: str
    step: str
    name: str
    element: int
    era: str
    printed: str
    exact: str
    radius: float
    low: float
    high: float
    guaranteed_digits: int
    printed_guaranteed: list
    first_open: int
    may_be: str

    @property
    def guaranteed(self):
        """Whether every printed character is."""
        return all(self.printed_guaranteed)


def certified(listing, arithmetic=None):
    """Run a listing on affine forms.

    Parameters
    ----------
    listing : reference.listings.Listing
    arithmetic : reference.rounding.affine.AffineArithmetic, optional

    Returns
    -------
    Certified
        ``reason`` is empty where the listing ran to its end.
    """
    trace = Trace()
    with exact_precision():
        try:
            listing.run(arithmetic or AffineArithmetic(), trace)
        except Undecided as undecided:
            return Certified(trace, str(undecided))
    return Certified(trace, '')


def certificates(listing):
    """The certificates of all that a listing prints, element by element, in the eras 1.13 and 1.14.

    Returns
    -------
    list of Certificate
        In the order of printing; integers, which no rounding touches, are left out.
    reason : str
        Why there is no certificate for the rest, empty if there is no rest.
    """
    proof = certified(listing)
    plain = trace_of(listing, EmulatedArithmetic(left_to_right))
    rows = []
    with exact_precision():
        for line, plain_line in zip(proof.trace.lines, plain.lines):
            for part, plain_part in zip(line.parts, plain_line.parts):
                if isinstance(part, Shown) and np.asarray(plain_part.value).dtype.kind == 'f':
                    step = proof.trace.steps[part.step]
                    rows += _figures(listing.id, step, np.ravel(part.value), plain_part.value, line.echo)
    return rows, proof.reason


def _figures(listing, step, forms, plain, echo):
    for era in ERAS:
        texts = [tokens(value, era, echo) for value in (plain, *corners(forms, np.shape(plain)))]
        for element, form in enumerate(forms):
            printed, low_text, high_text = (text[element] for text in texts)
            steady = np.ndim(plain) == 0 or not _near_another_format(plain)
            yield _certificate(listing, step, element if np.ndim(plain) else None, era, printed, form,
                               {low_text, high_text} if steady else None, np.ndim(plain) == 0)


def corners(forms, shape):
    """The arrays of all lowest and all highest values, in the shape that is printed."""
    low, high = (np.array([form.bounds[side] for form in forms]).reshape(shape) for side in (0, 1))
    return (low[()], high[()]) if shape == () else (low, high)


def tokens(value, era, echo):
    """The characters that an era prints for each element of a value."""
    with printing(era):
        text = repr(value) if echo else str(value)
    for mark in ('array(', 'np.float64(', '[', ']', '(', ')', ','):
        text = text.replace(mark, ' ')
    return text.split()


def _near_another_format(array):
    """Whether NumPy's choice between fixed and exponent notation could turn on the last bits of an array's elements."""
    sizes = np.abs(array[array != 0])
    if not sizes.size:
        return False
    thresholds = ((sizes.max(), 1e8), (sizes.min(), 1e-4), (sizes.max() / sizes.min(), 1000.0))
    return any(abs(size / threshold - 1) < 1e-9 for size, threshold in thresholds)


def _certificate(listing, step, element, era, printed, form, corner_texts, scalar):
    low, high = form.bounds
    if scalar and era != '1.13':
        possible = shortest_texts(low, high)
    else:  # rounded to a fixed precision: a step function, so equal at both ends means equal between them
        possible = corner_texts or set()
    open_at, may_be = _first_open(printed, possible, low, high)
    if form.either_zero or (low == high == 0 and not form.fixed):
        open_at, may_be = 0, '-0'
    guaranteed = [open_at is None or index < open_at for index in range(len(printed))]
    place = ' '.join('%s=%s' % pair for pair in step.where)
    return Certificate(listing, place, step.name, element, era, printed, form.exact.str(EXACT_DIGITS, radius=False), radius(form), low, high,
                       guaranteed_digits(low, high), guaranteed, open_at, may_be)


def radius(form):
    """A bound on the distance of every evaluation from the exact value."""
    distance = float((as_ball(form.centre) - form.exact).abs_upper())
    return math.nextafter(distance + (0.0 if form.fixed else form.noise.radius), math.inf) if distance or not form.fixed else 0.0


def shortest_texts(low, high):
    """What the shortest round-trip notation may be between two numbers; None where they are too many to write."""
    texts, x = set(), low
    for _ in range(MOST_NEIGHBOURS):
        texts.add(str(np.float64(x)))
        if x >= high:
            return texts
        x = math.nextafter(x, math.inf)
    return None


def _first_open(printed, possible, low, high):
    """The first printed character that may differ, and what may stand there; None where all are guaranteed."""
    if possible is None:
        # a printed number lies within half an ulp of its value, so its digits start as both ends' do
        ends = [Decimal(math.nextafter(low, -math.inf)), Decimal(math.nextafter(high, math.inf))]
        possible = {as_notation(end, printed) for end in ends}
    elif possible == {printed}:
        return None, ''
    if not possible:
        return 0, '?'
    texts = {printed, *possible}
    index = next(index for index in range(max(map(len, texts))) if len({text[index:index + 1] for text in texts}) > 1)
    characters = sorted({text[index:index + 1] for text in texts})
    if all(character.isdigit() for character in characters):
        characters = [str(digit) for digit in range(int(characters[0]), int(characters[-1]) + 1)]
    return (min(index, len(printed)), ''.join(character or '_' for character in characters))


def as_notation(number, printed):
    """A decimal number with 25 digits, in fixed or exponent notation as ``printed`` is."""
    digits = Context(prec=25).create_decimal(number)
    if 'e' in printed:
        mantissa, _, exponent = f'{digits:.24e}'.partition('e')
        return f'{mantissa}e{int(exponent):+03d}'
    return f'{digits:f}'


def guaranteed_digits(low, high):
    """The most significant digits, up to 17, to which all numbers between two are rounded alike."""
    for digits in range(17, 0, -1):
        context = Context(prec=digits)
        if context.create_decimal(Decimal(low)) == context.create_decimal(Decimal(high)):
            return digits
    return 0


def all_certificates(names=()):
    """The certificates of the listings named, or of all: a dict of listing id to rows and reason."""
    return {listing.id: certificates(listing) for listing in LISTINGS if not names or listing.id in names}


