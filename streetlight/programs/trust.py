"""What of Python's own library gives the same on every machine, and what differs from run to run."""

import numpy as np

from streetlight.shadow.crossing import certain, lost, plain
from streetlight.shadow.namespace import NUMPY, of_real
from streetlight.shadow.operands import PLAIN
from streetlight.shadow.ufuncs import Ufunc
from streetlight.shadow.unfollowed import Unfollowed

#: The clock and what else differs from run to run, by the first part of a name.
UNSTABLE = frozenset(
    """
    time datetime uuid secrets platform psutil resource timeit gc tracemalloc socket getpass subprocess
    multiprocessing""".split()
)

#: The same, by whole name; of `os` all but paths.
UNSTABLE_NAMES = frozenset(
    """
    sys.getsizeof sys.getrefcount sys.getallocatedblocks threading.get_ident thread.get_ident posix.getpid
    posix.getppid posix.urandom posix.times posix.cpu_count posix.getloadavg posix.stat posix.listdir posix.system
    posix.getrandom os.cpu_count os.popen os.urandom""".split()
)

#: Of `statistics`: exact, or rounded in the same steps in every version; other functions changed, or are the C library's.
STEADY = frozenset(
    'statistics.' + name for name in ('mean', 'fmean', 'median', 'median_low', 'median_high', 'median_grouped', 'mode', 'multimode')
)

#: What keeps what it is given, so that it may come back another way: it is as if the program had looked at it.
KEEPING = frozenset({'csv', 'pathlib', 'io', 'os', 'posix', 'shelve', 'sqlite3', 'zipfile', 'gzip', 'array', 'struct', 'configparser'})

#: Attributes of dates and spans of time, which the clock may have made.
CLOCK = frozenset(
    """year month day hour minute second microsecond days seconds microseconds
    tm_year tm_mon tm_mday tm_hour tm_min tm_sec tm_wday tm_yday""".split()
)


def differs(root, name):
    """Whether a function's result differs from run to run, or from one Python or C library to the next."""
    return root in UNSTABLE or name in UNSTABLE_NAMES or root == 'cmath' or (root == 'statistics' and name not in STEADY)


def unordered(x):
    """Whether this is a set whose order is another in every run: all but numbers hash by their address or by a random key."""
    return type(x) in (set, frozenset) and len(x) > 1 and not all(map(_steady, x))


def _steady(x):
    return all(map(_steady, x)) if type(x) is tuple else type(x) in PLAIN


def followed(function):
    """What stands for a function of NumPy's own that a program came by another way than by the NumPy that it sees."""
    owner = getattr(function, '__self__', None)
    name = getattr(function, '__name__', '')
    if isinstance(function, np.ufunc):
        return Ufunc.of(function) if getattr(np, name, None) is function else Unfollowed(name, function)
    if isinstance(owner, np.ndarray):
        return _of_array(function, owner, name)
    if function is np.ndarray:
        return lambda *args, **kwargs: lost(function(*plain(args), **plain(kwargs)), 'an array of memory that something else made')
    if isinstance(function, type) and issubclass(function, np.inexact) and function is not np.float64:
        return lambda *args: lost(function(*args), '%s is not certified, float64 alone is' % name)
    if isinstance(function, (type(np.sum), type(np.array), type(unordered))) and owner is None:
        return of_real(function)
    return function


def _of_array(function, owner, name):
    """A method of an array of NumPy's own: of text or objects, or of numbers that are not followed."""
    if owner.dtype.kind in 'fc' and hasattr(NUMPY, name):
        return getattr(lost(owner, 'an array that is not followed'), name)

    def call(*args, **kwargs):
        result = function(*[each.real if type(each) is Unfollowed else each for each in args], **kwargs)
        return certain(result) if isinstance(result, np.ndarray) and result.dtype.kind in 'biuf' else result

    return call
