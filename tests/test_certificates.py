"""Certificates: every evaluation lies within them, and what is not proved is not claimed."""

import re
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest
from cases import examples
from hypothesis import example, given
from hypothesis import strategies as st

from reference import BOOK
from streetlight.certify import certificates
from streetlight.certify.accumulation import EmulatedArithmetic, exact_fma
from streetlight.certify.digits import guaranteed_digits
from streetlight.certify.enclosures import enclose
from streetlight.certify.errorfree import fma, two_product, two_sum
from streetlight.certify.programs import MOST, Number, proofs_of, run_listing
from streetlight.certify.record import NONE, SAMPLED, Record
from streetlight.commands.certificates import difference
from streetlight.judge.pinned import pinned
from streetlight.judge.verdict import UNEXPLAINED
from streetlight.record.trace import address, digest, trace_of
from streetlight.shadow.evaluations import every_evaluation
from streetlight.shadow.orders import TooMany

KNOWN = pinned(BOOK)

BY_ID = {listing.id: listing for listing in BOOK.listings}
IDS = list(BY_ID)
EXTENDED = {name for name, model in KNOWN.models.items() if any(':extended' in ''.join(each) for each in model.accumulations.values())}
numbers = st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9)


@lru_cache(maxsize=None)
def printed(listing):
    """The tape of a listing, and the nodes of each number that it prints with how many operations came before."""
    run = run_listing(BY_ID[listing], {}, named=False)
    spans = getattr(run.outputs[-1].text, 'spans', ())
    return run.session.tape, [(rendering.position, rendering.nodes) for _, _, rendering, _ in spans]


# what the chapter's printed digits are worth


@pytest.mark.parametrize('listing', IDS)
def test_every_twelve_digit_figure_is_guaranteed_but_for_the_sign_of_a_zero(listing):
    for record in KNOWN.records(listing):
        if not record.guaranteed('1.13'):
            assert float(record.printed['1.13']) == 0, record
            assert {float(each) for each in record.variants['1.13']} == {0.0} and len(record.variants['1.13']) == 2


def test_all_twelve_digits_of_all_six_errors_are_guaranteed():
    records = KNOWN.records('all-together')
    assert [record.printed['1.13'] for record in records] == [
        '0.634231159844',
        '0.358384076763',
        '0.0830183113303',
        '0.0064670549571',
        '0.000329266900075',
        '1.50556226651e-05',
    ]
    assert all(record.guaranteed('1.13') and record.guaranteed_digits >= 12 for record in records)


def test_a_print_that_another_only_goes_on_is_not_guaranteed():
    record = KNOWN.record('whole-dataset', 'iteration=0 error_for_all_lights')
    assert record.variants['1.14'] == ['2.6561231104', '2.6561231104000003']
    assert not record.guaranteed('1.14')
    assert record.guaranteed('1.13')


def test_every_figure_of_the_texts_is_one_that_a_conforming_machine_prints():
    judged = 0
    for figure in BOOK.figures:
        record = KNOWN.record(figure.listing, f'{figure.step} {figure.name}'.strip())
        if figure.form == 'str' and not figure.verdict and record:
            assert figure.printed in record.variants[BOOK.texts[figure.text].era]
            judged += 1
    assert judged > 70


# every evaluation that is known lies within


@pytest.mark.one_in(3)
@pytest.mark.parametrize('listing', IDS)
def test_every_environment_of_the_atlas_lies_within_but_x87_which_the_model_leaves_out(listing):
    proofs = proofs_of(BY_ID[listing])
    for name in one_of_each_class(listing):
        steps = [step for step in predict_one(listing, name) if address(step) in proofs]
        assert len(steps) == len(proofs_named(listing)) > 0
        for step in steps:
            proof = proofs[address(step)]
            assert (proof.low <= step.value).all() and (step.value <= proof.high).all(), f'{listing} {address(step)} in {name}'


def one_of_each_class(listing):
    """A model of each numeric class; that all models of a class have its bits is a test of its own."""
    names = {each['classes'][listing]: each['model'] for each in KNOWN.atlas['environments'].values() if listing in each['classes']}
    return set(names.values()) - EXTENDED


@lru_cache(maxsize=None)
def proofs_named(listing):
    """The addresses of a listing's steps of which something is proved: all but plain integers and constants that are printed."""
    proofs = proofs_of(BY_ID[listing])
    return [address(step) for step in trace_of(BY_ID[listing]).steps if address(step) in proofs]


@pytest.mark.one_in(3)
@pytest.mark.parametrize('listing', IDS)
def test_every_environment_of_the_atlas_is_one_of_the_evaluations(listing):
    listed = {
        place: {each.tobytes() for each in np.asarray(proof.values) + 0.0}
        for place, proof in proofs_of(BY_ID[listing]).items()
        if proof.values is not None
    }
    assert listed and (set(proofs_named(listing)) <= set(listed) or not listable(listing))
    for name in one_of_each_class(listing):
        for step in predict_one(listing, name):
            if address(step) in listed:
                assert (np.asarray(step.value, float) + 0.0).tobytes() in listed[address(step)], f'{address(step)} in {name}'


