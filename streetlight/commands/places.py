"""Where work is done side by side: threads that start processes here, or the workers of a Dask cluster."""

import contextlib
import signal
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from streetlight.boundary import end_running
from streetlight.commands.terminal import CommandError

PATIENCE = 10  # seconds for a scheduler to answer, and to have a worker


@contextlib.contextmanager
def places(scheduler, workers):
    """How many places there are, and a `map` over them, in order.

    Raises
    ------
    CommandError
        If no scheduler answers, or it has no workers, or one is lost.
    """
    if not scheduler:
        with ThreadPoolExecutor(workers) as pool:
            yield workers, lambda function, *arguments: side_by_side(pool, function, *arguments)
        return
    try:
        from distributed import Client
    except ImportError:
        raise CommandError('--scheduler needs Dask, which is not installed here; `pip install distributed`') from None
    lost = f"no samples come from the Dask cluster at '{scheduler}': it has no scheduler, or no worker that has streetlight"
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise CommandError(lost) from None
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise CommandError(lost)

        def spread(function, *arguments):
            try:
                return client.gather(client.map(function, *arguments, pure=False))
            except (OSError, TimeoutError, ImportError, RuntimeError):  # workers that end, or lack what is needed
                raise CommandError(lost) from None

        yield count, spread


def side_by_side(pool, function, *arguments):
    """A `map` whose processes all end where one fails, or this one is interrupted."""
    futures = [pool.submit(function, *each) for each in zip(*arguments)]
    try:
        ended, _ = wait(futures, return_when=FIRST_EXCEPTION)
        return [future.result() for future in (futures if len(ended) == len(futures) else ended)]
    except BaseException:
        while not all(future.cancel() or future.done() for future in futures):
            end_running()
            time.sleep(0.02)  # one may start just now
        raise


@contextlib.contextmanager
def terminable():
    """SIGTERM ends what runs within as Ctrl-C does: what it started and its temporary folders go with it."""

    def end(number, frame):
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
