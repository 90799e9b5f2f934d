"""What is wrong with a statement."""

from typing import NamedTuple


class Statement(NamedTuple):
    """What is wrong with a statement: its line and column (from 0), its kind, what stands there, what should, and why.

    A ``note`` is not surely wrong: what the manuscript leaves out may mend it.
    """

    line: int
    column: int
    kind: str
    printed: str
    expected: str
    sentence: str
    note: bool = False
