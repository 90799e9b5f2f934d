"""One program in all its shadows: plain, recorded, on the tape, enclosed, exact, sampled.  No time is asserted."""

import contextlib
import io

import numpy as np
import pytest

from streetlight.certify.enclosures import enclose
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.record.notes import Notes
from streetlight.record.running import Program, heard
from streetlight.shadow.exact import exact
from streetlight.shadow.sampled import sample

NETWORK = '''
import numpy as np
np.random.seed(1)
x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])
w0 = 2 * np.random.random((3, 4)) - 1
w1 = 2 * np.random.random((4, 1)) - 1
for step in range(1000):
    l1 = 1 / (1 + np.exp(-np.dot(x, w0)))
    l2 = 1 / (1 + np.exp(-np.dot(l1, w1)))
    d2 = (l2 - y) * l2 * (1 - l2)
    d1 = np.dot(d2, w1.T) * l1 * (1 - l1)
    w1 -= np.dot(l1.T, d2)
    w0 -= np.dot(x.T, d1)
error = np.mean(np.abs(l2 - y))
print(error)
'''

pytestmark = pytest.mark.benchmark(group='1,000 steps of a 3-4-1 network')


@pytest.fixture(scope='module')
def tape():
    return run_cells([Cell(NETWORK)], 'network.py').session.tape


def last_error(tape):
    return [name.nodes for name in tape.names if name.name == 'error']


def test_plain(benchmark):
    code = compile(NETWORK, 'network.py', 'exec')

    def plain():
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, {'__name__': '__main__'})
        return out.getvalue()
    assert benchmark(plain).startswith('0.')


def test_recorded(benchmark, tmp_path):
    path = tmp_path / 'network.py'
    path.write_text(NETWORK, encoding='utf-8')

    def recorded():
        notes = Notes()
        with heard():
            Program(str(path), notes).main()
        return notes
    assert benchmark(recorded).count > 6000


def test_on_the_tape(benchmark):
    assert len(benchmark(lambda: run_cells([Cell(NETWORK)], 'network.py', named=False)).session.tape.operations) > 15000


def test_enclosed(benchmark, tape):
    error, = last_error(tape)
    found, = benchmark.pedantic(enclose, (tape, [(len(tape.operations), error)]), rounds=3)
    assert found.proof == 'bound' and found.high - found.low < 1e-12


def test_exact(benchmark, tape):
    value, = benchmark.pedantic(exact, (tape, last_error(tape)), rounds=3)
    assert value.item().rel_accuracy_bits() > 128


def test_thirty_samples(benchmark, tape):
    values, = benchmark.pedantic(sample, (tape, last_error(tape), 30), rounds=3).values
    assert 0 < np.ptp(values) < 1e-12
