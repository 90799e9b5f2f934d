"""What the page says, gathered from the snapshots and, if wanted, from a run here.  Nothing in it is written by hand."""

import json
import re
from collections import Counter

import numpy as np

from reference.errata.figures import figures, texts
from reference.errata.known import predicted, trace_plain
from reference.judge.pinned import SNAPSHOTS, class_of
from reference.judge.pinned import values as pinned_values
from reference.judge.verdict import first_divergence, ulps_between
from reference.listings import LISTINGS, NumPyArithmetic
from reference.record.trace import Shown, digest, trace_of
from reference.rounding.certificates import read

ERAS = ('1.13', '1.14')
NUMBER = re.compile(r'(?<![\w.])-?(?:\d+\.?\d*|\.\d+)(?:e[-+]\d+)?(?!\w)')
GROWING = 'all-together'


def gather(snapshots=SNAPSHOTS, run=True):
    """The page's data.

    Parameters
    ----------
    snapshots : Path
        The folder of what is pinned.
    run : bool
        Also run the listings here: which class this machine is of.

    Returns
    -------
    dict
    """
    atlas = json.loads((snapshots / 'atlas.json').read_text('utf-8'))
    listings = [listing_data(listing, atlas, snapshots) for listing in LISTINGS]
    numbers = [piece for listing in listings for line in listing['lines']['1.13'] for piece in line if 'title' in piece]
    return {
        'listings': listings,
        'guaranteed': sum(piece['guaranteed'] for piece in numbers),
        'counted': len(numbers),
        'environments': len(atlas['environments']),
        'atlas': [{'name': name, 'era': each['era'], 'classes': [each['classes'][listing.id] for listing in LISTINGS]}
                  for name, each in sorted(atlas['environments'].items())],
        'here': here(atlas) if run else None,
        'errata': errata(),
        'sweep': json.loads((snapshots / 'sweep.json').read_text('utf-8')),
        'growth': growth(atlas),
        'network': network(snapshots),
        'texts': {listing.id: class_texts(listing.id, atlas, snapshots) for listing in LISTINGS},
    }


def listing_data(listing, atlas, snapshots):
    """A listing's printed text in both eras, each number beside its certificate, and the environments of each class."""
    rows = read((snapshots / 'certificates' / f'{listing.id}.txt').read_text('utf-8'))
    letters = Counter(each['classes'][listing.id] for each in atlas['environments'].values())
    values = {letter: pinned_values(listing.id, letter, snapshots) for letter in letters}
    lines = {}
    for era in ERAS:
        text = (snapshots / listing.id / 'A' / f'{era}.txt').read_text('utf-8')
        lines[era] = annotated(listing.id, text, [row for row in rows if row.era == era], values, letters)
    return {'id': listing.id, 'section': listing.section, 'about': listing.run.__doc__.strip().splitlines()[0],
            'classes': sorted(letters.items(), key=lambda item: -item[1]), 'lines': lines}


def kinds(listing):
    """Of each number in a listing's text whether it is a float, and so has a certificate."""
    found = []
    for line in trace_plain(listing).lines:
        for part in line.parts:
            if isinstance(part, Shown):
                found += [np.asarray(part.value).dtype.kind == 'f'] * np.size(part.value)
            else:
                found += [False] * len(NUMBER.findall(part))
    return found


def annotated(listing, text, rows, values, letters):
    """The lines of a text as pieces: plain ones, and numbers with what is guaranteed of them and what is known."""
    certified, floats = iter(rows), iter(kinds(listing))
    lines = []
    for line in text.splitlines():
        pieces, at = [], 0
        for match in NUMBER.finditer(line):
            if not next(floats):
                continue
            row = next(certified, None)
            if row is None:  # beyond the proof
                continue
            pieces.append({'text': line[at:match.start()]})
            first = row.first_open if row.first_open is not None and row.printed == match[0] else len(match[0])
            pieces.append({'text': match[0][:first], 'open': match[0][first:], 'guaranteed': first == len(match[0]),
                           'title': told(row, values, letters)})
            at = match.end()
        lines.append([*pieces, {'text': line[at:]}])
    return lines


def told(row, values, letters):
    """What hovering over a number says: the exact value, the digits that are guaranteed, and who prints what."""
    said = [f'{row.address}: exactly {row.exact[:32]}…', f'{row.digits} digits are guaranteed, every machine lies within {row.radius}']
    if row.first_open is not None:
        who = {}
        for letter, count in letters.items():
            who[values[letter].get(row.address)] = who.get(values[letter].get(row.address), 0) + count
        said.append('in the atlas ' + ', '.join(f'{text} in {count}' for text, count in who.items() if text))
    return '\n'.join(said)


def here(atlas):
    """This machine: its class of each listing, None where it is a new one."""
    found = []
    for listing in LISTINGS:
        letter = class_of(listing.id, digest(trace_of(listing, NumPyArithmetic()).steps))
        same = sum(each['classes'][listing.id] == letter for each in atlas['environments'].values())
        found.append({'listing': listing.id, 'letter': letter, 'environments': same})
    return found


def errata():
    """What is wrong in the four texts, and what should stand there."""
    titles = texts()
    return [
        {'text': titles[figure.text].title, 'line': figure.line, 'printed': figure.printed, 'right': figure.right, 'note': figure.note}
        for figure in figures() if figure.verdict == 'wrong']


def growth(atlas):
    """How far two classes of a listing are apart, iteration by iteration, in ulps; and where they first part."""
    traces = [predicted(GROWING, letter).steps for letter in ('A', 'B')]
    points = []
    for one, other in zip(*traces):
        if one.name == 'layer_2_error':
            points.append(ulps_between(float(one.value), float(other.value)))
    first = first_divergence(GROWING, *traces)
    return {'listing': GROWING, 'points': points, 'first': str(first)}


def network(snapshots):
    """The trained network of chapter 7: its weights, and each light with its layers, as lists of text."""
    values = pinned_values('network-predicts', 'A', snapshots)

    def matrix(name, rows, columns):
        return [[float(values[f'{name}[{row * columns + column}]']) for column in range(columns)] for row in range(rows)]
    lights = []
    for row in range(4):
        lights.append({name: [float(values[f'row={row} {name}[{index}]']) for index in range(size)]
                       for name, size in (('l_0', 3), ('l_1', 4), ('l_2', 1))})
    return {'W_0': matrix('W_0', 3, 4), 'W_1': matrix('W_1', 4, 1), 'lights': lights}


def class_texts(listing, atlas, snapshots):
    """What each class prints of a listing in each era, and how many environments are of it: for the reader's own check."""
    letters = Counter(each['classes'][listing] for each in atlas['environments'].values())
    return [{'letter': letter, 'environments': count,
             'eras': {era: (snapshots / listing / letter / f'{era}.txt').read_text('utf-8') for era in ERAS}}
            for letter, count in sorted(letters.items())]
