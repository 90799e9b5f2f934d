"""What the page says, gathered from the snapshots and, if wanted, from a run here.  Nothing in it is written by hand."""

import json

from streetlight.certify.record import FIXED, NONE
from streetlight.errata.figures import agrees, value_of
from streetlight.errata.known import script
from streetlight.errata.manuscript import Line
from streetlight.errata.printed import numbers_of
from streetlight.judge.pinned import pinned
from streetlight.reading import Unreadable, read_text
from streetlight.record.eras import NATIVE, printing
from streetlight.record.trace import digest, trace_of
from streetlight.report.check import ERAS, classes_of, material


class SnapshotError(Exception):
    """A snapshot, or another file that the page needs, cannot be read."""


def gather(book, run=True, benchmarks=None):
    """The page's data.

    Parameters
    ----------
    book : streetlight.book.Book
    run : bool
        Also run the listings here: which class this machine is of, and what it prints.
    benchmarks : Path, optional
        What ``tox -e bench`` wrote, instead of the pinned benchmarks.

    Returns
    -------
    dict

    Raises
    ------
    SnapshotError
    """
    panels = book.module('panels').panels(book, benchmarks) if book.has('panels') else []  # first: they may not be to be had
    atlas = pinned(book).atlas
    classes = {listing.id: classes_of(listing, atlas) for listing in book.listings}
    listings = [listing_data(listing, classes[listing.id]) for listing in book.listings]
    numbers = [piece for listing in listings for line in listing['lines']['1.13'] for piece in line if 'tip' in piece]
    return {
        'listings': listings,
        'guaranteed': sum(not piece['open'] for piece in numbers),
        'counted': len(numbers),
        'environments': len(atlas['environments']),
        'atlas': [
            {'name': name, 'era': each['era'], 'classes': [each['classes'].get(listing.id, '') for listing in book.listings]}
            for name, each in sorted(atlas['environments'].items())
        ],
        'letters': sorted({each['letter'] for own in classes.values() for each in own}),
        'here': here(book, classes) if run else None,
        'errata': errata(book),
        'eras': ERAS,
        'panels': panels,
        'check': material(book, classes),
    }


def loaded(path):
    try:
        return json.loads(read_text(path))
    except Unreadable as error:
        raise SnapshotError(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"'{path}' is not JSON: {error}") from None


def listing_data(listing, classes):
    """A listing's printed text in both eras, each number beside its certificate, and its classes."""
    known = pinned(listing.book)
    counts = {each['letter']: each['environments'] for each in classes}
    commonest = next(iter(known.atlas['classes'][listing.id]))
    lines = {era: annotated(listing, known.printed(listing.id, commonest, era), era, counts) for era in ERAS}
    return {'id': listing.id, 'section': listing.section, 'about': listing.about.replace('``', ''), 'classes': classes, 'lines': lines}


def annotated(listing, text, era, counts):
    """The lines of a text as pieces: plain ones, and numbers with what is guaranteed of them and what is known."""
    known = iter(script(listing.book, listing.id))
    lines = []
    for line in text.splitlines():
        pieces, at = [], 0
        for number in numbers_of(Line(0, 0, line)):
            record = pinned(listing.book).record(listing.id, next(known).address)
            if record is None or record.proof in (FIXED, NONE):  # a constant, an integer, or beyond the proof
                continue
            characters = number.text
            opened = record.open[era]
            first = opened[0] if opened and record.printed[era] == characters else len(characters)
            pieces.append({'text': line[at : number.column]})
            pieces.append({'text': characters[:first], 'open': characters[first:], 'tip': told(record, era, counts)})
            at = number.column + len(characters)
        lines.append([*pieces, {'text': line[at:]}])
    return lines


def told(record, era, counts):
    """What hovering over a number says: the exact value, the digits that are guaranteed, and which classes print what."""
    between = f'{record.low!r} everywhere' if record.low == record.high else f'between {record.low!r} and {record.high!r}'
    exactly = f'exactly {record.exact[:32]}…' if record.exact else between
    said = [
        f'{record.address}: {exactly}',
        f'{record.guaranteed_digits} digits are guaranteed, every machine lies within {record.radius:.2g}',
    ]
    if not record.guaranteed(era):
        for decimal, classes in record.values.items():
            count = sum(counts[each] for each in classes)
            said.append(f'{decimal} in {count} environments: class {", ".join(classes)}')
        others = len(set(record.variants[era] or ()) - set(record.prints[era]))
        if era != '1.13' and others:
            said.append(f'{others} other prints are possible on a conforming machine')
    return '\n'.join(said)


def here(book, classes):
    """This machine: its class of each listing, None where it is a new one, and what it prints where a text prints otherwise."""
    traces = {listing.id: trace_of(listing) for listing in book.listings}
    own = []
    for id, trace in traces.items():
        letter = pinned(book).class_of(id, digest(trace.steps))
        same = next((each['environments'] for each in classes[id] if each['letter'] == letter), 0)
        own.append({'listing': id, 'letter': letter, 'environments': same})
    titles, rows = book.texts, []
    shown = [figure for figure in book.figures if figure.form in ('str', 'repr') and not figure.verdict]
    for figure in shown:
        value, text = value_of(figure, traces[figure.listing]), titles[figure.text]
        if not agrees(figure, figure.printed, value, NATIVE):
            with printing(NATIVE):
                mine = {'str': str, 'repr': repr}[figure.form](value)
            bits = not agrees(figure, figure.printed, value, text.era)
            place = {'text': text.title, 'line': figure.line, 'listing': figure.listing}
            rows.append({**place, 'printed': figure.printed, 'here': mine, 'bits': bits})
    return {'classes': own, 'rows': rows, 'printed': len(shown), 'moved': sum(row['bits'] for row in rows)}


def errata(book):
    """What is wrong in the texts, and what should stand there."""
    titles = book.texts
    return [
        {'text': titles[figure.text].title, 'line': figure.line, 'printed': figure.printed, 'right': figure.right, 'note': figure.note}
        for figure in book.figures
        if figure.verdict == 'wrong'
    ]
