"""The page of a program: its output as it is, each number with what is known of it."""

import html
import re

import nbformat
import pytest

from streetlight.__main__ import main
from streetlight.commands.programs import certified
from streetlight.report.build import program_page
from streetlight.report.program import kind_of, parts_of, pieces, summary

PROGRAM = 'import numpy as np\nx = np.array([0.1, 0.2, 0.3])\nprint("<i>", x.dot(x), 7)\nprint(np.random.rand(), 1 / 3)\n'


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp('page')
    (folder / 'program.py').write_text(PROGRAM)
    assert main(['record', str(folder / 'program.py'), '-o', str(folder / 'a.json')]) == 0
    return folder


def report(folder, *words):
    return main(['report', str(folder / 'program.py'), '-o', str(folder / 'page'), '--unprotected', *words])


@pytest.fixture(scope='module')
def page(written):
    assert report(written, '--trace', str(written / 'a.json'), '--trace', str(written / 'a.json')) == 0
    return (written / 'page' / 'index.html').read_text('utf-8')


def test_the_output_is_the_programs_own_and_each_number_has_its_colour_and_words(page):
    output = re.search('<pre tabindex="0">(.*?)</pre>', page, re.S)[1]
    first, rest = html.unescape(re.sub('<[^>]*>', '', output)).split('\n', 1)
    assert re.fullmatch(r'<i> 0\.14\d* 7', first) and rest.endswith(' 0.3333333333333333\n')
    assert [kind in ('open', 'sure') if at == 0 else kind for at, kind in enumerate(re.findall('class="digits (\\w+)"', output))] == [
        True,
        'fixed',
        'none',
        'fixed',
    ]
    assert all(words in output for words in ('every machine lies between 0.1', 'nothing in it can differ', 'nothing is proved'))
    assert 'unseeded random numbers' in output


def test_the_places_that_are_not_decided_lead_to_their_numbers(page):
    links = re.findall('<a href="#(n\\d+)">line', page)
    assert links and all(f'id="{each}"' in page for each in links) and 'line 2, column 1' in page


def test_the_page_says_where_two_machines_part_or_that_they_do_not(page):
    assert 'Where two machines part' in page and 'program.py: equal to the bit' in page


@pytest.mark.parametrize(
    'words, told',
    [
        (['--trace', 'x'], 'two traces are compared'),
        (['--trace', 'x', '--trace', 'y'], 'no such file'),
        (['-o', __file__], 'it is no folder'),
    ],
)
def test_a_page_that_cannot_be_made_is_one_sentence(words, told, written, capsys):
    assert report(written, *words) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.splitlines()) == 1


@pytest.mark.parametrize('source, told', [('x = 1 +', 'SyntaxError'), ('print(1)\n1 / 0', 'ZeroDivisionError'), (None, 'no file')])
def test_a_program_that_does_not_end_well_is_told(source, told, tmp_path, capsys):
    if source is not None:
        (tmp_path / 'program.py').write_text(source)
    assert report(tmp_path) == 2
    assert told in capsys.readouterr().err


ROW = {
    'cell': None,
    'line': 1,
    'column': 3,
    'printed': '0.25',
    'proof': 'bound',
    'guaranteed': False,
    'open_at': 3,
    'exact': None,
    'low': 0.2,
    'high': 0.3,
    'guaranteed_digits': 1,
    'variants': None,
    'reason': 'a <b>',
}


@pytest.mark.parametrize(
    'changes, kind, parts',
    [
        ({}, 'open', ('0.2', '5')),
        ({'open_at': None}, 'open', ('', '0.25')),
        ({'open_at': 9}, 'open', ('0.2', '5')),
        ({'guaranteed': True, 'open_at': None}, 'sure', ('0.25', '')),
        ({'proof': 'fixed', 'guaranteed': True}, 'fixed', ('0.25', '')),
        ({'proof': 'sampled', 'open_at': None}, 'sampled', ('0.25', '')),
        ({'proof': 'sampled'}, 'open', ('0.2', '5')),
        ({'proof': 'none'}, 'none', ('0.25', '')),
    ],
)
def test_a_number_is_as_sure_as_its_proof(changes, kind, parts):
    assert (kind_of({**ROW, **changes}), parts_of({**ROW, **changes})) == (kind, parts)


def test_a_text_is_cut_at_its_numbers_and_loses_nothing():
    text = 'a 0.25 b\n  0.25'
    rows = [ROW, {**ROW, 'line': 2}]
    found = list(pieces(text, rows))
    assert ''.join(piece for piece, _ in found) == text and [row for _, row in found if row] == rows
    assert summary(rows) == (
        '2 numbers are printed: 0 are the same everywhere, 0 more are guaranteed in all their digits, '
        '2 may end differently on another machine.'
    )
    assert summary([]) == 'No number is printed.'


def test_what_a_program_says_is_text_on_the_page():
    result = {'rows': [ROW], 'outputs': [{'cell': None, 'text': '<s0.25</script>'}], 'failed': '', 'notes': ['<img>']}
    result['rows'][0]['column'] = 3
    page = program_page(result, '<x>.py', '<m>', ['<i>'])
    assert not re.search('<(img|x|m|i|b)>|<s0', page) and page.count('</script>') == 1
    assert all(f'&lt;{name}&gt;' in page for name in ('img', 'x', 'm', 'i', 'b'))


WATCHED = "import sys\nwatched = any(name.startswith('streetlight.shadow') for name in sys.modules)\n"


@pytest.mark.parametrize(
    'source, proofs',
    [
        ('print(1 / 3, 2)\nprint(0.5)', ['fixed', 'fixed', 'fixed']),
        (WATCHED + 'print(0.5 if watched else 0.25, 2)', ['none', 'fixed']),
        (WATCHED + 'print(0.5, 2) if watched else print(0.5)', ['none', 'none']),
        (WATCHED + 'watched or 1 / 0\nprint(0.5)', ['none']),
    ],
)
def test_what_a_plain_run_prints_otherwise_is_not_certified(source, proofs, tmp_path):
    (tmp_path / 'program.py').write_text(source)
    rows = certified(str(tmp_path / 'program.py'), 60, unprotected=True)['rows']
    assert [row['proof'] for row in rows] == proofs
    assert all('a plain run beside it' in row['reason'] and not row['guaranteed'] for row in rows if row['proof'] == 'none')


def test_a_plain_run_has_the_programs_folder_arguments_and_display(tmp_path):
    (tmp_path / 'own.py').write_text('x = 0.5\n')
    cells = ['import os, sys\nfrom own import x\nprint(x, os.path.basename(__file__) == "n.ipynb", len(sys.argv))', 'display(x)\nx + 1']
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), tmp_path / 'n.ipynb')
    rows = certified(str(tmp_path / 'n.ipynb'), 60, unprotected=True)['rows']
    assert [(row['printed'], row['proof']) for row in rows] == [(each, 'fixed') for each in ('0.5', '1', '0.5', '1.5')]
