"""Judge printed numbers by their place: each beside what the manuscript's own program prints there, certified."""

import re
from functools import lru_cache
from typing import NamedTuple

from streetlight.errata import verdicts
from streetlight.errata.alignment import aligned, close, shown_lines
from streetlight.errata.beside import Beside, judged, lost, proved
from streetlight.errata.execution import ELSEWHERE, SECONDS, certified_cells, run_cells
from streetlight.errata.outputs import printed_lines, program_of, uses_others
from streetlight.errata.printed import is_elision, numbers_of
from streetlight.errata.statements.statement import Statement

FARTHER = 1000  # times as far as machines part, that an output is another program's
MOST_SLIPS = 8  # numbers of an output that may each be wrong; more are another run
_END = re.compile(r'\r?\n|\r')
_VARIES = re.compile(r'#\s*(?:may vary|random\b|not tested|doctest:.*\+SKIP)', re.IGNORECASE)  # as NumPy's own documentation says it
# what asks which machine this is prints another answer on each
_ASKS = re.compile(
    r'__version__|\bsys\.(?:version|platform|getsizeof|maxsize)|\bplatform\.|python_version|show_config|\b(?:id|hash)\(|getpid'
)


def judged_by_own(manuscript, seconds=None, unprotected=False):
    """Run a manuscript's program, and judge what it shows of its outputs.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript
    seconds : float, optional
        For each of its two runs, and for its proof.
    unprotected : bool
        Without the boundary.

    Returns
    -------
    figures : dict of tuple to Judged
        By line and column.
    statements : list of streetlight.errata.statements.statement.Statement
        Of kind ``output``: outputs that are another run's, and notes on what could not be checked.
    """
    program = program_of(manuscript)
    if not program.outputs:
        return {}, []
    ran = certified_cells(program.cells, seconds or SECONDS, unprotected)
    figures, said = {}, []
    elsewhere = lru_cache(lambda: run_cells(program.cells, seconds or SECONDS, unprotected, ELSEWHERE))
    for output in program.outputs:
        found, statement = _judge(output, program, ran, elsewhere)
        figures.update({(each.printed.line, each.printed.column): each for each in found})
        said += [statement] if statement else []
    return figures, said + _not_run(program, ran)


def _not_run(program, ran):
    """One note that says which code could not be run, where that has an output."""
    checked = {at for output in program.outputs for at in output.printed_by[0]}
    failed = [at for at, each in enumerate(ran) if each.error and at in checked]
    if not failed:
        return []
    line = next(iter(program.blocks[failed[0]].lines))
    why = f'this code cannot be run here, so that its output is not checked: {ran[failed[0]].error}'
    blocks = {id(program.blocks[at]) for at in failed}
    why += f'; nor can {len(blocks) - 1} more' if len(blocks) > 1 else ''
    return [Statement(max(line.number, 1), line.column, 'output', '', '', why, note=True)]


def _judge(output, program, ran, elsewhere):
    """What is said of an output: the figures that are judged, and a statement, or None."""
    shown = shown_lines(output.lines)
    figures = [each for line in shown for each in line.figures]
    if not figures:
        return [], None
    chosen, best = _printed_by(output, shown, ran)
    if any(_ASKS.search(program.cells[at].text) for at in chosen) or any(_VARIES.search(line.text) for line in output.lines):
        return [], None
    failed = any(each.error for each in ran[: max(chosen, default=0) + 1])
    if not all(ran[at].fixed for at in chosen):
        why = 'this output is another in every run, so that it is not checked: its program has no seed, or asks the time'
        why += ', or needs a cell before it that cannot be run here' if failed else ''
        return [], _said(figures[0], '', why, True)
    certain = output.is_certain and not failed
    departing, agreeing = best.departing, len(best.agreeing)
    if output.is_comment and (2 * len(best.pairs) < len(figures) or (departing and not all(each.is_slip for each in departing))):
        return list(map(judged, best.agreeing)), None
    slips = bool(departing) and len(departing) <= MOST_SLIPS and (len(departing) <= agreeing or (certain and len(figures) == 1))
    slips = slips and all(each.is_slip or (certain and each.proved and len(departing) <= agreeing) for each in departing)
    seen = best.whole or 2 * (agreeing + len(departing)) >= len(figures)
    if seen and (not departing or slips):
        return [judged(each) for each in best.pairs], _left_out(best, output, certain)
    others = uses_others(program.cells[: max(chosen, default=0) + 1])
    far = not others and certain and departing and _is_farther(departing, chosen, ran, elsewhere)
    stale = certain and (far or any(each.proved for each in departing))
    doubt = '' if certain else 'other code ran before it, that is not here or cannot be run'
    doubt = doubt or ('another version of a library that it imports may print others' if others else '')
    return _another_run(output, figures, best, doubt, stale, any(ran[at].error for at in chosen))


def _printed_by(output, shown, ran):
    """The cells that printed an output, and their `_Matched`: those before it, unless others print more of it and little else."""
    chosen, *others = {tuple(each): None for each in output.printed_by}
    best = _beside(shown, chosen, ran)
    for choice in others:
        found = _beside(shown, choice, ran)
        if found.score > best.score and 2 * len(found.departing) <= len(found.agreeing):
            chosen, best = choice, found
    return chosen, best


