"""Certificates: for each printed figure its exact value, what float64 evaluations can make of it, and the digits that follow.

Two proofs stand behind a row.  Affine forms (`streetlight.certify.affine`) enclose every conforming evaluation of every listing;
and where the evaluations are few enough to run one by one (`streetlight.certify.worlds`), their values are listed, and the
enclosure shrinks to them.
"""

import math
from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.certify.affine import AffineArithmetic
from streetlight.certify.forms import Undecided, as_ball, exact_precision
from streetlight.certify.worlds import TooManyWorlds, WorldsArithmetic, WorldsTrace
from streetlight.record.eras import printing
from streetlight.record.trace import Shown, Trace, trace_of

ERAS = ('1.13', '1.14')  # 2.0 prints the digits of 1.14
EXACT_DIGITS = 50
MOST_NEIGHBOURS = 2000


class Proof(NamedTuple):
    """A listing run on affine forms, as far as the enclosures decide it, and in all worlds, if these are few enough."""

    trace: Trace
    reason: str
    worlds: Trace | None
    peak: int


class Certificate(NamedTuple):
    """What is proved of one printed figure."""

    listing: str
    step: str
    name: str
    element: int | None
    era: str
    printed: str
    exact: str
    radius: float
    low: float
    high: float
    guaranteed_digits: int
    printed_guaranteed: list
    first_open: int | None
    may_be: str
    variants: list | None
    proof: str

    @property
    def address(self):
        """Where the figure stands: its step, its name and, of an array, its element."""
        name = self.name if self.element is None else f'{self.name}[{self.element}]'
        return f'{self.step} {name}'.strip()

    @property
    def guaranteed(self):
        """Whether every printed character is."""
        return all(self.printed_guaranteed)


def enclosed(listing, arithmetic=None):
    """Run a listing on affine forms: its trace, and why it ends early (empty if it does not)."""
    trace = Trace()
    with exact_precision():
        try:
            listing.run(arithmetic or AffineArithmetic(), trace)
        except Undecided as undecided:
            return trace, str(undecided)
    return trace, ''


@lru_cache(maxsize=None)
def proof_of(listing):
    """Both proofs of a listing.

    Parameters
    ----------
    listing : streetlight.book.Listing

    Returns
    -------
    Proof
        ``worlds`` is None where the evaluations are too many.
    """
    trace, reason = enclosed(listing)
    arithmetic, worlds = WorldsArithmetic(), WorldsTrace()
    try:
        listing.run(arithmetic, worlds)
    except TooManyWorlds:
        worlds = None
    return Proof(trace, reason, worlds, arithmetic.peak)


@lru_cache(maxsize=None)
def certificates(listing):
    """The certificates of all that a listing prints, element by element, in the eras 1.13 and 1.14.

    Returns
    -------
    list of Certificate
        In the order of printing; integers, which no rounding touches, are left out.
    reason : str
        Why there is no certificate for the rest, empty if there is no rest.
    """
    proof = proof_of(listing)
    plain = trace_of(listing, EmulatedArithmetic(left_to_right))
    rows = []
    with exact_precision():
        for number, line in enumerate(proof.trace.lines):
            for place, part in enumerate(line.parts):
                plain_value = plain.lines[number].parts[place]
                if isinstance(part, Shown) and np.asarray(plain_value.value).dtype.kind == 'f':
                    listed = proof.worlds.lines[number].parts[place].value if proof.worlds else None
                    step = proof.trace.steps[part.step]
                    rows += _figures(listing.id, step, np.ravel(part.value), plain_value.value, line.echo, listed)
    return rows, proof.reason


def _figures(listing, step, forms, plain, echo, listed):
    shape = np.shape(plain)
    place = ' '.join('%s=%s' % pair for pair in step.where)
    for era in ERAS:
        values = corners(forms, shape) if listed is None else [value if shape else value[()] for value in listed]
        texts = [tokens(value, era, echo) for value in values]
        printed = tokens(plain, era, echo)
        for element, form in enumerate(forms):
            if listed is None:
                low, high = form.bounds
                possible = _possible({text[element] for text in texts}, era, plain, low, high)
            else:
                column = listed.reshape(len(listed), -1)[:, element]
                low, high, possible = float(column.min()), float(column.max()), {text[element] for text in texts}
            open_at, may_be = _first_open(printed[element], possible, low, high)
            if form.either_zero:
                open_at, may_be, possible = 0, '-0', {'-0.0', '0.0'}
            yield Certificate(
                listing, place, step.name, element if shape else None, era, printed[element],
                form.exact.str(EXACT_DIGITS, radius=False), radius(form.exact, low, high), low, high, guaranteed_digits(low, high),
                [open_at is None or index < open_at for index in range(len(printed[element]))], open_at, may_be,
                sorted(possible) if possible and (listed is not None or len(possible) == 1) else None,
                'affine' if listed is None else 'every evaluation')


