"""Proofs as far as there is time: of all prints, else of those in the first part of a program, else of none."""

import contextlib
import signal
import time

from streetlight.certify.proofs import Proof

SHARES = (1.0, 0.72), (0.25, 0.9)  # of the program's operations, and of the time that is left
LEFT = 2.0  # seconds for what comes after


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
    signal.setitimer(signal.ITIMER_REAL, max(moment - time.monotonic(), 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def in_time(prove, draw, seconds, started):
    """A `prove` that ends in time.

    Parameters
    ----------
    prove : callable
        From a tape and queries to proofs.
    draw : callable or None
        From a tape and queries to what samples say, where they are wanted.
    seconds : float
        How long all may take.
    started : float
        When it began, by `time.monotonic`.
    """
    reason = f'its proof takes more than {seconds:g} seconds: --seconds {10 * seconds:g} gives it more time, '
    reason += 'fewer iterations need less' if draw else '--samples 30 draws evaluations without a proof, fewer iterations need less'

    def proved(tape, queries):
        end = started + seconds - LEFT
        room = end - time.monotonic()
        found = [Proof(tape.values[nodes], tape.values[nodes], 'none', reason) for _, nodes in queries]
        for share, part in SHARES:
            asked = [index for index, (position, _) in enumerate(queries) if position <= share * len(tape.operations)]
            try:
                with ending_at(end - (1 - part) * room):
                    for index, proof in zip(asked, prove(tape, [queries[index] for index in asked])):
                        found[index] = proof
                break
            except OutOfTime:
                continue
        rest = [index for index, proof in enumerate(found) if proof.proof == 'none']
        if draw and rest and any(found[index].reason == reason for index in rest):
            with contextlib.suppress(OutOfTime), ending_at(end):
                for index, proof in zip(rest, draw(tape, [queries[index] for index in rest])):
                    found[index] = proof or found[index]
        return found

    return proved
