"""Plain text, as scanned from a page: fences where it has them, else the lines that look like a program's output."""

from streetlight.errata.manuscript import Line, sorted_out, with_comments


def blocks(raw, text, name):
    """The blocks of all fences, and those of the lines between them that look like output or like a program."""
    found, loose, fence = [], [], None
    for index, line in enumerate(raw):
        if line.lstrip().startswith('```'):
            if fence is None:
                found += sorted_out(loose, strict=True)
                loose, fence = [], index + 1
            else:
                found += _fenced(raw, fence, index)
                fence = None
        elif fence is None:
            loose.append(Line(index + 1, 0, line))
    if fence is not None:
        found += _fenced(raw, fence, len(raw))
    return found + sorted_out(loose, strict=True)


def _fenced(raw, first, end):
    return with_comments(sorted_out([Line(index + 1, 0, raw[index]) for index in range(first, end)]))
