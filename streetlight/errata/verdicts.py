"""Verdicts: what a printed number is, beside the number that its listing has there.

``exact`` and ``rounded`` mean the correct rounding of every value in the certified set, ``environment`` that of some of them
or of a class of the atlas, ``truncated`` their first digits, cut, and ``wrong`` none of these.
"""

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from streetlight.errata.by_class import class_texts, classes
from streetlight.errata.known import certified
from streetlight.errata.printed import plain

EXACT, ROUNDED, TRUNCATED, ENVIRONMENT, WRONG, UNMATCHED = 'exact', 'rounded', 'truncated', 'environment', 'wrong', 'unmatched'
VERDICTS = (EXACT, ROUNDED, TRUNCATED, ENVIRONMENT, WRONG, UNMATCHED)

ERA_DIGITS, DIGITS = 12, 17  # that Python prints of a float: up to NumPy 1.13, and at most

_WIDE = Context(prec=1000)


class Verdict(NamedTuple):
    """A verdict, the era and the classes that print the characters, and how many digits are guaranteed."""

    verdict: str
    eras: tuple
    letters: tuple
    guaranteed_digits: int


@lru_cache(maxsize=100_000)
def verdict_of(text, known):
    """The `Verdict` on the characters of a number, claimed to be a listing's.

    Parameters
    ----------
    text : str
    known : streetlight.errata.known.Known
    """
    proved = certified(known)
    if proved is None:
        return Verdict(UNMATCHED, (), (), 0)
    return verdict_on(plain(text), proved, classes(known), class_texts(known))


def verdict_on(text, proved, classes=(), class_texts=()):
    """The `Verdict` on the characters of a number, by what is proved of it.

    Parameters
    ----------
    text : str
        As Python writes it.
    proved : streetlight.errata.known.Certified
    classes, class_texts : dict, optional
        What the classes of an atlas have, and print: as the functions of `streetlight.errata.known` give them.
    """
    classes, class_texts = dict(classes), dict(class_texts)
    eras = tuple(era for era, texts in proved.texts.items() if texts and any(same_number(text, each) for each in texts))
    everywhere = tuple(era for era in eras if all(same_number(text, each) for each in proved.texts[era]))
    if everywhere:
        return Verdict(EXACT, everywhere, (), proved.digits)
    number = Decimal(text)
    if not eras and all(is_rounding(number, Decimal(value)) for value in (proved.low, proved.high)):
        return Verdict(ROUNDED, (), (), proved.digits)
    printing = [found for texts in class_texts.values() for each, found in texts.items() if same_number(text, each)]
    letters = tuple(sorted({letter for found in printing for letter in found}))
    if eras or letters:
        return Verdict(ENVIRONMENT, eras, letters, proved.digits)
    near = tuple(letter for letter, value in classes.items() if is_rounding(number, Decimal(value)))
    if rounds_some(number, proved) or rounds_to_shown(number, proved):
        beyond = number != 0 and len(number.as_tuple().digits) > proved.digits
        return Verdict(ENVIRONMENT, (), near, proved.digits) if beyond else Verdict(ROUNDED, (), (), proved.digits)
    if near:
        return Verdict(ENVIRONMENT, (), near, proved.digits)
    if number and any(number == cut(Decimal(repr(value)), number.as_tuple().exponent) for value in ends(proved)):
        return Verdict(TRUNCATED, (), (), proved.digits)
    return Verdict(WRONG, (), (), proved.digits)


def same_number(text, other):
    """Whether two prints have the same digits: the sign of a zero counts, and a lost leading or trailing zero does not."""
    if text == other:
        return True
    one, two = Decimal(text), Decimal(other)
    if one != two or one.is_signed() != two.is_signed():
        return False
    return (
        one == 0
        or (one.normalize() == two.normalize() and (one.as_tuple().exponent >= 0) == (two.as_tuple().exponent >= 0))
        or ('.' not in text and '.' not in other)
        or ('.' in text and '.' in other)
    )


