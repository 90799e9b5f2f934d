"""Enclose every number that a listing prints which is a plain program: run it once on a tape, and sweep back through that.

A listing whose output is that of several runs one after another, such as a training for each of seven rates, may be enclosed run
by run: ``book.toml`` names the runs' parameters (``[parts]``), and what they print, joined, has to be what the listing prints.
"""

import ast
from typing import NamedTuple

import numpy as np

from streetlight.certify.digits import first_open, guaranteed_digits, possible_texts, tokens
from streetlight.certify.enclosures import enclose
from streetlight.certify.record import BOUND, ERAS, NONE, Record
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell


class ProgramError(Exception):
    """A listing that cannot be certified so; the message says why."""


class Number(NamedTuple):
    """A number, or an array of them, that a run prints.

    Attributes
    ----------
    line : int
        The line of the output in which it starts, from 1.
    value : ndarray
        The machine's own.
    low, high : ndarray
        Every conforming evaluation lies between; infinite where nothing is proved.
    proof, reason : str
        As in `streetlight.certify.enclosures.Enclosure`.
    """

    line: int
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    proof: str
    reason: str


def numbers(listing, parameters=None):
    """What a run of a listing prints, enclosed.

    Parameters
    ----------
    listing : streetlight.book.Listing
    parameters : dict, optional
        Keyword parameters of its function.

    Returns
    -------
    text : str
        All that it prints.
    numbers : list of Number

    Raises
    ------
    ProgramError
        If it does not come to its end.
    """
    with open(listing.path, encoding='utf-8') as file:
        source = file.read()
    arguments = ', '.join(f'{name}={value!r}' for name, value in (parameters or {}).items())
    cells = [Cell(without_main(source)), Cell(f'{listing.function}({arguments})')]
    run = run_cells(cells, listing.path, named=False)
    if run.failed:
        raise ProgramError(f"the listing '{listing.id}' ended with\n{run.failed}")
    text = run.outputs[-1].text
    renderings = [(str.__str__(text).count('\n', 0, start) + 1, rendering) for start, _, rendering, _ in getattr(text, 'spans', ())]
    found = enclose(run.session.tape, [(rendering.position, rendering.nodes) for _, rendering in renderings])
    return str.__str__(text), [
        Number(line, np.asarray(rendering.value), each.low, each.high, each.proof, each.reason or rendering.reason)
        for (line, rendering), each in zip(renderings, found)
    ]


def without_main(source):
    """A module's text without what only a script runs: its ``if __name__ == '__main__'``."""
    lines = source.split('\n')
    for node in ast.parse(source).body:
        if isinstance(node, ast.If) and any(isinstance(each, ast.Name) and each.id == '__name__' for each in ast.walk(node.test)):
            lines[node.lineno - 1 : node.end_lineno] = [''] * (node.end_lineno - node.lineno + 1)
    return '\n'.join(lines)


def joined(listing, parts):
    """What the parts of a listing print, as one.

    Parameters
    ----------
    listing : streetlight.book.Listing
    parts : list of (str, list of Number)
        As `numbers` gives them, in order.

    Returns
    -------
    text : str
    numbers : list of Number
    """
    text, found = '', []
    for part, of_part in parts:
        found += [number._replace(line=number.line + text.count('\n')) for number in of_part]
        text += part
    return text, found


def records(listing, plain, found, classes):
    """The records of all numbers that a plain listing prints.

    Parameters
    ----------
    listing : streetlight.book.Listing
    plain : streetlight.record.trace.Trace
        Of the machine on which it was enclosed.
    found : list of Number
        Of the whole listing, on that machine.
    classes : dict of str to list of Step
        What each numeric class has.

    Returns
    -------
    list of Record
        A constant, such as a rate that is printed, has none.
    """
    by_line = {number.line: number for number in found}
    rows = []
    for index, step in enumerate(plain.steps):
        number = by_line.get(int(step.where[0][1]))
        if number is None:
            continue
        if not np.array_equal(np.ravel(step.value), np.ravel(number.value)):
            raise ProgramError(f"the listing '{listing.id}' was enclosed on another machine than this")
        told = {name: np.asarray(steps[index].value)[()] for name, steps in classes.items()}
        where = ' '.join('%s=%s' % pair for pair in step.where)
        for element, fields in enumerate(_fields(number, step.value, told)):
            place = element if np.ndim(step.value) else None
            rows.append(Record(listing.id, number.line - 1, where, step.name, place, False, **fields))
    return rows


def _fields(number, value, told):
    """What a record says of each element."""
    ends = [np.reshape(end, np.shape(value))[()] for end in (number.low, number.high)]
    texts = {era: tokens(value, era, False) for era in ERAS}
    of_ends = {era: [tokens(end, era, False) for end in ends] for era in ERAS} if number.proof != NONE else None
    of_classes = {era: {name: tokens(each, era, False) for name, each in told.items()} for era in ERAS}
    for element, own in enumerate(np.ravel(value).tolist()):
        printed = {era: texts[era][element] for era in ERAS}
        fields = {'printed': printed, 'exact': None, 'possible': None,
                  'values': _grouped({name: repr(np.ravel(each)[element].item()) for name, each in told.items()}),
                  'prints': {era: _grouped({name: each[element] for name, each in of_classes[era].items()}) for era in ERAS}}
        low, high = (float(np.ravel(end)[element]) for end in ends)
        if number.proof == NONE or not np.isfinite([low, high]).all():
            yield {**fields, 'proof': NONE, 'low': None, 'high': None, 'radius': None, 'guaranteed_digits': 0,
                   'variants': dict.fromkeys(ERAS), 'open': {era: [0, ''] for era in ERAS}}
            continue
        variants, openings = {}, {}
        for era in ERAS:
            possible = possible_texts({end[element] for end in of_ends[era]}, era, value, low, high)
            openings[era] = first_open(printed[era], possible, low, high)
            variants[era] = sorted(possible) if possible and len(possible) == 1 else None
        yield {**fields, 'proof': BOUND, 'low': low, 'high': high, 'radius': max(high - own, own - low),
               'guaranteed_digits': guaranteed_digits(low, high), 'variants': variants, 'open': openings}


def _grouped(by_class):
    found = {}
    for name, value in by_class.items():
        found.setdefault(value, []).append(name)
    return found
