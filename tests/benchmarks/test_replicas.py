"""``all-together`` for many seeds: the time of one network, side by side.  No time is asserted, only what the bits are."""

import ctypes
import multiprocessing
import os
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from reference.listings.all_together import all_together
from reference.vectorized import sweep
from reference.vectorized.engines import EngineError, engine
from reference.vectorized.twister import first_doubles

pytestmark = pytest.mark.benchmark(group='one network of all-together, seeding apart')

REPLICAS = 32768
LIGHTS = np.array(sweep.data.UNCORRELATED_LIGHTS, float)
GOALS = np.ravel(sweep.data.UNCORRELATED_WALK_VS_STOP).astype(float)
WEIGHTS = sweep.random_weights(np.arange(REPLICAS))
EXPECTED = sweep.train(np.arange(REPLICAS)).errors


def fresh():
    return tuple(weights.copy() for weights in WEIGHTS), {}


def test_listing_loop(bench):
    bench(lambda: [all_together(seed=seed, print_every=100) for seed in range(10)], 10, True, rounds=3)


def numpy_part(start, stop):
    """What a process of the pool trains: weights that it makes once, and copies."""
    weights = tuple(np.ascontiguousarray(each[..., start:stop]) for each in WEIGHTS)
    engine('numpy')(*weights, LIGHTS, GOALS, 0.2, 60)


def test_numpy_core_one_core(bench):
    def work():
        for start in range(0, REPLICAS, sweep.REPLICAS):
            numpy_part(start, start + sweep.REPLICAS)

    bench(work, REPLICAS, True)


def test_numpy_core_all_cores(bench):
    # spawned, since threads of numba and OpenMP do not survive a fork
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context('spawn')) as pool:
        starts = range(0, REPLICAS, sweep.REPLICAS)
        bench(lambda: list(pool.map(numpy_part, starts, [start + sweep.REPLICAS for start in starts])), REPLICAS, True)


def test_numba(bench):
    try:
        numba = engine('numba')
    except EngineError as error:
        pytest.skip(str(error))
    trained = bench(lambda *weights: numba(*weights, LIGHTS, GOALS, 0.2, 60), REPLICAS, True, setup=fresh, rounds=9)
    assert np.array_equal(trained.errors, EXPECTED)


def test_c_kernel(bench, tmp_path):
    compiler = shutil.which('gcc')
    if not compiler:
        pytest.skip('no gcc to compile the C kernel with')
    library = tmp_path / 'kernel.so'
    subprocess.run(
        [
            compiler,
            '-O3',
            '-march=native',
            '-ffp-contract=off',
            '-fopenmp',
            '-shared',
            '-fPIC',
            str(Path(__file__).with_name('kernel.c')),
            '-o',
            str(library),
        ],
        check=True,
    )
    kernel = ctypes.CDLL(str(library)).three_layers
    errors = np.empty((60, REPLICAS))
    arrays = np.ctypeslib.ndpointer(np.float64, flags='C_CONTIGUOUS')
    kernel.argtypes = [arrays, arrays, arrays, arrays, ctypes.c_double, arrays] + [ctypes.c_ssize_t] * 3

    def work(*weights):
        kernel(*map(np.ascontiguousarray, weights), LIGHTS, GOALS, 0.2, errors, 4, 60, REPLICAS)

    bench(work, REPLICAS, True, setup=fresh, rounds=9)
    assert np.array_equal(errors, EXPECTED)