def ends(proved):
    return proved.values if proved.values and len(proved.values) <= 64 else (proved.low, proved.high)


def roundings(value, quantum):
    """The correct roundings of a real number to the digits above 10**quantum: two, where it lies half way."""
    if quantum > 0 and value == 0:
        return {value}
    unit = Decimal((0, (1,), quantum))
    return {value.quantize(unit, rounding=mode, context=_WIDE) for mode in (ROUND_HALF_UP, ROUND_HALF_DOWN)}


def cut(value, quantum):
    return value.quantize(Decimal((0, (1,), quantum)), rounding=ROUND_DOWN, context=_WIDE)


def is_rounding(number, value):
    """Whether a number is a real one's correct rounding: a zero that stands for a zero has its sign, another may have either."""
    signed = number != 0 or value != 0 or number.is_signed() == value.is_signed()
    return signed and number in roundings(value, number.as_tuple().exponent)


def rounds_some(number, proved):
    """Whether a number is the rounding of any value that is proved possible."""
    unit = 10.0 ** min(max(number.as_tuple().exponent, -300), 308)
    near = [value for value in proved.values or (proved.low, proved.high) if abs(value - float(number)) <= unit]
    if any(is_rounding(number, Decimal(value)) for value in near):
        return True
    low, high = (roundings(Decimal(value), number.as_tuple().exponent) for value in (proved.low, proved.high))
    return proved.values is None and min(low) <= number <= max(high)


def rounds_to_shown(number, proved):
    """Whether it rounds what an era prints, where that lies half way between two roundings: a reader rounds what he sees."""
    shown = {Decimal(text) for texts in proved.texts.values() if texts for text in texts}
    return any(len(both) == 2 and number in both for both in (roundings(value, number.as_tuple().exponent) for value in shown))


def tells_rounding(text, known):
    """Whether a figure is rounded where cutting would give other digits."""
    number = Decimal(plain(text))
    return number != 0 and all(number != cut(Decimal(repr(value)), number.as_tuple().exponent) for value in ends(certified(known)))


def expected(text, known, era):
    """The characters that should stand in the place of ``text``, as Python prints them.

    A number with all its digits is given all of them, in its own era; another as many decimals as it has.

    Returns
    -------
    str
    """
    text = plain(text)
    number = Decimal(text)
    digits = len(number.as_tuple().digits)
    value = known.value if known.step is None else next(iter(classes(known).values()), certified(known).low)
    if 'e' not in text.lower():
        own = _all_digits(known, era)
        if own and digits >= 8 and abs(len(own) - len(text)) <= 1 and (digits <= ERA_DIGITS or 'e' in own):
            return own
        if ERA_DIGITS < digits <= DIGITS:
            return repr(float(value))
    exact = Decimal(repr(value) if known.step is None else value)
    if exact != 0 and number.as_tuple().exponent > exact.adjusted():  # its digits would all be lost: keep as many as it has
        return f'{Context(prec=max(digits, 1)).create_decimal(exact)}'
    if 'e' in text.lower():
        places = len(text.lower().partition('e')[0].partition('.')[2])
        return f'{value:.{places}e}'
    rounded = exact.quantize(Decimal((0, (1,), min(number.as_tuple().exponent, 0))), rounding=ROUND_HALF_EVEN, context=_WIDE)
    sign = '-' if exact.is_signed() and not rounded.is_signed() else ''
    written = sign + f'{rounded:f}' + ('.' if text.endswith('.') else '')
    return written.replace('0.', '.', 1) if text.lstrip('-').startswith('.') else written


def _all_digits(known, era):
    """What most machines print of a number in an era; empty where that is not known."""
    by_class = class_texts(known).get(era)
    return next(iter(by_class)) if by_class else min(certified(known).texts.get(era) or (), default='')
