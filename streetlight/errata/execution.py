"""Run a manuscript's own code, cell by cell in one namespace, behind the kernel's boundary, and compare what it prints."""

from decimal import Decimal
from typing import NamedTuple

from streetlight.boundary import run
from streetlight.boundary.conversation import SECONDS
from streetlight.errata.manuscript import CODE, OUTPUT, Line
from streetlight.errata.printed import is_elision, is_noise, numbers_of
from streetlight.errata.statements.statement import Statement

SLACK = 1e-11  # relative: what another machine's last digits may be off


class Ran(NamedTuple):
    """What a cell printed, the error that ended it (empty if none did), and what it wrote to standard error."""

    printed: str
    error: str
    warned: str = ''


def run_cells(sources, seconds=SECONDS, unprotected=False):
    """Run programs one after the other in one namespace.

    Parameters
    ----------
    sources : list of str
    seconds : float
        For all of them together.
    unprotected : bool
        Without the boundary, with all rights of the user.

    Returns
    -------
    list of Ran
        One for each; those that were not reached have an error that says why.

    Raises
    ------
    streetlight.boundary.BoundaryError
        Where no boundary can be drawn.
    """
    payloads = [source.encode(errors='replace') for source in sources]
    ended = run('streetlight.errata.cells', *payloads, seconds=seconds, unprotected=unprotected)
    ran = [Ran(text(answer.stdout), text(answer.result), text(answer.stderr)) for answer in ended.answers]
    if len(ran) < len(sources):
        ran.append(Ran(text(ended.stdout), f'the run was ended: {ended.reason}', text(ended.stderr)))
    return ran + [Ran('', 'the run ended before this cell')] * (len(sources) - len(ran))


def text(data):
    return data.decode(errors='replace')


def stale_outputs(manuscript, seconds=SECONDS, unprotected=False):
    """Run the manuscript's code and compare each printed output with that of the code before it.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript
    seconds : float
    unprotected : bool

    Returns
    -------
    list of streetlight.errata.statements.statement.Statement
        Of kind ``output``; a note where the code could not be run.
    """
    cells = []
    for block in manuscript.blocks:
        if block.kind == CODE:
            cells.append((block, []))
        elif block.kind == OUTPUT and cells and not _is_comment(block, cells[-1][0]):
            cells[-1][1].append(block)
    sources = [_program(block) for block, _ in cells]
    ran = run_cells(sources, seconds, unprotected)
    found = []
    for index, (code, outputs) in enumerate(cells):
        said = _compared(code, [line for block in outputs for line in block.lines], ran[index])
        found += [(index, each) for each in said]
    if all(each.note for _, each in found):
        return [each for _, each in found]
    again = run_cells(sources, seconds, unprotected)  # what is drawn without a seed is no mistake
    return [_unseeded(each) if ran[index].printed != again[index].printed else each for index, each in found]


def _unseeded(each):
    why = 'this output is another in every run, so that it is not checked: its program has no seed, or asks the time'
    return each._replace(expected='', sentence=why, note=True)


def _is_comment(block, code):
    """Whether what looks like output stands in the comments of the code itself."""
    return {line.number for line in block.lines} <= {line.number for line in code.lines if line.number}


def _program(block):
    """A block's statements: prompts are taken off, commands of a shell or a notebook left out."""
    lines = []
    for line in block.lines:
        text = line.text
        if block.prompted:
            text = text.lstrip()
            text = text[4:] if text.startswith(('>>> ', '... ')) else ''
        command = text.lstrip().startswith(('%', '!', '$ ', '?'))
        lines.append(text[: len(text) - len(text.lstrip())] + 'pass' if command else text)
    return '\n'.join(lines)


def _compared(code, lines, result):
    """What of an output's numbers its own code does not print."""
    numbers, gaps = _numbers(lines), any(is_elision(line.text) for line in lines)
    if not numbers:
        return []
    first, start = numbers[0], code.lines[0]
    if result.error:
        why = f'this code cannot be run, so that its output is not checked: {result.error}'
        return [Statement(start.number, start.column, 'output', '', '', why, note=True)]
    own = _numbers([Line(index, 0, text) for index, text in enumerate(result.printed.splitlines())])
    if not gaps and len(own) != len(numbers):
        why = f'this output has {len(numbers)} numbers, and its own code prints {len(own)}'
        return [Statement(first.line, first.column, 'output', first.text, '', why)]
    departing, at = [], 0
    for index, number in enumerate(numbers):
        if gaps:
            place = next((place for place in range(at, len(own)) if same(number, own[place])), None)
        else:
            place = index if same(number, own[index]) else None
        if place is None:
            departing.append((number, own[index].text if not gaps else ''))
        else:
            at = place + 1
    if not departing:
        return []
    number, told = departing[0]
    why = f'its own code prints {told} here' if told else 'its own code does not print this'
    if len(departing) > 1:
        why += f', and other numbers in {len(departing) - 1} more places of this output'
    return [Statement(number.line, number.column, 'output', number.text, told, why)]


def _numbers(lines):
    """The numbers of an output's lines, without warnings, paths and the like."""
    return [number for line in lines if not is_noise(line.text) and not is_elision(line.text) for number in numbers_of(line)]


def same(number, own):
    """Whether a printed number is what the run printed, to the digits of both, and but for another machine's last ones."""
    difference = abs(number.value - own.value)
    half = Decimal((0, (5,), max(number.quantum, own.quantum) - 1))
    return difference <= half or float(difference) <= SLACK * abs(float(own.value))
