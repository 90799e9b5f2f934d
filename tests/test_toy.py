"""The tool on a toy book of two listings: whatever book it is, it records, judges, certifies and reports."""

import json
import os
import re
import shutil
import subprocess
import sys
import types
from copy import deepcopy
from pathlib import Path

import pytest

from reference import BOOK
from streetlight.__main__ import main
from streetlight.book import Book, BookError
from streetlight.certify.certificates import records
from streetlight.certify.record import as_lines
from streetlight.judge import atlas as atlases
from streetlight.judge import atlasfile, subjects, tracefile
from streetlight.judge.pinned import PinnedError, pinned
from streetlight.record.eras import ERAS
from streetlight.record.recorder import as_text, record
from streetlight.record.trace import trace_of

FOLDER = Path(__file__).parent / 'toy'
TOY = Book(FOLDER)


@pytest.fixture
def copied(tmp_path):
    """A copy of the toy book that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / 'toy'))


def tool(*words):
    return main(['--book', str(FOLDER), *words])


def test_a_book_is_what_its_folder_says():
    assert (TOY.name, TOY.title) == ('toy', 'A toy book of two listings')
    assert [(listing.id, listing.section) for listing in TOY.listings] == [('shares', '1'), ('descent', '2')]
    assert [figure.printed for figure in TOY.figures] == ['3.6', '3', '2.6', '0.99']
    assert TOY.texts['toy'].era == '1.13'


@pytest.mark.parametrize(
    'text, told',
    [
        (None, 'no book'),
        ('name = ', 'is not as a book'),
        ('title = "no listings"', "is not as a book's is: 'listings'"),
        ('repeats = ["no-such"]\n[listings]\nshares = "1"', "no listing 'no-such'"),
    ],
)
def test_a_folder_that_is_no_book_is_a_sentence(tmp_path, text, told, capsys):
    if text is not None:
        (tmp_path / 'book.toml').write_text(text)
    with pytest.raises(BookError, match=told):
        Book(tmp_path)
    assert main(['--book', str(tmp_path), 'list']) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_listings_table_is_read_alike_without_tomllib(monkeypatch):
    for book in (TOY, BOOK):
        with monkeypatch.context() as patch:
            patch.setattr('streetlight.book.tomllib', None)
            old = Book(book.folder)
        assert (old.name, old.title, old.snapshots) == (book.name, book.title, book.snapshots)
        assert [(each.id, each.section) for each in old.listings] == [(each.id, each.section) for each in book.listings]


def test_two_books_in_one_process_do_not_meet(copied):
    other = Book(copied)
    prices = copied / 'listings' / 'prices.py'
    prices.write_text(prices.read_text().replace('0.3', '0.4'))
    assert other.listing('shares').run.__module__ != TOY.listing('shares').run.__module__
    mine, theirs = (json.loads(as_text(record(book)))['listings']['shares']['printed'] for book in (TOY, other))
    assert mine.startswith('Total:3.') and theirs.startswith('Total:4.')
    assert pinned(other) is not pinned(TOY)


def test_a_listings_code_is_its_own_and_that_of_what_it_imports(copied):
    codes = [listing.code for listing in TOY.listings]
    assert [listing.code for listing in Book(copied).listings] == codes
    (copied / 'listings' / 'shares.py').write_text('# said otherwise\n' + (copied / 'listings' / 'shares.py').read_text())
    shares, descent = (listing.code for listing in Book(copied).listings)
    assert shares != codes[0] and descent == codes[1]
    (copied / 'listings' / 'prices.py').write_text('PRICES = AMOUNTS = [1.0]\n')
    assert Book(copied).listing('descent').code != codes[1]


def test_every_command_speaks_of_the_book_it_is_given(capsys, tmp_path):
    assert tool('list') == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ['shares', 'descent']
    assert tool('run', 'shares', '--era', '1.13') == 0
    assert capsys.readouterr().out == 'Total:3.6\nThings:3\n'
    assert tool('record', '-o', str(tmp_path / 'here.json')) == 0
    assert tool('judge', str(tmp_path / 'here.json')) == 0
    assert tool('diff', str(tmp_path / 'here.json'), str(tmp_path / 'here.json')) == 0
    assert tool('atlas', '--show', '--json') == 0
    assert tool('certify', 'shares', '--json') == 0
    assert tool('reproduce') == 0
    assert tool('report', '-o', str(tmp_path / 'page')) == 0
    assert 'id="descent"' in (tmp_path / 'page' / 'index.html').read_text('utf-8')
    assert tool('run', 'all-together') == 2


def test_a_page_has_no_empty_table(copied, tmp_path):
    (copied / 'figures.csv').unlink()
    assert main(['--book', str(copied), 'report', '-o', str(tmp_path / 'page')]) == 0
    html = (tmp_path / 'page' / 'index.html').read_text('utf-8')
    assert '<tbody>' in html and not re.search(r'<tbody>\s*</tbody>|#errata', html)


def test_an_installed_tool_keeps_what_it_makes_in_the_users_cache(tmp_path):
    shutil.copytree(FOLDER.parents[1] / 'streetlight', tmp_path / 'streetlight', ignore=shutil.ignore_patterns('__pycache__'))
    words = [sys.executable, '-c', 'from streetlight.judge.unpacking import FOLDER; print(FOLDER)']
    variables = {**os.environ, 'PYTHONPATH': str(tmp_path), 'XDG_CACHE_HOME': '/of/a/user', 'STREETLIGHT_SUBJECTS': ''}
    told = subprocess.run(words, cwd=tmp_path, env=variables, capture_output=True, text=True, check=True).stdout
    assert told == '/of/a/user/streetlight\n'


def test_the_sum_of_three_products_is_one_of_those_that_its_orders_give():
    # ((3 * 0.1 + 7 * 0.3) + 2 * 0.6 by hand: 3 * 0.1 is 0.30000000000000004, 7 * 0.3 is 2.1, 2 * 0.6 is 1.2
    total = pinned(TOY).record('shares', 'total')
    assert total.printed == {'1.13': '3.6', '1.14': repr((3 * 0.1 + 7 * 0.3) + 2 * 0.6)}
    assert repr((3 * 0.1 + 2 * 0.6) + 7 * 0.3) in total.variants['1.14']
    assert total.guaranteed('1.13') and not total.guaranteed('1.14')
    assert pinned(TOY).record('shares', 'things').proof == 'fixed'


@pytest.mark.parametrize('listing', ['shares', 'descent'])
def test_the_toys_records_are_as_pinned(listing):
    path = Path(TOY.snapshots) / listing / 'numbers.jsonl'
    assert as_lines(records(TOY.listing(listing), pinned(TOY).models_of(listing))) == path.read_text('utf-8')


def add_listing(folder):
    toml = folder / 'book.toml'
    toml.write_text(toml.read_text() + 'thirds = "3"\n')
    (folder / 'listings' / 'thirds.py').write_text(
        '"""Section 3."""\n\nfrom __future__ import print_function\n\nimport numpy as np\n\n\ndef thirds():\n    """One."""\n'
        "    print('Sum:' + str(np.dot(np.array([0.1, 0.2]), np.array([1.0, 1 / 3]))))\n"
    )
    return Book(folder)


def test_a_listing_more_is_recorded_alone_and_changes_no_other_record(copied):
    before = {path.relative_to(copied): path.read_bytes() for path in (copied / 'snapshots').rglob('*.*')}
    book = add_listing(copied)
    atlas = atlases.carried(book, pinned(book).atlas)
    name = next(iter(atlas['environments']))
    assert [each.id for each in atlases.lacking(book, atlas, name)] == ['thirds']
    recording = tracefile.load(as_text(record(book, ['thirds'])), 'here', book, ['thirds'])
    atlases.add(book, atlas, name, recording._replace(environment=atlas['environments'][name]['fingerprint']))
    atlases.check_losses(pinned(book).atlas, atlas)
    atlasfile.write(book, atlas)
    after = {path.relative_to(copied): path.read_bytes() for path in (copied / 'snapshots').rglob('*.*')}
    changed = {path.as_posix() for path in before if before[path] != after[path]}
    assert changed <= {'snapshots/accumulations.jsonl', 'snapshots/squares.jsonl'}
    assert {path.parts[1] for path in set(after) - set(before)} <= {'thirds', 'texts'}
    assert main(['--book', str(copied), 'atlas', '--show']) == 0


def test_a_listing_that_is_named_is_recorded_alone_where_others_were(copied, monkeypatch):
    book, asked = add_listing(copied), {}

    def recorded(book, environment, listings):
        asked[environment.name] = [listing.id for listing in listings]
        raise subjects.Unavailable('it is not made for this test')

    monkeypatch.setattr('streetlight.commands.atlas.recorded', recorded)
    assert main(['--book', str(copied), 'atlas', 'thirds']) == 0
    assert asked == {name: ['thirds'] for name in pinned(book).atlas['environments']}


def test_a_listing_is_told_by_its_docstring_or_its_files_and_else_by_nothing(copied):
    book, path = add_listing(copied), copied / 'listings' / 'thirds.py'
    assert book.listing('thirds').about == 'One.'
    path.write_text(path.read_text().replace('    """One."""\n', ''))
    assert Book(shutil.copytree(copied, copied.with_name('one'))).listing('thirds').about == 'Section 3.'
    path.write_text(path.read_text().replace('"""Section 3."""', ''))
    assert Book(shutil.copytree(copied, copied.with_name('two'))).listing('thirds').about == ''


def test_classes_pinned_before_an_era_was_known_print_in_it_too(copied):
    book = Book(copied)
    atlas = deepcopy(pinned(book).atlas)
    for classes in atlas['texts'].values():
        for texts in classes.values():
            del texts[ERAS[-1]]
    next(iter(atlas['environments'].values()))['era'] = 'another'
    assert atlases.carried(book, atlas) == atlases.predicted(book, atlas) == pinned(book).atlas
    atlas['classes']['shares'] = dict.fromkeys(atlas['classes']['shares'], 'bits that no model predicts')
    assert all(set(texts) == set(ERAS[:-1]) for texts in atlases.carried(book, atlas)['texts']['shares'].values())
    with pytest.raises(PinnedError, match=r'in era 3\.0; `atlas --again`'):
        pinned(book).printed('shares', next(iter(atlas['classes']['shares'])), '3.0')


def test_the_command_refuses_to_lose_an_environment_that_is_not_named(copied, capsys, monkeypatch):
    def unavailable(*words, **facts):
        raise subjects.Unavailable('it is not made for this test')

    monkeypatch.setitem(subjects.MAKERS, 'debian', unavailable)
    shares = copied / 'listings' / 'shares.py'
    shares.write_text(shares.read_text().replace('total', 'sum_of_all'))
    before = (copied / 'snapshots' / 'shares' / 'classes.jsonl').read_text()
    assert main(['--book', str(copied), 'atlas', '--only', 'arch-mips64el-blas-atlas', '--drop', 'blas-mkl']) == 2
    told = capsys.readouterr().err
    assert 'environments would lose shares' in told and 'atlas --predict' in told
    assert (copied / 'snapshots' / 'shares' / 'classes.jsonl').read_text() == before
    assert main(['--book', str(copied), 'atlas', '--predict']) == 0
    assert (copied / 'snapshots' / 'shares' / 'classes.jsonl').read_text() != before


def test_finding_a_books_package_wakes_no_lazy_module(copied, monkeypatch):
    asked = []

    class Lazy(types.ModuleType):
        def __getattr__(self, name):
            asked.append(name)
            raise AttributeError(name)

    monkeypatch.setitem(sys.modules, 'a_lazy_module', Lazy('a_lazy_module'))
    trace_of(Book(copied).listing('shares'))
    assert asked == []
