"""Manuscripts that mean harm, or are none: a clear error or a verdict, and never a traceback."""

import json
import re

import pytest
from cases import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from manuscripts import right_case

from reference import BOOK
from reference.__main__ import main
from streetlight.errata.gate import findings_of
from streetlight.errata.manuscript import ManuscriptError
from streetlight.errata.patch import patch
from streetlight.errata.readers import parse

NOTEBOOK = json.dumps(
    {
        'cells': [
            {
                'cell_type': 'code',
                'execution_count': 1,
                'metadata': {},
                'source': ['1\n'],
                'outputs': [{'output_type': 'stream', 'name': 'stdout', 'text': ['Error:0.634231159844\n']}],
            }
        ],
        'metadata': {},
        'nbformat': 4,
        'nbformat_minor': 4,
    }
)


def gate(data, suffix):
    """The findings, or the sentence that says why there are none; anything else that is raised is a fault of ours."""
    try:
        manuscript = parse(data, suffix, 'm' + suffix)
        findings = findings_of(BOOK, manuscript)
        patch(manuscript, findings)
    except ManuscriptError as error:
        sentence = str(error)
    else:
        return findings
    assert "'m" in sentence and '\n' not in sentence
    return sentence


@pytest.mark.one_in(10)
@pytest.mark.parametrize('suffix', ['.md', '.txt', '.rst', '.ipynb', '.py'])
@pytest.mark.parametrize(
    'data',
    [
        b'',
        b'\n' * 1000,
        b'\xff\xfe\x00',
        b'\x89PNG\r\n\x1a\n\0\0',
        'Error:0.634231159844\r\nError:0.358\r'.encode(),
        b'```\n' + b'1' * 10_000 + b'\n',
        b'```\nnan inf -inf 1e999 -1e-999 0.' + b'1' * 10_000 + b'\n```',
        b'[' * 50_000,
        b'```' * 10_000,
        b'> ' * 5000 + b'x',
        b'0.634231159844 ' * 20_000,
        b'# %%\n' * 3000,
        b'```\n' + b'Error:0.634231159844\n' * 1000 + b'```\n',
        b'1*' * 5000 + b'1 = 2',
        b'```\n' + b'(' * 3000 + b'\nx = 1\n```\n',
        '```\nError:٠.٦\n²³ = 5\n```\n'.encode(),
        b'.. code::\n\n' + b' 1.5\n' * 2000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_manuscript_has_a_verdict_or_a_sentence(suffix, data):
    gate(data, suffix)


@pytest.mark.one_in(10)
@pytest.mark.parametrize('suffix', ['.md', '.txt', '.rst', '.py'])
@pytest.mark.parametrize('piece', [' ', 'a', 'a_', 'a ', '1e5', 'a:', '1-', "'a", '_', '[ ', 'a( ', '. ', 'dtype='])
@pytest.mark.parametrize('end', ['', 'x', '= 0.634231159844'])
def test_a_long_line_of_one_piece_is_read_in_the_time_of_its_length(suffix, piece, end):
    line = piece * (90_000 // len(piece)) + end  # each would take minutes, where a pattern tries every start to the end
    gate(f'```\n{line}\n```\n'.encode() if suffix == '.md' else f'{line}\n'.encode(), suffix)


@pytest.mark.one_in(4)
@pytest.mark.parametrize('cut', range(1, len(NOTEBOOK), 13))
def test_a_notebook_that_is_cut_anywhere_says_so(cut):
    assert 'cut or damaged' in gate(NOTEBOOK[:cut].encode(), '.ipynb')


@pytest.mark.parametrize(
    'text, told',
    [
        ('[]', 'it holds no object'),
        ('{}', 'it has nbformat None'),
        ('null', 'it holds no object'),
        ('3', 'it holds no object'),
        ('{"cells": 3, "nbformat": 4}', "it has no list of 'cells'"),
        ('{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [3]}', 'cell 1 is no cell'),
        ('[' * 100_000, 'nested too deeply'),
        ('{"a":' * 20_000 + '1' + '}' * 20_000, 'nested too deeply'),
        (NOTEBOOK.replace('["1\\n"]', '{"x": 1}'), 'cell 1 has a text that is no text'),
        (NOTEBOOK.replace('"nbformat": 4', '"nbformat": 99'), 'it has nbformat 99'),
    ],
    ids=lambda text: text[:30],
)
def test_json_that_is_no_notebook_says_so(text, told):
    assert told in gate(text.encode(), '.ipynb')


def test_an_output_of_no_known_kind_is_no_output():
    assert gate(NOTEBOOK.encode(), '.ipynb') != []
    assert gate(NOTEBOOK.replace('"stream"', '7').encode(), '.ipynb') == []


@pytest.mark.parametrize(
    'name, told',
    [
        ('no-such.md', 'No such file'),
        ('', 'is no file'),
        ('m.pdf', "no reader for '.pdf'"),
        ('b.md', 'binary'),
        ('u.md', 'is not UTF-8: byte 0xff in line 2'),
    ],
)
def test_the_command_says_in_one_line_what_it_cannot_read(name, told, tmp_path, capsys):
    (tmp_path / 'm.pdf').write_bytes(b'%PDF')
    (tmp_path / 'b.md').write_bytes(b'a\0b')
    (tmp_path / 'u.md').write_bytes(b'a\n\xff\n')
    assert main(['errata', str(tmp_path / name)]) == 2
    captured = capsys.readouterr()
    assert told in captured.err and len(captured.err.splitlines()) == 1 and captured.out == ''


PIECES = st.sampled_from(
    [
        '```\n',
        '```python\n',
        '\n',
        '    ',
        '>>> ',
        '... ',
        'Error:',
        '0.634231159844',
        '-0.',
        '[[',
        ']]',
        'array([',
        '1e-05',
        ' = ',
        '# ',
        'import numpy as np\n',
        'def f(x):\n',
        'print "x"\n',
        '1 * 10 * 2 = 100\n',
        '`',
        '.. code::\n\n',
        '::\n\n',
        '...\n',
        '…',
        'x = ',
        '\t',
        '> ',
        '- ',
        '$',
        '"""',
        "'",
        '\\',
        '|',
        '(',
        ')',
        '\u2212',
        '\u2028',
        '\x0c',
        '9' * 30,
    ]
)


@examples(60, suppress_health_check=list(HealthCheck))
@given(suffix=st.sampled_from(['.md', '.txt', '.rst', '.py']), pieces=st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=60))
def test_any_text_is_read(suffix, pieces):
    gate(''.join(pieces).encode('utf-8', 'surrogatepass'), suffix)


@examples(25, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 8), changes=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=4)), min_size=1, max_size=6))
def test_a_damaged_manuscript_is_read(seed, changes):
    case = right_case(seed)
    data = bytearray(case.text.encode())
    for at, piece in changes:
        at %= len(data) + 1
        data[at : at + len(piece)] = piece
    gate(bytes(data), case.suffix)


def test_a_sentence_names_the_formats():
    assert all(re.search(rf'{re.escape(suffix)}\b', gate(b'a\0', '.md')) for suffix in ('.md', '.rst', '.ipynb', '.py', '.txt'))
