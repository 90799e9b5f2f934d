"""reStructuredText: literal blocks, code blocks and doctest blocks, as docutils has them."""

import io

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives, roles
from docutils.utils import SystemMessage

from streetlight.errata.manuscript import LONGEST_LINE, Line, ManuscriptError, fenced, with_comments

LONGEST_PROSE = 2000  # characters of a line that is not indented, and so no part of a literal block


class CodeBlock(Directive):
    """Sphinx's names for a code block, whose options docutils does not know."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = dict.fromkeys(
        ('caption', 'name', 'linenos', 'lineno-start', 'emphasize-lines', 'dedent', 'force', 'class', 'number-lines', 'options', 'hide'),
        directives.unchanged,
    )

    def run(self):
        node = nodes.literal_block('\n'.join(self.content), '\n'.join(self.content))
        node['language'] = self.arguments[0].strip() if self.arguments else ('python' if self.name == 'testcode' else '')
        return [node]


for _name in ('code', 'code-block', 'sourcecode', 'ipython', 'testcode', 'testoutput', 'jupyter-execute'):
    directives.register_directive(_name, CodeBlock)


def _any_role(role, rawtext, text, lineno, inliner, options=None, content=()):
    return [nodes.literal(rawtext, text)], []


for _name in ('ref', 'func', 'class', 'meth', 'mod', 'doc', 'term', 'py:func', 'py:class', 'py:mod', 'attr', 'data', 'file'):
    roles.register_local_role(_name, _any_role)


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
    try:
        tree = publish_doctree('\n'.join(map(_shortened, raw)), settings_overrides=SETTINGS)
    except (SystemMessage, RecursionError, ValueError, AttributeError, IndexError) as error:
        raise ManuscriptError(f"'{name}' is no reStructuredText that docutils can read: {str(error) or type(error).__name__}") from None
    found, at = [], 0
    for node in tree.findall(lambda node: isinstance(node, (nodes.literal_block, nodes.doctest_block))):
        content = node.astext().split('\n')
        at = _first_line(raw, content, at)
        lines = []
        for index, line in enumerate(content):
            column = raw[at + index].find(line) if at + index < len(raw) else 0
            lines.append(Line(at + index + 1, max(column, 0), line))
        at += len(content)
        found += fenced(lines, node.get('language', ''))
    return with_comments(found)


def _shortened(line):
    """A line without what would keep docutils busy for minutes: it searches prose for markup in quadratic time."""
    longest = LONGEST_LINE if line.startswith((' ', '\t')) else LONGEST_PROSE
    if len(line) <= longest:
        return line
    return 'long::' if line.rstrip().endswith('::') else 'long'


def _first_line(raw, content, at):
    """Where the lines of a block stand in the file, from line ``at`` on: docutils tells it of some nodes only."""
    wanted = [line.strip() for line in content]
    for start in range(at, len(raw) - len(wanted) + 1):
        if raw[start].strip() == wanted[0] and all(raw[start + index].strip() == line for index, line in enumerate(wanted)):
            return start
    return at
