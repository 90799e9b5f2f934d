"""A sweep that is ended, or whose disk, file or cluster fails: a sentence, no worker left, and a file to go on from."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
SWEEP = [sys.executable, '-m', 'reference', 'sweep', '--seeds']


def start(*words, cwd=ROOT):
    return subprocess.Popen([str(word) for word in words], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def children(process):
    tasks = Path(f'/proc/{process.pid}/task')
    return {int(number) for task in tasks.glob('*/children') for number in task.read_text().split()}


def command_line(number):
    try:
        return Path(f'/proc/{number}/cmdline').read_text()
    except OSError:
        return ''


@pytest.mark.skipif(not Path('/proc/self/task').exists(), reason='this system does not tell whose child a process is')
@pytest.mark.thorough
@pytest.mark.parametrize('number', [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_ended_leaves_no_worker_and_goes_on(number, tmp_path):
    output = tmp_path / 'x.json'
    run = start(*SWEEP, '0:3000000', '--workers', '2', '-o', output)
    wait(lambda: sum('spawn_main' in command_line(each) for each in children(run)) == 2)
    if number == signal.SIGKILL:
        other = start(*SWEEP, '0:3000000', '-o', output)
        assert 'another run is at work' in other.communicate(timeout=60)[1] and other.returncode == 2
    workers = children(run)
    run.send_signal(number)
    run.communicate(timeout=60)
    wait(lambda: not any('spawn_main' in command_line(each) for each in workers), 10)
    assert Path(f'{output}.0-3000000.part').exists()
    again = start(*SWEEP, '0:3000000', '--workers', '1', '-o', output)
    time.sleep(2)
    assert again.poll() is None  # no lock is left
    again.kill()
    again.communicate()


def test_a_full_disk_is_told(tmp_path):
    try:
        tried = subprocess.run(['unshare', '-rm', 'mount', '-t', 'tmpfs', 'tmpfs', str(tmp_path)], capture_output=True)
    except OSError:
        pytest.skip('there is no `unshare` here')
    if tried.returncode:
        pytest.skip('no small disk can be mounted here')
    words = ' '.join(f"'{word}'" for word in [*SWEEP, '0:400000', '-o', tmp_path / 'x.json'])
    script = f"mount -t tmpfs -o size=1m tmpfs '{tmp_path}' && {words}; status=$?; ls -A '{tmp_path}'; exit $status"
    run = subprocess.run(['unshare', '-rm', 'sh', '-c', script], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 2 and 'No space left on device' in run.stderr and len(run.stderr.splitlines()) == 1 and run.stdout == ''


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler without workers, and a function that starts one in a folder."""
    pytest.importorskip('distributed', reason='Dask is not installed here')
    file, found = tmp_path / 'scheduler.json', []
    common = ['--scheduler-file', file, '--host', '127.0.0.1', '--no-dashboard']

    def process(*words, cwd=ROOT):
        words = [str(word) for word in (sys.executable, '-m', *words)]
        found.append(subprocess.Popen(words, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=variables))
        return found[-1]

    variables = {name: value for name, value in os.environ.items() if name != 'PYTHONPATH'}
    scheduler = process('distributed.cli.dask_scheduler', *common, '--port', '0')
    wait(file.exists)
    yield (
        json.loads(file.read_text())['address'],
        scheduler,
        lambda cwd: process('distributed.cli.dask_worker', *common, '--nthreads', '1', '--no-nanny', cwd=cwd),
    )
    for each in found:
        each.kill()
        each.wait()


@pytest.mark.thorough
@pytest.mark.parametrize('failing', ['no worker', 'scheduler', 'package'])
def test_a_cluster_that_fails_is_told_within_half_a_minute(failing, cluster, tmp_path):
    """A worker that lacks the package may say so, or be given up by the scheduler."""
    address, scheduler, worker = cluster
    for name in ('reference', 'streetlight'):  # an installed one is not there for this worker either
        (tmp_path / f'{name}.py').write_text(f"raise ModuleNotFoundError(\"No module named '{name}'\", name='{name}')\n")
    if failing != 'no worker':
        worker(tmp_path if failing == 'package' else ROOT)
        time.sleep(3)
    run = start(*SWEEP, '0:3000000', '--scheduler', address, '-o', tmp_path / 'x.json')
    wait(lambda: list(tmp_path.glob('*.part')))
    if failing == 'scheduler':
        wait(lambda: np.load(next(tmp_path.glob('*.part')), mmap_mode='r').max() >= 0)
        scheduler.kill()
    begun = time.monotonic()
    told = run.communicate(timeout=60)[1]
    assert time.monotonic() - begun < 30 and run.returncode == 2, told
    assert 'has no worker, or no scheduler' in told or (failing != 'no worker' and 'a worker could not go on' in told)
    assert 'run it again' in told and 'Traceback' not in told
    assert list(tmp_path.glob('*.part'))
