"""The modules that a program imports: NumPy, `math` and `random` with tracked numbers; others as they are, and watched."""

import builtins
import math
import types

import numpy as np

from streetlight.shadow import draws
from streetlight.shadow import session as _session
from streetlight.shadow.applying import call
from streetlight.shadow.crossing import escape, holds_tracked, lost, nodes_in, plain, settle
from streetlight.shadow.elementwise import outcome, without_error
from streetlight.shadow.namespace import NUMPY
from streetlight.shadow.powers import power
from streetlight.shadow.tracked import Number, Tracked

#: The C library's functions, by NumPy's names.
NAMES = {
    'exp': 'exp',
    'exp2': 'exp2',
    'expm1': 'expm1',
    'log': 'log',
    'log2': 'log2',
    'log10': 'log10',
    'log1p': 'log1p',
    'sin': 'sin',
    'cos': 'cos',
    'tan': 'tan',
    'asin': 'arcsin',
    'acos': 'arccos',
    'atan': 'arctan',
    'sinh': 'sinh',
    'cosh': 'cosh',
    'tanh': 'tanh',
    'asinh': 'arcsinh',
    'acosh': 'arccosh',
    'atanh': 'arctanh',
    'cbrt': 'cbrt',
    'atan2': 'arctan2',
    'erf': 'erf',
    'gamma': 'gamma',
    'lgamma': 'lgamma',
    'hypot': 'hypot',
}

#: One result for given operands on every machine.
SAME = {'sqrt': 'sqrt', 'fabs': 'absolute', 'floor': 'floor', 'ceil': 'ceil', 'trunc': 'trunc'}

#: One product with a constant.
SCALED = {'degrees': 180.0 / math.pi, 'radians': math.pi / 180.0}

#: Pictures, progress bars and the like: what goes there does not come back.
SINKS = frozenset(
    """
    matplotlib mpl_toolkits seaborn IPython ipywidgets tqdm PIL plotly bokeh imageio warnings logging pprint_sink
    termcolor colorama rich""".split()
)


def _one(x):
    """A number for `math`, of whatever stands for one."""
    if type(x) is Tracked:
        float(x.value)  # or an error that is NumPy's own
        return x.reshape(-1)[0]
    return x


#: Of `math`, beside what has a rule: what is exact, or rounds in the same steps everywhere.
STEADY = frozenset("""fsum prod frexp ldexp modf nextafter ulp remainder fma gcd lcm comb perm factorial isqrt""".split())


def _math_function(name):
    real = getattr(math, name)
    kind = NAMES.get(name)
    limit = -math.inf if name.startswith('log') else math.inf  # where it would end with an error

    def function(*args):
        args = tuple([_one(x) for x in args])
        try:
            value = real(*[plain(x) for x in args])
        except (ValueError, OverflowError):
            escape(args, 'math.%s' % name)
            raise
        if name == 'log' and len(args) == 2:
            return function(args[0]) / function(args[1])
        if name in SAME:
            if not any(type(x) is Number for x in args):
                return value
            return without_error(outcome(SAME[name], args, value), 'math.%s' % name)
        if kind == 'hypot' and len(args) != 2:
            return lost(value, 'there is no rule for math.hypot of more numbers than two')
        if kind is not None:
            args = tuple([float(x) if isinstance(x, int) and type(x) is not Number else x for x in args])
            return without_error(outcome(kind, args, value), 'math.%s' % name, limit)
        if name == 'pow':
            return power(*[float(x) if isinstance(x, int) else x for x in args])
        if not any(type(x) is Number for x in args):
            return value
        if name in ('isnan', 'isinf', 'isfinite'):
            return outcome(name, args, value)
        if name == 'fmod':
            return outcome('fmod', args, value)
        if name in SCALED:
            return outcome('multiply', (*args, SCALED[name]), value)
        return lost(value, 'there is no rule for math.%s' % name)

    function.__name__ = name
    return function


def _close(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    """``math.isclose``, in Python's own steps."""
    value = math.isclose(plain(a), plain(b), rel_tol=plain(rel_tol), abs_tol=plain(abs_tol))
    if not any(type(x) is Number for x in (a, b, rel_tol, abs_tol)) or not math.isfinite(plain(a) - plain(b)):
        return value if not holds_tracked((a, b)) else lost(value, 'there is no rule for this math.isclose')
    apart = abs(a - b)
    found = call(np.logical_or, (apart <= abs(b) * rel_tol, apart <= abs(a) * rel_tol))
    found = call(np.logical_or, (found, apart <= abs_tol))
    return Number(bool(plain(found)), found.nodes) if type(found) is Number else bool(found)


def _other(name):
    real = getattr(math, name)

    def function(*args, **kwargs):
        if nodes_in((args, kwargs)).size:
            try:
                return settle(real(*plain(args), **plain(kwargs)), False, 'there is no rule for math.%s' % name)
            except Exception:
                escape((args, kwargs), 'math.%s ends with an error' % name)
                raise
        result = real(*plain(args), **plain(kwargs))
        return result if name in STEADY else lost(result, 'math.%s is another in other libraries' % name)

    function.__name__ = name
    return function


def _math():
    module = types.ModuleType('math')
    for name in dir(math):
        real = getattr(math, name)
        if name in NAMES or name in SAME or name in ('pow', 'isnan', 'isinf', 'isfinite', 'copysign', 'fmod', *SCALED):
            setattr(module, name, _math_function(name))
        elif name == 'isclose':
            setattr(module, name, _close)
        elif callable(real) and not name.startswith('_'):
            setattr(module, name, _other(name))
        else:
            setattr(module, name, real)
    return module


MATH = _math()


def importer():
    """The ``__import__`` of a program."""
    own = {'math': MATH, 'random': draws.install()}

    def find(name, globals=None, locals=None, fromlist=(), level=0):
        root = name.partition('.')[0]
        if level == 0 and root == 'numpy':
            if not fromlist or name == 'numpy':
                if name != 'numpy':
                    _part(name)
                return NUMPY
            return _part(name)
        if level == 0 and name in own:
            return own[name]
        return builtins.__import__(name, globals, locals, fromlist, level)

    return find


def _part(name):
    found = NUMPY
    for part in name.split('.')[1:]:
        found = getattr(found, part, None)
        if found is None:
            raise ModuleNotFoundError("No module named '%s'" % name, name=name)
    return found


def noticed_sink(name):
    """A picture is drawn: the numbers in it are not certified."""
    _session.CURRENT.note('%s is given numbers; what it shows is not certified' % name)
