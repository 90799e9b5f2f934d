"""Corners that mutants of the proof found untested: tightness where a rule claims it, and paths that few programs take."""

import itertools
import math
import sys
import types
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from flint import arb

from streetlight.certify.enclosures import enclose
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.printed import listed
from streetlight.certify.program import certify
from streetlight.certify.rules import RULES
from streetlight.certify.rules.rounding import Number
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow import balls, exact
from streetlight.shadow.evaluations import every_evaluation
from streetlight.shadow.sampled import sample
from streetlight.shadow.sorting import comparators
from streetlight.shadow.tape import Tape


def row(*numbers):
    return np.array([list(numbers)])


def test_products_that_fit_round_nothing_and_neither_does_their_sum():
    counts = Number(row(1.0, 0.0, 1.0), row(1.0, 1.0, 0.0), row(1.0, 1.0, 1.0))  # truth values, two of them undecided
    factors = Number(row(3.0, 5.0, 7.0), row(0.0, 0.0, 0.0), row(1.0, 1.0, 1.0))
    assert not RULES['dot'](np.array([10.0]), [counts, factors], None, FUNCTIONS).rounding.any()
    finer = factors._replace(value=row(3.1, 5.1, 7.1), grid=row(2.0**-51, 2.0**-50, 2.0**-50))
    unfit = counts._replace(value=row(1.1, 0.1, 1.1), grid=row(2.0**-52, 2.0**-56, 2.0**-52))
    assert RULES['dot'](np.array([11.6]), [unfit, finer], None, FUNCTIONS).rounding.all()


def test_equality_of_balls_is_decided_on_either_side():
    assert balls.equal(arb(2), arb(2)) and not balls.equal(arb(2), arb(1)) and not balls.equal(arb(1), arb(2))
    with pytest.raises(balls.Unclear):
        balls.equal(arb(1, 0.5), arb(1))


@pytest.mark.parametrize(
    'kind, answers',
    [
        ('greater', (0, 0, 1)),
        ('greater_equal', (0, 1, 1)),
        ('less', (1, 0, 0)),
        ('less_equal', (1, 1, 0)),
        ('equal', (0, 1, 0)),
        ('not_equal', (1, 0, 1)),
    ],
)
def test_a_comparison_of_reals_is_one_or_zero(kind, answers):
    assert tuple(balls.ELEMENTWISE[kind](arb(x), arb(2)) for x in (1, 2, 3)) == answers


def test_a_value_is_clear_where_its_first_bits_are_known_or_it_is_nearly_zero():
    assert exact.clear(arb(1)) and exact.clear(arb(0, 2.0**-1000) * arb(0, 2.0**-1000))
    assert not exact.clear(arb(1, 0.5)) and not exact.clear(arb(0, 2.0**-1000))


def test_samples_fuse_either_product_of_two():
    tape = Tape()
    left, right = tape.constant(np.array([-0.05, 0.82])), tape.constant(np.array([0.17, 0.01]))
    value = tape.values[left] @ tape.values[right]
    nodes = tape.record('dot', (left, right), value)
    found = set(sample(tape, [nodes], 200, ulps=lambda name: 4).values[0].ravel().tolist())
    (a, c), (b, d) = tape.values[left].tolist(), tape.values[right].tolist()
    assert found == {a * b + c * d, exact_fma(a, b, c * d), exact_fma(c, d, a * b)} and len(found) == 3


def exact_fma(a, b, c):
    exact_sum = Fraction(a) * Fraction(b) + Fraction(c)
    return exact_sum.numerator / exact_sum.denominator


def test_evaluations_that_print_another_number_of_numbers_leave_each_open():
    def write(x):
        return ' '.join(str(each) for each in x if each > 0)

    shown = SimpleNamespace(text=write(np.array([1.0, 2.0])), value=np.array([1.0, 2.0]), write=write, nodes=np.arange(2))
    known = listed(shown, None, None, [np.array([1.0, 2.0]), np.array([1.0, 0.0])], 'every evaluation', '')
    assert known.open_at == [0, 0] and known.variants == [None, None]


def rows_of(code):
    run = run_cells([Cell('import numpy as np\n' + code)], 'corner.py')
    assert run.failed == ''
    return certify(run, 'corner.py')


