"""Elements and parts of tracked arrays: read, written, gone through."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import escape, made, plain, view_of
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.operands import PLAIN, nodes_of
from streetlight.shadow.tracked import Number, Tracked, constants


def index(key):
    """A key of ours as NumPy takes it."""
    kind = type(key)
    if kind is tuple:
        return tuple([index(each) for each in key])
    if kind is Tracked or kind is Number:
        return escape(key, 'it chooses elements')
    if kind is list:
        return escape(key, 'it chooses elements')
    return key


def getitem(self, key):
    key = key if type(key) is int or type(key) is slice else index(key)
    value = self.value[key]
    if self.fixed:
        return view_of(self, value)
    if isinstance(value, np.ndarray):
        return derived(self, value, lambda nodes: nodes[key])
    node = int(self.nodes[key])
    return value if _session.CURRENT.tape._fixed[node] else Number(value, node)


def derived(array, value, choose):
    """A part or a rearrangement of an array that is not fixed, which ``choose`` makes of its nodes."""
    if array._first < 0 and array._root is None:
        return made(value, choose(array.nodes))
    if isinstance(value, np.ndarray) and np.may_share_memory(value, array.value):
        return Tracked(value, None, array if array._root is None else array._root)
    return made(value, choose(array.nodes))


def setitem(self, key, item):
    if type(key) is Tracked and key.value.dtype.kind == 'b' and not key.fixed and np.ndim(plain(item)) == 0:
        if key.value.shape == self.value.shape:  # either way is enclosed
            key, item = Ellipsis, np.where(key, item, self)
    key = key if type(key) is int or type(key) is slice else index(key)
    if type(item) not in PLAIN:
        item = as_array(item)
    self.value[key] = plain(item)
    if type(item) in PLAIN or item.fixed:
        if self.fixed:
            self.settled()
        else:
            self.opened()[key] = constants(np.asarray(self.value[key]))
        return
    source, kind = item.value.dtype.kind, self.value.dtype.kind
    if kind in 'iu' and source == 'f':
        item = outcome('trunc', (item,), np.trunc(item.value))
    elif kind == 'b' and source != 'b':
        item = item != 0
    nodes = nodes_of(item)
    self.opened()[key] = nodes


def iterate(self):
    if self.value.ndim == 0:
        raise TypeError('iteration over a 0-d array')
    for each in range(len(self.value)):
        yield self[each]


class Flat:
    """The elements of an array whose rows do not lie one after the other: writing goes to the array."""

    def __init__(self, array):
        self.array = array

    def __getitem__(self, key):
        return self.array.ravel()[key]

    def __setitem__(self, key, item):
        flat = self.array.ravel()
        flat[key] = item
        self.array[...] = flat.reshape(self.array.shape)

    def __len__(self):
        return self.array.size