def _possible(ends, era, plain, low, high):
    """The texts that numbers between two may have, from the texts of both ends; None where they are too many to tell."""
    if np.ndim(plain) == 0 and era != '1.13':
        return shortest_texts(low, high)
    # rounded to a fixed precision: a step function, so equal at both ends means equal between them
    return ends if len(ends) == 1 and not _near_another_format(plain) else None


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


def radius(exact, low, high):
    """A bound on the distance of every evaluation from the exact value."""
    distance = max(float((as_ball(end) - exact).abs_upper()) for end in (low, high))
    return math.nextafter(distance, math.inf) if distance else 0.0


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
    if possible == {printed}:
        return None, ''
    texts = {printed, *(possible or _ends(printed, low, high))}
    index = next(index for index in range(max(map(len, texts))) if len({text[index:index + 1] for text in texts}) > 1)
    characters = sorted({text[index:index + 1] for text in texts})
    if possible is None and all(character.isdigit() for character in characters):
        characters = [str(digit) for digit in range(int(characters[0]), int(characters[-1]) + 1)]
    return index, ''.join(character or '_' for character in characters)


def _ends(printed, low, high):
    """The digits of both ends: a printed number lies within half an ulp of its value, so it starts as both of them do."""
    ends = (Decimal(math.nextafter(low, -math.inf)), Decimal(math.nextafter(high, math.inf)))
    return {as_notation(end, printed) for end in ends}


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


def all_certificates(book, names=()):
    """The certificates of the listings named, or of all: a dict of listing id to rows and reason."""
    return {listing.id: certificates(listing) for listing in book.listings if not names or listing.id in names}


def as_text(rows, reason):
    """Certificates as lines that a person can read and a diff can show."""
    lines = []
    for row in rows:
        lines.append(f'{row.address}  era {row.era}  printed {row.printed}')
        lines.append(f'    exact {row.exact}  radius {row.radius:.2g}  digits {row.guaranteed_digits}  by {row.proof}')
        if not row.guaranteed:
            variants = ' '.join(row.variants) if row.variants else f'from character {row.first_open + 1} on, one of {row.may_be}'
            lines.append(f'    may print {variants}')
    return '\n'.join([*lines, *([f'no certificate from here on: {reason}'] if reason else [])]) + '\n'


class Pinned(NamedTuple):
    """A row of a pinned certificate: what `as_text` wrote of a `Certificate`.

    ``first_open`` is the first character that may differ, None where all are guaranteed; ``variants`` are all prints that are
    possible, None where they are too many to list.
    """

    address: str
    era: str
    printed: str
    exact: str
    radius: str
    digits: int
    first_open: int | None
    variants: list | None


def read(text):
    """The rows of a pinned certificate, in order: a list of `Pinned`."""
    rows = []
    for line in text.splitlines():
        if not line.startswith(' ') and '  era ' in line:
            address, _, rest = line.partition('  era ')
            era, _, printed = rest.partition('  printed ')
            rows.append(Pinned(address, era, printed, '', '', 17, None, None))
        elif line.startswith('    exact '):
            exact, _, rest = line[len('    exact '):].partition('  radius ')
            radius, _, rest = rest.partition('  digits ')
            rows[-1] = rows[-1]._replace(exact=exact, radius=radius, digits=int(rest.split()[0]))
        elif line.startswith('    may print from character '):
            rows[-1] = rows[-1]._replace(first_open=int(line.split()[4]) - 1)
        elif line.startswith('    may print '):
            variants = line.split()[2:]
            texts = [rows[-1].printed, *variants]
            first = next(index for index in range(max(map(len, texts))) if len({each[index:index + 1] for each in texts}) > 1)
            rows[-1] = rows[-1]._replace(first_open=first, variants=variants)
    return rows
