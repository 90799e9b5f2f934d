"""From an enclosure of a number to what may be printed of it: digits, characters, texts."""

import math
from decimal import Context, Decimal

import numpy as np

from streetlight.record.eras import printing

MOST_NEIGHBOURS = 2000
FULL = 17  # significant digits tell every float64 number apart


def possible_texts(ends, era, plain, low, high):
    """The texts that numbers between two may have, from the texts of both ends; None where too many."""
    if np.ndim(plain) == 0 and era != '1.13':
        return shortest_texts(low, high)
    # rounded to a fixed precision: a step function, so equal at both ends means equal between them
    return ends if len(ends) == 1 and not _near_another_format(plain) else None


def tokens(value, era, echo):
    """The characters that an era prints for each element of a value."""
    with printing(era):
        text = repr(value) if echo else str(value)
    for mark in ('array(', 'np.float64(', '[', ']', '(', ')', ','):
        text = text.replace(mark, ' ')
    return text.split()


def _near_another_format(array):
    """Whether NumPy's choice between fixed and exponent notation could turn on an array's last bits."""
    sizes = np.abs(array[array != 0])
    if not sizes.size:
        return False
    thresholds = ((sizes.max(), 1e8), (sizes.min(), 1e-4), (sizes.max() / sizes.min(), 1000.0))
    return any(abs(size / threshold - 1) < 1e-9 for size, threshold in thresholds)


def shortest_texts(low, high):
    """What the shortest round-trip notation may be between two numbers; None where too many to write."""
    texts, x = set(), low
    for _ in range(MOST_NEIGHBOURS):
        texts.add(str(np.float64(x)))
        if x >= high:
            return texts
        x = math.nextafter(x, math.inf)
    return None


def first_open(printed, possible, low, high):
    """The first printed character that may differ, and which may stand there; None where none may.

    Parameters
    ----------
    printed : str
    possible : collection of str, or None
        All texts that are possible; None where they are too many, and the enclosure tells.
    low, high : float

    Returns
    -------
    tuple of (int, str), or None
        Where a possible text only goes on behind the printed one, the index is the printed length.
    """
    texts = {printed, *(_ends(printed, low, high) if possible is None else possible)}
    if possible is not None and len(texts) == 1:
        return None
    longest = max(map(len, texts))
    index = next((index for index in range(longest) if len({text[index : index + 1] for text in texts}) > 1), longest)
    characters = sorted({text[index : index + 1] for text in texts})
    if possible is None and all(character.isdigit() for character in characters):
        apart = len({notation_of(text) for text in texts}) > 1  # such as 7.5 and 12.5, between which lies 9.5
        first, last = (0, 9) if apart else (int(characters[0]), int(characters[-1]))
        characters = [str(digit) for digit in range(first, last + 1)]
    return index, ''.join(character or '_' for character in characters)


def notation_of(text):
    """What the digits of a printed number mean by their place: how many stand before its point, and its exponent."""
    mantissa, _, exponent = text.partition('e')
    return len(mantissa.partition('.')[0]), exponent


def _ends(printed, low, high):
    """Both ends' digits: a printed number lies within half an ulp of its value, so it starts as both do."""
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
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0
    for digits in range(FULL, 0, -1):
        context = Context(prec=digits)
        if context.create_decimal(Decimal(low)) == context.create_decimal(Decimal(high)):
            return digits
    return 0
