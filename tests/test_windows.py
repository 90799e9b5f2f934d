"""The parts of the grid stage that look at cells, ellipsoids and products of slopes, each against what it is by definition."""

from fractions import Fraction

import numpy as np
import pytest

from streetlight.certify.ellipsoids import Ellipsoid, moved
from streetlight.certify.enclosures import enclose
from streetlight.certify.program import certify
from streetlight.certify.windows import _near, _products, _support
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell


@pytest.mark.parametrize('cells', [16, 128])
@pytest.mark.parametrize('reach', [0.0, 0.01, 0.2, 0.4999, 0.5, 3.0])
def test_a_phase_within_reach_lies_in_a_cell_that_is_looked_at_and_hardly_any_other_is(cells, reach):
    near = _near(np.array([reach, 0.0]), cells)[0]
    for theta in np.linspace(-reach, reach, 1001):
        assert near[int(np.rint(theta * cells)) % cells]
    for cell in np.flatnonzero(~near):
        assert min(cell / cells, 1 - cell / cells) > reach + 0.5 / cells
    for cell in np.flatnonzero(near):
        assert min(cell / cells, 1 - cell / cells) <= reach + 1 / cells


@pytest.mark.parametrize('width, passes', [(1, 1), (3, 7), (4, 16), (2, 33)])
def test_slopes_through_several_passes_are_their_products(width, passes):
    slopes = np.random.default_rng(width).normal(size=(passes, width, width))
    found, product = _products(slopes), np.eye(width)
    assert len(found) == passes + 1
    for each, slope in zip(found, [*slopes, None]):
        assert each == pytest.approx(product, rel=1e-9, abs=1e-9)
        product = product if slope is None else slope @ product


def test_a_row_of_numbers_in_an_ellipsoid_is_bounded_by_its_support_and_reaches_it():
    draw = np.random.default_rng(3)
    root = draw.normal(size=(4, 4))
    form = Ellipsoid(root @ root.T, (root**2).sum(axis=1), np.zeros(4, bool))
    rows = draw.normal(size=(5, 4))
    bounds, reached = _support(rows, form), np.zeros(5)
    for _ in range(4000):
        direction = draw.normal(size=4)
        inside = root @ (direction / np.linalg.norm(direction))  # c . D <= sqrt(c . S c) for every c
        reached = np.maximum(reached, np.abs(rows @ inside))
    best = np.array([np.abs(row @ root @ (root.T @ row) / np.linalg.norm(root.T @ row)) for row in rows])
    assert (reached <= bounds).all() and bounds == pytest.approx(best, rel=1e-9)


def test_an_ellipsoid_around_a_box_holds_its_corners_and_fits():
    box = np.array([1.0, 0.0, 2.0])
    form = Ellipsoid.around(box)
    for c in np.random.default_rng(0).normal(size=(200, 3)):
        corner = box * np.sign(c)
        assert (c @ corner) ** 2 <= (c @ form.shape @ c) * (1 + 1e-12) <= 2 * (c**2 * box**2).sum() * (1 + 1e-9)
    assert form.deviation == pytest.approx(np.sqrt(np.diag(form.shape)))


def test_each_element_of_an_array_has_its_own_enclosure():
    code = 'import numpy as np\nx = np.exp(np.array([0.1, 1.2, 2.3, 3.4]))\n'
    code += 'print(x)\nprint(x[2], x[0])\nprint(np.array([[0.5, x[1]], [x[3], 2]]))\n'
    run = run_cells([Cell(code)], 'elements.py')
    rows = certify(run, 'elements.py')
    expected = np.exp([0.1, 1.2, 2.3, 3.4]).tolist()
    order = [*expected, expected[2], expected[0], 0.5, expected[1], expected[3], 2.0]
    assert [float(row.printed) for row in rows] == pytest.approx(order, rel=1e-7)
    for row, value in zip(rows, order):
        assert row.low <= value <= row.high and row.high - row.low <= 16 * np.spacing(value)
        assert row.radius == max(row.high - value, value - row.low)
    lines = run.stdout.splitlines()
    assert all(lines[row.line - 1].startswith(row.printed, row.column - 1) for row in rows) and [row.line for row in rows[3:5]] == [1, 2]


