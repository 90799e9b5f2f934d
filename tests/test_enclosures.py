"""The enclosures of a tape against evaluations that were not made by the proof: samples, exact rationals, worst cases."""

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import tape_recorder
from flint import arb, ctx
from operands import BALLS
from tape_recorder import ends, network, start

from streetlight.certify import enclosures
from streetlight.certify.enclosures import enclose
from streetlight.certify.exponential import exp_defect
from streetlight.certify.functions import FUNCTIONS, tighter
from streetlight.shadow.sampled import sample


def digits(low, high):
    """Significant digits to which both ends round alike."""
    return max((n for n in range(1, 18) if f'{low:.{n - 1}e}' == f'{high:.{n - 1}e}'), default=0)


def test_all_together_as_a_stranger_writes_it_has_twelve_digits_at_all_six_errors():
    assert all(digits(*pair) >= 12 for pair in ends(*tape_recorder.all_together()))


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    'program',
    [
        pytest.param(lambda: tape_recorder.all_together(20), id='streetlights'),
        pytest.param(lambda: network(1.0, 60, every=10), id='sigmoid'),
        pytest.param(lambda: network(10.0, 200, every=50), id='sigmoid-rate-10'),
        pytest.param(lambda: network(100.0, 60, every=20), id='chaotic'),
        pytest.param(lambda: tape_recorder.single_layer(50), id='one-layer'),
        pytest.param(lambda: network(10.0, 60, hidden=24, every=20), id='wide'),
    ],
)
def test_every_sampled_evaluation_lies_inside(program, every_case):
    tape, prints = program()
    count = 200 if every_case else 50
    found = sample(tape, [nodes for _, nodes in prints], samples=count)
    for values, enclosure in zip(found.values, enclose(tape, prints)):
        values = np.moveaxis(values, -1, 0) if values.shape[-1] == count and values.shape[0] != count else values
        assert (values >= enclosure.low).all() and (values <= enclosure.high).all()


def test_a_branch_that_is_not_decided_ends_the_certificates_with_its_place():
    tape, x = start(np.array([0.1, 0.2, 0.3, -0.6, 0.4]))
    before = x.sum()
    position = len(tape.operations)
    test = before - 0.4 > 0
    tape.decide(test.nodes, 'line 12')
    after = before + 1
    first, second = enclose(tape, [(position, before.nodes), (len(tape.operations), after.nodes)])
    assert first.proof == 'bound'
    assert second.proof == 'none'
    assert 'line 12' in second.reason


def test_a_branch_that_is_decided_ends_nothing():
    tape, x = start(np.array([0.1, 0.2, 0.3, -0.6, 0.4]))
    tape.decide((x.sum() > 0.1).nodes, 'line 12')
    (enclosure,) = enclose(tape, [(len(tape.operations), x.sum().nodes)])
    assert enclosure.proof == 'bound'


def test_sums_on_a_grid_are_fixed():
    tape, x = start(np.arange(50) / 8)
    (enclosure,) = enclose(tape, [(9, (x * x).sum().nodes)])
    assert (enclosure.proof, enclosure.low) == ('fixed', float((np.arange(50) ** 2).sum() / 64))


def test_the_machine_s_own_exp_is_known_to_seventy_bits():
    rng = np.random.default_rng(0)
    x = np.concatenate(
        [
            rng.uniform(-600, 600, 500),
            rng.uniform(-2, 2, 2000),
            (np.arange(-40, 40) + 0.5) * np.log(2),
            (np.arange(-60, 60) + 0.5) / 64,
            rng.normal(size=99) * 1e-6,
            [0.0],
        ]
    )
    v = np.exp(x) * (1 + rng.integers(-4, 5, len(x)) * 2.0**-52)
    defect, bound = exp_defect(x, v)
    with ctx.workprec(200):
        for xi, vi, d, b in zip(*(a.tolist() for a in (x, v, defect, bound))):
            assert abs(arb(vi) - arb(xi).exp() - arb(d)) < arb(b) / 16


