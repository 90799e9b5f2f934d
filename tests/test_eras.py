"""Printing eras: what each NumPy prints; `test_snapshots` holds real old ones against it, as subjects."""

import numpy as np
import pytest
from short_texts import ERRORS

from reference import BOOK
from streetlight.record.eras import ERAS, NATIVE, EraError, as_printed_by, era_of, printed_text, printing, shown
from streetlight.record.trace import trace_of

ERAS_HERE = ERAS[: ERAS.index(NATIVE) + 1]


@pytest.mark.parametrize(
    'version, era',
    [('1.7.2', '1.13'), ('1.13.3', '1.13'), ('1.14.0rc1', '1.14'), ('1.26.4', '1.14'), ('2.0.0', '2.0'), ('2.5.5', '2.0'), ('10.0', '2.0')],
)
def test_an_era_follows_from_a_version(version, era):
    assert era_of(version) == era


def test_the_book_prints_twelve_digits_up_to_numpy_1_13():
    trace = trace_of(next(each for each in BOOK.listings if each.id == 'all-together'))
    assert printed_text(trace, '1.13').splitlines() == list(ERRORS)


def test_an_array_element_is_padded_for_its_sign_up_to_1_13_and_from_1_14_only_beside_one():
    for era, text in zip(ERAS_HERE, ('[ 0.29776744]', '[0.29776744]', '[0.29776744]')):
        with printing(era):
            assert str(np.array([0.29776744])) == text


def test_a_scalar_says_its_type_from_2_0():
    for era, text in zip(ERAS_HERE, ('1.0430445982842722', '1.0430445982842722', 'np.float64(1.0430445982842722)')):
        with printing(era):
            assert repr(np.float64(1.0430445982842722)) == text


@pytest.mark.parametrize('era', ERAS_HERE)
@pytest.mark.parametrize('id', ['all-together', 'streetlight-matrices', 'one-iteration'])
def test_each_value_that_is_printed_stands_where_it_is_said_to(id, era):
    trace = trace_of(BOOK.listing(id))
    text, end, count = printed_text(trace, era), 0, 0
    with printing(era):
        for line, start, part in shown(trace):
            told = (repr if part.echo else str)(part.value)
            assert text[start:].startswith(told) and start >= end
            ends = [at for at, character in enumerate(text) if character == '\n'][:line]
            assert part in trace.lines[line] and (ends[-1] if ends else -1) < start
            end, count = start + len(told), count + 1
    assert count == sum(not isinstance(part, str) for line in trace.lines for part in line) > 0


def test_the_print_options_come_back():
    before = np.get_printoptions()
    for era in ERAS_HERE:
        with pytest.raises(ZeroDivisionError), printing(era):
            raise ZeroDivisionError
    assert np.get_printoptions() == before


@pytest.mark.parametrize('era', ['1.15', '', 'new'])
def test_an_unknown_era_is_named(era):
    with pytest.raises(EraError, match=r'there are 1\.13, 1\.14, 2\.0'), printing(era):
        pass


def test_numpy_1_7_writes_a_negative_zero_without_its_point():
    assert as_printed_by('1.7.2', 'relu:-0.0 x:-0.05 y:10.0\n') == 'relu:-0 x:-0.05 y:10.0\n'
    assert as_printed_by('1.8.0', 'relu:-0.0') == 'relu:-0.0'
