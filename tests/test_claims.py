"""Each sentence of README and docs that counts something says what is counted today."""

import json
import lzma
from collections import Counter
from pathlib import Path

import pytest
from hostile_programs import ENDURED, FATAL

from reference import BOOK
from streetlight.book import Book
from streetlight.certify import digits, programs, proofs
from streetlight.certify.record import FIXED
from streetlight.judge import exponentials
from streetlight.judge.atlas import distinct
from streetlight.judge.pinned import pinned
from streetlight.record import notes
from streetlight.record.functions import probes

ROOT = Path(__file__).parents[1]
KNOWN, SECOND = pinned(BOOK), Book(ROOT / 'books' / 'sigmoid')
SWEEP = json.loads((KNOWN.folder / 'sweep.json').read_text('utf-8'))
DOCUMENTS = [json.loads(line) for line in lzma.open(ROOT / 'tests' / 'corpus' / 'documents.jsonl.xz', 'rt', encoding='utf-8')]
PLANTED = sum('places' in document for document in DOCUMENTS)
ONES = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen'.split()


def page(name):
    """A page's words, as one line."""
    return ' '.join((ROOT / name).read_text('utf-8').split())


def share(part):
    return f'{part:.1%}'.replace('%', ' %')


def listed():
    """Of each listing, whether all evaluations of every number that it prints were run."""
    return [all(record.proof != 'bound' for record in KNOWN.records(listing.id)) for listing in BOOK.listings]


def of_the_second_book():
    """How many of the second book's numbers are guaranteed as old prints and as new ones, and how many there are."""
    records = [record for listing in SECOND.listings for record in pinned(SECOND).records(listing.id) if record.proof != FIXED]
    return [sum(record.guaranteed(era) for record in records) for era in ('1.13', '1.14')] + [len(records)]


def claims():
    """Pages, and what must stand there; the numbers are counted here."""
    atlas, wrong = KNOWN.atlas, Counter(figure.verdict for figure in BOOK.figures)['wrong']
    old, new, numbers = of_the_second_book()
    readme = [
        f"a book's {ONES[len(BOOK.listings)]} listings here and compares all {len(BOOK.figures)} figures of {ONES[len(BOOK.texts)]} texts",
        f'{ONES[len(SECOND.texts)].capitalize()} tutorials of 2015',
        f'{old} of their {numbers} numbers hold everywhere as old NumPys print them, {new} as new ones',
        f'{len(atlas["environments"])} recorded environments ({distinct(atlas)} that differ in a fact that they tell',
        f'{len(atlas["models"])} ways to add and to square',
        f'{ONES[wrong].capitalize()} of the {len(BOOK.figures)} figures are wrong for everybody, as `1 * 10 * 2 = 100`',
        f'Of a million [seeds](docs/sweep.md) {share(SWEEP["learned"]["0.1"])} learn',
        f'calls nothing wrong in {len(DOCUMENTS) - PLANTED} right documents, and finds 106 of {PLANTED} planted mistakes',
    ]
    yield from (('README.md', claim) for claim in readme)
    learned = [share(part) for part in SWEEP['learned'].values()]
    yield 'docs/sweep.md', f'{learned[0]} end with an error below 0.1, {learned[1]} below 0.01 and {learned[2]} below 0.001'
    yield 'docs/sweep.md', f'{share(SWEEP["seed_1"]["lower"])} of the seeds end lower'
    yield 'docs/boundary.md', f'The tests try {len(ENDURED) + len(FATAL)} programs that mean harm'
    done = listed()
    yield 'docs/certificates.md', f'For {ONES[sum(done)]} of the {ONES[len(done)]} listings this ends'
    yield 'docs/certificates.md', f'there are too many ({proofs.MOST}; {programs.MOST:,} of a listing)'
    yield 'docs/certificates.md', f'up to {digits.MOST_NEIGHBOURS:,} neighbours, all are written out'
    yield 'docs/recording.md', f'keeps its first {notes.KEPT:,} named values whole and a digest of every {notes.CHUNK} others'
    inputs = {len(x) for x, _ in probes().values()}
    yield 'docs/classes.md', f'at {max(inputs)} inputs of each of {ONES[len(probes())]} functions'
    yield 'docs/classes.md', f'{ONES[len(exponentials.FORMULAS)].capitalize()} classes of `exp` are emulated by their published formulas'
    yield 'docs/gate.md', f'{len(DOCUMENTS)} documents that real kernels ran in over twenty environments'
    yield 'docs/gate.md', f'of {len(DOCUMENTS) - PLANTED} right ones no number'
    yield 'docs/gate.md', f'of {PLANTED} with one planted mistake'


CLAIMS = list(claims())


@pytest.mark.parametrize('name, claim', CLAIMS, ids=[claim for _, claim in CLAIMS])
def test_what_is_counted_stands_on_the_page(name, claim):
    assert claim in page(name)


def test_the_quarter_of_the_sweep_that_learns_nothing_ends_at_one_or_two():
    assert 0.99 < SWEEP['quantiles']['0.75'] < 1.01 and 1.99 < SWEEP['quantiles']['0.95'] < 2.01
    assert 'a quarter end at 1 or 2' in page('docs/sweep.md')


def test_all_was_recorded_on_one_processor():
    assert len({environment['fingerprint']['cpu'] for environment in KNOWN.atlas['environments'].values()}) == 1
    assert 'one physical processor' in page('README.md') and 'on one physical processor' in page('docs/classes.md')