def test_the_enclosures_of_one_pass_and_of_many_are_of_the_numbers_asked_for():
    code = 'import numpy as np\nx = np.array([0.3, 0.6])\nfor i in range(30):\n    x = x - 0.1 * np.tanh(x * x.sum())\nprint(x)\n'
    run = run_cells([Cell(code)], 'passes.py')
    first, second = certify(run, 'passes.py')
    assert first.low <= float(first.printed) + 1e-8 and first.low < first.high < second.low < second.high
    assert enclose(run.session.tape, []) == []


def rational(matrix):
    return [[Fraction(float(x)) for x in row] for row in matrix]


@pytest.mark.parametrize('scale', [1e-3, 1.0, 1e3])
@pytest.mark.parametrize('width, terms', [(1, 1), (3, 3), (2, 5), (5, 2)])
def test_what_float64_misses_of_a_form_is_on_its_diagonal_as_lemma_b_has_it_and_little_more(width, terms, scale):
    draw = np.random.default_rng(width)
    root, slopes = draw.normal(size=(terms, terms)) * scale, draw.normal(size=(width, terms))
    form = Ellipsoid(root @ root.T, np.diag(root @ root.T).copy(), None)
    found = moved(slopes, np.zeros(width), form).shape
    s, j = rational(form.shape), rational(slopes)
    u, reach = Fraction(1, 2**53), [sum(abs(x) * Fraction(float(d)) for x, d in zip(row, form.deviation)) for row in j]
    for i in range(width):
        exact = sum(j[i][a] * s[a][b] * j[i][b] for a in range(terms) for b in range(terms))
        more = Fraction(float(found[i, i])) - exact
        lemma = (2 * terms + 32) * u * reach[i] * sum(reach)
        assert (
            lemma - (terms + 2) * u * 2 * reach[i] ** 2
            <= more
            <= lemma * Fraction(11, 10) + 12 * u * exact + (terms + 2) * u * 2 * reach[i] ** 2
        )
    assert np.array_equal(found, found.T)


@pytest.mark.parametrize('noise', [0.01, 1.0, 30.0])
def test_a_form_holds_what_is_carried_and_noise_and_is_the_least_such(noise):
    draw = np.random.default_rng(4)
    root, slopes, h = draw.normal(size=(4, 4)), draw.normal(size=(3, 4)), noise * draw.uniform(0.5, 1, 3)
    form = Ellipsoid(root @ root.T, (root**2).sum(axis=1), None)
    found = moved(slopes, h, form)
    for c in draw.normal(size=(500, 3)):
        carried = c @ slopes @ root
        inside = root @ (carried / np.linalg.norm(carried))
        assert (c @ (slopes @ inside) + np.abs(c) @ h) ** 2 <= c @ found.shape @ c * (1 + 1e-12)
    # of all p the one whose trace is least
    carried, added = np.trace(slopes @ form.shape @ slopes.T), h.sum() ** 2
    assert np.trace(found.shape) == pytest.approx((np.sqrt(carried) + np.sqrt(added)) ** 2, rel=1e-9)
    assert found.box == pytest.approx(np.sqrt(np.diag(found.shape)), rel=1e-9) and (found.box**2 >= np.diag(found.shape)).all()
    assert np.trace(moved(slopes, 0 * h, form).shape) == pytest.approx(carried, rel=1e-9)
    assert np.trace(moved(0 * slopes, h, form).shape) == pytest.approx(added, rel=1e-9)


@pytest.mark.parametrize('exponent', [-80, -50, -30, -10, -1, 0, 1, 10, 30, 50, 80])
def test_a_form_of_one_number_holds_what_is_carried_and_noise_in_rationals_and_hardly_more(exponent):
    draw = np.random.default_rng(5)
    for _ in range(40):
        root, slope = float(draw.integers(1, 2**20)), draw.normal()
        noise = abs(slope) * root * draw.uniform(1, 2) * 2.0**exponent
        found = Fraction(float(moved(np.array([[slope]]), np.array([noise]), Ellipsoid.around(np.array([root]))).shape[0, 0]))
        carried, added = abs(Fraction(slope)) * Fraction(root), Fraction(noise)
        lemma = Fraction(2 + 32 + 10, 2**53) * carried * (carried + added)
        assert (carried + added) ** 2 <= found <= (carried + added) ** 2 * (1 + Fraction(1, 2**44)) + lemma
