"""(T10) The signs of zeros, held against all that operands may be, and which numbers are never negative."""

from itertools import product

import numpy as np
import pytest
from tape_recorder import Array, dot

from streetlight.certify import passes
from streetlight.certify.enclosures import enclose
from streetlight.certify.rules.rounding import Number
from streetlight.certify.signs import DEPTH, either_zero, never_negative
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow.sampled import sample
from streetlight.shadow.tape import Tape

# value, radius, whether a zero's sign differs: and what it may be
OPERANDS = [((value, 0.0, False), [value]) for value in (1.0, -2.0, 0.25, 0.0, -0.0)]
OPERANDS += [((zero, 0.0, True), [0.0, -0.0]) for zero in (0.0, -0.0)]
OPERANDS += [
    ((0.25, 0.125, False), [0.125, 0.375]),
    ((-0.25, 0.125, False), [-0.375, -0.125]),
    ((0.125, 0.25, False), [-0.125, -0.0, 0.0, 0.375]),
]


def says(kind, operands):
    numbers = [Number(np.array([value]), np.array([radius]), 0.0) for value, radius, _ in operands]
    return bool(np.all(either_zero(kind, numbers, [np.array([vague]) for *_, vague in operands])))


def assert_told(said, results):
    """That both signs are told of where all results are zero, and only there."""
    if all(result == 0 for result in results):
        assert said == (len({bool(np.signbit(result)) for result in results}) == 2)


ONE = 'absolute', 'negative', 'floor', 'ceil', 'rint', 'trunc', 'sqrt', 'positive'
TWO = 'add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'greater', 'logical_and'


@pytest.mark.parametrize('kind', ONE + TWO)
def test_a_zero_has_either_sign_where_its_operands_give_it_both(kind):
    function = getattr(np, kind)
    for chosen in product(OPERANDS, repeat=1 if kind in ONE else 2):
        operands, possible = zip(*chosen)
        with np.errstate(all='ignore'):
            values = list(product(*possible))
            results = [float(function(*each)) for each in values]
            if kind in ('maximum', 'minimum'):  # of two zeros a machine may take either
                results += [float(function(*reversed(each))) for each in values]
        assert_told(says(kind, operands), results)


@pytest.mark.parametrize('kind', ['sum', 'dot', 'max', 'min'])
def test_a_reduction_s_zero_has_either_sign_where_its_terms_give_it_both(kind):
    for chosen in product(OPERANDS, repeat=2):
        terms, possible = zip(*chosen)
        values, radii, vague = (np.array([part]) for part in zip(*terms))
        for factor in (1.0, -1.0, 0.0, -0.0) if kind == 'dot' else (1.0,):
            operands, unclear = [Number(values, radii, 0.0 * values)], [vague]
            if kind == 'dot':
                operands.append(Number(np.full_like(values, factor), 0 * values, 0 * values))
                unclear.append(vague & False)
            said = either_zero(kind, operands, unclear)
            results = []
            for each in product(*possible):
                if kind in ('max', 'min'):
                    results += [float(getattr(np, kind + 'imum')(*pair)) for pair in (each, each[::-1])]
                else:
                    results += [total + each[1] * factor for total in (each[0] * factor, 0.0 + each[0] * factor)]
            assert_told(bool(said[0]), results)


def test_what_may_just_be_zero_may_have_either_sign():
    zero = (0.0, 0.0, False)
    assert says('multiply', [(0.25, 0.25, False), zero]) and says('multiply', [zero, (-0.25, 0.25, False)])
    assert not says('multiply', [(0.25, 0.2, False), zero])


CODES = {
    'x * x': True,
    'x * y': False,
    'abs(x)': True,
    'x * x + abs(y)': True,
    'x * x - y * y': False,
    'x * x + 1.0': True,
    'x * x + 0.0': True,
    'x * x + -1.0': False,
    'x * x + -0.0': False,
    'np.exp(x)': True,
    'np.exp(x) / abs(y)': True,
    'np.exp(x) * y': False,
    'np.exp(x).sum()': True,
    'x.sum()': False,
    'dot(x[None], x[:, None])': True,
    'dot(x[None], y[:, None])': False,
    'np.sqrt(abs(x))': True,
    '-abs(x)': False,
    'np.maximum(abs(x), y * y)': True,
    'np.maximum(abs(x), y)': False,
    'x ** np.array([2.0, 4.0])': True,
    'x ** np.array([2.0, 3.0])': False,
    'abs(x) ** y': False,
    'abs(x)' + '.copy() + 1.0' * DEPTH: True,
    'abs(x)' + '.copy() + 1.0' * (DEPTH + 1): False,
}


