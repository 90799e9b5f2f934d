"""Python files: a program, with its outputs in comments."""

from streetlight.errata.manuscript import CODE, Block, Line, with_comments


def blocks(raw, text, name):
    """The cells of a program (``# %%`` starts one), each followed by the outputs in its comments."""
    cells = [[]]
    for index, line in enumerate(raw):
        if line.startswith('# %%') and cells[-1]:
            cells.append([])
        cells[-1].append(Line(index + 1, 0, line))
    return with_comments([Block(CODE, cell) for cell in cells])
