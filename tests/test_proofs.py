"""The tightest proof that ends: every evaluation, a bound, samples; and what is exact."""

import json
import textwrap
from fractions import Fraction

import numpy as np
import pytest

from streetlight.__main__ import main
from streetlight.certify.behind import answer
from streetlight.certify.functions import tighter
from streetlight.certify.proofs import prove, sampled_alone
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
    (proof,) = prove(pen.tape, [(pen.done, x)])
    assert proof.proof == 'every evaluation'
    assert set(proof.values.tolist()) == {0.6, 0.6000000000000001}
    assert (float(proof.low), float(proof.high)) == (0.6, 0.6000000000000001)
    real = Fraction(0.1) + Fraction(0.2) + Fraction(0.3)
    assert abs(Fraction(proof.exact[0]) - real) < Fraction(1, 10**49)


def test_a_number_that_is_one_in_all_evaluations_is_listed_once(pen):
    x = pen('dot', pen.number([0.5, 0.25]), pen.number([1.0, 1.0]))
    (proof,) = prove(pen.tape, [(pen.done, x)])
    assert proof.proof == 'every evaluation' and proof.values.tolist() == [0.75]
    assert prove(pen.tape, [(pen.done, pen.number(2.0))])[0].proof == 'fixed'


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
    (proof,) = prove(pen.tape, [(pen.done, y)])
    assert proof.proof == 'none' and 'line 3' in proof.reason


def test_a_print_after_a_branch_rests_on_it_even_if_its_number_does_not(pen):
    x = varied(pen)
    pen.tape.decide(pen('greater', x, pen.number(0.6)), 'line 3')
    before, after = prove(pen.tape, [(1, x), (pen.done, x)])
    assert (before.proof, after.proof) == ('every evaluation', 'none')


def test_samples_speak_where_no_proof_ends_and_are_called_samples(pen):
    y = decided(pen)
    (proof,) = prove(pen.tape, [(pen.done, y)], samples=40)
    assert proof.proof == 'sampled' and 'decide otherwise at line 3' in proof.reason
    assert len(proof.values) < 40


def test_a_tighter_class_of_functions_makes_fewer_evaluations(pen):
    y = pen('exp', varied(pen))
    (wide,) = prove(pen.tape, [(pen.done, y)])
    (narrow,) = prove(pen.tape, [(pen.done, y)], functions=tighter({'exp': 1}))
    assert wide.proof == narrow.proof == 'every evaluation' and len(narrow.values) < len(wide.values)
    assert {float(np.exp(0.6)), float(np.exp(0.6000000000000001))} <= set(narrow.values.tolist())


def test_sums_of_integers_are_exact(pen):
    numbers = pen.number([1.0, 2.0, 3.0])
    total = pen.tape.record('sum', (numbers,), 6.0, 'integer')
    half = pen.tape.record('round', (pen('multiply', varied(pen), pen.number(1.0)),), 0.6, 2)
    whole, rounded = prove(pen.tape, [(pen.done, total), (pen.done, half)])
    assert len(whole.values) == len(rounded.values) == 1 and whole.exact == ['6.0000000000000000000000000000000000000000000000000']
    assert float(rounded.low) == 0.6


def certified(tmp_path, text, **options):
    """The printed numbers of a program, as ``certify FILE`` tells them."""
    path = tmp_path / 'program.py'
    path.write_text(textwrap.dedent(text), encoding='utf-8')
    return json.loads(answer(json.dumps({'path': str(path), **options}).encode()))['rows']


BRANCH = """
    import numpy as np
    x = np.dot(np.array([0.1, 0.2, 0.3]), np.array([1.0, 1.0, 1.0]))
    print(x)
    if x > 0.6:
        print("above")
    print(3 * x, 7)
"""


def test_a_program_s_prints_are_listed_where_its_evaluations_are_few(tmp_path):
    first, *after = certified(tmp_path, BRANCH)
    assert (first['proof'], first['variants']) == ('every evaluation', ['0.6', '0.6000000000000001'])
    assert abs(Fraction(first['exact']) - (Fraction(0.1) + Fraction(0.2) + Fraction(0.3))) < Fraction(1, 10**49)
    assert [row['proof'] for row in after] == ['none', 'none']


def test_nothing_is_called_guaranteed_that_samples_say(tmp_path):
    _, *after = certified(tmp_path, BRANCH, samples=40)
    assert [(row['proof'], row['guaranteed'], row['guaranteed_digits']) for row in after] == [('sampled', False, 0)] * 2
    assert all('sampled evaluations' in row['reason'] for row in after)


def test_samples_are_worded_by_what_they_print_not_by_their_numbers(tmp_path):
    *_, long, short = certified(tmp_path, BRANCH + '    print(np.exp(x))\n    print("%.3f" % np.exp(x))\n', samples=40)
    assert long['reason'].startswith('refuted: sampled evaluations print 1.822118800')
    assert short['reason'].startswith('prints the same in ')
    assert all('decide otherwise at line 5' in row['reason'] for row in (long, short))


def test_two_samples_that_print_differently_refute_what_a_bound_leaves_open(tmp_path):
    text = """
        import numpy as np
        x = np.arange(1, 8) / 10
        for i in range(20):
            x = x / np.sqrt(np.dot(x, x)) + 0.1
        print(x[0])
        print("%.6f" % x[0])
    """
    (long, short), (plain, _) = certified(tmp_path, text, samples=40), certified(tmp_path, text)
    assert long['proof'] == plain['proof'] == 'bound' and 'refuted' in long['reason'] and 'refuted' not in plain['reason']
    assert short['guaranteed']


def test_samples_refute_digits_where_nothing_can_be_proved(tmp_path):
    text = """
        import numpy as np
        x = np.float64(0.3)
        for i in range(200):
            x = 3.9 * x * (1 - np.exp(np.log(x)))
        print(x)
    """
    (row,) = certified(tmp_path, text, samples=40)
    one, _, other = row['reason'].partition('print ')[2].partition(';')[0].partition(' and ')
    assert row['proof'] == 'sampled' and 'refuted' in row['reason']
    assert one != other and {one, other} <= set(row['variants'])


def test_the_command_line_takes_samples_and_assumptions(tmp_path, capsys):
    path = tmp_path / 'program.py'
    path.write_text('import numpy as np\nprint(np.exp(0.3))\n', encoding='utf-8')
    found = []
    for assumed in ([], ['--assume', 'exp=1']):
        assert main(['certify', str(path), '--json', '--unprotected', '--samples', '5', *assumed]) == 1
        found.append(json.loads(capsys.readouterr().out)[0]['variants'])
    assert len(found[1]) < len(found[0]) and set(found[1]) < set(found[0])
    with pytest.raises(SystemExit):
        main(['certify', str(path), '--assume', 'exp'])
    assert 'FUNCTION=ULPS' in capsys.readouterr().err


def test_where_no_sample_can_be_drawn_it_is_said(pen):
    value = pen('logaddexp', pen.number([0.5]), pen.number([0.25]))  # of which samples have no rule
    (proof,) = sampled_alone(pen.tape, [(pen.done, value)], 5)
    assert (proof.proof, proof.reason) == ('none', 'no sample could be drawn')


def test_where_every_sample_goes_another_way_none_is_drawn(pen):
    many = pen('exp', pen.number(np.linspace(0.1, 1, 60)))
    pen.tape.decide(many, 'line 3')
    later = pen('exp', pen.number([0.5]))
    _, second = sampled_alone(pen.tape, [(pen.done - 1, many[:1]), (pen.done, later)], 5)
    assert (second.proof, second.reason) == ('none', 'no sample could be drawn')
