"""The vectorized core: every replica equal to the bit with its listing run alone, on any engine and any executor."""

import json
import signal
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from cases import examples
from hypothesis import example, given
from hypothesis import strategies as st

from reference import BOOK
from reference.__main__ import main
from reference.vectorized import sweep
from reference.vectorized.descent import Descent
from reference.vectorized.engines import NAMES, EngineError, engine
from reference.vectorized.twister import first_doubles
from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.judge.pinned import pinned
from streetlight.record.trace import hexadecimal, trace_of

KNOWN = pinned(BOOK)

PLAIN = EmulatedArithmetic(left_to_right)
ENGINES = []
for engine_name in NAMES:
    try:
        marks = [pytest.mark.thorough] * (engine_name == 'numba')  # it compiles for seconds
        ENGINES.append(pytest.param(engine(engine_name), id=engine_name, marks=marks))
    except EngineError as error:
        ENGINES.append(pytest.param(None, id=engine_name, marks=pytest.mark.skip(reason=str(error))))

numbers = st.one_of(st.sampled_from([0.0, -0.0, 1.0, 0.5, 1e160, -1e300, float('inf'), float('-inf'), float('nan')]), st.floats(-2, 2))


# seeding


def numpys_doubles(seeds, count):
    state = np.random.RandomState(0)
    found = np.empty((count, len(seeds)))
    for index, seed in enumerate(seeds):
        state.seed(int(seed))
        found[:, index] = state.random_sample(count)
    return found


def test_the_twister_is_numpys_for_the_ends_and_the_powers_of_two():
    seeds = sorted({0, 1, 2**32 - 1} | {2**power + offset for power in range(1, 32) for offset in (-1, 0, 1)})
    for count in (1, 2, 16, 113):
        assert np.array_equal(first_doubles(seeds, count), numpys_doubles(seeds, count))


def test_the_twister_is_numpys_for_a_hundred_thousand_seeds():
    seeds = np.random.default_rng(1).integers(0, 2**32, 100000)
    assert np.array_equal(first_doubles(seeds, 16), numpys_doubles(seeds, 16))


@pytest.mark.parametrize('seeds, count', [([-1], 1), ([2**32], 1), ([0], 114), ([0], -1)])
def test_a_seed_or_count_out_of_range_is_refused(seeds, count):
    with pytest.raises(ValueError, match='from 0 to'):
        first_doubles(seeds, count)


# training


def alone(seed, lights, goals, hidden, alpha, iterations):
    parameters = dict(hidden_size=hidden, seed=seed, alpha=alpha, iterations=iterations)
    with np.errstate(all='ignore'):
        trace = trace_of(BOOK.listing('all-together'), PLAIN, streetlights=lights, walk_vs_stop=[[goal] for goal in goals], **parameters)
    return values(trace, 'layer_2_error'), values(trace, 'weights_0_1')[-1], values(trace, 'weights_1_2')[-1]


def values(trace, name):
    return [step.value for step in trace.steps if step.name == name]


@pytest.mark.parametrize('engine', ENGINES)
def test_each_replica_of_all_together_equals_the_listing(engine, every_case):
    seeds = np.arange(200 if every_case else 60)
    trained = engine(*sweep.random_weights(seeds), sweep.data.UNCORRELATED_LIGHTS, [1, 1, 0, 0], 0.2, 60)
    for seed in seeds[:: 8 if every_case else 30]:
        errors, weights_0_1, weights_1_2 = alone(int(seed), sweep.data.UNCORRELATED_LIGHTS, [1, 1, 0, 0], 4, 0.2, 60)
        assert trained.errors[:, seed].tolist() == errors
        assert trained.weights[0][..., seed].tolist() == weights_0_1.tolist()
        assert trained.weights[1][:, seed].tolist() == weights_1_2[:, 0].tolist()


