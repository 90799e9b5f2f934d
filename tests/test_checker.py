"""An independent program's evaluations lie within the certificates: a short run of ``tests/checker/check.py``."""

import importlib
import json
import shutil

import pytest

from tests.checker import check

pytestmark = pytest.mark.skipif(not (shutil.which('gcc') or shutil.which('cc')), reason='the checker is written in C: no compiler')
EVALUATIONS = 3000


@pytest.fixture(scope='module')
def program(tmp_path_factory):
    return check.compiled(tmp_path_factory.mktemp('checker'))


@pytest.fixture(scope='module')
def certified():
    return check.certified()


@pytest.mark.one_in(4)
@pytest.mark.parametrize('listing', check.known_listings())
def test_no_conforming_evaluation_leaves_a_certificate(program, certified, listing, record_property):
    found = check.check(program, listing, certified[listing], EVALUATIONS)
    record_property('found', json.dumps(found._asdict()))
    assert found.outside == 0
    assert found.share >= 0.5


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    'listing, fault',
    [
        ('all-together', 'low'),
        ('all-together', 'high'),
        ('gradient-descent', 'variants'),
        ('linear-collapse', 'radius'),
        ('network-predicts', 'printed'),
    ],
)
@pytest.mark.thorough
def test_a_certificate_that_claims_too_much_is_caught(program, certified, listing, fault):
    figures = json.loads(json.dumps(certified[listing]))
    rows = [eras[check.ALL_DIGITS] for eras in figures]
    row = next(row for row in rows if row['low'] < row['high'])
    if fault == 'variants':
        row['variants'] = row['variants'][::2]
    elif fault == 'radius':
        row['radius'] /= 64
    elif fault == 'printed':
        row['printed'] = row['printed'][:-1] + str((int(row['printed'][-1]) + 1) % 10)
    else:
        row[fault] = (row['low'] + row['high']) / 2
    assert check.check(program, listing, figures, 10 * EVALUATIONS).outside > 0


def test_no_training_of_the_second_book_leaves_a_certificate(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(check.HERE)
    sigmoid = importlib.import_module('sigmoid')
    program = check.compile_c(tmp_path, 'sigmoid', 'conforming.c', 'sigmoid.c')
    rows = sigmoid.certified()['1']
    errors = sigmoid.trained(program, '1', 1, 1)
    wrong, proved, share = sigmoid.outside(rows, errors)
    assert (wrong, proved) == (0, 6) and 0 < share < 1
    assert sigmoid.outside(rows, [error + 1e-9 for error in errors])[0] == 6
