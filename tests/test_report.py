"""The report: every number on its page comes from a snapshot or a run."""

import re
import shutil

import pytest

from reference import BOOK
from reference.__main__ import main
from reference.benchmarks import ratios
from streetlight.book import Book
from streetlight.certify.accumulation import EmulatedArithmetic
from streetlight.commands import report
from streetlight.judge.pinned import pinned
from streetlight.record.trace import trace_of
from streetlight.report import gather
from streetlight.report.build import FOLDER, page

KNOWN = pinned(BOOK)


@pytest.fixture(scope='module')
def html():
    return page(BOOK)


@pytest.mark.thorough
def test_the_page_needs_no_network_and_is_small(html):
    assert len(html.encode()) < 3_000_000
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', html) == []
    assert not re.search(r'url\((?!#)|@import|fetch\(|XMLHttpRequest', html)


def test_the_page_shows_every_listing_and_environment(html):
    assert all(f'id="{listing.id}"' in html for listing in BOOK.listings)
    assert html.count('<tr><td class="n">') >= len(KNOWN.atlas['environments'])
    assert '1 * 10 * 2 = 100' in html and '1 * 10 * 2 = 20' in html


CHANGES = [
    ('all-together/numbers.jsonl', '0.358384076763175361762', '0.358384076763175361799', '0.358384076763175361799'),
    ('all-together/numbers.jsonl', '"guaranteed_digits": 15', '"guaranteed_digits": 99', '99 digits are guaranteed'),
    ('all-together/classes.jsonl', '"arch-i386-blas-atlas", ', '', 'in 3 environments: class extended'),
    ('sweep.json', '0.502078', '0.702078', '70.2 %'),
    ('network-predicts/numbers.jsonl', '0.8774844', '0.1774844', '0.1775'),
    ('benchmarks.json', '"cores": 2', '"cores": 77', '77 cores'),
]


@pytest.fixture(scope='module')
def changed(tmp_path_factory):
    """The page of a book whose snapshots have all these changes; without its check of an output, which is tried elsewhere."""
    folder = tmp_path_factory.mktemp('changed')
    shutil.copytree(BOOK.folder, folder / 'reference', ignore=shutil.ignore_patterns('slips.toml'))
    snapshots = shutil.copytree(KNOWN.folder, folder / 'snapshots' / 'streetlights')
    for file, old, new, _ in CHANGES:
        text = (snapshots / file).read_text('utf-8')
        assert old in text
        (snapshots / file).write_text(text.replace(old, new), 'utf-8')
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gather, 'material', lambda *_: [])
        return page(Book(folder / 'reference'), run=False)


@pytest.mark.thorough
@pytest.mark.parametrize('shown', [shown for *_, shown in CHANGES])
def test_a_changed_snapshot_changes_the_page(shown, html, changed):
    assert shown in changed and shown not in html


def test_another_machine_changes_the_page(monkeypatch, html):
    def right_to_left(shape, k):
        return ['(' * (k - 1) + f'p{k - 1}' + ''.join(f'+p{i})' for i in reversed(range(k - 1)))]

    for name in ('streetlight.report.gather.material', 'reference.panels.panels'):  # which are of any machine
        monkeypatch.setattr(name, lambda *_: [])
    monkeypatch.setattr(gather, 'trace_of', lambda listing: trace_of(listing, EmulatedArithmetic(right_to_left)))
    section = re.compile('id="here".*?<h2', re.S)
    there, here = (section.search(each)[0] for each in (page(BOOK), html))
    assert there != here and 'linear-collapse: new' in there and 'linear-collapse: new' not in here


def test_no_number_of_the_page_stands_in_its_template():
    text = (FOLDER / 'page.html').read_text('utf-8').partition('<body>')[2]
    for code in (r'\{\{.*?\}\}', r'\{%.*?%\}', r'<sub>\d</sub>', r'<[^>]*>', r'[a-zA-Z_]\w*'):
        text = re.sub(code, ' ', text, flags=re.S)
    names = {'1.13', '1.14', '2.0', '7', '1', '0.01', '0.634231159844'}  # eras, the chapter, the seed, a limit, what to paste
    assert set(re.findall(r'\d[\d.]*\d|\d', text)) <= names


def test_benchmarks_are_ratios_of_one_run():
    rows = [
        {'group': 'g', 'name': 'test_slow', 'median': 6.0, 'count': 2, 'equal': True},
        {'group': 'g', 'name': 'test_fast', 'median': 1.0, 'count': 4, 'equal': None},
    ]
    fast, slow = ratios(rows)['g']
    assert fast == ('fast', 0.25, 1.0, 12.0, None)
    assert slow == ('slow', 3.0, 12.0, 1.0, True)


@pytest.mark.parametrize('text, told', [('{', 'is not JSON'), ('{}', 'is no file of benchmarks'), (None, 'No such file')])
def test_a_bad_file_of_benchmarks_is_told_in_one_line(text, told, tmp_path, capsys):
    path = tmp_path / 'bench.json'
    if text is not None:
        path.write_text(text)
    assert main(['report', '-o', str(tmp_path / 'page'), '--pinned-only', '--benchmarks', str(path)]) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.splitlines()) == 1
    assert not (tmp_path / 'page' / 'index.html').exists()


def test_the_command_writes_the_page_or_says_why_not(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(gather, 'material', lambda *_: [])  # of which no word of this is said
    assert main(['report', '-o', str(tmp_path / 'made'), '--pinned-only']) == 0
    assert 'the one that built this page' not in (tmp_path / 'made' / 'index.html').read_text('utf-8')
    (tmp_path / 'file').write_text('')
    assert main(['report', '-o', str(tmp_path / 'file')]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_snapshot_that_is_not_there_is_named(monkeypatch, tmp_path, capsys):
    def page(book, **options):
        raise FileNotFoundError(2, 'No such file or directory', 'snapshots/prints/elementwise.txt')

    monkeypatch.setattr(report, 'page', page)
    assert main(['report', '-o', str(tmp_path / 'page')]) == 2
    assert "cannot read 'snapshots/prints/elementwise.txt'" in capsys.readouterr().err
    assert not (tmp_path / 'page').exists()
