"""Full-batch descent of 100,000 examples x 100 inputs, 100 hidden nodes: the time of an iteration, beside the dgemm limit."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from reference.vectorized.descent import CHUNK, Descent

pytestmark = pytest.mark.benchmark(group='an iteration of full-batch descent')

ROWS, INPUTS, HIDDEN = 100000, 100, 100
FLOPS = 4 * ROWS * INPUTS * HIDDEN  # two matrix products of 2 ROWS INPUTS HIDDEN
generator = np.random.default_rng(0)
EXAMPLES, GOALS = generator.standard_normal((ROWS, INPUTS)), generator.standard_normal(ROWS)
WEIGHTS = generator.standard_normal((INPUTS, HIDDEN)) / 10, generator.standard_normal(HIDDEN) / 10


def after_one(framework):
    """The weights after one iteration by the plain formula, for peers to agree with."""
    layer_1 = np.maximum(EXAMPLES @ WEIGHTS[0], 0)
    delta = layer_1 @ WEIGHTS[1] - GOALS
    return WEIGHTS[0] - 0.01 / ROWS * (EXAMPLES.T @ (np.outer(delta, WEIGHTS[1]) * (layer_1 > 0)))


def test_dgemm_limit_of_a_square_product(bench):
    """As many operations as an iteration needs, at the rate of a large square product on all cores."""
    size = 2000
    a, out = generator.standard_normal((size, size)), np.empty((size, size))
    bench(lambda: np.matmul(a, a, out=out), 2 * size**3 / FLOPS, None)


def test_dgemm_limit_of_these_products(bench):
    """The two products of an iteration and nothing else, chunk by chunk, on all cores."""
    threads = os.cpu_count()
    layers, deltas = [np.empty((CHUNK, HIDDEN)) for _ in range(threads)], [np.empty((HIDDEN, INPUTS)) for _ in range(threads)]

    def products(thread):
        for start in range(thread * CHUNK, ROWS, threads * CHUNK):
            np.matmul(EXAMPLES[start : start + CHUNK], WEIGHTS[0], out=layers[thread])
            np.matmul(layers[thread].T, EXAMPLES[start : start + CHUNK], out=deltas[thread])

    with threadpool_limits(1, 'blas'), ThreadPoolExecutor(threads) as pool:
        bench(lambda: list(pool.map(products, range(threads))), 1, None)


def test_numpy_core(bench):
    descent = Descent(WEIGHTS[0].copy(), WEIGHTS[1].copy(), 0.01)
    descent.iterate(EXAMPLES, GOALS)
    np.testing.assert_allclose(descent.weights_0_1, after_one('numpy'), rtol=1e-9)
    bench(lambda: descent.iterate(EXAMPLES, GOALS), 1, None)


def test_numpy_core_mini_batches_of_256(bench):
    descent = Descent(WEIGHTS[0].copy(), WEIGHTS[1].copy(), 0.01)
    bench(lambda: descent.iterate(EXAMPLES, GOALS, 256), 1, None)


def test_pytorch(bench):
    torch = pytest.importorskip('torch', reason='a peer, installed by `tox -e bench-peers`')
    x, y = torch.tensor(EXAMPLES), torch.tensor(GOALS)
    w01, w12 = torch.tensor(WEIGHTS[0]), torch.tensor(WEIGHTS[1])

    @torch.no_grad()
    def iterate():
        nonlocal w01, w12
        layer_1 = (x @ w01).clamp_(min=0)
        delta = layer_1 @ w12 - y
        layer_1_delta = torch.outer(delta, w12) * (layer_1 > 0)
        w12 = w12 - 0.01 / ROWS * (layer_1.T @ delta)
        w01 = w01 - 0.01 / ROWS * (x.T @ layer_1_delta)

    iterate()
    np.testing.assert_allclose(w01.numpy(), after_one('torch'), rtol=1e-9)
    bench(iterate, 1, None)


def test_jax(bench):
    jax = pytest.importorskip('jax', reason='a peer, installed by `tox -e bench-peers`')
    jax.config.update('jax_enable_x64', True)
    jnp = jax.numpy
    x, y = jnp.asarray(EXAMPLES), jnp.asarray(GOALS)

    @jax.jit
    def iterate(w01, w12):
        layer_1 = jnp.maximum(x @ w01, 0)
        delta = layer_1 @ w12 - y
        return (w01 - 0.01 / ROWS * (x.T @ (jnp.outer(delta, w12) * (layer_1 > 0))), w12 - 0.01 / ROWS * (layer_1.T @ delta))

    weights = iterate(*WEIGHTS)
    np.testing.assert_allclose(weights[0], after_one('jax'), rtol=1e-9)
    bench(lambda: iterate(*WEIGHTS)[0].block_until_ready(), 1, None)


def test_scikit_learn(bench):
    network = pytest.importorskip('sklearn.neural_network', reason='a peer, installed by `tox -e bench-peers`')
    model = network.MLPRegressor(
        hidden_layer_sizes=(HIDDEN,), solver='sgd', alpha=0.0, batch_size=ROWS, momentum=0.0, learning_rate_init=0.01
    )
    model.partial_fit(EXAMPLES, GOALS)
    bench(lambda: model.partial_fit(EXAMPLES, GOALS), 1, None, rounds=3)
