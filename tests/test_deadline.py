"""Proofs as far as there is time: what was asked, and in which part of the time."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from streetlight.certify.deadline import LEFT, SHARES, OutOfTime, ending_at, in_time
from streetlight.certify.proofs import Proof

TAPE = SimpleNamespace(operations=range(100), values=np.arange(200.0))
QUERIES = [(position, np.array([position])) for position in (10, 24, 25, 26, 100)]
ROOM = 0.25


class Prover:
    """Proves at once what is asked, but for the first calls, which never end."""

    def __init__(self, endless):
        self.endless, self.asked, self.ended = endless, [], []

    def __call__(self, tape, queries):
        self.asked.append([position for position, _ in queries])
        if len(self.asked) <= self.endless:
            try:
                while True:
                    time.sleep(0.01)
            finally:
                self.ended.append(time.monotonic())
        return [Proof(tape.values[nodes], tape.values[nodes], 'bound', '') for _, nodes in queries]


@pytest.mark.parametrize('endless, proved', [(0, 5), (1, 3), (2, 0)])
@pytest.mark.parametrize('drawing', [True, False])
def test_as_much_is_proved_as_there_is_time_for(endless, proved, drawing):
    prover, drawn = Prover(endless), []

    def draw(tape, queries):
        drawn.append([position for position, _ in queries])
        return [Proof(tape.values[nodes], tape.values[nodes], 'sampled', '') if nodes[0] != 26 else None for _, nodes in queries]

    started = time.monotonic()
    found = in_time(prover, draw if drawing else None, 2 * LEFT + ROOM, started - LEFT)(TAPE, QUERIES)
    positions = [position for position, _ in QUERIES]
    assert prover.asked == [positions, positions[:3], positions[:3]][: min(endless + 1, 2)]
    assert [proof.proof == 'bound' for proof in found] == [index < proved for index in range(5)]
    assert drawn == ([positions[proved:]] if drawing and proved < 5 else [])
    for proof, position in zip(found, positions):
        assert proof.low.tolist() == proof.high.tolist() == [position]
        if proof.proof == 'none':
            assert 'takes more than' in proof.reason and ('--samples 30' in proof.reason) == (not drawing)
            assert not drawing or position == 26
    for ended, (_, share) in zip(prover.ended, SHARES):
        assert ended - started >= share * ROOM - 0.02


def test_what_ends_in_time_is_left_alone_and_the_alarm_is_off():
    with ending_at(time.monotonic() + 0.05):
        pass
    time.sleep(0.1)
    with pytest.raises(OutOfTime), ending_at(time.monotonic() - 1):
        time.sleep(1)


def test_another_fault_of_a_proof_is_not_taken_for_lack_of_time():
    def broken(tape, queries):
        raise ValueError('a fault')

    with pytest.raises(ValueError, match='a fault'):
        in_time(broken, None, 60, time.monotonic())(TAPE, QUERIES)
