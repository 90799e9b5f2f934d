"""sweep: does the listing learn for other seeds?"""

import json
import logging
import multiprocessing
import os
import re
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.table import Table

from streetlight.commands.terminal import CommandError, console, progress
from streetlight.record.recorder import write_beside

from . import sweep
from .engines import EngineError, engine

MISSING = -1.0  # no error is negative
PATIENCE = 10  # seconds
LOCKS = []  # kept open until the run ends


def run_sweep(arguments):
    """Train the listing for every seed of a range and say for what share it learns."""
    first, stop = seed_range(arguments.seeds)
    try:
        engine(arguments.engine)
    except EngineError as error:
        raise CommandError(str(error)) from None
    if arguments.workers is not None and arguments.workers < 1:
        raise CommandError(f'--workers is a number from 1 on, not {arguments.workers}')
    try:
        return swept(arguments, first, stop)
    finally:
        while LOCKS:
            LOCKS.pop().close()


def swept(arguments, first, stop):
    """The seeds from ``first`` to ``stop - 1`` trained, and told."""
    errors, part = kept(arguments.output, first, stop)
    todo = [(start, end) for start, end in sweep.blocks_of(first, stop) if (errors[start - first : end - first] == MISSING).any()]
    compute(todo, errors, first, arguments)
    found = sweep.summary(first, np.asarray(errors))
    text = json.dumps(found, indent=1) + '\n'
    if arguments.output:
        write_beside(arguments.output, text)
        part.unlink()
        part.with_name(part.name + '.lock').unlink(missing_ok=True)
    if arguments.json:
        print(text, end='')
    elif not arguments.output:
        show(found)
    return 0


def seed_range(text):
    match = re.fullmatch(r'(\d+):(\d+)', text)
    if not match or not 0 <= int(match[1]) < int(match[2]) <= 2**32:
        raise CommandError(f"--seeds is A:B with 0 <= A < B <= 2**32, for the seeds from A to B - 1, not '{text}'")
    return int(match[1]), int(match[2])


def kept(output, first, stop):
    """The errors so far: of an interrupted run into the same file, or none yet."""
    if not output:
        return np.full(stop - first, MISSING), None
    part = Path(f'{output}.{first}-{stop}.part')
    try:
        lock(part)
        if part.exists():
            errors = np.load(part, mmap_mode='r+')
            if errors.shape == (stop - first,) and errors.dtype == np.float64:
                return errors, part
        beside = part.with_name(part.name + '.new')
        with beside.open('wb') as file:  # written, not mapped: a full disk is an error here, and a signal there
            np.lib.format.write_array_header_1_0(file, {'descr': '<f8', 'fortran_order': False, 'shape': (stop - first,)})
            for start in range(first, stop, sweep.BLOCK):
                file.write(np.full(min(sweep.BLOCK, stop - start), MISSING, '<f8').tobytes())
        beside.rename(part)
        return np.load(part, mmap_mode='r+'), part
    except (OSError, ValueError) as error:
        part.with_name(part.name + '.new').unlink(missing_ok=True)
        part.with_name(part.name + '.lock').unlink(missing_ok=True)
        raise CommandError(f"cannot keep the sweep in '{part}': {error}") from None


def lock(part):
    """See to it that no other run works at this part, until this one ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    file = part.with_name(part.name + '.lock').open('w')
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CommandError(f"another run is at work on '{part}'; let it end, or name another file") from None
    LOCKS.append(file)


def compute(todo, errors, first, arguments):
    with executor(arguments) as (pool, watch), progress() as bar:
        task = bar.add_task('seeds', total=sum(end - start for start, end in todo))

        def done(start, values):
            errors[start - first : start - first + len(values)] = values
            bar.update(task, advance=len(values))

        try:
            sweep.run(pool, todo, arguments.engine, done, watch=watch)
        except (KeyboardInterrupt, CommandError):
            raise
        except Exception as error:  # whatever a worker's end, or what it lacks, is told as
            kept_so_far = '; run it again to go on from what is done' if arguments.output else ''
            told = ' '.join(str(error).split())[:300]
            raise CommandError(f'a worker could not go on: {type(error).__name__}: {told}{kept_so_far}') from None


@contextmanager
def executor(arguments):
    """Processes of this machine, or a Dask cluster; numba uses all cores by itself."""
    if arguments.scheduler:
        try:
            from distributed import Client
        except ImportError:
            raise CommandError('--scheduler needs Dask, which is not installed here; `pip install distributed`') from None
        logging.disable(logging.ERROR)  # what fails is told here, in a sentence
        try:
            client = Client(arguments.scheduler, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CommandError(f"no Dask scheduler answers at '{arguments.scheduler}': {error}") from None
        try:
            yield client.get_executor(pure=False, retries=3), cluster_watch(client)
        finally:
            client.close(timeout=2)
    elif arguments.engine == 'numba':
        with ThreadPoolExecutor(1) as pool:
            yield pool, nothing
    else:
        pool = ProcessPoolExecutor(
            arguments.workers or os.cpu_count(), multiprocessing.get_context('spawn'), initializer=stay_with, initargs=(os.getpid(),)
        )
        try:
            yield pool, nothing
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def nothing():
    """What is to be watched where the executor tells by itself."""


def stay_with(parent):
    """Of a worker: Ctrl-C is the parent's to answer; and end when it has ended, in whatever way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def cluster_watch(client):
    """A function that raises when a cluster has had no scheduler, or no worker, for `PATIENCE` seconds."""
    well = [time.monotonic()]

    def watch():
        if client.status == 'running' and client.scheduler_info()['workers']:
            well[0] = time.monotonic()
        elif time.monotonic() - well[0] > PATIENCE:
            raise CommandError('the Dask cluster has no worker, or no scheduler; what is done is kept with -o: run it again to go on')

    return watch


def show(found):
    first, stop = found['seeds']
    table = Table('of the seeds', 'end with an error below', title=f'all-together, seeds {first} to {stop - 1}', title_justify='left')
    for bound, share in found['learned'].items():
        table.add_row(f'{share:.2%}', bound)
    for share, value in found['quantiles'].items():
        table.add_row(f'{float(share):.0%}', f'{value:.6g}')
    out = console()
    out.print(table)
    if found['seed_1']:
        one = found['seed_1']
        out.print(f"Seed 1, the chapter's, ends with {one['error']:.6g}; {one['lower']:.2%} of the seeds end lower.")
