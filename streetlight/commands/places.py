"""Where work is done side by side: threads that start processes here, or the workers of a Dask cluster."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

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
            yield workers, lambda function, *arguments: list(pool.map(function, *arguments))
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
