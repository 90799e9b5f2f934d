"""Where two machines part, in words: for the terminal and for the page."""

import json
import os

from streetlight.boundary import run
from streetlight.judge.parting import Unlike, part
from streetlight.judge.programfile import read_program
from streetlight.judge.tracefile import TraceFileError
from streetlight.report.machines import foot, head

MEMORY = 4 * 2**30


class PartingError(Exception):
    """Two recordings that cannot be read or compared; the message says why."""


def parting_of(first, second, program=None, seconds=60.0, unprotected=False):
    """How two recordings of a program part.

    Parameters
    ----------
    first, second : str
        What ``record PROGRAM -o FILE`` wrote.
    program : str, optional
        The program itself, which is run again behind the boundary to find the operation.
    seconds : float
        How long that may take.
    unprotected : bool
        Without the boundary.

    Returns
    -------
    row : dict
        ``program``, ``equal``, and where it is false the fields of `streetlight.judge.parting.Parted`.
    lines : list of str

    Raises
    ------
    PartingError, streetlight.boundary.BoundaryError
    """
    paths = [os.path.abspath(each) for each in (first, second)]
    asked = {'paths': paths, 'names': [first, second], 'program': program and os.path.abspath(program)}
    if program is None:
        found = _found(**asked)
    else:
        for path in (*paths, asked['program']):
            if not os.path.isfile(path):
                raise PartingError(f"cannot read '{path}': no such file")
        folder = os.path.dirname(asked['program'])
        ended = run(
            'streetlight.report.parting',
            json.dumps(asked).encode(),
            seconds=seconds,
            memory=MEMORY,
            readable=(folder, *paths),
            chdir=folder,
            unprotected=unprotected,
        )
        if not ended.answers:
            raise PartingError(f"'{program}' could not be run again: {ended.reason or 'its process ended'}")
        found = json.loads(ended.answers[0].result)
    if 'error' in found:
        raise PartingError(found['error'])
    return found['row'], found['lines']


def answer(payload):
    """The same behind the boundary: JSON in and out."""
    return json.dumps(_found(**json.loads(payload))).encode()


def _found(paths, names, program):
    try:
        first, second = (read_program(path)._replace(name=name) for path, name in zip(paths, names))
        parted = part(first, second, program)
    except (TraceFileError, Unlike) as error:
        return {'error': str(error)}
    except OSError as error:
        return {'error': f"cannot read '{error.filename}': {error.strerror}"}
    row = {'program': first.file, 'equal': parted is None}
    if parted is None:
        return {'row': row, 'lines': [f'{first.file}: equal to the bit']}
    row.update(
        parted._asdict(),
        divergence=parted.divergence and parted.divergence._asdict(),
        operation=parted.operation and parted.operation._asdict(),
    )
    lines = [*head(first.environment, second.environment, names), *_lines(first, parted), *foot(first.environment, second.environment)]
    return {'row': row, 'lines': lines}


def _lines(first, parted):
    if parted.divergence:
        yield str(parted.divergence)
    else:
        before, until, number = parted.somewhere
        yield (
            f'{first.file}: the first difference comes after {before} and not after {until}; '
            f'`record --from {number}` on both machines keeps the values there'
        )
    for cause in parted.causes:
        yield f'    because {cause}'
    if parted.operation:
        yield told_operation(parted.operation, parted.kind)
    if parted.unexplained:
        yield f'    the operation is not told: {parted.unexplained}'
    elif not parted.causes:
        yield '    no single accumulation, square or function explains it'
    yield told_growth(parted.growth)


def told_growth(growth):
    """How far apart the printed values are, on their way."""
    moved = [(place, ulps) for place, ulps in growth if ulps]
    if not moved:
        return '    no printed value differs'
    worst = max(moved, key=lambda pair: pair[1])
    return (
        f'    {len(moved)} of {len(growth)} printed values differ: first {moved[0][0]} by {moved[0][1]} ulp, '
        f'most {worst[0]} by {worst[1]}, last {moved[-1][0]} by {moved[-1][1]}'
    )


def told_operation(operation, kind=''):
    """The operation at which two traces part, its factors, and what each makes of them, sum by sum."""
    what = 'inner product' if operation.accumulations[0] else operation.function or kind.replace('pow', '') or 'square'
    lines = [f'    after {operation.number} operations{"" if kind else " that are equal to the bit"}, the {what} of']
    lines += [f'        {"  ".join(map(repr, factors))}' for factors in operation.factors[: 1 if what != 'inner product' else 2]]
    for letter, notation, result, partial in zip('AB', operation.accumulations, operation.results, operation.partial):
        sums = '  '.join(f'{name} = {value!r}' for name, value in partial)
        lines.append(f'    {letter}: {notation or "is"}: {sums or repr(result)}')
    return '\n'.join(lines)
