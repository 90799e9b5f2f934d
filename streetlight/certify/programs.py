"""Prove every number that a listing prints which is a plain program: run it once on a tape, and prove it by that.

A listing whose output is that of several runs one after another, such as a training for each of seven rates, may be proved run
by run: ``book.toml`` names the runs' parameters (``[parts]``), and what they print, joined, has to be what the listing prints.
`streetlight.certify.parts` proves parts side by side and keeps each, so that a long proof goes on where it was ended.
"""

import ast
import math
from collections import Counter
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.certify.digits import first_open, guaranteed_digits, possible_texts, tokens
from streetlight.certify.proofs import DIGITS, prove
from streetlight.certify.record import BOUND, ERAS, EVERY, FIXED, NONE, SAMPLED, Record
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.record.eras import part_text
from streetlight.record.trace import Shown, Step, address, trace_of
from streetlight.shadow.emulated import Machine, emulate

MOST = 10000  # evaluations to run side by side


class ProgramError(Exception):
    """A listing that cannot be certified so; the message says why."""


class Number(NamedTuple):
    """A number, or an array of them, that a run prints.

    Attributes
    ----------
    start : int
        Where in the output it starts.
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

    start: int
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
    run = run_listing(listing, parameters or {}, named=False)
    text = run.outputs[-1].text
    renderings = [(start, rendering) for start, _, rendering, _ in getattr(text, 'spans', ())]
    found = prove(run.session.tape, [(rendering.position, rendering.nodes) for _, rendering in renderings], samples, most=MOST)
    return str.__str__(text), [
        Number(start, np.asarray(rendering.value), each.low, each.high, each.proof, each.reason or rendering.reason, each.values,
               each.exact)
        for (start, rendering), each in zip(renderings, found)
    ]


def run_listing(listing, parameters, named):
    """A run of a listing on a tape, with the values that sums from left to right have, on whatever machine; or its own, if it is long."""
    with open(listing.path, encoding='utf-8') as file:
        source = file.read()
    arguments = ', '.join(f'{name}={value!r}' for name, value in parameters.items())
    cells = [Cell(without_main(source)), Cell(f'{listing.function}({arguments})')]
    run = run_cells(cells, listing.path, named=named, package=True)
    if run.failed:
        raise ProgramError(f"the listing '{listing.id}' ended with\n{run.failed}")
    if not listing.printed_alone:
        tape = run.session.tape
        tape.values[:] = emulate(tape, Machine(left_to_right)).values
    return run


@lru_cache(maxsize=None)
def proofs_of(listing):
    """What is proved of each value that a listing names or prints.

    Returns
    -------
    dict of str to streetlight.certify.proofs.Proof
        By its address in a trace; without plain integers.
    """
    run, here, plain = run_listing(listing, {}, named=True), trace_of(listing), trace_of(listing, EmulatedArithmetic(left_to_right))
    tape, seen, last, queries = run.session.tape, Counter(), {}, {}
    for position, where, name, nodes in tape.names:
        again = seen[where, name]
        seen[where, name] += 1
        queries[address(Step((*where, ('again', again)) if again else where, name, None))] = position, nodes
        last.update({(where[:depth], name): (position, nodes) for depth in range(len(where))})
    for step in plain.steps:  # a sum, when its loop is over
        if address(step) not in queries and step[:2] in last and tape.values[last[step[:2]][1]] == step.value:
            queries[address(step)] = last[step[:2]]
    steps = {start: here.steps[part.step] for _, start, part in shown(here)}
    for start, _, rendering, _ in getattr(run.outputs[-1].text, 'spans', ()):
        queries[address(steps[start])] = rendering.position, rendering.nodes
    return dict(zip(queries, prove(tape, list(queries.values()), most=MOST)))


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
        found += [number._replace(start=number.start + len(text)) for number in of_part]
        text += part
    return text, found


def records(listing, here, found, classes, plain=None):
    """The records of all numbers that a listing prints.

    Parameters
    ----------
    listing : streetlight.book.Listing
    here : streetlight.record.trace.Trace
        Of the machine on which they were proved.
    found : list of Number
        Of the whole listing, on that machine.
    classes : dict of str to list of ndarray
        What each numeric class has at each step.
    plain : list of ndarray, optional
        The same of the evaluation whose characters are ``printed``; of the run here, if not given.

    Returns
    -------
    list of Record
        A constant of Python's own, such as a rate that is printed, has none.

    Raises
    ------
    ProgramError
        If another machine proved them.
    """
    todo, rows = list(found), []
    plain = plain or [step.value for step in here.steps]
    for line, start, part in shown(here):
        if todo and todo[0].start == start:
            number = todo.pop(0)
            if not np.array_equal(number.value, part.value):
                raise ProgramError(f"the listing '{listing.id}' was proved on another machine than this")
        elif type(part.value) is float:
            continue
        else:  # one number in all evaluations
            value = np.asarray(part.value)
            number = Number(start, value, value, value, FIXED, '', value[None])
        step = here.steps[part.step]
        where = ' '.join('%s=%s' % pair for pair in step.where)
        told = {name: values[part.step] for name, values in classes.items()}
        for element, fields in enumerate(_fields(number, plain[part.step], told, part.echo)):
            place = element if np.ndim(part.value) else None
            rows.append(Record(listing.id, line, where, step.name, place, part.echo, **fields))
    if todo:
        raise ProgramError(f"the listing '{listing.id}' prints a number at character {todo[0].start} that its run here lacks")
    return rows


def shown(trace):
    """The values that a trace prints: an iterator of the line's index, where in the output it starts, and the `Shown`."""
    start = 0
    for index, line in enumerate(trace.lines):
        for part in line:
            if isinstance(part, Shown):
                yield index, start, part
            start += len(part_text(part))
        start += 1


