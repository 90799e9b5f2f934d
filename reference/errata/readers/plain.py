"""Plain text, as scanned from a page: fences where it has them, else the lines that look like a program's output."""

from reference.errata.manuscript import Line, sorted_out
from reference.errata.readers.markdown import with_comments


def blocks(raw, text, name):
    """The blocks of all fences, and those of the lines between them that look like output or like a program."""
    found, loose, unit, fence = [], [], 0, None
    for index, line in enumerate(raw):
        if line.lstrip().startswith('```'):
            if fence is None:
                found += _between(loose, unit)
                loose, fence, unit = [], index + 1, unit + 1
            else:
                found += _fenced(raw, fence, index, unit)
                fence, unit = None, unit + 1
        elif fence is None:
            loose.append(Line(index + 1, 0, line))
    if fence is not None:
        found += _fenced(raw, fence, len(raw), unit)
    return found + _between(loose, unit)


def _fenced(raw, first, end, unit):
    return with_comments(sorted_out([Line(index + 1, 0, raw[index]) for index in range(first, end)], unit))


def _between(lines, unit):
    return sorted_out(lines, unit, strict=True)
