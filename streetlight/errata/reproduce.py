"""The main job: run every listing here, and compare every figure of the ledger."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from streetlight.certify.programs import proofs_of
from streetlight.certify.record import NONE
from streetlight.errata.figures import Element, agrees, value_of
from streetlight.judge.pinned import pinned
from streetlight.record.trace import trace_of

EXACT, ENVIRONMENT, WRONG, UNMATCHED = 'exact', 'environment', 'wrong', 'unmatched'


class Finding(NamedTuple):
    """A figure of the ledger, its verdict here, and what this machine has at its step."""

    figure: object
    verdict: str
    here: object

    @property
    def expected(self):
        """Whether the ledger expects this: a right figure, or an erratum whose right characters it knows."""
        if self.figure.verdict:
            return self.verdict == self.figure.verdict
        return self.verdict in (EXACT, ENVIRONMENT)


def reproduce(book, traces=None):
    """Compare every figure of the ledger with a run on this interpreter.

    A figure is ``exact`` where this machine prints its characters, ``environment`` where another conforming machine does (one
    of the evaluations that its certificate lists), ``unmatched`` where the ledger says that no listing gives it, else
    ``wrong``.

    Parameters
    ----------
    book : streetlight.book.Book
    traces : dict of str to streetlight.record.trace.Trace, optional
        Of each listing its run here, where there has been one.

    Returns
    -------
    list of Finding
    """
    here = traces or {listing.id: trace_of(listing) for listing in book.listings}
    eras = {text.id: text.era for text in book.texts.values()}
    return [_finding(book, figure, here[figure.listing], eras[figure.text]) for figure in book.figures]


def _finding(book, figure, here, era):
    if figure.form == UNMATCHED:
        return Finding(figure, UNMATCHED, None)
    value = value_of(figure, here)
    if agrees(figure, figure.printed, value, era):
        return Finding(figure, EXACT, value)
    if book.listing(figure.listing).printed_alone:
        possible = nothing_contradicts(book, figure, value, era)
    else:
        possible = another_machine_prints(book, figure, era)
    return Finding(figure, ENVIRONMENT if possible else WRONG, value)


def another_machine_prints(book, figure, era):
    """Whether a conforming evaluation prints a figure's characters, by the certificate of its listing."""
    if figure.form not in ('str', 'repr'):
        return False
    address = f'{figure.step} {figure.name}'.strip()
    record = pinned(book).record(figure.listing, address)
    if record and record.possible:
        values = map(np.float64, record.possible)
    else:  # an array, or what the listing does not print
        proof = proofs_of(book.listing(figure.listing)).get(address)
        values = [value[()] for value in proof.values] if proof and proof.values is not None else []
    return any(agrees(figure, figure.printed, value, era) for value in values)


def nothing_contradicts(book, figure, value, era):
    """Whether a figure departs from what is pinned no sooner than machines may, or were seen to, depart from each other."""
    name = figure.name.partition('[')[0]
    element = int(np.ravel_multi_index(value.index, value.array.shape)) if isinstance(value, Element) else None
    for record in pinned(book).records(figure.listing):
        if (record.step, record.name, record.element) == (figure.step, name, element):
            opened = record.open[era][0] if record.proof != NONE and record.open[era] else None
            first = [index for index in (opened, record.refuted(era)) if index is not None]
            return bool(first) and figure.printed[: min(first)] == record.printed[era][: min(first)]
    return False


def tally(findings):
    """How many figures of each text and listing have each verdict: rows of text, listing and a `Counter`."""
    rows = {}
    for finding in findings:
        rows.setdefault((finding.figure.text, finding.figure.listing), Counter())[finding.verdict] += 1
    return [(text, listing, counts) for (text, listing), counts in rows.items()]
