"""Operations on balls, each against rationals; and what NumPy's error settings do to a certificate."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from cases import examples
from flint import arb, fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from streetlight.certify.program import certify
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow import balls
from streetlight.shadow.balls import ELEMENTWISE, Unclear, round_to

rationals = st.builds(lambda n, shift: Fraction(n, 2**shift), st.integers(-200, 200), st.integers(0, 5))
MEANT = {
    'add': lambda x, y: x + y,
    'subtract': lambda x, y: x - y,
    'multiply': lambda x, y: x * y,
    'divide': lambda x, y: x / y,
    'floor_divide': lambda x, y: x // y,
    'remainder': lambda x, y: x % y,
    'fmod': lambda x, y: x - y * int(x / y),
    'maximum': max,
    'minimum': min,
    'greater': lambda x, y: x > y,
    'greater_equal': lambda x, y: x >= y,
    'less': lambda x, y: x < y,
    'less_equal': lambda x, y: x <= y,
    'equal': lambda x, y: x == y,
    'not_equal': lambda x, y: x != y,
    'logical_and': lambda x, y: bool(x and y),
    'logical_or': lambda x, y: bool(x or y),
    'square': lambda x: x * x,
    'negative': lambda x: -x,
    'absolute': abs,
    'positive': lambda x: x,
    'floor': math.floor,
    'ceil': math.ceil,
    'rint': round,
    'trunc': math.trunc,
    'sign': lambda x: (x > 0) - (x < 0),
    'logical_not': lambda x: not x,
    'where': lambda condition, x, y: x if condition else y,
}
DIVIDING = ('divide', 'floor_divide', 'remainder', 'fmod')
ARITY = {'where': 3} | dict.fromkeys('square negative absolute positive floor ceil rint trunc sign logical_not'.split(), 1)


def ball(x):
    return arb(fmpq(x.numerator, x.denominator))


def agrees(found, exact):
    exact = Fraction(exact)
    return found.contains(fmpq(exact.numerator, exact.denominator)) and float(found.rad()) < 1e-12


@pytest.mark.parametrize('kind', MEANT)
@examples(60)
@given(st.data())
def test_an_operation_on_exact_balls_is_that_of_rationals(kind, data):
    operands = [data.draw(rationals) for _ in range(ARITY.get(kind, 2))]
    if data.draw(st.booleans()):
        operands = [Fraction(round(x)) for x in operands]
    assume(kind not in DIVIDING or operands[1] != 0)
    try:
        found = ELEMENTWISE[kind](*map(ball, operands))
    except Unclear:
        quotient = operands[0] / operands[1]  # no power of two, so no ball is exact
        assert kind in ('floor_divide', 'remainder', 'fmod') and quotient.denominator == 1
        return
    assert agrees(found, MEANT[kind](*operands))


@examples(60)
@given(rationals, st.integers(-2, 3))
def test_rounding_to_decimals_is_that_of_rationals(x, digits):
    try:
        found = round_to(ball(x), digits)
    except Unclear:
        assert (2 * x * Fraction(10) ** digits).denominator == 1  # a tie of a scale that is no exact ball
        return
    assert agrees(found, round(x, digits))


@pytest.mark.parametrize('x, n', [(Fraction(3, 2), 3), (Fraction(-3, 2), 3), (Fraction(5, 4), -2), (Fraction(-2), 2), (Fraction(7), 0)])
def test_a_whole_power_is_that_of_rationals(x, n):
    assert agrees(ELEMENTWISE['power'](ball(x), arb(n)), x**n)


def test_what_a_wide_ball_leaves_open_is_unclear():
    wide = arb(1, 0.5)
    for kind in ('floor', 'ceil', 'rint', 'trunc', 'sign'):
        with pytest.raises(Unclear):
            ELEMENTWISE[kind](wide if kind != 'sign' else arb(0, 0.5))
    for kind in ('greater', 'less', 'equal', 'not_equal', 'greater_equal', 'less_equal'):
        with pytest.raises(Unclear):
            ELEMENTWISE[kind](wide, arb(1))
    assert ELEMENTWISE['greater'](arb(3, 0.5), wide) == 1 and ELEMENTWISE['less'](arb(3, 0.5), wide) == 0


@pytest.mark.parametrize(
    'settings, followed',
    [
        ('np.seterr(all="ignore")', True),
        ('np.seterr(divide="ignore", over="warn")', True),
        ('np.errstate(all="ignore").__enter__()', True),
        ('np.seterr(all="raise")', False),
        ('np.seterr(over="call")', False),
        ('np.errstate(invalid="raise").__enter__()', False),
        ('np.seterr("raise")', False),
    ],
)
def test_warnings_that_become_errors_are_not_followed_and_others_are(settings, followed):
    run = run_cells(
        [Cell(f'import numpy as np\nbefore = np.geterr()\n{settings}\nprint(np.exp(np.array([0.5]))[0])\nnp.seterr(**before)\n')],
        'errors.py',
    )
    assert run.failed == ''
    (row,) = certify(run, 'errors.py')
    assert (row.proof == 'every evaluation') == followed and ('errors' in row.reason) != followed


@pytest.mark.parametrize('name', balls.FUNCTIONS)
def test_a_function_on_balls_is_numpy_s_on_either_side_of_zero_and_one(name):
    numbers, function = [-30.0, -1.5, -1.0, -0.625, -0.01, 0.0, 0.01, 0.625, 1.0, 1.5, 30.0], getattr(np, name)
    with np.errstate(all='ignore'):
        for given in itertools.product(numbers, repeat=function.nin):
            wanted = float(function(*given))
            if np.isfinite(wanted):
                found = balls.FUNCTIONS[name](*map(arb, given))
                assert float(found.mid()) == pytest.approx(wanted, rel=1e-14, abs=1e-16) and float(found.rad()) <= 1e-12 * abs(wanted)
