"""How long a proof may take, and what its parts keep when that is over: what comes first in a program is proved first."""

import contextlib
import math
import signal
import time

LEFT = 2.0  # seconds for what comes after
LISTED, LAYOUT, TUBE, GRID, SWEPT, SAMPLED = 0.15, 0.35, 0.6, 0.75, 0.85, 0.95  # of the time, when a proof's parts end
MEMORY = 'its proof needs more memory than it is given'


class OutOfTime(Exception):
    """A proof takes longer than it may."""


@contextlib.contextmanager
def ending_at(moment):
    """End what runs inside with `OutOfTime`, where the system can; do not begin it where it is too late."""
    if moment <= time.monotonic():
        raise OutOfTime
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
        self.memory = False  # whether a part ended for want of it

    @contextlib.contextmanager
    def until(self, share):
        """Run a part of a proof, until it is done or this share of the time is over: it keeps what it has then."""
        limited = self.seconds < math.inf
        try:
            with ending_at(self.begun + share * (self.end - self.begun)) if limited else contextlib.nullcontext():
                yield
        except OutOfTime:
            pass
        except MemoryError:
            self.memory = True

    def reason(self, share):
        """Why there is no proof of what comes after a share of the program."""
        if self.memory:
            return f'{MEMORY}, and came through {share:.0%} of the program'
        told = f'its proof takes more than {self.seconds:g} seconds, in which it came through {share:.0%} of the program: '
        told += f'--seconds {10 * self.seconds:g} gives it more time, '
        return told + ('' if self.samples else '--samples 30 draws evaluations without a proof, ') + 'fewer iterations need less'
