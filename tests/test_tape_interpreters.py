"""Forward interpreters of a tape: another machine, every evaluation, exact reals, samples."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from streetlight.certify.accumulation import exact_fma, left_to_right
from streetlight.shadow.emulated import Machine, emulate
from streetlight.shadow.evaluations import every_evaluation, within
from streetlight.shadow.exact import exact
from streetlight.shadow.needs import completion
from streetlight.shadow.orders import TooMany
from streetlight.shadow.replay import Departure, Unmodelled
from streetlight.shadow.sampled import sample
from streetlight.shadow.tape import Tape


class Pen:
    """Writes a tape by hand: each method does one operation on this machine's numbers."""

    def __init__(self):
        self.tape = Tape()

    def __call__(self, kind, *operands, extra=None):
        values = [self.tape.values[nodes] for nodes in operands]
        if kind == 'dot':
            result = (values[0] * values[1]).sum(axis=-1)
        elif kind in ('sum', 'max', 'min', 'argmax', 'argmin'):
            result = getattr(values[0], kind)(axis=-1)
        else:
            result = getattr(np, kind)(*values)
        return self.tape.record(kind, operands, result, extra)

    def number(self, value):
        return self.tape.constant(value)


@pytest.fixture
def precision_kept():
    before = ctx.prec
    yield
    ctx.prec = before


STREETLIGHTS = [[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 0, 1]]
WALK = [0, 1, 0, 1, 1, 0]


def written_descent(iterations):
    """The chapter's loop of 6.6 on a tape: the nodes of each iteration's error."""
    pen = Pen()
    lights, walk = pen.number(STREETLIGHTS), pen.number(WALK)
    weights, errors = pen.number([0.5, 0.48, -0.7]), []
    for _ in range(iterations):
        total = pen.number(0.0)
        for light, goal in zip(lights, walk):
            prediction = pen('dot', light, weights, extra='3 . 3')
            difference = pen('subtract', goal, prediction)
            total = pen('add', total, pen('power', difference, pen.number(2.0), extra='scalar'))
            delta = pen('subtract', prediction, goal)
            weights = pen('subtract', weights, pen('multiply', pen.number(0.1), pen('multiply', light, delta)))
        errors.append(total)
    return pen.tape, errors


def descent(iterations, inner):
    """The same on plain floats, with an inner product of one's own."""
    weights, errors = [0.5, 0.48, -0.7], []
    for _ in range(iterations):
        total = 0.0
        for light, goal in zip(STREETLIGHTS, WALK):
            prediction = inner(light, weights)
            total += (goal - prediction) * (goal - prediction)
            weights = [w - 0.1 * (x * (prediction - goal)) for w, x in zip(weights, light)]
        errors.append(total)
    return errors


def backwards(a, b):
    return a[0] * b[0] + (a[1] * b[1] + a[2] * b[2])


def fused(a, b):
    return exact_fma(a[2], b[2], exact_fma(a[1], b[1], a[0] * b[0]))


@pytest.mark.parametrize('notation, inner', [('(p0+(p1+p2))', backwards), ('((p0+x1)+x2)', fused)])
def test_a_machine_is_emulated_to_the_bit(notation, inner):
    tape, errors = written_descent(40)
    emulated = emulate(tape, Machine({'3 . 3': [notation]}))
    assert emulated.values[np.array(errors)].tolist() == descent(40, inner)
    assert not emulated.copied and not emulated.guessed


def test_a_square_of_the_c_library_is_taken_from_its_table():
    pen = Pen()
    third = pen('dot', pen.number([1.0]), pen.number([1 / 3]))
    square = pen('power', third, pen.number(2.0), extra='scalar')
    other = math.nextafter(1 / 9, 1)
    emulated = emulate(pen.tape, Machine(left_to_right, {(1 / 3).hex(): other.hex()}))
    assert emulated.values[square] == other