def _another_run(output, figures, best, doubt, stale, failed):
    """Of an output that is another run's: the figures that agree, and one sentence."""
    agreeing, departing = list(map(judged, best.agreeing)), best.departing
    if failed or (not departing and not output.is_own):
        return agreeing, None
    if not departing:
        return agreeing, _said(figures[0], '', 'the code before it prints no such numbers', bool(doubt))
    first = departing[0]
    why = f'its own code prints {first.own.text} here, and other numbers than these in {len(departing)} places of this output'
    if len(departing) == 1:
        why = f'its own code prints {first.own.text} here'
    if stale:
        return agreeing, _said(first.printed, first.own.text, 'stale: ' + why, False)
    why += f'; {doubt or "nothing is proved of them"}'
    return agreeing, _said(first.printed, '', why, True)


def _is_farther(departing, chosen, ran, elsewhere):
    """Whether shown numbers of which nothing is proved are far from what two machines print, that differ in their last digits.

    Sampled: where a program's rounding errors grow until they show, these two part too; and where they print the same, nothing is told.
    """
    other = elsewhere()
    here, there = (''.join(each[at].printed for at in chosen) for each in (ran, other))
    if [each.printed for each in ran] == [each.printed for each in other] or any(other[at].error for at in chosen):
        return False
    pairs = [
        (mine, its)
        for line, beside in zip(printed_lines(here), printed_lines(there))
        for mine, its in zip(numbers_of(line), numbers_of(beside))
    ]
    values = {(mine.line, mine.start): its.value for mine, its in pairs}
    for each in departing:
        value, its = each.own.value, values.get((each.own.line, each.own.start))
        if its is not None and abs(each.printed.value - value) > FARTHER * max(abs(its - value), each.near * abs(value)):
            return True
    return False


def _said(printed, expected, why, note):
    return Statement(printed.line, printed.column, 'output', printed.text, expected, why, note=note)


def _left_out(best, output, certain):
    """Of lines that its own code prints and an output leaves out without a word; else None.

    Of a text, which may show a part, those between two that it shows; that fails where all others are there.
    """
    if any(is_elision(line.text) for line in output.lines):
        return None  # of lines that are equal none says where it stood
    whole = certain and output.is_own
    found = best.left_out + (best.beyond if whole else [])
    whole = whole or (certain and not output.is_comment and [len(lines) for _, lines in best.left_out + best.beyond] == [1])
    if not found:
        return None
    beside, lines = found[0]
    more = f' ({lines[0].figures[0].text})' if len(lines) == 1 else f', the first with {lines[0].figures[0].text}'
    why = f'left out: beside this one its own code prints {len(lines)} line{"s" * (len(lines) > 1)} more{more}'
    return _said(beside.figures[0], '', why, not whole)


class _Matched(NamedTuple):
    """Pairs of shown and own numbers whose place is known; whether each line has its own; how many agree.

    ``left_out`` are own lines between two that are shown, with the shown one that follows; ``beyond`` those before all and behind.
    """

    pairs: list
    whole: bool
    score: tuple
    left_out: list
    beyond: list

    @property
    def departing(self):
        """The pairs that are two numbers."""
        return [each for each in self.pairs if each.verdict.verdict == verdicts.WRONG]

    @property
    def agreeing(self):
        """The others."""
        return [each for each in self.pairs if each.verdict.verdict != verdicts.WRONG]


def _beside(shown, choice, ran):
    """The shown lines beside what some cells printed."""
    text, rows, loose = '', {}, set()
    for at in choice:
        rows |= {len(text) + offset: row for offset, row in ran[at].rows.items()}
        loose |= {len(text) + offset for offset in ran[at].loose}
        text += ran[at].printed
    own = shown_lines(printed_lines(text))
    places = aligned(shown, own)
    good = [at is not None and close(line, own[at]) for line, at in zip(shown, places)]
    pairs, agreeing = [], 0
    whole = len(shown) == len(own) and places == list(range(len(own)))
    keys = {}
    for line in own:
        keys[line.key] = keys.get(line.key, 0) + 1
    for index, (line, at) in enumerate(zip(shown, places)):
        if at is None or len(line.figures) != len(own[at].figures) or loose & {each.line for each in own[at].figures}:
            continue
        follows = index > 0 and good[index - 1] and places[index - 1] == at - 1
        leads = index + 1 < len(shown) and good[index + 1] and places[index + 1] == at + 1
        alone = keys[own[at].key] == 1 and own[at].key == line.key
        if good[index] or whole or follows or leads or alone:
            pairs += [Beside(one, other, proved(other, rows), lost(other, rows)) for one, other in zip(line.figures, own[at].figures)]
            agreeing += len(line.figures) if good[index] else 0
    left_out = [
        (line, _telling(own[before + 1 : at], text))
        for line, before, at, leads, agrees in zip(shown[1:], places, places[1:], good, good[1:])
        if leads and agrees and not line.after_gap
    ]
    beyond = [(shown[0], _telling(own[: places[0]], text))] if good[:1] == [True] and not shown[0].after_gap else []
    beyond += [(shown[-1], _telling(own[places[-1] + 1 :], text))] if good[-1:] == [True] else []
    left_out, beyond = ([each for each in found if each[0].figures and each[1]] for found in (left_out, beyond))
    return _Matched(pairs, whole, (agreeing, whole), left_out, beyond)


def _telling(own, text):
    """The lines that have numbers and stay: what a carriage return overwrites, a notebook does not keep."""
    ends = [_END.search(text, line.figures[0].line) for line in own if line.figures]
    return [line for line, end in zip((line for line in own if line.figures), ends) if end is None or end[0] != '\r']
