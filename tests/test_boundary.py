"""Strangers' programs behind the kernel's boundary: what it promises, tried by programs that mean harm."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hostile_programs import ENDURED, FATAL, attack, cell
from processes import command_line, heed_interrupts, processes, wait

from reference.__main__ import main
from streetlight.boundary import BoundaryError, run, walls

ROOT = Path(__file__).parents[1]
CELLS = 'streetlight.errata.cells'
MANUSCRIPT = "```python\nimport os, time\nprint(open('/proc/self/stat').read().split()[0])\ntime.sleep(300)\n```\n\n```\n1.5\n```\n"

try:
    PROGRAM, MISSING = walls.bubblewrap(), ''
except BoundaryError as error:
    PROGRAM, MISSING = None, str(error)
behind = pytest.mark.skipif(MISSING != '', reason=MISSING)


@behind
def test_no_program_breaks_a_promise(tmp_path):
    results = attack(tmp_path)
    assert {name: told for name, told in results.items() if told} == {}
    assert len(results) == len(ENDURED) + len(FATAL) + 1 > 60


@behind
@pytest.mark.skipif(os.getuid() != 0, reason='only root can become nobody')
def test_nor_does_one_that_nobody_runs(tmp_path):
    tmp_path.chmod(0o777)
    become = 'import os, runpy, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534); sys.argv = sys.argv[1:]; '
    become += 'runpy.run_path(sys.argv[0], run_name="__main__")'
    shown = walls.shown([*walls.of_python(), ROOT, tmp_path])
    folders = sorted({str(parent) for path in shown for parent in Path(path).parents if len(parent.parts) > 2})
    seen = [word for folder in folders for word in ('--perms', '0755', '--dir', folder)]
    seen += [word for path in shown for word in ('--bind', path, path)]
    seen += ['--bind', sys.prefix, '/mnt']  # the environment where nobody may look: tox keeps its own to itself
    done = subprocess.run(
        [PROGRAM, '--bind', '/', '/', '--dev', '/dev', '--tmpfs', str(Path.home()), '--tmpfs', '/tmp', '--chmod', '1777', '/tmp', *seen]
        + ['--die-with-parent', '/mnt/bin/python', '-B', '-c', become, str(ROOT / 'tests' / 'hostile_programs.py'), str(tmp_path)],
        env={**os.environ, 'PYTHONPATH': f'{ROOT}:{ROOT / "tests"}'},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert {name: told for name, told in results.items() if told} == {}
    assert results.keys() == {*ENDURED, *FATAL, 'all together'}


def test_the_programs_do_harm_where_there_is_no_boundary(tmp_path):
    able = ['read a secret', 'read the users', 'list what else runs', 'start a program', 'connect to this machine', 'listen']
    for name in able:
        (tmp_path / name).mkdir()
        assert 'BROKEN' in attack(tmp_path / name, True, [name])[name]
    assert attack(tmp_path, True, ['remove it through pathlib'])['all together'] != ''


@behind
def test_a_program_has_the_numbers_that_it_has_outside():
    source = 'import numpy as np\nx = np.random.RandomState(1).rand(40, 40)\n'
    source += 'print((x.dot(x).dot(x)[0] ** 2).tolist(), np.tanh(x[1]).tolist())'
    x = np.random.RandomState(1).rand(40, 40)
    printed = run(CELLS, cell(source)).answers[0].stdout.decode()
    assert printed == f'{(x.dot(x).dot(x)[0] ** 2).tolist()} {np.tanh(x[1]).tolist()}\n'


@behind
def test_what_a_program_prints_is_read_outside():
    source = "import os, sys\nprint('one', flush=True)\nos.write(1, b'two')\nprint('three', file=sys.stderr)"
    ended = run(CELLS, cell(source), cell('import numpy'), cell("'four'", echo=True))
    assert ended.reason == '' and [answer.stdout for answer in ended.answers][::2] == [b'one\ntwo', b"'four'\n"]
    assert ended.answers[0].stderr == b'three\n'


@behind
def test_what_it_may_read_is_named(tmp_path):
    (tmp_path / 'data.csv').write_text('1,2')
    source = f"print(open('data.csv').read()); open('{tmp_path}/data.csv', 'w')"
    (answer,) = run(CELLS, cell(source), readable=[tmp_path], chdir=str(tmp_path)).answers
    assert answer.stdout == b'1,2\n' and b'Read-only' in answer.result


@behind
def test_what_begins_with_a_dot_is_not_shown(tmp_path):
    for name in ('.env', 'a/.key', '.git/config', 'a/.ssh/id', 'a/.ssh/deep/.id', 'seen/x'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('a secret')
    (tmp_path / 'link').symlink_to('.env')
    source = """import os
