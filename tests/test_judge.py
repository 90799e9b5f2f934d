"""The judge: pinned, explained or unexplained, and at which step."""

import copy
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from recordings import BACKWARD, LISTINGS, PLAIN, recording_of, trace

from reference import BOOK
from streetlight.certify.accumulation import AccumulationError, inner_products
from streetlight.judge import atlas as atlases
from streetlight.judge.pinned import Model, pinned
from streetlight.judge.squares import COPIED, LIBRARY, ROUNDED, NotingArithmetic, can_emulate, rules, unproved_squares
from streetlight.judge.verdict import EXPLAINED, PINNED, UNEXPLAINED, first_divergence, judge, same_bits, ulps_between
from streetlight.record.trace import Step, address

KNOWN = pinned(BOOK)
SQUARING = ('single-example', 'whole-dataset')  # they square numbers, not arrays


def test_a_class_of_the_atlas_is_pinned():
    name = max(KNOWN.atlas['environments'].values(), key=lambda each: len(each['classes']))['model']  # where each listing was recorded
    verdicts = {judgement.listing: judgement for judgement in judge(BOOK, recording_of(*KNOWN.models[name]))}
    for environment in KNOWN.atlas['environments'].values():
        if environment['model'] == name:
            assert environment['classes'].items() <= {listing: judgement.letter for listing, judgement in verdicts.items()}.items()
    assert {judgement.verdict for judgement in verdicts.values()} == {PINNED}


def test_a_new_accumulation_that_predicts_every_bit_is_explained():
    verdicts = {judgement.listing: judgement.verdict for judgement in judge(BOOK, recording_of(BACKWARD))}
    assert UNEXPLAINED not in verdicts.values()
    assert verdicts['whole-dataset'] == verdicts['all-together'] == EXPLAINED


def test_accumulations_that_are_not_the_subjects_own_explain_nothing():
    recording = recording_of(BACKWARD, only=['all-together'])._replace(accumulations=PLAIN)
    (judgement,) = judge(BOOK, recording)
    assert judgement.verdict == UNEXPLAINED
    backward, plain = (trace('all-together', each).steps for each in (BACKWARD, PLAIN))
    assert judgement.divergence == first_divergence('all-together', backward, plain)


def test_an_accumulation_that_was_not_revealed_is_unexplained_with_its_reason():
    accumulations = {**BACKWARD, '3 . 3': ['not revealed: products 0 and 1 leave 0.5 of 1 ones']}
    recording = recording_of(BACKWARD, only=['whole-dataset'])._replace(accumulations=accumulations)
    (judgement,) = judge(BOOK, recording)
    assert judgement.verdict == UNEXPLAINED
    assert 'not revealed: products 0 and 1' in judgement.reason


def test_another_c_library_is_explained_by_its_squares():
    steps = trace('whole-dataset').steps
    errors = [step.value for step in steps if step.name == 'error']
    deltas = [step.value for step in steps if step.name == 'delta']
    squares = {
        abs(float(delta)).hex(): float(np.nextafter(error, np.inf)).hex()
        for delta, error in list(zip(deltas, errors))[60:64]
        if unproved_squares({abs(float(delta)).hex(): float(np.nextafter(error, np.inf)).hex()}) == {}
    }
    assert squares
    verdicts = {judgement.listing: judgement.verdict for judgement in judge(BOOK, recording_of(PLAIN, squares, only=SQUARING))}
    assert verdicts['whole-dataset'] == EXPLAINED
    assert UNEXPLAINED not in verdicts.values()


@pytest.mark.parametrize('x', [2 - 2.0**-52, 0.5 - 2.0**-54, 2.0**0.5, 1 + 2.0**-52, 0.1, 3.0, 0.5, 2.0**-0.5])
def test_a_square_by_the_c_library_is_the_exact_one_or_one_of_its_two_neighbours(x):
    nearest = x * x
    proved = set()
    for steps in range(-3, 4):
        square = nearest
        for _ in range(abs(steps)):
            square = math.nextafter(square, math.copysign(math.inf, steps))
        if not unproved_squares({x.hex(): square.hex()}):
            proved.add(square)
    exact = Fraction(x) ** 2
    other = math.nextafter(nearest, math.inf if Fraction(nearest) < exact else -math.inf)
    assert proved == ({nearest} if Fraction(nearest) == exact else {nearest, other})


def test_what_is_copied_from_a_recording_is_not_said_to_be_predicted():
    deltas = [float(step.value) for step in trace('whole-dataset').steps if step.name == 'delta']
    exact = next(x for x in map(abs, deltas[60:]) if Fraction(x) ** 2 != Fraction(x * x) and math.pow(x, 2) == x * x)
    square = math.nextafter(exact * exact, math.inf if Fraction(exact * exact) < Fraction(exact) ** 2 else -math.inf)
    (judgement,) = judge(BOOK, recording_of(PLAIN, {exact.hex(): square.hex()}, only=['whole-dataset']))
    assert 'but those of 1 squares, copied from the recording' in judgement.reason