@pytest.mark.one_in(4)
@pytest.mark.parametrize('many', [2, 5], ids=['few', 'many'])  # few are trained one after another
@pytest.mark.parametrize('engine', ENGINES)
@examples(40)
@example(network=([[float('inf'), 0.0, 1.0]], 4), goal=1.0, alpha=0.2)
@example(network=([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], 4), goal=-0.0, alpha=1e160)
@example(network=([[0.0, 0.0, 0.0], [0.5, 1.0, 0.0]], 4), goal=1.0, alpha=0.0)
@given(
    network=st.sampled_from([(3, 4), (1, 1)]).flatmap(
        lambda sizes: st.tuples(
            st.lists(st.lists(numbers, min_size=sizes[0], max_size=sizes[0]), min_size=1, max_size=3), st.just(sizes[1])
        )
    ),
    goal=numbers,
    alpha=numbers,
)
def test_any_data_and_rate_nan_and_inf_included(engine, many, network, goal, alpha):
    lights, hidden = network
    seeds = np.array([1, 2**32 - 1, 7, 8, 9][:many])
    goals = [goal, 1.0, 0.0][: len(lights)]
    weights = sweep.random_weights(seeds, hidden, len(lights[0]))
    trained = engine(*weights, lights, goals, alpha, 4)
    for index, seed in enumerate(seeds[:2]):
        errors, weights_0_1, weights_1_2 = alone(int(seed), lights, goals, hidden, alpha, 4)
        assert hexadecimal(trained.errors[:, index]) == hexadecimal(errors)
        assert hexadecimal(trained.weights[0][..., index]) == hexadecimal(weights_0_1)
        assert hexadecimal(trained.weights[1][:, index]) == hexadecimal(weights_1_2)


def test_an_unknown_engine_is_named():
    with pytest.raises(EngineError, match="no engine 'fortran'; there are numpy, numba"):
        engine('fortran')


def test_numba_where_it_is_not_installed_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, 'numba', None)
    monkeypatch.delitem(sys.modules, 'reference.vectorized.compiled', raising=False)
    monkeypatch.delattr('reference.vectorized.compiled', raising=False)
    with pytest.raises(EngineError, match="the engine 'numba' needs numba, which is not installed here"):
        engine('numba')


def test_the_memory_is_that_of_a_block():
    def peak(count):
        tracemalloc.start()
        sweep.last_errors(0, count, 'numpy')
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - 8 * count  # less the result itself

    peak(10)
    assert peak(12 * sweep.REPLICAS) < 1.5 * peak(2 * sweep.REPLICAS)


# sweeps


@pytest.mark.thorough
def test_a_sweep_of_a_million_seeds_is_as_pinned(tmp_path):
    assert main(['sweep', '--seeds', '0:1000000', '-o', str(tmp_path / 'sweep.json')]) == 0
    assert json.loads((tmp_path / 'sweep.json').read_text()) == json.loads((KNOWN.folder / 'sweep.json').read_text())
    assert [path.name for path in tmp_path.iterdir()] == ['sweep.json']


def test_the_pinned_sweep_is_what_the_listing_gives():
    errors = sweep.last_errors(0, 300, 'numpy')
    for seed in range(0, 300, 25):
        assert errors[seed] == alone(seed, sweep.data.UNCORRELATED_LIGHTS, [1, 1, 0, 0], 4, 0.2, 60)[0][-1]
    found = sweep.summary(0, errors)
    assert found['learned']['0.01'] == sum(error < 0.01 for error in errors) / 300
    assert sum(found['histogram']['counts']) == 300
    assert found['seed_1']['lower'] == sum(error < errors[1] for error in errors) / 300


class Interrupted(ThreadPoolExecutor):
    """An executor that is interrupted after some blocks."""

    left = 3

    def submit(self, *arguments):
        if not self.left:
            raise KeyboardInterrupt
        Interrupted.left -= 1
        return super().submit(*arguments)


def test_an_interrupted_sweep_goes_on_where_it_was(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sweep, 'BLOCK', 100)
    output = tmp_path / 'sweep.json'
    computed = []
    compute = sweep.last_errors
    monkeypatch.setattr(sweep, 'last_errors', lambda *block: computed.append(block) or compute(*block))
    monkeypatch.setattr('reference.vectorized.command.ProcessPoolExecutor', lambda *_, **__: Interrupted(1))
    assert main(['sweep', '--seeds', '0:1000', '-o', str(output)]) == 130
    assert not output.exists()
    before = len(computed)
    monkeypatch.setattr('reference.vectorized.command.ProcessPoolExecutor', lambda *_, **__: ThreadPoolExecutor(1))
    assert main(['sweep', '--seeds', '0:1000', '-o', str(output)]) == 0
    assert json.loads(output.read_text()) == sweep.summary(0, compute(0, 1000, 'numpy'))
    assert 10 <= len(computed) <= 10 + before
    assert [path.name for path in tmp_path.iterdir()] == ['sweep.json']


def test_blocks_may_finish_in_any_order():
    class Backwards:
        def __init__(self):
            self.waiting = []

        def submit(self, function, *arguments):
            future = Future()
            self.waiting.append((future, function, arguments))
            if len(self.waiting) == 4:
                for each, run, given_arguments in reversed(self.waiting):
                    each.set_result(run(*given_arguments))
                self.waiting = []
            return future

    found = {}
    sweep.run(Backwards(), [(start, start + 10) for start in range(0, 80, 10)], 'numpy', found.__setitem__, most=4)
    assert np.array_equal(np.concatenate([found[start] for start in sorted(found)]), sweep.last_errors(0, 80, 'numpy'))


