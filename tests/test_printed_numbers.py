"""What one rendering of a number may read, from what the number may be: on renderings written by hand, against every number between."""

import math
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from cases import examples
from hypothesis import given
from hypothesis import strategies as st
from operands import numbers, stepped

from streetlight.certify.mend import possible, wrong
from streetlight.certify.printed import MOST_NEIGHBOURS, _turns, element_order, enclosed, listed, open_character, significant, tokens_of
from streetlight.certify.program import certify
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell


def rendering(value, write=str, reason=''):
    return SimpleNamespace(text=write(value), value=value, write=write, nodes=np.zeros(np.shape(value), int), reason=reason)


def said(value, low, high, write=str, proof='bound', reason=''):
    return enclosed(rendering(value, write), np.asarray(low), np.asarray(high), proof, reason)


def test_without_a_proof_every_number_of_a_text_is_open_and_the_reason_is_told():
    for low, high, proof in ((0.1, 0.2, 'none'), (-math.inf, 0.2, 'bound'), (0.1, math.nan, 'bound')):
        known = said(0.1, low, high, lambda x: f'{x} of 7', proof)
        assert (known.proof, known.reason) == ('none', 'no bound was found')
        assert (known.variants, known.open_at, len(known.tokens)) == ([None, None], [0, 0], 2)
    assert said(0.1, 0.1, 0.2, proof='none', reason='a reason').reason == 'a reason'
    unwritten = SimpleNamespace(**{**vars(rendering(0.1)), 'write': None})
    assert enclosed(unwritten, np.array(0.1), np.array(0.1), 'bound', '').proof == 'none'
    assert enclosed(rendering(0.1, reason='its own'), np.array(0.1), np.array(math.inf), 'bound', 'another').reason == 'its own'


WRITERS = {
    'str': str,
    'repr': lambda x: repr(float(x)),
    '%.3f': '{:.3f}'.format,
    '%.3e': '{:.3e}'.format,
    '%g': '{:g}'.format,
    '%d': lambda x: '%d' % x,
    'sign': '{:+.2f}'.format,
}


@pytest.mark.parametrize('name', WRITERS)
@examples(150)
@given(numbers(-12, 12), st.integers(0, 30), st.integers(-30, 0))
def test_all_texts_between_two_numbers_are_among_the_variants_and_share_what_is_not_open(name, x, up, down):
    low, high = stepped(x, down), stepped(x, up)
    known, texts, each = said(np.float64(x), low, high, WRITERS[name]), set(), low
    while each <= high:
        texts.add(WRITERS[name](each))
        each = math.nextafter(each, math.inf)
    (variants,), (opened,) = known.variants, known.open_at
    assert texts == set(variants)
    assert (opened is None) == (len(texts) == 1)
    if opened is not None:
        assert len({text[:opened] for text in texts}) == 1 < len({text[: opened + 1] for text in texts})


@examples(150)
@given(st.floats(0.01, 1000), st.integers(12, 40), st.floats(0, 1))
def test_between_ends_too_far_apart_to_list_all_share_what_comes_before_the_open_character(x, shift, share):
    low, high = x, x + x * 2.0**-shift
    for write in (str, '{:.9f}'.format):
        known = said(np.float64(x), low, high, write)
        between = write(np.float64(low + share * (high - low)))
        (variants,), (opened,) = known.variants, known.open_at
        if opened is None:
            assert between == known_text(x, write)
        elif variants is None:
            assert between[:opened] == known_text(x, write)[:opened]
        else:
            assert between in variants


def known_text(x, write):
    return write(np.float64(x))


def test_a_zero_whose_sign_may_differ_has_two_texts():
    assert said(np.float64(0.0), -0.0, 0.0).variants == [['-0.0', '0.0']] and said(np.float64(0.0), -0.0, 0.0).open_at == [0]
    assert said(np.float64(0.0), 0.0, 0.0).variants == [['0.0']] and said(np.float64(-0.0), -0.0, -0.0).variants == [['-0.0']]
    assert said(np.float64(0.0), 0.0, 1e-12, '{:.3f}'.format).variants == [['0.000']]


def test_integers_and_truth_values_have_the_texts_of_all_between():
    assert said(3, 2.0, 5.0).variants == [['2', '3', '4', '5']]
    assert said(np.int64(3), 3.0, 3.0).variants == [['3']] and said(np.int64(3), 3.0, 3.0).open_at == [None]
    assert len(said(3, 0.0, float(MOST_NEIGHBOURS)).variants[0]) == MOST_NEIGHBOURS + 1
    assert said(3, 0.0, float(MOST_NEIGHBOURS + 1)).variants == [None]
    assert said(np.True_, 0.0, 1.0).variants == [['False', 'True']] and said(True, 1.0, 1.0).variants == [['True']]


@pytest.mark.parametrize(
    'value, low, high, variants, opened',
    [
        ([0.5, 0.25], [0.5, 0.25], [0.5, 0.25], [['0.5'], ['0.25']], [None, None]),
        ([0.5, 0.123456789], [0.5, 0.123456788], [0.5, 0.123456789], [['0.5'], ['0.12345679']], [None, None]),
        ([0.5, 0.12345679], [0.5, 0.12345678], [0.5, 0.12345679], [['0.5'], ['0.12345678', '0.12345679']], [None, 9]),
        ([0.5, 0.12345679], [0.5, 0.12345677], [0.5, 0.12345679], [['0.5'], None], [None, 9]),
        ([0.5, 0.0], [0.5, -0.25], [0.5, 0.25], [None, None], [0, 0]),  # an element may be zero, which turns the notation
        ([0.5, 1e-4], [0.5, 0.99999999e-4], [0.5, 1e-4], [None, None], [0, 0]),
    ],
)
def test_an_array_says_of_each_element_what_may_stand_there(value, low, high, variants, opened):
    known = said(np.array(value), np.array(low), np.array(high))
    assert (known.variants, known.open_at) == (variants, opened)


