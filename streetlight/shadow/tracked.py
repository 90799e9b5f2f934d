"""Tracked arrays and numbers: a machine's own values, and beside them the nodes of the tape that they came from.

`Tracked` is an array by its behaviour and no subclass of NumPy's: C code that would strip a subclass silently has to ask this one.
Its ``nodes`` are laid out as its ``value`` is, and what NumPy does to the one (a slice, a transpose, an assignment) is done to
the other, so that views alias as NumPy's own.  An array of numbers that are the same in all evaluations has no nodes until it
needs some.  `Number` is what NumPy and Python call a scalar; only one that may differ between evaluations is tracked.
"""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.forms import spread

FLOAT = np.dtype(float)


class Tracked:
    """An array that knows where its elements come from.

    Parameters
    ----------
    value : ndarray
    nodes : ndarray of int, optional
        None for numbers that are the same in every evaluation, or whose nodes follow each other from ``first`` on.
    root : Tracked, optional
        The array whose memory ``value`` is a part of, where that one's nodes are laid out as its value is.
    first : int, optional
        The first node of a value that is contiguous in C order; -1 where there is none.
    offset : int, optional
        Where ``value`` starts in the memory of its root, in bytes, if known.
    """

    __slots__ = ('__weakref__', '_first', '_nodes', '_offset', '_open', '_root', 'value')
    __array_priority__ = 1000.0

    def __init__(self, value, nodes=None, root=None, first=-1, offset=None):
        self.value = value
        self._nodes = nodes
        self._root = root
        self._first = first
        self._open = nodes is not None or first >= 0
        self._offset = offset

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
        root = self._root
        if root is not None:
            return _part(root.nodes, root.value, self.value)
        if self._nodes is None:
            if self._first < 0:
                self._settle()
            if self._nodes is None:
                self._nodes = spread(self._first, self.value.shape)
        return self._nodes

    def _settle(self):
        """Give numbers that are the same in every evaluation their nodes."""
        if self.value.flags.c_contiguous:
            self._first = _session.CURRENT.tape.settled(self.value)
        else:
            self._nodes = constants(self.value)

    def place(self):
        """Where the nodes stand, for `Tape.note`."""
        root = self if self._root is None else self._root
        if root._first < 0 and root._nodes is None:
            root._settle()
        value = self.value
        if root._first < 0 or value.itemsize != 8:
            return _session.CURRENT.tape.place(self.nodes)
        if root is self:
            return self._first, value.shape
        if self._offset is None:
            self._offset = _address(value) - _address(root.value)
        return root._first + (self._offset >> 3), (value.shape, value.strides)

    def opened(self):
        """The nodes, to be written: from now on elements may differ between evaluations."""
        root = self if self._root is None else self._root
        root.nodes  # noqa: B018
        root._first, root._open = -1, True
        return self.nodes

    def renewed(self, first):
        """Notice that all elements are the results, in C order, from a node on."""
        if self._root is None and (self._first >= 0 or (self._nodes is None and self.value.flags.c_contiguous)):
            self._first, self._nodes, self._open = first, None, True
        else:
            self.opened()[...] = spread(first, self.value.shape)

    def settled(self):
        """Notice that the elements are other numbers now, the same in every evaluation."""
        if self.fixed:
            root = self if self._root is None else self._root
            root._nodes, root._first = None, -1
        else:
            self.opened()[...] = constants(self.value)


class Number:
    """One number that may differ between evaluations; ``value`` is NumPy's or Python's own scalar, ``node`` its node."""

    __slots__ = ('__weakref__', 'node', 'value')
    __array_priority__ = 1000.0

    def __init__(self, value, node):
        self.value = value
        self.node = node if type(node) is int else int(node)

    @property
    def __class__(self):
        return type(self.value)

    @property
    def nodes(self):
        """Its node as an array of no dimension."""
        return np.array(self.node)

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
    offset = _address(part) - _address(whole)
    flat = nodes.reshape(-1, order='A')
    return np.ndarray(part.shape, np.int64, flat, offset * scale, [step * scale for step in part.strides])


def _address(array):
    return array.__array_interface__['data'][0]
