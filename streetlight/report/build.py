"""Build the page."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from streetlight.record.eras import NATIVE
from streetlight.report.gather import gather

FOLDER = Path(__file__).parent / 'page'
CHECK = ('numbers.js', 'check.js')  # of a pasted output; they need no page


def script(*names):
    """The text of some of the page's scripts, in this order."""
    return '\n'.join((FOLDER / name).read_text('utf-8') for name in names)


def page(book, run=True, benchmarks=None):
    """The page, as HTML.

    Parameters
    ----------
    book : streetlight.book.Book
    run : bool
        Also run the listings here, and say of which classes this machine is.
    benchmarks : Path, optional
        Handed to the book's own panels: a file of benchmarks, instead of the pinned one.

    Returns
    -------
    str

    Raises
    ------
    streetlight.report.gather.SnapshotError
    """
    data = gather(book, run, benchmarks)
    scripts = script(*CHECK, 'controls.js')
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(), trim_blocks=True)
    return environment.get_template('page.html').render(
        **data,
        native=NATIVE,
        script=Markup(scripts),
        script_hash='sha256-' + b64encode(sha256(scripts.encode()).digest()).decode(),
    )
