"""The records of a small listing, against every evaluation of it by rationals: where each number stands, what it may be and print."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from operands import every_sum

from streetlight.book import Book
from streetlight.certify.certificates import records, records_of, two_that_part
from streetlight.certify.programs import Number, ProgramError, numbers
from streetlight.certify.record import as_lines, read_records
from streetlight.record.trace import trace_of

TOY = Book(Path(__file__).parent / 'toy')
MODELS = {'left': ({'3 . 3': ['0+((p0+p1)+p2)']}, {}), 'fused': ({'3 . 3': ['0+((p0+x1)+x2)']}, {})}
LIGHT, PRICES, GOAL, ALPHA = [3.0, 7.0, 2.0], [0.1, 0.3, 0.6], 1.0, 0.01


def evaluations():
    """Of each step of `descent`, every (difference, weights) that the model allows."""
    states, steps = {tuple(PRICES)}, []
    for _ in range(2):
        found = set()
        for weights in states:
            for total in every_sum(list(zip(LIGHT, weights))):
                delta = total - GOAL
                found.add((delta, tuple(w - ALPHA * (delta * light) for w, light in zip(weights, LIGHT))))
        steps.append(found)
        states = {weights for _, weights in found}
    return steps


def reals():
    weights, steps = [Fraction(w) for w in PRICES], []
    for _ in range(2):
        delta = sum(Fraction(a) * w for a, w in zip(LIGHT, weights)) - 1
        weights = [w - Fraction(ALPHA) * delta * Fraction(light) for w, light in zip(weights, LIGHT)]
        steps.append((delta, weights))
    return steps


@pytest.fixture(scope='module')
def rows():
    return records(TOY.listing('descent'), MODELS)


def test_each_number_has_a_record_in_the_order_of_printing(rows):
    wanted = [(step, f'step={step}', name, k) for step in range(2) for name, k in (('delta', None), *(('weights', k) for k in range(3)))]
    assert [(row.line, row.step, row.name, row.element) for row in rows] == wanted
    assert {row.proof for row in rows} == {'every evaluation'} and not any(row.echo for row in rows)
    assert [row.address for row in rows[:2]] == ['step=0 delta', 'step=0 weights[0]']


def test_a_record_holds_every_evaluation_and_no_other(rows):
    steps, exact = evaluations(), reals()
    for row in rows:
        place = int(row.step[-1])
        possible = sorted({delta if row.element is None else weights[row.element] for delta, weights in steps[place]})
        real = exact[place][0] if row.element is None else exact[place][1][row.element]
        assert row.possible == possible and (row.low, row.high) == (possible[0], possible[-1])
        assert abs(Fraction(row.exact) - real) <= abs(real) / 10**49
        farthest = max(abs(Fraction(x) - real) for x in possible)
        assert farthest <= Fraction(row.radius) <= farthest * (1 + Fraction(1, 2**51))
        digits = next(n for n in range(17, 0, -1) if f'{Decimal(row.low):.{n - 1}e}' == f'{Decimal(row.high):.{n - 1}e}')
        assert row.guaranteed_digits == digits
        if row.element is None:
            assert row.variants == {'1.13': sorted({f'{x:.12g}' for x in possible}), '1.14': sorted(map(repr, possible))}


def test_what_is_open_is_the_first_character_that_differs_and_what_may_stand_there(rows):
    for row in rows:
        for era in ('1.13', '1.14'):
            texts = {*row.variants[era], row.printed[era]}
            assert row.guaranteed(era) == (len(texts) == 1)
            if row.open[era] is not None:
                at, characters = row.open[era]
                assert len({text[:at] for text in texts}) == 1 < len({text[at : at + 1] for text in texts})
                assert set(characters) == {text[at : at + 1] for text in texts}


def test_what_classes_have_is_what_their_sums_give(rows):
    for name, fused in (('left', False), ('fused', True)):
        weights = PRICES
        for step in range(2):
            total = LIGHT[0] * weights[0]
            for a, w in list(zip(LIGHT, weights))[1:]:
                total = float(Fraction(total) + Fraction(a) * Fraction(w)) if fused else total + a * w
            delta = total - GOAL
            weights = [w - ALPHA * (delta * light) for w, light in zip(weights, LIGHT)]
            for row in rows[4 * step : 4 * step + 4]:
                value = delta if row.element is None else weights[row.element]
                assert name in row.values[repr(value)] and row.value_in(name) == repr(value)
                if row.element is None:
                    assert name in row.prints['1.14'][repr(value)] and name in row.prints['1.13'][f'{value:.12g}']
                if name == 'left' and row.element is None:
                    assert row.printed == {'1.13': f'{value:.12g}', '1.14': repr(value)}
            if name == 'left':
                shown = np.array2string(np.array(weights)).strip('[]').split()
                assert [row.printed['1.14'] for row in rows[4 * step + 1 : 4 * step + 4]] == shown


def test_records_are_read_as_they_were_written(rows):
    again = read_records(as_lines(rows), 'descent')
    assert [row._replace(open={era: tuple(x) if x else x for era, x in row.open.items()}) for row in again] == rows


def test_an_integer_is_fixed_and_a_number_that_the_run_lacks_is_an_error():
    listing = TOY.listing('shares')
    row = records(listing, MODELS)[1]
    assert (row.proof, row.exact, row.low, row.high, row.radius, row.printed) == ('fixed', '3', 3, 3, 0, {'1.13': '3', '1.14': '3'})
    here, (_, found) = trace_of(listing), numbers(listing)
    with pytest.raises(ProgramError, match='lacks'):
        records_of(listing, here, [*found, found[0]._replace(start=999)], {})
    with pytest.raises(ProgramError, match='another machine'):
        records_of(listing, here, [found[0]._replace(value=found[0].value + 1)], {})


@pytest.mark.parametrize('proof', ['bound', 'none', 'sampled'])
def test_a_number_of_which_less_is_proved_says_so(proof):
    listing = TOY.listing('shares')
    here, (_, found) = trace_of(listing), numbers(listing)
    value = found[0].value
    low, high = np.nextafter(value, 0), np.nextafter(value, 9)
    values = np.array([value, high]) if proof == 'sampled' else None
    number = Number(found[0].start, value, *((low, high) if proof == 'bound' else (-np.inf, np.inf)), proof, 'why', values, found[0].exact)
    if proof == 'sampled':
        number = number._replace(low=value, high=high)
    row = records_of(listing, here, [number], {})[0]
    if proof == 'bound':
        assert (row.proof, row.low, row.high, row.possible) == ('bound', low, high, None)
        assert row.variants['1.13'] == ['3.6'] and row.guaranteed('1.13') and not row.guaranteed('1.14')
        return
    assert (row.proof, row.low, row.high, row.radius, row.exact, row.guaranteed_digits) == ('none', None, None, None, None, 0)
    assert row.open == {'1.13': [0, ''], '1.14': [0, '']} and not row.guaranteed('1.13')
    assert row.variants['1.14'] == ([repr(float(value)), repr(float(high))] if proof == 'sampled' else None)


def test_of_texts_that_part_the_one_that_parts_first_is_shown():
    assert two_that_part('1.25', {'1.25', '1.26', '1.3', '1.24'}) == ['1.25', '1.3']
    assert two_that_part('1.25', {'1.25'}) == ['1.25']


def test_a_number_whose_bounds_meet_far_along_a_run_has_one_value():
    """There its evaluations are not listed, and a count, such as of turns, is proved by its bounds."""
    listing = TOY.listing('descent')
    here, found = trace_of(listing), numbers(listing)[1]
    met = found[0]._replace(low=found[0].value, high=found[0].value, proof='fixed', values=None)
    row = records_of(listing, here, [met, *found[1:]], {})[0]
    assert (row.proof, row.low, row.high) == ('bound', float(met.value), float(met.value))
    assert {era: len(texts) for era, texts in row.variants.items()} == dict.fromkeys(row.variants, 1)
