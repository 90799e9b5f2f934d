"""Enclosures of a program's numbers over all conforming evaluations, by one sweep back through its tape.

Theorem 1 of ``docs/certificates.md``: with any weights, each print lies within the sum of |weight| times what each operation may add,
around the machine's own value less the sum of weight times the machine's own rounding errors.
"""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from streetlight.shadow.needs import completion

from .backward import Sweep
from .functions import FUNCTIONS
from .grid import FEWEST, Grid
from .joined import Joined
from .passes import Layout
from .signs import never_negative
from .sums import U
from .tube import Tube

TOGETHER = 128  # results whose weights flow back side by side


class Enclosure(NamedTuple):
    """Where the numbers of a query lie, in the shape of its nodes.

    Attributes
    ----------
    low, high : ndarray of float64
        Infinite where nothing is proved; -0.0 and 0.0 where the sign of a zero differs between evaluations.
    proof : str
        ``'fixed'`` (one number in all evaluations), ``'bound'`` or ``'none'``.
    reason : str
        Why there is no proof; else empty.
    """

    low: np.ndarray
    high: np.ndarray
    proof: str
    reason: str


def enclose(tape, queries, functions=None):
    """Enclose numbers of a program over all conforming evaluations.

    Parameters
    ----------
    tape : Tape
    queries : list of (int, ndarray of int)
        Of each print: the number of operations before it, and its nodes.
    functions : dict, optional
        The functions' bounds, `FUNCTIONS` where not given; `tighter` makes others.

    Returns
    -------
    list of Enclosure
    """
    model = FUNCTIONS if functions is None else functions
    queries = [(position, np.asarray(nodes)) for position, nodes in queries]
    fixed, values = tape.fixed, tape.values
    wanted = [nodes[~fixed[nodes]] for _, nodes in queries]
    decided_on = [decision.nodes.ravel() for decision in tape.decisions]
    if any(map(len, wanted)) or decided_on:
        last = min(len(tape.operations), max(completion(tape, *zip(*[(nodes, position) for position, nodes in queries]))))
        with threadpool_limits(1, 'blas'):  # many small products
            bounds = Bounds(tape, model, last)
        end, place = bounds.undecided()
        reached = [nodes for (position, _), nodes in zip(queries, wanted) if position < end]
        targets = np.unique(np.concatenate([*reached, np.empty(0, np.int64)]))
        with threadpool_limits(1, 'blas'):
            low, high = bounds.enclose(targets.astype(np.int64))
    else:
        end, place, targets, bounds = np.inf, None, np.empty(0, np.int64), None
    answers = []
    for position, nodes in queries:
        if position >= end:
            nothing = np.full(nodes.shape, np.inf)
            answers.append(Enclosure(-nothing, nothing, 'none', f'{place}, so nothing after it is certified'))
            continue
        lower, upper = np.array(values[nodes]), np.array(values[nodes])
        varying = ~fixed[nodes]
        at = np.searchsorted(targets, nodes[varying])
        lower[varying], upper[varying] = low[at] if len(at) else 0, high[at] if len(at) else 0
        if not (np.isfinite(lower) & np.isfinite(upper)).all():
            finite = bool(np.isfinite(values[nodes]).all())
            answers.append(Enclosure(lower, upper, 'none', bounds.reason() if finite and bounds else 'not a finite number'))
        else:
            proof = 'fixed' if (lower == upper).all() else 'bound'
            answers.append(Enclosure(lower, upper, proof, ''))
    return answers


