"""Enclosures of a program's numbers over all conforming evaluations, by one sweep back through its tape.

Theorem 1 of ``docs/certificates.md``: with any weights, each print lies within the sum of |weight| times what each operation may add,
around the machine's own value less the sum of weight times the machine's own rounding errors.
"""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from streetlight.shadow.needs import completion

from .backward import Sweep
from .deadline import GRID, SWEPT, TUBE, Deadline
from .functions import FUNCTIONS
from .grid import FEWEST, Grid
from .joined import Joined
from .passes import Layout
from .signs import never_negative
from .sums import U
from .tube import Tube
from .watched import Watched

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


def enclose(tape, queries, functions=None, deadline=None):
    """Enclose numbers of a program over all conforming evaluations.

    Parameters
    ----------
    tape : Tape
    queries : list of (int, ndarray of int)
        Of each print: the number of operations before it, and its nodes.
    functions : dict, optional
        The functions' bounds, `FUNCTIONS` where not given; `tighter` makes others.
    deadline : Deadline, optional
        When to end; what comes first in the program is enclosed first.

    Returns
    -------
    list of Enclosure
    """
    model = FUNCTIONS if functions is None else functions
    deadline = deadline or Deadline()
    queries = [(position, np.asarray(nodes)) for position, nodes in queries]
    fixed, values = tape.fixed, tape.values
    wanted = [nodes[~fixed[nodes]] for _, nodes in queries]
    if any(map(len, wanted)) or tape.decisions:
        needed = completion(tape, *zip(*[(nodes, position) for position, nodes in queries]))
        last = min(len(tape.operations), max(needed))
        with threadpool_limits(1, 'blas'):  # many small products
            bounds = Bounds(tape, model, last, np.concatenate(wanted), deadline)
            beyond = [bounds.beyond(position, min(ready, last)) for (position, _), ready in zip(queries, needed)]
            reached = [nodes for nodes, reason in zip(wanted, beyond) if not reason]
            targets = np.unique(np.concatenate([*reached, np.empty(0, np.int64)]))
            low, high = bounds.enclose(targets)
    else:
        beyond, targets, bounds = [''] * len(queries), np.empty(0, np.int64), None
    answers = []
    for (_, nodes), reason in zip(queries, beyond):
        if reason:
            nothing = np.full(nodes.shape, np.inf)
            answers.append(Enclosure(-nothing, nothing, 'none', reason))
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
    """The tube of a tape up to a position, as far as there is time, and the sweep back from any of its numbers."""

    def __init__(self, tape, model, end, asked=(), deadline=None):
        self.tape, self.model, self.end = tape, model, end
        self.deadline = deadline or Deadline()
        self.layout = Layout(tape, end, self.deadline)
        most = max((f.ulps for f in model.values()), default=4)
        gamma = (self.layout.terms + 64 + 4 * most) * U * 1.01
        self.slack = 1 + (tape.count + 1000) * 2 * U
        self.tube = Tube(self.layout, model, gamma, self.slack)
        self.watched = Watched(tape, self.layout, asked)
        self.deadline.until(TUBE, lambda: self.tube.grow(self.watched))
        self.reach = self.layout.cuts[self.tube.starts[len(self.tube.chunks)]]

    def beyond(self, position, ready):
        """Why nothing is certified that is printed at a position, of numbers that are there when ``ready`` operations are done."""
        undecided = self.watched.undecided
        if undecided and position >= undecided.position:
            return f'{undecided.place}, so nothing after it is certified'
        return self.deadline.reason(self.reach / self.end) if ready > self.reach else ''

    def enclose(self, targets):
        """Numbers below and above each of some nodes; the first first, and by the tube alone where there is no time left."""
        centre, at = self.tape.values[targets], np.searchsorted(self.watched.nodes, targets)
        near, vague, owner = self.watched.near[at], self.watched.vague[at], self.watched.owner[at]
        radius = np.full(len(targets), np.inf)
        shift, size, least, most, own = np.zeros((5, len(targets)))
        grid = self.deadline.until(GRID, lambda: Grid(self.tube, self.slack)) if self.tube.starts[-1] >= FEWEST else None

        def sweep():
            for first in range(0, len(targets), TOGETHER):  # in the order in which they are made
                block = slice(first, first + TOGETHER)
                joined = Joined(len(targets[block]))
                swept = Sweep(self.tube, targets[block], owner[block], near[block])
                swept.run(grid, joined)
                least[block], most[block], own[block] = joined.ends()
                shift[block], size[block] = swept.shift, swept.size
                radius[block] = swept.radius  # last: what is not swept has no bound but the tube's

        self.deadline.until(SWEPT, sweep)
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
