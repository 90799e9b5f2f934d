"""Slips: how one who copies a number gets it wrong, once."""

from decimal import Context, Decimal
from functools import lru_cache

from streetlight.errata.by_class import classes
from streetlight.errata.known import certified

# for each digit: 9 others, 10 that may be put in before it, itself left out, itself and the next
# exchanged; a sign and a moved point are among the rest
CHOICES = 24

# digits that agree behind a slip in a number of which nothing is proved: another machine's would, by chance, four times in a thousand
AFTER = 3

_CONTEXT = Context(prec=400)


@lru_cache(maxsize=50_000)
def is_slip(text, known):
    """Whether one slip parts a number from a known one, in the precision that it is printed in.

    Parameters
    ----------
    text : str
        As Python writes it.
    known : streetlight.errata.known.Known
    """
    proved = certified(known)
    shown = {Decimal(repr(float(value))) for value in (known.value, *classes(known).values())}
    return is_slip_of(text, {Decimal(proved.low), Decimal(proved.high)} | shown)


def is_slip_of(text, values):
    """Whether one slip parts a number, as Python writes it, from any of some values."""
    number = Decimal(text)
    if not number or len(number.as_tuple().digits) > 40:
        return False
    return any(_parts(number, value, _one_edit, (False, True)) for value in values)


def is_lone_slip(text, value):
    """Whether one slip parts a number from a value of which nothing is proved: digits of no machine's choice follow it."""
    number = Decimal(text)
    return len(number.as_tuple().digits) > AFTER and _parts(number, value, _goes_on, (False,))


def _parts(number, value, edited, cuts):
    """Whether a moved point, a lost sign, or an edit of the digits, rounded or cut, parts a number from a value."""
    if not value:
        return False
    if _is_moved(number, value) or (number.is_signed() != value.is_signed() and _same(-number, value)):
        return True
    _, digits, quantum = number.as_tuple()
    written = ''.join(map(str, digits))
    right = {_digits(value, quantum + shift, cut) for shift in (-1, 0, 1) for cut in cuts}
    return number.is_signed() == value.is_signed() and any(edited(written, other) for other in right)


def _goes_on(one, other):
    """Whether `AFTER` digits agree behind the first that differs: another, put in, left out, or exchanged with the next."""
    at = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), None)
    if at is None:
        return False
    swapped = one[at : at + 2] == other[at : at + 2][::-1]
    tails = [(at + 1, at + 1), (at + 1, at), (at, at + 1), *[(at + 2, at + 2)] * swapped]
    return any(len(one[a : a + AFTER]) == AFTER and one[a : a + AFTER] == other[b : b + AFTER] for a, b in tails)


def _digits(value, quantum, cut):
    """The digits of a value above 10**quantum, rounded or cut."""
    scaled = abs(value).scaleb(-quantum, context=_CONTEXT)
    rounding = 'ROUND_DOWN' if cut else 'ROUND_HALF_EVEN'
    return str(int(scaled.to_integral_value(rounding=rounding))) if scaled < 10**40 else ''


def _same(number, value):
    unit = Decimal((0, (1,), number.as_tuple().exponent))
    return abs(number - value) * 2 <= unit * Decimal('1.000001')


def _is_moved(number, value):
    """Whether the point has moved: the digits are right."""
    if number.is_signed() != value.is_signed() or number.adjusted() == value.adjusted():
        return False
    shift = value.adjusted() - number.adjusted()
    return abs(shift) <= 6 and any(_same(number.scaleb(each), value) for each in (shift - 1, shift, shift + 1) if each)


def _one_edit(one, other):
    """Whether one digit is another, is put in, is left out, or changes places with its neighbour."""
    if not other:
        return False
    short, long = sorted((one, other), key=len)
    left_out = len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    return left_out or _replaced(short.zfill(len(long)), long)


def _replaced(one, other):
    out = [at for at in range(len(one)) if one[at] != other[at]]
    if len(out) == 2 and out[1] == out[0] + 1:
        first, second = out
        return one[first] == other[second] and one[second] == other[first]
    return len(out) == 1