def test_squares_are_predicted_by_the_first_rule_that_gives_them_all():
    arithmetic = NotingArithmetic(PLAIN)
    arithmetic.power(np.float64(0.1), 2)
    assert (arithmetic.rule, arithmetic.copied) == (ROUNDED, 0)
    odd = next(x for x in np.random.default_rng(0).uniform(size=10**5).tolist() if math.pow(x, 2) != x * x)
    arithmetic = NotingArithmetic(PLAIN, {odd.hex(): math.pow(odd, 2).hex()})
    arithmetic.power(np.float64(odd), 2)
    assert (arithmetic.rule, arithmetic.copied) == (LIBRARY, 1)
    arithmetic.power(np.float64(0.1), 2)
    arithmetic.noted[0.1] = math.nextafter(0.1 * 0.1, 1)
    assert arithmetic.rule == COPIED


@pytest.mark.thorough
def test_the_atlas_knows_of_how_many_environments_the_squares_are_predicted():
    atlas = KNOWN.atlas
    found = rules(BOOK, atlas)
    if can_emulate(Model({'3 . 3': ['(p0+p1):extended']}, {})):
        assert len(found) == sum(not each.get('unexplained') for each in atlas['environments'].values())
    assert all(found[name] == ROUNDED for name in found if not atlas['models'][atlas['environments'][name]['model']].squares)


@pytest.mark.parametrize('notation', ['(p0+p1)', '(p0+p1):extended'])
def test_a_model_can_be_emulated_where_its_sums_can_be_computed(notation):
    model = Model({'2 . 2': ['(p1+p0)', notation]}, {})
    try:
        inner_products(np.ones(2), np.ones(2), notation)
    except AccumulationError:
        assert not can_emulate(model)
    else:
        assert can_emulate(model)


def test_a_zero_of_the_other_sign_is_another_bit():
    assert not same_bits(np.array([0.0]), np.array([-0.0])) and not same_bits(np.float64(0.0), -0.0)
    steps = [[Step((), 'x', np.array([1.0, zero]))] for zero in (0.0, -0.0)]
    assert first_divergence('made-up', *steps).element == 1


def test_a_square_that_is_off_by_more_than_an_ulp_is_no_explanation():
    delta = next(float(step.value) for step in trace('whole-dataset').steps if step.name == 'delta')
    squares = {abs(delta).hex(): (delta * delta * (1 + 2.0**-50)).hex()}
    assert unproved_squares(squares) == squares
    (judgement,) = judge(BOOK, recording_of(PLAIN, squares, only=['whole-dataset']))
    assert (judgement.verdict, judgement.divergence.step) == (UNEXPLAINED, 'iteration=0 row=0 error')


def faults(count):
    """Elements of float steps of all listings, drawn."""
    places = [
        (listing, index, element)
        for listing in LISTINGS
        for index, step in enumerate(trace(listing).steps)
        for element in range(np.size(step.value))
        if np.asarray(step.value).dtype.kind == 'f'
    ]
    return [places[index] for index in sorted(np.random.default_rng(1).choice(len(places), count, replace=False))]


def test_a_fault_of_one_ulp_is_unexplained_at_exactly_its_step(every_case):
    for listing, index, element in faults(1000 if every_case else 200):
        steps = list(trace(listing, BACKWARD).steps)
        value = np.array(steps[index].value)
        value.flat[element] = np.nextafter(value.flat[element], math.inf)
        steps[index] = steps[index]._replace(value=value)
        divergence = first_divergence(listing, steps, trace(listing, BACKWARD).steps)
        assert (divergence.step, divergence.element, divergence.ulps) == (address(steps[index]), element, 1)


def test_faults_end_as_unexplained_verdicts():
    for listing, index, element in faults(5):

        def damage(name, steps, at=(listing, index, element)):
            if name == at[0]:
                value = np.array(steps[at[1]].value)
                value.flat[at[2]] = np.nextafter(value.flat[at[2]], math.inf)
                steps[at[1]] = steps[at[1]]._replace(value=value)

        judgements = {each.listing: each for each in judge(BOOK, recording_of(PLAIN, change=damage))}
        assert judgements[listing].verdict == UNEXPLAINED
        assert [name for name, each in judgements.items() if each.verdict == UNEXPLAINED] == [listing]
        assert judgements[listing].divergence.ulps == 1


def test_equal_bits_and_another_text_is_a_finding():
    recording = recording_of(PLAIN, only=['all-together'])
    recorded = recording.listings['all-together']
    recording.listings['all-together'] = recorded._replace(printed=recorded.printed.replace('Error:0.6', 'Error:0.7', 1))
    (judgement,) = judge(BOOK, recording)
    assert judgement.verdict == UNEXPLAINED
    assert "line 1 is 'Error:0.7" in judgement.reason


