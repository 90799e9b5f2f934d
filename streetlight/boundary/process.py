"""Start a module of ours behind the boundary, and end it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack

from streetlight.boundary.calls import call_filter
from streetlight.boundary.conversation import Conversation
from streetlight.boundary.walls import PACKAGE, BoundaryError, bubblewrap, walls

INSIDE = PACKAGE / 'boundary' / 'inside.py'
SECONDS = 60
MEMORY = 2 * 2**30
FOLDER = 64 * 2**20
PRINTED = 2**20
KEPT = ('OPENBLAS_CORETYPE', 'NPY_DISABLE_CPU_FEATURES', 'LD_LIBRARY_PATH')  # by which a machine's numbers differ


def run(module, *payloads, seconds=SECONDS, memory=MEMORY, folder=FOLDER, printed=PRINTED, readable=(), chdir='/tmp', unprotected=False):
    """Let a module's ``answer(payload)`` run behind the boundary, for payloads one after the other in one process.

    Parameters
    ----------
    module : str
        Its name, such as ``streetlight.errata.cells``.  It has a function ``answer``, from bytes to bytes, which may run a program that
        is not to be trusted.  It is imported before the first payload is there.
    *payloads : bytes
    seconds : float
        For all of them together: of wall time, and of the processor's.
    memory, folder : int
        Bytes: of the process's memory, and of ``/tmp``, which is the only folder that can be written, and is in memory itself.
    printed : int
        Bytes that the process may print for one payload.
    readable : iterable of path
        What it may read beside the system's libraries and this Python.
    chdir : str
        Where it starts.
    unprotected : bool
        Without the boundary: with the limits alone, in a temporary folder, and with all rights of the user.

    Returns
    -------
    Ended

    Raises
    ------
    BoundaryError
        Where no boundary can be drawn.

    Notes
    -----
    ``stdout`` and ``stderr`` are read here, outside, from the descriptors 1 and 2 of the process: a program can print, and cannot make
    believe that it did.  An answer counts only with the token of its payload, which is sent with the payload and lies unread in a
    pipe until ``answer`` returns; what else is written to the pipe of answers ends the run.  As the program runs in the process that
    answers, one that is written to do so can read that token and give its *own* payload's answer itself.  It cannot give that of a
    payload before it; once it has taken over the process it can give all that come after.
    """
    if os.name != 'posix':
        raise BoundaryError(f'programs are run on POSIX systems alone, not on {sys.platform}')
    with ExitStack() as stack:
        talk = stack.enter_context(Conversation(payloads, time.monotonic() + seconds, printed))
        passed = [talk.replies_in]
        limits = [str(seconds), str(memory), str(folder), str(unprotected)]
        python = [sys.executable, '-s', '-P', '-B', str(INSIDE), str(PACKAGE.parent), module, str(talk.replies_in), *limits]
        if unprotected:
            chdir = stack.enter_context(tempfile.TemporaryDirectory(prefix='streetlight-', ignore_cleanup_errors=True))
            command, home = python, chdir
        else:
            program, home = bubblewrap(), '/tmp'
            options = walls(folder, readable, chdir)
            calls = call_filter()
            if calls:
                filtered = stack.enter_context(tempfile.TemporaryFile())
                filtered.write(calls)
                filtered.seek(0)
                passed.append(filtered.fileno())
                options = ['--seccomp', str(filtered.fileno()), *options]
            command, chdir = [program, *options, *python], None
        try:
            process = subprocess.Popen(
                command,
                cwd=chdir,
                env=environment(home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=passed,
                start_new_session=unprotected,
            )
        except OSError as error:
            raise BoundaryError(f'cannot start {command[0]}: {error.strerror or error}') from None
        _running[process] = unprotected
        try:
            return talk.hold(process)
        finally:
            del _running[process]
            end(process, unprotected)


_running = {}  # processes, and whether they lead a group


def end_running():
    """End what runs that other threads wait for; each of them hears of it at once."""
    for process, group in list(_running.items()):
        kill(process, group)


def environment(home):
    """What a program behind the boundary finds in its environment: nothing of the user's."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        'PATH': '/usr/local/bin:/usr/bin:/bin',
        'HOME': home,
        'TMPDIR': home,
        'LANG': 'C.UTF-8',
        'PYTHONUTF8': '1',
        'PYTHONHASHSEED': '0',
        'OPENBLAS_NUM_THREADS': '1',
        'OMP_NUM_THREADS': '1',
        'MPLBACKEND': 'Agg',
        **kept,
    }


def end(process, group):
    """End a process, and all that is left of its group; bubblewrap takes its whole tree with it."""
    kill(process, group)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        try:
            pipe.close()
        except OSError:
            continue


def kill(process, group):
    """Send a process, or its group, the signal that nothing outlives."""
    try:
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass
