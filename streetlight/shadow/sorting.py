"""Order: sorting, and what goes by it."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.operands import nodes_of
from streetlight.shadow.tracked import FLOAT, Tracked, constants


def order(a, axis=-1, kind=None, **kwargs):
    """``numpy.argsort``: by the order of the machine's values, which must be everybody's.

    Which of equal numbers comes first is another with other vector instructions, unless the order is to be stable.
    """
    a = as_array(a)
    value = np.argsort(a.value, axis=axis, kind=kind, **kwargs)
    if axis is None or a.value.ndim == 0:
        a, axis = a.ravel(), -1
    if not a.fixed:
        _ordered(a, value, axis)
    values = np.moveaxis(np.take_along_axis(a.value, value, axis), axis, -1)
    tied = np.zeros(values.shape, bool)
    if kind not in ('stable', 'mergesort') and not kwargs.get('stable'):
        tied[..., 1:] = values[..., 1:] == values[..., :-1]
        tied[..., :-1] |= tied[..., 1:]
    if not tied.any():
        return certain(value)
    nodes = constants(value)
    nodes[np.moveaxis(tied, -1, axis)] = _session.CURRENT.unknown((), 'numpy.argsort puts equal numbers in an order of its own')
    return Tracked(value, nodes)


def in_order(a, axis=-1, kind=None, **kwargs):
    """``numpy.sort``."""
    a = as_array(a)
    if a.fixed:
        return certain(np.sort(a.value, axis=axis, kind=kind))
    if axis is None:
        a, axis = a.ravel(), -1
    places = np.argsort(a.value, axis=axis, kind='stable')
    value = np.sort(a.value, axis=axis)
    if value.dtype == FLOAT and value.shape[axis] <= MOST_COMPARED and _close(np.moveaxis(value, axis, -1)):
        rows = np.moveaxis(a, axis, -1).copy()
        for lower, upper in comparators(rows.shape[-1]):
            x, y = rows[..., lower], rows[..., upper]
            rows[..., lower], rows[..., upper] = np.minimum(x, y), np.maximum(x, y)
        found = np.moveaxis(rows, -1, axis).copy()
        if found.value.tobytes() == value.tobytes():
            return found
    _ordered(a, places, axis)
    return Tracked(value, np.take_along_axis(a.nodes, places, axis))


MOST_COMPARED = 128
NEAR = 1e-9  # of the largest; where no neighbours are nearer, their order is left to be decided


def _close(rows):
    """Whether there are neighbours in sorted rows that other evaluations may order otherwise."""
    return np.isfinite(rows).all() and bool((np.diff(rows) <= NEAR * np.abs(rows).max(initial=0.0)).any())


def comparators(count):
    """Batcher's merge exchange (Knuth, volume 3, algorithm 5.2.2M): pairs of places, in layers that may be compared at once.

    Yields
    ------
    lower, upper : list of int
    """
    top = 1 << (count - 1).bit_length() >> 1
    step = top
    while step:
        merge, remainder, apart = top, 0, step
        while True:
            lower = [place for place in range(count - apart) if place & step == remainder]
            yield lower, [place + apart for place in lower]
            if merge == step:
                break
            apart, merge, remainder = merge - step, merge // 2, step
        step //= 2


def _ordered(a, places, axis):
    if axis is None:
        a, axis = a.ravel(), -1
    chosen = np.moveaxis(np.take_along_axis(a.nodes, places, axis), axis, -1)
    values = np.moveaxis(np.take_along_axis(a.value, places, axis), axis, -1)
    if chosen.shape[-1] > 1:
        less = outcome(
            'less_equal',
            (Tracked(values[..., :-1], chosen[..., :-1]), Tracked(values[..., 1:], chosen[..., 1:])),
            values[..., :-1] <= values[..., 1:],
        )
        _session.CURRENT.decide(nodes_of(less), 'the order of numbers may differ between machines')
