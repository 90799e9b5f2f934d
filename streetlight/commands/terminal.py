"""How the commands speak."""

import sys

from rich.console import Console
from rich.progress import Progress


class CommandError(Exception):
    """Bad usage or unreadable input: one line on standard error, exit status 2."""


def console():
    """Tables for a terminal's width, or for a pipe, which has none and no reason to cut names short."""
    out = Console(highlight=False)
    if not out.is_terminal:
        out.width = 120
    return out


def progress():
    """A bar on standard error for long work, where that is a terminal; silent in a pipe."""
    return Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())
