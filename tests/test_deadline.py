"""Proofs as far as there is time: what was proved when time was over stays."""

import json
import signal
import time

import numpy as np
import pytest
from tape_recorder import network

from streetlight.certify import backward, behind, enclosures, grid, passes, proofs, tube
from streetlight.certify.deadline import LEFT, Deadline, OutOfTime, ending_at
from streetlight.certify.proofs import prove, sampled_alone

PRINTS = 'import numpy as np\nx = np.exp(0.3)\nfor i in range(4):\n    x = x * 0.5 + 0.1\n    print(np.sqrt(x))\n'


class Ended:
    """A function that works a few times, and is then ended."""

    def __init__(self, function, times, error=OutOfTime):
        self.function, self.times, self.error = function, times, error

    def __call__(self, *arguments, **keywords):
        if self.times == 0:
            raise self.error
        self.times -= 1
        return self.function(*arguments, **keywords)


def end(monkeypatch, room, name, times, error=OutOfTime):
    ended = Ended(getattr(room, name), times, error)
    monkeypatch.setattr(room, name, lambda *arguments, **keywords: ended(*arguments, **keywords))


@pytest.fixture(scope='module')
def training():
    """A network's tape, its eight prints, what is proved of them where there is time, and how many chunks are made for that."""
    tape, prints = network(1.0, 80, every=10)
    with pytest.MonkeyPatch.context() as patch:
        counted = Ended(tube.Chunk, -1)
        patch.setattr(tube, 'Chunk', counted)
        return tape, prints, prove(tape, prints), -1 - counted.times


@pytest.mark.one_in(4)
@pytest.mark.parametrize('error, told', [(OutOfTime, 'its proof takes more than '), (MemoryError, 'its proof needs more memory ')])
@pytest.mark.parametrize('part, least, most', [(0, 0, 0), (0.4, 0, 2), (0.8, 1, 7), (1, 8, 8)])
def test_what_is_printed_before_the_tube_ends_keeps_its_digits(training, part, least, most, error, told, monkeypatch):
    tape, prints, whole, chunks = training
    end(monkeypatch, tube, 'Chunk', int(part * chunks), error)
    found = prove(tape, prints)
    count = sum(proof.proof == 'bound' for proof in found)
    assert least <= count <= most
    for proof, known in zip(found[:count], whole):
        assert [proof.low, proof.high] == [pytest.approx(known.low, rel=1e-14), pytest.approx(known.high, rel=1e-14)]
    for proof in found[count:]:
        assert proof.proof == 'none' and proof.reason.startswith(told)
        assert proof.low == -np.inf and proof.high == np.inf
    shares = {proof.reason.partition('came through ')[2].partition('%')[0] for proof in found[count:]}
    assert not shares or [prints[count - 1][0] if count else 0] <= [float(*shares) / 100 * prints[-1][0] + 1] < [prints[count][0] + 2]


def test_of_pieces_of_which_there_is_no_plan_yet_nothing_is_proved(training, monkeypatch):
    tape, prints, whole, _ = training
    extended = passes.Layout._extend
    ended = Ended(extended, 2)
    monkeypatch.setattr(passes.Layout, '_extend', lambda *arguments: ended(*arguments))
    found = prove(tape, prints)
    assert found[0].low == pytest.approx(whole[0].low, rel=1e-14)
    assert [proof.proof for proof in found] == ['bound'] + ['none'] * 7


@pytest.mark.parametrize('error', [OutOfTime, MemoryError])
def test_what_is_not_swept_has_the_bound_of_the_tube(training, error, monkeypatch):
    tape, prints, whole, _ = training
    monkeypatch.setattr(enclosures, 'TOGETHER', 1)
    ended = Ended(backward.Sweep.run, 3, error)
    monkeypatch.setattr(backward.Sweep, 'run', lambda *arguments: ended(*arguments))
    found = prove(tape, prints)
    for proof, known in zip(found[:3], whole):
        assert [proof.low, proof.high] == [pytest.approx(known.low, rel=1e-14), pytest.approx(known.high, rel=1e-14)]
    for proof, known in zip(found[3:], whole[3:]):
        assert proof.proof == 'bound' and proof.low < known.low < known.high < proof.high


@pytest.mark.thorough
def test_windows_that_are_not_ended_are_left_out(monkeypatch):
    tape, prints = network(1.0, 300, every=100)
    monkeypatch.setattr(enclosures, 'FEWEST', 1000)
    plain = prove(tape, prints)
    monkeypatch.setattr(enclosures, 'FEWEST', 200)
    end(monkeypatch, grid, 'window_of', 2)
    assert prove(tape, prints) == plain


def test_where_there_is_no_time_to_list_evaluations_they_are_enclosed(monkeypatch):
    tape, prints = network(1.0, 2, every=1)
    end(monkeypatch, proofs, 'evaluations_until', 0)
    assert {proof.proof for proof in prove(tape, prints)} == {'bound'}


def test_where_there_is_no_time_for_a_proof_samples_are_drawn(training, monkeypatch):
    tape, prints, _, chunks = training
    end(monkeypatch, tube, 'Chunk', int(0.8 * chunks))
    found = prove(tape, prints, samples=5)
    assert {len(proof.values) for proof in found} == {5}
    kinds = [proof.proof for proof in found]
    assert kinds == sorted(kinds) and set(kinds) == {'bound', 'sampled'}
    end(monkeypatch, proofs, 'sample', 0)
    assert {proof.proof for proof in sampled_alone(tape, prints, 5)} == {'none'}


@pytest.mark.skipif(not hasattr(signal, 'setitimer'), reason='the system has no timers')
def test_a_part_ends_at_its_share_of_the_time_and_the_next_begins():
    deadline = Deadline(2 * LEFT + 0.4, time.monotonic() - LEFT)  # as one does that came late to its task
    for share in (0.3, 0.8):
        assert deadline.until(share, lambda: time.sleep(10), 'ended') == 'ended'
        assert time.monotonic() - deadline.begun >= share * 0.4 - 0.02
    assert deadline.until(1, lambda: 'done') == 'done'
    time.sleep(0.2)  # no alarm is left


@pytest.mark.skipif(not hasattr(signal, 'setitimer'), reason='the system has no timers')
def test_what_ends_in_time_is_left_alone_and_the_alarm_is_off():
    with ending_at(time.monotonic() + 0.05):
        pass
    time.sleep(0.1)
    with pytest.raises(OutOfTime), ending_at(time.monotonic() - 1):
        time.sleep(1)


def test_another_fault_of_a_proof_is_not_taken_for_lack_of_time():
    def broken():
        raise ValueError('a fault')

    for deadline in (Deadline(), Deadline(60)):
        with pytest.raises(ValueError, match='a fault'):
            deadline.until(1, broken)


@pytest.mark.skipif(not hasattr(signal, 'setitimer'), reason='the system has no timers')
@pytest.mark.parametrize('samples, told', [(0, '--samples 30 draws'), (5, 'fewer iterations need less')])
def test_a_program_whose_time_is_over_when_it_has_run_is_told_how_to_have_more(samples, told):
    asked = {'path': 'program', 'cells': [{'text': PRINTS}], 'seconds': 0.5, 'samples': samples}
    rows = json.loads(behind.answer(json.dumps(asked).encode()))['rows']
    assert [row['proof'] for row in rows] == ['none'] * 4
    assert all('takes more than 0.5 seconds' in row['reason'] and '--seconds 5 ' in row['reason'] and told in row['reason'] for row in rows)
