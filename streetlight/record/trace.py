"""The trace: every named intermediate value of one run of a listing, in order, and what the run prints."""

from __future__ import print_function

import hashlib
import re
from collections import namedtuple
from contextlib import contextmanager

import numpy as np

from streetlight.record.plain import is_plain, run_plain

# where: pairs such as ('iteration', 7), ('row', 2); value: an array or a scalar, a copy of its own
Step = namedtuple('Step', 'where name value')

# parts: strings, and values as `Shown`; echo: the line is a notebook's Out, a repr, and not a print
Line = namedtuple('Line', 'parts echo')

# step: the index in `Trace.steps` of the value shown, None where the listing names it nowhere
Shown = namedtuple('Shown', 'value step')


FLOAT = re.compile(r'\d\.\d|\d\.(?!\w)|\de[-+]?\d')


class TextError(Exception):
    """A listing that shows a computed number as text."""


class Trace(object):
    """Records what a listing names and shows.  Call it with a name and a value; it returns the value."""

    def __init__(self):
        self.steps = []
        self.lines = []
        self._where = []
        self._latest = []

    def __call__(self, name, value):
        if not self.steps or self.steps[-1].where != tuple(self._where):
            self._latest = self._latest[-64:]
        self.steps.append(Step(tuple(self._where), name, value.copy() if isinstance(value, np.ndarray) else value))
        self._latest.append((value, len(self.steps) - 1))
        return value

    @contextmanager
    def at(self, name, value):
        """Name the place of the steps inside: ``with trace.at('draw', 2): ...``."""
        self._where.append((name, value))
        try:
            yield
        finally:
            self._where.pop()

    def loop(self, name, values):
        """Iterate over ``values``, each a place of its own."""
        for value in values:
            with self.at(name, value):
                yield value

    def aside(self):
        """A trace that is not kept, for a listing that uses another as a step."""
        return Trace()

    def show(self, *parts):
        """What the listing prints.

        Parameters
        ----------
        *parts : str, float, int or value
            Text; Python's own numbers, which the listing is given and nothing rounds; and computed
            values, which each era writes in its own way.

        Raises
        ------
        TextError
            If a text holds a float: its digits would be the machine's, and no certificate would say so.
        """
        for part in parts:
            if isinstance(part, str) and FLOAT.search(part):
                raise TextError("show() is given the text %r, which holds a float; give the number itself, as a part of its own" % part)
        self.lines.append(Line(tuple(self._part(part) for part in parts), False))

    def _part(self, part):
        if isinstance(part, str):
            return part
        return str(part) if type(part) in (int, float) else self._shown(part)

    def echo(self, value):
        """What a notebook shows below a cell that ends in ``value``."""
        self.lines.append(Line((self._shown(value),), True))

    def _shown(self, value):
        step = next((index for latest, index in reversed(self._latest) if latest is value), None)
        return Shown(value.copy() if isinstance(value, np.ndarray) else value, step)


def trace_of(listing, arithmetic, trace=None):
    """Run one listing on one arithmetic.

    Parameters
    ----------
    listing : streetlight.listing.Listing
    arithmetic : object
        What it computes with; see `streetlight.record.arithmetic`.
    trace : Trace, optional
        Where to note it; a run that ends early leaves in it what came before.

    Returns
    -------
    Trace
    """
    trace = Trace() if trace is None else trace
    run = listing.run
    if is_plain(run):
        run_plain(run, arithmetic, trace)
    else:
        run(arithmetic, trace)
    return trace


def address(step):
    """Where a step stands, for a person: ``iteration=7 row=2 prediction``."""
    return ' '.join(['%s=%s' % pair for pair in step.where] + [step.name])


def hexadecimal(value):
    """The bits of every element of ``value``, in C order: floats as ``float.hex``, integers as decimals."""
    array = np.asarray(value)
    if array.dtype.kind in 'iub':
        return [str(int(element)) for element in array.ravel()]
    return [float(element).hex() for element in array.ravel()]


def canonical(step):
    """One line that holds all that a step is: its address, its shape and its bits."""
    shape = 'x'.join(str(size) for size in np.shape(step.value))
    return '%s [%s] %s' % (address(step), shape, ' '.join(hexadecimal(step.value)))


def digest(steps):
    """SHA-256 of the canonical lines of ``steps``: equal digests, equal bits at every step."""
    text = ''.join(canonical(step) + '\n' for step in steps)
    return hashlib.sha256(text.encode('ascii')).hexdigest()