@pytest.mark.parametrize('code', CODES)
def test_a_number_is_never_negative_where_all_that_makes_it_is(code):
    tape = Tape()
    x, y = (Array(tape, tape.record('uncertain', (), np.array([a, b]), 1.0)) for a, b in ((0.5, -0.25), (1.5, 0.75)))
    result = eval(code.replace('.copy()', ''), {'np': np, 'x': x, 'y': y, 'dot': dot})
    assert never_negative(tape, result.nodes.ravel()).all() == CODES[code]
    assert not never_negative(tape, x.nodes).any()


RUNNING = """
import numpy as np
x = np.sin(np.arange(1.0, 9.0))
step, c = np.zeros(2), np.zeros(2)
for t in range(1, 7):
    g = np.array([x.sum() - x[::-1].sum(), x[:4].sum()]) + 1e-16 * step  # the first is rounding alone
    c = 0.9 * c + {share} * g ** 2
    step = step - 0.01 * g / (np.sqrt(c / ({one} - 0.9 ** t)) + 1e-7)
print(step[0], step[1])
"""


@pytest.mark.parametrize('share, one, proved', [('0.1', '1', True), ('(x[0] - x[3] - 1.2)', '1', False), ('0.1', '(x[0] + 1.0)', False)])
def test_means_of_squares_that_run_through_a_loop_have_roots_whatever_is_subtracted(share, one, proved):
    tape = run_cells([Cell(RUNNING.format(share=share, one=one))], 'running.py').session.tape
    roots = [position for position, operation in enumerate(tape.operations) if operation.kind == 'sqrt']
    positive = passes._positive_roots(tape)
    assert len(roots) == 6 and positive == (roots if proved else [])


def test_a_root_of_what_is_hardly_more_than_rounding_is_enclosed():
    tape = run_cells([Cell(RUNNING.format(share='0.1', one='1'))], 'running.py').session.tape
    (step,) = [name.nodes for name in tape.names if name.name == 'step'][-1:]
    (found,) = enclose(tape, [(len(tape.operations), step)])
    (values,) = sample(tape, [step], 300).values
    assert found.proof == 'bound' and (found.high - found.low < 1e-7).all()
    assert (found.low <= values).all() and (values <= found.high).all() and np.ptp(values[:, 0]) > 1e-12


@pytest.mark.parametrize(
    'beta, t, sure', [(0.9, 1, True), (1.0 - 2.0**-49, 1, True), (1.0 - 2.0**-50, 1, False), (0.999, 3, True), (1.5, 2, False)]
)
def test_a_difference_from_a_power_is_positive_where_no_rounding_can_make_it_otherwise(beta, t, sure):
    tape = Tape()
    base, one = tape.constant(beta), tape.constant(1.0)
    power = tape.record('power', (base, tape.constant(float(t))), beta**t, 'scalar', False)
    difference = tape.record('subtract', (one, power), 1.0 - beta**t)
    assert never_negative(tape, difference.ravel()).all() == sure
    assert not never_negative(tape, tape.record('subtract', (one, difference), 1.0 - (1.0 - beta**t)).ravel()).any()


NEAR_ZERO = {  # of two numbers that are about zero, of either sign: whether it never is below zero
    'd * d': True,
    'd * e': False,
    'd * d[[1, 0]]': False,
    'np.square(d)': True,
    'd * d + e * e': True,
    'd * d + e': False,
    'd * d - e * e': False,
    'abs(d)': True,
    'abs(d) * e': False,
    'abs(d) * abs(e)': True,
    'd * d / np.exp(e)': True,
    'd / np.exp(e)': False,
    'np.sqrt(abs(e)) * abs(d)': True,
    'dot(d, d)': True,
    'dot(d, e)': False,
    '(d * d).reduced("sum")': True,
    '(d * e).reduced("sum")': False,
    '(d * d).reduced("max") + abs(e)': True,
    '(d * d).reduced("min")': True,
    'd.reduced("max")': False,
    'np.maximum(d, e)': False,
}


@pytest.mark.parametrize('expression', NEAR_ZERO)
def test_a_root_is_bounded_where_what_it_is_of_is_never_negative_whatever_made_it(expression):
    tape = Tape()
    x = Array(tape, tape.record('uncertain', (), np.array([[1.5, 1.25], [1.75, 1.625]]), 30.0))
    near = x - (x.value - 2.0**-50)  # within 30 ulps of 4
    d, e = near[0], near[1]
    if 'dot' in expression:
        d, e = d[[[0], [1]]].T, e[[[0], [1]]].T
        made = dot(d, (d if expression == 'dot(d, d)' else e).T)
    else:
        made = eval(expression)
    root = np.sqrt(made)
    tape.head('end', 0)
    (enclosure,) = enclose(tape, [(len(tape.operations), root.nodes)])
    assert (enclosure.proof == 'bound') == NEAR_ZERO[expression]
