"""Markdown: fences, indented blocks and console blocks, as CommonMark has them."""

import re

from markdown_it import MarkdownIt

from streetlight.errata.manuscript import Line, fenced, with_comments


def blocks(raw, text, name):
    """The blocks of code and output of all fences and indented blocks."""
    found = []
    for token in fences(raw):
        found += fence_blocks(raw, token)
    return with_comments(found)


def fences(raw):
    """CommonMark's tokens of all code blocks of a text."""
    parser = MarkdownIt('commonmark', {'maxNesting': 20})
    parser.disable(['reference', 'html_block'])
    parser.core.ruler.enableOnly(['normalize', 'block'])
    return [token for token in parser.parse('\n'.join(raw)) if token.type in ('fence', 'code_block')]


def fence_blocks(raw, token):
    """What one code block holds: code, output, or both."""
    first = token.map[0] + (token.type == 'fence')
    lines = []
    for index, content in enumerate(token.content.split('\n')[:-1] or [token.content]):
        number = first + index
        column = raw[number].find(content) if number < len(raw) and content else 0
        lines.append(Line(number + 1, max(column, 0), content))
    return fenced(lines, re.match(r'\{?\.?([\w+-]*)', token.info.strip())[1])
