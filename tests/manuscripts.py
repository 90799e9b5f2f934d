"""Manuscripts made from the pinned texts of the classes: right ones, and ones with one fault, to test the gate on.

A right one prints what a listing prints in a class of the atlas and an era, under labels of its own, rounded or whole, with
lines left out.  A wrong one is a right one in which one guaranteed digit is another, a sign is lost, a decimal point has
moved, or two lines are swapped.  What is guaranteed is read from the pinned certificates.
"""

import json
import random
import re
from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from reference import BOOK
from reference.listings import streetlights as data
from streetlight.errata.known import trace_plain
from streetlight.judge.pinned import pinned
from streetlight.record.eras import part_text, printed_text
from streetlight.record.trace import Shown, digest, trace_of

KNOWN = pinned(BOOK)

# what the seeds draw from: they mean the same cases when a book has more listings
DRAWN = (
    'streetlight-matrices elementwise single-example whole-dataset gradient-descent weight-pressure overfitting conflicting-pressure '
    'linear-collapse conditional-correlation first-deep-network backpropagation one-iteration all-together network-predicts'
).split()

NUMBER = re.compile(r'(?<![\w.])-?(?:\d+\.?\d*|\.\d+)(?:e[-+]\d+)?(?!\w)')
LABELS = ('Error', 'Total Error', 'err', 'Loss for all lights', 'E', 'the error is', 'Cost')
NOT_FIGURES = ('A * 10', 'walk is', 'layers of')  # numbers in words of a listing, not its results


class Token(NamedTuple):
    """One printed number of a listing's line: its place in the line, its characters, and which of them are guaranteed."""

    start: int
    text: str
    guaranteed: list
    low: float
    high: float


class Case(NamedTuple):
    """A manuscript, the lines (from 1) in which it is wrong, and what was done to it."""

    text: str
    suffix: str
    wrong: tuple
    fault: str
    listing: str


@lru_cache(maxsize=None)
def floats_of(id):
    """The records of a listing's floats, in the order of printing."""
    return [record for record in KNOWN.records(id) if record.proof != 'fixed']


@lru_cache(maxsize=None)
def figures(id, letter, era):
    """The lines of a class's text, and for each the `Token` of every figure."""
    text = KNOWN.printed(id, letter, era)
    digits = '1.13' if era == '1.13' else '1.14'
    records = iter(floats_of(id))
    integers = integer_tokens(id)
    lines, position = text.splitlines(), 0
    found = []
    for line in lines:
        tokens = []
        for match in NUMBER.finditer(line):
            kind = integers[position]
            position += 1
            if kind == 'label':
                continue
            if kind == 'integer':
                tokens.append(Token(match.start(), match[0], [True] * len(match[0]), float(match[0]), float(match[0])))
                continue
            record = next(records)
            opened = record.open[digits]
            first = opened[0] if opened else len(match[0]) if record.printed[digits] == match[0] else 0
            flags = [index < first for index in range(len(match[0]))]
            tokens.append(Token(match.start(), match[0], flags, record.low, record.high))
        found.append(tokens)
    return lines, found


@lru_cache(maxsize=None)
def integer_tokens(id):
    """Of each number in a listing's text whether it is a float, an integer, or part of a label."""
    kinds = []
    for line in trace_plain(BOOK, id).lines:
        for part in line:
            if isinstance(part, Shown) and type(part.value) is not float:
                value = np.asarray(part.value)
                kinds += ['float' if value.dtype.kind == 'f' else 'integer'] * value.size
            else:
                label = str(line[0]).startswith(NOT_FIGURES)
                kinds += ['label' if label else 'integer'] * len(NUMBER.findall(part_text(part)))
    return kinds


def classes(id):
    return sorted(KNOWN.atlas['classes'][id])


def rounded(token, digits):
    """A token's characters with fewer digits, correctly rounded; None where its class's digits do not tell."""
    if '.' not in token.text:
        return None
    both = {str(Context(prec=digits).create_decimal(Decimal(value))) for value in (token.low, token.high)}
    value = Decimal(token.text)
    if len(both) > 1 or value == 0 or len(value.as_tuple().digits) <= digits:
        return None
    text = f'{Context(prec=digits).create_decimal(Decimal(token.low)):f}'
    return text if abs(value) >= Decimal('1e-4') else f'{Decimal(token.low):.{digits - 1}e}'


