"""From enclosures to characters: what each printed number may be, on every conforming machine."""

import math
import re
from typing import NamedTuple

import numpy as np

from streetlight.certify.digits import notation_of

NUMBER = re.compile(r'[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?\b(?:nan|inf)\b')
WORD = re.compile(NUMBER.pattern + r'|\b(?:True|False)\b')
#: Digits that are no numbers of the program's: names of types, addresses, shapes.
HIDDEN = re.compile(r'\b(?:float|u?int|bool|complex)\d+\b|dtype=\S+|<[^<>]* at 0x[0-9a-fA-F]+>|shape=\([\d, ]*\)')
MOST_NEIGHBOURS = 500


class Enclosed(NamedTuple):
    """What may stand for one rendering: its numbers' places in the text, and the same of both ends."""

    low: np.ndarray
    high: np.ndarray
    proof: str
    reason: str
    tokens: list
    variants: list
    open_at: list


def significant(text):
    """How many significant digits a printed number has."""
    mantissa = re.split('[eE]', text)[0]
    return len(mantissa.replace('.', '').lstrip('+-').lstrip('0')) or 1


def tokens_of(text, pattern=WORD):
    """The places of the numbers in a text of numbers: pairs of start and stop."""
    hidden = re.sub(HIDDEN, lambda match: ' ' * len(match.group()), text)
    return [match.span() for match in pattern.finditer(hidden)]


def element_order(rendering):
    """Which elements an array's text shows, in order; NumPy leaves some out of a long one."""
    value = rendering.value
    if np.ndim(value) == 0:
        return [0]
    marks = np.arange(value.size).reshape(value.shape)
    shown = rendering.write(marks)
    return [int(shown[a:b]) for a, b in tokens_of(shown)]


def open_character(printed, variants):
    """The first character at which variants part from what is printed; None where none does."""
    texts = {printed, *variants}
    if len(texts) == 1:
        return None
    longest = max(map(len, texts))
    return next(at for at in range(longest) if len({text[at : at + 1] for text in texts}) > 1)


def enclosed(rendering, low, high, proof, reason):
    """What a rendering's numbers may look like, from what they may be."""
    text, value = rendering.text, rendering.value
    spans = tokens_of(text)
    if rendering.write is None or proof == 'none' or not (np.isfinite(low).all() and np.isfinite(high).all()):
        reason = rendering.reason or reason or 'no bound was found'
        return Enclosed(low, high, 'none', reason, spans, [None] * len(spans), [0] * len(spans))
    printed = [text[a:b] for a, b in spans]
    if np.ndim(value) == 0:
        variants = [_scalar(rendering, float(low), float(high), bool(np.signbit(low)) != bool(np.signbit(high)))] * len(spans)
        if variants and variants[0] is not None:
            variants = _by_token(variants[0], len(spans))
        ends = [_texts_at(rendering, value, low, high)] if variants and variants[0] is None else None
        if ends is not None:
            opened = [_open_between(token, [_token(each, number, len(spans)) for each in ends[0]]) for number, token in enumerate(printed)]
            return Enclosed(low, high, proof, reason, spans, variants, opened)
        return Enclosed(
            low, high, proof, reason, spans, variants, [open_character(token, found) for token, found in zip(printed, variants)]
        )
    ends = [[each[a:b] for a, b in tokens_of(each)] for each in _texts_at(rendering, value, low, high)]
    near = _near_another_notation(value, low, high)
    variants, opened = [], []
    flat_low, flat_high = np.ravel(low), np.ravel(high)
    all_same = all(each == printed for each in ends)
    shared = any('e' in each for each in printed) or _pads(rendering)  # as many decimals as the longest needs
    for number, token in enumerate(printed):
        if near and not all((flat_low == flat_high)):
            variants.append(None)
            opened.append(0)
        elif all(len(each) == len(printed) for each in ends):
            found = {token, *(each[number] for each in ends)}
            if len(found) == 1 and (all_same or not shared):
                variants.append([token])
                opened.append(None)
            else:
                variants.append(sorted(found) if len(found) == 2 and not shared and _neighbours(*found) else None)
                at = open_character(token, found)
                opened.append(at if not shared else min(at or 0, max(0, len(token.partition('e')[0].rstrip('0')) - 1)))
        else:
            variants.append(None)
            opened.append(0)
    return Enclosed(low, high, proof, reason, spans, variants, opened)


def _pads(rendering):
    """Whether NumPy shows as many decimals of each element as the longest needs."""
    lengths = {
        len(text[a:b]) for other in (0.25, 0.0625) for text in [rendering.write(np.array([0.5, other]))] for a, b in tokens_of(text)[:1]
    }
    return np.asarray(rendering.value).dtype.kind == 'f' and len(lengths) > 1