def _fields(number, plain, classes, echo):
    """What a record says of each element."""
    every = number.proof in (EVERY, FIXED)
    evaluations = number.values if every or number.proof == SAMPLED else [number.low, number.high]
    texts, of_classes, listed = ({era: read(era) for era in ERAS} for read in (
        lambda era: tokens(np.asarray(plain)[()], era, echo),
        lambda era: {name: tokens(np.asarray(value)[()], era, echo) for name, value in classes.items()},
        lambda era: [tokens(np.reshape(each, number.value.shape)[()], era, echo) for each in evaluations]))
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
        whole = number.value.dtype.kind != 'f'
        exact = str(own) if whole else number.exact and number.exact[element]
        column = np.unique(number.values.reshape(len(number.values), -1)[:, element]).tolist() if every and not whole else None
        if not every:
            possible = {era: possible_texts(possible[era], era, np.asarray(plain)[()], low, high) for era in ERAS}
        yield {**fields, 'proof': FIXED if whole else EVERY if every else BOUND, 'exact': exact, 'low': low, 'high': high,
               'radius': radius(exact, own, low, high), 'guaranteed_digits': guaranteed_digits(low, high),
               'variants': {era: sorted(possible[era]) if possible[era] and (every or len(possible[era]) == 1) else None for era in ERAS},
               'open': {era: first_open(printed[era], possible[era], low, high) for era in ERAS}, 'possible': column}


def radius(exact, own, low, high):
    """How far from the exact value, or from the machine's own where that is not known, an evaluation may be."""
    if low == high and exact is None:
        return 0.0
    with localcontext(prec=DIGITS):  # as the exact value is told
        distance = max(abs(+Decimal(end) - Decimal(own if exact is None else exact)) for end in (low, high))
        slack = max(abs(Decimal(end)) for end in (low, high)).scaleb(1 - DIGITS)
    return math.nextafter(float(distance + slack), math.inf) if distance else 0.0


def _grouped(by_class):
    found = {}
    for name, value in by_class.items():
        found.setdefault(value, []).append(name)
    return found
