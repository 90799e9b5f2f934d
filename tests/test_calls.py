"""Calls of NumPy on numbers that may differ between machines: NumPy's own results, followed truly, theme by theme."""

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest

from streetlight.certify.printed import tokens_of
from streetlight.certify.program import certify
from streetlight.certify.proofs import prove
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow.sampled import sample

BLOCKS = re.split(r'^== (.*)\n', (Path(__file__).parent / 'calls.txt').read_text('utf-8'), flags=re.M)[1:]
THEMES = {
    theme: [line for line in block.strip().splitlines() if 'trapezoid' not in line or hasattr(np, 'trapezoid')]
    for theme, block in zip(BLOCKS[::2], BLOCKS[1::2])
}
LOST = THEMES.pop('lost')
PREAMBLE = """import io
import math
import operator
import sys
import numpy as np
np.set_printoptions(precision=17, floatmode='unique')
a = np.exp(np.array([[0.1, -0.7, 0.3], [0.45, 0.2, -1.1]]) * SCALE)
q = np.exp(np.array([[0.2, -0.4, 0.1], [-0.3, 0.05, 0.6], [0.15, -0.9, -0.2]]) * SCALE)
u = np.exp(np.array([0.31, -0.22, 0.13, -0.64, 0.05, 0.46, -0.37]) * SCALE)
v = np.exp(np.array([-0.2, 0.15, 0.3]) * SCALE)
s, p = u[1], math.exp(0.21 * SCALE)
x, y, m = np.array([[1.0, 0.25, 2.0], [0.5, 0.75, 3.0]]), np.array([3, 1, 2]), np.array([True, False, True])
t = np.arange(12.0).reshape(2, 2, 3) / 8
l = np.exp(np.linspace(-1, 1, 40) * SCALE).reshape(2, 20)


def changed(array, place, value):
    array = array.copy()
    array[place] = value
    return array


def saved(array, **form):
    file = io.StringIO()
    np.savetxt(file, array, **form)
    return file.getvalue()


"""


def program(calls, scale=1.0):
    return f'SCALE = {scale}\n{PREAMBLE}' + ''.join(f'print({call})\n' for call in calls)


def plain(code):
    """What Python prints, without us."""
    out, before = io.StringIO(), np.get_printoptions()
    with contextlib.redirect_stdout(out):
        exec(compile(code, 'plain', 'exec'), {'__name__': '__main__'})
    np.set_printoptions(**before)
    return out.getvalue()


@pytest.fixture(scope='module', params=THEMES)
def theme(request, every_case):
    """A theme's calls, or every eighth of them, run and certified."""
    calls = THEMES[request.param][:: 1 if every_case else 8]
    before = np.get_printoptions()
    done, asked = run_cells([Cell(program(calls))], 'calls.py'), []
    assert done.failed == ''

    def prove_and_keep(tape, queries):
        proofs = prove(tape, queries)
        asked.extend((position, np.asarray(nodes), proof) for (position, nodes), proof in zip(queries, proofs) if np.size(nodes))
        return proofs

    rows = certify(done, 'calls.py', prove_and_keep)
    np.set_printoptions(**before)
    return calls, done, rows, asked


def test_a_call_prints_what_numpy_prints(theme):
    calls, done, *_ = theme
    assert done.stdout == plain(program(calls))


def test_nothing_is_lost_and_what_moves_with_the_inputs_is_not_fixed(theme):
    calls, done, rows, _ = theme
    assert [row.reason for row in rows if row.proof == 'none'] == []
    places = {(row.line, row.column): row for row in rows}
    moved = plain(program(calls, 1.0001))
    ours, theirs = tokens_of(done.stdout), tokens_of(moved)
    assert len(ours) == len(theirs)
    found = 0
    for (start, stop), (first, last) in zip(ours, theirs):
        row = places.get((done.stdout.count('\n', 0, start) + 1, start - done.stdout.rfind('\n', 0, start)))
        if row is not None and done.stdout[start:stop] != moved[first:last]:
            assert row.proof in ('bound', 'every evaluation') and row.low <= float(row.printed) <= row.high
            assert row.high - row.low < 1e-12 * max(1, abs(row.low))
            found += 1
    assert found >= len(calls)


REDUCED = {name: lambda x, name=name: getattr(np, name)(x, axis=-1) for name in ('sum', 'max', 'min', 'argmax', 'argmin')}
MEANT = {'dot': lambda x, y: (x * y).sum(axis=-1), 'where': lambda c, x, y: np.where(c != 0, x, y)} | REDUCED
NEARLY = {'dot', 'sum'}


def test_each_operation_on_the_tape_is_what_its_operands_give(theme):
    _, done, *_ = theme
    tape, kinds = done.session.tape, set()
    for op in tape.operations:
        operands = [tape.values[nodes] for nodes in op.operands]
        value = tape.values[op.first : op.first + int(np.prod(op.shape))].reshape(op.shape)
        kinds.add(op.kind)
        if op.kind in ('uncertain', 'nothing'):
            continue
        if op.kind == 'round':
            wanted = np.vectorize(lambda each, extra=op.extra: round(each, extra))(*operands)
        else:
            with np.errstate(all='ignore'):
                wanted = np.asarray((MEANT.get(op.kind) or getattr(np, op.kind))(*operands), float)
        tolerance = 1e-15 * len(np.ravel(operands[0])) if op.kind in NEARLY else 1e-15
        assert wanted == pytest.approx(np.broadcast_to(value, wanted.shape), rel=tolerance, abs=0, nan_ok=True), op.kind
    assert len(kinds) > 1


def test_sampled_evaluations_of_calls_lie_inside(theme):
    _, done, _, asked = theme
    drawn = sample(done.session.tape, [nodes for _, nodes, _ in asked], 20, positions=[position for position, _, _ in asked])
    for (_, _, proof), values in zip(asked, drawn.values):
        assert ((proof.low <= values) & (values <= proof.high)).all()


@pytest.mark.one_in(12)
@pytest.mark.parametrize('call', LOST)
def test_what_has_no_rule_is_said_to_be_lost(call):
    done = run_cells([Cell(program([call]))], 'calls.py')
    assert done.failed == '' and done.stdout == plain(program([call]))
    rows = [row for row in certify(done, 'calls.py') if '.' in row.printed]
    assert any(row.proof == 'none' and row.reason for row in rows) or not rows
