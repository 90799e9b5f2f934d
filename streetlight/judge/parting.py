"""Where two machines' runs of one program part: the named value, the pass, the operation, the cause, and the growth from there."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import AccumulationError, partial_sums
from streetlight.judge.divergence import Operation
from streetlight.judge.emulation import as_recorded, emulated
from streetlight.judge.verdict import first_divergence, same_bits, ulps_between
from streetlight.record.accumulation import layout_of
from streetlight.record.notes import CHUNK
from streetlight.record.trace import address


class Unlike(Exception):
    """Two recordings that cannot be compared; the message says why."""


class Parted(NamedTuple):
    """How two recordings of a program part.

    Attributes
    ----------
    divergence : Divergence or None
        The first named value that differs; None where it is not among those that both kept.
    somewhere : tuple of (str, str, int) or None
        Where it is not: after which address and up to which other the values differ, and from which number on to record.
    operation : Operation or None
        The inner product, square or function whose operands are equal in both and whose result is not, the last before the difference.
    kind : str
        What the operation is called: ``dot``, ``pow`` or the function.
    causes : list of str
    unexplained : str
        Why the operation is not told; empty where it is.
    growth : list of (str, int)
        The distance in ulps of each value that became text.
    """

    divergence: object
    somewhere: tuple | None
    operation: Operation | None
    kind: str
    causes: list
    unexplained: str
    growth: list


def part(first, second, path=None):
    """How two recordings of a program part.

    Parameters
    ----------
    first, second : streetlight.judge.programfile.ProgramRecording
    path : str or Path, optional
        The program itself, which is run again on both machines' arithmetic to find the operation.

    Returns
    -------
    Parted or None
        None where all that both named is equal to the bit.

    Raises
    ------
    Unlike
    """
    if first.sha256 != second.sha256:
        raise Unlike(f"'{first.name}' and '{second.name}' are of different programs")
    if path is not None and hashlib.sha256(Path(path).read_bytes()).hexdigest() != first.sha256:
        raise Unlike(f"'{path}' is not the program that was recorded: it has another digest")
    divergence = first_kept(first, second)
    somewhere = None if divergence else digested(first, second)
    if divergence is None and somewhere is None:
        return None
    operation, kind, found, reason = None, '', [], ''
    if divergence is None:
        reason = 'the values were not kept there'
    elif path is None:
        reason = f'the program itself is needed: --program {first.file}'
    else:
        operation, kind, found, reason = explained(first, second, divergence, path)
    return Parted(divergence, somewhere, operation, kind, found, reason, growth(first, second))


def first_kept(first, second):
    """The first difference among the values that both kept."""
    start, ends = max(first.start, second.start), [each.start + len(each.steps) for each in (first, second)]
    one, other = (each.steps[start - each.start : min(ends) - each.start] for each in (first, second))
    try:
        return first_divergence(first.file, one, other)
    except ValueError as error:
        raise Unlike(f'the two runs go different ways: {error}') from None


def digested(first, second):
    """Between which values the digests part, and from which one on to record."""
    before = 'the start'
    for number, (one, other) in enumerate(zip(first.digests, second.digests)):
        if one[0] != other[0]:
            raise Unlike(f'the two runs go different ways: {one[0]} against {other[0]}')
        if one[1] != other[1]:
            return before, one[0], number * CHUNK
        before = one[0]
    if first.count == second.count:
        return None if first.printed == second.printed or first.era != second.era else (before, 'the end', len(first.digests) * CHUNK)
    raise Unlike(f'one names {first.count} values, the other {second.count}')


def explained(first, second, divergence, path):
    """The operation in which two runs part, and the causes that are proved by exchanging them one by one."""
    stop = max(first.start, second.start) + divergence.number
    try:
        runs = [emulated(path, recording, stop) for recording in (first, second)]
    except AccumulationError as error:
        return None, '', [], str(error)
    for run, recording in zip(runs, (first, second)):
        if not as_recorded(run, recording, stop):
            return None, '', [], f"what '{recording.name}' tells of its machine does not predict its values"
    # the last one: an earlier difference may have been rounded away before it reached a name
    number, pair = next(
        ((number, pair) for number, pair in reversed(list(enumerate(zip(*(run.heard for run in runs))))) if parts_here(*pair)), (0, None)
    )
    if pair is None:
        return None, '', [], 'no product, square or function that was seen differs before it'
    operation = operation_of(number, *pair, first, second)
    return operation, pair[0][0], causes(first, second, path, stop, divergence), ''


def parts_here(one, other):
    """Whether two machines make different results of equal operands."""
    return one[0] == other[0] and all(same_bits(a, b) for a, b in zip(one[1:3], other[1:3])) and not same_bits(one[3], other[3])


def operation_of(number, one, other, first, second):
    """The element of an operation in which two machines part."""
    kind, a, b, result = one
    flat = zip(np.ravel(result), np.ravel(other[3]))
    element = next(index for index, (x, y) in enumerate(flat) if not same_bits(x, y))
    results = float(np.ravel(result)[element]), float(np.ravel(other[3])[element])
    if kind != 'dot':
        return Operation(number, tuple([float(np.ravel(each)[element])] for each in (a, b)), results, ('', ''), ([], []))
    at = np.unravel_index(element, np.shape(result))
    row = a[at[0]] if a.ndim == 2 else a
    column = b[:, at[-1]] if b.ndim == 2 else b
    known = [recording.accumulations[layout_of(a, b)] for recording in (first, second)]
    notations = tuple(each[element % len(each)] for each in known)
    plain = not any(notation.endswith(':extended') for notation in notations)
    partial = tuple(partial_sums(row, column, notation) for notation in notations) if plain else ([], [])
    return Operation(number, (np.asarray(row, float).tolist(), np.asarray(column, float).tolist()), results, notations, partial)


def causes(first, second, path, stop, divergence):
    """What alone, taken from the second machine, makes the first part at the same element with the same two values."""
    exchanges = []
    for shape, notations in sorted(first.accumulations.items()):
        others = second.accumulations.get(shape, ['nothing'])
        if others != notations:
            exchanges.append(
                (
                    f'the dot of {shape} adds {counted(notations)} in one, {counted(others)} in the other',
                    {'accumulations': {**first.accumulations, shape: others}},
                )
            )
    if first.squares != second.squares:
        libraries = [recording.environment.get('libc') for recording in (first, second)]
        exchanges.append((f'the C library squares otherwise ({libraries[0]}, {libraries[1]})', {'squares': second.squares}))
    for name in sorted(set(first.functions) & set(second.functions)):
        known = [function_class(recording, name) for recording in (first, second)]
        table = {**first.functions[name], **second.functions[name]}
        exchanges.append((f'{name} is computed otherwise ({known[0]}, {known[1]})', {'functions': {**first.functions, name: table}}))
    found = []
    for reason, exchange in exchanges:
        try:
            run = emulated(path, first._replace(**exchange), stop)
            parted = first_divergence(first.file, first.steps[: len(run.steps)], run.steps)
        except Exception:  # as the program itself may with one machine's order and the other's function
            continue
        if parted and (parted.step, parted.element, parted.values) == (divergence.step, divergence.element, divergence.values):
            found.append(reason)
    return found


def counted(notations):
    """A product's accumulations, each with how many elements have it where they are several."""
    counts = Counter(notations)
    if len(counts) == 1:
        return notations[0]
    return ', '.join(f'{notation} ({count} of {len(notations)} elements)' for notation, count in counts.most_common())


def function_class(recording, name):
    """Which of the known classes a machine's function is of, as its recording tells."""
    if name.startswith('math.'):
        return str(recording.environment.get('libc'))
    classes = recording.environment.get('functions')
    return str(classes.get(name, 'of no known class')) if isinstance(classes, dict) else 'of no known class'


def growth(first, second):
    """The distance in ulps of each value that became text, with its address."""
    found = []
    for one, other in zip(first.shown, second.shown):
        if np.shape(one.value) == np.shape(other.value) and address(one) == address(other):
            pairs = zip(np.ravel(one.value), np.ravel(other.value))
            found.append((address(one).strip() or 'a value', max(ulps_between(a, b) or 0 for a, b in pairs)))
    return found