@pytest.mark.parametrize('name', sorted(name for name, f in FUNCTIONS.items() if f.arguments == 1))
def test_a_slope_and_its_remainder_enclose_the_function(name):
    """At the ends of an interval and inside, in balls of 200 bits."""
    exact = BALLS[name]
    rng = np.random.default_rng(5)
    scale = {'arcsin': 0.9, 'arccos': 0.9, 'arctanh': 0.9, 'tan': 1.4}.get(name, 3)
    checked = 0
    with ctx.workprec(200), np.errstate(all='ignore'):
        for _ in range(300):
            x = rng.uniform(-scale, scale)
            x = 1 + abs(x) if name == 'arccosh' else abs(x) if name.startswith('log') else x
            r = 10.0 ** rng.uniform(-17, -0.5)
            f = FUNCTIONS[name]
            at = float(exact(arb(x)).mid())
            v = at + rng.uniform(-3, 3) * np.spacing(abs(at))
            c, q = (float(np.asarray(y)) for y in f.slope(np.float64(x), np.float64(v), np.float64(r), f.ulps))
            if not np.isfinite(q):
                continue
            for d in (-r, r, rng.uniform(-r, r)):
                checked += 1
                assert abs(exact(arb(x) + arb(d)) - exact(arb(x)) - arb(c) * arb(d)) <= arb(q) + arb(2) ** -180
    assert checked > 100


def test_assuming_a_tighter_class_narrows_the_enclosure():
    tape, x = start(np.array([0.3]))
    prints = [(1, np.exp(x).nodes)]
    (low, high), (tight_low, tight_high) = ends(tape, prints)[0], ends(tape, prints, functions=tighter({'exp': 1}))[0]
    assert low < tight_low < tight_high < high


def worst(terms):
    """The largest error of a sum of float64 numbers over all trees, in rationals: every tree of additions is tried."""
    from functools import cache

    @cache
    def results(subset):
        if len(subset) == 1:
            return frozenset(subset)
        out = set()
        first, rest = subset[0], subset[1:]
        for mask in range(1 << len(rest)):
            left = (first, *(t for i, t in enumerate(rest) if mask >> i & 1))
            right = tuple(t for i, t in enumerate(rest) if not mask >> i & 1)
            if right:
                out |= {a + b for a in results(left) for b in results(right)}
        return frozenset(out)

    return min(results(terms)), max(results(terms))


@pytest.mark.parametrize('seed', range(40))
def test_all_trees_of_a_sum_lie_inside(seed):
    rng = np.random.default_rng(seed)
    terms = rng.normal(size=rng.integers(2, 7)) * 10.0 ** rng.integers(-3, 3)
    tape, x = start(terms)
    ((low, high),) = ends(tape, [(1, x.sum().nodes)])
    least, most = worst(tuple(terms.tolist()))
    assert low <= least <= most <= high


@pytest.mark.parametrize('kind', ['add', 'subtract', 'multiply', 'divide', 'sqrt'])
def test_a_rounding_of_uncertain_operands_lies_inside(kind, every_case):
    """Operands a few ulps off, the result rounded exactly by rationals or by the processor: it must be inside."""
    rng = np.random.default_rng(7)
    for _ in range(200 if every_case else 30):
        a, b = np.exp(rng.normal(size=2) * 3) * (1 if kind == 'sqrt' else rng.choice([-1, 1], 2))
        tape, _ = start(np.zeros(1))
        nodes = [tape.record('uncertain', (), np.array([value]), 3.0) for value in (a, b)]
        function = getattr(np, kind)
        operands = nodes[:1] if kind == 'sqrt' else nodes
        result = tape.record(kind, tuple(operands), function(*(tape.values[n] for n in operands)))
        ((low, high),) = ends(tape, [(3, result)])
        for i in range(-3, 4):
            for j in range(-3, 4):
                x, y = a + i * np.spacing(abs(a)), b + j * np.spacing(abs(b))
                assert low <= function(*([x] if kind == 'sqrt' else [x, y])) <= high


