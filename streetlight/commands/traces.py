"""What the command line says of traces: judge, diff and atlas."""

import json

from streetlight.boundary import BoundaryError
from streetlight.commands.terminal import CommandError, console, table
from streetlight.judge.divergence import compare
from streetlight.judge.pinned import pinned
from streetlight.judge.programfile import is_program
from streetlight.judge.tracefile import TraceFileError, read
from streetlight.judge.verdict import EXPLAINED, PINNED, UNEXPLAINED, judge
from streetlight.report.machines import described, foot, head
from streetlight.report.parting import PartingError, parting_of, told_growth, told_operation


def run_judge(arguments):
    """Judge trace files; 1 if a listing is unexplained."""
    recordings = [_read(path, arguments.book) for path in arguments.files]
    judged = [(recording, judge(arguments.book, recording)) for recording in recordings]
    if arguments.json:
        rows = [
            {
                'file': recording.name,
                'listing': each.listing,
                'verdict': each.verdict,
                'class': each.letter,
                'reason': each.reason,
                'divergence': str(each.divergence) if each.divergence else None,
            }
            for recording, found in judged
            for each in found
        ]
        print(json.dumps(rows, indent=1))
    else:
        for recording, judgements in judged:
            show_judgements(arguments.book, recording, judgements)
    return 1 if any(each.verdict == UNEXPLAINED for _, judgements in judged for each in judgements) else 0


def show_judgements(book, recording, judgements):
    """The machine, a verdict for each listing, and what to do."""
    out = console()
    out.print(f'{recording.name}: {described(recording.environment)}', soft_wrap=True)
    shown = table('listing', 'verdict', 'class', 'reason')
    for each in judgements:
        known = pinned(book).sizes(each.listing)
        reason = f'as {known[each.letter]} of {known.total()}' if each.verdict == PINNED else each.reason
        shown.add_row(each.listing, each.verdict, each.letter or '', reason)
    out.print(shown)
    for each in judgements:
        if each.divergence:
            out.print(str(each.divergence), soft_wrap=True)
    pinned_ = [each for each in judgements if each.verdict == PINNED]
    if len(pinned_) == len(judgements):
        say(['This machine is known: so many recorded environments have its digits.'])
    elif any(each.verdict == EXPLAINED for each in judgements):
        say(['To pin what is explained: enter the environment in environments.toml and run `atlas` there, then `certify --pin`.'])


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
        say(lines_of(arguments.book, first, second, partings))
    return 1 if any(partings.values()) else 0


def run_program_diff(arguments):
    """Where two recordings of one program part; 1 if they do."""
    try:
        row, lines = parting_of(arguments.first, arguments.second, arguments.program, arguments.seconds, arguments.unprotected)
    except (PartingError, BoundaryError) as error:
        raise CommandError(str(error)) from None
    if arguments.json:
        print(json.dumps([row], indent=1))
    else:
        say(lines)
    return 0 if row['equal'] else 1


def as_row(listing, parting):
    if parting is None:
        return {'listing': listing, 'equal': True}
    divergence, operation = parting.divergence, parting.operation
    return {
        'listing': listing,
        'equal': False,
        'step': divergence.step,
        'element': divergence.element,
        'values': divergence.values,
        'hex': [value.hex() for value in divergence.values],
        'ulps': divergence.ulps,
        'causes': parting.causes,
        'operation': operation and operation._asdict(),
        'growth': parting.growth,
    }


def lines_of(book, first, second, partings):
    """What is said of two recordings of a book's listings."""
    environments = first.environment, second.environment
    parted = {listing: parting for listing, parting in partings.items() if parting}
    equal = [listing for listing in partings if listing not in parted]
    yield from head(*environments, (first.name, second.name))
    for listing, parting in parted.items():
        yield str(parting.divergence)
        classes = [pinned(book).class_of(listing, each.listings[listing].digest) or 'a new class' for each in (first, second)]
        yield f'    A is of class {classes[0]}, B of {classes[1]}'
        for cause in parting.causes or ['no single accumulation or square explains it']:
            yield f'    because {cause}'
        if parting.operation:
            yield told_operation(parting.operation)
        yield told_growth(parting.growth)
    if equal:
        yield f'equal to the bit: {", ".join(equal)}'
    if parted:
        yield from foot(*environments)


def say(lines):
    out = console()
    for line in lines:
        out.print(line, soft_wrap=True)
