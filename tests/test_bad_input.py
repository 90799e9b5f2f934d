"""What no command can use: exit status 2 and one sentence on standard error; no traceback, no file changed, no endless reading."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reference import BOOK
from reference.__main__ import main
from reference.panels import benchmark_data
from streetlight.reading import Unreadable, read_file
from streetlight.record.recorder import record
from streetlight.report.gather import SnapshotError

ROOT = Path(__file__).parents[1]
COMMANDS = {
    'judge': ['judge', 'FILE'],
    'diff': ['diff', 'FILE', 'FILE'],
    'errata': ['errata', 'FILE'],
    'ledger': ['errata', 'README.md', '--ledger', 'FILE'],
}


def sentence(words, capsys):
    """The one sentence of a command that fails."""
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == '' and len(captured.err.splitlines()) == 1 and 'fault of this program' not in captured.err
    return captured.err


@pytest.fixture(params=['device', 'pipe', 'folder', 'missing', 'null', 'huge'])
def odd_file(request, tmp_path):
    path = tmp_path / 'odd.md'
    if request.param == 'device':
        path = Path('/dev/zero')
    elif request.param == 'pipe':
        os.mkfifo(path)
    elif request.param == 'folder':
        path.mkdir()
    elif request.param == 'null':
        path = 'a\0.md'
    elif request.param == 'huge':
        with path.open('wb') as file:
            file.truncate(2**40)
    return path


@pytest.mark.parametrize('command', COMMANDS)
def test_what_is_no_file_or_has_no_end_is_told_and_not_read(command, odd_file, capsys):
    words = [str(odd_file) if word == 'FILE' else word for word in COMMANDS[command]]
    told = sentence(words, capsys)
    assert str(odd_file).replace('\0', '') in told.replace('\0', '') or 'null' in told


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path):
    (tmp_path / 'a').write_bytes(b'x' * 10)
    assert read_file(tmp_path / 'a', largest=10) == b'x' * 10
    with pytest.raises(Unreadable, match='more than'):
        read_file(tmp_path / 'a', largest=9)


@pytest.mark.parametrize(
    'data', [b'\xff\xfe', b'', b'[', b'[' * 10**5, b'{}', b'null', b'7', b'{"schema": 1, "accepted": [3]}', b'9' * 10**5]
)
@pytest.mark.parametrize('command', [each for each in COMMANDS if each != 'errata'])
def test_what_is_no_such_file_says_so(command, data, tmp_path, capsys):
    (tmp_path / 'f').write_bytes(data)
    words = [str(tmp_path / 'f') if word == 'FILE' else word for word in COMMANDS[command]]
    assert str(tmp_path / 'f') in sentence(words, capsys)


@pytest.mark.parametrize('median, count', [(0, 1), (1, 0), (10**400, 1), (1, 10**400), ('x', 1), (float('nan'), 1), (-1, 1), (None, 1)])
def test_benchmarks_that_cannot_be_are_told(median, count, tmp_path):
    rows = [{'group': 'g', 'name': name, 'median': median, 'rounds': 1, 'count': count, 'equal': True} for name in ('a', 'b')]
    (tmp_path / 'f').write_text(json.dumps({'machine': {}, 'date': '2026-01-01', 'benchmarks': rows}))
    with pytest.raises(SnapshotError, match='no file of benchmarks'):
        benchmark_data(tmp_path / 'f')


def test_a_report_says_which_benchmarks_it_cannot_read(tmp_path, capsys):
    told = sentence(['report', '-o', str(tmp_path / 'out'), '--pinned-only', '--benchmarks', '/dev/zero'], capsys)
    assert '/dev/zero' in told and not (tmp_path / 'out' / 'index.html').exists()


@pytest.fixture(scope='module')
def trace_here():
    return record(BOOK)


@pytest.mark.parametrize('key', ['x', '', '0x1p99999', '{}', '../..', 'nan()'])
def test_a_trace_whose_squares_have_hostile_keys_is_told(key, trace_here, tmp_path, capsys):
    (tmp_path / 't.json').write_text(json.dumps({**trace_here, 'squares': {key: '0x1p0'}}))
    assert 'is not as the recorder writes it' in sentence(['judge', str(tmp_path / 't.json')], capsys)


@pytest.mark.parametrize('text', ['Error:1e999999999999999999', '1e-99999999999', '1e' + '9' * 5000, '0.5e400', '-1.5E+4000000000'])
def test_a_figure_with_any_exponent_is_read(text, tmp_path, capsys):
    (tmp_path / 'm.md').write_text(f'```\nError:0.634231159844\n{text}\n```\n')
    assert main(['errata', str(tmp_path / 'm.md')]) == 0
    assert capsys.readouterr().err == ''


@pytest.mark.parametrize(
    'text',
    [
        '|a|\n\n.. |a| replace:: |b|\n\n.. |b| replace:: |a|\n',
        '|a|\n\n.. |a| image:: x\n\n.. |d| raw:: html\n\n|d|\n\n.. |a| replace:: twice\n',
        '|a|\n\n.. |a| unicode:: 0xFFFFFFFFFF\n\n.. |b| date:: %\n\n.. |c| include:: /etc/passwd\n',
        '.. include:: /dev/zero\n\n.. raw:: html\n   :file: /dev/zero\n\n.. csv-table::\n   :file: /dev/zero\n',
    ],
)
def test_substitutions_that_docutils_refuses_are_read(text, tmp_path, capsys):
    (tmp_path / 'm.rst').write_text(text)
    assert main(['errata', str(tmp_path / 'm.rst')]) == 0
    assert capsys.readouterr().err == ''


def test_a_text_more_exact_than_its_code_is_read(tmp_path, capsys):
    (tmp_path / 'm.md').write_text('```python\nprint(1)\n```\n\n```\n1.4\n```\n')
    assert main(['errata', '--run-code', '--unprotected', str(tmp_path / 'm.md')]) in (0, 1)
    assert capsys.readouterr().err == ''


def test_a_mistyped_ledger_is_an_error(tmp_path, capsys):
    (tmp_path / 'm.md').write_text('a\n')
    assert '--update-ledger' in sentence(['errata', str(tmp_path / 'm.md'), '--ledger', str(tmp_path / 'no.json')], capsys)


@pytest.mark.one_in(6)
@pytest.mark.parametrize(
    'command, status, told',
    [
        ('PYTHON -m reference list >&-', 2, 'standard output is closed'),
        ('PYTHON -m reference list >/dev/full', 2, 'No space left on device'),
        ('PYTHON -m reference atlas --list >/dev/full', 2, 'No space left on device'),
        ('PYTHON -m reference record -o /dev/full', 2, 'No space left on device'),
        ('set -o pipefail; PYTHON -m reference record | head -c 1 >/dev/null', 0, ''),
        ('PYTHONIOENCODING=ascii PYTHON -m reference certify network-predicts', 0, ''),
        ('printf "a\\n" > "$TMP/m\\377.md"; PYTHON -m reference errata "$TMP"/*.md', 0, ''),
        ('PYTHON -m reference errata "$(printf "no\\377.md")"', 2, r'no\udcff.md'),
    ],
)
def test_an_odd_output_or_name_gets_a_sentence(command, status, told, tmp_path):
    variables = {**os.environ, 'TMP': str(tmp_path), 'PYTHONUTF8': '1'}
    words = ['bash', '-c', command.replace('PYTHON -m', f'{sys.executable} -m')]
    run = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60)
    assert run.returncode == status and told in run.stderr and 'Traceback' not in run.stderr
    assert len(run.stderr.splitlines()) == (status == 2)


def test_a_device_is_written_and_not_replaced():
    run = subprocess.run([sys.executable, '-m', 'reference', 'record', '-o', '/dev/null'], cwd=ROOT)
    assert run.returncode == 0 and Path('/dev/null').is_char_device()


def test_without_numpy_there_is_a_sentence():
    run = subprocess.run([sys.executable, '-S', '-m', 'reference', 'list'], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 2 and 'needs NumPy' in run.stderr and len(run.stderr.splitlines()) == 1


def notebook(cells):
    stored = [{'output_type': 'stream', 'name': 'stdout', 'text': ['2.5\n']}]
    cell = {'cell_type': 'code', 'execution_count': 1, 'metadata': {}, 'outputs': stored}
    rows = [{**cell, 'source': [f'print({i}.5)\n']} for i in range(cells)]
    return json.dumps({'cells': rows, 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 4})


def references(count):
    return ''.join(f'x{i}_ ' for i in range(count)) + '\n\n' + ''.join(f'.. _x{i}: http://a/{i}\n' for i in range(count))


def shuffled(count):
    draw = random.Random(1)
    return '```\n' + '\n'.join(repr(draw.random()) for _ in range(count)) + '\n```\n'


@pytest.mark.parametrize(
    'suffix, text, count',
    [
        pytest.param('.rst', lambda count: '*a* ' * count, 22_500, id='emphasis'),
        pytest.param('.rst', lambda count: '*a ' * count, 30_000, id='open emphasis'),
        pytest.param('.rst', references, 5000, id='forward references'),
        pytest.param('.md', shuffled, 60_000, id='shuffled figures'),
        pytest.param('.ipynb', notebook, 10_000, id='cells'),
    ],
)
def test_a_large_document_takes_less_than_ten_seconds(suffix, text, count, every_case, tmp_path, capsys):
    """Without ``--every-case`` a tenth of it takes less than one second."""
    path, part = tmp_path / f'm{suffix}', 1 if every_case else 10
    path.write_text(text(count // part))
    begun = time.process_time()  # whatever else the machine does
    assert main(['errata', str(path)]) in (0, 1)
    assert time.process_time() - begun < 10 / part
    assert 'fault of this program' not in capsys.readouterr().err