@pytest.mark.parametrize(
    'code',
    [
        'print(np.array([0.1, 0.2], dtype=np.float32).sum())',
        'print(np.array([0.1, 0.2], dtype=np.float32).max())',
        'print(np.mean(np.array([0.1, 0.2]), dtype=np.float32))',
        'print(np.array([0.1, 0.2], dtype=np.float32) @ np.array([0.1, 0.2], dtype=np.float32))',
        'print(np.cumsum(np.array([0.1, 0.2]), dtype=np.float32)[1])',
        'print(np.array([0.1, 0.2], dtype=np.float32).mean())',
        'print(np.zeros(2, dtype=np.float16) + 0.1)',
        'print(np.exp(np.array([0.1, 0.2])).astype(np.float32).argmax())',
    ],
)
def test_narrower_floats_are_said_to_be_outside(code):
    assert all(row.proof == 'none' and ('certified' in row.reason) for row in rows_of(code))


def test_an_einsum_over_one_operands_own_letter_has_no_rule():
    assert [row.proof for row in rows_of("print(np.einsum('ij,k->k', np.exp(np.eye(2)), np.ones(2)))")] == ['none', 'none']
    assert [row.proof for row in rows_of("print(np.einsum('k,ij->k', np.exp(np.ones(2)), np.eye(2)))")] == ['none', 'none']


@pytest.mark.parametrize('least, shapes', [(0, '() (2,)'), (1, '(1,) (2,)'), (2, '(1, 1) (1, 2)')])
def test_an_array_of_ours_has_as_many_axes_as_are_asked(least, shapes):
    run = run_cells(
        [
            Cell(
                f'import numpy as np\nx = np.exp([0.1, 0.2])\n'
                f'print(np.array(x[:1].sum(), ndmin={least}).shape, np.array(x, ndmin={least}).shape)'
            )
        ],
        'corner.py',
    )
    assert run.stdout == shapes + '\n'


def test_a_product_that_fits_rounds_nothing():
    counts, factors = Number(row(1.0, 3.1), row(1.0, 1.0), row(1.0, 2.0**-51)), Number(row(3.0, 5.1), row(0.0, 0.0), row(1.0, 2.0**-50))
    said = RULES['multiply'](row(3.0, 3.1 * 5.1), [counts, factors], None, FUNCTIONS)
    assert (said.rounding == 0).tolist() == [[True, False]]
    assert said.grid[0, 0] == 1.0 and said.grid[0, 1] <= 2.0**-101


def test_samples_of_an_uncertain_number_are_all_its_neighbours():
    tape = Tape()
    nodes = tape.record('uncertain', (), np.array([1.5, -3.0, 0.25]), np.array([2.0, 0.0, 1.0]))
    values = sample(tape, [nodes], 400, ulps=lambda name: 4).values[0]
    found = [sorted(set((column / np.spacing(abs(column[0]))).tolist())) for column in values.T]
    middle = [1.5 / np.spacing(1.5), -3.0 / np.spacing(3.0), 0.25 / np.spacing(0.25)]
    assert [[x - m for x in column] for column, m in zip(found, middle)] == [[-2, -1, 0, 1, 2], [0], [-1, 0, 1]]


def test_samples_of_a_scalars_square_are_the_two_numbers_around_it_or_the_exact_one():
    tape = Tape()
    base, two = tape.constant(np.array([3.0, 0.1])), tape.constant(2.0)
    nodes = tape.record('power', (base, two), np.array([9.0, 0.1**2]), 'scalar')
    values = sample(tape, [nodes], 200, ulps=lambda name: 4).values[0]
    square, rest = 0.1 * 0.1, Fraction(0.1) ** 2 - Fraction(0.1 * 0.1)
    assert set(values[:, 0].tolist()) == {9.0}
    assert set(values[:, 1].tolist()) == {square, float(np.nextafter(square, np.inf if rest > 0 else -np.inf))}


@pytest.mark.parametrize(
    'made, value',
    [
        ('np.exp(np.array([0.5, 1.5])).astype(int)[1]', 4),
        ('np.exp(np.array([0.5, 1.5])).astype(bool)[1]', True),
        ('np.cumprod(np.exp(np.array([0.5, 1.5])))[1]', np.exp(0.5) * np.exp(1.5)),
        ('np.cross(np.exp([0.1, 0.2, 0.3]), [1.0, 0.0, 2.0])[1]', np.exp(0.3) - 2 * np.exp(0.1)),
    ],
)
def test_what_is_made_of_uncertain_numbers_stays_followed(made, value):
    (row,) = rows_of(f'print({made})')
    assert row.proof in ('every evaluation', 'bound') and row.low <= value <= row.high
    assert (row.low < row.high) == isinstance(value, float)


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) >= '2.5.0', reason='NumPy has such products up to 2.4')
def test_a_cross_product_of_other_vectors_than_of_space_has_no_rule():
    for one, other in (('[0.1, 0.2]', '[0.3, 0.4, 0.5]'), ('[0.1, 0.2, 0.3]', '[0.4, 0.5]')):
        rows = rows_of(f'import warnings\nwarnings.simplefilter("ignore")\nprint(np.cross(np.exp({one}), {other}))')
        assert {row.proof for row in rows} == {'none'} and 'cross' in rows[0].reason


