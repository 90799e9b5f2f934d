"""Readers: in every format the figures of a manuscript are found, each at its character."""

import json

import pytest
from short_texts import ERRORS

from reference import BOOK
from streetlight.errata.gate import findings_of
from streetlight.errata.manuscript import CODE, OUTPUT, PROSE
from streetlight.errata.readers import parse, read
from streetlight.errata.verdicts import EXACT, WRONG


def test_a_notebook_is_read_cell_by_cell_with_all_its_outputs(tmp_path):
    outputs = [
        {'output_type': 'stream', 'name': 'stdout', 'text': [ERRORS[0] + '\n', ERRORS[1] + '\n']},
        {'output_type': 'execute_result', 'execution_count': 1, 'metadata': {}, 'data': {'text/plain': '0.0830183113303'}},
        {'output_type': 'display_data', 'metadata': {}, 'data': {'text/plain': ['0.0064670549571'], 'text/html': '<b>1</b>'}},
        {'output_type': 'error', 'ename': 'E', 'evalue': '', 'traceback': []},
    ]
    cells = [
        {'cell_type': 'markdown', 'metadata': {}, 'source': '```\n' + ERRORS[5] + '\n```'},
        {'cell_type': 'code', 'execution_count': 1, 'metadata': {}, 'source': ['print(1)\n', '1'], 'outputs': outputs},
    ]
    path = tmp_path / 'notebook.ipynb'
    path.write_text(json.dumps({'cells': cells, 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 4}, indent=1))
    manuscript = read(path)
    found = findings_of(BOOK, manuscript)
    assert [finding.printed for finding in found] == [line.partition(':')[2] for line in (ERRORS[5], *ERRORS[:4])]
    lines = path.read_text().split('\n')
    assert all(finding.printed == lines[finding.line - 1][finding.column - 1 :][: len(finding.printed)] for finding in found)
    assert [block.place for block in manuscript.blocks if block.kind != 'prose'] == ['cell 1', 'cell 2', 'cell 2', 'cell 2', 'cell 2']


@pytest.mark.parametrize('info', ['r echo=FALSE', '{code-cell} julia', '{note}', '{.r .numberLines}'])
def test_what_a_notebooks_fence_says_beside_its_language_does_not_make_it_output(info):
    cell = {'cell_type': 'markdown', 'metadata': {}, 'source': f'```{info}\n{ERRORS[0]}\n```'}
    text = json.dumps({'cells': [cell], 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 4})
    assert [block.kind for block in parse(text.encode(), '.ipynb', 'x').blocks] == [PROSE]


@pytest.mark.parametrize(
    'suffix, text',
    [
        ('.md', '- a list\n\n  ```python\n  print(error)\n  ```\n\n  ```\n  Error:0.634231159845\n  Error:0.358384076763\n  ```\n'),
        ('.md', 'Indented:\n\n    Error:0.634231159845\n    Error:0.358384076763\n'),
        ('.rst', 'Title\n=====\n\n.. code-block:: none\n\n   Error:0.634231159845\n   Error:0.358384076763\n\n.. note:: 0.1\n'),
        ('.rst', 'Doctest:\n\n>>> print(error)\nError:0.634231159845\n>>> print(error)\nError:0.358384076763\n\nEnd.\n'),
        ('.py', 'print(error)  # Error:0.634231159845\nprint(error)\n# Error:0.358384076763\nalpha = 0.2  # learning rate\n'),
        ('.txt', 'The runtime output is below.\n\nError:0.634231159845\nError:0.358384076763\n\nIt was 0.5 and so on.\n'),
        ('.txt', 'import numpy as np\n```\nlayer 2 error += 1\n  Error: 0.634231159845\n  Error: 0.358384076763\n```\n'),
        ('.md', '```pycon\n>>> errors()\n0.634231159845\n0.358384076763\n```\n'),
        ('.md', '```console\n$ python streetlights.py\nError:0.634231159845\nError:0.358384076763\n```\n'),
    ],
)
def test_figures_are_found_in_every_format(suffix, text):
    found = [finding for finding in findings_of(BOOK, parse(text.encode(), suffix, 'x' + suffix)) if finding.listing]
    assert [(finding.printed, finding.verdict) for finding in found] == [('0.634231159845', WRONG), ('0.358384076763', EXACT)]
    lines = text.split('\n')
    assert all(lines[finding.line - 1][finding.column - 1 :].startswith(finding.printed) for finding in found)


def test_a_block_with_code_and_its_output_is_told_apart():
    text = '```\nimport numpy as np\nweights = np.array([[0.5,\n 0.48]])\nprint(weights)\n[[0.5  0.48]]\n```\n'
    kinds = [(block.kind, [line.number for line in block.lines]) for block in parse(text.encode(), '.md', 'x').blocks]
    assert kinds == [(CODE, [2, 3, 4, 5]), (OUTPUT, [6])]


@pytest.mark.parametrize('line', ['l_0 (3,) W_0 (3, 4) W_1 (4, 1)', 'class 0 has 49 of 50 precision 0.98'])
def test_an_output_of_shapes_or_classes_is_no_code(line):
    assert [block.kind for block in parse(f'```\n{line}\n```\n'.encode(), '.md', 'x.md').blocks] == [OUTPUT]
