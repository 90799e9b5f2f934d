"""The main job: run every listing here, and compare every figure of the ledger."""

from collections import Counter
from typing import NamedTuple

from reference.errata.figures import agrees, figures, texts, value_of
from reference.judge.verdict import predict
from reference.listings import LISTINGS, NumPyArithmetic
from reference.record.trace import trace_of
from reference.rounding.accumulation import left_to_right

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


def reproduce():
    """Compare every figure of the ledger with a run on this interpreter.

    A figure is ``exact`` where this machine prints its characters, ``environment`` where the plain accumulation (left to
    right, nothing fused, squares rounded) prints them and this machine does not, ``unmatched`` where the ledger says that
    no listing gives it, else ``wrong``.

    Returns
    -------
    list of Finding
    """
    here = {listing.id: trace_of(listing, NumPyArithmetic()) for listing in LISTINGS}
    plain = predict(left_to_right, {})
    eras = {text.id: text.era for text in texts().values()}
    return [_finding(figure, here[figure.listing], plain[figure.listing], eras[figure.text]) for figure in figures()]


def _finding(figure, here, plain, era):
    if figure.form == UNMATCHED:
        return Finding(figure, UNMATCHED, None)
    value = value_of(figure, here)
    if agrees(figure, figure.printed, value, era):
        return Finding(figure, EXACT, value)
    if agrees(figure, figure.printed, value_of(figure, plain), era):
        return Finding(figure, ENVIRONMENT, value)
    return Finding(figure, WRONG, value)


def tally(findings):
    """How many figures of each text and listing have each verdict: rows of text, listing and a `Counter`."""
    rows = {}
    for finding in findings:
        rows.setdefault((finding.figure.text, finding.figure.listing), Counter())[finding.verdict] += 1
    return [(text, listing, counts) for (text, listing), counts in rows.items()]
