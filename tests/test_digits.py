"""From an enclosure to digits and characters, held against decimals that are written out and against every number between."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from cases import examples
from hypothesis import given
from hypothesis import strategies as st
from operands import numbers, stepped

from streetlight.certify.certificates import radius
from streetlight.certify.digits import MOST_NEIGHBOURS, as_notation, first_open, guaranteed_digits, possible_texts, shortest_texts, tokens
from streetlight.certify.record import Record

close = st.builds(
    lambda x, steps, sign: sorted((sign * x, stepped(sign * x, steps))), numbers(-8, 8), st.integers(0, 40), st.sampled_from((1, -1))
)
apart = st.builds(lambda x, share: sorted((x, x + x * 2.0**-share)), numbers(-30, 30), st.integers(1, 52))


def written(x, digits):
    """A float64 number's own decimal expansion, rounded to so many digits."""
    return f'{Decimal(x):.{digits - 1}e}'


@examples(400)
@given(close | apart)
def test_digits_are_guaranteed_to_which_both_ends_are_written_alike(ends):
    digits = [each for each in range(1, 18) if written(ends[0], each) == written(ends[1], each)]
    assert guaranteed_digits(*ends) == max(digits, default=0)


def test_no_digit_is_guaranteed_of_numbers_of_both_signs_and_all_of_one_number():
    assert guaranteed_digits(-1e-300, 1e-300) == 0 and guaranteed_digits(0.0, 0.0) == 17 and guaranteed_digits(0.1, 0.1) == 17


@examples(200)
@given(close)
def test_the_texts_between_two_numbers_are_those_of_each(ends):
    texts, x = [], ends[0]
    while x <= ends[1]:
        texts.append(repr(x))
        x = math.nextafter(x, math.inf)
    assert shortest_texts(*ends) == set(texts) and shortest_texts(ends[0], ends[0]) == {repr(ends[0])}
    for era in ('1.14', '2.0'):
        assert possible_texts({'ends'}, era, np.float64(ends[0]), *ends) == set(texts)


def test_texts_are_written_out_up_to_a_limit():
    last = stepped(1.0, MOST_NEIGHBOURS - 1)
    assert len(shortest_texts(1.0, last)) == MOST_NEIGHBOURS
    assert shortest_texts(1.0, math.nextafter(last, 2)) is None


@pytest.mark.parametrize(
    'plain, settled',
    [
        ([1.0, 2.0], True),
        ([0.0, 0.0], True),
        ([1.0, 1e8], False),
        ([1.0, 1e8 * (1 + 1e-12)], False),
        ([1e5, 0.99e8], True),
        ([1e-4, 0.05], False),
        ([1.1e-4, 0.05], True),
        ([-1e-4, 0.05], False),
        ([0.001, 1.0], False),
        ([0.001, 0.0, -1.0], False),
        ([0.0011, 1.0], True),
        ([0.0, 0.5], True),
    ],
)
@pytest.mark.parametrize('era', ['1.13', '1.14'])
def test_an_array_is_settled_where_both_ends_print_the_same_far_from_another_notation(plain, settled, era):
    plain = np.array(plain)
    assert possible_texts({'[1.]'}, era, plain, 0.0, 1.0) == ({'[1.]'} if settled else None)
    assert possible_texts({'[1.]', '[2.]'}, era, plain, 0.0, 1.0) is None


def test_an_old_scalar_is_settled_by_both_ends():
    assert possible_texts({'0.6'}, '1.13', np.array(0.6), 0.6, 0.6) == {'0.6'}
    assert possible_texts({'0.6', '0.7'}, '1.13', np.array(0.6), 0.6, 0.7) is None


@pytest.mark.parametrize(
    'value, era, echo, expected',
    [
        (np.float64(0.1) + 0.2, '1.13', False, ['0.3']),
        (np.float64(0.1) + 0.2, '1.14', False, ['0.30000000000000004']),
        (np.float64(0.5), '2.0', True, ['0.5']),
        (np.array([[1.0, -0.25], [3.0, 4.0]]), '1.13', False, ['1.', '-0.25', '3.', '4.']),
        (np.array([[1.0, -0.25], [3.0, 4.0]]), '2.0', True, ['1.', '-0.25', '3.', '4.']),
        (np.int64(3), '1.14', False, ['3']),
    ],
)
def test_the_characters_of_each_element_without_brackets_and_types(value, era, echo, expected):
    assert tokens(value, era, echo) == expected


