"""Accumulations: what a dot reveals is what it does."""

import ctypes
import math

import numpy as np
import pytest
from cases import examples
from hypothesis import example, given
from hypothesis import strategies as st

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic, exact_fma, inner_products, left_to_right, parse
from streetlight.record.accumulation import NotRevealed, layout_of, reveal, reveal_shape

EXTENDED = np.finfo(np.longdouble).nmant == 63
numbers = st.floats(allow_nan=False, width=64)


@st.composite
def notations(draw, extended=False, most=20):
    """An accumulation of any shape, its sums written with the earliest product first, as a revealed one is."""

    def tree(leaves):
        if len(leaves) == 1:
            return f'p{leaves[0]}'
        side = draw(st.lists(st.booleans(), min_size=len(leaves) - 1, max_size=len(leaves) - 1).filter(any))
        left = [leaves[0]] + [leaf for leaf, right in zip(leaves[1:], side) if not right]
        right = [leaf for leaf, other in zip(leaves[1:], side) if other]
        terms = [tree(left), tree(right)]
        fusible = [index for index, term in enumerate(terms) if term.startswith('p')]
        fused = draw(st.sampled_from(fusible + [None])) if not extended else None
        return '({}+{})'.format(*('x' + term[1:] if index == fused else term for index, term in enumerate(terms)))

    k = draw(st.integers(1, most))
    return k, ('0+' if draw(st.booleans()) else '') + tree(list(range(k))) + (':extended' if extended and k > 1 else '')


def dot_of(notation):
    return lambda a, b: float(inner_products(np.array(a), np.array(b), notation))


@examples(150)
@given(notations())
def test_an_accumulation_is_revealed_as_it_is(accumulation):
    k, notation = accumulation
    assert reveal(dot_of(notation), k) == notation


@pytest.mark.skipif(not EXTENDED, reason='this machine has no 80-bit long double to emulate x87 with')
@examples(100)
@given(notations(extended=True))
def test_an_extended_accumulation_is_revealed_as_it_is(accumulation):
    k, notation = accumulation
    assert reveal(dot_of(notation), k) == notation


@pytest.mark.parametrize('k', [1, 2, 3, 4, 7, 8, 16, 33])
def test_the_dot_of_this_machine_does_what_it_reveals(k):
    generator = np.random.default_rng(k)
    for shape in (f'{k} . {k}', f'1x{k} . {k}x1', f'2x{k} . {k}x3', f'{k} . {k}x4'):
        emulated = EmulatedArithmetic({shape: reveal_shape(np.dot, shape)})
        for _ in range(50):
            a, b = (generator.standard_normal([int(n) for n in operand.split('x')]) for operand in shape.split(' . '))
            assert np.array_equal(emulated.dot(a, b), np.dot(a, b))


def test_a_sum_of_three_terms_at_once_is_not_taken_for_a_tree():
    with pytest.raises(NotRevealed, match='3 products meet in a sum of 2'):
        reveal(lambda a, b: math.fsum(x * y for x, y in zip(a, b)), 3)


def test_a_dot_that_answers_at_random_is_not_revealed():
    generator = np.random.default_rng(0)
    with pytest.raises(NotRevealed):
        reveal(lambda a, b: float(generator.standard_normal()), 4)


@examples(2000)
@example(6.68e16, -2.69e291, math.inf)
@example(math.inf, 0.0, 1.0)
@example(2.0**-540, 2.0**-540, -0.0)
@given(numbers, numbers, numbers)
def test_the_exact_fma_is_that_of_the_c_library(a, b, c):
    try:
        fma = ctypes.CDLL(None).fma
    except (TypeError, AttributeError):
        pytest.skip('this system does not show its C library to ctypes')
    fma.restype, fma.argtypes = ctypes.c_double, [ctypes.c_double] * 3
    theirs, ours = fma(a, b, c), exact_fma(a, b, c)
    assert theirs.hex() == ours.hex() or (math.isnan(theirs) and math.isnan(ours))


@pytest.mark.parametrize(
    'notation', ['', 'p1', '(p0+p0)', '(x0+x1)', 'x0', '(p0-p1)', '(p0+p1):double', 'import os', '((((', '(p0+q1)', '(' * 5000 + 'p0']
)
def test_what_is_no_accumulation_is_refused(notation):
    with pytest.raises(AccumulationError, match='cannot read the accumulation'):
        parse(notation)


def test_a_shape_without_an_accumulation_is_named():
    with pytest.raises(AccumulationError, match=r'2 \. 2'):
        EmulatedArithmetic({}).dot([1.0, 2.0], [3.0, 4.0])


def test_left_to_right_is_written_in_full():
    assert left_to_right('4 . 4', 4) == ['0+(((p0+p1)+p2)+p3)']
    assert layout_of(np.ones(3), np.ones((4, 3)).T) == '3 . 3x4T'


def test_elements_may_have_accumulations_of_their_own():
    a, b = np.array([1.0, 2.0**-53, 2.0**-53]), np.ones((3, 2))
    result = EmulatedArithmetic({'3 . 3x2': ['((p0+p1)+p2)', '(p0+(p1+p2))']}).dot(a, b)
    assert result.tolist() == [1.0, 1.0 + 2.0**-52]
