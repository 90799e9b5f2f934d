"""A worker that only draws samples keeps no wide values: what it draws is what is drawn of all of them."""

import json

import numpy as np
import pytest

from streetlight.certify import behind
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow.lean import WIDE, Lean
from streetlight.shadow.sampled import sample
from streetlight.shadow.tape import Tape

BEGIN = """
import numpy as np
np.random.seed(1)
x, w = np.random.random((6, 90)).round(2), np.random.random((90, 60)) - 0.5
for i in range(4):
    y = np.tanh(x.dot(w))
    w -= 0.1 * x.T.dot(y)
"""
ENDS = {
    'a sum': 'print(w.sum(), w[3, 4])',
    'a row of it': 'print(np.convolve(w.ravel(), [0.25, 0.5]).sum())',
    'chosen columns': 'print(w[:, [3, 1, 2]].sum(), w[::-1].T.mean())',
}
DECIDED = {'by all its bytes': 'print(len((w * 0 + 1).tobytes()), w.sum())', 'by text': 'print(len(str(w[3, 4])) > 0, w.sum())'}


def recorded(code, tape=None):
    run = run_cells([Cell(code)], 'wide.py', named=False, tape=tape)
    assert not run.failed, run.failed
    return run.session.tape, [span[2] for span in run.outputs[-1].text.spans]


def drawn(tape, shown):
    return sample(tape, [each.nodes for each in shown], 6, positions=[each.position for each in shown]).values


@pytest.mark.parametrize('end', ENDS.values(), ids=list(ENDS))
def test_the_same_samples_are_drawn_without_wide_values(end):
    lean = Lean()
    values = drawn(*recorded(BEGIN + end, lean))
    assert not lean.missed and any(np.ptp(each, axis=0).any() for each in values)
    for ours, whole in zip(values, drawn(*recorded(BEGIN + end))):
        assert ours.tobytes() == whole.tobytes()


def test_wide_values_take_no_room():
    code = BEGIN.replace('range(4)', 'range(200)') + 'print(w.sum())'
    lean, _ = recorded(code, Lean())
    whole, _ = recorded(code)
    assert lean.count == whole.count > 200 * 3 * WIDE
    kept = np.flatnonzero(whole.values) if len(lean.values) == len(whole.values) else []
    assert (lean.fixed == whole.fixed).all() and (lean.values[kept] != 0).mean() < 0.1
    assert (lean.values[lean.fixed] == whole.values[whole.fixed]).all()


def test_memory_that_somebody_looks_at_stays_where_it_is():
    lean = Lean()
    lean.constant([1.0, 2.0])
    held = lean.values
    lean.constant(np.arange(5000.0))
    assert held.tolist() == [1, 2] and lean.values.tolist() == [1, 2, *range(5000)] and lean.fixed.all()
    assert not np.shares_memory(held, lean.values)


class Whole(Tape):
    missed = False


@pytest.mark.parametrize('end', DECIDED.values(), ids=list(DECIDED))
def test_a_program_that_goes_on_by_a_wide_value_is_recorded_whole(end, monkeypatch):
    lean = Lean()
    recorded(BEGIN + end, lean)
    assert lean.missed
    asked = json.dumps({'path': 'wide.py', 'cells': [{'text': BEGIN + end}], 'samples': 6, 'seed': 0, 'drawn': True}).encode()
    answered = behind.answer(asked)
    monkeypatch.setattr(behind, 'Lean', Whole)
    assert answered == behind.answer(asked) and b'sampled' in answered
