"""reStructuredText: literal blocks, code blocks and doctest blocks, as docutils has them."""

import io
import re

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives
from docutils.utils import SystemMessage

from streetlight.errata.manuscript import Line, ManuscriptError, fenced, is_prompted, sorted_out, with_comments

LONGEST_DIRECTIVE = 1000  # characters
LONGEST_PROSE = 2000  # of a line that is not indented, and so no part of a literal block


class AnyOption(dict):
    """Options of whatever name: Sphinx's extensions have theirs."""

    def __missing__(self, name):
        return directives.unchanged


class CodeBlock(Directive):
    """Sphinx's names for a code block."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = AnyOption(name=directives.unchanged)

    def run(self):
        node = nodes.literal_block('\n'.join(self.content), '\n'.join(self.content))
        node['language'] = 'python' if self.name in PYTHON else self.arguments[0].strip() if self.arguments else ''
        return [node]


PYTHON = ('testcode', 'plot', 'jupyter-execute')
for _name in ('code', 'code-block', 'sourcecode', 'ipython', 'testoutput', *PYTHON):
    directives.register_directive(_name, CodeBlock)


SETTINGS = {
    'report_level': 5,
    'halt_level': 5,
    'file_insertion_enabled': False,
    'raw_enabled': False,
    '_disable_config': True,
    'line_length_limit': 100_000_000,
    'warning_stream': io.StringIO(),
}


def blocks(raw, text, name):
    """The blocks of all literal, code and doctest blocks."""
    bare = list(map(_without_markup, raw))
    try:
        tree = publish_doctree('\n'.join(bare), settings_overrides=SETTINGS)
    except (SystemMessage, RecursionError, ValueError, AttributeError, IndexError) as error:
        raise ManuscriptError(f"'{name}' is no reStructuredText that docutils can read: {str(error) or type(error).__name__}") from None
    found, at = [], 0
    for node in tree.findall(lambda node: isinstance(node, (nodes.literal_block, nodes.doctest_block))):
        content = node.astext().split('\n')
        at = _first_line(bare, content, at)
        lines = []
        for index, line in enumerate(content):
            own = raw[at + index] if at + index < len(raw) else line
            column = max(bare[at + index].find(line), 0) if at + index < len(raw) else 0
            text = own[column:]
            if '\t' in own and text != line:  # docutils writes a tab as spaces
                text = line[: len(line) - len(line.lstrip())] + own.lstrip()
                column = len(own) - len(text)
            lines.append(Line(at + index + 1, column, text))
        at += len(content)
        if isinstance(node.parent, nodes.system_message):  # a directive that nobody knows here: it may hold prose
            inside = [line for line in lines if not re.match(r'\s*(?:\.\.\s|:[\w-]+:)', line.text)]
            found += sorted_out(inside, strict=not is_prompted(inside))
        else:
            found += fenced(lines, node.get('language', ''))
    return with_comments(found)


def _without_markup(line):
    """A line with as many characters, but none that mark words: docutils searches for their ends in quadratic time.

    What makes its block is left: a directive, a list's mark, a title's rule, the colons at the end.
    """
    if len(line) > LONGEST_PROSE and not line[0].isspace():
        return 'long::' if line.rstrip().endswith('::') else 'long'
    first = len(line) - len(line.lstrip()) + 1
    if (line.lstrip().startswith('..') and len(line) < LONGEST_DIRECTIVE) or not any(map(str.isalnum, line)):
        return line
    return line[:first] + re.sub(r'[*`|_\\\[<@]', 'x', line[first:])


def _first_line(raw, content, at):
    """Where the lines of a block stand in the file, from line ``at`` on: docutils tells it of some nodes only."""
    wanted = [line.strip() for line in content]
    for start in range(at, len(raw) - len(wanted) + 1):
        if raw[start].strip() == wanted[0] and all(raw[start + index].strip() == line for index, line in enumerate(wanted)):
            return start
    return at
