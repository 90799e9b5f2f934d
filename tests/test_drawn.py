"""What is drawn at random is possible, and reaches far: sums in random orders, functions and numbers within their bounds."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from flint import arb, ctx
from operands import BALLS
from tape_recorder import Array

from streetlight.certify.accumulation import exact_fma, left_to_right
from streetlight.certify.errorfree import two_product
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.proofs import bounds
from streetlight.shadow import arena, elementwise, orders
from streetlight.shadow.emulated import Machine, emulate
from streetlight.shadow.evaluations import every_evaluation
from streetlight.shadow.exact import exact
from streetlight.shadow.random_sums import LONG, RandomSums, added_exactly
from streetlight.shadow.replay import Replay, Unmodelled
from streetlight.shadow.sampled import sample
from streetlight.shadow.tape import Tape

WIDTH = 40


@pytest.mark.parametrize('trees', [2, 8])
@pytest.mark.parametrize('terms', [1, 2, 3, 5, LONG, LONG + 1, LONG + 2, 33, 40])
@pytest.mark.parametrize('multiplied', [False, True])
def test_a_sum_in_random_order_is_that_of_its_terms(terms, multiplied, trees):
    """Of whole numbers to the bit; of others within what any order may round, and not always the same."""
    rng = np.random.default_rng(terms)
    sums = RandomSums(rng, WIDTH, trees)
    whole = [rng.integers(-1000, 1000, (terms, *shape, WIDTH)).astype(float) for shape in ((3, 1), (1, 2))]
    for _ in range(4):  # so that each way to add is drawn
        found = sums.of_products(whole[0], whole[1] if multiplied else None)
        assert np.array_equal(found, (whole[0] * whole[1] if multiplied else whole[0]).sum(axis=0))
    a, b = (np.repeat(rng.normal(size=(terms, 1, 1)), WIDTH, axis=-1) for _ in range(2))
    exact = [Fraction(x) * (Fraction(y) if multiplied else 1) for x, y in zip(a[:, 0, 0], b[:, 0, 0])]
    found = {Fraction(x) for _ in range(6) for x in sums.of_products(a, b if multiplied else None).ravel().tolist()}
    assert max(abs(x - sum(exact)) for x in found) <= sum(map(abs, exact)) * terms * Fraction(1, 2**53)
    assert len(found) > (terms > 4)


@pytest.mark.parametrize('bits', [4, 20, 27, 53])
def test_a_product_is_added_as_the_exact_one_is(bits):
    """Where the sum lies half way between two numbers too, or next to that, or is small beside its terms."""
    rng, twice_rounded = np.random.default_rng(bits), 0
    for _ in range(300):
        a, b, c = (rng.integers(-(2**bits), 2**bits, 9) * 2.0 ** rng.integers(-30, 30, 9) for _ in range(3))
        a[6:8], b[6:8] = (1, 1 + 2.0**-30), (1, 1 - 2.0**-30)  # half a unit of c's last place, and a little less
        product, error = two_product(a, b)
        c[:4] = np.spacing(product[:4]) * rng.integers(-3, 4, 4) * 0.5 - product[:4]
        c[4:6] = product[4:6] * 2.0 ** rng.integers(50, 56)
        c[6:8] = 2.0 * rng.integers(2**52, 2**53, 2)
        exact = np.array([exact_fma(*each) for each in zip(a.tolist(), b.tolist(), c.tolist())])
        assert (added_exactly(product, error, c) == exact).all()
        assert all(added_exactly(*each) == value for *each, value in zip(product, error, c, exact)), 'each by itself'
        twice_rounded += (product + c != exact).sum()
    assert twice_rounded > 100


NO_BOUND = 'logaddexp logaddexp2 erf gamma lgamma'.split()  # nobody states one


def test_what_is_followed_has_a_bound_or_rounds_as_all_do_or_is_named_here():
    assert set(FUNCTIONS) | {'round', *NO_BOUND} == elementwise.FUNCTIONS


@pytest.mark.parametrize('kind', NO_BOUND)
def test_a_function_without_a_bound_is_not_drawn(kind):
    tape = Tape()
    node = tape.record(kind, (tape.constant(0.25),), 0.5)
    with pytest.raises(Unmodelled, match=f'no bound is known for {kind}'):
        sample(tape, [node], ulps=bounds(FUNCTIONS))


@pytest.mark.parametrize('kind', FUNCTIONS)
def test_each_function_that_has_a_bound_is_drawn(kind):
    tape, x = Tape(), [np.array([1.25, 2.5])] * FUNCTIONS[kind].arguments
    x = [1 / each for each in x] if kind in ('arcsin', 'arccos', 'arctanh') else x
    node = tape.record(kind, tuple(map(tape.constant, x)), getattr(np, kind)(*x))
    (values,) = sample(tape, [node], 300, ulps=bounds(FUNCTIONS)).values
    off = (values - tape.values[node]) / np.spacing(np.abs(tape.values[node]))
    assert (np.ptp(off, axis=0) >= 1).all() and (np.abs(off) <= 2 * FUNCTIONS[kind].ulps).all()


@pytest.mark.parametrize('kind', ['exp', 'log', 'tanh', 'cbrt', 'deg2rad', 'rad2deg', 'power'])
def test_a_function_is_drawn_anywhere_within_its_bound_and_not_beyond(kind):
    tape = Tape()
    x = np.array([0.3, 0.7, 1.9, 1.0625, 5.5])
    if kind == 'power':
        node = tape.record('power', (tape.constant(x), tape.constant(2.5)), x**2.5, 'scalar')
    else:
        node = tape.record(kind, (tape.constant(x),), getattr(np, kind)(x))
    values = sample(tape, [node], 400, ulps=bounds(FUNCTIONS)).values[0]
    with ctx.workprec(200):
        for at, value in enumerate(x.tolist()):
            exact = arb(value) ** arb(2.5) if kind == 'power' else BALLS[kind](arb(value))
            below = np.nextafter(abs(float(exact.mid())), 0)
            off = [float((arb(each) - exact) / arb(np.spacing(below))) for each in values[:, at].tolist()]
            most = 1 if kind == 'power' else FUNCTIONS[kind].ulps
            assert max(map(abs, off)) <= most and max(off) - min(off) >= 2 * most - (1.01 if most < 4 else 2)


def test_every_other_sample_errs_the_same_way_each_time_and_so_goes_further():
    """Of a product of forty exponentials; each way is taken at each element by some sample."""
    tape = Tape()
    x = np.linspace(0.1, 0.9, 3)
    made = [tape.record('exp', (tape.constant(x),), np.exp(x)) for _ in range(40)]
    values = np.array(sample(tape, made, 200).values)  # (times, samples, elements)
    with ctx.workprec(200):
        exact = [arb(each).exp() for each in x.tolist()]
        ulps = [arb(np.spacing(float(each.mid()))) for each in exact]
        rows = values.reshape(-1, 3).tolist()
        off = np.array([[float((arb(each) - e) / ulp) for each, e, ulp in zip(row, exact, ulps)] for row in rows])
    off = off.reshape(values.shape)
    own, leaning = off[:, ::2], off[:, 1::2]
    assert (np.abs(leaning) >= 2.9).all() and (leaning == leaning[0]).all()
    assert {tuple(each) for each in np.sign(leaning[0]).tolist()} == {(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)}
    assert (np.abs(leaning.sum(axis=0)) > np.abs(own.sum(axis=0)).max()).all()


def test_an_uncertain_number_is_drawn_at_each_place_within_its_bound():
    tape = Tape()
    value = np.array([1.5, -3.25])
    node = tape.record('uncertain', (), value, np.array([3.0, 1.0]))
    steps = (sample(tape, [node], 400).values[0] - value) / np.spacing(np.abs(value))
    assert set(steps[:, 0].tolist()) == set(range(-3, 4)) and set(steps[:, 1].tolist()) == {-1, 0, 1}


@pytest.mark.parametrize(
    'ours, theirs, departs',
    [(1.0, 1.0, False), (1.0, 2.0, True), (np.nan, np.nan, False), (1.0, np.nan, True), (np.nan, 1.0, True), (-0.0, 0.0, False)],
)
def test_an_evaluation_departs_where_it_decides_by_another_number(ours, theirs, departs):
    replay = SimpleNamespace(
        values=lambda nodes: np.array([[ours, theirs], [5.0, 5.0]]), tape=SimpleNamespace(values=np.array([theirs, 5.0]))
    )
    assert Replay.departed(replay, SimpleNamespace(nodes=np.array([[0, 1]]))).tolist() == [departs, False]


@pytest.mark.parametrize('terms', [2, 3])
def test_every_value_of_a_sum_of_one_number_repeated_is_that_of_the_array(terms):
    rng = np.random.default_rng(0)
    many, one = rng.normal(size=(terms, 5)), rng.normal(size=(1, 5))
    whole = np.broadcast_to(one, many.shape)
    for a, b, c, d in ((many, one, many, whole), (one, many, whole, many)):
        assert np.array_equal(orders.possible_sums(a, b), orders.possible_sums(c, d))


@pytest.mark.parametrize('kind', sorted(BALLS))
def test_a_function_of_reals_is_the_one_of_its_name(kind):
    tape = Tape()
    x = np.array([1.25, 2.5, 3.0]) if kind == 'arccosh' else np.array([0.3, 0.7, 0.9375])
    node = tape.record(kind, (tape.constant(x),), getattr(np, kind)(x))
    with ctx.workprec(300):
        for ball, value in zip(exact(tape, [node])[0].ravel(), x.tolist()):
            assert abs(ball - BALLS[kind](arb(value))) < arb(2) ** -150


def largest(x):
    return x.reduced('max') if isinstance(x, Array) else x.max(axis=-1)


def moved_about(x):
    """What lies in memory in many ways: slices, transposed ones, turned round, repeated; wide results and narrow, some used late."""
    y = x * 2.0 + 1.0
    z = np.sqrt(abs(y)) - y / 3.0
    early = z[1:3, ::2]
    w = y.T[::-1] * z.T
    for step in range(6):
        w = np.maximum(w * 0.75, w[::-1] - step) + x.T * 0.5
        narrow = largest(w[: step + 1])
        w = w - narrow[-1] * 0.125 + w[:, [0, 0, 1, 2, 3]] * 0.25
    v = (w[0] * w[1:2])[0, ::-1] + early[0, 0]
    return [z, w, v, early * narrow[:1], largest(v * v)]


@pytest.mark.parametrize('first, wide', [(1024, 4096), (8, 4096), (8, 8), (40, 30), (8, 1)])
def test_wherever_results_are_kept_they_are_those_of_numpy(first, wide, monkeypatch):
    """With little room at first, so that memory grows; with wide operations done one evaluation after the other, or not."""
    monkeypatch.setattr(arena, 'FIRST_ROWS', first)
    monkeypatch.setattr(arena, 'WIDE', wide)
    monkeypatch.setattr(arena.Arena, '_make', lambda self, rows: setattr(self, 'data', np.empty((self.width, rows))))
    tape = Tape()
    values = np.random.default_rng(5).normal(size=(5, 6))
    x = Array(tape, tape.record('uncertain', (), values, np.full(values.shape, 1e12)))
    made = moved_about(x)
    drawn = sample(tape, [x.nodes, *(each.nodes for each in made)], 7).values
    assert np.ptp(drawn[0], axis=0).min() > 0
    for number, given in enumerate(drawn[0]):
        for found, wanted in zip(drawn[1:], moved_about(given), strict=True):
            assert np.array_equal(found[number], wanted)


def test_elements_that_forget_their_differences_are_evaluated_one_after_the_other():
    """Two or three to the twelfth evaluations side by side, were they not."""
    tape = Tape()
    x = np.exp(Array(tape, tape.constant(np.linspace(0.1, 0.9, 12))))
    y = np.floor(x * 8.0 + 0.03)
    values, peak = every_evaluation(tape, [y.nodes], lambda name: 1, most=30)
    assert values[0].tolist() == [y.value.tolist()] and peak <= 3
    every = every_evaluation(tape, [x.nodes[:3]], lambda name: 1, most=30)[0][0]
    assert len(every) == len({row.tobytes() for row in every}) and 8 <= len(every) <= 27


def test_of_many_numbers_that_are_needed_late_none_is_forgotten():
    tape = Tape()
    x = Array(tape, tape.record('uncertain', (), np.linspace(1, 2, 1500), np.r_[1, np.zeros(1499)]))
    y, z = x * x, x + 1.0
    for _ in range(3):
        z = z * 0.5 + x
    last = y + z
    (rows,), _ = every_evaluation(tape, [np.concatenate([x.nodes, last.nodes])])
    assert len(rows) == 3
    for row in rows:
        given, wanted = row[:1500], row[1500:]
        z = given + 1.0
        for _ in range(3):
            z = z * 0.5 + given
        assert np.array_equal(wanted, given * given + z)


def test_a_power_that_is_no_square_is_emulated_as_it_is():
    tape = Tape()
    x = [0.3, 0.7, 1.9]
    cube = tape.record('power', (tape.constant(x), tape.constant(3.0)), np.array([each**3 for each in x]), 'scalar')
    square = tape.record('power', (tape.constant(x), tape.constant(2.0)), np.array([each**2 for each in x]), 'scalar')
    values = emulate(tape, Machine(left_to_right)).values
    assert values[cube].tolist() == [each**3 for each in x] and values[square].tolist() == [each**2 for each in x]