class Bounds:
    """The tube of a tape up to a position, and the sweep back from any of its numbers."""

    def __init__(self, tape, model, end):
        self.tape, self.model = tape, model
        self.end, self.layout = end, Layout(tape, end)
        most = max((f.ulps for f in model.values()), default=4)
        gamma = (self.layout.terms + 64 + 4 * most) * U * 1.01
        self.slack = 1 + (tape.count + 1000) * 2 * U
        self.tube = Tube(self.layout, model, gamma, self.slack)
        self.bases = np.array([piece.base for piece in self.layout.pieces] or [0])

    def undecided(self):
        """The first decision whose numbers may differ: operations before it, and its place; (infinity, None) if all are decided."""
        decisions = [decision for decision in self.tape.decisions if decision.position <= self.end]
        if not decisions:
            return np.inf, None
        nodes = np.unique(np.concatenate([d.nodes.ravel() for d in decisions]))
        nodes = nodes[~self.tape.fixed[nodes]]
        radius = np.zeros(len(nodes))
        owner = np.searchsorted(self.bases, nodes, side='right') - 1
        for chunk, start, stop in zip(self.tube.chunks, self.tube.starts, self.tube.starts[1:]):
            inside = np.flatnonzero((owner >= start) & (owner < stop))
            for k in inside:
                group, row = chunk.where[owner[k] - start]
                batch = chunk.batch(group)
                radius[k] = batch.radius[row, self._column(owner[k], nodes[k])]
            chunk.forget()
        for decision in decisions:
            own = decision.nodes.ravel()
            own = own[~self.tape.fixed[own]]
            if radius[np.searchsorted(nodes, own)].any():
                return decision.position, decision.place
        return np.inf, None

    def _column(self, piece, node):
        piece = self.layout.pieces[piece]
        return piece.plan.incoming + np.searchsorted(piece.plan.offsets, node - piece.base)

    def enclose(self, targets):
        """Numbers below and above each of some nodes."""
        centre = self.tape.values[targets]
        radius, shift = np.zeros(len(targets)), np.zeros(len(targets))
        grid = Grid(self.tube, self.slack) if len(self.layout.pieces) >= FEWEST else None
        least, most, own = np.zeros((3, len(targets)))
        size = np.zeros(len(targets))
        near = np.full(len(targets), np.inf)
        vague = np.zeros(len(targets), bool)
        owner = np.searchsorted(self.bases, targets, side='right') - 1
        order = np.argsort(owner, kind='stable')
        for first in range(0, len(order), TOGETHER):
            block = order[first : first + TOGETHER]
            joined = Joined(len(block))
            swept = Sweep(self.tube, targets[block], owner[block])
            swept.run(grid, joined)
            radius[block], shift[block], size[block] = swept.radius, swept.shift, swept.size
            near[block], vague[block] = swept.near, swept.vague
            least[block], most[block], own[block] = joined.ends()
        radius = radius * self.slack + size * (self.slack - 1)
        with np.errstate(all='ignore'):
            tighter = most - least < 2 * own
            least, most, own = (np.where(tighter, each, 0.0) for each in (least, most, own))
            low = np.nextafter(centre + np.nextafter(least - shift - (radius - own), -np.inf), -np.inf)
            high = np.nextafter(centre + np.nextafter(most - shift + (radius - own), np.inf), np.inf)
            low = np.fmax(low, np.nextafter(centre - near, -np.inf))
            high = np.fmin(high, np.nextafter(centre + near, np.inf))
        exact = near == 0
        low[exact], high[exact] = centre[exact], centre[exact]
        low[exact & vague], high[exact & vague] = -0.0, 0.0
        near_zero = np.flatnonzero((low < 0) & (centre >= 0))
        low[near_zero] = np.where(never_negative(self.tape, targets[near_zero]), 0.0, low[near_zero])
        low[np.isnan(low)] = -np.inf  # a centre that is no number, too
        high[np.isnan(high)] = np.inf
        return low, high

    def reason(self):
        """The first operation that could not be bounded though its operands were."""
        for chunk in self.tube.chunks:
            for batch in chunk.batches:
                for step, lost, radii in batch.causes if batch is not None else ():
                    if all(np.isfinite(r).all() for r in radii):
                        return f'`{step.kind}` has no bound where its operands may lie'
        return 'the enclosure has grown without bound'
