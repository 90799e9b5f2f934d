"""The reverse sweep: weights that flow back from some of a tape's numbers, and what rounding adds to these on the way."""

import numpy as np


class Sweep:
    """A sweep from nodes of ascending pieces.

    Attributes
    ----------
    radius, shift : ndarray
        The sum of \\|weight\\| times what an operation may add, and of weight times the machine's own error.
    size : ndarray
        A sum that bounds what the shift's own sum rounds.
    """

    def __init__(self, tube, targets, owner, near):
        self.tube, self.targets, self.owner, self.near = tube, targets, owner, near
        self.radius, self.shift, self.size = np.zeros((3, len(targets)))

    def run(self, grid, joined):
        """Send the weights back, through the windows of a grid too."""
        targets, owner, weights = self.targets, self.owner, None
        for c in range(len(self.tube.chunks) - 1, -1, -1):
            start = self.tube.starts[c]
            if owner[-1] < start:
                continue
            chunk = self.tube.chunks[c]
            if weights is None:
                weights = np.zeros((len(targets), len(chunk.pieces[-1].plan.outgoing)))
            own = self._own(chunk, start)
            ends = [None] * len(chunk.pieces)
            heads = [None] * len(chunk.pieces)
            batched = all(slopes is not None for slopes in chunk.slopes)
            for i in range(len(chunk.pieces) - 1, -1, -1):
                group, row = chunk.where[i]
                ends[i] = weights
                if batched:
                    heads[i] = weights @ chunk.slopes[group][row]
                else:
                    heads[i] = self._back(chunk, group, np.array([row]), weights[None], None)[0]
                for k, incoming in own.get(i, ()):
                    heads[i][k] = incoming
                weights = heads[i]
            if grid:
                grid.back(c, ends, joined)
            if batched:
                for group, members in enumerate(chunk.members):
                    self._back(chunk, group, None, np.array([ends[i] for i in members]), [(heads[i], own.get(i, ())) for i in members])
            chunk.forget()

    def _back(self, chunk, group, rows, ends, heads):
        """Add what pieces of one plan contribute; the sum is over pieces too."""
        batch = chunk.batch(group)
        plan = batch.plan
        passes, results = ends.shape[:2]
        active = np.flatnonzero(ends.any(axis=(0, 2)))
        incoming = np.zeros((passes, results, plan.incoming))
        if len(active):
            weights = np.zeros((passes, len(active), plan.incoming + plan.made))
            weights[:, :, plan.outgoing] = ends[:, active]
            back, reach, moved = batch.backward(weights, rows)
            self.radius[active] += reach.sum(axis=0)
            self.shift[active] += moved.sum(axis=0)
            self.size[active] += np.abs(moved).sum(axis=0) + batch.last_size.sum(axis=0)
            incoming[:, active] = back
        if heads is not None:
            for i, (head, own) in enumerate(heads):
                gap = incoming[i] - head
                for k, _ in own:
                    gap[k] = 0.0
                touched = gap != 0
                if touched.any():
                    box = batch.radius[i, : plan.incoming]
                    self.radius += np.where(touched, np.abs(np.where(touched, gap, 1.0)) * box, 0.0).sum(axis=1) * 1.01
        return incoming

    def _own(self, chunk, start):
        """The pieces that make the targets: {piece of the chunk: [(target, its weights of the incoming numbers)]}."""
        targets, owner = self.targets, self.owner
        inside = np.flatnonzero((owner >= start) & (owner < start + len(chunk.pieces)))
        found = {}
        by_group = {}
        for k in inside:
            i = owner[k] - start
            by_group.setdefault(chunk.where[i, 0], {}).setdefault(i, []).append(k)
        for group, pieces in by_group.items():
            batch = chunk.batch(group)
            plan = batch.plan
            rows = np.array([chunk.where[i, 1] for i in pieces])
            most = max(map(len, pieces.values()))
            weights = np.zeros((len(rows), most, plan.incoming + plan.made))
            for r, (i, members) in enumerate(pieces.items()):
                columns = plan.incoming + np.searchsorted(plan.offsets, targets[members] - chunk.pieces[i].base)
                weights[r, np.arange(len(members)), columns] = 1.0
            incoming, reach, moved = batch.backward(weights, rows)
            for r, (i, members) in enumerate(pieces.items()):
                self.radius[members] += reach[r, : len(members)]
                self.shift[members] += moved[r, : len(members)]
                self.size[members] += batch.last_size[r, : len(members)]
                known = np.isfinite(self.near[members])[:, None]  # what is lost need not flow back
                found[i] = list(zip(members, np.where(known, incoming[r, : len(members)], 0.0)))
        return found
