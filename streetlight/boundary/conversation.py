"""Talk with a module of ours behind the boundary, which may fill its pipes, end or lie."""

import os
import secrets
import selectors
import signal
import subprocess
import time
from typing import NamedTuple

from streetlight.boundary.inside import LENGTH, READY, TOKEN
from streetlight.boundary.walls import BoundaryError

RESULT = 2**28


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
