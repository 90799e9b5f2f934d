"""Slopes that are never written out, against the matrix that they are; their ellipsoids, against exact rationals."""

from fractions import Fraction

import numpy as np
import pytest

from streetlight.certify import ellipsoids
from streetlight.certify.folded import Blocks, Folded

SHAPE = 9, 8
PAIRS = {
    'blocks of two sizes': ([0, 0, 1, 3, 4, 4, 7], [2, 5, 5, 0, 1, 3, 7]),
    'one chain of all': ([*range(8), *range(1, 9)], [*range(8), *range(8)]),
    'hardly apart': ([0] * 8 + [2, 3, 4, 5, 6, 7], [*range(8)] + [7] * 6),
    'nothing': ([], []),
}


def folded(pairs, passes=3, joins=2):
    """Some slopes, and the same written out."""
    draw = np.random.default_rng(len(pairs[0]))
    results, numbers = (np.array(each, int) for each in pairs)
    weights = draw.normal(size=(passes, len(results)))
    through, beyond = draw.normal(size=(passes, SHAPE[0], joins)), draw.normal(size=(passes, joins, SHAPE[1]))
    blocks = Blocks(results, numbers, SHAPE)
    written = np.zeros((passes, *SHAPE))
    np.add.at(written, (slice(None), results, numbers), weights)
    return Folded(through, beyond, blocks.filled(weights), blocks), written + through @ beyond


@pytest.mark.parametrize('pairs', PAIRS.values(), ids=PAIRS)
def test_slopes_that_are_never_written_out_multiply_as_those_that_are(pairs):
    slopes, written = folded(pairs)
    draw = np.random.default_rng(1)
    right, left, vector = draw.normal(size=(8, 5)), draw.normal(size=(4, 9)), draw.normal(size=8)
    for number, each in enumerate(written):
        assert slopes[number] @ right == pytest.approx(each @ right, abs=1e-13)
        assert left @ slopes[number] == pytest.approx(left @ each, abs=1e-13)
        assert slopes[number] @ vector == pytest.approx(each @ vector, abs=1e-13)
        assert (abs(slopes)[number] @ np.abs(vector) >= np.abs(each) @ np.abs(vector) * (1 - 1e-14)).all()


@pytest.mark.parametrize('pairs', PAIRS.values(), ids=PAIRS)
def test_a_result_that_is_stopped_has_no_slopes_and_the_others_keep_theirs(pairs):
    slopes, written = folded(pairs)
    slopes.stop(np.isin(np.arange(9), [0, 4]))
    written[:, [0, 4]] = 0.0
    for number, each in enumerate(written):
        assert slopes[number] @ np.eye(8) == pytest.approx(each, abs=1e-14)


def exactly(array):
    return np.vectorize(Fraction, otypes=[object])(array)


@pytest.mark.one_in(2)
@pytest.mark.parametrize('noise', [0.25, 0.0])
def test_an_ellipsoid_through_folded_slopes_holds_all_that_it_must_by_exact_rationals(noise):
    """Theorem 2 and Lemma B; without Lemma B's diagonal it would not hold: where nothing is added, nothing else is to spare."""
    draw = np.random.default_rng(7)
    slopes, _ = folded(PAIRS['blocks of two sizes'])
    one = slopes[0]
    root = draw.integers(-1000, 1000, (8, 8)) * 2.0**-10
    before = ellipsoids.Ellipsoid(root @ root.T, np.diag(root @ root.T), None)  # its numbers are exact
    assert (exactly(root) @ exactly(root).T == exactly(before.shape)).all()
    blocks = exactly(one.through) @ exactly(one.beyond)
    for block, rows, columns in zip(exactly(one.blocks), one.places.rows, one.places.columns):
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                if row < 9 and column < 8:
                    blocks[row, column] += block[i, j]
    own = np.full(9, noise) * (9 * noise)
    shape, width = one @ (one @ before.shape).T, abs(slopes)[0] @ before.deviation
    after = ellipsoids.through(shape, width.copy(), one.terms, own, own.sum(), None)
    bare = (shape + shape.T) / 2
    failed = 0
    for c in draw.normal(size=(300, 9)):
        back = (exactly(c) @ blocks) @ exactly(root)  # c . J D for D = root z, |z| <= 1, is at most its length
        push = sum(abs(each) for each in exactly(c)) * Fraction(noise)
        length = sum(each * each for each in back)
        found = exactly(c) @ exactly(after.shape) @ exactly(c)
        assert found >= length + push**2 and (found - length - push**2) ** 2 >= 4 * length * push**2  # (length + push)^2
        failed += exactly(c) @ exactly(bare) @ exactly(c) < length
    assert failed > 30
