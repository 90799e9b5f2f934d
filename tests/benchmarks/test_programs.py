"""One program in all its shadows: plain, recorded, on the tape, enclosed, exact, sampled.  No time is asserted."""

import contextlib
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from streetlight.certify.enclosures import enclose
from streetlight.certify.gathered import draw, shares
from streetlight.certify.program import certify
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.record.notes import Notes
from streetlight.record.running import Program, heard
from streetlight.shadow.exact import exact
from streetlight.shadow.sampled import sample

NETWORK = """
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
"""

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
    (error,) = last_error(tape)
    (found,) = benchmark.pedantic(enclose, (tape, [(len(tape.operations), error)]), rounds=3)
    assert found.proof == 'bound' and found.high - found.low < 1e-12


def test_exact(benchmark, tape):
    (value,) = benchmark.pedantic(exact, (tape, last_error(tape)), rounds=3)
    assert value.item().rel_accuracy_bits() > 128


def test_thirty_samples(benchmark, tape):
    (values,) = benchmark.pedantic(sample, (tape, last_error(tape), 30), rounds=3).values
    assert 0 < np.ptp(values) < 1e-12


def test_certified(benchmark):
    def certified():
        return certify(run_cells([Cell(NETWORK)], 'network.py', named=False), 'network.py')

    (row,) = benchmark.pedantic(certified, rounds=3)
    assert row.proof == 'bound' and row.guaranteed_digits >= 12


IMAGES = """
import numpy as np
np.random.seed(1)
images = np.random.random((60, 784)).round(2)
labels = np.eye(10)[np.random.randint(10, size=60)]
w0 = 0.2 * np.random.random((784, 40)) - 0.1
w1 = 0.2 * np.random.random((40, 10)) - 0.1
for turn in range(40):
    error = 0.0
    for i in range(len(images)):
        layer_0 = images[i:i + 1]
        layer_1 = np.dot(layer_0, w0)
        layer_1 = (layer_1 >= 0) * layer_1
        layer_2 = np.dot(layer_1, w1)
        delta = labels[i:i + 1] - layer_2
        error += np.sum(delta ** 2)
        layer_1_delta = delta.dot(w1.T) * (layer_1 > 0)
        w1 += 0.005 * layer_1.T.dot(delta)
        w0 += 0.005 * layer_0.T.dot(layer_1_delta)
    print(error / len(images))
"""


@pytest.mark.benchmark(group='2,400 images through a 784-40-10 network, one after the other')
class TestImages:
    def test_plain(self, benchmark):
        code = compile(IMAGES, 'images.py', 'exec')
        with contextlib.redirect_stdout(io.StringIO()):
            benchmark(exec, code, {'__name__': '__main__'})

    def test_thirty_samples_on_two_processes(self, benchmark, tmp_path):
        """From their start to their end, as `certify --samples 30 --workers 2` draws them."""
        asked = {'path': str(tmp_path / 'images.py'), 'cells': [{'text': IMAGES}]}
        limits = {'seconds': 600, 'memory': 4 * 2**30, 'unprotected': True}

        def drawn():
            parts = [({**asked, 'samples': size, 'seed': seed}, limits) for seed, size in enumerate(shares(30, 2))]
            with ThreadPoolExecutor(2) as pool:
                return [rows[-1] for rows in pool.map(draw, *zip(*parts))]

        for row in benchmark.pedantic(drawn, rounds=3):
            assert row['proof'] == 'sampled' and 0 < row['high'] - row['low'] < 1e-10


# What a user could take instead: the same network on other libraries' numbers, in object arrays, as far as they get.
# (affapy's affine forms end at the first quotient.)

FEW = 40  # steps; at 80 intervals and balls know nothing any more


def trained(number, exp, steps=FEW):
    """The network's error on any kind of number."""
    numbers, apply = np.vectorize(number, otypes=[object]), np.vectorize(exp, otypes=[object])
    np.random.seed(1)
    x = numbers(np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]))
    y = numbers(np.array([[0.0], [1], [1], [0]]))
    w0, w1 = (numbers(2 * np.random.random(shape) - 1) for shape in ((3, 4), (4, 1)))
    one = numbers(np.ones((1, 1)))
    for _ in range(steps):
        l1 = one / (one + apply(-np.dot(x, w0)))
        l2 = one / (one + apply(-np.dot(l1, w1)))
        d2 = (l2 - y) * l2 * (one - l2)
        d1 = np.dot(d2, w1.T) * l1 * (one - l1)
        w1 = w1 - np.dot(l1.T, d2)
        w0 = w0 - np.dot(x.T, d1)
    return (l2 - y)[0, 0]


def by_arb():
    from flint import arb

    return trained(arb, lambda x: x.exp()), lambda ball: float(ball.rad())


def by_mpmath():
    from mpmath import iv

    return trained(lambda x: iv.mpf(float(x)), iv.exp), lambda interval: float(interval.delta) / 2


@pytest.mark.benchmark(group=f'{FEW} steps of a 3-4-1 network, enclosed')
@pytest.mark.parametrize('peer', [by_arb, by_mpmath], ids=['arb', 'mpmath-iv'])
def test_peers(benchmark, peer):
    value, radius = benchmark.pedantic(peer, rounds=1)
    benchmark.extra_info['radius'] = radius(value)


@pytest.mark.benchmark(group=f'{FEW} steps of a 3-4-1 network, enclosed')
def test_ours(benchmark):
    code = NETWORK.replace('range(1000)', f'range({FEW})')

    def certified():
        return certify(run_cells([Cell(code)], 'network.py', named=False), 'network.py')

    (row,) = benchmark.pedantic(certified, rounds=3)
    benchmark.extra_info['radius'] = row.radius
    assert row.radius < 1e-14