def test_in_exponent_notation_all_elements_share_their_digits():
    value = np.array([1e-9, 1.25e-9])
    same = said(value, value, value)
    assert same.open_at == [None, None]
    known = said(value, value, np.array([1e-9, 1.2500001e-9]))
    assert None not in known.open_at and known.variants == [None, None]


def test_listed_evaluations_say_what_each_number_of_a_text_may_be():
    shown = SimpleNamespace(text='0.5 [1. 2.]', value=np.array([1.0, 2.0]), write=lambda x: f'0.5 {x}', nodes=np.zeros(2, int))
    known = listed(shown, None, None, np.array([[1.0, 2.0], [1.0, 3.0]]), 'every evaluation', '')
    assert known.variants == [['0.5'], ['1.'], ['2.', '3.']] and known.open_at == [None, None, 0]


@pytest.mark.parametrize(
    'text, found',
    [
        ('a 1.5e-05, -2 and .5', ['1.5e-05', '-2', '.5']),
        ('array([1., 2.], dtype=float32)', ['1.', '2.']),
        ('np.float64(0.5) uint8', ['0.5']),
        ('<object at 0x7f12>', []),
        ('x.shape=(3, 4) 5', ['5']),
        ('nan -inf True', ['nan', '-inf', 'True']),
    ],
)
def test_the_numbers_of_a_text(text, found):
    assert [text[a:b] for a, b in tokens_of(text)] == found


def test_significant_digits_and_the_first_character_that_parts():
    assert [significant(text) for text in ('0.0010', '-12.5', '1.50e-05', '0', '0.0')] == [2, 3, 3, 1, 1]
    assert open_character('0.5', ['0.5']) is None and open_character('0.5', ['0.55']) == 3 and open_character('1', ['0.5']) == 0


def test_the_elements_that_a_long_arrays_text_shows():
    long = np.arange(2000.0)
    assert element_order(rendering(long)) == [0, 1, 2, 1997, 1998, 1999]
    assert element_order(rendering(np.float64(3))) == [0] and element_order(rendering(np.arange(6.0).reshape(2, 3))) == list(range(6))


ROWS = {(1, 3): {'low': 0.1, 'high': 0.2}, (2, 1): {'low': 1.0, 'high': 1.0}, (2, 5): {'low': None, 'high': None}}


@pytest.mark.parametrize(
    'shown, said',
    [
        ('x 0.15\n1.0 7\n', []),
        ('x 0.2\n1 8\n', []),
        ('x 0.3\n1.0 7\n', ['0.3 is shown where the program prints 0.15']),
        ('x 0.15\n1.1 7\n', ['1.1 is shown where the program prints 1.0']),
        ('y 0.15\n1.0 7\n', ['the output shown is another text than the program prints; it is left as it is']),
        ('x 0.15\n1.0\n', ['the output shown is another text than the program prints; it is left as it is']),
    ],
)
def test_what_a_file_shows_and_no_machine_prints(shown, said):
    assert wrong(shown, 'x 0.15\n1.0 7\n', ROWS) == said


def test_a_number_is_possible_where_a_machines_rounded_to_its_digits_is():
    row = {'low': 0.12, 'high': 0.13}
    assert [
        possible(token, '0.125', row) for token in ('0.1', '0.2', '0.11', '0.12', '0.13', '0.135', '0.1305', '0.1295', '1e-1', 'nan')
    ] == [True, False, False, True, True, False, False, True, True, False]


def test_a_slice_of_a_number_has_the_slices_of_its_variants():
    code = 'import numpy as np\ns = np.exp(np.array([0.3, 0.1, -0.7])).sum()\nprint(s)\nprint("a" + str(s)[:LAST] + "b")\n'
    for last in (3, 9, 16, 17):
        whole, cut = certify(run_cells([Cell(code.replace('LAST', str(last)))], 'slice.py'), 'slice.py')
        assert whole.variants and len(whole.variants) > 1
        assert cut.printed == whole.printed[:last] and cut.variants == sorted({each[:last] for each in whole.variants})
        assert cut.guaranteed == (len(cut.variants) == 1) and cut.open_at == (None if cut.guaranteed else whole.open_at)


@pytest.mark.parametrize(
    'low, high',
    [
        ([1.0, 500.0], [1.1, 550.0]),
        ([1.0, 5000.0], [1.1, 5500.0]),
        ([1.0, 990.0], [1.001, 1010.0]),
        ([0.99, 1000.0], [1.01, 1000.0]),
        ([1.0, 1000.0], [1.0, 1000.0]),
        ([1.0, 1000.0], [1.0, 1000.5]),
        ([0.9e-4, 0.02], [1.1e-4, 0.021]),
        ([1e-4, 0.02], [1.1e-4, 0.021]),
        ([1e-6, 1e-5], [2e-6, 1.1e-5]),
        ([1e7, 0.9e8], [1.1e7, 1.1e8]),
        ([1e7, 1e8], [1.1e7, 1.1e8]),
        ([2e7, 3e7, 4e7], [3e7, 4e7, 5e7]),
        ([1.0, 2.0, 600.0], [2.0, 3.0, 1200.0]),
        ([2.5e5], [2.6e5]),
        ([0.9e8], [1e8]),
    ],
)
def test_the_notation_of_an_array_may_turn_where_that_of_some_corner_is_another(low, high):
    def notation(values):
        return 'e' in np.array2string(np.array(values), floatmode='maxprec')

    corners = {notation(corner) for corner in product(*zip(low, high))}
    assert _turns(np.array(low), np.array(high)) == (len(corners) > 1)
