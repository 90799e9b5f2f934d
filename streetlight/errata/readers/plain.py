"""Plain text, as scanned from a page: fences and examples where it has them, else the lines that look like a program's output."""

from streetlight.errata.manuscript import Line, sorted_out, with_comments

_LOOSE, _FENCE, _EXAMPLES = 'loose', 'fence', 'examples'


def blocks(raw, text, name):
    """The blocks of all fences and examples, and those of the lines between them that look like output or like a program."""
    found = []
    for kind, lines in runs([Line(index + 1, 0, line) for index, line in enumerate(raw)]):
        found += sorted_out(lines, strict=True) if kind == _LOOSE else with_comments(sorted_out(lines))
    return found


def runs(lines):
    """Lines in runs of one kind: examples go from a prompt to an empty line."""
    kind, own = _LOOSE, []
    for line in lines:
        bare, before = line.text.lstrip(), kind
        if bare.startswith('```'):
            yield kind, own
            kind, own = _FENCE if kind != _FENCE else _LOOSE, []
            continue
        if kind == _LOOSE and bare.startswith('>>> '):
            kind = _EXAMPLES
        elif kind == _EXAMPLES and not bare:
            kind = _LOOSE
        if kind != before:
            yield before, own
            own = []
        own.append(line)
    yield kind, own


def examples(lines):
    """The blocks of the examples among some lines, as in a docstring."""
    return [block for kind, own in runs(lines) if kind == _EXAMPLES for block in sorted_out(own)]
