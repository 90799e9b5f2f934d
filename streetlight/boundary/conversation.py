"""Start a module of ours behind the boundary, and talk with it."""

import os
import secrets
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from typing import NamedTuple

from streetlight.boundary.calls import call_filter
from streetlight.boundary.inside import LENGTH, READY, TOKEN
from streetlight.boundary.walls import PACKAGE, BoundaryError, bubblewrap, walls

INSIDE = PACKAGE / 'boundary' / 'inside.py'
SECONDS = 60
MEMORY = 2 * 2**30
FOLDER = 64 * 2**20
PRINTED = 2**20
RESULT = 2**28
KEPT = ('OPENBLAS_CORETYPE', 'NPY_DISABLE_CPU_FEATURES', 'LD_LIBRARY_PATH')  # by which a machine's numbers differ


class Answer(NamedTuple):
    """What one payload brought: the bytes that the module answered, and what the process printed meanwhile."""

    result: bytes
    stdout: bytes
    stderr: bytes


class Ended(NamedTuple):
    """How a run ended.

    Attributes
    ----------
    answers : list of Answer
        One for each payload, in order; fewer where the run ended before.
    reason : str
        Why it ended before: half a sentence, as "it took more than 60 seconds"; empty if it did not.
    stdout, stderr : bytes
        What was printed after the last answer.
    """

    answers: list
    reason: str = ''
    stdout: bytes = b''
    stderr: bytes = b''


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
        try:
            return talk.hold(process)
        finally:
            end(process, unprotected)


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
    try:
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        try:
            pipe.close()
        except OSError:
            continue


class Conversation:
    """Payloads out, answers in, through pipes that may fill, end or lie, until a deadline."""

    def __init__(self, payloads, deadline, printed):
        self.payloads, self.deadline, self.printed = list(payloads), deadline, printed
        self.answers, self.ready, self.token, self.unsent = [], False, b'', b''
        self.replies, self.out, self.err = bytearray(), bytearray(), bytearray()

    def __enter__(self):
        self.replies_out, self.replies_in = os.pipe()
        return self

    def __exit__(self, *error):
        os.close(self.replies_out)
        if self.replies_in is not None:
            os.close(self.replies_in)

    def hold(self, process):
        """Talk until all is answered, or nothing more is to be had: how it ended."""
        os.close(self.replies_in)
        self.replies_in = None
        self.ears = {self.replies_out: 'replies', process.stdout.fileno(): 'out', process.stderr.fileno(): 'err'}
        self.mouth, self.seconds = process.stdin.fileno(), self.deadline - time.monotonic()
        with selectors.DefaultSelector() as selector:
            for pipe in (*self.ears, self.mouth):
                os.set_blocking(pipe, False)
            for pipe in self.ears:
                selector.register(pipe, selectors.EVENT_READ)
            reason = self.talk(selector, process)
        if not self.ready and not reason.startswith('it took'):
            raise BoundaryError(f'the run behind the boundary did not start: {last_line(self.err) or reason}')
        return Ended(self.answers, reason, bytes(self.out), bytes(self.err))

    def talk(self, selector, process):
        """Half a sentence that says why it ended; empty if all is answered."""
        while len(self.answers) < len(self.payloads) or not self.ready:
            events = selector.select(max(0, self.deadline - time.monotonic()))
            if time.monotonic() >= self.deadline:
                return f'it took more than {self.seconds:.0f} seconds'
            for key, _ in events:
                if key.fd == self.mouth:
                    self.send(selector)
                elif not self.hear(key.fd):
                    selector.unregister(key.fd)
            if len(self.out) + len(self.err) > self.printed:
                return f'it printed more than {self.printed:,} bytes'
            reason = self.understand(selector)
            if reason:
                return reason
            if self.replies_out not in selector.get_map():
                return f'its process ended{how(process)}'
        return ''

    def hear(self, pipe):
        """Read what a pipe has; false if it has ended."""
        try:
            data = os.read(pipe, 2**20)
        except BlockingIOError:
            return True
        getattr(self, self.ears[pipe]).extend(data)
        return bool(data)

    def send(self, selector):
        try:
            self.unsent = self.unsent[os.write(self.mouth, self.unsent[: 2**16]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.unsent = b''
        if not self.unsent:
            selector.unregister(self.mouth)

    def understand(self, selector):
        """Take what the replies say; half a sentence where they are none."""
        if not self.ready:
            if not READY.startswith(self.replies[: len(READY)]):
                return 'it wrote where its answers are read'
            if len(self.replies) < len(READY):
                return ''
            self.ready, self.replies = True, self.replies[len(READY) :]
            self.ask(selector)
        while self.replies:
            head = self.replies[: TOKEN + LENGTH.size]
            if not self.token or not secrets.compare_digest(head[:TOKEN], self.token[: len(head)]):
                return 'it wrote where its answers are read'
            if len(head) < TOKEN + LENGTH.size:
                return ''
            (length,) = LENGTH.unpack(head[TOKEN:])
            if length > RESULT:
                return 'its answer has no end'
            if len(self.replies) < len(head) + length:
                return ''
            result, self.replies = self.replies[len(head) :][:length], self.replies[len(head) + length :]
            for pipe, name in self.ears.items():  # what it printed before it answered is in the pipes by now
                while name != 'replies' and pipe in selector.get_map() and self.more(pipe):
                    pass
            self.answers.append(Answer(bytes(result), bytes(self.out), bytes(self.err)))
            self.out, self.err, self.token = bytearray(), bytearray(), b''
            self.ask(selector)
        return ''

    def more(self, pipe):
        before = len(self.out) + len(self.err)
        self.hear(pipe)
        return before < len(self.out) + len(self.err) <= self.printed

    def ask(self, selector):
        """Send the next payload, and the token of its answer behind it."""
        if len(self.answers) < len(self.payloads):
            payload = self.payloads[len(self.answers)]
            self.token = secrets.token_bytes(TOKEN)
            self.unsent += LENGTH.pack(len(payload)) + payload + self.token
            if self.mouth not in selector.get_map():
                selector.register(self.mouth, selectors.EVENT_WRITE)


def how(process):
    """In brackets, the signal that ended a process; nothing where it is not known, or there was none."""
    try:
        status = process.wait(1)
    except subprocess.TimeoutExpired:
        return ''
    try:
        return f' ({signal.Signals(-status if status < 0 else status - 128).name})'
    except ValueError:
        return ''


def last_line(text):
    lines = text.decode(errors='replace').strip().splitlines()
    return lines[-1] if lines else ''
