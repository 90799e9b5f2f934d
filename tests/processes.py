"""Processes that a test has started, found by a word of theirs, and patience with them."""

import signal
import time
from pathlib import Path


def processes(mark):
    """The numbers of the processes that have a word in their command line or environment."""
    found = []
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            if mark.encode() in (folder / 'cmdline').read_bytes() + (folder / 'environ').read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def heed_interrupts():
    """In a process that is started: what a shell starts in the background, and all that comes of it, ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def command_line(process):
    try:
        return Path(f'/proc/{process}/cmdline').read_text()
    except OSError:
        return ''


def wait(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
