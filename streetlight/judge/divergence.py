"""Compare two recordings: where they part, what caused it, and how the distance grows to the printed figures."""

import math
from functools import partial
from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic, partial_sums
from streetlight.judge.functions import NotComputable, computed
from streetlight.judge.verdict import Divergence, first_divergence, same_bits, ulps_between
from streetlight.record.trace import address, trace_of

MOST_HEARD = 200_000  # operations of a listing that are compared; most part long before


class Operation(NamedTuple):
    """The first inner product, square or function whose factors are equal in two evaluations and whose result is not.

    Attributes
    ----------
    number : int
        How many came before it.
    factors : tuple of list of float
        The two vectors, or the number that is squared twice.
    results : tuple of float
    accumulations : tuple of str
        In both; empty strings for a square.
    partial : tuple of list of (str, float)
        The products and sums in both, in order; empty for a square, and where one keeps more bits than float64.
    function : str
        Its name, where the operation is a function's, such as ``exp``; else empty.
    """

    number: int
    factors: tuple
    results: tuple
    accumulations: tuple
    partial: tuple
    function: str = ''


class Parting(NamedTuple):
    """How two recordings of one listing part: the first difference, its causes, the operation, and the distances of printed values.

    ``operation`` is None where the recordings' own accumulations do not tell it.
    """

    divergence: Divergence
    causes: list
    operation: Operation | None
    growth: list


class Enough(BaseException):
    """An emulation has kept as many operations as are compared; no listing catches this."""


class Listening(EmulatedArithmetic):
    """An emulation that keeps inner products, squares and functions: two factors, the accumulation or function, the result."""

    few = math.inf

    def __init__(self, accumulations, squares=None, functions=None, most=MOST_HEARD):
        super().__init__(accumulations, squares, {name: partial(self.apply, name, each) for name, each in (functions or {}).items()})
        self.heard, self.most = [], most

    def apply(self, name, function, x):
        """A function of an array, element by element."""
        result = function(x)
        self.hear(([a], [a], name, b) for a, b in zip(np.ravel(x).tolist(), np.ravel(result).tolist()))
        return result

    def sums(self, pairs, notations):
        found = super().sums(pairs, notations)
        self.hear((*pair, notations[at % len(notations)], float(result)) for at, (pair, result) in enumerate(zip(pairs, found)))
        return found

    def power(self, x, n):
        result = super().power(x, n)
        self.hear([([float(x)], [float(x)], '', float(result))])
        return result

    def hear(self, operations):
        self.heard += operations
        if len(self.heard) > self.most:
            raise Enough


