"""The command line: what it prints, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reference import BOOK

ROOT = Path(__file__).resolve().parents[1]


def reference(*arguments, **variables):
    return subprocess.run([sys.executable, '-m', 'reference', *arguments], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, **variables}, stdin=subprocess.DEVNULL)


def test_all_together_prints_the_six_lines_of_the_book_and_nothing_else():
    run = reference('run', 'all-together', '--era', '1.13')
    assert run.stdout == ('Error:0.634231159844\nError:0.358384076763\nError:0.0830183113303\nError:0.0064670549571\n'
                          'Error:0.000329266900075\nError:1.50556226651e-05\n')
    assert (run.returncode, run.stderr) == (0, '')


@pytest.mark.parametrize('kernel', ['', 'Haswell', 'Prescott', 'SkylakeX'])
def test_the_twelve_digits_do_not_move_with_the_kernel(kernel):
    run = reference('run', 'all-together', '--era', '1.13', OPENBLAS_CORETYPE=kernel)
    if kernel == 'SkylakeX' and run.returncode < 0:
        pytest.skip('this processor has no AVX-512, so it cannot run the SkylakeX kernel')
    assert run.stdout.endswith('Error:1.50556226651e-05\n')


def test_list_has_a_row_for_each_listing():
    rows = json.loads(reference('list', '--json').stdout)
    assert [row['id'] for row in rows] == [listing.id for listing in BOOK.listings]
    assert all(row['section'] and row['about'] for row in rows)
    assert [line.split()[0] for line in reference('list').stdout.splitlines()] == [row['id'] for row in rows]


def test_run_as_json_has_the_text_and_the_bits():
    document = json.loads(reference('run', 'elementwise', '--era', '1.13', '--json').stdout)
    assert document['printed'] == '[0 2 4 3]\n[2 3 4 4]\n[ 0.   0.5  1.   0.5]\n[ 0.5  1.5  2.5  1.5]\n'
    assert document['steps'][-1] == {'step': 'a+0.5', 'hex': ['0x1.0000000000000p-1', '0x1.8000000000000p+0', '0x1.4000000000000p+1',
                                                            '0x1.8000000000000p+0']}


@pytest.mark.parametrize('arguments, told', [
    (['run', 'no-such-listing'], "no listing 'no-such-listing'"),
    (['run', 'all-together', '--era', '1.15'], "no era '1.15'; there are 1.13, 1.14, 2.0"),
    (['record', '-o', 'no/such/folder/trace.json'], "cannot write 'no/such/folder/trace.json': No such file or directory"),
])
def test_bad_usage_is_one_clear_line_and_status_2(arguments, told):
    run = reference(*arguments)
    assert run.returncode == 2
    assert told in run.stderr and len(run.stderr.splitlines()) == 1
    assert run.stdout == ''


@pytest.mark.parametrize('arguments', [[], ['no-such-command'], ['run'], ['run', 'elementwise', '--no-such-option']])
def test_a_wrong_call_shows_the_usage_and_status_2(arguments):
    run = reference(*arguments)
    assert run.returncode == 2
    assert run.stderr.startswith('usage: python -m reference')
    assert 'Traceback' not in run.stderr


def test_a_reader_that_goes_away_is_no_error():
    command = f'{sys.executable} -m reference run whole-dataset | head -n 1'
    run = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == 'Prediction:-0.19999999999999996\n'
    assert run.stderr == ''