def tried(what):
    try:
        return what()
    except OSError as error:
        return error.strerror
for root, folders, names in os.walk('.'):
    for path in (os.path.join(root, name) for name in names):
        print(path, tried(lambda: open(path).read()))
    for path in (os.path.join(root, name) for name in folders if name.startswith('.')):
        print(path, tried(lambda: os.listdir(path)), tried(lambda: open(path + '/x', 'w')))
"""
    (answer,) = run(CELLS, cell(source), readable=[tmp_path], chdir=str(tmp_path)).answers
    assert sorted(answer.stdout.decode().splitlines()) == [
        './.env Permission denied',
        './.git [] Read-only file system',
        './a/.key Permission denied',
        './a/.ssh [] Read-only file system',
        './link Permission denied',
        './seen/x a secret',
    ]


@behind
def test_a_folder_that_is_everybodys_shows_the_files_beside_the_program_alone():
    with tempfile.NamedTemporaryFile('w', dir='/tmp', suffix='.txt') as file, tempfile.TemporaryDirectory(dir='/tmp') as folder:
        file.write('1,2')
        file.flush()
        source = f"import os; print(open({file.name!r}).read(), os.path.exists({folder!r})); open('/tmp/own', 'w').write('x')"
        (answer,) = run(CELLS, cell(source), readable=['/tmp'], chdir='/tmp').answers
    assert answer == (b'', b'1,2 False\n', b'')


def test_a_folder_of_which_all_cannot_be_looked_through_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(walls, 'MOST_SEEN', 2)
    for name in 'abc':
        (tmp_path / name).write_text('')
    with pytest.raises(BoundaryError, match='a folder of its own'):
        walls.walls(2**20, [tmp_path])


@pytest.mark.one_in(3)
@pytest.mark.parametrize('unprotected', [pytest.param(False, marks=behind), True], ids=['behind', 'unprotected'])
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_gate_that_is_ended_leaves_nothing(number, unprotected, tmp_path):
    (tmp_path / 'm.md').write_text(MANUSCRIPT)
    command = [sys.executable, '-m', 'reference', 'errata', '--run-code', str(tmp_path / 'm.md')] + ['--unprotected'] * unprotected
    mark = f'{tmp_path}/mark'  # the loader's path is all of an environment that goes through
    (tmp_path / 'scratch').mkdir()
    env = {**os.environ, 'LD_LIBRARY_PATH': mark, 'TMPDIR': str(tmp_path / 'scratch')}
    gate = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, preexec_fn=heed_interrupts)
    wait(lambda: len(processes(mark)) >= 2 and any('inside.py' in command_line(each) for each in processes(mark)))
    gate.send_signal(number)
    gate.communicate(timeout=20)
    assert gate.returncode != 0
    wait(lambda: processes(mark) == [])
    assert number == signal.SIGKILL or not list((tmp_path / 'scratch').iterdir())


def test_without_a_boundary_the_gate_refuses(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(walls, 'candidates', list)
    walls.bubblewrap.cache_clear()
    (tmp_path / 'm.md').write_text('```python\nprint(2.5)\n```\n\n```\n2.5\n```\n')
    assert main(['errata', '--run-code', str(tmp_path / 'm.md')]) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1 and 'install bubblewrap' in told and '--unprotected' in told
    assert main(['errata', '--run-code', '--unprotected', str(tmp_path / 'm.md')]) == 0
    walls.bubblewrap.cache_clear()


@pytest.mark.parametrize(
    'script, told',
    [('exit 0', 'older than 0.8'), ('echo --size --disable-userns --remount-ro --seccomp; test "$1" = --help', 'does not work here')],
)
def test_a_bubblewrap_that_does_not_serve_says_why(script, told, tmp_path, monkeypatch):
    (tmp_path / 'bwrap').write_text(f'#!/bin/sh\n{script}\n')
    (tmp_path / 'bwrap').chmod(0o755)
    monkeypatch.setattr(walls, 'candidates', lambda: [str(tmp_path / 'bwrap')])
    walls.bubblewrap.cache_clear()
    with pytest.raises(BoundaryError, match=told):
        walls.bubblewrap()
    walls.bubblewrap.cache_clear()
