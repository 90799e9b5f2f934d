"""What the page needs to judge a reader's own output: the gate's tables, the classes' texts, the slips, and other seeds."""

from functools import lru_cache

import numpy as np

from reference.vectorized.sweep import random_weights, train
from streetlight.errata.known import ORDER
from streetlight.errata.manuscript import Line
from streetlight.errata.printed import ELISION, LONGEST, NUMBER, PROMPT, numbers_of
from streetlight.errata.statements.equations import EQUATION_LINE
from streetlight.judge.pinned import SNAPSHOTS, printed
from streetlight.report.slips import departs, in_last_digits, outputs, slips

ERAS = {'1.13': 'as NumPy up to 1.13 prints', '1.14': 'as NumPy from 1.14 on prints'}
SEEDS = 1000  # are looked for: those from 0 on


def material(classes, snapshots=SNAPSHOTS):
    """The data of the page's check, to be written as JSON.

    Parameters
    ----------
    classes : dict of str to list of dict
        Of each listing, as `classes_of` gives them.
    snapshots : Path

    Returns
    -------
    dict
    """
    return {
        'patterns': {'number': NUMBER.pattern, 'prompt': PROMPT.pattern, 'elision': ELISION.pattern, 'equation': EQUATION_LINE.pattern},
        'longest': LONGEST,
        'eras': ERAS,
        'listings': [
            {
                'id': listing.id,
                'section': listing.section,
                'table': (snapshots / 'prints' / f'{listing.id}.txt').read_text('utf-8'),
                'classes': classes[listing.id],
            }
            for listing in ORDER
        ],
        'slips': slip_data(),
        'seeds': seeds(),
    }


def numbers(text):
    """The characters of each number in a printed text."""
    return [number.text for line in text.splitlines() for number in numbers_of(Line(0, 0, line), 0)]


def classes_of(listing, atlas, snapshots=SNAPSHOTS):
    """Each class of a listing: its environments, and the numbers that it prints in each era."""
    names = {}
    for name, each in sorted(atlas['environments'].items()):
        names.setdefault(each['classes'][listing], []).append(name)
    return [
        {
            'letter': letter,
            'environments': len(own),
            'among': 'all of the atlas' if len(names) == 1 else among(own),
            'texts': {era: numbers(printed(listing, letter, era, snapshots)) for era in ERAS},
        }
        for letter, own in sorted(names.items())
    ]


def among(names):
    """Sorted names of environments, those together that differ in their last part only."""
    groups = {}
    for name in names:
        head, _, last = name.rpartition('-')
        groups.setdefault(head, []).append(last)
    return '; '.join(f'{head}-{{{",".join(lasts)}}}' if len(lasts) > 1 else f'{head}-{lasts[0]}' for head, lasts in groups.items())


@lru_cache(maxsize=None)
def slip_data():
    """Of each slip what is said of it, where it departs, and what it prints."""
    return [
        {
            'listing': slip.listing,
            'says': slip.says,
            'departs': departs(slip),
            'in_last_digits': bool(in_last_digits(slip)),
            'texts': sorted(map(numbers, outputs(slip))),
        }
        for slip in slips()
    ]


@lru_cache(maxsize=None)
def seeds():
    """The six errors that ``all-together`` prints for each seed, and the first three random weights of any network, to twelve digits."""
    every = np.arange(SEEDS)
    errors, weights = train(every).errors[9::10].T, random_weights(every)[0][0, :3].T
    return {name: [[float(f'{value:.12g}') for value in row] for row in rows] for name, rows in (('errors', errors), ('weights', weights))}
