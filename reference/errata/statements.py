"""Statements: what a manuscript says beside its figures, and what can be decided of it.

Printed equations are evaluated exactly.  Programs are read, not run: whether they are Python 3, whether they parse, whether
they define a name before they use it, and whether two data sets of one name are equal.
"""

import ast
import builtins
import difflib
import re
import warnings
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from reference.errata.manuscript import CODE, LONGEST_LINE, Line, depth_after

_FACTOR = r'\d[\d.]*'
EQUATION = re.compile(
    rf'(?<![\w.+\-*/×÷=^] )(?<![\w.+\-*/×÷=^(])({_FACTOR}(?:\s*[-+*/×÷]\s*{_FACTOR})+)\s*=\s*([-−–]?\d[\d.]*)(?![\w.%^]|\s*[-+*/×÷=^])'
)
EQUATION_LINE = re.compile(rf'^[\s>*•-]*\$?`?{EQUATION.pattern}`?\$?\s*[.,;]?\s*(?:#.*)?$')
_SPAN = re.compile(r'`([^`\n]{3,200})`')

_PYTHON_2 = (
    (re.compile(r'^\s*print\s+(?![(=]|\s)[^=]'), 'print is a statement here'),
    (re.compile(r'^\s*print\s*$'), None),
    (re.compile(r'^\s*exec\s+["\']'), 'exec is a statement here'),
    (re.compile(r'^\s*except\s+[\w.]+\s*,\s*\w+\s*:'), 'except binds its name with a comma here'),
    (re.compile(r'^\s*raise\s+[\w.]+\s*,'), 'raise takes its message after a comma here'),
    (re.compile(r'<>'), '<> compares here'),
    (re.compile(r'(?<![\w.])0\d+(?![\w.])'), 'a number with a leading zero is octal here'),
)
_PYTHON_2_NAMES = {'xrange', 'raw_input', 'unicode', 'unichr', 'basestring', 'reduce', 'execfile', 'izip'}


MOST_DATA_SETS = 200  # different ones of one manuscript that are compared


class Statement(NamedTuple):
    """What is wrong with a statement: its line and column (from 0), its kind, what stands there, what should, and why.

    A ``note`` is not surely wrong: what the manuscript leaves out may mend it.
    """

    line: int
    column: int
    kind: str
    printed: str
    expected: str
    sentence: str
    note: bool = False


def statements_of(manuscript):
    """Every statement of a manuscript that is wrong.

    Parameters
    ----------
    manuscript : reference.errata.manuscript.Manuscript

    Returns
    -------
    list of Statement
        By line.
    """
    programs = [program for program in _programs(manuscript) if program]
    found = [*equations(manuscript), *(each for program in programs for each in syntax(program)), *names(programs), *data_sets(programs)]
    return sorted(found, key=lambda statement: (statement.line, statement.column))


# Equations.


def equations(manuscript):
    """The printed equations that are not equal."""
    found = []
    if manuscript.format == 'notebook':
        lines = [line for block in manuscript.blocks for line in block.lines if block.kind != CODE]
    else:
        lines = [Line(index + 1, 0, text) for index, text in enumerate(manuscript.raw)]
    for line in lines:
        if '=' not in line.text or len(line.text) > LONGEST_LINE:
            continue
        whole = EQUATION_LINE.match(line.text)
        spans = (
            [(whole[1], whole[2], whole.start(2))]
            if whole
            else [
                (match[1], match[2], span.start(1) + match.start(2))
                for span in _SPAN.finditer(line.text)
                if (match := re.fullmatch(rf'\s*{EQUATION.pattern}\s*', span[1]))
            ]
        )
        for left, right, at in spans:
            value = evaluated(left)
            if value is not None and not equal(value, right):
                told = written(value)
                found.append(
                    Statement(
                        line.number, line.column + at, 'equation', f'{left} = {right}', f'{left} = {told}', f'{left} is {told}, not {right}'
                    )
                )
    return found


