"""Certificates: every evaluation lies within them, a broken bound is noticed, and what is not proved is not claimed."""

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest
from flint import arb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reference import BOOK
from reference.listings.linear_collapse import train_linear
from streetlight.certify import worlds
from streetlight.certify.accumulation import EmulatedArithmetic, exact_fma, left_to_right
from streetlight.certify.affine import AffineArithmetic
from streetlight.certify.certificates import enclosed, guaranteed_digits, proof_of
from streetlight.certify.errorfree import fma, two_product, two_sum
from streetlight.certify.forms import Form, Noise, Undecided, exact_precision
from streetlight.judge.pinned import pinned
from streetlight.judge.verdict import UNEXPLAINED
from streetlight.record.trace import Shown, address, digest, trace_of

KNOWN = pinned(BOOK)

BY_ID = {listing.id: listing for listing in BOOK.listings}
IDS = list(BY_ID)
EXTENDED = {name for name, model in KNOWN.models.items() if any(':extended' in ''.join(each) for each in model.accumulations.values())}
numbers = st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9)


LEFT_TO_RIGHT = EmulatedArithmetic(left_to_right)


@lru_cache(maxsize=None)
def proof(listing):
    return enclosed(BY_ID[listing])


# what the chapter's printed digits are worth

@pytest.mark.parametrize('listing', IDS)
def test_every_twelve_digit_figure_is_guaranteed_but_for_the_sign_of_a_zero(listing):
    for record in KNOWN.records(listing):
        if not record.guaranteed('1.13'):
            assert float(record.printed['1.13']) == 0, record
            assert record.variants['1.13'] == ['-0.0', '0.0']


def test_all_twelve_digits_of_all_six_errors_are_guaranteed():
    records = KNOWN.records('all-together')
    assert [record.printed['1.13'] for record in records] == [
        '0.634231159844', '0.358384076763', '0.0830183113303', '0.0064670549571', '0.000329266900075', '1.50556226651e-05']
    assert all(record.guaranteed('1.13') and record.guaranteed_digits >= 12 for record in records)


def test_a_print_that_another_only_goes_on_is_not_guaranteed():
    record = KNOWN.record('whole-dataset', 'iteration=0 error_for_all_lights')
    assert record.variants['1.14'] == ['2.6561231104', '2.6561231104000003']
    assert not record.guaranteed('1.14')
    assert record.guaranteed('1.13')


def test_the_affine_bound_alone_proves_the_six_errors_too():
    trace, reason = proof('all-together')
    assert reason == ''
    errors = [part.value for line in trace.lines for part in line.parts if isinstance(part, Shown)]
    assert [guaranteed_digits(*error.bounds) >= 12 for error in errors] == [True] * 6


def test_every_figure_of_the_texts_is_one_that_a_conforming_machine_prints():
    judged = 0
    for figure in BOOK.figures:
        record = KNOWN.record(figure.listing, f'{figure.step} {figure.name}'.strip())
        if figure.form == 'str' and not figure.verdict and record:
            assert figure.printed in record.variants[BOOK.texts[figure.text].era]
            judged += 1
    assert judged > 70


# (a) every evaluation that is known lies within

@pytest.mark.parametrize('listing', IDS)
def test_every_environment_of_the_atlas_lies_within_and_x87_too(listing):
    trace, reason = proof(listing)
    assert reason == ''
    for name in KNOWN.models:
        steps = predict_one(listing, name)
        for step, run in zip(trace.steps, steps):
            for form, value in zip(np.ravel(step.value), np.ravel(run.value).tolist()):
                low, high = form.bounds if isinstance(form, Form) else (form, form)
                if name in EXTENDED:  # outside the model: 64-bit sums may round to the number beyond
                    low, high = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
                assert low <= value <= high, f'{listing} {address(step)} in {name}: {value!r} is not in [{low!r}, {high!r}]'


@pytest.mark.parametrize('listing', IDS)
def test_every_environment_of_the_atlas_is_one_of_the_worlds(listing):
    proof = proof_of(BY_ID[listing])
    if proof.worlds is None:
        assert listing == 'linear-collapse'
        return
    possible = [[set(each.reshape(len(each), -1)[:, element].tolist()) for element in range(each[0].size)]
                for each in (step.value for step in proof.worlds.steps)]
    for name in KNOWN.models:
        if name not in EXTENDED:
            for sets, run in zip(possible, predict_one(listing, name)):
                assert all(value in known for known, value in zip(sets, np.ravel(run.value).tolist())), f'{address(run)} in {name}'


@pytest.mark.parametrize('name', sorted(KNOWN.models))
def test_the_accumulations_of_the_atlas_predict_every_bit(name):
    classes = KNOWN.atlas['classes']
    for environment in KNOWN.atlas['environments'].values():
        if environment['model'] == name:
            for listing in set(IDS) - set(environment.get(UNEXPLAINED, ())):
                assert digest(predict_one(listing, name)) == classes[listing][environment['classes'][listing]]


