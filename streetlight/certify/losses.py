"""What depends on numbers of which nothing is known."""

import copy

import numpy as np

from streetlight.shadow.operations import REDUCTIONS


class Losses:
    """What depends on numbers of which nothing is known.

    Parameters
    ----------
    tape : Tape
    lost : dict of int to str
        Leaves, and why nothing is known of them.
    """

    def __init__(self, tape, lost):
        self.reasons = ['', *lost.values()]
        self.flags = None
        self.position, self.reason = None, ''
        if not lost:
            return
        flags = self.flags = np.zeros(tape.count, np.int32)
        flags[list(lost)] = np.arange(1, len(lost) + 1)
        for operation in tape.operations:
            if not operation.operands:
                continue
            found = [flags[nodes] for nodes in operation.operands]
            if not any(each.any() for each in found):
                continue
            if operation.kind in REDUCTIONS:
                found = [each.max(axis=-1) for each in found]
            flag = found[0]
            for each in found[1:]:
                flag = np.maximum(flag, each)
            size = int(np.prod(operation.shape))
            flags[operation.first : operation.first + size] = np.broadcast_to(flag, operation.shape).ravel()
        for decision in tape.decisions:
            reason = self.of(decision.nodes)
            if reason:
                self.position = decision.position
                self.reason = f'{decision.place}, which rests on {reason}' if reason not in decision.place else decision.place
                break

    def without(self, tape):
        """The tape with all that is lost as it was on this machine: nothing that is asked rests on it, and it bounds nothing."""
        if self.flags is None:
            return tape
        part = copy.copy(tape)
        part._fixed = tape._fixed.copy()
        part._fixed[: len(self.flags)] |= self.flags > 0
        return part

    def of(self, nodes):
        """Why nothing is known of these nodes; empty if nothing is lost."""
        return self.reasons[self.flags[nodes].max()] if self.flags is not None and np.size(nodes) else ''

    def before(self, position):
        """Why nothing is certified from here on."""
        return self.reason if self.position is not None and self.position <= position else ''
