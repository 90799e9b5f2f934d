"""How the commands speak."""

import sys

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import Progress
from rich.table import Table


class CommandError(Exception):
    """Bad usage or unreadable input: one line on standard error, exit status 2."""


def console():
    """Tables for a terminal's width, or for a pipe, which has none and no reason to cut names short."""
    out = Console(highlight=False, markup=False, emoji=False)
    if not out.is_terminal:
        out.width = 120
    return out


def table(*headings, counts=(), folded=1, title=None):
    """An empty table that fits 80 columns.

    Parameters
    ----------
    *headings : str
    counts : collection of str
        Those whose cells are numbers to be compared: they stand to the right.
    folded : int
        How many columns, the last ones, may be broken over several lines; the others are shown whole.
    title : str, optional

    Returns
    -------
    rich.table.Table
    """
    made = Table(title=title, title_justify='left', box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for number, heading in enumerate(headings, 1):
        whole = number <= len(headings) - folded
        made.add_column(heading, justify='right' if heading in counts else 'left', no_wrap=whole, overflow='ellipsis' if whole else 'fold')
    return made


def progress():
    """A bar on standard error for long work, where that is a terminal; silent in a pipe."""
    return Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())
