"""One record for each number that a listing prints: what it is, what it may be, and who prints what.

`streetlight.certify.certificates` makes the records; ``snapshots/BOOK/LISTING/numbers.jsonl`` pins
them, a line of JSON each; the gate, the page and the command line read them and prove nothing anew.
"""

import json
import re
from typing import NamedTuple

ERAS = ('1.13', '1.14')  # 2.0 prints the digits of 1.14

FIXED, EVERY, BOUND, SAMPLED, NONE = 'fixed', 'every evaluation', 'bound', 'sampled', 'none'


class Record(NamedTuple):
    """One number that a listing prints.

    Attributes
    ----------
    listing : str
    line : int
        The printed line in which it stands, from 0.
    step : str
        Its place in the trace, such as ``iteration=9``; empty where there is no loop.
    name : str
    element : int or None
        Its index, in C order, in the array that is printed; None of a scalar.
    echo : bool
        Whether a notebook's Out shows it, a repr, and not a print.
    proof : str
        ``fixed``: an integer, which nothing rounds; ``every evaluation``: all were run; ``bound``: an
        enclosure of all; ``none``: the proof ends before it.
    exact : str or None
        Its value in real arithmetic, to 50 digits.
    low, high : float or None
        Every conforming evaluation lies between.
    radius : float or None
        Every conforming evaluation lies so near the exact value.
    guaranteed_digits : int
        To so many significant digits, 17 at most, all evaluations are rounded alike.
    printed : dict of str to str
        By era, the characters of the plain evaluation, from left to right and nothing fused.
    variants : dict of str to (list of str or None)
        By era, all characters that a conforming evaluation may print; None where too many to tell.  Where nothing is proved,
        the characters of two sampled evaluations that print differently, or of all, if these print the same.
    open : dict of str to (tuple of (int, str) or None)
        By era, the first printed character that may differ and which may stand there; None where every
        machine prints just these.  Where a print may only go on behind them, the index is their number.
    values : dict of str to list of str
        What the numeric classes have, as the shortest decimal, and which classes.
    prints : dict of str to (dict of str to list of str)
        By era, what the classes print, and which classes.
    possible : list of float or None
        All values of conforming evaluations, where every one was run.
    """

    listing: str
    line: int
    step: str
    name: str
    element: int | None
    echo: bool
    proof: str
    exact: str | None
    low: float | None
    high: float | None
    radius: float | None
    guaranteed_digits: int
    printed: dict
    variants: dict
    open: dict
    values: dict
    prints: dict
    possible: list | None = None

    @property
    def address(self):
        """Where the number stands: its step, its name and, of an array, its element."""
        name = self.name if self.element is None else f'{self.name}[{self.element}]'
        return f'{self.step} {name}'.strip()

    def guaranteed(self, era):
        """Whether every conforming machine prints just these characters in an era."""
        return self.open[era] is None

    def refuted(self, era):
        """The first character in which two conforming evaluations differ that were seen; None where all print the same.

        Two real machines are such, and where nothing is proved, two samples: from there on the text can claim no digit.
        """
        texts = [*self.prints[era], *((self.variants[era] or ()) if self.proof == NONE else ())]
        longest = max(map(len, texts), default=0)
        return next((index for index in range(longest) if len({text[index : index + 1] for text in texts}) > 1), None)

    def agreed_digits(self, era):
        """How many significant digits come before the first in which two evaluations that were seen differ."""
        return _significant(self.printed[era][: self.refuted(era)])

    def sure_digits(self, era):
        """How many significant digits come before the first that may differ."""
        return _significant(self.printed[era][: (self.open[era] or (None,))[0]])

    def value_in(self, name):
        """What a numeric class has, as the shortest decimal; None where that class is not known."""
        return next((value for value, classes in self.values.items() if name in classes), None)


def _significant(text):
    return len(re.sub(r'\D', '', text.partition('e')[0]).lstrip('0'))


def as_lines(records):
    """Records as lines of JSON, which `read_records` reads.

    Parameters
    ----------
    records : list of Record

    Returns
    -------
    str
    """
    rows = ({key: value for key, value in record._asdict().items() if key != 'listing'} for record in records)
    return ''.join(json.dumps(row) + '\n' for row in rows)


def read_records(text, listing):
    """The records that `as_lines` wrote of a listing: a list of `Record`."""
    return [Record(listing=listing, **json.loads(line)) for line in text.splitlines()]