def evaluated(expression):
    """An arithmetic expression of decimals, exactly; None where it has no value."""
    if len(expression) > 300:
        return None
    source = re.sub(_FACTOR, lambda match: f'F({match[0]!r})', expression.replace('×', '*').replace('÷', '/'))
    try:
        tree = ast.parse(source, mode='eval')
        return _fold(tree.body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
        return None


def _fold(node):
    if isinstance(node, ast.Call):
        return Fraction(node.args[0].value)
    left, right = _fold(node.left), _fold(node.right)
    operations = {
        ast.Add: lambda: left + right,
        ast.Sub: lambda: left - right,
        ast.Mult: lambda: left * right,
        ast.Div: lambda: left / right,
    }
    return operations[type(node.op)]()


def equal(value, right):
    """Whether the right-hand side is the value, or its correct rounding to the decimals that it has."""
    text = right.replace('−', '-').replace('–', '-').rstrip('.')
    try:
        number = Fraction(text)
    except ValueError:
        return True  # no number: nothing to decide
    decimals = len(text.partition('.')[2])
    return number == value or (decimals > 0 and abs(number - value) * 2 * 10**decimals <= 1)


def written(value):
    """A rational number in decimals, exactly where it has an end."""
    if value.denominator == 1:
        return str(value.numerator)
    for decimals in range(1, 40):
        if (value * 10**decimals).denominator == 1:
            return f'{float(value):.{decimals}f}' if decimals < 16 else str(float(value))
    return f'{float(value):.12g}'


# Programs.

# what tells a program from prose or output that only looks like one
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


def _programs(manuscript):
    """The manuscript's code, block by block, as lists of logical lines."""
    for block in manuscript.blocks:
        if block.kind != CODE:
            continue
        prompted = any(line.text.lstrip().startswith('>>>') for line in block.lines)
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


def parsed(text):
    """The tree of a program; None where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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
            reason = next((why for pattern, why in _PYTHON_2 if why and any(map(pattern.search, line.text.split('\n')))), None)
            if reason:
                found.append(Statement(line.line, line.column, 'syntax', line.text.strip(), '', f'this is Python 2: {reason}'))
        else:
            for node in ast.walk(line.tree):
                if isinstance(node, ast.Name) and node.id in _PYTHON_2_NAMES and isinstance(node.ctx, ast.Load):
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


# Names.


def _bound(tree):
    """The names that a statement binds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield (alias.asname or alias.name).partition('.')[0]
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def _used(tree):
    """The names that a statement uses before it binds them itself."""
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {
        each.id
        for node in ast.walk(tree)
        if isinstance(node, ast.comprehension)
        for each in ast.walk(node.target)
        if isinstance(each, ast.Name)
    }
    bound |= {
        each.id for node in ast.walk(tree) if isinstance(node, ast.For) for each in ast.walk(node.target) if isinstance(each, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in bound:
            yield node.id
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _starts_anew(line):
    """Whether a line starts a program: it imports NumPy or seeds its generator."""
    return bool(re.match(r'\s*(?:import\s+numpy|from\s+numpy\s+import)', line.text))


_KNOWN = set(dir(builtins)) | _PYTHON_2_NAMES | {'_', '__name__', '__file__', 'get_ipython', 'display', 'In', 'Out'}


def names(programs):
    """Names that a program uses and has not defined; one that starts with ``import numpy`` is a new one.

    Where a line is damaged, what it may have defined counts as defined.
    """
    found, defined, earlier, damaged, told = [], set(), set(), '', set()
    anywhere = {name for program in programs for line in program if line.tree is not None for name in _bound(line.tree)}
    pending = _defined_in_functions(programs)
    for line in (line for program in programs for line in program):
        if _starts_anew(line):
            earlier, defined, damaged, told = earlier | defined, set(), '', set()
        if line.tree is None:
            damaged += ' ' + _squeezed(line.text)
            continue
        bound = set(_bound(line.tree))
        for name in dict.fromkeys(_used(line.tree)):
            if name in defined or name in _KNOWN or name in told or name in pending or _squeezed(name) in damaged or not name.isascii():
                continue
            told.add(name)
            found.append(_undefined(line, name, defined | bound, earlier, anywhere))
        defined |= bound
    return found


def _squeezed(text):
    return re.sub(r'[\s_]', '', text.lower())


def _defined_in_functions(programs):
    """Parameters of functions whose body has lost its indentation: they are not known to be local any more."""
    return {
        node.arg
        for program in programs
        for line in program
        if line.tree is not None
        for each in ast.walk(line.tree)
        if isinstance(each, ast.FunctionDef)
        for node in ast.walk(each)
        if isinstance(node, ast.arg)
    }


def _undefined(line, name, defined, earlier, anywhere):
    near = sorted(other for other in defined if alike(name, other))
    if near:
        why = f"'{name}' is not defined in this program, which calls it '{near[0]}'"
        if name in earlier:
            why += f"; a reader who ran an earlier listing gets that one's '{name}'"
    elif name in earlier:
        why = f"'{name}' is not defined in this program, only in an earlier one"
    elif name in anywhere:
        why = f"'{name}' is used before it is defined"
    else:
        why = f"'{name}' is used, and defined nowhere in this text"
    return Statement(
        line.line, line.column, 'name', name, near[0] if near else '', why, not near and (name in earlier or name not in anywhere)
    )


@lru_cache(maxsize=100_000)
def alike(name, other):
    """Whether one name is likely meant for the other: the words of one are among the other's, or a letter is off."""
    one, two = set(name.strip('_').split('_')), set(other.strip('_').split('_'))
    if len(min(one, two, key=len)) > 1 and (one <= two or two <= one):
        return True
    return len(name) > 5 and difflib.SequenceMatcher(None, name, other).ratio() > 0.9 and not re.search(r'\d', name + other)


# Data sets.


def data_sets(programs):
    """Arrays that a text gives to a program under one name, or two that are alike, with the same size and other values."""
    found, seen = [], {}
    for line in (line for program in programs for line in program):
        if not isinstance(line.tree, ast.Module) or len(line.tree.body) != 1 or not isinstance(line.tree.body[0], ast.Assign):
            continue
        assign = line.tree.body[0]
        values = _literal(assign.value)
        if len(assign.targets) != 1 or not isinstance(assign.targets[0], ast.Name) or values is None or len(values) < 3:
            continue
        name, values = assign.targets[0].id, tuple(values)
        for (other_name, other), other_line in seen.items():
            if (name == other_name or alike(name, other_name)) and len(other) == len(values) and other != values:
                element = next(index for index, pair in enumerate(zip(values, other)) if pair[0] != pair[1])
                found.append(
                    Statement(
                        line.line,
                        line.column,
                        'data',
                        name,
                        '',
                        f"'{name}' differs from '{other_name}' of line {other_line}: element {element} is "
                        f'{values[element]:g} here and {other[element]:g} there',
                    )
                )
                break
        if len(seen) < MOST_DATA_SETS:
            seen.setdefault((name, values), line.line)
    return found


def _literal(node):
    """The numbers of an array literal, flattened; None where it is none."""
    while True:
        if isinstance(node, ast.Attribute) and node.attr == 'T':
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == 'array' and node.args:
            node = node.args[0]
        else:
            break
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    values = []
    for element in node.elts:
        if isinstance(element, (ast.List, ast.Tuple)):
            inner = _literal(element)
            if inner is None:
                return None
            values += inner
        else:
            try:
                value = ast.literal_eval(element)
            except (ValueError, RecursionError):
                return None
            if not isinstance(value, (int, float)):
                return None
            values.append(value)
    return values
