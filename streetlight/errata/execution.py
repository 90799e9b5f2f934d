"""Run a manuscript's own program behind the kernel's boundary: once certified, once plain, so that what no seed fixes shows."""

import json
from bisect import bisect_right
from typing import NamedTuple

from streetlight.boundary import run
from streetlight.boundary.process import SECONDS

MEMORY = 4 * 2**30  # of the certified run, which keeps every operation
# by which NumPy and its OpenBLAS compute as on another machine, where they can: what then differs shows how far machines part
ELSEWHERE = {'OPENBLAS_CORETYPE': 'Prescott', 'NPY_DISABLE_CPU_FEATURES': 'AVX2 FMA3 AVX512F AVX512_SKX AVX512_ICL AVX512_SPR'}


class Ran(NamedTuple):
    """What a cell printed, and the error that ended it (empty if none did)."""

    printed: str
    error: str


class Certified(NamedTuple):
    """A cell's run: its text, what is certified of its numbers by their offset in it, its error.

    ``loose`` are the lines, by where they begin, that another run printed otherwise, as a time; where these are most of them, or
    it printed more or less, it is not ``fixed``: its program has no seed.
    """

    printed: str
    rows: dict
    error: str
    fixed: bool
    loose: frozenset = frozenset()


def run_cells(cells, seconds=SECONDS, unprotected=False, variables=None):
    """Run cells one after the other in one namespace, plain.

    Parameters
    ----------
    cells : list of streetlight.programs.source.Cell
    seconds : float
        For all of them together.
    unprotected : bool
        Without the boundary, with all rights of the user.
    variables : dict, optional
        Of the environment, set before anything is imported.

    Returns
    -------
    list of Ran
        One for each; those that were not reached have an error that says why.

    Raises
    ------
    streetlight.boundary.BoundaryError
        Where no boundary can be drawn.
    """
    payloads = [json.dumps({**cell._asdict(), 'variables': variables or {}}).encode() for cell in cells]
    ended = run('streetlight.errata.cells', *payloads, seconds=seconds, unprotected=unprotected)
    ran = [Ran(_text(answer.stdout), _text(answer.result)) for answer in ended.answers]
    if len(ran) < len(cells):
        ran.append(Ran(_text(ended.stdout), f'the run was ended: {ended.reason}'))
    return ran + [Ran('', 'the run ended before this cell')] * (len(cells) - len(ran))


def _text(data):
    return data.decode(errors='replace')


def certified_cells(cells, seconds=SECONDS, unprotected=False):
    """Run cells certified, and plain beside it: a list of `Certified`, one for each.

    What is certified is that of the plain run's characters; where the certified run comes to no end, or prints others, the plain
    one speaks alone, and nothing is certified.
    """
    plain = run_cells(cells, seconds, unprotected)
    if not any(any(map(str.isdigit, each.printed)) for each in plain):
        return [Certified(each.printed, {}, each.error, True) for each in plain]
    certified = _certified(cells, seconds, unprotected)
    certified += [('', {})] * (len(plain) - len(certified))
    again = [text for text, _ in certified]
    if again != [each.printed for each in plain]:
        again = [each.printed for each in run_cells(cells, seconds, unprotected)]
    return [_beside(each, other, *watched) for each, other, watched in zip(plain, again, certified)]


def _beside(plain, again, watched, rows):
    """The `Certified` of a plain run, another one's text, and the text and rows of the certified one."""
    lines, starts = plain.printed.split('\n'), _starts(plain.printed)
    others = again.split('\n')
    loose = frozenset(start for start, line, other in zip(starts, lines, others) if line != other)
    telling = sum(any(map(str.isdigit, line)) for line in lines)
    fixed = len(lines) == len(others) and (not loose or 2 * len(loose) < telling)
    kept, begins, certified = {}, _starts(watched), watched.split('\n')
    for at, row in rows.items():
        index = bisect_right(begins, at) - 1
        if index < len(lines) and lines[index] == certified[index]:
            kept[starts[index] + at - begins[index]] = row
    return Certified(plain.printed, kept, plain.error, fixed, loose)


def _certified(cells, seconds, unprotected):
    """Of each cell that ran certified its text and its rows by offset."""
    numbered = [cell._replace(number=number, may_fail=True)._asdict() for number, cell in enumerate(cells)]
    payload = json.dumps({'path': 'manuscript', 'cells': numbered}).encode()
    ended = run('streetlight.certify.behind', payload, seconds=seconds, memory=MEMORY, unprotected=unprotected)
    result = json.loads(ended.answers[0].result) if ended.answers else {}
    found = [(output['text'], {}) for output in result.get('outputs', ())]
    starts = [_starts(text) for text, _ in found]
    for row in result.get('rows', ()):
        found[row['cell']][1][starts[row['cell']][row['line'] - 1] + row['column'] - 1] = row
    return found


def _starts(text):
    starts = [0]
    for line in text.split('\n'):
        starts.append(starts[-1] + len(line) + 1)
    return starts
