"""What README and docs count, counted; ``python tests/counted.py`` writes it there."""

import json
import lzma
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == '__main__':
    sys.path.insert(0, str(ROOT))

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

KNOWN, SECOND = pinned(BOOK), Book(ROOT / 'books' / 'sigmoid')
SWEEP = json.loads((KNOWN.folder / 'sweep.json').read_text('utf-8'))
DOCUMENTS = [json.loads(line) for line in lzma.open(ROOT / 'tests' / 'corpus' / 'documents.jsonl.xz', 'rt', encoding='utf-8')]
PLANTED = sum('places' in document for document in DOCUMENTS)
ONES = (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
).split()
COUNT = r'([\w.,]+(?: %)?)'  # as 15, fifteen, 1,000 or 59.9 %


def word(count):
    """A count as prose has it."""
    return ONES[count] if count < len(ONES) else str(count)


def share(part):
    return f'{part:.1%}'.replace('%', ' %')


def records(book):
    """The records of a book's numbers that could differ."""
    return [record for listing in book.listings for record in pinned(book).records(listing.id) if record.proof != FIXED]


def claims():
    """Pages, what must stand there with a pair of braces for each count, and the counts."""
    atlas, wrong = KNOWN.atlas, Counter(figure.verdict for figure in BOOK.figures)['wrong']
    listings, figures, environments = len(BOOK.listings), len(BOOK.figures), len(atlas['environments'])
    right, own, others = len(DOCUMENTS) - PLANTED, records(BOOK), records(SECOND)
    open_ = [record for record in own if not record.guaranteed('1.13')]
    zeros = sum(not float(record.printed['1.13']) for record in open_)
    old, new = (sum(record.guaranteed(era) for record in others) for era in ('1.13', '1.14'))
    learned = [share(part) for part in SWEEP['learned'].values()]
    done = [all(record.proof != 'bound' for record in KNOWN.records(listing.id)) for listing in BOOK.listings]
    inputs = max(len(x) for x, _ in probes().values())
    readme, certificates, classes, gate = 'README.md', 'docs/certificates.md', 'docs/classes.md', 'docs/gate.md'
    texts = word(len(BOOK.texts))
    yield readme, "a book's {} listings here and compares all {} figures of {} texts", word(listings), figures, texts
    yield readme, 'of the {} numbers that could differ {} are proved', len(own), len(own) - len(open_)
    yield readme, '; {} others are zeros whose sign depends on the machine', word(zeros)
    yield readme, '{} tutorials of 2015', word(len(SECOND.texts)).capitalize()
    yield readme, '{} of their {} numbers hold everywhere as old NumPys print them, {} as new ones', old, len(others), new
    yield readme, '{} recorded environments ({} that differ in a fact that they tell', environments, distinct(atlas)
    yield readme, '{} ways to add and to square', len(atlas['models'])
    yield readme, '{} of the {} figures are wrong for everybody, as `1 * 10 * 2 = 100`', word(wrong).capitalize(), figures
    yield readme, 'Of a million [seeds](docs/sweep.md) {} learn', share(SWEEP['learned']['0.1'])
    yield readme, 'calls nothing wrong in {} right documents, and finds 106 of {} planted mistakes', right, PLANTED
    yield 'docs/sweep.md', '{} end with an error below 0.1, {} below 0.01 and {} below 0.001', *learned
    yield 'docs/sweep.md', '{} of the seeds end lower', share(SWEEP['seed_1']['lower'])
    yield 'docs/boundary.md', 'The tests try {} programs that mean harm', len(ENDURED) + len(FATAL)
    yield certificates, 'For {} of the {} listings this ends', word(sum(done)), word(listings)
    yield certificates, 'there are too many ({}; {} of a listing)', proofs.MOST, f'{programs.MOST:,}'
    yield certificates, 'up to {} neighbours, all are written out', f'{digits.MOST_NEIGHBOURS:,}'
    kinds = Counter((record.proof, record.guaranteed('1.13'), record.refuted('1.13') is None) for record in others)
    unproved = kinds['none', False, False], kinds['none', False, True]
    counts = len(others), old, kinds['bound', False, True], *unproved
    yield certificates, 'Of the {} figures of `books/sigmoid/`, as NumPy up to 1.13 prints them, {} are proved whole, {} have', *counts[:3]
    yield certificates, 'a last digit or two that is open, {} are refuted', counts[3]
    yield certificates, 'and {} are neither', counts[4]
    yield 'docs/recording.md', 'keeps its first {} named values whole and a digest of every {} others', f'{notes.KEPT:,}', notes.CHUNK
    yield classes, 'at {} inputs of each of {} functions', inputs, word(len(probes()))
    yield classes, '{} classes of `exp` are emulated by their published formulas', word(len(exponentials.FORMULAS)).capitalize()
    yield classes, 'The atlas holds {} environments', environments
    for listing in ('all-together', 'whole-dataset'):
        for letter in atlas['classes'][listing]:
            members = sum(each['classes'].get(listing) == letter for each in atlas['environments'].values())
            yield classes, f'| {listing} | {letter} | {{}} |', members
    yield gate, '{} documents that real kernels ran in over twenty environments', len(DOCUMENTS)
    yield gate, 'of {} right ones no number', right
    yield gate, 'of {} with one planted mistake', PLANTED


def update(text, claim, counts):
    """A page's text with a claim's counts."""
    pattern = r'\s+'.join(re.escape(part).replace(r'\{\}', COUNT) for part in claim.split())
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        raise SystemExit(f'{claim!r} stands {len(found)} times on its page, not once: mend the sentence')
    (match,) = found
    for place, count in reversed(list(enumerate(counts, 1))):
        text = text[: match.start(place)] + str(count) + text[match.end(place) :]
    return text


if __name__ == '__main__':
    for name, claim, *counts in claims():
        page = ROOT / name
        page.write_text(update(page.read_text('utf-8'), claim, counts), 'utf-8')
