"""Record the listings in this interpreter: a trace file, JSON, that any judge can read."""

import io
import json
import os
import tempfile

import numpy as np

from streetlight.record.accumulation import layout_of
from streetlight.record.annotate import TEXT
from streetlight.record.environment import fingerprint
from streetlight.record.eras import NATIVE, printed_text
from streetlight.record.notes import revealed
from streetlight.record.trace import digest, hexadecimal, trace_of

SCHEMA = 'streetlight-trace/1'


class Recording(object):
    """The interpreter's own arithmetic, noting the shape of every dot and every square that is not ``x * x``."""

    def __init__(self):
        self.shapes = set()
        self.squares = {}

    def dot(self, a, b):
        self.shapes.add(layout_of(np.asarray(a), np.asarray(b)))
        return np.dot(a, b)

    def power(self, x, n):
        result = x**n
        if n == 2 and not result == x * x:
            self.squares[abs(float(x)).hex()] = float(result).hex()
        return result


def record(book, only=()):
    """Run the listings of a book here.

    Parameters
    ----------
    book : streetlight.book.Book
    only : collection of str
        The ids of those to run; all, if none is given.

    Returns
    -------
    dict
        The trace file's content: ``schema``, ``environment``, ``accumulations`` of each dot shape (in the notation of
        `streetlight.record.accumulation`), ``squares`` (what the C library's ``pow`` gives where it is not the rounded
        square) and ``listings``: for each its digest, printed text, era and steps.
    """
    return recording_of(*traces_here(book, only))


def traces_here(book, only=()):
    """One run of the listings of a book here: what noted their sums, and the trace of each by its id."""
    arithmetic = Recording()
    traces = [(listing.id, trace_of(listing, arithmetic)) for listing in book.listings if not only or listing.id in only]
    return arithmetic, dict(traces)


def recording_of(arithmetic, traces):
    """What `record` returns, of the run that `traces_here` made."""
    return {
        'schema': SCHEMA,
        'environment': fingerprint(),
        'accumulations': revealed(arithmetic.shapes),
        'squares': arithmetic.squares,
        'listings': dict((id, _listing(traces[id])) for id in traces),
    }


def _listing(trace):
    return {'digest': digest(trace.steps), 'era': NATIVE, 'printed': printed_text(trace), 'steps': [_step(step) for step in trace.steps]}


def _step(step):
    """A step as ``[where, name, shape, bits, decimals]``, the last for people only."""
    return [
        ' '.join('%s=%s' % pair for pair in step.where),
        step.name,
        list(np.shape(step.value)),
        hexadecimal(step.value),
        [repr(number) for number in np.asarray(step.value).ravel().tolist()],
    ]


def as_text(recording):
    """The trace file's text: JSON, with a line for each step."""
    listings = []
    for name in sorted(recording['listings']):
        listing = dict(recording['listings'][name])
        steps = ',\n'.join(json.dumps(step) for step in listing.pop('steps'))
        listings.append('%s: %s, "steps": [\n%s\n]}' % (json.dumps(name), json.dumps(listing, sort_keys=True)[:-1], steps))
    head = dict((key, value) for key, value in recording.items() if key != 'listings')
    return '%s,\n"listings": {\n%s\n}}\n' % (json.dumps(head, indent=1, sort_keys=True)[:-2], ',\n'.join(listings))


def write_beside(path, text):
    """Write a text file whole or not at all: beside its place first, then renamed; into a device or a pipe as it is."""
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):
        with io.open(path, 'w', encoding='utf-8', newline='\n') as out:
            out.write(text if isinstance(text, TEXT) else text.decode('ascii'))
        return
    directory = os.path.dirname(os.path.abspath(path))
    mask = os.umask(0)
    os.umask(mask)
    handle, beside = tempfile.mkstemp(prefix='.' + os.path.basename(path), dir=directory)
    try:
        with io.open(handle, 'w', encoding='utf-8', newline='\n') as out:
            out.write(text if isinstance(text, TEXT) else text.decode('ascii'))
        os.chmod(beside, 0o666 & ~mask)
        if os.name == 'nt' and os.path.exists(path):
            os.remove(path)
        os.rename(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.remove(beside)
        raise
