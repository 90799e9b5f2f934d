"""The small program that compares other arithmetics computes what the listings do, and float32 lies where the docs say."""

import numpy as np
import pytest

from tests import other_arithmetics


@pytest.fixture(scope='module')
def errors():
    return {name.rpartition(', ')[2]: found for name, found in other_arithmetics.arithmetics() if name.startswith('NumPy')}


@pytest.mark.parametrize('listing', ['all-together', 'whole-dataset'])
def test_float64_lies_within_the_certificate_and_float32_does_not(errors, listing):
    row = other_arithmetics.certified(listing)
    assert repr(errors['float64'][listing]) in row['variants']
    assert 1e-7 < abs(errors['float32'][listing] / float(row['exact']) - 1) < 1e-4


def test_other_weights_end_elsewhere():
    def moved(x):
        return np.asarray(x, float) * (1 + 2.0**-40 * (np.shape(x) == (4, 1)))

    right, wrong = (other_arithmetics.both(array, lambda x: (x > 0) * x) for array in (lambda x: np.asarray(x, float), moved))
    assert right['all-together'] != wrong['all-together'] and right['whole-dataset'] == wrong['whole-dataset']
