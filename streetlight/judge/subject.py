"""Run the recorder in another interpreter, and bring its trace home."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from streetlight.judge.tracefile import load

ROOT = Path(__file__).resolve().parents[2]


class SubjectError(Exception):
    """A subject that could not be started, crashed, hung or wrote no trace; the message has its last lines."""


class IllegalInstruction(SubjectError):
    """The processor lacks an instruction that the subject used: a kernel made for another one, most often."""


def record_text(command, book, variables=None, seconds=300, only=()):
    """What ``COMMAND -m streetlight --book DIR record`` prints.

    Parameters
    ----------
    command : str or list of str
        Starts a Python interpreter; a string is split as a shell splits it.
    book : streetlight.book.Book
    variables : dict of str to str, optional
        Environment variables to add.
    seconds : float
        After so long it is killed, with all that it started.
    only : collection of str
        The ids of the listings to record; all, if none is given.

    Returns
    -------
    str
        The text of a trace file, unchecked.

    Raises
    ------
    SubjectError
    """
    words = shlex.split(command) if isinstance(command, str) else [str(word) for word in command]
    if not words:
        raise SubjectError('an empty command starts no subject')
    asked = ['-m', 'streetlight', '--book', book.folder, 'record', *(f'--only={id}' for id in only)]
    environment = {**os.environ, 'PYTHONDONTWRITEBYTECODE': '1', 'PYTHONIOENCODING': 'utf-8', **(variables or {})}
    with alone() as folder:
        try:
            subject = subprocess.Popen(
                words + asked,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SubjectError(f"cannot start the subject '{words[0]}': {error.strerror}") from None
        try:
            out, err = subject.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(subject.pid, signal.SIGKILL)
            out, err = subject.communicate()
            if isinstance(error, subprocess.TimeoutExpired):
                raise SubjectError(f'the subject {told(words)} did not end within {seconds:g} s{last_lines(err or out)}') from None
            raise
    if subject.returncode != 0:
        how = f'exit status {subject.returncode}'
        if subject.returncode < 0:
            how = f'signal {signal.Signals(-subject.returncode).name}'
        if -subject.returncode == signal.SIGILL:
            raise IllegalInstruction(f'this processor has not all instructions that {told(words)} uses ({how})')
        raise SubjectError(f'the subject {told(words)} ended with {how}{last_lines(err or out)}')
    return out.decode('utf-8', 'replace')


@contextmanager
def alone():
    """A folder that holds this package, and no NumPy: one installed beside it would come before the subject's own."""
    if (ROOT / 'pyproject.toml').exists():
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / 'streetlight', Path(folder, 'streetlight'), ignore=shutil.ignore_patterns('__pycache__'))
        yield folder


def record(command, book, variables=None, seconds=300):
    """Record a subject and check its trace: a `streetlight.judge.tracefile.Recording`."""
    return load(record_text(command, book, variables, seconds), command if isinstance(command, str) else told(command), book)


def told(words):
    return shlex.join([str(word) for word in words])


def last_lines(output):
    lines = [line for line in output.decode('utf-8', 'replace').splitlines() if line.strip()][-5:]
    return '; its last lines:\n' + '\n'.join(f'    {line[:200]}' for line in lines) if lines else ' and said nothing'
