"""What trains many networks at once, by name: NumPy, which is always there, and numba, which is faster."""

from . import core

NAMES = ('numpy', 'numba')


class EngineError(Exception):
    """An engine that does not exist, or is not installed."""


def engine(name):
    """`reference.vectorized.core.train_three_layers`, or the function of the same arguments and results that an engine has.

    Raises
    ------
    EngineError
    """
    if name not in NAMES:
        raise EngineError(f"no engine '{name}'; there are {', '.join(NAMES)}")
    if name == 'numpy':
        return core.train_three_layers
    try:
        from . import compiled
    except ImportError as error:
        raise EngineError(f"the engine 'numba' needs numba, which is not installed here ({error}); `pip install numba`") from None
    return compiled.train_three_layers
