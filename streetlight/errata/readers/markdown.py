"""Markdown: fences, indented blocks and console blocks, as CommonMark has them."""

import re

from markdown_it import MarkdownIt

from streetlight.errata.manuscript import PROGRAMS, Line, fenced, is_foreign, with_comments


def blocks(raw, text, name):
    """The blocks of code and output of all fences and indented blocks."""
    found, taken = [], set()
    for token in fences(raw):
        found.append((token.map[0], fence_blocks(raw, token)))
        taken.update(range(*token.map))
    found += [(lines[0].number, fenced(lines, '')) for lines in _preformatted(raw, taken)]
    return with_comments([block for _, made in sorted(found, key=lambda each: each[0]) for block in made])


def _preformatted(raw, taken):
    """The lines of each ``<pre>`` that is in no fence."""
    found, inside = [], False
    for index, text in enumerate(raw):
        start, end = 0, len(text)
        if index in taken:
            inside = False
            continue
        opening = None if inside else _PRE.search(text)
        if opening:
            inside, start = True, opening.end()
            found.append([])
        if inside:
            closing = text.lower().find('</', start)
            inside, end = (True, end) if closing < 0 else (False, closing)
            if start < end:
                found[-1].append(Line(index + 1, start, text[start:end]))
    return [lines for lines in found if lines]


def fences(raw):
    """CommonMark's tokens of all code blocks of a text."""
    parser = MarkdownIt('commonmark', {'maxNesting': 20})
    parser.disable(['reference', 'html_block'])
    parser.core.ruler.enableOnly(['normalize', 'block'])
    return [token for token in parser.parse('\n'.join(raw)) if token.type in ('fence', 'code_block')]


_PRE = re.compile(r'<pre\b[^>]*>(?:\s*<(?:code|samp)\b[^>]*>)?', re.IGNORECASE)


# MyST's directives whose content is code; of the others it is text
_DIRECTIVE = re.compile(r'\{([\w:+-]+)\}\s*([\w.+-]*)')
_CODE = ('code-cell', 'code-block', 'code', 'sourcecode', 'testcode', 'ipython', 'doctest', 'testoutput')


def fence_blocks(raw, token):
    """What one code block holds: code, output, or both."""
    first, language = token.map[0] + (token.type == 'fence'), language_of(token.info.strip())
    if language is None:
        return []
    lines = []
    for index, content in enumerate(token.content.split('\n')[:-1] or [token.content]):
        number = first + index
        column = raw[number].find(content) if number < len(raw) and content else 0
        lines.append(Line(number + 1, max(column, 0), content))
    options = 0
    if token.info.lstrip().startswith('{'):
        while options < len(lines) and re.match(r':[\w-]+:', lines[options].text):
            options += 1
    return fenced(lines[options:], language)


def language_of(info):
    """The language that a fence names, empty where it names none; None where it holds text."""
    directive = _DIRECTIVE.match(info)
    if directive is None:
        return re.match(r'\{?\.?([\w+-]*)', info)[1]
    name, argument = directive.groups()
    if name in _CODE:
        return argument or ('python' if name in ('code-cell', 'testcode') else '')
    return name if name.lower() in PROGRAMS or is_foreign(name) else None
