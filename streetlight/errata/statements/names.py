"""Names and data sets: what a program uses before it is defined, and arrays of one name that differ.

pyflakes says which names are undefined; what it cannot see is noted, and does not fail.
"""

import ast
import difflib
import re
from functools import lru_cache

from pyflakes.checker import Checker
from pyflakes.messages import UndefinedName

from streetlight.errata.statements.statement import Statement

MOST = 100  # undefined names of a program that are told; one with more lacks something else
_NOTEBOOK = {'get_ipython', 'display', 'In', 'Out', '_', '__', 'exit', 'quit', '__file__', '__name__'}
_PYTHON_2 = {'xrange', 'raw_input', 'unicode', 'unichr', 'basestring', 'reduce', 'execfile', 'long', 'file', 'cmp', 'reload'}


class _Program:
    """The trees of a program's cells as one, with each line's place; what no tree shows may be defined anywhere."""

    def __init__(self, cells):
        self.is_whole = all(cell.tree is not None for cell in cells)
        self.writes_all_names = not any(cell.knows_all_names for cell in cells)
        self.tree, self.places, self.hidden = ast.Module([], []), {}, set()
        for cell in cells:
            tree, words = cell.readable
            self.hidden |= words
            for node in tree.body:
                self.tree.body.append(ast.increment_lineno(node, len(self.places)))
            first = len(self.places)
            for index in range(cell.source.count('\n') + 1):
                self.places[first + index + 1] = cell.line(index)

    def undefined(self):
        """The undefined names of the program, each where it first stands: pairs of name and `Line`."""
        try:
            messages = Checker(self.tree).messages
        except RecursionError:
            return []
        found = {}
        for message in messages:
            if isinstance(message, UndefinedName):
                name = message.message_args[0]
                if name not in _NOTEBOOK and name not in self.hidden and name.isascii():
                    found.setdefault(name, (self.places.get(message.lineno), message.lineno))
        return [(name, line, number) for name, (line, number) in list(found.items())[:MOST] if line is not None]

    def defined_before(self, number):
        """The names that statements above a line bind."""
        return {name for node in self.tree.body if node.lineno < number for name in _bound(node)}

    def used(self):
        """The names that are read anywhere."""
        return {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _bound(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name


def names(parts, is_notebook):
    """Names that programs use and have not defined.

    Parameters
    ----------
    parts : list of list of Cell
        The cells of each program.
    is_notebook : bool
        All that runs is there: an undefined name ends the run.

    Returns
    -------
    list of Statement
        It fails where the program calls the thing by another name, which it never reads; or in a notebook that is all there.
    """
    programs = [_Program(cells) for cells in parts]
    found, earlier, misnamed = [], set(), {}
    for program in programs:
        used = program.used()
        bound = {name for node in program.tree.body for name in _bound(node)}
        for name, line, number in program.undefined():
            near = [
                other
                for other in program.defined_before(number)
                if other != name and alike(name, other) and (other not in used or _is_worded(name, other))
            ]
            if name in _PYTHON_2:
                why, sure = f"this is Python 2: '{name}' is no built-in of Python 3", False
            elif near:
                near, sure = sorted(near)[:1], program.writes_all_names
                why = f"'{name}' is not defined in this program, which calls it '{near[0]}'"
                if name in earlier:
                    why += "; a reader who ran an earlier listing gets that one's"
                misnamed[name] = near[0]
            elif name in bound:
                sure = is_notebook and program.is_whole and program.writes_all_names and _top_level(program, name, number)
                why = f"'{name}' is used before it is defined"
            elif name in earlier:
                why, sure = f"'{name}' is not defined in this program, only in an earlier one", False
            else:
                why, sure = f"'{name}' is used, and nothing before it in this text defines it", False
            found.append(Statement(line.number, line.column, 'name', name, near[0] if near else '', why, note=not sure or not line.number))
        earlier |= bound
    return [*found, *data_sets(programs, misnamed)]


def _top_level(program, name, number):
    """Whether a name is read where the program surely passes: in a plain statement, and not where something is tried."""
    for node in program.tree.body:
        if node.lineno <= number <= (node.end_lineno or number):
            return isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign))
    return False


def _is_worded(name, other):
    """Whether two names have no numbers: `layer_1` and `layer_1_delta` are two things."""
    return not re.search(r'\d', name + other)


@lru_cache(maxsize=100_000)
def alike(name, other):
    """Whether one name is likely meant for the other: the words of one are among the other's, or a letter is off."""
    if name.rstrip('s') == other.rstrip('s') or other.startswith('__'):
        return False  # one, and many of them; what Python calls itself
    one, two = set(name.strip('_').split('_')), set(other.strip('_').split('_'))
    if {'my', 'your'} & one:
        return False  # the reader's own
    if len(min(one, two, key=len)) > 1 and (one <= two or two <= one):
        return True
    return len(name) > 5 and difflib.SequenceMatcher(None, name, other).ratio() > 0.9 and not re.search(r'\d', name + other)


def data_sets(programs, misnamed):
    """Arrays that a text gives to a program, with other values under what it says to be the same name, or under that name but for one.

    Parameters
    ----------
    programs : list of _Program
    misnamed : dict of str to str
        Names that a program reads, and what it calls them.
    """
    found, seen = [], {}
    for program in programs:
        for node in program.tree.body:
            if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
                continue
            values, name = _literal(node.value), node.targets[0].id
            line = program.places.get(node.lineno)
            if values is None or len(values) < 3 or line is None:
                continue
            for meant in (name, *(read for read, called in misnamed.items() if called == name)):
                other, other_line = seen.get((meant, len(values)), (values, 0))
                differing = [index for index, pair in enumerate(zip(values, other)) if pair[0] != pair[1]]
                if differing and (meant != name or (len(differing) == 1 and len(values) > 5)):
                    first = differing[0]
                    why = (
                        f"'{name}' differs from '{meant}' of line {other_line}: element {first} is "
                        f'{values[first]:g} here and {other[first]:g} there'
                    )
                    found.append(Statement(line.number, line.column, 'data', name, '', why, note=meant == name))
                    break
            seen.setdefault((name, len(values)), (values, line.number))
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
    try:
        value = ast.literal_eval(node)
    except (ValueError, RecursionError, TypeError, SyntaxError, MemoryError):
        return None
    values, rest = [], [value]
    while rest:
        each = rest.pop()
        if isinstance(each, (list, tuple)):
            rest += reversed(each)
        elif isinstance(each, (int, float)):
            values.append(each)
        else:
            return None
    return values if isinstance(value, (list, tuple)) else None
