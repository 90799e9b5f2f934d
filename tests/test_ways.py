"""Each small way to use NumPy or Python: followed, or said to be lost; never silently lost."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from streetlight.certify.printed import tokens_of
from streetlight.certify.program import certify
from streetlight.certify.proofs import prove
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow import lean
from streetlight.shadow.sampled import sample
from streetlight.shadow.tape import Tape

BLOCKS = re.split(r'^== (.*)\n', (Path(__file__).parent / 'ways.txt').read_text('utf-8'), flags=re.M)[1:]
PREAMBLE = BLOCKS[1]
TRACKED, FIXED, LOST = (
    {head.partition(': ')[2]: code for head, code in zip(BLOCKS[::2], BLOCKS[1::2]) if head.startswith(kind)}
    for kind in ('tracked', 'fixed', 'lost')
)
WAYS = {**TRACKED, **FIXED, **LOST}
UNSEEDED = ('unseeded', 'time', 'id', 'hash of a string', 'set of strings in order', 'np.empty read')


def plain(code, scale='1.0'):
    """What Python prints, without us."""
    out = io.StringIO()
    before = np.get_printoptions()
    with contextlib.redirect_stdout(out):
        exec(compile(PREAMBLE.replace('SCALE = 1.0', 'SCALE = ' + scale) + code, 'plain', 'exec'), {'__name__': '__main__'})
    np.set_printoptions(**before)
    return out.getvalue()


@lru_cache(maxsize=None)
def certified(code, scale='1.0'):
    done = run_cells([Cell(PREAMBLE.replace('SCALE = 1.0', 'SCALE = ' + scale) + code)], 'way.py')
    assert done.failed == ''
    return done, certify(done, 'way.py')


def test_there_are_many_ways():
    assert len(WAYS) == len(TRACKED) + len(FIXED) + len(LOST) >= 200


@pytest.mark.one_in(6)
@pytest.mark.parametrize('name', [name for name in WAYS if not name.startswith(UNSEEDED)])
def test_the_output_is_pythons_own_byte_for_byte(name):
    done, _ = certified(WAYS[name])
    assert done.stdout == plain(WAYS[name])


@pytest.mark.one_in(4)
@pytest.mark.parametrize('name', TRACKED)
def test_what_may_differ_is_enclosed(name):
    _, rows = certified(TRACKED[name])
    assert rows and all(row.proof != 'none' for row in rows), [(row.printed, row.reason) for row in rows if row.proof == 'none']
    floats = [row for row in rows if row.proof in ('bound', 'every evaluation')]
    assert floats or 'comparison' in name or 'argmax' in name or name in ('any and all', 'int()', 'astype int', 'count of correct')
    for row in floats:
        number = re.fullmatch(r'-?\d+\.(\d*)(e[-+]\d+)?', row.printed)
        if row.low is not None and number:
            fewer = 0 if len(number[1]) > 14 else float(f'1e-{len(number[1])}') * float('1' + (number[2] or ''))
            assert row.low - fewer <= float(row.printed) <= row.high + fewer, row


@pytest.mark.parametrize('name', FIXED)
def test_what_cannot_differ_is_fixed(name):
    _, rows = certified(FIXED[name])
    assert rows and {row.proof for row in rows} == {'fixed'}


@pytest.mark.parametrize('name', LOST)
def test_what_is_lost_is_said_to_be(name):
    _, rows = certified(LOST[name])
    assert rows and any(row.proof == 'none' and row.reason for row in rows)
    assert not any(row.guaranteed for row in rows if row.proof in ('bound', 'every evaluation'))


@pytest.mark.one_in(4)
@pytest.mark.parametrize('name', [name for name in {**TRACKED, **LOST} if not name.startswith(UNSEEDED)])
def test_no_number_that_moves_with_its_inputs_is_called_fixed(name):
    """The inputs are moved by a thousandth: what moves with them depends on them, whatever the tape says."""
    done, rows = certified(WAYS[name])
    moved = plain(WAYS[name], '1.001')
    ours, theirs = ([text[a:b] for a, b in tokens_of(text)] for text in (done.stdout, moved))
    if len(ours) != len(theirs):
        assert any(row.proof != 'fixed' for row in rows)
        return
    places = {(row.line, row.column): row for row in rows}
    for (start, stop), one, other in zip(tokens_of(done.stdout), ours, theirs):
        line = done.stdout.count('\n', 0, start) + 1
        row = places.get((line, start - (done.stdout.rfind('\n', 0, start) + 1) + 1))
        if one != other and row is not None:
            assert row.proof != 'fixed', (one, other)


@pytest.mark.one_in(8)
@pytest.mark.parametrize('name', TRACKED)
def test_a_thousand_sampled_evaluations_lie_within_what_is_proved(name):
    done, _ = certified(TRACKED[name])
    asked = []

    def prove_and_sample(tape, queries):
        proofs = prove(tape, queries)
        asked.extend(
            (position, np.asarray(nodes), proof)
            for (position, nodes), proof in zip(queries, proofs)
            if proof.proof != 'none' and np.size(nodes)
        )
        return proofs

    certify(done, 'way.py', prove_and_sample)
    assert asked
    drawn = sample(done.session.tape, [nodes for _, nodes, _ in asked], 1000, positions=[position for position, _, _ in asked])
    for (_, _, proof), values in zip(asked, drawn.values):
        assert ((proof.low <= values) & (values <= proof.high)).all()
        if proof.proof == 'every evaluation':
            listed = {value.tobytes() for value in np.ascontiguousarray(proof.values)}
            assert {value.tobytes() for value in np.ascontiguousarray(values)} <= listed


@pytest.mark.one_in(8)
@pytest.mark.parametrize('name', TRACKED)
def test_samples_need_no_value_of_what_they_compute_themselves(name, monkeypatch):
    """Not even of narrow sums and products, where a worker that only draws keeps those of wide ones alone out."""
    monkeypatch.setattr(lean, 'WIDE', 1)
    found = []
    for tape in (lean.Lean(), Tape()):
        done = run_cells([Cell(PREAMBLE + TRACKED[name])], 'way.py', named=False, tape=tape)
        shown = [span[2] for output in done.outputs for span in getattr(output.text, 'spans', ())]
        drawn = sample(tape, [each.nodes for each in shown], 5, positions=[each.position for each in shown]).values
        found.append((done.stdout, getattr(tape, 'missed', False), [values.tobytes() for values in drawn]))
    assert found[0] == found[1]


ELSEWHERE = """
import contextlib, io, json, sys
import numpy as np
preamble, ways = json.load(sys.stdin)
printed = {}
for name, code in ways.items():
    out, before = io.StringIO(), np.get_printoptions()
    with contextlib.redirect_stdout(out):
        exec(preamble + code, {'__name__': '__main__'})
    np.set_printoptions(**before)
    printed[name] = out.getvalue()
