"""The tool on the book in this folder: ``python -m reference …`` is ``streetlight --book reference …``."""

import sys

from streetlight.__main__ import main

if __name__ == '__main__':
    sys.exit(main())
