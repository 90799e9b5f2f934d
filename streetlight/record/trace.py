"""The trace: every named value of one run of a listing, in order, and what the run prints.

A listing is a plain program.  What it assigns in its own file is a step; so is each value that it
prints where no step of that name stands.  What it imports from the modules beside it computes on the
same arithmetic, and leaves no steps.

This module runs on Python 2.7 to the newest, with NumPy alone.
"""

import hashlib
import re
import sys
from collections import deque, namedtuple

import numpy as np

from streetlight.record.annotate import Annotator, annotated
from streetlight.record.hooks import Hooks
from streetlight.record.running import Program

# where: pairs such as ('iteration', 7), ('row', 2); value: an array or a scalar, a copy of its own
Step = namedtuple('Step', 'where name value')

# step: the index in `Trace.steps` of the value shown; echo: whether by its repr, as a notebook does
Shown = namedtuple('Shown', 'value step echo')

MARK = re.compile('([\0\1])([0-9]+)[\0\1]')
FLOAT = re.compile(r'\d\.\d|\d\.(?!\w)|\de[-+]?\d')
_CODES = {}
RECENT = 64  # steps among which a value that is printed is looked for


class TextError(Exception):
    """A listing that shows a computed number as text."""


class Reached(BaseException):
    """A run has as many steps as are asked for; no program catches this."""


class Trace(Hooks):
    """The hooks of a listing; it stands for standard output too.

    Parameters
    ----------
    arithmetic : object, optional
        As `streetlight.record.hooks.Hooks` takes it.
    printed_alone : bool, optional
        Whether only what is printed is a step, at the line of the output where it stands.
    most : int, optional
        How many steps are enough: after them `Reached` is raised.

    Attributes
    ----------
    steps : list of Step
    lines : list of list
        One for each ``print``: texts, and values as `Shown`.
    """

    def __init__(self, arithmetic=None, printed_alone=False, most=None):
        Hooks.__init__(self, arithmetic)
        self._most = most
        self.steps, self.lines = [], []
        self._printed_alone = printed_alone
        self._row = 1
        self._text, self._shown = [], []
        self._recent = deque(maxlen=RECENT)
        self._seen, self._homes, self._sums = {}, {}, {}

    def name(self, name, value):
        """A name has a new value; texts, lists and Python's own integers are no steps."""
        self._homes[name] = len(self._where)
        if is_value(value):
            self._enter(name, value)

    def added(self, name, value):
        """A number that is summed up in a loop is a step where it began, when that loop is over."""
        depth = len(self._where)
        if isinstance(value, np.ndarray) or self._homes.get(name, depth) == depth:
            self.name(name, value)
        else:
            self._sums[name] = value

    def _place(self, depth, name=None, value=None):
        Hooks._place(self, depth, name, value)
        if name is None:
            for each in sorted(self._sums):
                if self._homes[each] >= depth:
                    self.name(each, self._sums.pop(each))

    def _enter(self, name, value):
        """A new step.  Where it is not the first of its name at its place, it has ``again=1``."""
        where = tuple(self._where)
        if not self._printed_alone:
            again = self._seen.get((where, name), 0)
            self._seen[where, name] = again + 1
            where += (('again', again),) if again else ()
        self.steps.append(Step(where, name, kept(value)))
        self._recent.append(((tuple(self._where), name), value, len(self.steps) - 1))
        if len(self.steps) == self._most:
            raise Reached
        return len(self.steps) - 1

    def show(self, value, name=''):
        """A value that is about to become text: a mark stands for it, until it is printed."""
        if not is_value(value):
            return value
        here = (tuple(self._where), name)
        recent = reversed(self._recent)
        step = next((index for place, own, index in recent if own is value and place == here), None)
        step = self._enter(name, value) if step is None or self._printed_alone else step
        self._shown.append(Shown(kept(value), step, False))
        return Mark(len(self._shown) - 1)

    def write(self, text):
        """What goes to standard output; a ``print`` ends by writing its end."""
        if text == '\n':
            self.end()
        else:
            self._text.append(text)

    def flush(self):
        """What was written without an end is a line too."""
        if self._text:
            self.end()

    def end(self):
        """A line is printed.

        Raises
        ------
        TextError
            If a text holds a float: its digits would be the machine's, and no certificate says so.
        """
        pieces = MARK.split(''.join(self._text))
        self._text = []
        texts = pieces[::3]
        marks = [self._shown[int(number)]._replace(echo=mark == '\1') for mark, number in zip(pieces[1::3], pieces[2::3])]
        wrong = [text for text in texts if FLOAT.search(text) or '\0' in text or '\1' in text]
        if wrong:
            raise TextError('a listing prints %r, which holds a float: print the number itself, by str or repr' % wrong[0])
        parts = []
        for text, shown in zip(texts, marks + [None]):
            self._row += text.count('\n')
            parts += [text] if text else []
            if shown is not None:
                parts.append(shown)
                if self._printed_alone:
                    step = self.steps[shown.step]
                    self.steps[shown.step] = step._replace(where=(('line', self._row),))
                self._row += str(shown.value).count('\n')
        self._row += 1
        self.lines.append(parts)


class Mark(object):
    """Stands for a value in a text that is not printed yet."""

    def __init__(self, number):
        self.number = number

    def __str__(self):
        return '\0%040d\0' % self.number  # longer than a number, so that what is cut is no mark

    def __repr__(self):
        return '\1%040d\1' % self.number

    def __format__(self, spec):
        if spec:
            raise TextError('a listing prints a number by %r; print it by str or repr' % spec)
        return str(self)


def kept(value):
    """A value that does not change with the listing's own."""
    return value.copy() if isinstance(value, np.ndarray) else value


def is_value(value):
    """Whether a value is a step: an array or a number that NumPy computed, or a float."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in 'biuf' and value.size > 0
    return isinstance(value, (float, np.floating, np.integer))


def trace_of(listing, arithmetic=None, source=None, most=None, **parameters):
    """Run one listing on one arithmetic.

    Parameters
    ----------
    listing : streetlight.listing.Listing
    arithmetic : object, optional
        What it computes with, as `streetlight.record.hooks.Hooks` takes it.
    source : str, optional
        The listing's text, if it is another than its file's.
    most : int, optional
        After how many steps it ends.
    **parameters
        Keyword parameters of its function.

    Returns
    -------
    Trace
    """
    trace = Trace(arithmetic, listing.printed_alone, most)
    named = None if listing.printed_alone else listing.path
    program = Program(listing.path, trace, lambda text, path: _code(text, path, path == named))
    out, sys.stdout = sys.stdout, trace
    try:
        program.call(listing.function, source, **parameters)
    except Reached:
        pass
    finally:
        sys.stdout = out
    trace.flush()
    return trace


def _code(text, path, named):
    """The annotated code of a module, made once."""
    key = text, path, named
    if key not in _CODES:
        _CODES[key] = annotated(text, path, Annotator(named))
    return _CODES[key]


def address(step):
    """Where a step stands, for a person: ``iteration=7 row=2 prediction``."""
    return ' '.join(['%s=%s' % pair for pair in step.where] + [step.name])


def hexadecimal(value):
    """The bits of every element in C order: floats as ``float.hex``, integers as decimals."""
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
