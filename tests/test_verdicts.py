"""Verdicts on figures: by their printed precision and certificate, by what stands beside them, on every machine the same."""

from collections import Counter
from decimal import Context, Decimal

import numpy as np
import pytest
from short_texts import ERRORS, judged, verdicts

from reference import BOOK
from streetlight.errata.known import certified, elements, steps_of, trace_plain
from streetlight.errata.verdicts import ENVIRONMENT, EXACT, ROUNDED, TRUNCATED, UNMATCHED, WRONG, verdict_of
from streetlight.judge.pinned import pinned
from streetlight.record.trace import trace_of

KNOWN = pinned(BOOK)


@pytest.mark.parametrize(
    'line',
    [
        'Error:0.634231159844',
        'Error: 0.634231159844',
        'Total Error: 0.634231159844',
        'Error: [[0.63423116]]',
        'np.float64(0.634231159844)',
        'Error:0.634231159844 after 10',
        'error = 0.634231159844',
        '0.634231159844',
        'array([[0.63423116]])',
    ],
)
def test_a_figure_is_recognised_whatever_its_label(line):
    first = judged(line, *ERRORS[1:])[0]
    assert (first.listing, first.step) == ('all-together', 'iteration=9 layer_2_error')
    assert first.verdict in (EXACT, ROUNDED)


def test_seventeen_digits_are_recognised_where_no_number_has_fewer():
    shortest = [line.removeprefix('Error:') for line in KNOWN.printed('all-together', 'left-to-right-61ee5c', '1.14').splitlines()]
    found = judged(*(f'{float(text):.17g}' for text in shortest))
    assert [(finding.listing, finding.verdict) for finding in found] == [('all-together', ENVIRONMENT)] * 6
    assert all('left-to-right-61ee5c' in finding.classes for finding in found)


@pytest.mark.parametrize(
    'printed, verdict, expected',
    [
        ('0.634231159844', EXACT, '0.634231159844'),
        ('0.634', ROUNDED, '0.634'),
        ('0.63423116', ROUNDED, '0.63423116'),
        ('0.634231159845', WRONG, '0.634231159844'),
        ('0.638231159844', WRONG, '0.634231159844'),
        ('0.63', ROUNDED, '0.63'),
        ('0.6342311598444467', ENVIRONMENT, '0.6342311598444467'),
        ('0.6342311598444468', ENVIRONMENT, '0.6342311598444468'),
        ('0.6342311598444465', UNMATCHED, '0.6342311598444465'),  # another grouping, or pow(), may give it
        ('0.6342311598444367', WRONG, '0.6342311598444467'),
        ('0.63432311598444467', WRONG, '0.6342311598444467'),
        ('0.6324311598444467', WRONG, '0.6342311598444467'),
        ('0.634311598444467', WRONG, '0.6342311598444467'),
        ('-0.634231159844', WRONG, '0.634231159844'),
        ('6.34231159844', WRONG, '0.634231159844'),
        ('0.6342311598', ROUNDED, '0.6342311598'),
        ('0.635', WRONG, '0.634'),
    ],
)
def test_the_verdict_goes_by_printed_precision_and_certificate(printed, verdict, expected):
    first = judged(f'Error:{printed}', *ERRORS[1:])[0]
    assert (first.verdict, first.expected) == (verdict, expected)
    assert first.guaranteed_digits == (15 if first.listing else 0)


def test_an_environments_figure_names_the_classes_that_print_it():
    a, c = (judged(f'Error:{printed}')[0] for printed in ('0.6342311598444467', '0.6342311598444468'))
    assert set(a.classes) == {'left-to-right-61ee5c', 'fused-8ee863'} and 'print at most 15 digits' in a.sentence
    assert c.classes == ('extended-94c1e6',) and '4 environments' in c.sentence  # i386 with four BLAS libraries


def test_cut_digits_are_told_from_rounded_ones():
    values = ('0.6342', '0.3583', '0.0830', '0.00646', '0.00032926')  # the second, the fourth and the last are cut
    found = judged(*(f'Error: {value}' for value in values))
    assert verdicts(found) == [ROUNDED, TRUNCATED, ROUNDED, TRUNCATED, TRUNCATED]
    assert not any(finding.failing for finding in found)  # a program may cut
    assert verdicts(judged(*(f'Error: {value}' for value in ('0.6342', '0.3584', '0.0830', '0.00646', '0.00032927'))))[3] == WRONG
    declared = judged('Error: 0.6342', 'Error: 0.3584', 'Error: 0.0830', 'Error: 0.00646...', 'Error: 0.00032927')
    assert [finding for finding in declared if finding.failing] == []