def test_masks_and_maxima_that_are_not_decided_are_enclosed_both_ways():
    tape, x = start(np.array([0.1, 0.2, 0.3, -0.6]))
    total = x.sum()  # zero or a few ulps from it, by the tree
    relu = (total > 0) * total
    top = np.maximum(total, 0)
    size = abs(total)
    kinds = enclose(tape, [(9, node.nodes) for node in (total, relu, top, size)])
    least, most = worst((0.1, 0.2, 0.3, -0.6))
    assert kinds[0].low <= least and most <= kinds[0].high
    for enclosure in kinds[1:]:
        assert enclosure.proof == 'bound'
        assert enclosure.high >= max(most, -least * 0) and enclosure.low <= 0


def test_a_square_of_a_scalar_may_be_either_neighbour():
    value = 0.1
    tape, x = start(np.array(value))
    square = tape.record('power', (x.nodes, tape.constant(2)), value**2, 'scalar')
    ((low, high),) = ends(tape, [(1, square)])
    exact = Fraction(value) ** 2
    below = max(f for f in (np.nextafter(value**2, 0), value**2, np.nextafter(value**2, 1)) if Fraction(float(f)) <= exact)
    assert low <= below < np.nextafter(below, 1) <= high


def test_the_sign_of_a_zero_is_certain_where_every_evaluation_has_it():
    tape, x = start(np.array([0.1, 0.2, 0.3]))
    negative = -x.sum()
    relu = (negative > 0) * negative  # minus zero everywhere
    whole = relu * np.ones(2)
    shrunk = whole.sum()  # minus zero, or zero where the sum starts from zero
    for node, low in ((relu, -0.0), (shrunk, -0.0)):
        (enclosure,) = enclose(tape, [(len(tape.operations), node.nodes)])
        assert enclosure.proof == 'fixed'
        assert np.signbit(enclosure.low) == np.signbit(low)
        assert np.signbit(enclosure.high) == (node is relu)


def biased_network(rate, steps, every, bias):
    """The network of `tape_recorder.network` in plain NumPy, with every ``exp`` some ulps too large or too small."""
    goals, x = np.array([[0, 1, 1, 0.0]]).T, tape_recorder.X
    np.random.seed(1)
    w0, w1 = 2 * np.random.random((3, 4)) - 1, 2 * np.random.random((4, 1)) - 1
    prints = []

    def sigmoid(z):
        e = np.exp(-z)
        return 1 / (1 + (e + bias(e) * np.spacing(e)))

    for step in range(steps):
        layer_1 = sigmoid(x.dot(w0))
        layer_2 = sigmoid(layer_1.dot(w1))
        error = layer_2 - goals
        if step % every == 0:
            prints.append(np.mean(np.abs(error)))
        delta_2 = error * (layer_2 * (1 - layer_2))
        delta_1 = delta_2.dot(w1.T) * (layer_1 * (1 - layer_1))
        w1 = w1 - rate * layer_1.T.dot(delta_2)
        w0 = w0 - rate * x.T.dot(delta_1)
    return prints


@pytest.mark.parametrize('rate', [0.1, 1.0, 10.0])
def test_functions_that_always_err_to_one_side_lie_inside(rate):
    rng = np.random.default_rng(0)
    pairs = ends(*network(rate, 200, every=40))
    widest = 0.0
    for bias in (lambda e: 3, lambda e: -3, lambda e: rng.integers(-3, 4, e.shape), lambda e: 0):
        for (low, high), value in zip(pairs, biased_network(rate, 200, 40, bias)):
            assert low <= value <= high
            widest = max(widest, abs(2 * value - low - high) / (high - low))
    assert widest > 0.02  # so that a bound ten times too small would be seen