def test_jax(bench):
    jax = pytest.importorskip('jax', reason='a peer, installed by `tox -e bench-peers`')
    jax.config.update('jax_enable_x64', True)
    jnp = jax.numpy

    def one(weights_0_1, weights_1_2):
        def row(state, example):
            (w01, w12), (lights, goal) = state, example
            layer_1 = jnp.maximum(lights @ w01, 0.0)
            delta = layer_1 @ w12 - goal
            layer_1_delta = delta * w12 * (layer_1 > 0)
            return (w01 - 0.2 * jnp.outer(lights, layer_1_delta), w12 - 0.2 * layer_1 * delta), delta**2

        def iteration(state, _):
            state, squares = jax.lax.scan(row, state, (LIGHTS, GOALS))
            return state, squares.sum()

        return jax.lax.scan(iteration, (weights_0_1, weights_1_2), None, 60)[1]

    train = jax.jit(jax.vmap(one))
    weights = jnp.asarray(np.moveaxis(WEIGHTS[0], -1, 0)), jnp.asarray(np.moveaxis(WEIGHTS[1], -1, 0))
    errors = np.asarray(train(*weights)).T
    np.testing.assert_allclose(errors, EXPECTED, rtol=1e-6, atol=1e-9)
    bench(lambda: train(*weights).block_until_ready(), REPLICAS, bool(np.array_equal(errors, EXPECTED)))


def test_pytorch(bench):
    torch = pytest.importorskip('torch', reason='a peer, installed by `tox -e bench-peers`')
    lights, goals = torch.tensor(LIGHTS), torch.tensor(GOALS)
    start = torch.tensor(np.moveaxis(WEIGHTS[0], -1, 0)), torch.tensor(np.moveaxis(WEIGHTS[1], -1, 0)[..., None])

    @torch.no_grad()
    def train():
        w01, w12 = start[0].clone(), start[1].clone()
        errors = torch.zeros(60, REPLICAS, dtype=torch.float64)
        for iteration in range(60):
            for row in range(len(lights)):
                layer_0 = lights[row].expand(REPLICAS, 1, -1)
                layer_1 = torch.bmm(layer_0, w01).clamp_(min=0)
                delta = torch.bmm(layer_1, w12) - goals[row]
                errors[iteration] += delta[:, 0, 0] ** 2
                layer_1_delta = delta * w12.transpose(1, 2) * (layer_1 > 0)
                w12 -= 0.2 * layer_1.transpose(1, 2) * delta
                w01 -= 0.2 * layer_0.transpose(1, 2) * layer_1_delta
        return errors

    errors = train().numpy()
    np.testing.assert_allclose(errors, EXPECTED, rtol=1e-6, atol=1e-9)
    bench(train, REPLICAS, bool(np.array_equal(errors, EXPECTED)), rounds=3)


@pytest.mark.benchmark(group='one network alone')
class TestLatency:
    """The time of a single network from the call to the result."""

    def test_listing(self, bench):
        bench(lambda: all_together(seed=1, print_every=100), 1, True, rounds=20)

    @pytest.mark.parametrize('name', ['numpy', 'numba'])
    def test_engine(self, bench, name):
        try:
            chosen = engine(name)
        except EngineError as error:
            pytest.skip(str(error))
        weights = sweep.random_weights([1])
        bench(
            lambda *each: chosen(*each, LIGHTS, GOALS, 0.2, 60),
            1,
            True,
            rounds=20,
            setup=lambda: (tuple(each.copy() for each in weights), {}),
        )


@pytest.mark.benchmark(group='seeding and sixteen doubles, one seed')
class TestSeeding:
    """A million seeds at once, and RandomState in a loop."""

    def test_random_state_loop(self, bench):
        bench(lambda: [np.random.RandomState(seed).random_sample(16) for seed in range(1000)], 1000, True)

    def test_random_state_reseeded(self, bench):
        state = np.random.RandomState(0)
        bench(lambda: [(state.seed(seed), state.random_sample(16)) for seed in range(1000)], 1000, True)

    def test_first_doubles(self, bench):
        bench(lambda: first_doubles(np.arange(1000000), 16), 1000000, True, rounds=3)


@pytest.mark.benchmark(group='one network of a sweep, seeding included')
@pytest.mark.parametrize('count', [10000, 100000, 1000000])
def test_sweep_of(bench, count):
    bench(lambda: sweep.last_errors(0, count, 'numpy'), count, True, rounds=3 if count < 1000000 else 1)
