"""The grid stage: sums of rounding errors on a grid, held against sums that are made one by one."""

import numpy as np
import pytest
from tape_recorder import network

from streetlight.certify import enclosures
from streetlight.certify.enclosures import enclose
from streetlight.certify.phases import dilated, phase_sums
from streetlight.shadow.sampled import sample

ROUNDS = 300


def worst(phase, theta, reach):
    """The largest of ``rint(t) - t`` for t within a reach of ``phase + theta``: at an end, or next to a jump."""
    t = phase + theta
    candidates = [t - reach, t + reach]
    errors = [np.rint(each) - each for each in candidates]
    jump = np.floor(t + reach - 0.5) + 0.5
    if jump >= t - reach:
        errors.append(0.5)
    return max(errors)


@pytest.mark.parametrize('size', [0.0, 0.03, 0.3, 0.6])
def test_sums_over_cells_are_at_least_the_worst_and_no_more_than_cells_are_wide(size):
    draw = np.random.default_rng(1)
    cells, passes, numbers = 32, 24, 3
    phase = draw.uniform(-0.5, 0.5, (passes, numbers))
    phase[:4] = [[-0.5], [0.5], [0.0], [0.5 - 1 / 64]]  # where wraps and zones begin at an edge
    spread = draw.uniform(0, size, phase.shape) + 0.5 / cells
    block = np.repeat(np.arange(4), 6)
    up, down = phase_sums(phase, spread, cells, block)
    for _ in range(ROUNDS):
        theta, i = draw.uniform(-0.5, 0.5), draw.integers(numbers)
        cell = int(np.rint(theta * cells)) % cells
        for sign, table in ((1, up), (-1, down)):
            errors = [worst(sign * p, sign * theta, w - 0.5 / cells) for p, w in zip(phase[:, i], spread[:, i])]
            sums = np.cumsum(errors)[5::6]
            assert (sums <= table[:, i, cell]).all()
    at_cells = np.array(
        [[sum(worst(p, m / cells, w) for p, w in zip(phase[:, i], spread[:, i])) for m in range(cells)] for i in range(numbers)]
    )
    assert up[-1] == pytest.approx(at_cells, abs=1e-8)


def test_the_largest_within_a_drift_goes_around_the_circle():
    draw = np.random.default_rng(2)
    best, drift = draw.random((2, 5, 16)), np.array([0, 1, 3, 7, -1])
    found = dilated(best, drift)
    for i, reach in enumerate(drift):
        reach = 16 if reach < 0 else reach
        for m in range(16):
            expected = max(best[0, i, k % 16] for k in range(m - reach, m + reach + 1))
            assert found[0, i, m] == expected


def perturbed(rate, steps, every, moves):
    """The network of `network` in plain NumPy, its ``exp`` moved by so many ulps: a conforming evaluation."""
    from tape_recorder import X

    goals = np.array([[0, 1, 1, 0.0]]).T
    np.random.seed(1)
    w0, w1 = 2 * np.random.random((3, 4)) - 1, 2 * np.random.random((4, 1)) - 1
    errors = []

    def sigmoid(x, move):
        e = np.exp(-x)
        return 1 / (1 + (e + move * np.spacing(e)))

    for step in range(steps):
        one, two = next(moves)
        layer_1 = sigmoid(np.dot(X, w0), one)
        layer_2 = sigmoid(np.dot(layer_1, w1), two)
        error = layer_2 - goals
        if step % every == 0:
            errors.append(np.abs(error).sum() / 4)
        delta_2 = error * (layer_2 * (1 - layer_2))
        delta_1 = np.dot(delta_2, w1.T) * (layer_1 * (1 - layer_1))
        w1 = w1 - rate * np.dot(layer_1.T, delta_2)
        w0 = w0 - rate * np.dot(X.T, delta_1)
    return errors


def steady(one, two):
    while True:
        yield one, two


def drawn(seed):
    draw = np.random.default_rng(seed)
    while True:
        yield draw.integers(-3, 4, (4, 4)), draw.integers(-3, 4, (4, 1))


@pytest.mark.thorough
@pytest.mark.parametrize('rate', [0.01, 1.0])
def test_training_is_enclosed_more_narrowly_and_no_evaluation_lies_outside(rate, monkeypatch, every_case):
    last = 1600 if every_case else 800
    tape, prints = network(rate, last + 1, every=last // 2)
    narrow = enclose(tape, prints)
    monkeypatch.setattr(enclosures, 'FEWEST', 10**9)
    wide = enclose(tape, prints)
    gains = [(w.high - w.low) / (n.high - n.low) for w, n in zip(wide, narrow)]
    assert min(gains) >= 1 and gains[2] > (1.1 if rate == 1 or not every_case else 2.5), gains
    moved = [
        perturbed(rate, last + 1, last // 2, moves)
        for moves in (steady(3, 3), steady(-3, -3), steady(3, -3), steady(-3, 3), *map(drawn, range(3)))
    ]
    sampled = sample(tape, [nodes for _, nodes in prints], 8).values if every_case else [[]] * len(prints)
    for k, enclosure in enumerate(narrow):
        values = np.concatenate([np.ravel(sampled[k]), [errors[k] for errors in moved]])
        assert not every_case or len(set(values.tolist())) > 1
        assert (values >= enclosure.low).all() and (values <= enclosure.high).all()
