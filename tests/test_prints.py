"""What is said of printed characters, against what numbers within the enclosure print."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from cases import examples
from hypothesis import example, given
from hypothesis import strategies as st

from streetlight.certify.printed import enclosed, tokens_of

SCALARS = {
    'str': str,
    '%.3f': lambda x: '%.3f' % x,
    '.2e': lambda x: f'{x:.2e}',
    '.12g': lambda x: f'{x:.12g}',
    '%d': lambda x: '%d' % x,
    'right': lambda x: f'{x:>22}',
    '.17g': lambda x: f'{x:.17g}',
    ',.2f': lambda x: f'{x:,.2f}',
    '.1%': lambda x: f'{x:.1%}',
    '%g': lambda x: '%g' % x,
    '010.4f': lambda x: f'{x:010.4f}',
    '+.3f': lambda x: f'{x:+.3f}',
    '.0f': lambda x: f'{x:.0f}',
    '.15f': lambda x: f'{x:.15f}',
    '.16f': lambda x: f'{x:.16f}',
    'e': lambda x: f'{x:e}',
    '#.3g': lambda x: f'{x:#.3g}',
}
OPTIONS = [
    {},
    {'precision': 3},
    {'precision': 4, 'suppress': True},
    {'precision': 16},
    {'precision': 17},
    {'floatmode': 'unique'},
    {'floatmode': 'fixed', 'precision': 4},
    {'floatmode': 'maxprec_equal', 'precision': 16},
    {'legacy': '1.13'},
    {'sign': '+'},
]

edges = st.sampled_from([0.0, 1.0, 0.5, 0.1, 0.001, 1e-4, 1e-5, 1e8, 1e16, 9.5, 0.25, 1000.0, 99999999.99999999, 9.999999999999999e-05])
centres = (
    edges
    | st.integers(-1000, 1000).map(float)
    | st.floats(0, 1)
    | st.floats(-1e9, 1e9)
    | st.builds(round, st.floats(0, 1), st.integers(1, 8))
    | st.builds(lambda n, k: n / 2**k, st.integers(-1000, 1000), st.integers(0, 12))
)
shares = st.just(0.0) | st.integers(20, 55).map(lambda k: 2.0**-k)


@st.composite
def intervals(draw):
    """A number, a lower and an upper bound of it, and some numbers between them."""
    x = draw(centres)
    size = abs(x) or 1.0
    low, high = x - size * draw(shares), x + size * draw(shares)
    between = {low, high, x, *(low + (high - low) * draw(st.floats(0, 1)) for _ in range(3))}
    for digits in range(1, 17):  # where shortest digits are few
        near = float(f'{x:.{digits}g}')
        between |= {near, math.nextafter(near, -math.inf), math.nextafter(near, math.inf)}
    between |= {0.0, -0.0} if low <= 0 <= high else set()
    return x, low, high, sorted(y for y in between if low <= y <= high)


def assert_said(known, text, other):
    """No character that is called sure differs, and no variant is missing."""
    ours, theirs = ([each[a:b] for a, b in tokens_of(each)] for each in (text, other))
    for number, token in enumerate(ours):
        if known.open_at[number] is None:
            assert len(ours) == len(theirs) and theirs[number] == token
        elif known.variants[number] is not None and len(ours) == len(theirs):
            assert theirs[number] in known.variants[number]


@examples(150)
@given(intervals(), st.sampled_from(sorted(SCALARS)), st.booleans())
@example((0.5, 0.49999999999999994, 0.5, [0.49999999999999994, 0.5]), 'str', True)
def test_no_number_of_an_enclosure_prints_what_is_not_said(interval, form, of_numpy):
    x, low, high, between = interval
    kind = np.float64 if of_numpy else float
    shown = SimpleNamespace(text=SCALARS[form](kind(x)), value=kind(x), write=SCALARS[form], nodes=np.array(0), reason='')
    known = enclosed(shown, np.array(low), np.array(high), 'bound', '')
    for y in between:
        assert_said(known, shown.text, SCALARS[form](kind(y)))


@examples(150)
@given(st.lists(intervals(), min_size=1, max_size=4), st.sampled_from(OPTIONS), st.sampled_from([str, repr]), st.randoms())
def test_no_array_of_an_enclosure_prints_what_is_not_said(parts, options, text_of, random):
    def write(values):
        with np.printoptions(**options):
            return text_of(values)

    x, low, high = (np.array([part[each] for part in parts]) for each in range(3))
    shown = SimpleNamespace(text=write(x), value=x, write=write, nodes=np.arange(len(x)), reason='')
    known = enclosed(shown, low, high, 'bound', '')
    for _ in range(20):
        assert_said(known, shown.text, write(np.array([random.choice(part[3]) for part in parts])))


@pytest.mark.parametrize('radius', [0.0, 1e-17, 1e-9])
def test_what_is_certain_is_said_to_be(radius):
    shown = SimpleNamespace(text='0.125000', value=0.125, write=lambda x: f'{x:.6f}', nodes=np.array(0), reason='')
    known = enclosed(shown, np.array(0.125 - radius), np.array(0.125 + radius), 'bound', '')
    assert known.open_at == [None] and known.variants == [['0.125000']]
