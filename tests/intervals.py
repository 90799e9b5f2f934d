"""Plain intervals over a tape: the simplest enclosure there is, and an independent check of better ones.

A sum or a dot is widened by the usual bound for any order, n u sum |p|, a function by its ulps.
"""

import numpy as np

ULPS = 4.0
DOMAIN = {'log': 0.0, 'log2': 0.0, 'log10': 0.0, 'sqrt': 0.0}
RISING = frozenset({'exp', 'exp2', 'expm1', 'log', 'log2', 'log10', 'log1p', 'tanh', 'arctan', 'sinh', 'cbrt', 'arcsinh', 'sqrt'})
STEPS = {'floor': np.floor, 'ceil': np.ceil, 'rint': np.rint, 'trunc': np.trunc, 'sign': np.sign, 'positive': np.positive}


def intervals(tape):
    """The lowest and highest value of every node.

    Returns
    -------
    low, high : ndarray
    """
    low, high = tape.values.copy(), tape.values.copy()
    with np.errstate(all='ignore'):
        for operation in tape.operations:
            ends = [(low[nodes], high[nodes]) for nodes in operation.operands]
            size = int(np.prod(operation.shape))
            value = tape.values[operation.first:operation.first + size].reshape(operation.shape)
            a, b = _bounds(operation, ends, value)
            a, b = np.broadcast_to(a, operation.shape), np.broadcast_to(b, operation.shape)
            bad = np.isnan(a) | np.isnan(b)
            low[operation.first:operation.first + size] = np.where(bad, -np.inf, np.minimum(a, value)).ravel()
            high[operation.first:operation.first + size] = np.where(bad, np.inf, np.maximum(b, value)).ravel()
    return low, high


def _out(a, b, ulps=1.0):
    return a - ulps * np.spacing(np.abs(a)), b + ulps * np.spacing(np.abs(b))


def _corners(op, x, y):
    all_ = np.stack(np.broadcast_arrays(op(x[0], y[0]), op(x[0], y[1]), op(x[1], y[0]), op(x[1], y[1])))
    return all_.min(axis=0), all_.max(axis=0)


def _times(x, y):
    return np.where((x == 0) | (y == 0), 0.0, x * y)


def _bounds(operation, ends, value):
    kind, extra = operation.kind, operation.extra
    if kind == 'uncertain':
        width = np.spacing(np.abs(value)) * extra
        return value - width, value + width
    x = ends[0]
    y = ends[1] if len(ends) > 1 else None
    still = all(np.array_equal(a, b) for a, b in ends)
    if kind == 'add':
        found = x[0] + y[0], x[1] + y[1]
    elif kind == 'subtract':
        found = x[0] - y[1], x[1] - y[0]
    elif kind == 'multiply':
        found = _corners(_times, x, y)
    elif kind == 'divide':
        a, b = _corners(np.divide, x, y)
        zero = (y[0] <= 0) & (y[1] >= 0)
        found = np.where(zero, -np.inf, a), np.where(zero, np.inf, b)
    elif kind == 'square':
        a, b = np.abs(x[0]), np.abs(x[1])
        found = np.where((x[0] <= 0) & (x[1] >= 0), 0.0, np.minimum(a, b) ** 2), np.maximum(a, b) ** 2
    elif kind == 'sqrt':
        found = np.sqrt(x[0]), np.sqrt(x[1])
    elif kind == 'negative':
        return -x[1], -x[0]
    elif kind == 'absolute':
        a, b = np.abs(x[0]), np.abs(x[1])
        return np.where((x[0] <= 0) & (x[1] >= 0), 0.0, np.minimum(a, b)), np.maximum(a, b)
    elif kind in STEPS:
        return STEPS[kind](x[0]), STEPS[kind](x[1])
    elif kind == 'round':
        return tuple(np.vectorize(lambda end: round(float(end), extra) if np.isfinite(end) else end, otypes=[float])(end)
                     for end in x)
    elif kind == 'maximum':
        return np.maximum(x[0], y[0]), np.maximum(x[1], y[1])
    elif kind == 'minimum':
        return np.minimum(x[0], y[0]), np.minimum(x[1], y[1])
    elif kind == 'where':
        never, always = x[1] == 0, x[0] == 1
        z = ends[2]
        return (np.where(always, y[0], np.where(never, z[0], np.minimum(y[0], z[0]))),
                np.where(always, y[1], np.where(never, z[1], np.maximum(y[1], z[1]))))
    elif kind in ('greater', 'greater_equal', 'less', 'less_equal', 'equal', 'not_equal') or kind.startswith('logical'):
        return _asked(kind, x, y)
    elif kind in ('max', 'min'):
        return getattr(np, kind)(x[0], axis=-1), getattr(np, kind)(x[1], axis=-1)
    elif kind in ('argmax', 'argmin'):
        return _places(kind, x)
    elif kind == 'sum':
        return _summed(x[0], x[1], x[0].shape[-1], extra)
    elif kind == 'dot':
        a, b = _corners(_times, x, y)
        return _summed(a, b, a.shape[-1], extra)
    elif kind in RISING:
        f = getattr(np, kind)
        exact = still & (((x[0] == 0) & (kind in ('exp', 'expm1', 'tanh', 'arctan', 'sinh', 'log1p'))) | (
            (x[0] == 1) & (kind in ('log', 'log2', 'log10'))))
        a, b = _out(f(x[0]), f(x[1]), 2 * ULPS)
        return np.where(exact, value, a), np.where(exact, value, b)
    elif kind in ('sin', 'cos'):
        width = np.maximum(x[1] - x[0], 0) + 2 * ULPS * np.spacing(np.abs(value)) * 2
        return value - width, value + width
    elif kind == 'power':
        if np.any(x[0] < 0) and not (still and np.all(y[0] == np.rint(y[0]))):
            return np.full(value.shape, -np.inf), np.full(value.shape, np.inf)
        a, b = _corners(np.power, x, y)
        a, b = _out(a, b, 2.0 if extra == 'scalar' else 2 * ULPS)
        return a, b
    else:
        return np.full(value.shape, -np.inf), np.full(value.shape, np.inf)
    return found  # rounding to nearest is monotonic, so the rounded ends enclose the rounded results


