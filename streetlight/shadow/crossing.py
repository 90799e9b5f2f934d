"""Into the tracked world and out of it: what is certain, made or lost there, and what leaves."""

import numpy as np

from streetlight.shadow import session as _session
from streetlight.shadow.forms import spread
from streetlight.shadow.tracked import FLOAT, Number, Tracked


def certain(value):
    """A value that is the same in every evaluation, as the program sees it: an array of ours, or NumPy's own scalar."""
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.kind not in 'biuf' or type(value) is not np.ndarray:
        return lost(value, 'numbers of type %s are not certified' % value.dtype)
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


def fresh(value, first):
    """The result of an operation on the tape, by its first node."""
    if type(value) is np.ndarray:
        if value.flags.carray and value.itemsize == 8:
            return Tracked(value, None, None, first)
        return made(value, spread(first, value.shape))
    return Number(value, first)


def made(value, nodes):
    """A value that may differ between evaluations, with its nodes."""
    if isinstance(value, np.ndarray):
        if not value.flags.writeable:
            value = value.copy()
        if nodes.flags.c_contiguous and not value.flags.c_contiguous:  # views of both are to lie alike
            alike = np.empty_like(value, dtype=np.int64, subok=False)
            alike[...] = nodes
            nodes = alike
        return Tracked(value, nodes)
    return Number(value, nodes)


def lost(value, reason):
    """A value of which nothing is certified."""
    value = plain(value)
    if isinstance(value, np.ndarray):
        if value.dtype.names or type(value) is not np.ndarray:
            _session.CURRENT.taint(
                'fields of an array are not followed' if value.dtype.names else '%s is not followed' % type(value).__name__
            )
        if value.dtype.kind not in 'biufc' or type(value) is not np.ndarray:
            return value
        return Tracked(value, _session.CURRENT.unknown(value.shape, reason))
    return Number(value, _session.CURRENT.unknown((), reason))


def plain(x, copies=None):
    """The value of anything: what is tracked without its nodes; lists, tuples and dicts too.

    Of each list here, but in a dict, (list, copy, what the copy holds) is appended to ``copies``.
    """
    kind = type(x)
    if kind is Tracked or kind is Number:
        return x.value
    if kind is list:
        found = [plain(each, copies) for each in x]
        if copies is not None:
            copies.append((x, found, found.copy()))
        return found
    if kind is tuple:
        return tuple([plain(each, copies) for each in x])
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


def settle(result, known, reason):
    """What NumPy gave as a program sees it: certain, or lost for a reason."""
    if isinstance(result, (tuple, list)):
        settled = [settle(each, known, reason) for each in result]
        return type(result)(*settled) if hasattr(result, '_fields') else type(result)(settled)
    if isinstance(result, (np.ndarray, np.floating, float)):
        return certain(result) if known else lost(result, reason)
    if isinstance(result, (np.integer, np.bool_, int)) and not isinstance(result, bool) and not known:
        return lost(result, reason)
    return result


def of_foreign(value, reason, text=None):
    """What another library gave back: nothing is known of its numbers, nor of its texts, if ``text`` says what these become."""
    if text is not None and isinstance(value, str):
        return text(value, reason)
    if isinstance(value, (float, complex, np.inexact)) or (isinstance(value, np.ndarray) and value.dtype.kind in 'biufc'):
        return lost(value, reason)
    if isinstance(value, int) and not isinstance(value, bool):
        return lost(value, reason)
    if type(value) in (list, tuple) and value:
        return type(value)([of_foreign(each, reason, text) for each in value])
    if type(value) is dict and value:
        return {key: of_foreign(each, reason, text) for key, each in value.items()}
    return value
