"""The command line: what it prints, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from reference import BOOK
from reference.__main__ import main
from streetlight import __version__
from streetlight.__main__ import parser

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = parser('streetlight', BOOK)._subparsers._group_actions[0].choices


def reference(*arguments, **variables):
    return subprocess.run(
        [sys.executable, '-m', 'reference', *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize('kernel', ['', 'Haswell', 'Prescott', 'SkylakeX'])
def test_all_together_prints_the_six_lines_of_the_book_and_nothing_else_on_each_kernel(kernel):
    run = reference('run', 'all-together', '--era', '1.13', OPENBLAS_CORETYPE=kernel)
    if kernel == 'SkylakeX' and run.returncode < 0:
        pytest.skip('this processor has no AVX-512, so it cannot run the SkylakeX kernel')
    assert run.stdout == (
        'Error:0.634231159844\nError:0.358384076763\nError:0.0830183113303\nError:0.0064670549571\n'
        'Error:0.000329266900075\nError:1.50556226651e-05\n'
    )
    assert (run.returncode, run.stderr) == (0, '')


def test_list_has_a_row_for_each_listing(capsys):
    assert main(['list', '--json']) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row['id'] for row in rows] == [listing.id for listing in BOOK.listings]
    assert all(row['section'] and row['about'] for row in rows)
    assert main(['list']) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [row['id'] for row in rows]


def test_run_as_json_has_the_text_and_the_bits(capsys):
    assert main(['run', 'elementwise', '--era', '1.13', '--json']) == 0
    document = json.loads(capsys.readouterr().out)
    assert document['printed'] == '[0 2 4 3]\n[2 3 4 4]\n[ 0.   0.5  1.   0.5]\n[ 0.5  1.5  2.5  1.5]\n'
    assert document['steps'][-1] == {
        'step': 'a+0.5',
        'hex': ['0x1.0000000000000p-1', '0x1.8000000000000p+0', '0x1.4000000000000p+1', '0x1.8000000000000p+0'],
    }


@pytest.mark.parametrize(
    'arguments, told',
    [
        (['run', 'no-such-listing'], "no listing 'no-such-listing'"),
        (['run', 'all-together', '--era', '1.15'], "no era '1.15'; there are 1.13, 1.14, 2.0"),
        (['record', '-o', 'no/such/folder/trace.json'], "cannot write 'no/such/folder/trace.json': No such file or directory"),
    ],
)
def test_bad_usage_is_one_clear_line_and_status_2(arguments, told, capsys):
    assert main(arguments) == 2
    out, error = capsys.readouterr()
    assert told in error and len(error.splitlines()) == 1
    assert out == ''


@pytest.mark.parametrize('arguments', [['no-such-command'], ['run'], ['run', 'elementwise', '--no-such-option']])
def test_a_wrong_call_shows_the_usage_and_status_2(arguments, capsys):
    with pytest.raises(SystemExit, match='2'):
        main(arguments)
    assert capsys.readouterr().err.startswith('usage: python -m reference')


def test_a_newcomer_who_gives_no_command_is_shown_all_of_them(capsys):
    assert main([]) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in COMMANDS) and 'errata chapter.md' in told


@pytest.mark.parametrize('name', COMMANDS)
def test_the_help_of_a_command_has_an_example_that_it_takes_and_80_columns(name, monkeypatch):
    monkeypatch.setenv('COLUMNS', '80')
    text = COMMANDS[name].format_help()
    assert max(map(len, text.splitlines())) <= 80
    words = text.rpartition('\n    streetlight ')[2].split()
    assert words[0] == name and parser('streetlight', BOOK).parse_args(words).command == name


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit, match='0'):
        main(['--version'])
    assert capsys.readouterr().out == f'streetlight {__version__}\n'


@pytest.mark.parametrize('typed, completed', [('cert', 'certify'), ('swee', 'sweep'), ('errata --up', '--update-ledger')])
def test_bash_completes_a_word(typed, completed, capsys, tmp_path):
    pytest.importorskip('shtab')
    with pytest.raises(SystemExit, match='0'):
        main(['--print-completion', 'bash'], prog='streetlight')
    words = f'streetlight {typed}'
    (tmp_path / 'script').write_text(
        capsys.readouterr().out + f'COMP_WORDS=({words}); COMP_CWORD={len(words.split()) - 1}\n'
        '_shtab_streetlight; echo "${COMPREPLY[@]}"\n'
    )
    run = subprocess.run(['bash', tmp_path / 'script'], capture_output=True, text=True)
    assert run.stdout.split() == [completed], run.stderr


def test_a_reader_that_goes_away_is_no_error():
    command = f'{sys.executable} -m reference run whole-dataset | head -n 1'
    run = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == 'Prediction:-0.19999999999999996\n'
    assert run.stderr == ''


@pytest.mark.parametrize(
    'words',
    [
        pytest.param(['atlas', '--show'], marks=pytest.mark.thorough),
        ['certify'],
        ['certify', 'all-together'],
        ['reproduce'],
        ['judge', 'HERE'],
    ],
    ids=' '.join,
)
def test_a_table_fits_80_columns_and_cuts_no_name_or_number(words, monkeypatch, capsys, tmp_path):
    for module in ('atlas', 'certificates', 'figures', 'traces', 'programs'):
        monkeypatch.setattr(f'streetlight.commands.{module}.console', lambda: Console(width=80, highlight=False))
    if 'HERE' in words:
        assert main(['record', '-o', str(tmp_path / 'here.json')]) == 0
    assert main([str(tmp_path / 'here.json') if word == 'HERE' else word for word in words]) == 0
    shown = capsys.readouterr().out
    table = shown[shown.index('──') :].splitlines()
    assert max(map(len, shown[: shown.index('──')].splitlines()[-1:] + table[:20])) <= 80
    assert '…' not in shown and any(listing.id in shown for listing in BOOK.listings)


def test_nothing_that_is_said_is_taken_for_marks(tmp_path, capsys):
    """Line 100 is no emoji, and a file's name no colour."""
    text = '\n' * 98 + '`2 * 3 = 7` is line 99\n`2 * 3 = 8`\n'
    (tmp_path / '[red].md').write_text(text)
    main(['errata', str(tmp_path / '[red].md')])
    shown = capsys.readouterr().out
    assert all(f'[red].md:{line}:' in shown for line in (99, 100)), shown
