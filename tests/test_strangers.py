"""The streetlight network as a stranger would write it, in many ways: twelve digits at all six errors, and Python's own output."""

import contextlib
import io

import nbformat
import numpy as np
import pytest

from streetlight.certify.program import certify
from streetlight.programs import source
from streetlight.programs.run import run, run_cells

SCRIPT = """
import numpy as np
np.random.seed(1)
def relu(x):
    return (x > 0) * x
def relu2deriv(output):
    return output > 0
lights = np.array([[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1]])
walk_vs_stop = np.array([[1, 1, 0, 0]]).T
alpha = 0.2
weights_0_1 = 2 * np.random.random((3, 4)) - 1
weights_1_2 = 2 * np.random.random((4, 1)) - 1
for iteration in range(60):
    error = 0
    for i in range(len(lights)):
        layer_0 = lights[i:i+1]
        layer_1 = relu(np.dot(layer_0, weights_0_1))
        layer_2 = np.dot(layer_1, weights_1_2)
        error += np.sum((layer_2 - walk_vs_stop[i:i+1]) ** 2)
        layer_2_delta = layer_2 - walk_vs_stop[i:i+1]
        layer_1_delta = layer_2_delta.dot(weights_1_2.T) * relu2deriv(layer_1)
        weights_1_2 -= alpha * layer_1.T.dot(layer_2_delta)
        weights_0_1 -= alpha * layer_0.T.dot(layer_1_delta)
    if iteration % 10 == 9:
        print("Error:" + str(error))
"""
CLASS = """
import numpy as np

class Network:
    def __init__(self, hidden, rate=0.2):
        self.rate = rate
        self.first = 2 * np.random.random((3, hidden)) - 1
        self.second = 2 * np.random.random((hidden, 1)) - 1

    def step(self, row, goal):
        hidden = np.maximum(row @ self.first, 0)
        off = hidden @ self.second - goal
        back = (off @ self.second.T) * np.where(hidden > 0, 1, 0)
        self.second = self.second - self.rate * (hidden.T @ off)
        self.first = self.first - self.rate * (row.T @ back)
        return (off ** 2).sum()

np.random.seed(1)
net = Network(4)
rows = np.array([[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1]])
goals = np.array([1, 1, 0, 0]).reshape(-1, 1)
for turn in range(60):
    error = sum(net.step(rows[i:i + 1], goals[i:i + 1]) for i in range(4))
    if turn % 10 == 9:
        print(f"Error:{error}")
"""
FORWARD = [
    ('np.dot(layer_0, weights_0_1)', 'np.dot(layer_1, weights_1_2)'),
    ('layer_0 @ weights_0_1', 'layer_1 @ weights_1_2'),
    ('layer_0.dot(weights_0_1)', 'layer_1.dot(weights_1_2)'),
]


def forward(which):
    text = SCRIPT
    for old, new in zip(FORWARD[0], FORWARD[which]):
        text = text.replace(old, new)
    return text


def other(*pairs):
    text = SCRIPT
    for old, new in pairs:
        text = text.replace(old, new)
    return text


WRITTEN = {
    'as the chapter prints it': SCRIPT,
    'at': forward(1),
    'method dot': forward(2),
    'a class': CLASS,
    'matmul': other(('np.dot(', 'np.matmul(')),
    'plus equal': other(('layer_2 - walk_vs_stop[i:i+1]\n', 'walk_vs_stop[i:i+1] - layer_2\n'), ('-= alpha', '+= alpha')),
    'new arrays': other(
        ('weights_1_2 -= alpha', 'weights_1_2 = weights_1_2 - alpha'), ('weights_0_1 -= alpha', 'weights_0_1 = weights_0_1 - alpha')
    ),
}


def plain(text):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(text, {'__name__': '__main__'})
    return out.getvalue()


