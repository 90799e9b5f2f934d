"""The pytest fixture ``certified``: what a function returns, with the digits that every conforming machine computes and no more."""

import inspect
import sys

from streetlight.certify.mend import cut
from streetlight.certify.program import certify
from streetlight.programs.run import run_function
from streetlight.programs.source import Cell


class Certified(str):
    """A result as text, each number rounded to its guaranteed digits.

    Attributes
    ----------
    rows : list of PrintedNumber
        What is proved of each number.
    """

    rows = ()


class NotCertified(AssertionError):
    """Of a number nothing is proved; the message says why."""


def certified(function, *args, **kwargs):
    """Run a function on tracked numbers.

    Parameters
    ----------
    function : callable
        Of a module whose source can be read; it is run anew, on the NumPy that a certified program sees.
    *args, **kwargs
        What it is given.

    Returns
    -------
    Certified
        The representation of what it returns, or what it printed if it returns nothing.

    Raises
    ------
    NotCertified
    """
    module = inspect.getmodule(function)
    try:
        text = inspect.getsource(module)
    except (OSError, TypeError):
        raise NotCertified(f'the source of {function!r} cannot be read')
    done = run_function(Cell(text), module, function.__qualname__, args, kwargs)
    if done.failed:
        raise NotCertified(done.failed)
    rows = certify(done, module.__file__)
    lost = next((row for row in rows if row.proof == 'none'), None)
    if lost is not None:
        raise NotCertified(f'{lost.printed}: {lost.reason}')
    text = done.stdout
    result = Certified(cut(text, text, {(row.line, row.column): row.as_json() | {'open_at': row.open_at} for row in rows}, 'rounded'))
    result.rows = rows
    return result


if 'pytest' in sys.modules:
    import pytest

    @pytest.fixture(name='certified')
    def _certified():
        """``assert certified(train, seed=1) == snapshot``: a snapshot that survives another architecture."""
        return certified
