"""report: a page of a program, or of a book and all that is pinned of it."""

import os
import sys
from pathlib import Path

from streetlight.boundary import BoundaryError
from streetlight.commands.programs import certified
from streetlight.commands.terminal import CommandError
from streetlight.record.environment import fingerprint
from streetlight.record.recorder import write_beside
from streetlight.report.build import page, program_page
from streetlight.report.gather import SnapshotError
from streetlight.report.machines import described
from streetlight.report.parting import PartingError, parting_of


def run_report(arguments):
    """Write the page as ``index.html`` in a folder; 2 if the program did not run to its end, else 0."""
    folder = Path(arguments.output)
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"cannot write the report in '{folder}': it is no folder")
    html, failed = of_program(arguments) if arguments.program else (of_book(arguments), '')
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(folder / 'index.html', html)
    except OSError as error:
        raise CommandError(f"cannot write the report in '{folder}': {error.strerror or error}") from None
    print(folder / 'index.html')
    sys.stderr.write(failed)
    return 2 if failed else 0


def of_book(arguments):
    if arguments.trace:
        raise CommandError('--trace is of a program: report FILE --trace A --trace B')
    try:
        return page(arguments.book, run=not arguments.pinned_only, benchmarks=arguments.benchmarks)
    except SnapshotError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"cannot read '{error.filename}', which the page shows: {error.strerror}") from None


def of_program(arguments):
    """The page, and the traceback that ended the program."""
    path, limits = arguments.program, {'seconds': arguments.seconds, 'unprotected': arguments.unprotected}
    if len(arguments.trace) not in (0, 2):
        raise CommandError('two traces are compared: --trace A --trace B, each what `record FILE -o TRACE` wrote on one machine')
    if not os.path.isfile(path):
        raise CommandError(f"no file '{path}'")
    result = certified(path, **limits)
    if 'error' in result:
        raise CommandError(f'{path}: {result["error"]}')
    try:
        _, lines = parting_of(*arguments.trace, path, **limits) if arguments.trace else ({}, [])
    except (PartingError, BoundaryError) as error:
        raise CommandError(str(error)) from None
    machine = f'It was run here: {described(fingerprint())}.'
    return program_page(result, os.path.basename(path), machine, lines), result['failed']