@lru_cache(maxsize=None)
def predict_one(listing, name):
    model = KNOWN.models[name]
    return trace_of(BY_ID[listing], EmulatedArithmetic(model.accumulations, model.squares)).steps


@pytest.mark.parametrize('listing', IDS)
def test_all_worlds_lie_within_the_affine_bound(listing, record_property, pytestconfig):
    """All of them where they can be listed, else many at a time, half drawn and half pushed as far as they go."""
    trace, _ = proof(listing)
    many = proof_of(BY_ID[listing]).worlds
    if many is None:
        many = worlds.WorldsTrace()
        most = 10000 if pytestconfig.option.thorough else 150
        BY_ID[listing].run(worlds.WorldsArithmetic(most=most, sample=np.random.default_rng(1)), many)
    printed = {part.step for line in trace.lines for part in line.parts if isinstance(part, Shown)}
    tightest = 0.0
    with exact_precision():
        for index, (step, seen) in enumerate(zip(trace.steps, many.steps)):
            columns = seen.value.reshape(len(seen.value), -1).T
            for form, column in zip(np.ravel(step.value), columns):
                if isinstance(form, Form):
                    low, high = form.bounds
                    assert low <= column.min(), f'{address(step)}: {column.min()!r} < {low!r}'
                    assert column.max() <= high, f'{address(step)}: {column.max()!r} > {high!r}'
                    if index in printed and not form.fixed:
                        off = max(abs(float(arb(float(end)) - form.centre)) for end in (column.min(), column.max()))
                        tightest = max(tightest, off / form.noise.radius)
    record_property('largest distance of a printed figure over its affine radius', tightest)
    assert tightest <= 1


# (b) a broken bound is noticed

@pytest.mark.parametrize('term', ['rounding', 'sums', 'products'])
def test_a_bound_without_a_term_does_not_hold(term):
    listing = Listing(lambda arithmetic, trace: train_linear(arithmetic, trace, iterations=10))
    trace, _ = enclosed(listing, AffineArithmetic(without={'rounding', term}))
    many = worlds.WorldsTrace()
    listing.run(worlds.WorldsArithmetic(most=60, sample=np.random.default_rng(1)), many)
    assert any(not low <= value <= high for step, seen in zip(trace.steps, many.steps)
               for form, column in zip(np.ravel(step.value), seen.value.reshape(len(seen.value), -1).T) if isinstance(form, Form)
               for (low, high) in [form.bounds] for value in (column.min(), column.max()))


def test_a_bound_without_the_error_of_pow_does_not_hold():
    trace, _ = enclosed(BY_ID['single-example'], AffineArithmetic(without={'pow'}))
    many = worlds.WorldsTrace()
    BY_ID['single-example'].run(worlds.WorldsArithmetic(), many)
    outside = [address(step) for step, seen in zip(trace.steps, many.steps) if step.name == 'error'
               and not step.value.bounds[0] <= seen.value.min() <= seen.value.max() <= step.value.bounds[1]]
    assert len(outside) > 10


def noisy(model, centre, radius, symbol):
    coefficients = np.zeros(symbol + 1)
    coefficients[symbol] = radius
    return Form(model, arb(centre), arb(centre), Noise(0, coefficients))


near = st.floats(0.25, 2.0)
epsilons = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


@given(near, near, st.floats(1e-3, 0.2), st.floats(1e-3, 0.2), epsilons)
@example(1.0, 1.0, 0.1, 0.1, (1.0, 1.0))
def test_forms_enclose_what_their_symbols_make_of_them(x, y, x_radius, y_radius, at):
    with exact_precision():
        model = AffineArithmetic()
        model.symbols = 2
        first, second = noisy(model, x, x_radius, 0), noisy(model, y, y_radius, 1)
        one, other = x + x_radius * at[0], y + y_radius * at[1]
        cases = [(first * second, one * other), (first + second, one + other), (first - second, one - other), (first - first, 0.0),
                 (first ** 2, one * one), (model.power(first, 2), one * one), (first * 4.0, 4 * one), (first / 3, one / 3),
                 (0.3 * first, 0.3 * one), (model.dot([first, second], [second, first]), 2 * one * other)]
        for form, value in cases:
            low, high = form.bounds
            assert low - 1e-12 <= value <= high + 1e-12, (form, value)


def test_the_quadratic_term_counts():
    def worst(without):
        with exact_precision():
            model = AffineArithmetic(without)
            model.symbols = 2
            return (noisy(model, 1.0, 0.1, 0) * noisy(model, 1.0, 0.1, 1)).bounds[1]
    assert worst(()) >= 1.21 > worst({'quadratic'})


# what is not proved is not claimed

class Listing:
    """A listing made up for a test."""

    id = 'made-up'

    def __init__(self, run):
        self.run = run