def test_a_function_is_copied_from_a_recording_or_else_guessed():
    pen = Pen()
    x = pen('dot', pen.number([[0.5], [0.25]]), pen.number([1.0]))
    y = pen('exp', x)
    emulated = emulate(pen.tape, Machine(left_to_right, {}, {'exp': {(0.5).hex(): (1.625).hex()}}))
    assert emulated.values[y].tolist() == [1.625, float(np.exp(0.25))]
    assert emulated.copied == {'exp': 1} and emulated.guessed == {'exp': 1}


def test_sums_are_added_as_the_program_s_own_machine_laid_them_out():
    numbers = np.random.RandomState(2).random_sample((20, 3))
    pen = Pen()
    x = pen('dot', pen.number(numbers[..., None]), pen.number([1.0]))
    rows = pen.tape.record('sum', (x,), numbers.sum(axis=1))
    columns = pen.tape.record('sum', (x.T,), numbers.sum(axis=0))
    emulated = emulate(pen.tape, Machine(left_to_right_but_not_sums))
    assert np.array_equal(emulated.values[rows], numbers.sum(axis=1))
    assert np.array_equal(emulated.values[columns], numbers.sum(axis=0))


def left_to_right_but_not_sums(shape, k):
    from streetlight.certify.accumulation import AccumulationError

    if shape.startswith('sum'):
        raise AccumulationError(shape)
    return left_to_right(shape, k)


def every_tree(terms):
    """All values of a sum of products, by brute force on fractions of floats: pairs of a float or an unrounded product."""
    if len(terms) == 1:
        a, b = terms[0]
        return {a * b}
    found = set()
    for size in range(1, len(terms)):
        for left in itertools.combinations(range(len(terms)), size):
            one = [terms[i] for i in left]
            other = [terms[i] for i in range(len(terms)) if i not in left]
            found |= {x + y for x in every_tree(one) for y in every_tree(other)}
            if size == 1:
                found |= {exact_fma(*one[0], y) for y in every_tree(other)}
    return found


def test_every_order_and_fusion_of_an_inner_product_is_found():
    numbers = np.random.RandomState(5).uniform(-1, 1, (2, 4))
    pen = Pen()
    product = pen('dot', *pen.number(numbers))
    (values,), _ = every_evaluation(pen.tape, [product])
    assert set(values.tolist()) == every_tree(list(zip(*numbers.tolist())))
    assert len(values) > 3


def test_evaluations_that_forget_their_difference_become_one():
    tape, errors = written_descent(40)
    values, peak = every_evaluation(tape, errors)
    plain, other = descent(40, backwards), descent(40, fused)
    assert all({one, two} <= set(value.tolist()) for value, one, two in zip(values, plain, other))
    assert max(map(len, values)) > 1
    assert peak < 1000, 'without merging there would be millions'


def test_the_values_of_one_query_are_told_together():
    pen = Pen()
    x = pen('dot', pen.number([0.1, 0.2, 0.3]), pen.number([0.7, 0.6, 0.9]))
    pair = np.array([x, pen('negative', x)])
    (values,), _ = every_evaluation(pen.tape, [pair])
    assert len(values) > 1 and all(a == -b for a, b in values)


def test_too_many_evaluations_are_refused_or_sampled():
    pen = Pen()
    numbers = pen.number(np.random.RandomState(1).uniform(0, 1, (9, 4)))
    total = pen('dot', numbers, pen.number([0.1, 0.2, 0.3, 0.4]))
    with pytest.raises(TooMany):
        every_evaluation(pen.tape, [total], most=40)
    (values,), peak = every_evaluation(pen.tape, [total], most=40, sample=np.random.default_rng(0))
    assert peak <= 40 and 1 < len(values) <= 40


