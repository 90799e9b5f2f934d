"""Samples drawn in several places say together what they say in one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import command_line, heed_interrupts, processes, wait

from streetlight.boundary import BoundaryError, walls
from streetlight.certify.gathered import GatherError, draw, gathered, shares

ROOT = Path(__file__).parents[1]
CHAOS = """
import numpy as np
x = np.exp(np.arange(12.0) / 7)
for i in range(60):
    x = np.sin(3.9 * x * (1 - x)) + x.sum() * 1e-3
print(x[0], x.sum())
print(np.exp(1.0))
"""


def row(proof, printed='0.5', low=0.5, high=0.5, variants=None, reason='', guaranteed=False):
    fields = {'proof': proof, 'printed': printed, 'low': low, 'high': high, 'radius': 0.0, 'variants': variants, 'reason': reason}
    return {**fields, 'guaranteed': guaranteed, 'open_at': 0, 'file': 'here'}


def test_every_sample_has_its_place():
    assert shares(30, 4) == [8, 8, 7, 7] and shares(2, 4) == [1, 1] and sum(shares(101, 7)) == 101


def test_samples_that_agree_in_each_place_and_differ_between_two_refute_a_digit():
    parts = [
        [row('sampled', variants=['0.5'], reason='the same in 4 sampled evaluations')],
        [row('sampled', low=0.51, high=0.51, variants=['0.51'], reason='the same in 3 sampled evaluations')],
    ]
    (found,) = gathered([row('none')], parts)
    assert found['proof'] == 'sampled' and (found['low'], found['high']) == (0.5, 0.51) and found['variants'] == ['0.5', '0.51']
    assert found['reason'] == 'refuted: sampled evaluations print 0.5 and 0.51'
    assert found['open_at'] == 3
    (found,) = gathered([row('none')], [parts[0], [dict(parts[0][0])]])
    assert found['reason'] == 'the same in 8 sampled evaluations' and found['variants'] == ['0.5']


def test_what_is_proved_stays_proved():
    sampled = [[row('sampled', variants=['0.5'], reason='the same in 4 sampled evaluations')] * 2]
    rows = [row('bound', guaranteed=True, reason='15 digits'), row('fixed', guaranteed=True)]
    assert gathered([dict(each) for each in rows], sampled) == rows


def test_a_place_that_cannot_run_the_program_says_why():
    asked = {'path': 'p.py', 'cells': [{'text': '1 / 0\n'}], 'samples': 2, 'seed': 0}
    with pytest.raises(GatherError, match='another place: ZeroDivisionError'):
        draw(asked, {'seconds': 30, 'memory': 2**31, 'unprotected': True})


IMPATIENT = 'from streetlight.commands import places; places.PATIENCE = 1; from streetlight.__main__ import main; raise SystemExit(main())'


def certified(path, *options, program=('-m', 'streetlight')):
    command = [sys.executable, '-W', 'ignore', *program, 'certify', str(path), '--json', '--samples', '6', *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    return ended, json.loads(ended.stdout) if ended.stdout else None


def assert_sampled(rows):
    assert [each['proof'] for each in rows] == ['sampled', 'sampled', 'bound']
    assert all(each['low'] < each['high'] and each['low'] <= float(each['printed']) <= each['high'] for each in rows[:2])
    assert len(rows[1]['variants']) > 2 and rows[1]['reason'].startswith('refuted')


@pytest.fixture
def chaos(tmp_path):
    path = tmp_path / 'chaos.py'
    path.write_text(CHAOS)
    return path


@pytest.mark.one_in(4)
def test_processes_draw_the_samples_of_a_program(chaos):
    ended, rows = certified(chaos, '--workers', '2')
    assert ended.returncode == 1
    assert_sampled(rows)


@pytest.mark.thorough
def test_a_dask_cluster_draws_the_samples_of_a_program(chaos):
    distributed = pytest.importorskip('distributed')
    path = os.pathsep.join([str(ROOT), os.environ.get('PYTHONPATH', '')])
    with (
        pytest.MonkeyPatch.context() as patch,
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None, host='127.0.0.1') as cluster,
    ):
        patch.setenv('PYTHONPATH', path)
        cluster.scale(2)
        ended, rows = certified(chaos, '--scheduler', cluster.scheduler_address)
    assert ended.returncode == 1, ended.stderr
    assert_sampled(rows)


@pytest.mark.thorough
def test_a_scheduler_that_is_not_there_is_a_sentence(chaos, every_case):
    """Without --every-case it is waited for one second and not ten."""
    pytest.importorskip('distributed')
    ended, _ = certified(chaos, '--scheduler', 'tcp://127.0.0.1:9', program=('-m', 'streetlight') if every_case else ('-c', IMPATIENT))
    assert ended.returncode == 2
    assert ended.stderr.count('\n') == 1 and 'no scheduler, or no worker' in ended.stderr


try:
    MISSING = walls.bubblewrap() and ''
except BoundaryError as error:
    MISSING = str(error)
WHERE = [pytest.param(True, id='unprotected'), pytest.param(False, id='behind', marks=pytest.mark.skipif(MISSING != '', reason=MISSING))]


def python_inside(mark):
    """The processes in which a program runs, without those that draw the boundary."""
    found = [(each, command_line(each).split('\0')) for each in processes(mark)]
    return [
        each for each, (program, *words) in found if Path(program).name.startswith('python') and any('inside.py' in word for word in words)
    ]


def seconds_of(process):
    """The processor's time that one has had."""
    fields = Path(f'/proc/{process}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


@pytest.fixture(params=WHERE)
def drawing(request, tmp_path, chaos):
    """A command in the middle of drawing samples for minutes, its two processes, and a function that gives what is left of all."""
    chaos.write_text('import tempfile\nhalf = open(tempfile.gettempdir() + "/half", "w")\n' + CHAOS)
    (tmp_path / 'tmp').mkdir()
    mark = f'{tmp_path}/mark'  # the loader's path is all of an environment that goes through
    options = ['--json', '--samples', '100000', '--workers', '2', *['--unprotected'] * request.param]
    command = [sys.executable, '-W', 'ignore', '-m', 'streetlight', 'certify', str(chaos), *options]
    env = {**os.environ, 'LD_LIBRARY_PATH': mark, 'TMPDIR': str(tmp_path / 'tmp')}
    pipes = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, 'text': True}
    with subprocess.Popen(command, cwd=ROOT, env=env, preexec_fn=heed_interrupts, **pipes) as run:
        wait(lambda: run.poll() is not None or (len(python_inside(mark)) == 2 and min(map(seconds_of, python_inside(mark))) > 1), 60)
        assert run.poll() is None
        try:
            yield run, python_inside(mark), lambda: processes(mark)
        finally:
            run.kill()


def assert_nothing_is_left(left, tmp_path):
    wait(lambda: left() == [])
    assert os.listdir(tmp_path / 'tmp') == [] and sorted(os.listdir(tmp_path)) == ['chaos.py', 'tmp']


@pytest.mark.one_in(6)
@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_samples_that_are_ended_leave_no_process_and_no_file(number, drawing, tmp_path):
    run, _, left = drawing
    run.send_signal(number)
    printed, told = run.communicate(timeout=20)
    assert (run.returncode, printed) == (128 + number, '') and told in ('', 'streetlight: interrupted\n')
    assert_nothing_is_left(left, tmp_path)


@pytest.mark.thorough
def test_a_place_that_is_killed_is_a_sentence_and_ends_the_others(drawing, tmp_path):
    run, inside, left = drawing
    os.kill(inside[-1], signal.SIGKILL)
    printed, told = run.communicate(timeout=20)
    assert (run.returncode, printed, told.count('\n')) == (2, '', 1) and 'its process ended' in told
    assert_nothing_is_left(left, tmp_path)
