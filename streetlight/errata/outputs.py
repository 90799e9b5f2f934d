"""A manuscript's program as cells to run, and of each output that it shows the cells that may have printed it."""

import re
import sys
from typing import NamedTuple

from streetlight.errata.manuscript import CODE, OUTPUT, Line, commented
from streetlight.errata.statements.programs import has_commands, run_order
from streetlight.programs.source import Cell

_IMPORT = re.compile(r'^[ \t]*(?:from|import)[ \t]+([\w. ,]+)', re.MULTILINE)
_SAME = {'numpy', 'matplotlib', 'IPython'}  # what is judged here, and what makes no numbers

DISPLAY = Cell('def display(*values):\n    for value in values:\n        print(repr(value))')  # as a notebook has it


class Output(NamedTuple):
    """An output that a manuscript shows.

    Attributes
    ----------
    lines : list of streetlight.errata.manuscript.Line
    printed_by : list of list of int
        Cells that may have printed it, the likeliest choice first.
    code : streetlight.errata.manuscript.Block
        The code before it.
    is_own : bool
        It was surely printed by that code: a notebook says so, and a prompt.
    is_comment : bool
        It stands in comments of the code.
    is_certain : bool
        What stands there is all that ran before: no command was left out, no cell was run that is gone.
    """

    lines: list
    printed_by: list
    code: object
    is_own: bool
    is_comment: bool
    is_certain: bool


class Program(NamedTuple):
    """Cells to run, of each the block of code that it is of, and the outputs that are shown."""

    cells: list
    blocks: list
    outputs: list


def program_of(manuscript):
    """The `Program` of a manuscript: what is Python in it, in the order in which it ran."""
    found, commanded = Program([DISPLAY], [None], []), False
    ordered, is_whole = run_order(manuscript)
    followers = _followers(manuscript)
    since = 1  # the first cell after the last output
    for code in ordered:
        first = len(found.cells)
        commanded = commanded or has_commands(code.block)
        certain = is_whole and not commanded
        comments, shown = followers[id(code.block)]
        parts = _parts(code, [line.number for line in comments])
        for start, end, numbers in parts:
            found.cells.append(_cell(code, start, end, bool(numbers) or manuscript.format != 'python'))
            found.blocks.append(code.block)
            at, lines = len(found.cells) - 1, [line for line in comments if line.number in numbers]
            if lines:
                choice = [[at], list(range(since, at + 1)), list(range(1, at + 1))]
                found.outputs.append(Output(lines, choice, code.block, False, True, certain))
                since = at + 1
        last = len(found.cells)
        for lines in shown:
            is_own = manuscript.format == 'notebook' or (code.block.prompted and lines[0].number == code.block.lines[-1].number + 1)
            choice = [list(range(first, last))]
            if not is_own:
                choice += [list(range(min(since, first), last)), list(range(1, last))]
            found.outputs.append(Output(lines, choice, code.block, is_own, False, certain))
        since = last if shown else since
    return found


def uses_others(cells):
    """Whether any of some cells imports a library whose numbers may be others in another version of it."""
    names = {name for cell in cells for line in _IMPORT.findall(cell.text) for name in re.findall(r'(?:^|,)\s*(\w+)', line)}
    return bool(names - _SAME - sys.stdlib_module_names)


def _followers(manuscript):
    """By block of code the lines in its comments, and the outputs after it."""
    found, latest = {}, None
    for block in manuscript.blocks:
        if block.kind == CODE:
            latest = found[id(block)] = (commented(block), [])
            numbers, place = {line.number for line in block.lines if line.number}, block.place
        elif block.kind == OUTPUT and latest is not None:
            if {line.number for line in block.lines} <= numbers:
                continue  # comments
            if place == block.place and place and latest[1]:
                latest[1][0].extend(block.lines)  # all that a notebook's cell printed
            elif place == block.place:
                latest[1].append(list(block.lines))
    return found


def _parts(code, commented):
    """The parts of a block's source, as ranges of its lines: one ends behind each statement whose output a comment shows."""
    lines = code.block.lines
    if not commented or code.tree is None:
        return [(0, len(lines), ())]
    places = {line.number: index + 1 for index, line in enumerate(lines) if line.number}
    body = code.tree.body
    ends = [node.end_lineno for node in body]
    starts = [min([node.lineno, *(each.lineno for each in getattr(node, 'decorator_list', ()))]) for node in body]
    owners = {}
    for number in commented:
        at = sum(start <= places[number] for start in starts) - 1
        if at >= 0:
            owners.setdefault(at, []).append(number)
    cuts = sorted({each for at in owners for each in (at, at + 1)} | {0, len(body)})
    found = []
    for first, last in zip(cuts, cuts[1:]):
        if first < last:
            found.append((starts[first] - 1, ends[last - 1], tuple(owners.get(first, ())) if last == first + 1 else ()))
    return found or [(0, len(lines), ())]


def _cell(code, start, end, echo):
    """A cell of some lines of a block."""
    lines = code.source.split('\n')[start:end]
    return Cell('\n'.join(lines), echo=echo and not lines[-1].rstrip().endswith(';'), example=code.block.prompted)


def printed_lines(text):
    """The lines of a run's text, each numbered by where it begins there."""
    found, at = [], 0
    for piece in text.splitlines(keepends=True):
        found.append(Line(at, 0, piece.rstrip('\r\n')))
        at += len(piece)
    return found
