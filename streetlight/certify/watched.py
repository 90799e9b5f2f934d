"""Numbers of which the tube's radius is noted as it grows: those that are asked for, and those that the program went by."""

import numpy as np


class Watched:
    """What the tube says of some of a tape's numbers.

    Parameters
    ----------
    tape : Tape
    layout : Layout
    asked : ndarray of int
        Nodes.

    Attributes
    ----------
    nodes : ndarray of int
        In ascending order.
    owner : ndarray of int
        The piece that makes each.
    near : ndarray
        How far it may be from the machine's in another evaluation; infinite where nothing is known.
    vague : ndarray of bool
        Where it is a zero of either sign.
    undecided : Decision or None
        The first whose numbers may differ.
    """

    def __init__(self, tape, layout, asked):
        self.layout, self.fixed = layout, tape.fixed
        self.decisions = [decision for decision in tape.decisions if decision.position <= layout.cuts[-1]]
        nodes = np.unique(np.concatenate([np.asarray(asked, np.int64), *[decision.nodes.ravel() for decision in self.decisions]]))
        self.nodes = nodes[~self.fixed[nodes]]
        self.owner = np.searchsorted(layout.bases, self.nodes, side='right') - 1
        self.near, self.vague = np.full(len(self.nodes), np.inf), np.zeros(len(self.nodes), bool)
        self.undecided = None
        self.decided = 0  # how many decisions are known to be the same in all evaluations

    def look(self, chunk, start):
        """Note what a chunk says; the number of its first piece is ``start``."""
        inside = slice(*np.searchsorted(self.owner, [start, start + len(chunk.pieces)]))
        owner, found = self.owner[inside], np.empty((2, inside.stop - inside.start))
        for group in np.unique(chunk.where[owner - start, 0]).tolist():
            at = np.flatnonzero(chunk.where[owner - start, 0] == group)
            batch, rows = chunk.batch(group), chunk.where[owner[at] - start, 1]
            columns = self.column(batch.plan, inside, at)
            found[:, at] = batch.radius[rows, columns], batch.either_zero[rows, columns]
        self.near[inside], self.vague[inside] = found
        position = self.layout.cuts[start + len(chunk.pieces)]
        while self.decided < len(self.decisions) and self.decisions[self.decided].position <= position:
            decision = self.decisions[self.decided]
            if self.near[self.places(decision.nodes.ravel())].any():
                self.undecided = decision
                return
            self.decided += 1

    def column(self, plan, inside, at):
        """The columns in which some nodes of a plan's pieces stand."""
        nodes, owner = self.nodes[inside][at], self.owner[inside][at]
        return plan.incoming + np.searchsorted(plan.offsets, nodes - self.layout.bases[owner])

    def places(self, nodes):
        """Where nodes that vary stand among those watched."""
        return np.searchsorted(self.nodes, nodes[~self.fixed[nodes]])
