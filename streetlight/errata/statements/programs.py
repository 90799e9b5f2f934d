"""Programs: their logical lines, whether they are Python 3, and whether they parse."""

import ast
import re
import warnings
from functools import lru_cache
from typing import NamedTuple

from streetlight.errata.manuscript import CODE, depth_after
from streetlight.errata.statements.statement import Statement

_PYTHON_2 = (
    (re.compile(r'^\s*print\s+(?![(=]|\s)[^=]'), 'print is a statement here'),
    (re.compile(r'^\s*exec\s+["\']'), 'exec is a statement here'),
    (re.compile(r'^\s*except\s+[\w.]+\s*,\s*\w+\s*:'), 'except binds its name with a comma here'),
    (re.compile(r'^\s*raise\s+[\w.]+\s*,'), 'raise takes its message after a comma here'),
    (re.compile(r'<>'), '<> compares here'),
    (re.compile(r'(?<![\w.])0\d+(?![\w.])'), 'a number with a leading zero is octal here'),
)
PYTHON_2_NAMES = {'xrange', 'raw_input', 'unicode', 'unichr', 'basestring', 'reduce', 'execfile', 'izip'}
_PROGRAM = re.compile(
    r'\s*(?:import\s+\w|from\s+\w+\s+import\b|def\s+\w+\s*\(|for\s+\w+\s+in\b|while\b.*:|if\b.*:|print\b\s*[("\'\w]|return\b'
    r'|[A-Za-z_][\w ]*(?:\[[^\]]*\])?\s*[-+*/]?=\s*\S|[A-Za-z_]\w*\s*$|[A-Za-z_][\w.]*\(.*\)\s*$)'
)


class Logical(NamedTuple):
    """A logical line: what brackets hold together.  ``tree`` is None where it does not parse by itself."""

    line: int
    column: int
    text: str
    tree: object


def programs(manuscript):
    """The manuscript's code, block by block, as lists of logical lines."""
    for block in manuscript.blocks:
        if block.kind != CODE:
            continue
        prompted = block.prompted
        lines = []
        depth, quoted = 0, False
        for line in block.lines:
            text = re.sub(r'^\s*(?:>>>|\.\.\.) ?', '', line.text) if prompted else line.text
            if len(text) > 2000:
                continue
            if re.match(r'\s*[%!$]', text) or not text.strip() or (text.strip().startswith('#') and depth == 0):
                continue
            if (depth or quoted) and lines and len(lines[-1].text) < 20_000:
                lines[-1] = lines[-1]._replace(text=lines[-1].text + '\n' + text.strip())
            else:
                lines.append(Logical(line.number, line.column, text, None))
            quoted = (text.count('"""') + text.count("'''")) % 2 != quoted
            depth = 0 if quoted else depth_after(text, depth)
        program = [each._replace(tree=alone(each.text)) for each in lines]
        if any(_PROGRAM.match(each.text) for each in program):
            yield program


@lru_cache(maxsize=20_000)
def parsed(text):
    """The tree of a program; None where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=20_000)
def alone(text):
    """The tree of one logical line by itself: a compound statement's head is given a body, ``return`` a function."""
    text = text.strip()
    head = re.sub(r'\s*#.*$', '', text)
    if head.endswith(':'):
        for form in (f'{head} pass', f'if 0: pass\n{head} pass', f'try: pass\n{head} pass'):
            tree = parsed(form)
            if tree is not None:
                return tree
        return None
    if re.match(r'(return|yield|await)\b', text):
        return parsed('def _():\n ' + text.replace('\n', ' '))
    if re.match(r'(break|continue)\b', text):
        return parsed('while 1:\n ' + text)
    if text.startswith('@'):
        return parsed(text + '\ndef _(): pass')
    return parsed(text)


def syntax(program):
    """Where a program is Python 2, and where it does not parse."""
    found = []
    for line in program:
        if line.tree is None:
            reason = next((why for pattern, why in _PYTHON_2 if any(map(pattern.search, line.text.split('\n')))), None)
            if reason:
                found.append(Statement(line.line, line.column, 'syntax', line.text.strip(), '', f'this is Python 2: {reason}'))
        else:
            for node in ast.walk(line.tree):
                if isinstance(node, ast.Name) and node.id in PYTHON_2_NAMES and isinstance(node.ctx, ast.Load):
                    found.append(
                        Statement(
                            line.line,
                            line.column,
                            'syntax',
                            line.text.strip(),
                            '',
                            f"this is Python 2: '{node.id}' is no built-in of Python 3",
                        )
                    )
    broken = [line for line in program if line.tree is None and not any(each.line == line.line for each in found)]
    if broken:
        first = broken[0]
        more = (
            ''
            if len(broken) == 1
            else ', nor does another line of this listing'
            if len(broken) == 2
            else f', nor do {len(broken) - 1} more lines of this listing'
        )
        found.append(Statement(first.line, first.column, 'syntax', first.text.strip().split('\n')[0], '', f'this does not parse{more}'))
    elif not found and len(program) > 1 and parsed('\n'.join(line.text for line in program)) is None:
        first = _unindented(program)
        if first:
            found.append(
                Statement(
                    first.line,
                    first.column,
                    'syntax',
                    first.text.strip().split('\n')[0],
                    '',
                    'this listing does not parse: its indentation is lost',
                )
            )
    return found


def _unindented(program):
    """The first line that should be indented and is not; None where the indentation is not what is wrong."""
    for before, line in zip(program, program[1:]):
        head = re.sub(r'\s*#.*$', '', before.text)
        if head.endswith(':') and _indent(line) <= _indent(before):
            return line
    return next((line for before, line in zip(program, program[1:]) if _indent(line) != _indent(before)), None)


def _indent(line):
    return len(line.text) - len(line.text.lstrip())
