"""Distances and angles: slopes, remainders and results hold the function, by balls of 300 bits."""

import math

import numpy as np
import pytest
from cases import examples
from flint import arb, ctx
from hypothesis import example, given
from hypothesis import strategies as st
from test_tape_interpreters import Pen

from streetlight.certify.enclosures import enclose
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.rules import RULES
from streetlight.certify.rules.rounding import Number
from streetlight.shadow.evaluations import every_evaluation, within
from streetlight.shadow.sampled import sample
from streetlight.shadow.tape import Tape

PAIRS = {'hypot': lambda x, y: (x * x + y * y).sqrt(), 'arctan2': lambda y, x: arb.atan2(y, x)}

sizes = st.floats(-4, 4).filter(lambda x: abs(x) > 1e-3) | st.sampled_from((0.0, 1.0, -1.0, 2.0**-40, 3e5))
shares = st.sampled_from((0.0, 1e-17, 1e-12, 1e-6, 0.01, 0.3, 1.0, 2.5))
places = st.floats(-1, 1)


def said(name, pair, radii, v):
    operands = [Number(*(np.array([each]) for each in (x, r, 2.0**-1000))) for x, r in zip(pair, radii)]
    with np.errstate(all='ignore'):
        return RULES[name](np.array([v]), operands, None, FUNCTIONS)


def ulp_of(ball):
    """The ulp of a real number's binade."""
    near = abs(float(ball.mid()))
    return math.ulp(near) if not arb(near) > abs(ball) else math.ulp(math.nextafter(near, 0))


@pytest.mark.parametrize('name', PAIRS)
@examples(400)
@given(st.tuples(sizes, sizes), st.tuples(shares, shares), st.tuples(places, places), st.integers(-3, 3), st.sampled_from((-1, 0, 1)))
@example((1.0, -1.0), (1e-6, 1e-6), (-1.0, 1.0), 0, 1)
@example((1e-3, -1.0), (1.0, 0.0), (-1.0, 0.0), 0, 0)  # an angle that jumps
@example((0.0, 1.0), (0.0, 0.3), (0.0, 1.0), 0, 0)
@example((0.0, 0.0), (0.3, 0.3), (1.0, 1.0), 0, 0)
def test_every_result_within_its_ulps_of_every_point_of_the_box_is_what_the_rule_says(name, pair, share, place, ours, theirs):
    radii = [part * max(abs(x), 1e-9) for x, part in zip(pair, share)]
    with ctx.workprec(300):
        steps = [arb(part) * arb(radius) for part, radius in zip(place, radii)]
        here, there = PAIRS[name](*map(arb, pair)), PAIRS[name](*(arb(x) + step for x, step in zip(pair, steps)))
        v = float(here.mid()) + ours * ulp_of(here)
        result = said(name, pair, radii, v)
        rest, rounding, error = (float(np.ravel(each)[0]) for each in (result.rest, result.rounding, result.error))
        if not math.isfinite(rest):
            assert name == 'arctan2'
            return
        if rounding:
            there += theirs * arb(3.999) * ulp_of(there)
        through = sum(arb(float(np.ravel(slope)[0])) * step for slope, step in zip(result.slopes, steps))
        assert abs(there - arb(v) - through + arb(error)) <= arb(rest) + arb(rounding) + arb(2) ** -250


@pytest.mark.parametrize('pair', [(0.0, -1.0), (-0.0, -1.0), (0.0, 0.0), (0.0, -0.0)])
def test_an_angle_that_a_zeros_sign_decides_has_no_bound(pair):
    assert not np.isfinite(said('arctan2', pair, (0.0, 0.0), math.atan2(*pair)).rest).any()


def test_the_distance_to_zero_has_a_bound_where_its_slope_has_none():
    result = said('hypot', (0.0, 0.0), (2.0**-30, 2.0**-31), 0.0)
    assert 2.0**-30 < float(result.rest[0]) < 2.0**-29


@pytest.mark.parametrize('name', PAIRS)
@pytest.mark.parametrize('x, y', [(0.75, 0.3), (-1.5, 2.0), (3.0, 4.0), (0.0, 2.5)])
def test_evaluations_and_samples_are_those_within_four_ulps(name, x, y):
    pen = Pen()
    node = pen(name, pen.number([x])[0], pen.number([y])[0])
    (values,), _ = every_evaluation(pen.tape, [node])
    with ctx.workprec(300):
        real = PAIRS[name](arb(x), arb(y))
        near = float(real.mid())
        around = [near + k * math.ulp(math.nextafter(near, 0)) for k in range(-12, 13)]
        inside = {near} if x == 0 else {z for z in around if not abs(arb(z) - real) > 4 * arb(ulp_of(real))}
    assert set(values.ravel().tolist()) == inside == set(within(name, (x, y), 4))
    drawn = sample(pen.tape, [node], 2000, seed=1).values[0]
    assert set(drawn.ravel().tolist()) <= inside
    bound = enclose(pen.tape, [(99, node)])[0]
    assert bound.low <= min(inside) and max(inside) <= bound.high


@pytest.mark.parametrize('name, more', [('cbrt', ()), ('power', (0.5,)), ('sqrt', ())])
def test_a_slope_at_zero_that_is_infinite_troubles_no_number_beside_it(name, more):
    """Zeros that never move stand beside numbers that do: these keep their bounds, and no weight is infinite."""
    tape = Tape()
    nodes = tape.record('uncertain', (), np.array([0.5, 0.25]), 3.0)
    nodes = np.concatenate([nodes, tape.record('multiply', (nodes, tape.constant(np.zeros(2))), np.zeros(2))])
    for step in range(4):
        tape.head('step', step)
        operands = (nodes, *[tape.constant(np.full(4, each)) for each in more])
        nodes = tape.record(name, operands, getattr(np, name)(tape.values[nodes], *more))
    tape.head('step', -1)
    with np.errstate(all='raise', under='ignore'):
        bounds = [enclose(tape, [(99, node)])[0] for node in nodes]
    assert [bound.proof for bound in bounds] == ['bound'] * 2 + ['fixed'] * 2
    assert [float(bound.high - bound.low) < 1e-14 for bound in bounds] == [True] * 4 and bounds[2].low == bounds[2].high == 0
