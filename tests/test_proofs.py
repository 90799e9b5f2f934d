"""The tightest proof that ends: every evaluation, a bound, samples; and what is exact."""

from fractions import Fraction

import numpy as np
import pytest

from streetlight.certify.functions import tighter
from streetlight.certify.proofs import prove
from streetlight.shadow.tape import Tape


class Pen:
    """Writes a tape by hand."""

    def __init__(self):
        self.tape = Tape()

    def __call__(self, kind, *operands, extra=None):
        values = [self.tape.values[nodes] for nodes in operands]
        result = (values[0] * values[1]).sum(axis=-1) if kind == 'dot' else getattr(np, kind)(*values)
        return self.tape.record(kind, operands, result, extra)

    def number(self, value):
        return self.tape.constant(value)

    @property
    def done(self):
        return len(self.tape.operations)


@pytest.fixture
def pen():
    return Pen()


def varied(pen):
    """A number that differs between evaluations: three products that no order adds alike."""
    a = pen.number([0.1, 0.2, 0.3])
    return pen('dot', a, pen.number([1.0, 1.0, 1.0]))


def test_few_evaluations_are_listed(pen):
    x = varied(pen)
    proof, = prove(pen.tape, [(pen.done, x)])
    assert proof.proof == 'every evaluation'
    assert set(proof.values.tolist()) == {0.6, 0.6000000000000001}
    assert (float(proof.low), float(proof.high)) == (0.6, 0.6000000000000001)
    real = Fraction(0.1) + Fraction(0.2) + Fraction(0.3)
    assert abs(Fraction(proof.exact[0]) - real) < Fraction(1, 10 ** 49)


def test_a_number_that_is_one_in_all_evaluations_is_fixed(pen):
    x = pen('dot', pen.number([0.5, 0.25]), pen.number([1.0, 1.0]))
    proof, = prove(pen.tape, [(pen.done, x)])
    assert proof.proof == 'fixed' and float(proof.low) == float(proof.high) == 0.75


def test_many_evaluations_are_enclosed(pen):
    x = varied(pen)
    numbers = pen.number(np.random.RandomState(0).uniform(0.5, 1, (7, 7)))
    y = pen('dot', pen.number([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]), numbers)
    early, late = prove(pen.tape, [(1, x), (pen.done, y)])
    assert (early.proof, late.proof) == ('every evaluation', 'bound')
    assert (late.low < late.high).all() and late.values is None and len(late.exact) == 7


def decided(pen):
    """A print after a branch that differs between evaluations."""
    x = varied(pen)
    above = pen('greater', x, pen.number(0.6))
    pen.tape.decide(above, 'line 3')
    return pen('multiply', x, pen.number(3.0))


def test_nothing_is_proved_after_an_undecided_branch(pen):
    y = decided(pen)
    proof, = prove(pen.tape, [(pen.done, y)])
    assert proof.proof == 'none' and 'line 3' in proof.reason


def test_a_print_after_a_branch_rests_on_it_even_if_its_number_does_not(pen):
    x = varied(pen)
    pen.tape.decide(pen('greater', x, pen.number(0.6)), 'line 3')
    before, after = prove(pen.tape, [(1, x), (pen.done, x)])
    assert (before.proof, after.proof) == ('every evaluation', 'none')


def test_samples_speak_where_no_proof_ends_and_are_called_samples(pen):
    y = decided(pen)
    proof, = prove(pen.tape, [(pen.done, y)], samples=40)
    assert proof.proof == 'sampled' and 'decide otherwise at line 3' in proof.reason
    assert len(proof.values) < 40


def test_a_tighter_class_of_functions_makes_fewer_evaluations(pen):
    y = pen('exp', varied(pen))
    wide, = prove(pen.tape, [(pen.done, y)])
    narrow, = prove(pen.tape, [(pen.done, y)], functions=tighter({'exp': 1}))
    assert wide.proof == narrow.proof == 'every evaluation' and len(narrow.values) < len(wide.values)
    assert {float(np.exp(0.6)), float(np.exp(0.6000000000000001))} <= set(narrow.values.tolist())


def test_sums_of_integers_are_exact(pen):
    numbers = pen.number([1.0, 2.0, 3.0])
    total = pen.tape.record('sum', (numbers,), 6.0, 'integer')
    half = pen.tape.record('round', (pen('multiply', varied(pen), pen.number(1.0)),), 0.6, 2)
    whole, rounded = prove(pen.tape, [(pen.done, total), (pen.done, half)])
    assert whole.proof == rounded.proof == 'fixed' and whole.exact == ['6.0000000000000000000000000000000000000000000000000']
    assert float(rounded.low) == 0.6
