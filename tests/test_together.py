"""Many environments' bits of a plain listing at once, against each alone."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from streetlight.book import Book
from streetlight.certify import accumulation
from streetlight.certify.accumulation import EmulatedArithmetic, exact_fma
from streetlight.judge import together
from streetlight.judge.functions import computed
from streetlight.judge.pinned import pinned
from streetlight.record.trace import digest, trace_of

BOOK = Book(Path(__file__).parents[1] / 'books' / 'sigmoid')
ATLAS = pinned(BOOK).atlas


@pytest.fixture
def short(monkeypatch):
    """The first network with 100 steps, and the third with 40 at three rates."""

    def shortened(id, **parameters):
        listing = BOOK.listing(id)
        monkeypatch.setitem(BOOK.parts, id, [{**parameters, 'alphas': [alpha]} for alpha in parameters.get('alphas', ())] or [parameters])
        whole = trace_of
        monkeypatch.setattr(together, 'trace_of', lambda listing: whole(listing, **parameters))
        return listing, parameters

    return shortened


def machines():
    """Models and functions that this machine can compute, each once."""
    found = {}
    for each in ATLAS['environments'].values():
        functions = each['fingerprint']['functions']
        if together.computable(functions):
            found.setdefault((each['model'], functions['exp']), (ATLAS['models'][each['model']], functions))
    return list(found.values())


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ('id', 'parameters'), [('two-layers', {'steps': 100}), ('rates-32-hidden', {'alphas': [0.5, 10, 100], 'steps': 41, 'print_every': 20})]
)
def test_each_machine_s_bits_are_those_that_it_has_alone(id, parameters, short):
    listing, parameters = short(id, **parameters)
    asked = [each for each in machines() if id == 'two-layers' or '4x32 . 32x1' in each[0].accumulations][:16]
    alone = [digest(trace_of(listing, EmulatedArithmetic(*model, computed(functions)), **parameters).steps) for model, functions in asked]
    assert len(set(alone)) > 1
    assert together.reasons(listing, [(model.accumulations, functions) for model, functions in asked], alone) == [''] * len(asked)
    shifted = [*alone[1:], 'of none']
    said = together.reasons(listing, [(model.accumulations, functions) for model, functions in asked], shifted)
    assert [bool(each) for each in said] == [one != other for one, other in zip(alone, shifted)]


def test_a_machine_whose_function_or_accumulation_is_not_known_fails_alone(short):
    listing, parameters = short('two-layers', steps=20)
    model, functions = machines()[0]
    bits = digest(trace_of(listing, EmulatedArithmetic(*model, computed(functions)), **parameters).steps)
    others = [({}, functions), (model.accumulations, {'exp': 'of another world'})]
    said = together.reasons(listing, [(model.accumulations, functions), *others], [bits] * 3)
    assert said == ['', 'no accumulation is known for a dot of 3x4 . 4x1', 'nothing here computes exp as "of another world" does']


def test_what_was_copied_and_is_predicted_is_copied_no_longer(short, monkeypatch):
    listing = BOOK.listing('two-layers')
    names = [name for name, each in ATLAS['environments'].items() if 'two-layers' in each['classes']]
    atlas = deepcopy(ATLAS)
    for name in names[:3]:
        atlas['environments'][name]['copied'] = {'two-layers': 'not predicted yet', 'rates': 'not predicted yet'}
    monkeypatch.setattr(together, 'reasons', lambda listing, machines, digests: ['', 'other bits', ''][: len(digests)])
    together.predict_copied(atlas, listing)
    left = [atlas['environments'][name]['copied'] for name in names[:3]]
    assert all('rates' in each for each in left)
    assert {each.get('two-layers') for each in left} <= {None, 'other bits'} and any('two-layers' not in each for each in left)


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