@pytest.mark.parametrize(
    'power, fixed',
    [
        ('np.float64(3.0) ** 3', True),
        ('np.float64(3.0) ** 33', True),
        ('np.float64(3.0) ** 34', False),  # more than 53 bits
        ('np.float64(2.0) ** -64', True),
        ('np.float64(0.1) ** 3', False),
        ('np.float64(-3.0) ** 5', True),
        ('np.float64(2.25) ** 0.5', True),
        ('np.float64(1.5) ** 2.5', False),
        ('np.float64(3.0) ** -1', False),
    ],
)
def test_a_scalars_power_is_one_number_where_it_is_a_float64_number(power, fixed):
    (row,) = rows_of(f'print({power})')
    assert row.guaranteed == fixed and (row.low == row.high) == fixed
    assert row.low <= float(row.printed) <= row.high


@pytest.mark.parametrize(
    'text, sure',
    [
        ('("4 of " + str(x))[:4]', [True]),
        ('("4 of " + str(x))[:1]', [True]),
        ('("4 of " + str(x))[:]', [True, False]),
        ('("4 of " + str(x))[:9]', [True, True]),
        ('(str(x) + " of 4")[0:3]', [True]),
        ('(str(x) + " of 4")[-1:]', [True]),
    ],
)
def test_a_slice_of_a_text_keeps_what_is_the_same_everywhere(text, sure):
    rows = rows_of(f'x = np.exp(np.array([0.5]))[0]\nprint({text})')
    assert [row.guaranteed for row in rows] == sure


@pytest.mark.parametrize('terms', [[0.5], [0.5, 1.5], [0.5, 1.5, 2.25], [0.3, 1.7, 0.9, 1.1]])
def test_a_product_of_at_most_four_is_any_tree_of_multiplications_rounded_in_fractions(terms):
    def products(numbers):
        if len(numbers) == 1:
            return {numbers[0]}
        first, found = numbers[0], set()
        for chosen in itertools.product([False, True], repeat=len(numbers) - 1):
            left = [first, *[number for number, with_first in zip(numbers[1:], chosen) if with_first]]
            right = [number for number, with_first in zip(numbers[1:], chosen) if not with_first]
            if right:
                found |= {float(Fraction(a) * Fraction(b)) for a in products(left) for b in products(right)}
        return found

    tape = run_cells([Cell(f'import numpy as np\ny = np.prod(np.dot(np.array({terms})[:, None], np.ones(1)))')], 'p.py').session.tape
    nodes = tape.names[-1].nodes
    (values,), _ = every_evaluation(tape, [nodes])
    assert set(np.ravel(values).tolist()) == products(terms)
    (enclosure,) = enclose(tape, [(len(tape.operations), nodes)])
    assert enclosure.low <= min(products(terms)) and max(products(terms)) <= enclosure.high


def test_a_product_of_a_thousand_and_one_is_said_to_have_no_rule():
    rows = rows_of('print(np.prod(np.exp(np.arange(1001.0) / 1e6)), np.prod(np.exp(np.arange(1000.0) / 1e6)))')
    assert [row.proof for row in rows] == ['none', 'bound'] and 'prod' in rows[0].reason


def test_a_number_between_points_is_a_line_whose_product_may_be_fused():
    code = 'import numpy as np\nfp = np.dot(np.array([0.3, 1.1, 0.7])[:, None], np.ones(1))\n'
    code += 'y = np.interp([0.1, 0.27, 0.2, -1.0, 7.0, 0.5], [0.1, 0.2, 0.5], fp)'
    tape = run_cells([Cell(code)], 'p.py').session.tape
    nodes, f, xs = tape.names[-1].nodes, [0.3, 1.1, 0.7], [0.1, 0.2, 0.5]

    def line(x, j):
        slope, step = (f[j + 1] - f[j]) / (xs[j + 1] - xs[j]), x - xs[j]
        return {slope * step + f[j], float(Fraction(slope) * Fraction(step) + Fraction(f[j]))}

    expected = [{0.3}, line(0.27, 1), {1.1}, {0.3}, {0.7}, {0.7}]
    found = [set(np.ravel(every_evaluation(tape, [node])[0][0]).tolist()) for node in nodes]
    assert found == expected and len(expected[1]) == 2


