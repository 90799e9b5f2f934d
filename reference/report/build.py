"""Build the page."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from reference.judge.pinned import SNAPSHOTS
from reference.report import plots
from reference.report.gather import gather


def page(snapshots=SNAPSHOTS, run=True):
    """The page, as HTML.

    Parameters
    ----------
    snapshots : Path
    run : bool
        Also run the listings here, and say of which classes this machine is.

    Returns
    -------
    str
    """
    data = gather(snapshots, run)
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(), trim_blocks=True)
    return environment.get_template('page.html').render(
        **data, growth_plot=Markup(plots.growth(data['growth']['points'])), seeds_plot=Markup(plots.seeds(data['sweep'])),
        network_plot=Markup(plots.network(data['network'])))