@pytest.mark.parametrize('program, reason', [
    (lambda arithmetic, trace: noisy(arithmetic, 0.0, 1e-9, 0) > 0, 'differs between evaluations'),
    (lambda arithmetic, trace: arithmetic.array([math.nan]), 'nan is no real number'),
    (lambda arithmetic, trace: arithmetic.array([1e300, 1e300]) * arithmetic.array([1e300, 1.0]), 'may overflow'),
    (lambda arithmetic, trace: arithmetic.power(arithmetic.array([2.0])[0], 3), 'no model of the power 3'),
    (lambda arithmetic, trace: arithmetic.dot([noisy(arithmetic, 1.0, 0.1, 0)] * 11, arithmetic.array([1.5] * 11)), 'too many orders'),
])
def test_there_is_no_certificate_where_the_enclosure_does_not_decide(program, reason):
    def run(arithmetic, trace):
        trace('before', arithmetic.array([1.0]))
        trace('after', program(arithmetic, trace))
    with np.errstate(over='ignore'):
        trace, told = enclosed(Listing(run))
    assert reason in told
    assert [step.name for step in trace.steps] == ['before']


# the parts

@settings(max_examples=2000)
@given(numbers, numbers, numbers)
@example(1 + 2.0 ** -30, 1 + 2.0 ** -30, -1.0)
@example(0.1, 10.0, -1.0)
def test_the_fma_of_arrays_is_exact(a, b, c):
    assert float(fma(np.array([a]), np.array([b]), np.array([c]))[0]) == exact_fma(a, b, c)


@settings(max_examples=500)
@given(numbers, numbers)
def test_error_free_transformations_lose_nothing(a, b):
    for (value, error), exact in ((two_sum(a, b), Fraction(a) + Fraction(b)), (two_product(a, b), Fraction(a) * Fraction(b))):
        assert Fraction(float(value)) + Fraction(float(error)) == exact


def test_the_worlds_of_three_terms_are_those_of_every_order_and_fusion():
    a, b = np.array([[0.1, 0.7, -0.3]]), np.array([[0.9, 0.2, 0.8]])
    found = set(worlds.possible_sums(a, b).ravel().tolist())
    p = (a * b).ravel().tolist()
    x = list(zip(a.ravel().tolist(), b.ravel().tolist()))
    expected = set()
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
        for pair in (p[i] + p[j], exact_fma(*x[i], p[j]), exact_fma(*x[j], p[i])):
            expected |= {pair + p[k], exact_fma(*x[k], pair)}
    assert found == expected
    assert len(worlds.trees((0, 1, 2))) == 18


def test_worlds_that_agree_become_one():
    model = worlds.WorldsArithmetic()
    total = model.dot(model.array([1.0, 2.0 ** -53, 2.0 ** -53]), model.array([1.0, 1.0, 1.0]))
    assert sorted(total.data.tolist()) == [1.0, 1 + 2.0 ** -52]
    assert model.count == 2
    del total
    model.array([0.0])
    last = model.array([0.0])
    model.merge()
    assert model.count == len(last.data) == 1


def test_too_many_worlds_are_no_certificate():
    generator = np.random.default_rng(0)
    model = worlds.WorldsArithmetic(most=10)
    with pytest.raises(worlds.TooManyWorlds, match='more than 10'):
        model.dot(model.array(generator.standard_normal((4, 4))), model.array(generator.standard_normal((4, 4))))


@pytest.mark.parametrize('low, high, digits', [(1.0, 1.0, 17), (0.61600, 0.61601, 4), (1.4999, 1.5001, 4), (1.0, 9.0, 0), (-1.5, 1.5, 0)])
def test_digits_are_guaranteed_as_far_as_both_ends_are_rounded_alike(low, high, digits):
    assert guaranteed_digits(low, high) == digits


@pytest.mark.parametrize('listing', IDS)
def test_a_trace_of_forms_has_the_steps_of_any_other(listing):
    assert [address(step) for step in proof(listing)[0].steps] == [address(step) for step in trace_of(BY_ID[listing], LEFT_TO_RIGHT).steps]


def test_an_undecided_comparison_says_what_it_compared():
    with exact_precision():
        model = AffineArithmetic()
        with pytest.raises(Undecided, match='greater than 0'):
            bool(noisy(model, 0.0, 1.0, 0) > 0)


def test_the_docs_tell_how_many_evaluations_there_are_before_equal_ones_are_merged():
    arithmetic = worlds.WorldsArithmetic()
    trace_of(BOOK.listing('all-together'), arithmetic, worlds.WorldsTrace())
    docs = ' '.join((KNOWN.folder.parents[1] / 'docs/certificates.md').read_text('utf-8').split())
    assert f'{arithmetic.peak:,} worlds exist at once, after equal ones are merged (before it {arithmetic.widest:,})' in docs


def test_the_argument_tells_how_many_evaluations_there_are_at_once():
    proofs = [proof_of(listing) for listing in BOOK.listings]
    told = f'{max(proof.peak for proof in proofs if proof.worlds):,}'
    page = KNOWN.folder.parents[1] / 'docs/certificates.md'
    assert f'at most {told}' in ' '.join(page.read_text('utf-8').split())
