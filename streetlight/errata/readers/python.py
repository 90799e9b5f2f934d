"""Python files: a program, with its outputs in comments, and examples in its docstrings."""

import ast

from streetlight.errata.manuscript import CODE, Block, Line, with_comments
from streetlight.errata.readers.plain import examples
from streetlight.errata.statements.programs import parsed


def blocks(raw, text, name):
    """The cells of a program (``# %%`` starts one), each followed by the outputs in its comments; then its examples."""
    cells = [[]]
    for index, line in enumerate(raw):
        if line.startswith('# %%') and cells[-1]:
            cells.append([])
        cells[-1].append(Line(index + 1, 0, line))
    return with_comments([Block(CODE, cell) for cell in cells]) + _examples(raw)


def _examples(raw):
    tree = parsed('\n'.join(raw)) if any('>>> ' in line for line in raw) else None
    found = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False):
            text = node.body[0]
            found.append((text.lineno, text.end_lineno))
    lines = [Line(number, 0, raw[number - 1].removesuffix('"""')) for first, last in sorted(found) for number in range(first, last + 1)]
    return examples(lines)
