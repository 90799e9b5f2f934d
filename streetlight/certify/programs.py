"""Prove every number that a listing prints: run it once on a tape, and prove it by that.

A listing whose output is that of several runs one after another, such as a training for each of
seven rates, may be proved run by run: ``book.toml`` names the runs' parameters (``[parts]``), and
what they print, joined, has to be what the listing prints.  `streetlight.certify.parts` proves
parts side by side and keeps each, so that a long proof goes on where it was ended.
"""

import ast
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.certify.proofs import draw, prove
from streetlight.certify.record import BOUND, NONE
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.record.eras import shown
from streetlight.record.trace import Step, address, trace_of
from streetlight.shadow.emulated import Machine, emulate

MOST = 10000  # evaluations to run side by side
ANYTHING = 100  # so many times its size, at least 1, on either side of zero, and an enclosure says nothing of a number


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


def numbers(listing, parameters=None):
    """What a run of a listing prints, proved.

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
    tape, text, renderings = printed_numbers(listing, parameters)
    found = prove(tape, [(rendering.position, rendering.nodes) for _, rendering in renderings], most=MOST)
    return text, [number_of(start, rendering, each) for (start, rendering), each in zip(renderings, found)]


def number_of(start, rendering, proof):
    """A printed number with what is proved of it; that each of its elements may be nearly anything, of either sign, is no proof."""
    number = Number(
        start, np.asarray(rendering.value), proof.low, proof.high, proof.proof, proof.reason or rendering.reason, proof.values, proof.exact
    )
    size = np.maximum(np.abs(number.value), 1.0)
    if number.proof == BOUND and (np.minimum(-number.low, number.high) > ANYTHING * size).all():
        return number._replace(proof=NONE, reason=number.reason or 'it may be nearly anything')
    return number


def with_samples(listing, parameters, found, samples):
    """The same as `numbers`, where of those found nothing is proved with what so many samples say."""
    tape, text, renderings = printed_numbers(listing, parameters)
    rest = [index for index, number in enumerate(found) if number.proof == NONE]
    drawn = draw(tape, [(renderings[index][1].position, renderings[index][1].nodes) for index in rest], samples)
    said = {index: each._asdict() for index, each in zip(rest, drawn) if each is not None}
    return text, [number._replace(**said.get(index, {})) for index, number in enumerate(found)]


def printed_numbers(listing, parameters):
    """A run's tape, what it prints, and the numbers in that: pairs of where each starts and its rendering."""
    run = run_listing(listing, parameters or {}, named=False)
    text = run.outputs[-1].text
    return run.session.tape, str.__str__(text), [(start, rendering) for start, _, rendering, _ in getattr(text, 'spans', ())]


def run_listing(listing, parameters, named):
    """A run of a listing on a tape; with the values of sums from left to right, on any machine.

    A listing whose trace is what it prints alone has this machine's values.
    """
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
    run, here, plain = (run_listing(listing, {}, named=True), trace_of(listing), trace_of(listing, EmulatedArithmetic(left_to_right)))
    tape, seen, last, queries = run.session.tape, Counter(), {}, {}
    for position, where, name, nodes in tape.names:
        again = seen[where, name]
        seen[where, name] += 1
        queries[address(Step((*where, ('again', again)) if again else where, name, None))] = (position, nodes)
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
