"""How NumPy prints: the three eras.

- ``1.13``, up to NumPy 1.13: twelve significant digits of a scalar, ``[ 0.29776744]`` for an array.
- ``1.14``, NumPy 1.14 to 1.26: the shortest digits that read back to the same float64.
- ``2.0``, from NumPy 2.0: as 1.14, but a scalar's repr says ``np.float64(...)``.

NumPy prints in the older eras itself, by the ``legacy`` print option; nothing is formatted here by hand.
"""

import re
from contextlib import contextmanager

import numpy as np

from streetlight.record.trace import Shown

ERAS = ('1.13', '1.14', '2.0')


class EraError(Exception):
    """This NumPy cannot print in that era."""


def era_of(version):
    """The era in which a NumPy of this version prints, ``'1.13'``, ``'1.14'`` or ``'2.0'``."""
    major, minor = (int(number) for number in re.match(r'(\d+)\.(\d+)', version).groups())
    if major >= 2:
        return '2.0'
    return '1.14' if minor >= 14 else '1.13'


NATIVE = era_of(np.__version__)


def as_printed_by(version, text):
    """A text of an era as one NumPy of that era prints it: NumPy 1.7 writes a scalar's ``-0.0`` as ``-0``."""
    return re.sub(r'(?<![\d.])-0\.0(?![\d.e])', '-0', text) if version.startswith('1.7.') else text


@contextmanager
def printing(era):
    """Let this NumPy print as one of ``era`` did.

    Raises
    ------
    EraError
        If the era is unknown, or newer than this NumPy (or this NumPy is 1.13 or older, which has but one).
    """
    if era not in ERAS:
        raise EraError("no era '%s'; there are %s" % (era, ', '.join(ERAS)))
    if era == NATIVE:
        yield
        return
    if ERAS.index(era) > ERAS.index(NATIVE):
        raise EraError('NumPy %s cannot print as in era %s; install a NumPy of that era' % (np.__version__, era))
    before = np.get_printoptions()
    np.set_printoptions(legacy={'1.13': '1.13', '1.14': '1.25'}[era])
    try:
        yield
    finally:
        np.set_printoptions(**before)


def part_text(part):
    """One part of a line as the current NumPy writes it."""
    if not isinstance(part, Shown):
        return part
    return repr(part.value) if part.echo else str(part.value)


def printed_text(trace, era=NATIVE):
    """All that a run prints, in an era.

    Parameters
    ----------
    trace : Trace
    era : str
        One of `ERAS`.

    Returns
    -------
    str
    """
    with printing(era):
        return ''.join(''.join(map(part_text, line)) + '\n' for line in trace.lines)


def shown(trace):
    """The values that a trace prints: an iterator of the line, the start in the output, and the `Shown`."""
    start = 0
    for index, line in enumerate(trace.lines):
        for part in line:
            if isinstance(part, Shown):
                yield index, start, part
            start += len(part_text(part))
        start += 1
