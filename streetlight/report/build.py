"""Build the pages: of a book and all that is pinned of it, and of a program."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from streetlight.record.eras import NATIVE
from streetlight.report.gather import gather
from streetlight.report.program import program_data

FOLDER = Path(__file__).parent / 'page'
CHECK = ('numbers.js', 'check.js')  # of a pasted output; they need no page


def script(*names):
    """The text of some of the page's scripts, in this order."""
    return '\n'.join((FOLDER / name).read_text('utf-8') for name in names)


def rendered(template, scripts, data):
    """A page from its template; it runs these scripts and, by its own policy, no other."""
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(), trim_blocks=True)
    digest = 'sha256-' + b64encode(sha256(scripts.encode()).digest()).decode()
    return environment.get_template(template).render(**data, script=Markup(scripts), script_hash=digest)


def page(book, run=True, benchmarks=None):
    """A book's page, as HTML.

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
    return rendered('page.html', script(*CHECK, 'tips.js', 'controls.js'), {**gather(book, run, benchmarks), 'native': NATIVE})


def program_page(result, file, machine, parting=()):
    """A program's page, as HTML; the parameters are those of `streetlight.report.program.program_data`."""
    return rendered('program.html', script('tips.js'), program_data(result, file, machine, parting))