@pytest.mark.parametrize('moved, follows', [(0.0, True), (2.0**-52, True), (-(2.0**-52), True), (1e-9, False), (-1e-9, False)])
def test_numpy_that_interpolates_in_other_steps_is_not_followed(moved, follows, monkeypatch):
    own = np.interp
    monkeypatch.setattr(np, 'interp', lambda x, xp, fp: own(x, xp, fp) * (1 + moved))
    (row,) = rows_of('x = np.exp(np.array([0.1, 1.0]))\nprint(np.interp(np.array([0.3]), [0.0, 1.0], x)[0])')
    assert (row.proof == 'none') != follows


def test_points_that_do_not_ascend_and_numbers_that_may_pass_one_are_not_certified():
    (row,) = rows_of('x = np.exp(np.array([0.0, 1.0]))\nprint(np.interp(0.5, [1.0, 0.0], x))')
    assert row.proof == 'none'
    for shift, proof in ((0.0, 'none'), (0.25, 'bound')):
        (row,) = rows_of(f'x = np.exp(0.5 + np.zeros(1))\nprint(np.interp(x + {shift}, [0.0, np.exp(0.5), 9.0], [0.0, 1.0, 5.0])[0])')
        assert row.proof == proof or (proof == 'bound' and row.proof == 'every evaluation')


@pytest.mark.parametrize('point', [0, 1, 2])
@pytest.mark.parametrize('side', [-1, 1])
def test_a_number_that_may_lie_on_either_side_of_a_point_is_not_interpolated(point, side):
    """Were it the first point or the last."""
    points = [float(np.exp(0.5)) + (k - point) for k in range(3)]
    for away, proof in ((side * 2.0**-53, 'none'), (side * 2.0**-20, 'bound')):
        (row,) = rows_of(f'x = np.exp(0.5 + np.zeros(1)) + {away!r}\nprint(np.interp(x, {points}, [0.0, 1.0, 5.0])[0])')
        assert row.proof == proof or (proof == 'bound' and row.proof in ('every evaluation', 'fixed'))


def test_a_sum_of_no_products_is_zero_everywhere():
    rows = rows_of('x = np.exp(np.zeros((2, 0)))\nprint(x @ np.ones((0, 3)))\nprint(x[0].dot(np.ones(0)))')
    assert [(row.printed, row.guaranteed) for row in rows] == [('0.', True)] * 6 + [('0.0', True)]


def test_what_other_code_reads_an_array_by_is_not_there_and_asking_for_it_loses_nothing():
    names = '__array_interface__', '__array_struct__', '__buffer__', 'none'
    (row,) = rows_of(f'e = np.exp(np.array([0.3]))\nif any(hasattr(x, name) for name in {names} for x in (e, e[0])):\n    e = 7\nprint(e)')
    assert row.proof == 'every evaluation'


@pytest.mark.parametrize(
    'out, operand, overlaps',
    [
        ('b[1:]', 'b[1:]', False),
        ('b', 'b[:]', False),
        ('b[1:]', 'b[:-1]', True),
        ('b[:-1]', 'b[1:]', True),
        ('b[1:3]', 'b[:2]', True),
        ('b[::2]', 'b[1::2]', False),
        ('b[:, ::2]', 'b[:, 1::2]', False),
        ('b', 'b.T', True),
        ('b[0]', 'b[0, ::-1]', True),
        ('b[:, :2]', 'b[:, :1]', True),
        ('b[0]', 'b[1]', False),
        ('b[1:]', 'b.copy()[1:]', False),
        ('b[:2, :2]', 'b[:1, :2]', True),
    ],
)
def test_an_operand_that_is_another_view_of_the_result_s_memory_is_not_followed(out, operand, overlaps):
    rows = rows_of(f'b = np.exp(np.arange(16.0).reshape(4, 4) / 9)\nout = {out}\nout += {operand}\nprint(out)')
    assert {row.proof == 'none' for row in rows} == {overlaps}


@pytest.fixture
def library(monkeypatch):
    """Makes a module that a program can import, and that is not its own."""

    def make(name, source):
        module = types.ModuleType(name)
        exec(source, module.__dict__)
        monkeypatch.setitem(sys.modules, name, module)

    return make