def first_operation(listing, first, second, most=None):
    """The first operation in which two evaluations of a listing part.

    Parameters
    ----------
    listing : streetlight.listing.Listing
    first, second : tuple of dict
        The accumulations, the squares and the functions' classes of each.
    most : int, optional
        After how many steps of the listing they are known to have parted.

    Returns
    -------
    Operation or None
        None where they do not part, or only after `MOST_HEARD` operations.
    """
    for most_heard in (MOST_HEARD // 100, MOST_HEARD):
        arithmetics = [Listening(*each[:2], computed(each[2]), most_heard) for each in (first, second)]
        ended = [heard_to_the_end(listing, arithmetic, most) for arithmetic in arithmetics]
        found = first_unequal(*arithmetics)
        if found or all(ended):
            return found
    return None


def heard_to_the_end(listing, arithmetic, most):
    """Whether a listing ended before the arithmetic had heard as much as it keeps."""
    try:
        trace_of(listing, arithmetic, most=most)
    except Enough:
        return False
    return True


def first_unequal(first, second):
    """The first operation whose results are unequal in two arithmetics."""
    for number, (one, other) in enumerate(zip(first.heard, second.heard)):
        if not same_bits(one[3], other[3]):
            results, notations = (one[3], other[3]), (one[2], other[2])
            if one[2] in first.functions:
                return Operation(number, one[:2], results, ('', ''), ([], []), one[2])
            plain = one[2] and not any(notation.endswith(':extended') for notation in notations)
            sums = tuple(partial_sums(*each[:3]) for each in (one, other)) if plain else ([], [])
            return Operation(number, one[:2], results, notations, sums)
    return None


def compare(book, first, second):
    """How two recordings part.

    Parameters
    ----------
    book : streetlight.book.Book
    first, second : streetlight.judge.tracefile.Recording

    Returns
    -------
    dict of str to Parting or None
        For each listing that both hold; None where the two are equal to the bit.

    Raises
    ------
    ValueError
        If they were not recorded by the same version of the listings.
    """
    return {
        listing.id: _compare(listing, first, second)
        for listing in book.listings
        if listing.id in first.listings and listing.id in second.listings
    }


def _compare(listing, first, second):
    one, other = (recording.listings[listing.id].steps for recording in (first, second))
    divergence = first_divergence(listing.id, one, other)
    if divergence is None:
        return None
    try:
        models = [(each.accumulations, each.squares, each.environment.get('functions', {})) for each in (first, second)]
        operation = first_operation(listing, *models, most=divergence.number + 1)
    except (AccumulationError, NotComputable):
        operation = None
    if listing.printed_alone:  # too long to run once for each that may be the cause
        found = [cause_of(operation, first, second)] if operation else []
    else:
        found = causes(listing, first, second, divergence)
    return Parting(divergence, found, operation, growth(listing, first, second))


def cause_of(operation, first, second):
    """What makes an operation give two results of equal factors, in a sentence."""
    if operation.function:
        known = [recording.environment['functions'][operation.function] for recording in (first, second)]
        return (
            f'the first difference is {operation.function} of {operation.factors[0][0]!r}, which A takes from {known[0]}, B from {known[1]}'
        )
    if operation.accumulations[0]:
        return f'a dot adds {operation.accumulations[0]} in A, {operation.accumulations[1]} in B'
    return f'the C library squares otherwise ({first.environment.get("libc")}, {second.environment.get("libc")})'


def causes(listing, first, second, divergence):
    """What explains the first difference: each dot shape, or square, of the second that alone gives it to the first.

    A cause is proved, not guessed: the listing is run on the first recording's accumulations with that one exchanged, and
    must part from the first at the same element, with the same two values.
    """
    exchanges = [
        (
            f'the dot of {shape} adds {told(notations)} in one, {told(second.accumulations.get(shape))} in the other',
            {**first.accumulations, shape: second.accumulations.get(shape)},
            first.squares,
        )
        for shape, notations in sorted(first.accumulations.items())
        if second.accumulations.get(shape) != notations
    ]
    if first.squares != second.squares:
        libraries = [recording.environment.get('libc') for recording in (first, second)]
        exchanges.append((f'the C library squares otherwise ({libraries[0]}, {libraries[1]})', first.accumulations, second.squares))
    found, most = [], divergence.number + 1
    for reason, accumulations, squares in exchanges:
        try:
            exchanged = trace_of(listing, EmulatedArithmetic(accumulations, squares), most=most)
        except (AccumulationError, TypeError):
            continue
        parted = first_divergence(listing.id, first.listings[listing.id].steps[:most], exchanged.steps[:most])
        if parted and (parted.step, parted.element, parted.values) == (divergence.step, divergence.element, divergence.values):
            found.append(reason)
    return found


def told(notations):
    return ' '.join(notations) if notations else 'nothing'


def growth(listing, first, second):
    """The distance in ulps of each value that the listing prints: pairs of an address and the largest distance there."""
    steps = [recording.listings[listing.id].steps for recording in (first, second)]
    shown = printed_steps(listing)
    distances = []
    for index in shown:
        one, other = (np.ravel(each[index].value) for each in steps)
        if one.dtype.kind == 'f':
            distances.append((address(steps[0][index]), max(ulps_between(a, b) or 0 for a, b in zip(one, other))))
    return distances


def printed_steps(listing):
    """The indices of the steps that a listing prints."""
    trace = trace_of(listing)
    return [part.step for line in trace.lines for part in line if not isinstance(part, str)]
