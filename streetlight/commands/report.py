"""report: the page that shows what is pinned."""

from pathlib import Path

from streetlight.commands.terminal import CommandError
from streetlight.record.recorder import write_beside
from streetlight.report.build import page
from streetlight.report.gather import SnapshotError


def run_report(arguments):
    """Write the page as ``index.html`` in a folder."""
    folder = Path(arguments.output)
    try:
        html = page(arguments.book, run=not arguments.pinned_only, benchmarks=arguments.benchmarks)
    except SnapshotError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"cannot read '{error.filename}', which the page shows: {error.strerror}") from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(folder / 'index.html', html)
    except OSError as error:
        raise CommandError(f"cannot write the report in '{folder}': {error.strerror or error}") from None
    print(folder / 'index.html')
    return 0
