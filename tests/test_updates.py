"""Which numbers a pass updates on a grid: the ulp of the binade that holds them before and after, where the update rounds."""

import math

import numpy as np
import pytest
from tape_recorder import Array

from streetlight.certify.enclosures import Bounds
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.updates import of_pieces, runs
from streetlight.shadow.tape import Tape

PASSES = 7
UPDATES = {  # of a number s by another, from a start
    'taken': (1.5, lambda s, x: s - x * 2.0**-9),
    'added': (1.5, lambda s, x: s + x * 2.0**-9),
    'added, the other way around': (1.5, lambda s, x: x * 2.0**-9 + s),
    'below zero': (-1.5, lambda s, x: s - x * 2.0**-9),
    'larger': (3.5, lambda s, x: s - x * 2.0**-9),
    'smaller': (0.2, lambda s, x: s - x * 2.0**-12),
    'by more than itself': (2.0**-30, lambda s, x: s + x),
    'past a power of two, downwards': (1.0 + 6 * 2.0**-9, lambda s, x: s - x * 2.0**-9),
    'past a power of two, upwards': (2.0 - 6 * 2.0**-9, lambda s, x: s + x * 2.0**-9),
    'to the other sign in one step': (1.5, lambda s, x: s - x * 1.55),
    'past zero': (6 * 2.0**-9, lambda s, x: s - x * 2.0**-9),
}
OTHERS = {  # no updates, or none that rounds
    'that it is taken from': (1.5, lambda s, x: x * 1.6 - s),
    'scaled': (1.5, lambda s, x: s * 0.999),
    'scaled, then taken': (1.5, lambda s, x: s * 1.001 - x * 2.0**-9),
    'by what rounds nothing': (1.5, lambda s, x: s - 2.0**-20),
    'by itself': (1.5, lambda s, x: s - 2.0 * s),
}


def spacings(start, update, used=lambda x, s: x):
    """Of each pass that computes two numbers that round and updates a third: the third's values around it, and which spacings are found."""
    tape = Tape()
    s, x = (Array(tape, tape.record('uncertain', (), [value], 3.0)) for value in (start, 1.9))
    values = [s.value[0]]
    for step in range(PASSES):
        tape.head('step', step)
        x = x * 0.999
        once = x * x
        s = update(s, x)
        x = used(x, s) + once * 2.0**-30
        values.append(s.value[0])
    tape.head('step', -1)
    (x + s).sum()
    found = []
    for chunk in Bounds(tape, FUNCTIONS, len(tape.operations)).tube.chunks:
        for first, stop in runs(chunk):
            found += [row[row > 0].tolist() for row in of_pieces(chunk, first, stop, 1.0)[3]]
    return list(zip(values[:-1], values[1:], found, strict=True))


@pytest.mark.parametrize('name', UPDATES)
def test_an_update_has_the_spacing_of_its_binade_where_it_stays_within_it(name):
    for before, after, found in spacings(*UPDATES[name]):
        stays = before * after > 0 and math.frexp(before)[1] == math.frexp(after)[1]
        assert found == ([math.ulp(after)] if stays else [])


@pytest.mark.parametrize('name', OTHERS)
def test_what_is_no_update_or_does_not_round_is_on_no_grid(name):
    assert not any(found for *_, found in spacings(*OTHERS[name]))


def test_what_is_used_again_in_its_pass_is_on_no_grid():
    assert not any(found for *_, found in spacings(*UPDATES['taken'], used=lambda x, s: x + s * 2.0**-20))


def test_a_number_that_is_repeated_is_updated_nowhere():
    tape = Tape()
    s, x = (Array(tape, tape.record('uncertain', (), value, 3.0)) for value in (np.array([1.5, 1.6, 1.7]), np.array([0.9, 0.8, 0.7])))
    for step in range(PASSES):
        tape.head('step', step)
        x = x * 0.999
        s = s[[0]] - x * 2.0**-9
    tape.head('step', -1)
    (x + s).sum()
    chunks = Bounds(tape, FUNCTIONS, len(tape.operations)).tube.chunks
    assert not any(of_pieces(chunk, first, stop, 1.0)[3].any() for chunk in chunks for first, stop in runs(chunk))
