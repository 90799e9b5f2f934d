"""Python's methods of strings, on text that remembers which numbers it was written from."""

from streetlight.shadow import session as _session

#: Characters of which there may be more or fewer in another evaluation's text of a number.
OF_NUMBERS = frozenset('0123456789eE+-nainf')


class Strings(str):
    """A string whose methods keep or notice where its characters come from; `streetlight.shadow.printed.Printed` says from where."""

    __slots__ = ()

    def _sought(self, text):
        """Notice that how often a text is found in this one may differ."""
        plain = str.__str__(self)
        if text is not None and self.spans and (OF_NUMBERS.intersection(text) or ('.' in text and ('e' in plain or '.' not in plain))):
            self.seen('its text is cut where %r stands' % text)

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
        return type(self)('').join([*parts, self.part(at, str.__len__(self))])

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


def inside(inner, text):
    """``text`` holds ``inner``, with padding around it, or cut."""
    at = str.find(text, inner) if str.__len__(inner) else 0
    if at >= 0:
        return inner.within(text, at)
    return inner.part(0, str.__len__(text)) if str.startswith(inner, text) else _changed_text(text, inner, 'its format')


def _changed_text(text, source, what):
    """Text that was made from printed numbers in a way that is not followed."""
    return source.unfollowed(text, _session.CURRENT.note('%s changes the text of numbers' % what))


def _padded(name):
    function = getattr(str, name)

    def pad(self, *args):
        return inside(self, function(self, *args))

    return pad


def _same_length(name):
    function = getattr(str, name)

    def change(self):
        text = function(self)
        return type(self)(text, self.spans) if len(text) == str.__len__(self) else _changed_text(text, self, name)

    return change


def _changed(name):
    function = getattr(str, name)

    def change(self, *args, **kwargs):
        return _changed_text(function(self, *args, **kwargs), self, 'str.' + name)

    return change


def _asked(name):
    function = getattr(str, name)

    def ask(self, *args, **kwargs):
        return function(self.seen('its text is read'), *args, **kwargs)

    return ask


for _name in ('ljust', 'rjust', 'center', 'zfill'):
    setattr(Strings, _name, _padded(_name))
for _name in ('upper', 'lower', 'swapcase', 'capitalize', 'title', 'casefold'):
    setattr(Strings, _name, _same_length(_name))
for _name in ('translate', 'expandtabs', 'removeprefix', 'removesuffix', 'format', 'format_map'):
    setattr(Strings, _name, _changed(_name))
for _name in """
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __contains__ __len__ find rfind index rindex count
    startswith endswith isdigit isalpha isnumeric isdecimal isspace isalnum isidentifier islower isupper isascii
    isprintable istitle encode""".split():
    setattr(Strings, _name, _asked(_name))
