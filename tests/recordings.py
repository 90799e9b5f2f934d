"""Recordings as subjects would write them that add from the left, or from the right; each trace is emulated once."""

import json
from functools import lru_cache

import numpy as np

from reference import BOOK
from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.judge import tracefile
from streetlight.record.eras import NATIVE, printed_text
from streetlight.record.recorder import traces_here
from streetlight.record.trace import digest, trace_of

LISTINGS = tuple(listing.id for listing in BOOK.listings)
SHAPES = sorted(traces_here(BOOK)[0].shapes)


def right_to_left(k):
    tree = f'p{k - 1}'
    for index in reversed(range(k - 1)):
        tree = f'(p{index}+{tree})'
    return ['0+' + tree]


def k_of(shape):
    return int(shape.split(' . ')[0].rstrip('T').split('x')[-1])


PLAIN = {shape: left_to_right(shape, k_of(shape)) for shape in SHAPES}
BACKWARD = {shape: right_to_left(k_of(shape)) for shape in SHAPES}


def trace(listing, accumulations=PLAIN, squares=()):
    """The trace of a listing on these accumulations."""
    return _trace(listing, json.dumps([accumulations, dict(squares)]))


@lru_cache(maxsize=None)
def _trace(listing, model):
    return trace_of(BOOK.listing(listing), EmulatedArithmetic(*json.loads(model)))


def recording_of(accumulations, squares=(), change=None, only=LISTINGS):
    """A recording as a subject with these accumulations would write it; ``change`` may damage its steps."""
    listings = {}
    for listing in only:
        found = trace(listing, accumulations, squares)
        steps = list(found.steps)
        if change:
            change(listing, steps)
        listings[listing] = tracefile.Recorded(digest(steps), NATIVE, printed_text(found), steps)
    return tracefile.Recording('made', {'numpy': np.__version__}, accumulations, dict(squares), listings)
