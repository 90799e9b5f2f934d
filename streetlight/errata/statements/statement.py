"""What is said of a statement."""

from typing import NamedTuple


class Statement(NamedTuple):
    """What is said of a statement: its line and column (from 0), its kind, what stands there, what should, and why.

    A ``note`` is not surely wrong: what the manuscript leaves out may mend it.  A ``right`` one is said to be read, and to hold.
    """

    line: int
    column: int
    kind: str
    printed: str
    expected: str
    sentence: str
    note: bool = False
    right: bool = False
