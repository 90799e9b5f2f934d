"""How long a proof may take, and what its parts keep when that is over: what comes first in a program is proved first."""

import contextlib
import math
import signal
import time

LEFT = 2.0  # seconds for what comes after
LISTED, LAYOUT, TUBE, GRID, SWEPT, SAMPLED = 0.15, 0.4, 0.75, 0.82, 0.9, 0.97  # of the time, when a proof's parts end
MEMORY = 'its proof needs more memory than it is given'


class OutOfTime(Exception):
    """A proof takes longer than it may."""


@contextlib.contextmanager
def ending_at(moment):
    """End what runs inside with `OutOfTime`, where the system can."""
    if not hasattr(signal, 'setitimer'):
        yield
        return

    def end(number, frame):
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, max(moment - time.monotonic(), 1e-6))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Deadline:
    """When a proof ends; its parts, one after another, have shares of the time until then.

    Parameters
    ----------
    seconds : float, optional
        How long all may take; for ever, where not given.
    started : float, optional
        When it began, by `time.monotonic`.
    samples : bool, optional
        Whether samples are drawn of what is not proved.
    """

    def __init__(self, seconds=math.inf, started=None, samples=False):
        self.seconds, self.samples = seconds, samples
        self.begun = time.monotonic()
        self.end = (self.begun if started is None else started) + seconds - LEFT
        self.memory = False  # whether the last part that ended early did so for want of memory

    def until(self, share, part, otherwise=None):
        """What a part of a proof gives, or something else where it is not done when this share of the time is over."""
        limited = self.seconds < math.inf
        try:
            with ending_at(self.begun + share * (self.end - self.begun)) if limited else contextlib.nullcontext():
                return part()
        except (OutOfTime, MemoryError) as end:
            self.memory = isinstance(end, MemoryError)
            return otherwise

    def reason(self, share):
        """Why there is no proof of what comes after a share of the program."""
        if self.memory:
            return f'{MEMORY}, and came through {share:.0%} of the program'
        told = f'its proof takes more than {self.seconds:g} seconds, in which it came through {share:.0%} of the program: '
        told += f'--seconds {10 * self.seconds:g} gives it more time, '
        return told + ('' if self.samples else '--samples 30 draws evaluations without a proof, ') + 'fewer iterations need less'
