"""A program's tape predicts what another machine computes, from its accumulations and functions."""

import platform
import textwrap

import numpy as np
import pytest
from kernels import record_on

from streetlight.programs.run import run
from streetlight.record.notes import Notes
from streetlight.record.programs import record_program
from streetlight.shadow.emulated import Machine, emulate, layout_of_dot

NETWORK = textwrap.dedent("""
    import numpy as np
    np.random.seed(1)
    x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = np.array([[0], [1], [1], [0]])
    w0 = 2 * np.random.random((3, 4)) - 1
    w1 = 2 * np.random.random((4, 1)) - 1
    for step in range(30):
        l1 = 1 / (1 + np.exp(-x.dot(w0)))
        l2 = 1 / (1 + np.exp(-np.dot(l1, w1)))
        d2 = (l2 - y) * l2 * (1 - l2)
        d1 = d2.dot(w1.T) * l1 * (1 - l1)
        w1 = w1 - 5 * l1.T.dot(d2)
        w0 = w0 - 5 * (x.T @ d1)
        error = np.mean(np.abs(l2 - y))
        last = np.dot(l1[0], w1)
        print(error)
""")


@pytest.fixture
def program(tmp_path):
    path = tmp_path / 'network.py'
    path.write_text(NETWORK, encoding='utf-8')
    return path


def named(tape, values):
    return [(' '.join(f'{name}={value}' for name, value in name.where), name.name, values[name.nodes].tolist()) for name in tape.names]


def test_a_tape_knows_how_each_product_lies_in_memory(program):
    notes = Notes()
    record_program(str(program), notes=notes)
    tape = run(str(program)).session.tape
    assert {layout_of_dot(operation) for operation in tape.operations if operation.kind == 'dot'} == notes.shapes


def test_this_machine_is_predicted_by_its_own_recording(program):
    recording = record_program(str(program))
    tape = run(str(program)).session.tape
    emulation = emulate(tape, Machine(recording['accumulations'], recording['squares'], recording['functions']))
    assert np.array_equal(emulation.values, tape.values)
    assert set(emulation.copied) == {'exp'} and not emulation.guessed


@pytest.mark.skipif(platform.machine() not in ('x86_64', 'AMD64'), reason='names kernels of x86-64')
@pytest.mark.parametrize('kernel', ['Prescott', 'Nehalem', 'Haswell'])
def test_another_kernel_is_predicted_to_the_bit(program, tmp_path, kernel):
    other = record_on(kernel, program, tmp_path / 'other.json')
    tape = run(str(program)).session.tape
    emulation = emulate(tape, Machine(other.accumulations, other.squares))
    predicted = {(where, name, str(value)) for where, name, value in named(tape, emulation.values)}
    recorded = {
        (' '.join('%s=%s' % place for place in step.where), step.name, str(step.value.tolist()))
        for step in other.steps
        if step.name in ('w0', 'w1', 'error', 'last') and step.where
    }
    assert recorded and recorded <= predicted
