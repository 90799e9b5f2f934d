"""Parts of a listing: each is proved once and kept as it was, and sampled where samples can say something."""

from types import SimpleNamespace

import numpy as np
import pytest

from streetlight.book import Book
from streetlight.certify import parts
from streetlight.certify.programs import Number, number_of, numbers, with_samples
from streetlight.certify.proofs import Proof
from streetlight.certify.seen import Seen, seen


def same(one, other):
    return all(np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) else a == b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize('values, exact', [(None, None), (np.array([[1.5, np.inf], [-0.0, 0.1]]), ['1.5', '0.1'])])
@pytest.mark.parametrize('shape', [(), (2,), (2, 1)])
def test_a_kept_proof_is_read_as_it_was_written(values, exact, shape):
    number = Number(7, np.full(shape, 0.1), np.full(shape, -np.inf), np.full(shape, 0.3), 'bound', 'why', values, exact)
    again = parts._from_json(parts.json.loads(parts.json.dumps(parts._as_json(number))))
    assert same(number, again) and all(np.shape(a) == np.shape(b) for a, b in zip(number, again))


def test_a_part_is_proved_once_and_kept_by_all_that_it_follows_from(tmp_path, monkeypatch):
    toy = Book(parts.Path(__file__).parent / 'toy')
    listing = toy.listing('descent')
    once = parts._proved((3, (listing, 0, {}, 0, Seen([], []), tmp_path / 'kept')))
    (file,) = (tmp_path / 'kept').iterdir()
    text, wanted = numbers(listing)
    assert once[:2] == (3, text) and len(once[2]) == len(wanted) > 0 and all(map(same, once[2], wanted))
    monkeypatch.setattr(parts, 'numbers', None)  # not asked again
    assert all(map(same, parts._proved((3, (listing, 0, {}, 0, Seen([], []), tmp_path / 'kept')))[2], wanted))
    keys = {parts.key(listing, {}, 0), parts.key(listing, {'x': 1}, 0), parts.key(listing, {}, 1), parts.key(toy.listing('shares'), {}, 0)}
    assert len(keys) == 4 and file.name == f'descent-{parts.key(listing, {}, 0)}.json'


PRINTED = 'rate 10: 0.25\nrate 100: 0.125 0.5\n'  # here; other environments print
OTHERS = {'1.13': ['rate 10: 0.25\nrate 100: 0.13 0.5\n', PRINTED], '2.0': [PRINTED, 'rate 10: 0.25\nrate 100: 0.135 0.5\n']}
ONLY_NEW = {'1.13': [PRINTED], '2.0': OTHERS['2.0']}
MORE_NUMBERS = {**OTHERS, '2.0': [PRINTED, PRINTED + '1']}


@pytest.mark.parametrize(
    'by_era, part, unproved, drawn',
    [
        pytest.param(OTHERS, 'rate 100: 0.125 0.5\n', [], False, id='all is proved'),
        pytest.param(OTHERS, 'rate 100: 0.125 0.5\n', [10], False, id='two environments differ'),
        pytest.param(OTHERS, 'rate 100: 0.125 0.5\n', [10, 16], True, id='in one number, not in the other'),
        pytest.param(OTHERS, 'rate 10: 0.25\n', [9], True, id='no two differ'),
        pytest.param(OTHERS, 'rate 100: 0.126 0.5\n', [10], True, id='nobody was seen to print so'),
        pytest.param(ONLY_NEW, 'rate 100: 0.125 0.5\n', [10], True, id='in one era alone'),
        pytest.param(MORE_NUMBERS, 'rate 100: 0.125 0.5\n', [10], True, id='texts that have not the same numbers'),
        pytest.param({}, 'rate 100: 0.125 0.5\n', [10], True, id='no environments'),
    ],
)
def test_samples_are_drawn_where_nothing_is_proved_and_no_two_environments_differ(by_era, part, unproved, drawn, tmp_path, monkeypatch):
    found = [
        Number(start, np.array(0.5), np.array(0.5), np.array(0.5), 'none' if start in unproved else 'bound', '')
        for start in (9, 10, 16)
        if start < len(part) - 1
    ]
    asked = []
    monkeypatch.setattr(parts, 'numbers', lambda *_: (part, found))
    monkeypatch.setattr(parts, 'with_samples', lambda *given: asked.append(given[-1]) or (part, found))
    listing = Book(parts.Path(__file__).parent / 'toy').listing('descent')
    for _ in range(2):  # what was drawn is kept too
        parts._proved((0, (listing, 0, {}, 100, seen(by_era, '2.0'), tmp_path)))
        assert asked == [100] * drawn


def test_samples_of_a_part_are_those_that_its_proof_would_draw(tmp_path):
    """In a chaotic training nothing is proved; each number gets what evaluations at random say of it."""
    listing = Book(parts.Path(__file__).parents[1] / 'books' / 'sigmoid').listing('rates')
    text, found = numbers(listing, {'alphas': [1000], 'steps': 1})
    unproved = [number._replace(proof='none') for number in found]
    again, drawn = with_samples(listing, {'alphas': [1000], 'steps': 1}, unproved, 20)
    (number,) = drawn
    assert again == text and (number.proof, number.values.shape) == ('sampled', (20,))
    assert found[0].low <= number.low == number.values.min() <= number.values.max() == number.high <= found[0].high
    assert with_samples(listing, {'alphas': [1000], 'steps': 1}, found, 20)[1] == found


@pytest.mark.parametrize(
    'low, high, proof',
    [
        pytest.param([-5000.0, -6000.0], [6000.0, 7000.0], 'none', id='each may be anything'),
        pytest.param([-5000.0, 4.0], [6000.0, 4.5], 'bound', id='one may be anything'),
        pytest.param([4.0, 4.0], [6000.0, 7000.0], 'bound', id='their sign is known'),
        pytest.param([-3.0, -4.0], [8.0, 9.0], 'bound', id='as wide as they are large'),
    ],
)
def test_that_a_number_may_be_nearly_anything_is_no_proof(low, high, proof):
    """A count of 60,000 steps, each of which adds one or none, is enclosed by that, and sampled."""
    rendering = SimpleNamespace(value=np.array([5.0, 4.25]), reason='')
    assert number_of(0, rendering, Proof(np.array(low), np.array(high), 'bound', '')).proof == proof