def right(draw, id=None, digits=None, here=False):
    """A right manuscript: its lines, with the figures of each as (start, text, guaranteed), and all lines before any is left out."""
    id = id or draw.choice(DRAWN)
    letter, era = draw.choice(classes(id)), draw.choice(('1.13', '1.14', '2.0'))
    if here:
        letter, era = class_here(id), '2.0'
    lines, tokens = figures(id, letter, era)
    digits = digits if digits is not None else draw.choice((None, None, draw.randint(3, 12)))
    label = draw.choice(LABELS)
    relabelled = draw.random() < 0.5
    made = []
    for line, found in zip(lines, tokens):
        text, at, kept = '', 0, []
        for token in found:
            between = line[at : token.start]
            text += re.sub(r'Error(?=:)', label, between) if relabelled else between
            short = rounded(token, digits) if digits else None
            flags = [True] * len(short) if short else token.guaranteed
            kept.append((len(text), short or token.text, flags))
            text += short or token.text
            at = token.start + len(token.text)
        text += line[at:]
        made.append((text, kept))
    full = [text for text, _ in made]
    if draw.random() < 0.3 and len(made) > 8:  # an elided middle
        first = draw.randint(3, len(made) // 2)
        last = draw.randint(len(made) // 2 + 1, len(made) - 3)
        if not any(text.startswith((' ', '[', 'array')) for text, _ in (made[first], made[last])):
            made[first:last] = [('...', [])]
    return id, made, full


@lru_cache(maxsize=None)
def class_here(id):
    """The class of this machine."""
    return KNOWN.class_of(id, digest(trace_of(BOOK.listing(id)).steps)) or classes(id)[0]


def printed_here(seed):
    """What the program of `right_case` prints on this machine: its labels, lines and digits, this machine's numbers."""
    _, made, _ = right(random.Random(f'right {seed}'), here=True)
    return [line for line, _ in made]


def printed_there(seed):
    """What the manuscript of `right_case` prints."""
    _, made, _ = right(random.Random(f'right {seed}'))
    return [line for line, _ in made]


def wrap(draw, lines):
    """The text of a manuscript that prints these lines, its suffix, and the number of the first of them."""
    form = draw.choice(('md', 'md', 'txt', 'rst', 'ipynb', 'indented', 'console'))
    if form == 'md':
        head = ['# Streetlights', '', 'The program prints this.', '', '```']
        return '\n'.join([*head, *lines, '```', '']), '.md', len(head) + 1
    if form == 'indented':
        head = ['The program prints:', '']
        return '\n'.join([*head, *('    ' + line for line in lines), '']), '.md', len(head) + 1
    if form == 'console':
        head = ['```console', '$ python streetlights.py']
        return '\n'.join([*head, *lines, '```', '']), '.md', len(head) + 1
    if form == 'txt':
        head = ['It prints', '', '```']
        return '\n'.join([*head, *lines, '```', '']), '.txt', len(head) + 1
    if form == 'rst':
        head = ['It prints::', '']
        return '\n'.join([*head, *('   ' + line for line in lines), '', 'And so on.', '']), '.rst', len(head) + 1
    cell = {
        'cell_type': 'code',
        'execution_count': 1,
        'metadata': {},
        'source': ['run()'],
        'outputs': [{'output_type': 'stream', 'name': 'stdout', 'text': [line + '\n' for line in lines]}],
    }
    notebook = {
        'cells': [cell],
        'metadata': {'kernelspec': {'name': 'python2', 'display_name': 'none'}},
        'nbformat': 4,
        'nbformat_minor': 4,
    }
    text = json.dumps(notebook, indent=1)
    first = next(index for index, line in enumerate(text.split('\n'), 1) if '"text"' in line) + 1
    return text, '.ipynb', first


def right_case(seed, id=None):
    """A right manuscript; of a listing, if one is named."""
    draw = random.Random(f'right {seed}')
    id, made, _ = right(draw, id)
    text, suffix, _ = wrap(draw, [line for line, _ in made])
    return Case(text, suffix, (), 'none', id)


FAULTS = ('digit', 'digit', 'digit', 'digit', 'sign', 'point', 'swap')


def wrong_case(seed):
    """A manuscript with one fault; a right one whose fault cannot be made is drawn anew."""
    draw = random.Random(f'wrong {seed}')
    while True:
        fault = draw.choice(FAULTS)
        id, made, full = right(draw)
        changed = swap(draw, made, full) if fault == 'swap' else alter(draw, made, fault)
        if changed:
            lines, where = changed
            text, suffix, first = wrap(draw, lines)
            return Case(text, suffix, tuple(first + index for index in where), fault, id)


def alter(draw, made, fault):
    """One figure altered: the lines, and the index of its line; None where it has no such fault."""
    places = [(index, figure) for index, (_, kept) in enumerate(made) for figure in kept]
    index, (start, text, flags) = draw.choice(places)
    if fault == 'sign':
        other = text[1:] if text.startswith('-') and flags[0] else None
    elif fault == 'point':
        other = moved(draw, text) if sum(map(str.isdigit, text)) >= 4 and all(flags) else None
    else:
        at = [position for position, character in enumerate(text) if character.isdigit() and flags[position]]
        position = draw.choice(at) if at else None
        other = at and text[:position] + draw.choice([digit for digit in '0123456789' if digit != text[position]]) + text[position + 1 :]
    if not other or (Decimal(other) == Decimal(text) and fault != 'sign'):
        return None
    lines = [line for line, _ in made]
    lines[index] = lines[index][:start] + other + lines[index][start + len(text) :]
    return lines, (index,)


def moved(draw, text):
    """A number with its decimal point one digit off."""
    if '.' not in text or 'e' in text or Decimal(text) == 0:
        return None
    shifted = Decimal(text).scaleb(draw.choice((-1, 1)))
    return f'{shifted:f}'


def swap(draw, made, full):
    """Two lines with different figures, in each other's place: the lines, and their indices."""
    places = [
        index
        for index, (text, kept) in enumerate(made)
        if re.match(r'[A-Za-z]', text) and 'array' not in text and any('.' in figure for _, figure, _ in kept)
    ]
    if len(places) < 2:
        return None
    one, two = sorted(draw.sample(places, 2))
    if [text for _, text, _ in made[one][1]] == [text for _, text, _ in made[two][1]]:
        return None
    lines = [line for line, _ in made]
    lines[one], lines[two] = lines[two], lines[one]
    left_out = any(line == '...' for line in lines)
    whole = iter(full)
    if left_out and all(line == '...' or line in whole for line in lines):  # still in the listing's order, by what is left out
        return None
    return lines, (one, two)


def other_case(seed):
    """A manuscript whose program is a listing's with another seed, rate, start or size: right, and of no listing."""
    draw = random.Random(f'other {seed}')
    alpha = draw.choice((0.01, 0.05, 0.15, 0.3, 0.5))
    program = draw.choice(('all-together', 'backpropagation', 'one-iteration', 'single-example', 'whole-dataset', 'gradient-descent'))
    start = [round(draw.uniform(-1, 1), 2) for _ in range(3)]
    other_seed = draw.randint(2, 10_000)
    if program == 'all-together':
        changed = dict(seed=other_seed, alpha=draw.choice((0.2, alpha)))
    elif program == 'backpropagation':
        changed = dict(seed=other_seed)
    elif program == 'one-iteration':
        changed = dict(hidden_size=draw.choice((3, 3, 4, 5)), seed=other_seed)
    elif program == 'single-example':
        changed = dict(weights=start, alpha=draw.choice((0.1, alpha)))
    elif program == 'whole-dataset':
        how = draw.choice(('weights', 'alpha', 'data'))
        goals = [draw.randint(0, 1) for _ in range(6)] if how == 'data' else data.WALK_VS_STOP
        if goals == data.WALK_VS_STOP and how == 'data':
            goals = [1 - goal for goal in goals]
        weights, alpha = start if how == 'weights' else data.WEIGHTS, alpha if how == 'alpha' else data.ALPHA
        changed = dict(walk_vs_stop=goals, weights=weights, alpha=alpha)
    else:
        changed = dict(batch_sizes=[draw.choice((1, 2, 3, 6))], alpha=alpha)
    trace = trace_of(BOOK.listing(program), **changed)
    lines = printed_text(trace, draw.choice(('1.13', '1.14', '2.0'))).splitlines()
    if draw.random() < 0.4:
        digits = draw.randint(3, 8)
        lines = [
            NUMBER.sub(lambda match: str(Context(prec=digits).create_decimal(Decimal(match[0]))) if '.' in match[0] else match[0], line)
            for line in lines
        ]
    text, suffix, _ = wrap(draw, lines)
    return Case(text, suffix, (), f'other {program}', program)