def written(tmp_path, text, kind):
    path = tmp_path / ('program.ipynb' if kind == 'notebook' else 'program.md' if kind == 'markdown' else 'program.py')
    if kind == 'notebook':
        head, tail = text[: text.index('for ')], text[text.index('for ') :]
        cells = [nbformat.v4.new_code_cell(each) for each in (head, tail)] if 'class' not in text else [nbformat.v4.new_code_cell(text)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    elif kind == 'markdown':
        path.write_text(f'# A program\n\n```python{text}```\n')
    else:
        path.write_text(text)
    return path


@pytest.mark.one_in(22)
@pytest.mark.parametrize('kind', ['script', 'notebook', 'markdown'])
@pytest.mark.parametrize('name', WRITTEN)
def test_a_strangers_streetlights_hold_twelve_digits(tmp_path, name, kind):
    done = run(written(tmp_path, WRITTEN[name], kind))
    assert done.failed == '' and done.stdout == plain(WRITTEN[name])
    rows = certify(done, 'program')
    assert [row.guaranteed_digits >= 12 for row in rows] == [True] * 6
    assert all(row.low <= float(row.printed) <= row.high for row in rows)


@pytest.mark.parametrize(
    'name, text, message',
    [
        ('empty.py', '', 'holds no Python code'),
        ('nothing.md', '# only text\n', 'holds no Python code'),
        ('zero.py', 'a\0b', 'zero byte'),
        ('broken.ipynb', '{"cells": 3}', 'is no notebook'),
        ('missing.py', None, 'cannot read'),
    ],
)
def test_a_file_that_is_no_program_is_told_in_a_sentence(tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(source.SourceError, match=message):
        source.cells(tmp_path / name)


def test_a_programs_own_traceback_is_its_own(tmp_path):
    path = tmp_path / 'fails.py'
    path.write_text('import numpy as np\nx = np.exp(np.arange(3.0))\nprint(1.5)\nx.dot(np.ones(4))\n')
    done = run(path)
    assert done.stdout == '1.5\n'
    assert done.failed.startswith('Traceback') and f'{path}", line 4' in done.failed and 'ValueError: shapes' in done.failed
    assert 'streetlight' not in done.failed


def test_a_notebook_has_ipythons_names(tmp_path):
    cells = ['import numpy as np\n%matplotlib inline\nx = np.exp(np.array([0.5, 1.5])); x', '_ * 2', 'display(x[0], "a")\n!ls\nNone']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = tmp_path / 'names.ipynb'
    nbformat.write(notebook, path)
    done = run(path)
    x = np.exp(np.array([0.5, 1.5]))
    assert not done.failed
    assert [str(output.text) for output in done.outputs] == [f'{x!r}\n', f'{x * 2!r}\n', f"{x[0]!r}\n'a'\n"]


def test_a_modules_doctests_run_once_by_us_alone(tmp_path):
    path = tmp_path / 'module.py'
    path.write_text(
        '"""\n>>> double(0.1)\n0.2\n"""\nimport doctest\n\n\ndef double(x):\n    return 2 * x\n\n\n'
        'if __name__ == "__main__":\n    print(doctest.testmod())\n'
    )
    done = run(path)
    assert not done.failed and done.stdout == '0.2\n'
    assert [row.guaranteed for row in certify(done, path)] == [True]


def test_a_cell_that_may_fail_goes_on_after_an_import_of_what_is_not_here():
    text = 'from no_such_module import *\nimport no_such_module_either, os\nimport numpy as np\nprint(np.exp(0.5))\n'
    cells = [source.Cell(text, 1, may_fail=True), source.Cell('print(os.sep)', 2, may_fail=True)]
    ran = run_cells(cells, 'notebook', lenient=True)
    assert [str(output.text) for output in ran.outputs] == ['1.6487212707001282\n', '']
    assert 'no_such_module' in ran.outputs[0].traceback and "'os' is not defined" in ran.outputs[1].traceback
    (row,) = certify(ran, 'notebook')
    assert row.proof == 'every evaluation'
    ended = run_cells(cells[:1], 'notebook')
    assert str(ended.outputs[0].text) == '' and 'ModuleNotFoundError' in ended.outputs[0].traceback


def test_a_pass_that_prints_and_branches_alone_computes_nothing():
    text = 'import numpy as np\nx = np.exp(np.arange(30.0)).sum()\nlarge = x > 1\n'
    text += 'for i in range(4):\n    print(x)\n    if large:\n        pass\n'
    rows = certify(run_cells([source.Cell(text)], 'program'), 'program')
    assert [row.proof for row in rows] == ['bound'] * 4
