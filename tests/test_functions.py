"""An environment's functions are known by their bits."""

import math
from pathlib import Path

import mpmath
import numpy as np
import pytest

from streetlight.book import Book
from streetlight.certify.accumulation import left_to_right
from streetlight.judge import divergence, exponentials
from streetlight.judge.divergence import first_operation
from streetlight.judge.functions import NotComputable, computed, library_class, refusal
from streetlight.record import functions


@pytest.mark.parametrize('name', functions.FUNCTIONS)
def test_the_probes_say_which_float64_is_nearest(name):
    x, nearest = functions.probes()[name]
    with mpmath.workprec(300):
        assert [float(getattr(mpmath, name)(mpmath.mpf(number))) for number in x.tolist()] == nearest.tolist()


@pytest.mark.parametrize('name', functions.FUNCTIONS)
def test_no_two_classes_have_one_name_or_the_same_bits(name):
    rows = [row for row in functions._rows('function_classes.csv') if row['function'] == name]
    assert len({row['class'] for row in rows}) == len({row['ulps'] for row in rows}) == len(rows)
    assert {len(row['ulps'].split()) for row in rows} == {len(functions.probes()[name][0])}


def test_one_ulp_at_one_probe_is_no_known_class():
    _, nearest = functions.probes()['exp']
    known = next(iter(functions.classes('exp')))
    results = np.array([value + int(ulps) * math.ulp(value) for value, ulps in zip(nearest.tolist(), known.split())])
    assert functions.ulps(results, nearest) == known
    results[7] = math.nextafter(results[7], math.inf)
    assert functions.named('exp', functions.ulps(results, nearest)).startswith('unnamed')


def test_scalars_that_go_another_way_are_told(monkeypatch):
    own = np.exp
    monkeypatch.setattr(np, 'exp', lambda x: own(x) if np.ndim(x) else np.nextafter(own(x), 0))
    assert '; of scalars unnamed' in functions.functions()['exp']
    monkeypatch.setattr(np, 'exp', np.vectorize(math.exp))
    assert functions.functions()['exp'] == library_class('exp')  # once, where scalars go the same way


@pytest.fixture
def inputs():
    drawn = np.random.default_rng(4)
    return np.concatenate([drawn.uniform(-span, span, 4000) for span in (1e-9, 1, 40, 707)] + [[0.0, -0.0, 511.9, -512.0, -512.1]])


@pytest.mark.parametrize('name', exponentials.FORMULAS)
def test_a_formula_has_the_bits_of_its_class_at_all_probes(name):
    x, nearest = functions.probes()['exp']
    assert functions.named('exp', functions.ulps(exponentials.FORMULAS[name](x), nearest)) == name


def test_the_formula_of_glibc_is_this_machines_exp(inputs):
    own = library_class('exp')
    if own not in exponentials.FORMULAS:
        pytest.skip(f'the C library here has the exp of {own}')
    assert exponentials.FORMULAS[own](inputs).tolist() == [math.exp(x) for x in inputs.tolist()]


# NumPy 1.26.4 on a processor with AVX-512: next to multiples of log(2) / 16, where the first product is rounded to an integer
AT_INTEGERS = {
    '-0x1.e7f9c1e980fa9p+1': '0x1.6a09e667f3bcdp-6',
    '-0x1.a56ef8ec924ccp+0': '0x1.8ace5422aa0dbp-3',
    '0x1.57cd0e7026820p+0': '0x1.ea4afa2a490dbp+1',
    '-0x1.2b708872320e2p+1': '0x1.8ace5422aa0dbp-4',
    '0x1.791272ee9dd8ep+0': '0x1.172b83c7d517ap+2',
    '0x1.686fc0af622d7p+1': '0x1.0b5586cf98910p+4',
}


def test_the_formula_of_svml_is_that_of_a_machine_where_it_takes_one_of_two_integers():
    svml = exponentials.FORMULAS['NumPy 1.23-1.26 with AVX-512, SVML']
    for x, result in AT_INTEGERS.items():
        assert float(svml(float.fromhex(x))).hex() == result


@pytest.mark.parametrize('name', exponentials.FORMULAS)
def test_of_zero_every_formula_gives_one(name):
    assert exponentials.FORMULAS[name](np.array([0.0, -0.0])).tolist() == [1, 1]


@pytest.mark.parametrize('name', exponentials.FORMULAS)
def test_beyond_normal_numbers_a_formula_gives_what_all_do(name):
    result = exponentials.FORMULAS[name](np.array([np.inf, -np.inf, np.nan, 800.0, -800.0, 1.0]))
    assert result[:2].tolist() == [np.inf, 0.0] and np.isnan(result[2]) and result[3:5].tolist() == [np.inf, 0.0]
    assert result[5] == pytest.approx(math.e)


def test_two_machines_part_at_the_first_exp_that_they_compute_otherwise(monkeypatch):
    listing = Book(Path(__file__).parents[1] / 'books' / 'sigmoid').listing('two-layers')
    classes = 'glibc 2.36', 'NumPy 1.23-1.26 with AVX-512, SVML'
    found = first_operation(listing, *((left_to_right, {}, {'exp': name}) for name in classes))
    (x,), _ = found.factors
    assert found.function == 'exp'
    assert found.results == tuple(exponentials.FORMULAS[name](x) for name in classes)
    assert math.exp(x) == pytest.approx(found.results[0], rel=1e-15) and found.results[0] != found.results[1]
    monkeypatch.setattr(divergence, 'MOST_HEARD', 5000)
    assert first_operation(listing, *((left_to_right, {}, {'exp': classes[0]}) for _ in range(2))) is None


def test_what_nothing_here_computes_is_refused_when_it_is_wanted():
    function = computed({'exp': 'of another planet'})['exp']
    with pytest.raises(NotComputable, match='another planet'):
        function(1.0)
    assert refusal('exp', 'of another planet') == 'nothing here computes exp as "of another planet" does'
    assert {refusal(name, wanted) for name, wanted in functions.functions().items()} == {''}, 'this machine computes its own'