@pytest.mark.one_in(16)
@pytest.mark.parametrize('name', sorted(KNOWN.models))
def test_the_accumulations_of_the_atlas_predict_every_bit(name):
    classes = KNOWN.atlas['classes']
    for environment in KNOWN.atlas['environments'].values():
        if environment['model'] == name:
            for listing in set(environment['classes']) - set(environment.get(UNEXPLAINED, ())):
                assert digest(predict_one(listing, name)) == classes[listing][environment['classes'][listing]]


@lru_cache(maxsize=None)
def predict_one(listing, name):
    model = KNOWN.models[name]
    return trace_of(BY_ID[listing], EmulatedArithmetic(model.accumulations, model.squares)).steps


@pytest.mark.one_in(6)
@pytest.mark.parametrize('listing', IDS)
def test_all_evaluations_lie_within_the_bound_of_the_sweep(listing, pytestconfig, every_case):
    """All of them where they can be listed, else many at a time, half drawn and half pushed as far as they go."""
    tape, queries = printed(listing)
    if listable(listing):
        values, _ = evaluated(listing)
    else:
        most = 10000 if pytestconfig.option.thorough else 150 if every_case else 40
        values, _ = every_evaluation(tape, [each for _, each in queries], most=most, sample=np.random.default_rng(1))
    for bound, seen in zip(enclose(tape, queries), values):
        assert bound.proof != 'none'
        assert (bound.low <= seen).all() and (seen <= bound.high).all()


@lru_cache(maxsize=None)
def evaluated(listing):
    """All values that a listing prints, and how many evaluations there were at once."""
    tape, queries = printed(listing)
    return every_evaluation(tape, [nodes for _, nodes in queries], most=MOST)


@lru_cache(maxsize=None)
def listable(listing):
    """Whether all evaluations of a listing can be listed."""
    try:
        return bool(evaluated(listing))
    except TooMany:
        return False


@pytest.mark.thorough
def test_all_evaluations_of_the_last_listing_can_be_listed_and_of_the_one_that_collapses_not():
    assert listable('all-together') and not listable('linear-collapse')


def test_the_sweep_alone_proves_the_six_errors_too():
    bounds = enclose(*printed('all-together'))
    assert [guaranteed_digits(float(bound.low), float(bound.high)) >= 12 for bound in bounds] == [True] * 6


def test_the_argument_tells_how_many_evaluations_there_are_at_once(every_case):
    page = (KNOWN.folder.parents[1] / 'docs/certificates.md').read_text('utf-8')
    (most,) = re.findall(r'at most ([\d,]+) exist at once', ' '.join(page.split()))
    peak = max(evaluated(listing)[1] for listing in IDS[:: 1 if every_case else 8] if listable(listing))
    assert peak == int(most.replace(',', '')) if every_case else peak <= int(most.replace(',', ''))


# the parts


@examples(2000)
@given(numbers, numbers, numbers)
@example(1 + 2.0**-30, 1 + 2.0**-30, -1.0)
@example(0.1, 10.0, -1.0)
def test_the_fma_of_arrays_is_exact(a, b, c):
    assert float(fma(np.array([a]), np.array([b]), np.array([c]))[0]) == exact_fma(a, b, c)


@examples(500)
@given(numbers, numbers)
def test_error_free_transformations_lose_nothing(a, b):
    for (value, error), exact in ((two_sum(a, b), Fraction(a) + Fraction(b)), (two_product(a, b), Fraction(a) * Fraction(b))):
        assert Fraction(float(value)) + Fraction(float(error)) == exact


@pytest.mark.parametrize('low, high, digits', [(1.0, 1.0, 17), (0.61600, 0.61601, 4), (1.4999, 1.5001, 4), (1.0, 9.0, 0), (-1.5, 1.5, 0)])
def test_digits_are_guaranteed_as_far_as_both_ends_are_rounded_alike(low, high, digits):
    assert guaranteed_digits(low, high) == digits


def test_samples_of_what_nothing_is_proved_of_refute_its_digits_and_prove_none():
    values = np.array([0.12345678901, 0.12345678952])
    number = Number(0, np.array(0.12345678901), *np.sort(values), SAMPLED, 'differs in 2 sampled evaluations', values)
    (fields,) = certificates._fields(number, values[0], {'a': values[0]}, False)
    record = Record('listing', 0, '', 'error', None, False, **fields)
    assert (record.proof, record.guaranteed_digits, record.guaranteed('1.13')) == (NONE, 0, False)
    assert record.variants['1.13'] == ['0.12345678901', '0.12345678952']
    assert (record.refuted('1.13'), record.agreed_digits('1.13')) == (11, 9)
    assert difference(BOOK, record, '1.13').startswith(
        'refuted from character 12 on: sampled evaluations print 0.12345678901 and 0.12345678952'
    )
    alike = record._replace(variants={'1.13': ['0.12345678901'], '1.14': None})
    assert alike.refuted('1.13') is None
    assert 'nor sampled evaluations differ' in difference(BOOK, alike, '1.13')
    assert 'sampled' not in difference(BOOK, alike, '1.14')
