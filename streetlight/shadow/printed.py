"""Text that remembers which of its characters were written from which numbers.

A `Printed` string carries spans: from where to where it stands the text of a `Rendering`, and which part of it.  What reads the
characters themselves (a comparison, a length) is noticed, as a branch is.
"""

import re
import sys

import numpy as np

from streetlight.shadow import session as _session


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


#: Characters of which there may be more or fewer in another evaluation's text of a number.
OF_NUMBERS = frozenset('0123456789eE+-nainf')


class Printed(str):
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

    def _sought(self, text):
        """Notice that how often a text is found in this one may differ."""
        plain = str.__str__(self)
        if text is not None and self.spans and (OF_NUMBERS.intersection(text) or ('.' in text and ('e' in plain or '.' not in plain))):
            self.seen('its text is cut where %r stands' % text)

    def __format__(self, spec):
        return _inside(self, str.__format__(self, spec))

    def __mod__(self, values):
        return str.__mod__(self.seen('its text is a template'), values)

    def strip(self, *args):
        self._sought(args[0] if args else None)
        return self._cut(str.strip(self, *args))

    def lstrip(self, *args):
        self._sought(args[0] if args else None)
        return self._cut(str.lstrip(self, *args))

    def rstrip(self, *args):
        self._sought(args[0] if args else None)
        stripped = str.rstrip(self, *args)
        return self.part(0, str.__len__(stripped))

    def _cut(self, stripped):
        start = str.find(self, stripped)
        return self.part(start, start + str.__len__(stripped))

    def replace(self, old, new, count=-1):
        self._sought(old)
        parts, at, left = [], 0, count
        while left != 0 and old:
            found = str.find(self, old, at)
            if found < 0:
                break
            parts += [self.part(at, found), new]
            at, left = found + len(old), left - 1
        return join([*parts, self.part(at, str.__len__(self))])

    def splitlines(self, keepends=False):
        return self._located(str.splitlines(self, keepends))

    def split(self, *args, **kwargs):
        self._sought(args[0] if args else kwargs.get('sep'))
        return self._located(str.split(self, *args, **kwargs))

    def rsplit(self, *args, **kwargs):
        self._sought(args[0] if args else kwargs.get('sep'))
        return self._located(str.rsplit(self, *args, **kwargs))

    def partition(self, separator):
        self._sought(separator)
        return tuple(self._located(str.partition(self, separator)))

    def rpartition(self, separator):
        self._sought(separator)
        return tuple(self._located(str.rpartition(self, separator)))

    def _located(self, parts):
        found, at = [], 0
        for text in parts:
            start = str.find(self, text, at)
            at = start + str.__len__(text)
            found.append(self.part(start, at))
        return found

    def join(self, parts):
        return join(list(parts), self)


def _inside(inner, text):
    """``text`` holds ``inner``, with padding around it, or cut."""
    at = str.find(text, inner) if str.__len__(inner) else 0
    if at >= 0:
        return inner.within(text, at)
    return inner.part(0, str.__len__(text)) if str.startswith(inner, text) else unknown(text, inner, 'its format')


def unknown(text, source, what):
    """Text that was made from printed numbers in a way that is not followed."""
    reason = _session.CURRENT.note('%s changes the text of numbers' % what)
    return Printed.of(Rendering(str.__str__(text), source.nodes(), None, None, reason))


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


def carried(source, texts):
    """Texts that hold all of a text's numbers, in order and in one piece each; None where that is not so."""
    plain, whole = str.__str__(source), '\n'.join(texts)
    spans = []
    for start, stop, rendering, offset in source.spans:
        token = plain[start:stop]
        beside = start and plain[start - 1] in '0123456789.+-eE'
        if not token or beside or whole.count(token) != plain.count(token):
            return None
        at = -1
        for _ in range(plain.count(token, 0, start) + 1):  # as often as it stands before, and once more
            at = whole.find(token, at + 1 if at < 0 else at + len(token))
        spans.append((at, at + len(token), rendering, offset))
    parts, at = [], 0
    for text in texts:
        parts.append(Printed(whole, spans).part(at, at + len(text)))
        at += len(text) + 1
    return parts


def _padded(name):
    function = getattr(str, name)

    def pad(self, *args):
        return _inside(self, function(self, *args))

    return pad


def _same_length(name):
    function = getattr(str, name)

    def change(self):
        text = function(self)
        return Printed(text, self.spans) if len(text) == str.__len__(self) else unknown(text, self, name)

    return change


def _changed(name):
    function = getattr(str, name)

    def change(self, *args, **kwargs):
        return unknown(function(self, *args, **kwargs), self, 'str.' + name)

    return change


def _asked(name):
    function = getattr(str, name)

    def ask(self, *args, **kwargs):
        return function(self.seen('its text is read'), *args, **kwargs)

    return ask


for _name in ('ljust', 'rjust', 'center', 'zfill'):
    setattr(Printed, _name, _padded(_name))
for _name in ('upper', 'lower', 'swapcase', 'capitalize', 'title', 'casefold'):
    setattr(Printed, _name, _same_length(_name))
for _name in ('translate', 'expandtabs', 'removeprefix', 'removesuffix', 'format', 'format_map'):
    setattr(Printed, _name, _changed(_name))
for _name in (
    '__eq__',
    '__ne__',
    '__lt__',
    '__le__',
    '__gt__',
    '__ge__',
    '__hash__',
    '__contains__',
    '__len__',
    'find',
    'rfind',
    'index',
    'rindex',
    'count',
    'startswith',
    'endswith',
    'isdigit',
    'isalpha',
    'isnumeric',
    'isdecimal',
    'isspace',
    'isalnum',
    'isidentifier',
    'islower',
    'isupper',
    'isascii',
    'isprintable',
    'istitle',
    'encode',
):
    setattr(Printed, _name, _asked(_name))
