"""What the page needs to judge a reader's own output: the gate's tables, the classes' texts, the slips, and other seeds."""

from collections import Counter
from functools import lru_cache

from streetlight.errata.known import script
from streetlight.errata.manuscript import Line
from streetlight.errata.printed import COUNTER, ELISION, LABEL, LONGEST, NUMBER, PROMPT, numbers_of
from streetlight.errata.prints import as_text
from streetlight.errata.statements.equations import EQUATION_LINE
from streetlight.judge.pinned import pinned
from streetlight.report.slips import departs, in_last_digits, outputs, slips

ERAS = {'1.13': 'as NumPy up to 1.13 prints', '1.14': 'as NumPy from 1.14 on prints'}


def material(book, classes):
    """The data of the page's check, to be written as JSON.

    Parameters
    ----------
    book : streetlight.book.Book
    classes : dict of str to list of dict
        Of each listing, as `classes_of` gives them.

    Returns
    -------
    dict
    """
    return {
        'patterns': {
            'number': NUMBER.pattern,
            'prompt': PROMPT.pattern,
            'elision': ELISION.pattern,
            'equation': EQUATION_LINE.pattern,
            'label': LABEL.pattern,
            'counter': COUNTER.pattern,
        },
        'longest': LONGEST,
        'eras': ERAS,
        'listings': [
            {
                'id': listing.id,
                'section': listing.section,
                'table': as_text(book, listing.id),
                'sizes': list(Counter(each.line for each in script(book, listing.id)).values()),
                'classes': classes[listing.id],
            }
            for listing in book.preferred
        ],
        'slips': slip_data(book),
        'seeds': book.module('panels').other_seeds() if book.has('panels') else {'errors': [], 'weights': []},
    }


def numbers(text):
    """The characters of each number in a printed text."""
    return [number.text for line in text.splitlines() for number in numbers_of(Line(0, 0, line))]


def classes_of(listing, atlas):
    """Each class of a listing: its environments, and the numbers that it prints in each era."""
    names = {}
    for name, each in sorted(atlas['environments'].items()):
        if listing.id in each['classes']:
            names.setdefault(each['classes'][listing.id], []).append(name)
    return [
        {
            'letter': letter,
            'environments': len(own),
            'among': 'all of the atlas' if len(names) == 1 else among(own),
            'texts': {era: numbers(pinned(listing.book).printed(listing.id, letter, era)) for era in ERAS},
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
def slip_data(book):
    """Of each slip what is said of it, where it departs, and what it prints."""
    return [
        {
            'listing': slip.listing.id,
            'says': slip.says,
            'departs': departs(slip),
            'in_last_digits': bool(in_last_digits(slip)),
            'texts': sorted(map(numbers, outputs(slip))),
        }
        for slip in slips(book)
    ]