def test_a_decision_that_differs_ends_the_certainty():
    pen = Pen()
    product = pen('dot', pen.number([0.1, 0.2, 0.3]), pen.number([1.0, 1.0, 1.0]))
    above = pen('greater', product, pen.number(0.6))
    pen.tape.decide(above, 'line 3')
    after = pen('multiply', product, pen.number(3.0))
    with pytest.raises(Departure, match='line 3'):
        every_evaluation(pen.tape, [after])
    every_evaluation(pen.tape, [product])  # what was computed before stays
    with pytest.raises(Departure, match='line 3'):
        emulate(pen.tape, Machine({'3 . 3': ['(p0+(p1+p2))']}))
    samples = sample(pen.tape, [after], 200, seed=1)
    ((place, count),) = samples.departed
    assert place == 'line 3' and len(samples.values[0]) == 200 - count > 0


def test_exact_reals_are_those_of_fractions(precision_kept):
    tape, errors = written_descent(6)
    weights = [Fraction(w) for w in (0.5, 0.48, -0.7)]
    found = exact(tape, errors)
    ctx.prec = 1024
    for value in found:
        total = Fraction(0)
        for light, goal in zip(STREETLIGHTS, WALK):
            prediction = sum(x * w for x, w in zip(light, weights))
            total += (goal - prediction) ** 2
            weights = [w - Fraction(0.1) * x * (prediction - goal) for w, x in zip(weights, light)]
        difference = value.item().mid() - arb(fmpq(total.numerator, total.denominator))
        assert abs(difference) < value.item().rad() + arb(2) ** -400


def test_exact_reals_raise_their_precision_where_numbers_cancel():
    pen = Pen()
    x = pen('exp', pen('dot', pen.number([0.5]), pen.number([1.0])))
    for _ in range(12):  # the distance of 1.6487… from its float64 value, squared twelve times
        x = pen('subtract', x, pen.number(pen.tape.values[x]))
        x = pen('multiply', x, x)
    value = exact(pen.tape, [x])[0].item()
    assert value.rel_accuracy_bits() >= 128


def test_exact_reals_compute_nothing_that_is_not_asked_for():
    pen = Pen()
    one = pen('dot', pen.number([0.5]), pen.number([3.0]))
    pen.tape.record('cube_root_of_nobody', (one,), 1.0)
    assert exact(pen.tape, [one])[0].item() == arb(1.5)
    with pytest.raises(Unmodelled):
        exact(pen.tape, [np.array(pen.tape.count - 1)])


def test_exact_reals_of_a_number_that_is_used_later_are_kept():
    pen = Pen()
    third = pen('dot', pen.number([1.0]), pen.number([1.0]))
    third = pen('divide', third, pen.number(3.0))
    double = pen('multiply', third, pen.number(2.0))
    one, two = exact(pen.tape, [third, double])
    assert (3 * one.item()).overlaps(arb(1)) and (3 * two.item()).overlaps(arb(2))


def test_an_undecided_comparison_is_told_and_not_computed_for_ever():
    pen = Pen()
    third = pen('divide', pen('dot', pen.number([1.0]), pen.number([1.0])), pen.number(3.0))
    zero = pen('subtract', third, third)
    above = pen('greater', zero, pen.number(0.0))
    with pytest.raises(Unmodelled, match='unclear'):
        exact(pen.tape, [above])


def test_all_samples_are_conforming_and_all_evaluations_are_sampled():
    numbers = np.random.RandomState(5).uniform(-1, 1, (2, 4))
    pen = Pen()
    product = pen('dot', *pen.number(numbers))
    (values,), _ = every_evaluation(pen.tape, [product])
    drawn = set()
    for seed in range(400):
        drawn |= set(sample(pen.tape, [product], 2, seed).values[0].tolist())
    assert drawn == set(values.tolist())


