"""Samples of wide programs: results in free memory, in place and in chains, are what they are elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow import random_sums
from streetlight.shadow.evaluations import four_ulps
from streetlight.shadow.sampled import Sampled, sample
from tests.cases import examples

# `x` may differ between evaluations as far as the tape knows: sums of one product, which all compute alike
BEGIN = """
import numpy as np
x = np.linspace(-1.0, 1.0, 5184).reshape(72, 72)
x = np.dot(x[:, :, None], np.ones(1))
"""

LINES = (
    'x = x * 0.5 + {other}',
    'x = {other} - x',
    'z = x.T * {other}',
    'x += 0.25 * np.outer(x[3], {other}[:, 5])',
    'x += 0.25 * np.outer(np.linspace(-1, 1, 72), {other}[:, 5])',
    'x = 0.5 * (np.linspace(-1, 1, 72)[:, None] * {other}[7:8])',
    'x = (0.5 * x)[:, 3:4] * {other}[7]',
    'x *= 1.0 - {other}.T',
    'x[10:60] += 2.0 * {other}[5:55]',
    'z = np.maximum({other}, x[::-1])',
    'x = np.where(x > 0, {other}, x)',
    'kept = {other} - 1.5',
    'print(x[7, 9])',
    'x = np.sqrt(np.abs(x)) / (2.0 + {other} * {other})',
    'for i in range(3):\n    z = 0.5 * x - z',
    'x, z = z, x',
    'z = 0.5 * x\ns = {other}[3, 4] + 2.0\nz = z / s',
    'x = 0.5 * (x - {other})\nx = x + 0.25 * z',
    't = 0.25 * {other}\nseen = x[7:9]\nx = x + t',
    'print({other}.max())',
)


@examples(60)
@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(['x', 'z', 'kept'])), min_size=2, max_size=14))
def test_what_all_compute_alike_is_what_the_program_computed(lines):
    code = BEGIN + 'z = x[:, ::-1] * 0.75\nkept = x + z\n'
    for line, other in lines:
        code += line.format(other=other) + '\n'
    run = run_cells([Cell(code + 'print(x.sum() * 0 + x[1, 2], z[5, 6], kept[8, 9])')], 'wide.py')
    assert not run.failed, run.failed
    tape = run.session.tape
    named = [name for name in tape.names if name.nodes.size and name.name != 't']
    drawn = sample(tape, [name.nodes for name in named], 3, positions=[name.position for name in named])
    for name, values in zip(named, drawn.values):
        assert (values == tape.values[name.nodes]).all(), name.name


def test_memory_moves_when_it_is_full_and_dead_results_go():
    code = BEGIN + 'for i in range(40):\n    x = np.concatenate([x, x[:1]]) * 0.75\nprint(x[-1, -1])\n'
    tape = run_cells([Cell(code)], 'wide.py').session.tape
    last = tape.names[-1].nodes
    samples = Sampled(tape, [last], 2, 0, four_ulps)
    (values,) = samples.run()
    assert last.size > 5184 and (values == tape.values[last][..., None]).all()
    assert samples.data.shape[1] < tape.count / 4


@pytest.mark.parametrize('rows', [1, 3, 40, 300])
def test_long_sums_of_many_numbers_are_the_same_in_parts(rows, monkeypatch):
    stream = np.random.RandomState(rows)
    a, b = stream.uniform(-1, 1, (9, rows, 1, 4)), stream.uniform(-1, 1, (9, 1, 60, 4))
    whole = random_sums.RandomSums(np.random.default_rng(1), 4, 2).of_products(a, b)
    monkeypatch.setattr(random_sums, 'CACHED', 1)
    assert (random_sums.RandomSums(np.random.default_rng(1), 4, 2).of_products(a, b) == whole).all()