def _summed(a, b, n, extra):
    low, high = a.sum(axis=-1), b.sum(axis=-1)
    if extra == 'integer':
        return low, high
    slack = (n + 1) * 2.0 ** -52 * np.maximum(np.abs(a), np.abs(b)).sum(axis=-1)
    return low - slack, high + slack


def _asked(kind, x, y):
    if kind == 'logical_not':
        return np.where(x[1] == 0, 1.0, np.where((x[0] > 0) | (x[1] < 0), 0.0, 0.0)), np.where((x[0] > 0) | (x[1] < 0), 0.0, 1.0)
    if kind in ('logical_and', 'logical_or'):
        op = np.minimum if kind == 'logical_and' else np.maximum
        return op(x[0] != 0, y[0] != 0) * 1.0, op(x[1] != 0, y[1] != 0) * 1.0
    if kind in ('less', 'less_equal'):
        return _asked({'less': 'greater', 'less_equal': 'greater_equal'}[kind], y, x)
    if kind == 'greater':
        return (x[0] > y[1]) * 1.0, (x[1] > y[0]) * 1.0
    if kind == 'greater_equal':
        return (x[0] >= y[1]) * 1.0, (x[1] >= y[0]) * 1.0
    apart = (x[0] > y[1]) | (x[1] < y[0])
    same = (x[0] == x[1]) & (y[0] == y[1]) & (x[0] == y[0])
    sure, possible = (same, ~apart) if kind == 'equal' else (apart, ~same)
    return sure * 1.0, possible * 1.0


def _places(kind, x):
    low, high = x if kind == 'argmax' else (-x[1], -x[0])
    place = low.argmax(axis=-1)
    best = np.take_along_axis(low, place[..., None], -1)
    rivals = high >= best
    count = low.shape[-1]
    first = rivals.argmax(axis=-1)
    final = count - 1 - rivals[..., ::-1].argmax(axis=-1)
    tie = ((low == high) & (low == best)) | ~rivals
    settled = tie.all(axis=-1)  # equal in every evaluation: the first wins everywhere
    return np.where(settled, first, first) * 1.0, np.where(settled, first, final) * 1.0


def enclose(tape, queries):
    """What every conforming evaluation makes of some nodes.

    Parameters
    ----------
    tape : Tape
    queries : list of tuple
        The number of operations before the query, and an int array of nodes.

    Returns
    -------
    list of tuple
        Of each query: lowest and highest values, the proof's word, and why there is none.
    """
    low, high = intervals(tape)
    open_ = [decision for decision in tape.decisions if (low[decision.nodes] != high[decision.nodes]).any()]
    answers = []
    for position, nodes in queries:
        before = next((decision for decision in open_ if decision.position <= position), None)
        if before is not None:
            answers.append((np.full(nodes.shape, -np.inf), np.full(nodes.shape, np.inf), 'none', before.place + ' is not decided'))
        else:
            answers.append((low[nodes], high[nodes], 'bound', ''))
    return answers
