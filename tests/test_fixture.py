"""The fixture `certified`, and the patch of printed outputs."""

import os
import subprocess
import sys

import nbformat
import numpy as np
import pytest

from streetlight.certify.fixture import NotCertified
from streetlight.certify.mend import cut


def train(seed, steps=20):
    np.random.seed(seed)
    weights = 2 * np.random.random(3) - 1
    rows, goal = np.array([[1.0, 0.5, 0.25], [0.5, 1.0, 2.0]]), np.array([1.0, 0.0])
    for _ in range(steps):
        off = 1 / (1 + np.exp(-rows.dot(weights))) - goal
        weights -= 0.5 * rows.T.dot(off)
    return np.mean(np.abs(off))


def unseeded():
    return np.random.rand()


def test_a_result_shows_the_digits_that_are_guaranteed(certified):
    text = certified(train, seed=1)
    shown = float(text.removeprefix('np.float64(').removesuffix(')'))
    assert shown == pytest.approx(float(train(1)), rel=1e-13) and len(text.rows) == 1
    assert len(str(shown)) < len(str(float(train(1))))


@pytest.mark.thorough
def test_a_snapshot_of_it_holds_on_another_kernel_and_without_simd(certified):
    code = 'from tests.test_fixture import train; from streetlight.certify.fixture import certified; print(certified(train, seed=1))'
    for other in ({'OPENBLAS_CORETYPE': 'Prescott'}, {'NPY_DISABLE_CPU_FEATURES': 'AVX512F AVX512CD AVX512_SKX AVX2 FMA3'}):
        done = subprocess.run([sys.executable, '-W', 'ignore', '-c', code], env={**os.environ, **other}, capture_output=True, text=True)
        assert done.stdout.strip() == certified(train, seed=1), done.stderr


def test_what_is_not_certified_fails_with_its_reason(certified):
    with pytest.raises(NotCertified, match='unseeded random numbers'):
        certified(unseeded)


def run_patch(path):
    command = [sys.executable, '-m', 'streetlight', 'certify', '--unprotected', '--patch', str(path)]
    return subprocess.run(command, capture_output=True, text=True).stdout


def test_a_doctests_output_ends_where_its_guaranteed_digits_end(tmp_path):
    path = tmp_path / 'text.rst'
    value = repr(np.exp(np.array([0.1, 0.2, 0.3])).std())
    path.write_text(f'>>> import numpy as np\n>>> np.exp(np.array([0.1, 0.2, 0.3])).std()\n{value}\n>>> 1 + 1\n2\n')
    added = [line[1:] for line in run_patch(path).splitlines() if line.startswith('+') and not line.startswith('+++')]
    assert added[0].endswith('# doctest: +ELLIPSIS') and added[1].endswith('...)') and value.startswith(added[1][:-4]) and len(added) == 2


@pytest.mark.thorough
def test_a_notebooks_output_is_rounded_to_its_guaranteed_digits(tmp_path):
    path = tmp_path / 'book.ipynb'
    value = str(float(np.exp(np.array([0.1, 0.2, 0.3])).std()))
    cell = nbformat.v4.new_code_cell('import numpy as np\nprint("std", float(np.exp(np.array([.1, .2, .3])).std()), 7)')
    cell.outputs = [nbformat.v4.new_output('stream', name='stdout', text=f'std {value} 7\n')]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    added = [line for line in run_patch(path).splitlines() if line.startswith('+') and not line.startswith('+++')]
    assert len(added) == 1 and value not in added[0] and f'std {value[:10]}' in added[0] and ' 7\\n' in added[0]


def test_another_text_is_left_alone():
    assert cut('Error: 1.25', 'Loss: 1.25', {}, 'rounded') == 'Error: 1.25'


SCRIPT = """import numpy as np
x = np.exp(np.linspace(0.1, 0.9, 5)).sum()
print(f"the sum is {x:.17f}")
print("%.3f" % x)
"""


@pytest.mark.thorough
def test_a_scripts_format_asks_for_no_more_digits_than_are_guaranteed(tmp_path):
    path = tmp_path / 'script.py'
    path.write_text(SCRIPT)
    added = [line[1:] for line in run_patch(path).splitlines() if line.startswith('+') and not line.startswith('+++')]
    assert len(added) == 1
    digits = int(added[0].partition(':.')[2].partition('f')[0])
    assert 10 <= digits <= 14
    exact = sum(np.exp(np.longdouble(k)) for k in np.linspace(0.1, 0.9, 5))
    assert eval(added[0].removeprefix('print(').removesuffix(')'), {'x': float(exact)}) == f'the sum is {exact:.{digits}f}'
    path.write_text(SCRIPT.replace(SCRIPT.splitlines()[2], added[0]))
    assert run_patch(path) == ''


def test_a_wrong_stored_output_is_said_to_be(tmp_path):
    path = tmp_path / 'doc.md'
    examples = ['import math', ('math.exp(1.0)', '2.716281828459045'), ('math.exp(2.0)', '7.38905609893'), ('1 + 1', 'nothing')]
    shown = ''.join('>>> %s\n%s\n' % each if type(each) is tuple else f'>>> {each}\n' for each in examples)
    path.write_text(f'```python\n{shown}```\n')
    command = [sys.executable, '-m', 'streetlight', 'certify', '--unprotected', '--patch', str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    said = done.stderr.splitlines()
    assert any('2.716281828459045 is shown where the program prints 2.718281828459045' in line for line in said)
    assert any('another text' in line for line in said) and len(said) == 2
