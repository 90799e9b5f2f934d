"""What a C library's `pow` makes of a scalar's square: predicted by a rule, or copied from the recording.

A recording notes each square that is not ``x * x``.  Whoever computes with these has not predicted
them.  Two rules do without: a correctly rounded `pow`, whose square is ``x * x``, and the `pow` of the
C library of the machine that judges.
"""

import math
from fractions import Fraction

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic
from streetlight.record.trace import trace_of

ROUNDED, LIBRARY, COPIED = 'correctly rounded', "as by this machine's C library", 'copied from the recording'


def unproved_squares(squares):
    """Those of a C library's squares that are not next to the exact one: no faithful `pow` gives them.

    Parameters
    ----------
    squares : dict of str to str
        Hexadecimal ``abs(x)`` to hexadecimal square.

    Returns
    -------
    dict
        A part of it.
    """
    return {x: square for x, square in squares.items() if not _faithful(float.fromhex(x), float.fromhex(square))}


def _faithful(x, square):
    """Whether a number is the exact square, or one of the two float64 numbers around it."""
    exact, given = Fraction(x) ** 2, Fraction(square)
    if given == exact:
        return True
    inwards = math.nextafter(square, math.inf if given < exact else -math.inf)
    return (given < exact < inwards) or (inwards < exact < given)


class NotingArithmetic(EmulatedArithmetic):
    """An emulation that notes every square for which the C library was called."""

    def __init__(self, accumulations, squares=None):
        super().__init__(accumulations, squares)
        self.noted = {}

    def power(self, x, n):
        result = super().power(x, n)
        if n == 2:
            self.noted[abs(float(x))] = float(result)
        return result

    @property
    def copied(self):
        """How many squares were not ``x * x``, so came from the recording."""
        return sum(square != x * x for x, square in self.noted.items())

    @property
    def rule(self):
        """Which rule gives all squares: the first of ``ROUNDED`` and ``LIBRARY``, else ``COPIED``."""
        if not self.copied:
            return ROUNDED
        return LIBRARY if all(math.pow(x, 2) == square for x, square in self.noted.items()) else COPIED


def rules(book, atlas):
    """By which rule the squares of each environment are known.

    Parameters
    ----------
    book : streetlight.book.Book
    atlas : dict
        As `streetlight.judge.pinned.Pinned.atlas` gives it.

    Returns
    -------
    dict of str to str
        By environment ``ROUNDED``, ``LIBRARY`` or ``COPIED``; those that are unexplained, or cannot be emulated here, are left out.
    """
    models = {name: model for name, model in atlas['models'].items() if model.accumulations and can_emulate(model)}
    held = {name: {id for each in atlas['environments'].values() if each['model'] == name for id in each['classes']} for name in models}
    calling = []
    for listing in book.listings:
        model = next((model for name, model in models.items() if listing.id in held[name]), None)
        if model and not listing.printed_alone and _noted([listing], model).noted:
            calling.append(listing)
    found = {
        name: _noted([each for each in calling if each.id in held[name]], model).rule if model.squares else ROUNDED
        for name, model in models.items()
    }
    explained = {name: each for name, each in atlas['environments'].items() if not each.get('unexplained')}
    return {name: found[each['model']] for name, each in explained.items() if each['model'] in found}


def can_emulate(model):
    """Whether this machine has the registers that a model's accumulations want."""
    extended = any(notation.endswith(':extended') for notations in model.accumulations.values() for notation in notations)
    return not extended or np.finfo(np.longdouble).nmant == 63


def _noted(listings, model):
    """The arithmetic of a model after it has run some listings."""
    arithmetic = NotingArithmetic(*model)
    for listing in listings:
        trace_of(listing, arithmetic)
    return arithmetic