PLAIN = """
import sys
sys.path[:0] = [{tests!r}, {root!r}]
from test_enclosures import biased_network
print(*[float(p).hex() for rate in (1.0, 10.0) for p in biased_network(rate, 300, 60, lambda e: 0)])
"""


@pytest.fixture(scope='module')
def two_rates():
    return [pair for rate in (1.0, 10.0) for pair in ends(*network(rate, 300, every=60))]


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    'variables',
    [
        {'OPENBLAS_CORETYPE': 'Prescott'},
        {'OPENBLAS_CORETYPE': 'Haswell'},
        {'OPENBLAS_CORETYPE': 'SkylakeX'},
        {},
        {'NPY_DISABLE_CPU_FEATURES': 'AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR'},
    ],
    ids=lambda v: ' '.join(map('='.join, v.items()))[:40] or 'as-it-is',
)
@pytest.mark.thorough
def test_real_environments_lie_inside(variables, two_rates):
    tests = os.path.dirname(os.path.abspath(__file__))
    inherited = {k: v for k, v in os.environ.items() if k not in ('OPENBLAS_CORETYPE', 'NPY_DISABLE_CPU_FEATURES')}
    code = PLAIN.format(tests=tests, root=os.path.dirname(tests))
    command = [sys.executable, '-W', 'ignore', '-c', code]
    done = subprocess.run(command, env={**inherited, **variables}, capture_output=True, text=True, check=True)
    values = list(map(float.fromhex, done.stdout.split()))
    assert len(values) == len(two_rates)
    assert all(low <= value <= high for value, (low, high) in zip(values, two_rates))


def test_what_comes_after_the_last_print_is_not_looked_at(monkeypatch):
    """Nor does it change what is said of that; a decision after it undoes nothing."""
    tape, prints = network(1.0, 60, every=12)
    seen, whole = [], enclosures.Layout
    monkeypatch.setattr(enclosures, 'Layout', lambda tape, end, *others: seen.append(end) or whole(tape, end, *others))
    alone = ends(tape, prints[:2])
    assert prints[1][0] <= seen[0] < len(tape.operations) / 2
    everything = ends(tape, prints)[:2]
    assert np.array(alone) == pytest.approx(np.array(everything), rel=1e-13)
    tape.decide(prints[2][1], 'here')
    assert ends(tape, prints[:2]) == alone


def test_ten_thousand_steps_of_the_second_book_s_first_network_print_the_same_everywhere(every_case):
    tape, prints = tape_recorder.single_layer(10_000 if every_case else 1000)
    (enclosure,) = enclose(tape, prints)
    assert [f'{low:.8f}' for low in enclosure.low.ravel()] == [f'{high:.8f}' for high in enclosure.high.ravel()]
    if every_case:  # what the text prints
        assert [f'{value:.8f}' for value in enclosure.low.ravel()] == ['0.00966449', '0.00786506', '0.99358898', '0.99211957']


@pytest.mark.parametrize(
    'function, low', [(abs, 0.0), (lambda x: x, -np.inf), (lambda x: -abs(x), -np.inf)], ids=['size', 'number', 'less']
)
def test_a_number_that_is_bounded_on_one_side_alone_is_not_proved(function, low):
    tape, _ = start(np.zeros(1))
    x = tape_recorder.Array(tape, tape.record('uncertain', (), np.array([0.5]), np.inf))
    (enclosure,) = enclose(tape, [(9, function(x).nodes)])
    assert (enclosure.proof, enclosure.low, enclosure.high) == ('none', low, np.inf) and enclosure.reason
    lost = tape_recorder.Array(tape, tape.record('uncertain', (), np.array([np.nan]), 1.0))
    (enclosure,) = enclose(tape, [(9, function(lost).nodes)])
    assert (enclosure.proof, enclosure.low <= low, enclosure.high) == ('none', True, np.inf)
