"""report: the page that shows what is pinned."""

from pathlib import Path

from reference.commands.terminal import CommandError
from reference.record.recorder import write_beside
from reference.report.build import page


def run_report(arguments):
    """Write the page as ``index.html`` in a folder."""
    folder = Path(arguments.output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(folder / 'index.html', page(run=not arguments.pinned_only))
    except OSError as error:
        raise CommandError(f"cannot write the report in '{folder}': {error.strerror or error}") from None
    print(folder / 'index.html')
    return 0
