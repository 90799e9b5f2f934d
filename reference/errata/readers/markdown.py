"""Markdown: fences, indented blocks and console blocks, as CommonMark has them."""

import re

from markdown_it import MarkdownIt

from reference.errata.manuscript import CODE, Block, Line, comments, sorted_out

PROGRAMS = {'python', 'py', 'python3', 'python2', 'ipython', 'ipython3', 'sage'}


def blocks(raw, text, name):
    """The blocks of code and output of all fences and indented blocks."""
    found = []
    for unit, token in enumerate(fences(raw)):
        found += fence_blocks(raw, token, unit)
    return found


def fences(raw):
    """CommonMark's tokens of all code blocks of a text."""
    parser = MarkdownIt('commonmark', {'maxNesting': 20})
    parser.disable(['reference', 'html_block'])
    parser.core.ruler.enableOnly(['normalize', 'block'])
    return [token for token in parser.parse('\n'.join(raw)) if token.type in ('fence', 'code_block')]


def fence_blocks(raw, token, unit):
    """What one code block holds: code, output, or both."""
    first = token.map[0] + (token.type == 'fence')
    lines = []
    for index, content in enumerate(token.content.split('\n')[:-1] or [token.content]):
        number = first + index
        column = raw[number].find(content) if number < len(raw) and content else 0
        lines.append(Line(number + 1, max(column, 0), content))
    language = re.match(r'\{?\.?([\w+-]*)', token.info.strip())[1].lower()
    if language in PROGRAMS and not any(line.text.lstrip().startswith('>>>') for line in lines):
        return with_comments([Block(CODE, lines, unit)])
    return with_comments(sorted_out(lines, unit))


def with_comments(found):
    """The blocks, each of code followed by the outputs in its comments."""
    made = []
    for block in found:
        made.append(block)
        printed = comments(block, block.unit) if block.kind == CODE else None
        if printed:
            made.append(printed)
    return made
