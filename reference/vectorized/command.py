"""sweep: does the listing learn for other seeds?"""

import json
import multiprocessing
import os
import re
import signal
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


def run_sweep(arguments):
    """Train the listing for every seed of a range and say for what share it learns."""
    first, stop = seed_range(arguments.seeds)
    try:
        engine(arguments.engine)
    except EngineError as error:
        raise CommandError(str(error)) from None
    if arguments.workers is not None and arguments.workers < 1:
        raise CommandError(f'--workers is a number from 1 on, not {arguments.workers}')
    errors, part = kept(arguments.output, first, stop)
    todo = [(start, end) for start, end in sweep.blocks_of(first, stop) if (errors[start - first:end - first] == MISSING).any()]
    compute(todo, errors, first, arguments)
    found = sweep.summary(first, np.asarray(errors))
    text = json.dumps(found, indent=1) + '\n'
    if arguments.output:
        write_beside(arguments.output, text)
        part.unlink()
    if arguments.json:
        print(text, end='')
    elif not arguments.output:
        show(found)
    return 0


def seed_range(text):
    match = re.fullmatch(r'(\d+):(\d+)', text)
    if not match or not 0 <= int(match[1]) < int(match[2]) <= 2 ** 32:
        raise CommandError(f"--seeds is A:B with 0 <= A < B <= 2**32, for the seeds from A to B - 1, not '{text}'")
    return int(match[1]), int(match[2])


def kept(output, first, stop):
    """The errors so far: of an interrupted run into the same file, or none yet."""
    if not output:
        return np.full(stop - first, MISSING), None
    part = Path(f'{output}.{first}-{stop}.part')
    try:
        if part.exists():
            errors = np.load(part, mmap_mode='r+')
            if errors.shape == (stop - first,) and errors.dtype == np.float64:
                return errors, part
        beside = part.with_name(part.name + '.new')
        errors = np.lib.format.open_memmap(beside, 'w+', np.float64, (stop - first,))
        errors[...] = MISSING
        errors.flush()
        beside.rename(part)
        return np.load(part, mmap_mode='r+'), part
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot keep the sweep in '{part}': {error}") from None


def compute(todo, errors, first, arguments):
    with executor(arguments) as pool, progress() as bar:
        task = bar.add_task('seeds', total=sum(end - start for start, end in todo))

        def done(start, values):
            errors[start - first:start - first + len(values)] = values
            bar.update(task, advance=len(values))

        sweep.run(pool, todo, arguments.engine, done)


@contextmanager
def executor(arguments):
    """Processes of this machine, or a Dask cluster; numba uses all cores by itself."""
    if arguments.scheduler:
        try:
            from distributed import Client
        except ImportError:
            raise CommandError('--scheduler needs Dask, which is not installed here; `pip install distributed`') from None
        try:
            client = Client(arguments.scheduler, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CommandError(f"no Dask scheduler answers at '{arguments.scheduler}': {error}") from None
        with client, client.get_executor(pure=False, retries=3) as pool:
            yield pool
    elif arguments.engine == 'numba':
        with ThreadPoolExecutor(1) as pool:
            yield pool
    else:
        pool = ProcessPoolExecutor(arguments.workers or os.cpu_count(), multiprocessing.get_context('spawn'),
                                   initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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