print(json.dumps(printed))
"""


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    'other',
    [
        {'OPENBLAS_CORETYPE': 'Prescott'},
        {'OPENBLAS_CORETYPE': 'SkylakeX'},
        {'NPY_DISABLE_CPU_FEATURES': 'AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL'},
        {'NPY_DISABLE_CPU_FEATURES': 'AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX2 FMA3'},
    ],
    ids=lambda other: '-'.join(next(iter(other.items())))[:34],
)
def test_other_kernels_print_what_is_enclosed(other, every_case):
    """Really different machines: other kernels of OpenBLAS, other loops of NumPy."""
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', ELSEWHERE],
        input=json.dumps([PREAMBLE, dict(list(TRACKED.items())[:: 1 if every_case else 4])]),
        text=True,
        capture_output=True,
        env={**os.environ, **other},
        check=True,
    )
    compared = 0
    for name, text in json.loads(done.stdout).items():
        ours, rows = certified(TRACKED[name])
        spans, theirs = tokens_of(ours.stdout), tokens_of(text)
        assert len(spans) == len(theirs), name
        places = {(row.line, row.column): row for row in rows}
        for (start, stop), (a, b) in zip(spans, theirs):
            row = places.get((ours.stdout.count('\n', 0, start) + 1, start - ours.stdout.rfind('\n', 0, start)))
            if row is None:
                continue
            compared += 1
            assert not row.guaranteed or text[a:b] == ours.stdout[start:stop], (name, text[a:b], row)
            if re.fullmatch(r'-?\d\.\d{15,}', text[a:b]) and row.low is not None and name not in ('float of text',):
                assert row.low <= float(text[a:b]) <= row.high, (name, text[a:b], row)
    assert compared > (500 if every_case else 125)


def test_what_is_exact_stays_so_whoever_computes_it():
    """Zero times anything, exp(0), a sum of ones, a third of them, the first of equal ones: no machine differs."""
    _, rows = certified(
        'o = w[0] * 0\ne = np.exp(o - o.max())\nq = e / e.sum()\n'
        'print(e.sum(), q[0], q.argmax(), (o + 0.0)[0], (0.0 - o)[0], np.mean(q == q.max()))'
    )
    assert [row.printed for row in rows] == ['3.0', '0.3333333333333333', '0', '0.0', '0.0', '1.0']
    assert all(row.guaranteed and row.low == row.high == float(row.printed) for row in rows)


def test_what_is_lost_in_a_loop_spoils_nothing_beside_it():
    _, rows = certified(
        'q = np.linalg.inv(w @ w.T)\nt = s\nfor i in range(40):\n    q = q @ q * 0.01\n    t = t * 0.75 + 0.1\n'
        '    if i % 8 == 7:\n        print(t, q[0, 0])\n'
    )
    assert [row.proof == 'none' for row in rows] == [False, True] * 5
    assert all('inv' in row.reason for row in rows[1::2]) and all(row.guaranteed_digits >= 14 for row in rows[::2])


@pytest.mark.parametrize(
    'lost',
    ['np.histogram(v, bins=3)', 'np.searchsorted(v, 0.1)', 'np.random.binomial(5, 0.5, 2)', 'math.fsum([p, 1.0])', 'math.copysign(p, -1)'],
)
def test_what_is_lost_takes_nothing_else_with_it(lost):
    _, rows = certified(f'np.random.seed(0)\nq = {lost}\nprint(v[0], s, p)')
    assert len(rows) == 3 and all(row.guaranteed_digits >= 14 for row in rows)


def test_whether_arrays_are_equal_is_asked_of_every_evaluation():
    _, rows = certified('e = np.exp(w)\nif np.array_equal(e, np.exp(np.log(e))):\n    print(1)\nelse:\n    print(2)\n')
    assert [row.proof for row in rows] == ['none']


@pytest.mark.parametrize('line', ['float(np.exp(w[0]))', 'int(w[:1, 0])', 'math.sqrt(w[:1, 0])', "'%.2f' % w[:1, 0]"])
def test_arrays_become_numbers_where_numpy_lets_them(line):
    code = f'try:\n    print({line})\nexcept TypeError as error:\n    print(error)\n'
    done, _ = certified(code)
    assert done.stdout == plain(code)


def test_what_is_never_negative_prints_its_zeros_everywhere():
    done, rows = certified(TRACKED['what is never negative'])
    assert done.stdout == '0.000000 0.000000 0.0 0.000 0.0000\n' and all(row.guaranteed and row.low >= 0 for row in rows)
    _, rows = certified(
        'd = np.log(np.exp(s)) - s\nprint("%.6f" % d, "%.6f" % (d * np.exp(s)), "%.6f" % np.minimum(d, d * d), "%.6f" % d**3)\n'
    )
    assert not any(row.guaranteed for row in rows if row.low < 0)


@pytest.mark.parametrize(
    'power, same',
    [('v ** -1', '1 / v'), ('v ** 2', 'v * v'), ('v ** 1', 'v'), ('(v + 9) ** 0.5', 'np.sqrt(v + 9)'), ('v ** 0', 'v * 0 + 1')],
)
def test_a_power_of_an_array_that_numpy_computes_otherwise_has_the_bound_of_that(power, same):
    _, rows = certified(f'print({power})')
    _, others = certified(f'print({same})')
    assert [(row.low, row.high) for row in rows] == [(row.low, row.high) for row in others]
