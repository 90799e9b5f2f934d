"""Run a manuscript's own code, cell by cell in one namespace, in a process with limits, and compare what it prints.

The limits stop accidents, and programs that are no masters of Python's insides: time, memory, output, no network, no other
process, no file written outside a temporary folder.  They are no sandbox against an attacker (see the README).
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from streetlight.errata.manuscript import CODE, OUTPUT, Line
from streetlight.errata.printed import is_elision, numbers_in_block
from streetlight.errata.statements.statement import Statement

SECONDS = 60
MEMORY = 2 * 2**30
OUTPUT_LIMIT = 1_000_000  # characters that a cell may print
RUNNER = Path(__file__).with_name('cells.py')
SLACK = 1e-11  # relative: what another machine's last digits may be off


class Ran(NamedTuple):
    """What a cell printed, and the error that ended it (empty if none did)."""

    printed: str
    error: str


@lru_cache(maxsize=None)
def separation():
    """The command that gives a process its own network and process tree, where this machine has one that works."""
    command = ['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child']
    try:
        done = subprocess.run([*command, 'true'], capture_output=True, timeout=10, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return command if done.returncode == 0 else []


def run_cells(sources, seconds=SECONDS):
    """Run programs one after the other in one namespace.

    Parameters
    ----------
    sources : list of str
    seconds : float
        For all of them together.

    Returns
    -------
    list of Ran
        One for each; those that were not reached have an error that says why.
    """
    mark = secrets.token_hex(16)
    environment = {name: value for name, value in os.environ.items() if name in ('PATH', 'LANG', 'SYSTEMROOT', 'OPENBLAS_CORETYPE')}
    environment |= {
        'STREETLIGHT_RUN': mark,
        'OPENBLAS_NUM_THREADS': '1',
        'OMP_NUM_THREADS': '1',
        'MPLBACKEND': 'Agg',
        'PYTHONHASHSEED': '0',
    }
    reason = 'the run ended before this cell'
    with tempfile.TemporaryDirectory(prefix='streetlight-') as folder:
        environment |= {'HOME': folder, 'TMPDIR': folder}
        process = subprocess.Popen(
            [*separation(), sys.executable, '-I', '-u', str(RUNNER), folder, str(seconds), str(MEMORY), str(OUTPUT_LIMIT)],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        timer = threading.Timer(seconds, lambda: _kill(process))
        timer.start()
        try:
            text, late = _talk(process, json.dumps(sources).encode(), len(sources) * (OUTPUT_LIMIT * 6 + 10_000))
        finally:
            alive = timer.is_alive()
            timer.cancel()
            _kill(process)
            process.wait()
            process.stdout.close()
            _kill_marked(mark)
    if not alive:
        reason = f'the run took more than {seconds:g} seconds'
    elif late:
        reason = 'the run printed without end'
    elif process.returncode and process.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
        reason = f'the run died (status {process.returncode})'
    ran = []
    for line in text.split(b'\n'):
        try:
            ran.append(Ran(*json.loads(line)))
        except (ValueError, TypeError):
            break
    return (ran + [Ran('', reason)] * len(sources))[: len(sources)]


def _talk(process, data, limit):
    """Feed a process and read what it says, up to a limit: the bytes, and whether there were more."""

    def feed():
        try:
            process.stdin.write(data)
            process.stdin.close()
        except OSError:
            pass

    threading.Thread(target=feed, daemon=True).start()
    parts, size = [], 0
    while part := process.stdout.read1(65536):
        parts.append(part)
        size += len(part)
        if size > limit:
            return b''.join(parts), True
    return b''.join(parts), False


def _kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _kill_marked(mark):
    """End whatever the run has left behind, by the mark in its environment; where the system does not show that, nothing."""
    for folder in Path('/proc').glob('[0-9]*') if Path('/proc/self/environ').exists() else ():
        try:
            if mark.encode() in (folder / 'environ').read_bytes() and int(folder.name) != os.getpid():
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            continue


def stale_outputs(manuscript, seconds=SECONDS):
    """Run the manuscript's code and compare each printed output with that of the code before it.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript
    seconds : float

    Returns
    -------
    list of streetlight.errata.statements.statement.Statement
        Of kind ``output``; a note where the code could not be run.
    """
    cells = []
    for block in manuscript.blocks:
        if block.kind == CODE:
            cells.append((block, []))
        elif block.kind == OUTPUT and cells:
            cells[-1][1].append(block)
    ran = run_cells([_program(block) for block, _ in cells], seconds)
    found = []
    for (code, outputs), result in zip(cells, ran):
        found += _compared(code, [line for block in outputs for line in block.lines], result)
    return found


def _program(block):
    """A block's statements: prompts are taken off, commands of a shell or a notebook left out."""
    lines = []
    for line in block.lines:
        text = line.text
        if block.prompted:
            text = text.lstrip()
            text = text[4:] if text.startswith(('>>> ', '... ')) else ''
        lines.append('pass' if text.lstrip().startswith(('%', '!', '$ ')) else text)
    return '\n'.join(lines)


def _compared(code, lines, result):
    """What of an output's numbers its own code does not print."""
    numbers, gaps = numbers_in_block(lines, 0), any(is_elision(line.text) for line in lines)
    if not numbers:
        return []
    first, start = numbers[0], code.lines[0]
    if result.error:
        why = f'this code cannot be run, so that its output is not checked: {result.error}'
        return [Statement(start.number, start.column, 'output', '', '', why, note=True)]
    own = numbers_in_block([Line(index, 0, text) for index, text in enumerate(result.printed.splitlines())], 0)
    if not gaps and len(own) != len(numbers):
        why = f'this output has {len(numbers)} numbers, and its own code prints {len(own)}'
        return [Statement(first.line, first.column, 'output', first.text, '', why)]
    found, at = [], 0
    for index, number in enumerate(numbers):
        if gaps:
            place = next((place for place in range(at, len(own)) if same(number, own[place])), None)
        else:
            place = index if same(number, own[index]) else None
        if place is None:
            told = own[index].text if not gaps else ''
            why = f'its own code prints {told} here' if told else 'its own code does not print this'
            found.append(Statement(number.line, number.column, 'output', number.text, told, why))
        else:
            at = place + 1
    return found


def same(number, own):
    """Whether a printed number is what the run printed, to the digits of both, and but for another machine's last ones."""
    difference = abs(number.value - own.value)
    half = Decimal((0, (5,), max(number.quantum, own.quantum) - 1))
    return difference <= half or float(difference) <= SLACK * abs(float(own.value))
