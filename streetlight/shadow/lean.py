"""A tape for samples alone: evaluations at random compute wide results anew, so what the program's own were is not kept.

Most of the time in which a wide program is recorded goes into memory that is written for the first time.
"""

import mmap
from bisect import bisect_right

import numpy as np

from streetlight.shadow.tape import FLOAT, LARGE, Tape

WIDE = 4096  # numbers of a result
OWN = {'flags': mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, 'MAP_PRIVATE') else {}


class Lean(Tape):
    """A tape without the values of wide sums, products and inner products; they read as zeros.

    Attributes
    ----------
    missed : bool
        Whether the program went on by such a value: then nobody can say which evaluations go its way.
    """

    def __init__(self):
        self.missed, self._memory, self._gaps = False, (None, None), []
        super().__init__()

    def note_pair(self, kind, a, a_pattern, b, b_pattern, value, extra=None):
        if value.size < WIDE:
            return super().note_pair(kind, a, a_pattern, b, b_pattern, value, extra)
        key = kind, a_pattern, b_pattern
        form = self._known.get(key)
        if form is None:
            form = self._known[key] = self._form(((kind, None, a_pattern, b_pattern), None), value.shape, extra and extra())
        first, self.count = self.count, self.count + value.size
        if self.count > self._room:
            self._grow(self.count)
        self._gaps += first, self.count
        self._write(form, first, a, b, 0)
        return first

    def decide(self, nodes, place):
        self.missed |= any(bisect_right(self._gaps, node) % 2 for node in set(np.ravel(nodes).tolist()))
        super().decide(nodes, place)

    def _grow(self, least):
        self._room = max(least, self._room * 2 if self._room < LARGE else self._room * 5 // 4)
        self._bytes.release()
        self._values = self._fixed = None  # whose memory is to move
        self._memory = tuple(lengthened(old, size * self._room) for old, size in zip(self._memory, (8, 1)))
        self._values, self._fixed = (np.frombuffer(each, kind) for each, kind in zip(self._memory, (FLOAT, bool)))
        self._bytes = memoryview(self._memory[0])


def lengthened(memory, size):
    """A mapping of ``size`` bytes with what was in another at its beginning, and behind it zeros that take no room until they are written.

    Raises
    ------
    MemoryError
    """
    try:
        if memory is not None:
            memory.resize(size)
            return memory
    except (BufferError, OSError, SystemError, ValueError):  # somebody looks at it, or this system moves no memory
        pass
    try:
        longer = mmap.mmap(-1, size, **OWN)
    except OSError:
        raise MemoryError from None
    if hasattr(mmap, 'MADV_NOHUGEPAGE'):  # a few numbers here and there
        longer.madvise(mmap.MADV_NOHUGEPAGE)
    if memory is not None:
        np.frombuffer(longer, np.uint8, len(memory))[:] = np.frombuffer(memory, np.uint8)
    return longer
