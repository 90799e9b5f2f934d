"""Recognition: which number of which listing each printed number of a manuscript is, or claims to be.

By the digits and the neighbours, never by the label.  Three looks, each at what the one before has left:

1. the numbers of a stretch of blocks, aligned with what the listings print;
2. the numbers beside those: another quantity of the same place, where most of a column agrees with one;
3. a column by itself, aligned with the history of one quantity.
"""

from collections import Counter

import numpy as np

from streetlight.errata.alignment import slips, spread
from streetlight.errata.recognition.misplaced import misplaced, order
from streetlight.errata.recognition.printed_order import align_all, edges
from streetlight.errata.recognition.quantities import beside, histories
from streetlight.errata.recognition.stretch import AGREE, DEPART, Claim, Stretch, all_values, printed_values
from streetlight.errata.verdicts import TRUNCATED, WRONG, verdict_of

STRETCH = 600  # numbers that are aligned at once


def recognise(blocks):
    """The claims of all numbers in blocks of output.

    Parameters
    ----------
    blocks : list of list of Printed
        The numbers of each block.

    Returns
    -------
    list of Claim
        In the order of printing.
    """
    claims, seen = [], {}
    for printed in stretches(blocks):
        key = tuple(
            (each.text, each.cut, each.column_key, each.row[0] - printed[0].row[0], each.row[1] - printed[0].row[1]) for each in printed
        )
        if key not in seen:
            stretch = Stretch(printed)
            if any_familiar(stretch.numbers):
                explain(stretch)
            seen[key] = stretch.known, stretch.how
        claims += [Claim(*each) for each in zip(printed, *seen[key])]
    return claims


def stretches(blocks):
    """Runs of whole blocks with at most `STRETCH` numbers; a longer block is a stretch, or several, of its own."""
    run = []
    for printed in blocks:
        if run and len(run) + len(printed) > STRETCH:
            yield run
            run = []
        run = run + list(printed)
        while len(run) > 2 * STRETCH:
            cut = next((at for at in range(STRETCH, len(run)) if run[at].row != run[at - 1].row), len(run))
            yield run[:cut]
            run = run[cut:]
    if run:
        yield run


def any_familiar(numbers):
    """Whether there is anything to explain: a telling number of a listing, one that a slip makes of it, or many small ones."""
    telling = numbers[(numbers.digits >= 3) & np.isfinite(numbers.value)]
    values = all_values()
    reach = 10.0**telling.quantum + spread(telling.value)
    if (np.searchsorted(values, telling.value - reach) < np.searchsorted(values, telling.value + reach)).any():
        return True
    if len(telling.value) and slips(telling[:50], printed_values()[1]).any():
        return True
    return (numbers.digits <= 2).sum() >= 8


def explain(stretch):
    """The three looks."""
    paths = align_all(stretch)
    by_block = {}
    for pairs in paths:
        by_block.setdefault(stretch.block[pairs[0][0]], []).append(pairs)
    for own in by_block.values():
        order(stretch, max(own, key=len), own)
    for pairs in paths:
        edges(stretch, pairs)
        misplaced(stretch, pairs)
    histories(stretch)
    beside(stretch)
    hold_majority(stretch)


def not_quite(stretch, index):
    """Whether a number agrees to all that recognition looks at, and is wrong, or cut, in its last digits."""
    return verdict_of(stretch.printed[index].text, stretch.known[index]).verdict in (WRONG, TRUNCATED)


def hold_majority(stretch):
    """Nothing that departs is claimed in a block that agrees with a listing in fewer figures than not: it uses other data."""
    agreeing, departing, elsewhere, columns = Counter(), Counter(), Counter(), {}
    for index, known in enumerate(stretch.known):
        if known is not None:
            key = stretch.block[index], known.listing
            departs = stretch.how[index] == DEPART or (stretch.how[index] == AGREE and not_quite(stretch, index))
            (departing if departs else agreeing if stretch.how[index] == AGREE else elsewhere)[key] += 1
            columns.setdefault(key, set()).add(stretch.printed[index].column_key)
    unknown = Counter()
    for index in stretch.free():
        if stretch.numbers.digits[index] >= 3:
            for key, own in columns.items():
                unknown[key] += key[0] == stretch.block[index] and stretch.printed[index].column_key in own
    for index, known in enumerate(stretch.known):
        if known is not None and (stretch.how[index] != AGREE or not_quite(stretch, index)):
            key = stretch.block[index], known.listing
            against = departing[key] + unknown[key]
            if against != 1 and against > agreeing[key] + elsewhere[key]:
                stretch.drop(index)
