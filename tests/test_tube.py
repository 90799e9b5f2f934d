"""The tube around a loop: in batches or pass by pass, folded or not, kept or computed again, it says the same."""

from fractions import Fraction

import numpy as np
import pytest
import tape_recorder
from tape_recorder import ends, network, start

from streetlight.certify.enclosures import enclose
from streetlight.certify.tube import Transfer


def test_a_loop_in_batches_has_the_bounds_of_one_taken_pass_by_pass(monkeypatch):
    tape, prints = network(1.0, 40, every=8)
    batched = ends(tape, prints)
    monkeypatch.setattr('streetlight.certify.tube.LARGEST', 1)
    for (low, high), (other_low, other_high) in zip(batched, ends(tape, prints)):
        assert abs((high - low) - (other_high - other_low)) <= 1e-3 * (high - low)


def test_a_pass_whose_results_lie_elsewhere_is_no_repetition():
    """A pass makes constants before its last operation, whose result nobody uses but its print."""
    tape, x = start(np.array([0.1, 0.2, 0.7]))
    prints, values = [], []
    for step in range(6):
        tape.head('step', step)
        x = x * np.float64(0.9)
        other = x.sum()
        for _ in range(step % 3):
            tape.constant(7.0)
        unused = -other
        prints += [(len(tape.operations), unused.nodes), (len(tape.operations), other.nodes)]
        values += [unused.value, other.value]
    for (low, high), value in zip(ends(tape, prints), values):
        assert low <= value <= high
        assert high - low < 1e-14


def wide_vector():
    """Eighty numbers that meet in a sum and in a root, some of them taken twice."""
    tape, x = start(np.random.default_rng(3).uniform(0.2, 1, 80))
    places, prints = np.r_[1:80, 1], []
    for step in range(12):
        tape.head('step', step)
        size = np.sqrt((x * x).sum())
        x = x[places] * np.tanh(x) / size + 0.5 * np.maximum(x, 0.3)
        prints.append((len(tape.operations), x.sum().nodes))
    return tape, prints


def lemma_e(flow, batch):
    """Lemma E's noise of each result of a batch's first pass, of the weights that float64 has, in rationals."""
    plan, results, joins = flow.plan, flow.results, flow.joins
    place, weights = (np.cumsum(joins) - 1).reshape(joins.shape), flow._weights(batch, slice(0, 1))[:, 0].tolist()
    added = [Fraction(batch.gamma) * Fraction(x) for x in batch.radius[0, : plan.incoming + plan.made].tolist()]
    for j, (noise, error) in enumerate(zip(batch.noise[0].tolist(), batch.error[0].tolist())):
        added[plan.incoming + j] += Fraction(noise) + abs(Fraction(error))

    def reach(result, columns):
        return sum(abs(Fraction(weights[place[j, result]])) * added[j] for j in columns)

    step = None if flow.cut is None else plan.steps[flow.cut]
    cut = range(step.start, step.stop) if step else ()
    beyond = [reach(results + s, np.flatnonzero(joins[:, results + s])) for s in range(len(cut))]
    for i in range(results):
        met = [s for s, j in enumerate(cut) if joins[j, i]]
        total = reach(i, [j for j in np.flatnonzero(joins[:, i]) if j not in cut])
        yield total + sum(abs(Fraction(weights[place[cut[s], i]])) * beyond[s] for s in met)


@pytest.mark.thorough
@pytest.mark.parametrize(
    'program', [pytest.param(lambda: network(1.0, 30, hidden=24, every=10), id='network'), pytest.param(wide_vector, id='vector')]
)
def test_what_flows_through_a_wide_pass_is_what_the_sweep_sends_back(program, monkeypatch):
    """The slopes of both are floats that say the same; what is folded may only be a little more (Lemma E)."""
    compared = []

    def both(transfer, flow, batch, moving):
        folded(transfer, flow, batch, moving)
        slopes, noise = transfer.slopes, transfer.noise
        transfer.slopes = np.zeros((len(noise), len(batch.plan.outgoing), batch.plan.incoming))
        transfer.sums = np.zeros((3, *noise.shape))
        transfer._dense(batch, np.flatnonzero(moving))
        each = np.eye(batch.plan.incoming)
        assert np.array([slopes[number] @ each for number in range(len(noise))]) == pytest.approx(transfer.slopes, abs=1e-14)
        reach, shift, size = transfer.sums
        assert (noise >= (reach + np.abs(shift)) * (1 - 2.0**-40)).all()
        assert (noise <= (reach + size) * 1.5).all()
        for exact, found in zip(lemma_e(flow, batch), flow.run(batch, slice(0, 1))[1][0]):
            assert exact <= Fraction(found) <= exact * (1 + Fraction(1, 2**38))
        transfer.slopes, transfer.noise, transfer.sums = slopes, noise, None
        compared.append(len(noise))

    folded = Transfer._flow
    monkeypatch.setattr(Transfer, '_flow', both)
    tape, prints = program()
    low, high = ends(tape, prints)[-1]
    assert high - low < 1e-12
    assert sum(compared) >= 10


def test_batches_that_are_too_many_to_keep_are_computed_again(monkeypatch):
    tape, prints = network(1.0, 60, every=12)
    kept = ends(tape, prints)
    monkeypatch.setattr('streetlight.certify.tube.BYTES', 0)
    assert ends(tape, prints) == kept


@pytest.mark.parametrize('slope', [0.25, -0.25])
def test_what_takes_from_a_lost_number_in_a_loop_is_lost_and_nothing_else(slope):
    tape, _ = start(np.zeros(1))
    lost, known, other = (tape_recorder.Array(tape, tape.record('uncertain', (), np.array([0.5]), ulps)) for ulps in (np.inf, 3.0, 3.0))
    for step in range(5):
        tape.head('step', step)
        known = known * 0.5 + lost * slope if step == 2 else known * 0.5 + 0.125
        other = other * 0.75 + 0.125
        lost = lost * 0.5
    tape.head('step', -1)
    first, second, third = enclose(tape, [(99, each.nodes) for each in (known, other, lost)])
    assert [each.proof for each in (first, second, third)] == ['none', 'bound', 'none']
    assert second.high - second.low < 1e-14
