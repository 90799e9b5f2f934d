"""The usual slips of one who types a listing: the listing run with its own lines changed, as ``slips.toml`` says."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic, left_to_right
from streetlight.errata.known import trace_plain
from streetlight.errata.recognition.evidence import SPREAD
from streetlight.judge.pinned import pinned
from streetlight.judge.verdict import same_bits
from streetlight.record.eras import printed_text
from streetlight.record.trace import Shown, address, trace_of

PLAIN = EmulatedArithmetic(left_to_right)


class Slip(NamedTuple):
    """A slip: the `Listing`, what is said of it (the end of "prints what the listing prints when …"), and the changed program."""

    listing: object
    says: str
    source: str

    def trace(self, arithmetic):
        """The trace of the changed program; what overflows there is meant to."""
        with np.errstate(all='ignore'):
            return trace_of(self.listing, arithmetic, self.source)


@lru_cache(maxsize=None)
def plain(slip):
    """The traces of a slip and of its listing in the plain accumulation."""
    return slip.trace(PLAIN), trace_plain(slip.listing.book, slip.listing.id)


@lru_cache(maxsize=None)
def slips(book):
    """All slips, as a list of `Slip`.

    Raises
    ------
    ValueError
        If a change does not fit its listing: what it changes does not stand there once.
    """
    found = [(book.listing(row['listing']), row['says'], row['change']) for row in book.slips]
    return [Slip(listing, says, changed(listing, change)) for listing, says, change in found]


def changed(listing, changes):
    """The text of a listing with pieces of it exchanged."""
    source = Path(listing.path).read_text('utf-8')
    for old, new in changes:
        if source.count(old) != 1:
            raise ValueError(f"slips.toml: {old!r} stands {source.count(old)} times in the listing '{listing.id}', not once")
        source = source.replace(old, new)
    return source


def departs(slip):
    """Where a slip's trace first differs from the listing's, in the plain accumulation: an address."""
    slipped, listing = plain(slip)
    slipped = {address(step): step.value for step in slipped.steps}
    for step in listing.steps:
        if address(step) not in slipped or not same_bits(step.value, slipped[address(step)]):
            return address(step)
    raise ValueError(f"the slip '{slip.says}' of {slip.listing.id} changes nothing")


def outputs(slip):
    """What a slip prints, in full digits: on the plain accumulation, and on all of the atlas where only last digits tell it.

    Returns
    -------
    set of str
    """
    if not in_last_digits(slip):
        return {printed_text(plain(slip)[0], '1.14')}
    return {printed_text(slip.trace(EmulatedArithmetic(*model)), '1.14') for model in pinned(slip.listing.book).models.values()}


@lru_cache(maxsize=None)
def in_last_digits(slip):
    """Whether a slip's numbers are no farther from the listing's than one machine's may be from another's."""
    shown = [[part.value for line in trace.lines for part in line if isinstance(part, Shown)] for trace in plain(slip)]
    values = [np.concatenate([np.ravel(value) for value in each]) for each in shown]
    return values[0].shape == values[1].shape and np.allclose(*values, rtol=SPREAD, atol=0)
