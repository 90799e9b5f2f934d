"""Prove every number that a listing prints which is a plain program: run it once on a tape, and prove it by that.

A listing whose output is that of several runs one after another, such as a training for each of seven rates, may be proved run
by run: ``book.toml`` names the runs' parameters (``[parts]``), and what they print, joined, has to be what the listing prints.
`streetlight.certify.parts` proves parts side by side and keeps each, so that a long proof goes on where it was ended.
"""

import ast
from typing import NamedTuple

import numpy as np

from streetlight.certify.digits import first_open, guaranteed_digits, possible_texts, tokens
from streetlight.certify.proofs import prove
from streetlight.certify.record import BOUND, ERAS, EVERY, NONE, SAMPLED, Record
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
        As in `streetlight.certify.proofs.Proof`.
    values : ndarray or None
        Of every evaluation, or of samples, in the first axis.
    exact : list of str or None
        In real arithmetic, in C order.
    """

    line: int
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    proof: str
    reason: str
    values: np.ndarray | None = None
    exact: list | None = None


def numbers(listing, parameters=None, samples=0):
    """What a run of a listing prints, proved.

    Parameters
    ----------
    listing : streetlight.book.Listing
    parameters : dict, optional
        Keyword parameters of its function.
    samples : int, optional
        How many evaluations to draw where nothing is proved.

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
    found = prove(run.session.tape, [(rendering.position, rendering.nodes) for _, rendering in renderings], samples)
    return str.__str__(text), [
        Number(line, np.asarray(rendering.value), each.low, each.high, each.proof, each.reason or rendering.reason, each.values,
               each.exact)
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


def records(listing, here, found, classes):
    """The records of all numbers that a plain listing prints.

    Parameters
    ----------
    listing : streetlight.book.Listing
    here : streetlight.record.trace.Trace
        Of the machine on which they were proved.
    found : list of Number
        Of the whole listing, on that machine.
    classes : dict of str to list of ndarray
        What each numeric class has at each step.

    Returns
    -------
    list of Record
        A constant, such as a rate that is printed, has none.

    Raises
    ------
    ProgramError
        If another machine proved them.
    """
    todo, rows = list(found), []
    for index, step in enumerate(here.steps):
        line = int(dict(step.where)['line'])
        if not todo or todo[0].line != line or np.shape(todo[0].value) != np.shape(step.value):
            continue  # a constant
        number = todo.pop(0)
        if not np.array_equal(number.value, step.value):
            raise ProgramError(f"the listing '{listing.id}' was proved on another machine than this")
        told = {name: values[index] for name, values in classes.items()}
        where = ' '.join('%s=%s' % pair for pair in step.where)
        for element, fields in enumerate(_fields(number, told)):
            place = element if np.ndim(step.value) else None
            rows.append(Record(listing.id, line - 1, where, step.name, place, False, **fields))
    if todo:
        raise ProgramError(f"line {todo[0].line} of the listing '{listing.id}' prints a number that its recording lacks")
    return rows


def _fields(number, classes):
    """What a record says of each element."""
    evaluations = number.values if number.proof in (EVERY, SAMPLED) else [number.low, number.high]
    texts, of_classes, listed = ({era: read(era) for era in ERAS} for read in (
        lambda era: tokens(number.value[()], era, False),
        lambda era: {name: tokens(value[()], era, False) for name, value in classes.items()},
        lambda era: [tokens(np.reshape(each, number.value.shape)[()], era, False) for each in evaluations]))
    for element, own in enumerate(np.ravel(number.value).tolist()):
        printed = {era: texts[era][element] for era in ERAS}
        fields = {'printed': printed,
                  'values': _grouped({name: repr(np.ravel(each)[element].item()) for name, each in classes.items()}),
                  'prints': {era: _grouped({name: each[element] for name, each in of_classes[era].items()}) for era in ERAS}}
        low, high = (float(np.ravel(end)[element]) for end in (number.low, number.high))
        possible = {era: {each[element] for each in listed[era]} for era in ERAS} if np.isfinite([low, high]).all() else None
        if number.proof in (NONE, SAMPLED) or possible is None:
            sampled = number.proof == SAMPLED and possible
            yield {**fields, 'proof': NONE, 'exact': None, 'low': None, 'high': None, 'radius': None, 'guaranteed_digits': 0,
                   'variants': {era: sorted(possible[era] | {printed[era]})[:2] if sampled else None for era in ERAS},
                   'open': {era: [0, ''] for era in ERAS}}
            continue
        exact = number.exact and number.exact[element]
        column = np.unique(number.values.reshape(len(number.values), -1)[:, element]).tolist() if number.proof == EVERY else None
        if column is None:
            possible = {era: possible_texts(possible[era], era, number.value[()], low, high) for era in ERAS}
        yield {**fields, 'proof': EVERY if column else BOUND, 'exact': exact, 'low': low, 'high': high,
               'radius': max(high - own, own - low), 'guaranteed_digits': guaranteed_digits(low, high),
               'variants': {era: sorted(possible[era]) if possible[era] and (column or len(possible[era]) == 1) else None for era in ERAS},
               'open': {era: first_open(printed[era], possible[era], low, high) for era in ERAS}, 'possible': column}


def _grouped(by_class):
    found = {}
    for name, value in by_class.items():
        found.setdefault(value, []).append(name)
    return found
