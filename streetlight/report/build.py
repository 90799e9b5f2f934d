"""Build the page."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from streetlight.judge.pinned import SNAPSHOTS
from streetlight.record.eras import NATIVE
from streetlight.report import plots
from streetlight.report.gather import gather

FOLDER = Path(__file__).parent / 'page'
CHECK = ('numbers.js', 'alignment.js', 'recognition.js', 'told.js')  # of a pasted output; they need no page


def script(*names):
    """The text of some of the page's scripts, in this order."""
    return '\n'.join((FOLDER / name).read_text('utf-8') for name in names)


def page(snapshots=SNAPSHOTS, run=True, benchmarks=None):
    """The page, as HTML.

    Parameters
    ----------
    snapshots : Path
    run : bool
        Also run the listings here, and say of which classes this machine is.
    benchmarks : Path, optional
        A file of benchmarks, instead of the pinned one.

    Returns
    -------
    str

    Raises
    ------
    streetlight.report.gather.SnapshotError
    """
    data = gather(snapshots, run, benchmarks)
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(), trim_blocks=True)
    return environment.get_template('page.html').render(
        **data,
        native=NATIVE,
        growth_plot=Markup(plots.growth(data['growth']['points'], data['growth']['classes'])),
        seeds_plot=Markup(plots.seeds(data['sweep'])),
        network_plot=Markup(plots.network(data['network'])),
        script=Markup(script(*CHECK, 'controls.js')),
    )
