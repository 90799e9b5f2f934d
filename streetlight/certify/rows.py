"""One row for each number of a program's output: what stands there, and what is proved of it."""

import math
from typing import NamedTuple

import numpy as np

from streetlight.certify.digits import FULL, guaranteed_digits
from streetlight.certify.printed import element_order, significant


class PrintedNumber(NamedTuple):
    """One number of a program's output, as ``certify --json`` gives it.

    Attributes
    ----------
    file : str
    cell : int or None
    line, column : int
        Of the output (of the cell's, if there are cells), from 1.
    printed : str
    proof : str
        ``fixed``, ``every evaluation``, ``bound``, ``sampled`` or ``none``.
    exact : str or None
    low, high, radius : float or None
    guaranteed_digits : int
    guaranteed : bool
        Whether all printed characters are.
    variants : list of str or None
        All that may stand here, where that can be said.
    reason : str
        Why not all is guaranteed.
    open_at : int or None
        The first printed character that may differ.
    made : str
        The line of the program that made the text.
    """

    file: str
    cell: int | None
    line: int
    column: int
    printed: str
    proof: str = 'none'
    exact: str | None = None
    low: float | None = None
    high: float | None = None
    radius: float | None = None
    guaranteed_digits: int = 0
    guaranteed: bool = False
    variants: list | None = None
    reason: str = ''
    open_at: int | None = 0
    made: str = ''

    def as_json(self):
        """A dict of what JSON can hold."""
        row = self._asdict()
        del row['open_at'], row['made']
        for name in ('low', 'high', 'radius'):
            if row[name] is not None and not math.isfinite(row[name]):
                row[name] = None
        return row


def row_of(file, tape, losses, queries, output, plain, start, stop, shown, position):
    """What is said of the number between two places of an output's plain text."""
    printed = plain[start:stop]
    line_start = plain.rfind('\n', 0, start) + 1
    place = dict(file=file, cell=output.cell.number, line=plain.count('\n', 0, start) + 1, column=start - line_start + 1, printed=printed)
    reason = losses.before(position) or next(filter(None, (each[2].reason or losses.of(each[2].nodes) for each in shown)), '')
    if reason:
        return _nothing(place, reason)
    standing = queries.answers[position, b'']
    if standing.proof == 'none':
        return _nothing(place, standing.reason)
    parts = [_part(tape, queries, start, stop, span) for span in shown]
    if not parts or all(part is None for part in parts):
        return _unproved(_fixed(place, printed), standing.reason) if standing.proof == 'sampled' else _fixed(place, printed)
    parts = [part for part in parts if part is not None]
    if len(parts) > 1:
        return _joined(place, parts)
    value, low, high, proof, reason, variants, open_at, fixed, exact = parts[0]
    if proof == 'none':
        return _nothing(place, reason)
    if fixed:
        return _unproved(_fixed(place, printed), standing.reason) if standing.proof == 'sampled' else _fixed(place, printed)
    digits = guaranteed_digits(low, high)
    row = PrintedNumber(
        **place,
        proof=proof,
        exact=exact,
        low=low,
        high=high,
        radius=max(high - value, value - low),
        guaranteed_digits=digits,
        guaranteed=open_at is None,
        variants=variants,
        open_at=open_at,
        reason='' if open_at is None else reason or _why(digits, printed, variants),
        made=shown[0][2].place,
    )
    return _unproved(row, reason or standing.reason) if 'sampled' in (proof, standing.proof) else row


def _unproved(row, reason):
    """A row of which samples speak and no proof."""
    return row._replace(proof='sampled', guaranteed=False, guaranteed_digits=0, reason=reason)


def _why(digits, printed, variants):
    if variants is not None and len(variants) > 1:
        return 'a last digit may differ' if digits >= significant(printed) - 1 else f'{digits} digits are guaranteed'
    return f'{digits} digits are guaranteed, {significant(printed)} are printed'


def _nothing(place, reason):
    return PrintedNumber(**place, reason=reason)


def _fixed(place, printed):
    number = _number(printed)
    whole = dict(radius=0.0, guaranteed_digits=FULL, guaranteed=True, variants=[printed], open_at=None)
    return PrintedNumber(**place, proof='fixed', low=number, high=number, **whole)


def _number(printed):
    try:
        return float(printed)
    except ValueError:
        return float(printed == 'True')


def _joined(place, parts):
    """Characters of several numbers that read as one."""
    sure = all(part[6] is None for part in parts)
    low, high = parts[0][1], parts[0][2]
    return PrintedNumber(
        **place,
        proof=parts[0][3],
        low=low,
        high=high,
        radius=high - low,
        guaranteed_digits=min(guaranteed_digits(part[1], part[2]) for part in parts),
        guaranteed=sure,
        reason='' if sure else 'several numbers are printed without a space',
        open_at=None if sure else 0,
    )


def _part(tape, queries, start, stop, span):
    """What is known of the characters of one rendering that stand in a printed number; None where there is no number."""
    first, last, rendering, offset = span
    a, b = offset + max(start, first) - first, offset + min(stop, last) - first
    known = queries.find(rendering)
    number = next((number for number, (x, y) in enumerate(known.tokens) if x < b and y > a), None)
    if number is None:
        return None
    x, y = known.tokens[number]
    order = element_order(rendering) if rendering.write is not None else [0]
    element = order[number] if len(order) == len(known.tokens) else 0
    node = int(np.ravel(rendering.nodes)[element])
    fixed, exact = bool(tape.fixed[node]), queries.proof(rendering).exact
    low, high = (float(np.ravel(end)[element]) for end in (known.low, known.high))
    variants, open_at = known.variants[number], known.open_at[number]
    if x < a or b < y:  # a slice of a number
        cut = slice(max(a - x, 0), b - x if b < y else None)  # what is longer elsewhere is shown whole
        if open_at is not None and b < y and open_at >= b - x and known.proof != 'none':
            open_at = None
        variants = sorted({each[cut] for each in variants}) if variants is not None else None
        if variants is not None and len(variants) == 1:
            open_at = None
        elif open_at is not None:
            open_at = max(0, open_at - max(a - x, 0))
    if fixed and open_at is not None:
        fixed = False
    return (
        float(np.ravel(rendering.value)[element]) if rendering.value is not None else 0.0,
        low,
        high,
        known.proof,
        known.reason,
        variants,
        open_at,
        fixed,
        exact[element] if exact else None,
    )