@pytest.mark.parametrize('ulps', [1, 4])
@pytest.mark.parametrize('name', ['exp', 'log', 'tanh', 'sin', 'expm1'])
def test_sampled_functions_stay_within_their_bound_and_use_it(name, ulps):
    x = 0.7
    pen = Pen()
    y = pen(name, pen('dot', pen.number([x]), pen.number([1.0])))
    drawn = sample(pen.tape, [y], 3000, ulps=lambda kind: ulps).values[0]
    real = getattr(arb, name)(arb(x))
    distances = [float(abs(arb(value) - real)) / math.ulp(float(real.mid())) for value in drawn.tolist()]
    assert max(distances) <= ulps
    assert set(drawn.tolist()) == set(within(name, (x,), ulps))


def test_a_function_is_exact_where_every_library_is():
    pen = Pen()
    zero = pen('dot', pen.number([0.0]), pen.number([1.0]))
    assert set(sample(pen.tape, [pen('exp', zero)], 50).values[0]) == {1.0}
    assert every_evaluation(pen.tape, [pen('exp', zero)])[0][0].tolist() == [1.0]


@pytest.mark.parametrize('k', [3, 40])
def test_samples_of_long_sums_lie_within_the_bound_of_any_tree(k):
    numbers = np.random.RandomState(k).uniform(-1, 1, (2, k))
    pen = Pen()
    drawn = sample(pen.tape, [pen('dot', *pen.number(numbers))], 50, seed=3).values[0]
    real = sum(Fraction(a) * Fraction(b) for a, b in zip(*numbers.tolist()))
    bound = k * 2.0**-53
    size = float(np.abs(numbers[0] * numbers[1]).sum())
    assert all(abs(Fraction(value) - real) <= Fraction(bound * size) for value in drawn.tolist())
    assert len(set(drawn.tolist())) > 1


@pytest.mark.parametrize('left, right', [((5, 1, 40), (3, 40)), ((40,), (40,)), ((5, 40), (40,)), ((1, 40), (3, 40)), ((3, 40), (3, 40))])
def test_samples_of_long_products_of_matrices_lie_within_the_bound_of_any_tree(left, right):
    stream = np.random.RandomState(1)
    a, b = stream.uniform(-1, 1, left), stream.uniform(-1, 1, right)
    pen = Pen()
    drawn = sample(pen.tape, [pen('dot', pen.number(a), pen.number(b))], 30, seed=3).values[0]
    real = (a.astype(np.longdouble) * b).sum(axis=-1)
    assert drawn.shape == (30, *real.shape)
    assert (np.abs(drawn - real) <= 41 * 2.0**-53 * np.abs(a * b).sum(axis=-1)).all()
    assert (np.ptp(drawn, axis=0) > 0).any()


def test_samples_are_drawn_in_blocks_and_each_block_differs():
    tape, errors = written_descent(40)
    values = sample(tape, [errors[-1]], 250).values[0]
    assert len(values) == 250
    assert not np.array_equal(values[:100], values[100:200])
    assert np.array_equal(values, sample(tape, [errors[-1]], 250).values[0]), 'the same seed gives the same samples'


def test_two_samples_that_print_differently_refute_a_digit():
    tape, errors = written_descent(40)
    values = sample(tape, [errors[-1]]).values[0]
    assert len({repr(value) for value in values}) > 1
    assert len({f'{value:.8g}' for value in values}) == 1


def test_queries_are_answered_when_their_last_node_is_made():
    tape, errors = written_descent(3)
    assert completion(tape, [*errors, tape.constant(1.0)])[-1] == 0
    assert sorted(completion(tape, errors)) == completion(tape, errors)


@pytest.mark.parametrize('interpret', [every_evaluation, exact, sample])
def test_what_rests_on_an_unknown_value_is_refused(interpret):
    pen = Pen()
    unknown = pen.tape.record('uncertain', (), 1.0, np.inf)
    known = pen('dot', pen.number([1.0]), pen.number([2.0]))
    interpret(pen.tape, [known])
    with pytest.raises(Unmodelled, match='nothing is known'):
        interpret(pen.tape, [pen('add', known, unknown)])
