"""Text that Python's own modules make of numbers: `json.dumps`, and `textwrap`'s functions."""

import json
import re
import textwrap

from streetlight.shadow import rendering
from streetlight.shadow.crossing import plain
from streetlight.shadow.printed import Printed, join
from streetlight.shadow.tracked import Number, Tracked

MARK = re.compile('"@streetlight:(\\d+)@"')
WRAPPING = frozenset({textwrap.fill, textwrap.indent, textwrap.dedent, textwrap.wrap, textwrap.shorten})


def followed(function, args, kwargs):
    """What a function makes of text or numbers, with its provenance; None where that is not known."""
    if function is json.dumps and len(args) == 1:
        return dumped(args[0], kwargs)
    if function in WRAPPING and type(args[0]) is Printed and not any(type(each) is Printed for each in (*args[1:], *kwargs.values())):
        made = function(str.__str__(args[0]), *args[1:], **kwargs)
        lines = carried(args[0], made if isinstance(made, list) else [made])
        return lines and (lines if isinstance(made, list) else lines[0])
    return None


def dumped(x, kwargs):
    """``json.dumps(x)``."""
    numbers = []

    def marked(x):
        kind = type(x)
        if kind is Number and isinstance(x.value, float):
            numbers.append(rendering.number_text(x, lambda value: float.__repr__(float(value))))
            return '@streetlight:%d@' % (len(numbers) - 1)
        if kind is dict:
            return {key: marked(each) for key, each in x.items()}
        return [marked(each) for each in x] if kind is list or kind is tuple else x

    def foreign(x):
        kind = type(x)
        if kind is dict:
            return any(type(key) not in (str, int) or foreign(each) for key, each in x.items())
        return any(map(foreign, x)) if kind is list or kind is tuple else kind in (Printed, Tracked)

    if foreign(x):
        return None
    text = json.dumps(plain(x), **kwargs)
    pieces = MARK.split(json.dumps(marked(x), **kwargs))
    if len(pieces) != 2 * len(numbers) + 1 or any(not re.match(r'[-\d]', str.__str__(each)) for each in numbers):
        return None
    pieces[1::2] = [numbers[int(each)] for each in pieces[1::2]]
    made = join(pieces)
    return made if str.__str__(made) == text else None


def carried(source, texts):
    """Texts that hold all of a text's numbers, in order and in one piece each; None where that is not so."""
    plain, whole = str.__str__(source), '\n'.join(texts)
    spans = []
    for start, stop, shown, offset in source.spans:
        token = plain[start:stop]
        beside = start and plain[start - 1] in '0123456789.+-eE'
        if not token or beside or whole.count(token) != plain.count(token):
            return None
        at = -1
        for _ in range(plain.count(token, 0, start) + 1):  # as often as it stands before, and once more
            at = whole.find(token, at + 1 if at < 0 else at + len(token))
        spans.append((at, at + len(token), shown, offset))
    parts, at = [], 0
    for text in texts:
        parts.append(Printed(whole, spans).part(at, at + len(text)))
        at += len(text) + 1
    return parts