def test_a_number_that_departs_among_agreeing_ones_is_wrong_whatever_it_is():
    for index in range(1, 5):
        lines = list(ERRORS)
        lines[index] = 'Error:0.777777777777'
        assert verdicts(judged(*lines)) == [WRONG if place == index else EXACT for place in range(6)]


def test_at_the_end_of_a_stretch_the_slip_itself_must_speak():
    assert verdicts(judged(*ERRORS[:5], 'Error:0.777777777777'))[-1] == UNMATCHED  # it may go on otherwise from there
    assert verdicts(judged(*ERRORS[:5], 'Error:1.60556226651e-05'))[-1] == WRONG
    assert verdicts(judged('Error:0.634231159854', *ERRORS[1:]))[0] == WRONG


def test_what_passes_is_never_wrong_and_nor_is_what_any_listed_evaluation_has():
    steps = range(len(steps_of(BOOK, 'conflicting-pressure')))
    known = [each for step in steps for each in elements(BOOK, 'conflicting-pressure', step, False, 0)]
    many = [each for each in known if len(certified(each).values or ()) > 200]
    assert len(many) == 2
    for each in many:
        values = certified(each).values
        for value in (each.value, *values[::10]):
            for digits in range(12, 18):
                text = f'{Context(prec=digits).create_decimal(Decimal(value)):f}'
                assert verdict_of(text, each).verdict != WRONG, (each.address, text)


@pytest.mark.thorough
def test_lines_in_each_others_place_are_both_wrong():
    assert verdicts(judged(*ERRORS[:1], ERRORS[2], ERRORS[1], *ERRORS[3:])) == [EXACT, WRONG, WRONG, EXACT, EXACT, EXACT]


def test_two_numbers_of_an_array_in_each_others_place_are_both_wrong():
    weights = [np.ravel(value).tolist() for _, name, value in steps_of(BOOK, 'all-together') if name == 'weights_1_2'][50]
    printed = [f'{weights[place]:.8f}' for place in (0, 2, 1, 3)]
    assert [(each.verdict == WRONG, each.expected) for each in judged(f'[{" ".join(printed)}]')] == [
        (False, printed[0]),
        (True, printed[2]),
        (True, printed[1]),
        (False, printed[3]),
    ]


def test_lines_may_be_left_out_and_listings_may_share_a_block():
    single = ('Error:0.03999999999999998 Prediction:-0.19999999999999996', 'Error:0.025599999999999973 Prediction:-0.15999999999999992')
    found = judged(*single, '...', ERRORS[0], '...', ERRORS[4], ERRORS[5])
    assert Counter(finding.listing for finding in found) == {'single-example': 4, 'all-together': 3}
    assert not any(finding.failing for finding in found)


def test_weights_beside_errors_are_recognised_by_their_places():
    last = {where: value for where, name, value in trace_plain(BOOK, 'whole-dataset').steps if name == 'weights'}
    lines = [
        f'Error: {error} Weights: [{" ".join(f"{value:.8f}" for value in last[(("iteration", index), ("row", 5))])}]'
        for index, error in enumerate(('2.6561231104', '0.9628701776715985', '0.550916586684'))
    ]
    found = judged(*lines)
    assert [finding.step.split()[-1] for finding in found] == ['error_for_all_lights', 'weights[0]', 'weights[1]', 'weights[2]'] * 3
    assert not any(finding.failing for finding in found)
    lines[1] = lines[1].replace('Weights: [0.', 'Weights: [0.9')
    broken = judged(*lines)
    assert [finding.failing for finding in broken if finding.step.endswith('weights[0]')] == [False, True, False]


def test_verdicts_do_not_depend_on_the_machine_where_the_gate_runs(monkeypatch):
    def emulated(listing, arithmetic=None):
        assert arithmetic is not None, 'the gate computes with the BLAS of this machine'
        return trace_of(listing, arithmetic)

    monkeypatch.setattr('streetlight.errata.known.trace_of', emulated)
    monkeypatch.setattr('streetlight.errata.by_class.trace_of', emulated)
    trace_plain.cache_clear()
    assert verdicts(judged(*ERRORS)) == [EXACT] * 6