def listed(rendering, low, high, values, proof, reason):
    """What a rendering's numbers look like in evaluations that are listed, or sampled."""
    spans = tokens_of(rendering.text)
    printed = [rendering.text[a:b] for a, b in spans]
    texts = {rendering.write(_typed(rendering.value, value.reshape(np.shape(rendering.nodes)))) for value in values}
    pieces = [[text[a:b] for a, b in tokens_of(text)] for text in texts]
    if any(len(each) != len(spans) for each in pieces):
        return Enclosed(low, high, proof, reason, spans, [None] * len(spans), [0] * len(spans))
    found = [sorted({token, *(each[number] for each in pieces)}) for number, token in enumerate(printed)]
    return Enclosed(low, high, proof, reason, spans, found, [open_character(token, each) for token, each in zip(printed, found)])


def _by_token(texts, count):
    found = [[] for _ in range(count)]
    for text in sorted(texts):
        pieces = [text[a:b] for a, b in tokens_of(text)]
        for number in range(count):
            piece = pieces[number] if number < len(pieces) else ''
            if piece not in found[number]:
                found[number].append(piece)
    return found


def _token(text, number, count):
    pieces = [text[a:b] for a, b in tokens_of(text)]
    return pieces[number] if len(pieces) == count else ''


def _typed(value, number):
    """A number in the type of the machine's value."""
    if isinstance(value, np.ndarray):
        return np.asarray(number).astype(value.dtype).reshape(np.shape(value))
    kind = type(value)
    if kind in (int, bool) or isinstance(value, (np.integer, np.bool_)):
        return kind(round(float(number)))
    return kind(float(number))


def _texts_at(rendering, value, low, high):
    return [rendering.write(_typed(value, end)) for end in (low, high)]


def _scalar(rendering, low, high, either_zero):
    """All texts that a number between two may have; None where they are too many to tell."""
    value, write = rendering.value, rendering.write
    if low == high and not (low == 0 and either_zero):
        return {rendering.text} if low == float(value) else {rendering.text, write(_typed(value, low))}
    if isinstance(value, (bool, np.bool_)):
        return {write(type(value)(end)) for end in (False, True)}
    if isinstance(value, (int, np.integer)):
        count = high - low
        return {write(_typed(value, low + each)) for each in range(int(count) + 1)} if count <= MOST_NEIGHBOURS else None
    a, b = write(_typed(value, low)), write(_typed(value, high))
    if a == b and _fixed_precision(write, value):
        return {rendering.text, a} if low <= 0 <= high and a.strip('0.-+ ') == '' else {a}
    texts, x = set(), low
    if low <= 0 <= high:
        texts |= {write(_typed(value, 0.0)), write(_typed(value, -0.0))}
    for _ in range(MOST_NEIGHBOURS):
        texts.add(write(_typed(value, x)))
        if x >= high:
            return texts
        x = math.nextafter(x, math.inf)
    if _fixed_precision(write, value) and _neighbours(a, b):
        return {a, b}
    return None


def _fixed_precision(write, value):
    """Whether a text is a rounding to so many digits, a step function: it shows fewer than the number has."""
    return len(re.sub(r'\D', '', write(_typed(value, 0.1234567890123456)))) < 16


def _neighbours(a, b):
    """Whether two printed decimals are one unit of their last place apart, so that nothing lies between."""
    pieces = [text[slice(*tokens_of(text)[0])] if tokens_of(text) else '' for text in (a, b)]
    if any(not re.fullmatch(r'[-+]?\d+\.\d*', piece) for piece in pieces):
        return False
    if len(pieces[0].partition('.')[2]) != len(pieces[1].partition('.')[2]):
        return False
    return abs(int(pieces[0].replace('.', '')) - int(pieces[1].replace('.', ''))) == 1


def _open_between(printed, ends):
    """The first character in which two ends differ: what lies between starts as both do."""
    at = open_character(printed, ends)
    if at is None:
        return max(0, len(printed) - 1)
    if len({notation_of(text) for text in (printed, *ends)}) > 1:
        return 0
    return min(at, len(printed) - 1)


def _near_another_notation(value, low, high):
    """Whether NumPy's choice between fixed and exponent notation may turn within the enclosures."""
    if value.dtype.kind != 'f':
        return False
    least, most = np.maximum(np.maximum(low, -high), 0.0), np.maximum(-low, high)
    if ((least == 0) & (most > 0)).any():
        return True  # an element may be zero, which NumPy leaves out of its choice
    sizes = (least[most > 0], most[most > 0])
    if not sizes[0].size:
        return False
    with np.errstate(over='ignore'):
        return _turns(*sizes)


def _turns(low, high):
    """Whether NumPy's choice differs between the lowest and the highest sizes, or somewhere between."""

    def choice(a):
        return a.max() >= 1e8, a.min() < 1e-4, a.max() / max(a.min(), 5e-324) > 1000

    ratio = (low.max() / high.min() > 1000) != (high.max() / max(low.min(), 5e-324) > 1000)
    return bool(ratio or choice(low) != choice(high))