def test_a_divergence_reads_well():
    first, second = trace('whole-dataset').steps, trace('whole-dataset', BACKWARD).steps
    told = str(first_divergence('whole-dataset', first, second))
    assert told.startswith('whole-dataset: first difference at iteration=0 row=3 prediction, element 0')
    assert 'ulp apart' in told
    assert 'all is equal up to iteration=0 row=3 goal_prediction' in told


def test_another_program_is_not_compared():
    steps = trace('whole-dataset').steps
    with pytest.raises(ValueError, match='steps of whole-dataset'):
        first_divergence('whole-dataset', steps, steps[:-1])
    with pytest.raises(ValueError, match='against'):
        first_divergence('whole-dataset', steps, [step._replace(name='other') for step in steps])


@given(st.floats(allow_nan=False), st.integers(0, 50))
@example(-1e-323, 5)
@example(-0.0, 1)
def test_ulps_are_counted_across_zero_and_binades(x, count):
    y = x
    for _ in range(count):
        y = math.nextafter(y, math.inf)
    if not math.isinf(y):
        assert ulps_between(x, y) == ulps_between(y, x) == count


def test_nan_is_at_no_distance():
    assert ulps_between(math.nan, 1.0) is None


@pytest.fixture(scope='module')
def two():
    """The recordings of two machines, and their atlas."""
    found = {name: recording_of(each)._replace(environment={'numpy': '2.0.0'}) for name, each in (('plain', PLAIN), ('back', BACKWARD))}
    atlas = atlases.empty()
    for name, recording in found.items():
        atlases.add(BOOK, atlas, name, recording)
    return found, atlas


@pytest.mark.thorough
def test_a_class_is_named_by_what_makes_it_in_whatever_order_it_is_recorded(two):
    recordings, atlas = two
    other = atlases.empty()
    some = ('all-together', 'whole-dataset', 'elementwise')
    for name in ('back', 'plain', 'back'):
        listings = {id: recordings[name].listings[id] for id in some}
        atlases.add(BOOK, other, name, recordings[name]._replace(listings=listings))
    assert {name: each['classes'] for name, each in other['environments'].items()} == {
        name: {id: each['classes'][id] for id in some} for name, each in atlas['environments'].items()
    }
    assert atlas['environments']['plain']['classes']['all-together'].startswith('left-to-right-')
    assert atlas['environments']['back']['classes']['all-together'].startswith('mixed-')
    assert atlas['environments']['back']['classes']['elementwise'].startswith('any-')
    assert all(UNEXPLAINED not in environment for environment in atlas['environments'].values())


def test_an_atlas_names_the_listing_that_most_environments_would_lose_and_three_of_them():
    whole = {'environments': {name: {'classes': {'shares': 'x', 'descent': 'y'}} for name in 'abcde'}}
    less = {'environments': {name: {'classes': {'descent': 'y'}} for name in 'ae'}}
    with pytest.raises(atlases.LossError, match=r"^5 environments would lose shares, among them a, b, c: .* `atlas --drop 'a'`$"):
        atlases.check_losses(whole, less, ())
    with pytest.raises(atlases.LossError, match=r"^2 environments would lose shares, among them a, e: .* `atlas --drop 'a'`$"):
        atlases.check_losses(whole, less, 'bcd')
    atlases.check_losses(whole, less, 'abcde')


def test_an_atlas_refuses_to_lose_what_is_pinned_unless_it_is_asked_for_by_name(two):
    _, atlas = two
    less = copy.deepcopy(atlas)
    del less['environments']['back']['classes']['all-together']
    with pytest.raises(atlases.LossError, match='1 environments would lose all-together, among them back'):
        atlases.check_losses(atlas, less)
    atlases.check_losses(atlas, less, ['back'])
    atlases.check_losses(less, atlas)


def test_other_code_that_computes_the_same_keeps_its_environments(two):
    _, atlas = two
    old = copy.deepcopy(atlas)
    old['codes']['elementwise'] = 'another'
    assert atlases.carried(BOOK, old) == atlases.predicted(BOOK, old) == atlas


def test_other_code_that_computes_otherwise_loses_them_and_no_other_listing_does(two):
    _, atlas = two
    old = copy.deepcopy(atlas)
    old['codes']['elementwise'] = 'another'
    ((name, _bits),) = old['classes']['elementwise'].items()
    old['classes']['elementwise'][name] = '0' * 64
    carried = atlases.carried(BOOK, old)
    assert [listing.id for listing in atlases.lacking(BOOK, carried, 'plain')] == ['elementwise']
    assert atlases.predicted(BOOK, old) == atlas


def test_every_step_of_every_listing_is_float_or_integer():
    for listing in LISTINGS:
        assert {np.asarray(step.value).dtype.kind for step in trace(listing).steps} <= set('fiu'), listing
    assert len(LISTINGS) >= 15
