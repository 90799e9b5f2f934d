"""Text that remembers which of its characters were written from which numbers.

A `Printed` string carries spans: from where to where it stands the text of a `Rendering`, and which part of it.  What reads the
characters themselves (a comparison, a length) is noticed, as a branch is.
"""

import re
import sys

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.strings import Strings, inside


class Rendering:
    """One conversion of numbers to text.

    Parameters
    ----------
    text : str
    nodes : ndarray of int
        In the shape of the value.
    value : ndarray or scalar
        The machine's, a copy.
    write : callable
        From a value of the same shape and type to its text.
    reason : str, optional
        Why nothing is certified of it.
    """

    __slots__ = ('nodes', 'place', 'position', 'reason', 'text', 'value', 'write')

    def __init__(self, text, nodes, value, write, reason=''):
        session = _session.CURRENT
        self.text, self.nodes, self.value, self.write, self.reason = text, nodes, value, write, reason
        self.position = session.tape.shown = session.tape.position
        self.place = session.place()

    def known(self, fixed):
        """Whether all its numbers are the same in every evaluation, by the tape's flags."""
        return bool(fixed[self.nodes].all())


class Printed(Strings):
    """A string with spans: tuples of start, stop, rendering, and where in its text the span starts."""

    __slots__ = ('spans',)

    def __new__(cls, text, spans=()):
        self = str.__new__(cls, text)
        self.spans = tuple(spans)
        return self

    @classmethod
    def of(cls, rendering):
        """The whole text of a rendering."""
        return cls(rendering.text, ((0, len(rendering.text), rendering, 0),))

    def unfollowed(self, text, reason):
        """Another text that was made of this one, of which nothing is certified for a reason."""
        return Printed.of(Rendering(str.__str__(text), self.nodes(), None, None, reason))

    def nodes(self):
        """All nodes that its characters come from."""
        found = [np.ravel(rendering.nodes) for _, _, rendering, _ in self.spans]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def seen(self, what):
        """Notice that the program goes on by the characters themselves; the plain string."""
        for _, _, rendering, _ in self.spans:
            _session.CURRENT.decide(rendering.nodes, what)
        return str.__str__(self)

    def part(self, start, stop):
        """The characters from one place to another."""
        spans = [
            (max(a, start) - start, min(b, stop) - start, rendering, offset + max(0, start - a))
            for a, b, rendering, offset in self.spans
            if a < stop and b > start
        ]
        return Printed(str.__getitem__(self, slice(start, stop)), spans)

    def within(self, text, at):
        """This, as it stands in a longer plain text from ``at`` on."""
        return Printed(text, [(a + at, b + at, rendering, offset) for a, b, rendering, offset in self.spans])

    def __str__(self):
        return self

    def __add__(self, other):
        return join((self, other)) if isinstance(other, str) else NotImplemented

    def __radd__(self, other):
        return join((other, self)) if isinstance(other, str) else NotImplemented

    def __mul__(self, times):
        return join([self] * int(times))

    __rmul__ = __mul__

    def __getitem__(self, key):
        if not isinstance(key, slice):
            key = slice(key, key + 1 or None)
        start, stop, step = key.indices(str.__len__(self))
        if step != 1 or not (self._stays(key.start, start) and self._stays(key.stop, stop)):
            self.seen('characters are taken by their place')
        if step == 1:
            return self.part(start, max(start, stop))
        return join([self.part(at, at + 1) for at in range(start, stop, step)])

    def _stays(self, given, place):
        """Whether a place in the text is the same in all evaluations: no number that may be longer or shorter lies on its side."""
        if given is None or not self.spans:
            return True
        varying = [
            (a + len(shown) - len(shown.lstrip('[(')), b - len(shown) + len(shown.rstrip('])')), rendering)
            for a, b, rendering, offset in self.spans
            for shown in (rendering.text[offset : offset + b - a],)
        ]
        if int(given) < 0:
            return max(b for _, b, _ in varying) <= place
        first, _, rendering = min(varying, key=lambda span: span[0])
        if place <= first or place >= str.__len__(self):
            return place <= first or given >= sys.maxsize
        # inside the first number alone, which starts where it starts
        end = max(b for _, b, other in varying if other is rendering)
        alone = all(a >= place for a, _, other in varying if other is not rendering)
        return alone and place < end and np.ndim(rendering.value) == 0 and re.match(r'[-+]?\d', rendering.text) is not None

    def __iter__(self):
        self.seen('its characters are taken one by one')
        return (self.part(at, at + 1) for at in range(str.__len__(self)))

    def __format__(self, spec):
        return inside(self, str.__format__(self, spec))

    def join(self, parts):
        return join(list(parts), self)


def join(parts, separator=''):
    """Strings, one after the other, with their spans."""
    texts, spans, at = [], [], 0
    for number, part in enumerate(parts):
        for each in (separator, part) if number and separator else (part,):
            if type(each) is Printed:
                spans += [(a + at, b + at, rendering, offset) for a, b, rendering, offset in each.spans]
            plain = str.__str__(each)
            texts.append(plain)
            at += str.__len__(plain)
    text = ''.join(texts)
    return Printed(text, spans) if spans else text
