"""What the command line says of traces: judge, diff and atlas."""

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from fnmatch import fnmatch
from pathlib import Path

from rich.table import Table

from streetlight.commands.terminal import CommandError, console, progress
from streetlight.judge import atlas as atlases
from streetlight.judge.divergence import compare
from streetlight.judge.environments import environments
from streetlight.judge.parting import Unlike, part
from streetlight.judge.pinned import pinned
from streetlight.judge.programfile import is_program, read_program
from streetlight.judge.subject import IllegalInstruction, SubjectError, record_text
from streetlight.judge.subjects import FOLDER, Unavailable, prepare
from streetlight.judge.tracefile import TraceFileError, load, read
from streetlight.judge.verdict import UNEXPLAINED, judge
from streetlight.record.recorder import write_beside

SKIPPED = (Unavailable, IllegalInstruction)  # what this machine cannot run is no fault of the suite


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


def run_atlas(arguments):
    """Record every environment that can be had here into the atlas; 1 if one failed or is unexplained."""
    if arguments.show:
        show_atlas(pinned(arguments.book).atlas, arguments.json)
        return 0
    chosen = [each for each in environments().values() if not arguments.only or any(fnmatch(each.name, only) for only in arguments.only)]
    if not chosen:
        raise CommandError(f"no environment is named like {', '.join(arguments.only)}; `atlas --list` shows them")
    if arguments.list:
        print(json.dumps([each.name for each in chosen], indent=1) if arguments.json else '\n'.join(each.name for each in chosen))
        return 0
    code = atlases.code(arguments.book)
    found, problems = {}, {}
    with ThreadPoolExecutor(arguments.workers) as pool, progress() as bar:
        task = bar.add_task('environments', total=len(chosen))
        pending = {pool.submit(record_environment, arguments.book, each, code): each.name for each in chosen}
        try:
            for done in as_completed(pending):
                name = pending[done]
                try:
                    found[name] = done.result()
                except (Unavailable, SubjectError, TraceFileError) as error:
                    problems[name] = error
                bar.update(task, advance=1, description=name)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return finish_atlas([each.name for each in chosen], found, problems, arguments)


def record_environment(book, environment, code):
    """The recording of an environment: the one kept from an interrupted run of the same code, or a new one."""
    kept = Path(FOLDER) / f'traces-{code}' / f'{environment.name}.json'
    if kept.exists():
        return load(kept.read_text('utf-8'), environment.name, book)
    command, variables = prepare(environment)
    text = record_text(command, book, variables)
    recording = load(text, environment.name, book)
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_beside(str(kept), text)
    return recording


def finish_atlas(names, found, problems, arguments):
    book = arguments.book
    before = pinned(book).atlas
    atlas = json.loads(json.dumps(before)) if before.get('code') == atlases.code(book) else atlases.empty(book)
    for name in names:
        if name in found:
            atlases.add(book, atlas, name, found[name])
    known = environments()
    atlas['environments'] = {name: each for name, each in atlas['environments'].items() if name in known}
    atlas = atlases.pruned(atlas)
    write_beside(str(pinned(book).folder / 'atlas.json'), atlases.as_text(atlas))
    for name, problem in sorted(problems.items()):
        how = 'skipped' if isinstance(problem, SKIPPED) else 'FAILED'
        print(f'{name}: {how}: {problem}', file=sys.stderr)
    show_atlas(atlas, arguments.json)
    unexplained = [name for name, each in atlas['environments'].items() if UNEXPLAINED in each]
    return 1 if unexplained or any(not isinstance(problem, SKIPPED) for problem in problems.values()) else 0


def show_atlas(atlas, as_json):
    rows = [{'listing': listing, 'class': letter, 'environments': len(names), 'for example': names[:3]}
            for listing, letter, names in class_rows(atlas)]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    out = console()
    table = Table('listing', 'class', 'environments', 'for example', title='Numeric classes', title_justify='left')
    for row in rows:
        table.add_row(row['listing'], row['class'], str(row['environments']), ', '.join(row['for example']))
    out.print(table)
    prints = [each['fingerprint'] for each in atlas['environments'].values()]
    counts = {'environments': len(prints), 'distinct': atlases.distinct(atlas), 'architectures': len({each['machine'] for each in prints}),
              'BLAS libraries': len({atlases.library(each) for each in prints}),
              'BLAS kernels': len({atlases.kernel(each) for each in prints} - {None}),
              'Pythons': len({(each['implementation'], each['python'].rsplit('.', 1)[0]) for each in prints}),
              'NumPys': len({each['numpy'] for each in prints})}
    out.print(', '.join(f'{count} {what}' for what, count in counts.items()), soft_wrap=True)


def class_rows(atlas):
    """Listing, class and the names of its environments, for each listing that has more than one class."""
    rows = []
    for listing, known in atlas['classes'].items():
        members = Counter(environment['classes'][listing] for environment in atlas['environments'].values())
        if len(known) > 1:
            for letter, _ in members.most_common():
                rows.append((listing, letter, [name for name, each in atlas['environments'].items() if each['classes'][listing] == letter]))
    return rows
