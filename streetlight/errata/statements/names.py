"""Names and data sets: what a program uses before it is defined, and arrays of one name that differ."""

import ast
import builtins
import difflib
import re
from functools import lru_cache

from streetlight.errata.statements.programs import PYTHON_2_NAMES
from streetlight.errata.statements.statement import Statement

_KNOWN = set(dir(builtins)) | PYTHON_2_NAMES | {'_', '__name__', '__file__', 'get_ipython', 'display', 'In', 'Out'}
MOST_DATA_SETS = 200  # different ones of one manuscript that are compared


@lru_cache(maxsize=20_000)
def _bound(tree):
    """The names that a statement binds."""
    return frozenset(_binding(tree))


def _binding(tree):
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


@lru_cache(maxsize=20_000)
def _used(tree):
    """The names that a statement uses before it binds them itself, in order."""
    return tuple(dict.fromkeys(_using(tree)))


def _using(tree):
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
        for name in _used(line.tree):
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