def test_a_list_that_another_library_changes_is_the_programs_own(library):
    """Turned round, one number dropped and one made: what was moved is still that number, but nothing after is certified."""
    library('elsewhere', 'def stir(rows, more):\n    rows.reverse()\n    more[0].append(rows.pop() + 1.0)\n')
    code = 'import math, elsewhere\nrows, more = [math.exp(0.1), math.exp(0.2), 3.5], [[0.25]]\n'
    code += 'elsewhere.stir(rows, more)\nprint(rows, more)\n'
    done = run_cells([Cell(code)], 'stir.py')
    first, second = math.exp(0.1), math.exp(0.2)
    assert done.stdout == f'[3.5, {second}] [[0.25, {first + 1.0}]]\n'
    assert [row.proof for row in certify(done, 'stir.py')] == ['none'] * 4


def test_what_a_library_that_draws_gives_back_is_not_followed(library):
    library('matplotlib', 'def hist(x):\n    return x * 2, [float(x[1])], "%.3f" % x[1]\n')
    code = 'import matplotlib\nimport numpy as np\nx = np.exp([0.1, 0.2])\n'
    code += 'n, bins, text = matplotlib.hist(x)\nprint(n[0], bins[0], text)\nprint(x)'
    done = run_cells([Cell(code)], 'draw.py')
    assert [row.proof for row in certify(done, 'draw.py')] == ['none'] * 3 + ['every evaluation'] * 2


def test_a_bar_beside_a_loop_hands_on_the_numbers(library):
    library('tqdm', 'class tqdm(list):\n    def note(self, loss):\n        return "%.2f" % loss\n')
    code = 'import numpy as np\nfrom tqdm import tqdm\nbar = tqdm(np.exp([0.1, 0.2]))\nfor x in bar:\n    bar.note(x)\n    print(x)'
    done = run_cells([Cell(code)], 'bar.py')
    assert [row.proof for row in certify(done, 'bar.py')] == ['every evaluation'] * 2


@pytest.mark.parametrize('count', range(1, 11))
def test_comparators_sort_all_rows_of_zeros_and_ones_so_all_rows(count):
    rows = np.array(list(itertools.product((0, 1), repeat=count)))
    for lower, upper in comparators(count):
        assert len({*lower, *upper}) == 2 * len(lower)
        x, y = rows[:, lower], rows[:, upper]
        rows[:, lower], rows[:, upper] = np.minimum(x, y), np.maximum(x, y)
    assert (np.diff(rows, axis=1) >= 0).all()


def test_numbers_whose_order_is_open_are_sorted_and_the_program_goes_on_certified():
    """Equal here, and each may lie an ulp or more beside the other; another evaluation's order gives the same rows."""
    code = (
        'u = np.exp(np.array([0.3, -0.1, 0.3, 0.2]))\nz = np.concatenate([u, u * 3.0 / 3.0])\nprint(np.sort(z)[3], np.median(z), z.sum())\n'
    )
    done = run_cells([Cell('import numpy as np\nnp.set_printoptions(precision=17)\n' + code)], 'sort.py')
    rows = certify(done, 'sort.py')
    assert [row.proof for row in rows] == ['bound'] * 3 and rows[0].guaranteed_digits >= 14
    z = done.session.tape
    drawn = sample(z, [each.nodes for each in z.names if each.name == 'z'][-1:], 500, seed=4).values[0]
    assert len(np.unique(np.argsort(drawn, axis=1, kind='stable'), axis=0)) > 1
    ordered = np.sort(drawn, axis=1)
    for row, values in zip(rows, (ordered[:, 3], np.median(drawn, axis=1))):
        assert (row.low <= values).all() and (values <= row.high).all()


@pytest.mark.parametrize('seed', [0, 3])
@pytest.mark.parametrize('apart', [2.0**-20, -(2.0**-20), 2.0**-33, -(2.0**-33), 0.0])
def test_a_trial_whose_random_number_lies_next_to_its_chance_is_not_the_same_everywhere(seed, apart):
    drawn = float(np.random.RandomState(seed).random_sample())  # more than a half
    (row,) = rows_of(f'np.random.seed({seed})\nprint(np.random.binomial(1, {1 - drawn + apart!r}))')
    near = abs(apart) < 2.0**-30
    assert row.proof == ('none' if near else 'fixed') and (near or row.low == (apart > 0))
