"""Tracked arrays and numbers: a machine's own values, and beside them the nodes of the tape that they came from.

`Tracked` is an array by its behaviour and no subclass of NumPy's: C code that would strip a subclass silently has to ask this one.
Its ``nodes`` are laid out as its ``value`` is, and what NumPy does to the one (a slice, a transpose, an assignment) is done to
the other, so that views alias as NumPy's own.  An array of numbers that are the same in all evaluations has no nodes until it
needs some.  `Number` is what NumPy and Python call a scalar; only one that may differ between evaluations is tracked.
"""

import numpy as np

from streetlight.shadow import session as _session

FLOAT = np.dtype(float)


class Tracked:
    """An array that knows where its elements come from.

    Parameters
    ----------
    value : ndarray
    nodes : ndarray of int, optional
        None for numbers that are the same in every evaluation.
    root : Tracked, optional
        The array whose memory ``value`` is a part of, where that has no nodes yet.
    """

    __slots__ = ('__weakref__', '_nodes', '_open', '_root', 'value')
    __array_priority__ = 1000.0

    def __init__(self, value, nodes=None, root=None):
        self.value = value
        self._nodes = nodes
        self._root = root
        self._open = nodes is not None

    @property
    def __class__(self):
        return np.ndarray

    @property
    def fixed(self):
        """Whether all elements are known to be the same in every evaluation."""
        return not (self._open if self._root is None else self._root._open)

    @property
    def nodes(self):
        """The nodes of the elements, laid out as the value."""
        nodes = self._nodes
        if nodes is None:
            if self._root is None:
                nodes = self._nodes = constants(self.value)
            else:
                nodes = _part(self._root.nodes, self._root.value, self.value)
                if self._root._open:
                    self._nodes = nodes
        return nodes

    def opened(self):
        """The nodes, to be written: from now on elements may differ between evaluations."""
        root = self if self._root is None else self._root
        if not root._open:
            root._nodes = constants(root.value)
            root._open = True
        return self.nodes

    def settled(self):
        """Notice that the elements are other numbers now, the same in every evaluation."""
        if self.fixed:
            (self if self._root is None else self._root)._nodes = None
        else:
            self.nodes[...] = constants(self.value)


class Number:
    """One number that may differ between evaluations; ``value`` is NumPy's or Python's own scalar."""

    __slots__ = ('__weakref__', 'nodes', 'value')
    __array_priority__ = 1000.0

    def __init__(self, value, nodes):
        self.value = value
        self.nodes = nodes

    @property
    def __class__(self):
        return type(self.value)

    @property
    def fixed(self):
        return False


def is_tracked(x):
    """Whether this is one of ours, whatever it says of its class."""
    kind = type(x)
    return kind is Tracked or kind is Number


def constants(value):
    """Nodes for an array of numbers that are the same in every evaluation, laid out as the array."""
    nodes = np.empty_like(value, dtype=np.int64, subok=False)
    nodes[...] = _session.CURRENT.tape.constant(value)
    return nodes


def _part(nodes, whole, part):
    """The view of ``nodes`` that lies in it as ``part`` lies in ``whole``."""
    if part.size == 0:
        return np.empty(part.shape, np.int64)
    scale = 8 // whole.itemsize if whole.itemsize <= 8 else 0
    offset = part.__array_interface__['data'][0] - whole.__array_interface__['data'][0]
    flat = nodes.reshape(-1, order='A')
    return np.ndarray(part.shape, np.int64, flat, offset * scale, [step * scale for step in part.strides])


def certain(value):
    """A value that is the same in every evaluation, as the program sees it: an array of ours, or NumPy's own scalar."""
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.kind not in 'biuf' or type(value) is not np.ndarray:
        return lost(value, 'numbers of type %s are not certified' % value.dtype) if value.dtype.kind == 'c' else value
    if value.dtype.kind == 'f' and value.dtype != FLOAT:
        return lost(value, '%s is not certified, float64 alone is' % value.dtype)
    if not value.flags.forc or not value.flags.writeable or value.base is not None:
        value = value.copy(order='K')
    return Tracked(value)


def view_of(array, value):
    """A fixed array's view, or its copy."""
    if not isinstance(value, np.ndarray):
        return value
    root = array if array._root is None else array._root
    if np.may_share_memory(value, root.value):
        return Tracked(value, None, root)
    return Tracked(value)


def made(value, nodes):
    """A value that may differ between evaluations, with its nodes."""
    if isinstance(value, np.ndarray):
        if not value.flags.writeable:
            value = value.copy()
        return Tracked(value, nodes)
    return Number(value, nodes)


def lost(value, reason):
    """A value of which nothing is certified."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in 'biufc':
            return value
        return Tracked(value, _session.CURRENT.unknown(value.shape, reason))
    return Number(value, _session.CURRENT.unknown((), reason))


def plain(x):
    """The value of anything: what is tracked without its nodes; lists, tuples and dicts too."""
    kind = type(x)
    if kind is Tracked or kind is Number:
        return x.value
    if kind is list:
        return [plain(each) for each in x]
    if kind is tuple:
        return tuple([plain(each) for each in x])
    if kind is dict:
        return {plain(key): plain(each) for key, each in x.items()}
    return x


def holds_tracked(x):
    """Whether something tracked is here, or in a list, tuple or dict here."""
    kind = type(x)
    if kind is Tracked or kind is Number:
        return True
    if kind is list or kind is tuple:
        return any(map(holds_tracked, x))
    if kind is dict:
        return any(map(holds_tracked, x.values()))
    return False


def nodes_in(x):
    """All nodes of what is tracked and not fixed here, as one flat array."""
    found = []

    def look(x):
        kind = type(x)
        if kind is Number or (kind is Tracked and not x.fixed):
            found.append(np.ravel(x.nodes))
        elif kind is list or kind is tuple:
            for each in x:
                look(each)
        elif kind is dict:
            look(list(x.values()))
    look(x)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def escape(x, what):
    """The plain value of something that leaves the tracked world: what follows rests on it."""
    nodes = nodes_in(x)
    if nodes.size and not _session.CURRENT.tape.fixed[nodes].all():
        _session.CURRENT.decide(nodes, what + ', with numbers that may differ between machines')
    return plain(x)