@pytest.mark.parametrize(
    'printed, possible, expected',
    [
        ('0.6', {'0.6'}, None),
        ('0.6', {'0.6', '0.6000000000000001'}, (3, '_0')),
        ('0.6000000000000001', {'0.6', '0.6000000000000001'}, (3, '_0')),
        ('0.61', {'0.62'}, (3, '12')),
        ('-0.0', {'0.0'}, (0, '-0')),
        ('1.5', {'1.5', '1.7'}, (2, '57')),
        ('12.5', {'12.5', '1.25'}, (1, '.2')),
        ('9.5', {'10.5'}, (0, '19')),
    ],
)
def test_the_first_character_that_may_differ_and_what_may_stand_there(printed, possible, expected):
    assert first_open(printed, possible, 0.0, 1.0) == expected


@examples(300)
@given(apart)
def test_beyond_what_can_be_listed_no_number_between_has_another_character_before_the_open_one(ends):
    low, high = ends
    printed = repr(low)
    index, characters = first_open(printed, None, low, high)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        between = as_notation(Decimal(low + share * (high - low)), printed)
        assert between[:index] == printed[:index]
        if between[index : index + 1].isdigit() and characters.isdigit():
            assert between[index] in characters
    outer = (Decimal(math.nextafter(low, -math.inf)), Decimal(math.nextafter(high, math.inf)))
    assert len({printed[index:][:1], *(as_notation(end, printed)[index:][:1] for end in outer)}) > 1  # it is open


@pytest.mark.parametrize(
    'printed, low, high, expected',
    [
        ('0.15', 0.1203, 0.1799, (3, '234567')),
        ('1.5e-05', 1.2e-05, 1.7e-05, (2, '1234567')),  # half an ulp below 1.2e-05 a 1 stands there
        ('7.5', 7.0, 12.5, (0, '0123456789')),  # 9.5 lies between
        ('9.5e-05', 9.5e-05, 1.2e-04, (0, '0123456789')),
        ('-0.5', -0.5, 0.5, (0, '-0')),
    ],
)
def test_where_too_many_are_possible_every_digit_between_both_ends_may_stand_there(printed, low, high, expected):
    assert first_open(printed, None, low, high) == expected


@pytest.mark.parametrize(
    'number, printed, expected',
    [
        ('0.5', '1.0', '0.5'),
        ('0.00001234', '1e-05', '1.234000000000000000000000e-05'),
        ('123456789.5', '1.5e+08', '1.234567895000000000000000e+08'),
        ('0.1234567890123456789012345678', '0.1', '0.1234567890123456789012346'),
        ('1E+2', '100', '100'),
    ],
)
def test_a_decimal_in_the_notation_of_a_print(number, printed, expected):
    assert as_notation(Decimal(number), printed) == expected


@examples(300)
@given(close, st.integers(-40, 40))
def test_a_radius_reaches_from_the_exact_value_to_both_ends_and_hardly_further(ends, steps):
    low, high = ends
    with localcontext(prec=50):
        exact = +Decimal(stepped(low, steps)) + Decimal(1) / 3 * Decimal(high - low)
    found = radius(str(exact), low, low, high)
    far = max(abs(Fraction(low) - Fraction(exact)), abs(Fraction(high) - Fraction(exact)))
    told = max(abs(Fraction(low)), abs(Fraction(high))) / 10**48  # 50 digits of the exact value
    assert far - told <= Fraction(found) <= far * (1 + Fraction(1, 2**50)) + told


def test_the_radius_of_one_number_is_nothing_and_without_an_exact_value_it_is_the_machines():
    assert radius(None, 0.1, 0.1, 0.1) == 0.0 and radius('0.5', 0.5, 0.5, 0.5) == 0.0
    assert radius(None, 0.25, 0.0, 1.0) == math.nextafter(0.75, 1)


def record_of(**fields):
    row = dict.fromkeys(Record._fields)
    return Record(**{**row, **fields})


def test_what_a_record_says_of_its_characters():
    known = record_of(
        step='i=1',
        name='x',
        element=2,
        printed={'1.13': '0.0061', '1.14': '-1.2345e-05'},
        open={'1.13': None, '1.14': (5, '34')},
        prints={'1.13': {'0.0061': ['a', 'b']}, '1.14': {'-1.2345e-05': ['a'], '-1.235e-05': ['b']}},
        values={'-1.2345e-05': ['a', 'c'], '-1.235e-05': ['b']},
    )
    assert known.address == 'i=1 x[2]' and known._replace(element=None, step='').address == 'x'
    assert known.guaranteed('1.13') and not known.guaranteed('1.14')
    assert known.refuted('1.13') is None and known.refuted('1.14') == 5
    assert (known.agreed_digits('1.13'), known.agreed_digits('1.14')) == (2, 3)
    assert (known.sure_digits('1.13'), known.sure_digits('1.14')) == (2, 3)
    assert known.value_in('c') == '-1.2345e-05' and known.value_in('b') == '-1.235e-05' and known.value_in('d') is None
