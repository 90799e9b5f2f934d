"""Which numbers each pass of a loop updates on a grid: what the grid stage takes of the tube."""

import numpy as np

from .sums import U

WIDEST = 64  # numbers that a pass hands to the next, beyond which there is no grid stage


def runs(chunk):
    """Runs of pieces that hand on as many numbers as they get."""
    start = None
    for i, piece in enumerate(chunk.pieces):
        width = piece.plan.incoming
        fits = 0 < width == len(piece.plan.outgoing) <= WIDEST and chunk.slopes[chunk.where[i, 0]] is not None
        if start is not None and (not fits or width != chunk.pieces[start].plan.incoming):
            yield start, i
            start = None
        if fits and start is None:
            start = i
    if start is not None:
        yield start, len(chunk.pieces)


def of_pieces(chunk, start, stop, slack):
    """Slopes, reaches, shifts and spacings of some pieces, in order."""
    width = chunk.pieces[start].plan.incoming
    slopes, (reach, shift, spacing) = np.empty((stop - start, width, width)), np.empty((3, stop - start, width))
    for group, members in enumerate(chunk.members):
        rows = np.flatnonzero((members >= start) & (members < stop))
        if len(rows):
            at = members[rows] - start
            slopes[at] = chunk.slopes[group][rows]
            own, moved_by, size = (each[rows] for each in chunk.sums[group])
            reach[at], shift[at] = own * slack + size * (slack - 1), moved_by
            spacing[at] = _spacing(chunk.batch(group), rows)
    return slopes, reach, shift, spacing


def first_gain(chunks, number, width):
    if number == len(chunks):
        return None
    chunk = chunks[number]
    plan, group = chunk.pieces[0].plan, chunk.where[0, 0]
    if not (plan.incoming == len(plan.outgoing) == width) or chunk.slopes[group] is None:
        return None
    return np.eye(width) - chunk.slopes[group][chunk.where[0, 1]]


def _updates(plan):
    """Numbers that a pass updates by one addition, unused in it afterwards: pairs (its place, column of the result)."""
    used = np.zeros(plan.width, bool)
    for step in plan.steps:
        for operand in step.operands:
            used[operand.columns] = True
    for step in plan.steps:
        if step.kind not in ('add', 'subtract'):
            continue
        for operand in step.operands[: 1 + (step.kind == 'add')]:
            if operand.shape != step.shape:
                continue
            sources = np.r_[operand.columns]
            for place, column in enumerate(plan.outgoing.tolist()):
                if step.start <= column < step.stop and not used[column] and sources[column - step.start] == place:
                    yield place, column


def _spacing(batch, rows):
    """The grid of each number that each pass updates, in all evaluations; 0 where there is none."""
    plan = batch.plan
    found = np.zeros((len(rows), plan.incoming))
    for place, column in _updates(plan):
        values, radii = (each[rows][:, [place, column]] for each in (batch.value, batch.radius))
        low, high = (np.abs(values) - radii).min(axis=1) * (1 - 4 * U), (np.abs(values) + radii).max(axis=1) * (1 + 4 * U)
        exponent = np.frexp(high)[1]
        spacing = np.ldexp(1.0, exponent - 53)
        good = (low > np.ldexp(0.5, exponent) + spacing) & (values[:, 0] * values[:, 1] > 0) & (spacing > 2.0**-900)
        good &= batch.noise[rows, column - plan.incoming] >= spacing / 2
        found[:, place] = np.where(good, spacing, 0.0)
    return found
