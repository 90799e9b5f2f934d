"""Evaluations that go as far as they may: each `exp` errs along the sign of its weight in what is printed."""

import numpy as np
import pytest
from flint import arb, ctx

from streetlight.certify.program import certify
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell

STEPS = 100
TRAINING = f"""
import numpy as np
np.random.seed(1)
X = np.random.random((10, 8)).round(3)
y = np.random.randint(0, 2, (10, 1))
w0 = 2 * np.random.random((8, 32)) - 1
w1 = 2 * np.random.random((32, 1)) - 1
for step in range({STEPS + 1}):
    l1 = 1 / (1 + np.exp(-np.dot(X, w0)))
    l2 = 1 / (1 + np.exp(-np.dot(l1, w1)))
    error = l2 - y
    if step == {STEPS}:
        print(np.mean(np.abs(error)))
    d2 = error * l2 * (1 - l2)
    d1 = np.dot(d2, w1.T) * l1 * (1 - l1)
    w1 -= RATE * np.dot(l1.T, d2)
    w0 -= RATE * np.dot(X.T, d1)
"""
ULPS = 3  # of NumPy's own value, so less than 4 of the exact one (see `conforms`)


def evaluation(rate, signs=None):
    """The error after some steps, all passes' layers, and what `exp` was asked and gave."""
    np.random.seed(1)
    x, y = np.random.random((10, 8)).round(3), np.random.randint(0, 2, (10, 1))
    w0, w1 = 2 * np.random.random((8, 32)) - 1, 2 * np.random.random((32, 1)) - 1
    passes, asked = [], []

    def exp(z, step, layer):
        value = np.exp(z)
        value += 0.0 if signs is None else ULPS * signs[step][layer] * np.spacing(value)
        asked.append((z, value))
        return value

    for step in range(STEPS + 1):
        l1 = 1 / (1 + exp(-np.dot(x, w0), step, 0))
        l2 = 1 / (1 + exp(-np.dot(l1, w1), step, 1))
        error = l2 - y
        passes.append((l1, l2, error, w1.copy()))
        d2 = error * l2 * (1 - l2)
        d1 = np.dot(d2, w1.T) * l1 * (1 - l1)
        w1 -= rate * np.dot(l1.T, d2)
        w0 -= rate * np.dot(x.T, d1)
    return float(np.mean(np.abs(error))), passes, asked, x


def weights(rate):
    """The sign of each `exp`'s weight in the error: the chapter's backpropagation, through all passes of a training."""
    _, passes, _, x = evaluation(rate)
    signs, w0_bar, w1_bar = [], 0.0, 0.0
    for step, (l1, l2, error, w1) in reversed(list(enumerate(passes))):
        if step == STEPS:
            l1_bar, l2_bar, w1_next, w0_next = 0.0, np.sign(error) / len(error), 0.0, 0.0
        else:
            d2 = error * l2 * (1 - l2)
            back = np.dot(d2, w1.T)
            g1_bar, d1_bar = -rate * w1_bar, np.dot(x, -rate * w0_bar)
            back_bar = d1_bar * l1 * (1 - l1)
            l1_bar = np.dot(d2, g1_bar.T) + d1_bar * back * (1 - 2 * l1)
            d2_bar = np.dot(l1, g1_bar) + np.dot(back_bar, w1)
            l2_bar = d2_bar * l2 * (1 - l2) + d2_bar * error * (1 - 2 * l2)
            w1_next, w0_next = w1_bar + np.dot(back_bar.T, d2), w0_bar
        z2_bar = l2_bar * l2 * (1 - l2)
        l1_bar = l1_bar + np.dot(z2_bar, w1.T)
        w1_bar, w0_bar = w1_next + np.dot(l1.T, z2_bar), w0_next + np.dot(x.T, l1_bar * l1 * (1 - l1))
        signs.append((-np.sign(l1_bar), -np.sign(l2_bar)))
    return signs[::-1]


def conforms(z, value):
    """Whether each value is within 4 ulps of the exact `exp`."""
    ulps = np.minimum(np.spacing(value), np.spacing(value * (1 - 2.0**-49)))
    with ctx.workprec(128):
        sides = zip(z.ravel().tolist(), value.ravel().tolist(), ulps.ravel().tolist())
        return all(abs(arb(side) - arb(exponent).exp()) < 4 * arb(ulp) for exponent, side, ulp in sides)


@pytest.mark.thorough
@pytest.mark.parametrize('rate, digits', [(1.0, 11), (0.1, 14)])
def test_the_furthest_evaluations_found_print_other_digits_and_lie_inside_the_certificate(rate, digits):
    """At rate 1 no certificate of 11 digits is possible: 288 weights, 100 steps."""
    (row,) = certify(run_cells([Cell(TRAINING.replace('RATE', str(rate)))], 'program'), 'program')
    signs = weights(rate)
    (low, *_, down, _), (high, *_, up, _) = (evaluation(rate, [(s * a, s * b) for a, b in signs]) for s in (-1, 1))
    assert all(conforms(z, value) for z, value in [*down, *up])
    assert row.low <= low < float(row.printed) < high <= row.high
    assert f'{low:.{digits - 1}e}' != f'{high:.{digits - 1}e}' and row.guaranteed_digits < digits
    assert high - low > (row.high - row.low) / 50
