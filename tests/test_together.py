"""Many environments' bits of a plain listing at once, against each alone."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from streetlight.book import Book
from streetlight.certify import accumulation
from streetlight.certify.accumulation import EmulatedArithmetic, exact_fma, left_to_right
from streetlight.judge import together
from streetlight.judge.exponentials import FORMULAS
from streetlight.judge.functions import computed
from streetlight.judge.pinned import Model
from streetlight.record.trace import digest, trace_of

BOOK = Book(Path(__file__).parents[1] / 'books' / 'sigmoid')


def right_to_left(shape, k):
    return [''.join(f'(p{i}+' for i in range(k - 1)) + f'p{k - 1}' + ')' * (k - 1)]


def by_turns(shape, k):
    """Elements in three ways, one of them fused."""
    fused = '(' * (k - 1) + 'p0' + ''.join(f'+x{i})' for i in range(1, k))
    rows, columns = (int(part.replace('T', '').split('x')[side]) for part, side in zip(shape.split(' . '), (0, -1)))
    return [(*right_to_left(shape, k), fused, *left_to_right(shape, k))[element % 3] for element in range(rows * columns)]


@pytest.fixture
def short(monkeypatch):
    """A network of a few steps, each rate a part of its own."""

    def shortened(id, **parameters):
        listing = BOOK.listing(id)
        monkeypatch.setitem(BOOK.parts, id, [{**parameters, 'alphas': [alpha]} for alpha in parameters.get('alphas', ())] or [parameters])
        whole = trace_of
        monkeypatch.setattr(together, 'trace_of', lambda listing: whole(listing, **parameters))
        return listing, parameters

    return shortened


MACHINES = [(Model(way, {}), {'exp': name}) for name in FORMULAS for way in (by_turns, left_to_right, right_to_left)]


def alone(listing, machine, parameters):
    model, functions = machine
    return digest(trace_of(listing, EmulatedArithmetic(*model, computed(functions)), **parameters).steps)


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ('id', 'parameters'), [('two-layers', {'steps': 100}), ('rates-32-hidden', {'alphas': [0.5, 10, 100], 'steps': 21, 'print_every': 10})]
)
def test_each_machine_s_bits_are_those_that_it_has_alone(id, parameters, short):
    listing, parameters = short(id, **parameters)
    asked = MACHINES[:: 1 if id == 'two-layers' else 3] + MACHINES[1:2]
    bits = [alone(listing, each, parameters) for each in asked]
    assert len(set(bits)) > 2
    machines = [(model.accumulations, functions) for model, functions in asked]
    assert together.reasons(listing, machines, bits) == [''] * len(bits)
    shifted = [*bits[1:], 'of none']
    said = together.reasons(listing, machines, shifted)
    assert [bool(each) for each in said] == [one != other for one, other in zip(bits, shifted)]


def test_a_machine_whose_function_or_accumulation_is_not_known_fails_alone(short):
    listing, parameters = short('two-layers', steps=20)
    model, functions = MACHINES[0]
    bits = alone(listing, MACHINES[0], parameters)
    others = [({}, functions), (model.accumulations, {'exp': 'of another world'})]
    said = together.reasons(listing, [(model.accumulations, functions), *others], [bits] * 3)
    assert said == ['', 'no accumulation is known for a dot of 3x4 . 4x1', 'nothing here computes exp as "of another world" does']


def test_what_was_copied_and_is_predicted_is_copied_no_longer(short):
    listing, parameters = short('two-layers', steps=20)
    bits = [alone(listing, each, parameters) for each in MACHINES]
    other = next(k for k, each in enumerate(bits) if each != bits[0])
    atlas = {'models': {}, 'classes': {'two-layers': {each: each for each in bits}}, 'environments': {}}

    def environment(name, machine, letter, exp=None, listings=('two-layers',)):
        model, functions = MACHINES[machine]
        atlas['models'][str(machine)] = model
        copied = {'copied': dict.fromkeys(listings, 'not predicted yet')} if listings else {}
        fingerprint = {'functions': {'exp': exp} if exp else functions}
        atlas['environments'][name] = {'model': str(machine), 'classes': {'two-layers': letter}, 'fingerprint': fingerprint, **copied}

    environment('predicted', 0, bits[0])
    environment('predicted too', 0, bits[0], listings=('two-layers', 'rates'))
    environment('of other bits', 0, bits[other])
    environment('another machine', other, bits[other])
    environment('not computable', other, bits[other], exp='of another world')
    environment('not copied', 0, bits[other], listings=())
    environment('another listing', 0, bits[other], listings=('rates',))
    together.predict_copied(atlas, listing)
    assert {name: each.get('copied', {}) for name, each in atlas['environments'].items()} == {
        'predicted': {},
        'predicted too': {'rates': 'not predicted yet'},
        'of other bits': {'two-layers': 'its accumulations and functions predict other bits'},
        'another machine': {},
        'not computable': {'two-layers': 'not predicted yet'},
        'not copied': {},
        'another listing': {'rates': 'not predicted yet'},
    }
    before = deepcopy(atlas)
    together.predict_copied(atlas, BOOK.listing('three-layers'))  # of which nothing is copied
    assert atlas == before


@pytest.mark.parametrize('size', [3, 200])
def test_a_fused_multiply_add_of_many_is_that_of_each(size):
    draw = np.random.default_rng(size)
    a, b = draw.normal(size=(2, size))
    c = np.where(draw.random(size) < 0.5, -(a * b), draw.normal(size=size))  # half of them all but cancel
    c[0], a[1] = 0.0, 0.0
    expected = [exact_fma(*each) for each in zip(a.tolist(), b.tolist(), c.tolist())]
    assert accumulation.fma(a, b, c).tobytes() == np.array(expected).tobytes()
    negative = np.full(size, -0.0)
    assert np.signbit(accumulation.fma(negative, -negative, negative)).all()
    assert not np.signbit(accumulation.fma(negative, negative, negative)).any()
    c[2] = np.inf
    assert accumulation.fma(a, b, c)[2] == np.inf
    b[2] = 1e300  # beyond what can be split
    assert accumulation.fma(a, b, a).tobytes() == np.array([exact_fma(*each) for each in zip(a.tolist(), b.tolist(), a.tolist())]).tobytes()