@pytest.mark.parametrize(
    'arguments, told',
    [
        (['--seeds', '3:3'], '--seeds is A:B'),
        (['--seeds', 'all'], '--seeds is A:B'),
        (['--seeds', f'0:{2**32 + 1}'], '--seeds is A:B'),
        (['--seeds', '0:9', '--engine', 'x'], "no engine 'x'"),
        (['--seeds', '0:9', '--workers', '0'], '--workers is a number from 1 on'),
        (['--seeds', '0:9', '-o', 'no/such/folder/x.json'], "cannot keep the sweep in 'no/such/folder"),
    ],
)
def test_bad_usage_of_sweep_is_one_line_and_status_2(arguments, told, capsys):
    assert main(['sweep', *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert len(error.splitlines()) == 1


@pytest.mark.thorough
def test_a_dask_cluster_that_loses_a_worker_gives_the_same(tmp_path):
    pytest.importorskip('distributed', reason='Dask is not installed here')
    environment = {'cwd': KNOWN.folder.parents[1], 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    file = tmp_path / 'scheduler.json'
    python = [sys.executable, '-m']
    common = ['--scheduler-file', str(file), '--host', '127.0.0.1', '--no-dashboard']
    scheduler = subprocess.Popen([*python, 'distributed.cli.dask_scheduler', *common, '--port', '0'], **environment)
    worker = [*python, 'distributed.cli.dask_worker', *common, '--nthreads', '1', '--no-nanny']
    workers = [subprocess.Popen(worker, **environment) for _ in range(2)]
    client, part = None, tmp_path / 'sweep.json.0-400000.part'
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        address = json.loads(file.read_text())['address']
        client = subprocess.Popen(
            [sys.executable, '-m', 'reference', 'sweep', '--seeds', '0:400000', '--scheduler', address, '-o', str(tmp_path / 'sweep.json')],
            cwd=KNOWN.folder.parents[1],
            stderr=subprocess.PIPE,
            text=True,
        )
        while client.poll() is None and not (part.exists() and np.load(part, mmap_mode='r').max() >= 0):
            time.sleep(0.02)
        running = client.poll() is None
        workers[0].send_signal(signal.SIGKILL)
        told = client.communicate(timeout=120)[1]
        assert client.returncode == 0, told
        assert running, 'the sweep ended before a worker could be killed'
        found = json.loads((tmp_path / 'sweep.json').read_text())
        assert found['seeds'] == [0, 400000]
        assert found == sweep.summary(0, sweep.last_errors(0, 400000, 'numpy'))
    finally:
        for process in [client, *workers, scheduler]:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


# descent at real sizes


@pytest.mark.parametrize('rows, batch_size', [(16, None), (16, 16), (16, 8), (10, 8)])
@pytest.mark.parametrize('chunk', [1000, 5])
def test_batch_descent_is_the_average_weight_delta_of_each_batch(rows, batch_size, chunk):
    """On small integers and batches of powers of two, where float64 is exact, against rational arithmetic."""
    generator = np.random.default_rng(3)
    examples, goals = generator.integers(-2, 3, (rows, 3)), generator.integers(-1, 2, rows)
    weights_0_1, weights_1_2, alpha = generator.integers(-2, 3, (3, 4)), generator.integers(-2, 3, 4), 0.5
    trained = Descent(weights_0_1.astype(float), weights_1_2.astype(float), alpha, chunk)
    error = trained.iterate(examples.astype(float), goals.astype(float), batch_size)
    upper, lower = np.vectorize(Fraction)(weights_0_1).astype(object), np.vectorize(Fraction)(weights_1_2).astype(object)
    expected = Fraction(0)
    for start in range(0, rows, batch_size or rows):
        layer_0, goal = (each[start : start + (batch_size or rows)] for each in (examples, goals))
        layer_1 = np.where(layer_0.dot(upper) > 0, layer_0.dot(upper), 0)
        delta = layer_1.dot(lower) - goal
        expected += (delta**2).sum()
        step = Fraction(alpha) / len(goal)
        upper, lower = (upper - step * layer_0.T.dot(np.outer(delta, lower) * (layer_1 > 0)), lower - step * layer_1.T.dot(delta))
    assert error == expected
    assert trained.weights_0_1.tolist() == upper.tolist()
    assert trained.weights_1_2.tolist() == lower.tolist()
