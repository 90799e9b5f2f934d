"""What the command line says of traces: judge, diff and atlas."""

import json

from rich.table import Table

from streetlight.commands.terminal import CommandError, console
from streetlight.judge.divergence import compare
from streetlight.judge.parting import Unlike, part
from streetlight.judge.programfile import is_program, read_program
from streetlight.judge.tracefile import TraceFileError, read
from streetlight.judge.verdict import UNEXPLAINED, judge


def run_judge(arguments):
    """Judge trace files; 1 if a listing is unexplained."""
    judged = [(path, judge(arguments.book, _read(path, arguments.book))) for path in arguments.files]
    if arguments.json:
        rows = [{'file': path, 'listing': each.listing, 'verdict': each.verdict, 'class': each.letter, 'reason': each.reason,
                 'divergence': str(each.divergence) if each.divergence else None} for path, judgements in judged for each in judgements]
        print(json.dumps(rows, indent=1))
    else:
        out = console()
        for path, judgements in judged:
            table = Table('listing', 'verdict', 'class', 'reason', title=str(path), title_justify='left')
            for each in judgements:
                table.add_row(each.listing, each.verdict, each.letter or '', each.reason)
            out.print(table)
            for each in judgements:
                if each.divergence:
                    out.print(str(each.divergence), markup=False, soft_wrap=True)
            explained = [each.listing for each in judgements if each.verdict == 'explained']
            if explained:
                out.print('To pin what is explained: enter the environment in environments.toml, run `python -m reference atlas` there, '
                          'and `pytest --snapshot-update`.', markup=False, soft_wrap=True)
    return 1 if any(each.verdict == UNEXPLAINED for _, judgements in judged for each in judgements) else 0


def _read(path, book):
    try:
        return read(path, book)
    except TraceFileError as error:
        raise CommandError(str(error)) from None


def run_diff(arguments):
    """Where two traces part; 1 if they do."""
    if any(is_program(path) for path in (arguments.first, arguments.second)):
        return run_program_diff(arguments)
    if arguments.book is None:
        raise CommandError('these are no recordings of a program, and there is no book here; give `--book DIR`')
    first, second = (_read(path, arguments.book) for path in (arguments.first, arguments.second))
    try:
        partings = compare(arguments.book, first, second)
    except ValueError as error:
        raise CommandError(f'these traces are of different versions of the listings: {error}') from None
    if arguments.json:
        print(json.dumps([as_row(*item) for item in partings.items()], indent=1))
    else:
        show_partings(partings)
    return 1 if any(partings.values()) else 0


def run_program_diff(arguments):
    """Where two recordings of one program part; 1 if they do."""
    try:
        first, second = read_program(arguments.first), read_program(arguments.second)
        parted = part(first, second, arguments.program)
    except (TraceFileError, Unlike) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"cannot read '{error.filename}': {error.strerror}") from None
    if arguments.json:
        row = {'program': first.file, 'equal': parted is None}
        if parted:
            row.update(parted._asdict(), divergence=parted.divergence and parted.divergence._asdict(),
                       operation=parted.operation and parted.operation._asdict())
        print(json.dumps([row], indent=1))
    elif parted is None:
        console().print(f'{first.file}: equal to the bit', markup=False)
    else:
        show_parted(first, parted)
    return 1 if parted else 0


def show_parted(first, parted):
    out = console()
    if parted.divergence:
        out.print(str(parted.divergence), markup=False, soft_wrap=True)
    else:
        before, until, number = parted.somewhere
        out.print(f'{first.file}: the first difference comes after {before} and not after {until}; '
                  f'`record --from {number}` on both machines keeps the values there', markup=False, soft_wrap=True)
    for cause in parted.causes:
        out.print(f'    because {cause}', markup=False, soft_wrap=True)
    if parted.operation:
        out.print(told_operation(parted.operation, parted.kind), markup=False, soft_wrap=True)
    if parted.unexplained:
        out.print(f'    the operation is not told: {parted.unexplained}', markup=False, soft_wrap=True)
    elif not parted.causes:
        out.print('    no single accumulation, square or function explains it', markup=False)
    show_growth(out, parted.growth)


def as_row(listing, parting):
    if parting is None:
        return {'listing': listing, 'equal': True}
    divergence, operation = parting.divergence, parting.operation
    return {'listing': listing, 'equal': False, 'step': divergence.step, 'element': divergence.element, 'values': divergence.values,
            'hex': [value.hex() for value in divergence.values], 'ulps': divergence.ulps, 'causes': parting.causes,
            'operation': operation and operation._asdict(), 'growth': parting.growth}


def show_partings(partings):
    out = console()
    for listing, parting in partings.items():
        if parting is None:
            out.print(f'{listing}: equal to the bit', markup=False)
            continue
        out.print(str(parting.divergence), markup=False, soft_wrap=True)
        for cause in parting.causes or ['no single accumulation or square explains it']:
            out.print(f'    because {cause}', markup=False, soft_wrap=True)
        if parting.operation:
            out.print(told_operation(parting.operation), markup=False, soft_wrap=True)
        show_growth(out, parting.growth)


def show_growth(out, growth):
    """How far apart the printed values are, on their way."""
    moved = [(place, ulps) for place, ulps in growth if ulps]
    if moved:
        worst = max(moved, key=lambda pair: pair[1])
        out.print(f'    {len(moved)} of {len(growth)} printed values differ: first {moved[0][0]} by {moved[0][1]} ulp, '
                  f'most {worst[0]} by {worst[1]}, last {moved[-1][0]} by {moved[-1][1]}', markup=False, soft_wrap=True)
    else:
        out.print('    no printed value differs', markup=False)


def told_operation(operation, kind=''):
    """The operation at which two traces part, its factors, and what each makes of them, sum by sum."""
    what = 'inner product' if operation.accumulations[0] else kind.replace('pow', '') or 'square'
    lines = [f'    after {operation.number} operations{"" if kind else " that are equal to the bit"}, the {what} of']
    lines += [f'        {"  ".join(map(repr, factors))}' for factors in operation.factors[:1 if what != 'inner product' else 2]]
    for notation, result, partial in zip(operation.accumulations, operation.results, operation.partial):
        sums = '  '.join(f'{name} = {value!r}' for name, value in partial)
        lines.append(f'    {notation or "is"}: {sums or repr(result)}')
    return '\n'.join(lines)
