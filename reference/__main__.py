"""The tool on the book in this folder: ``python -m reference …`` is ``streetlight --book reference …``."""

import sys

from streetlight import __main__ as tool

from . import BOOK


def main(argv=None, prog='python -m reference'):
    """Run a command of the tool on this book; the exit status."""
    return tool.main(argv, prog, BOOK)


if __name__ == '__main__':
    sys.exit(main())
