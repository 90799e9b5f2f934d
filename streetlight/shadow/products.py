"""Products of matrices and vectors: `dot`, `matmul`, `einsum` and their kin."""

import numpy as np

from streetlight.record.accumulation import layout_of
from streetlight.shadow import session as _session
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, fresh, lost, made, settle
from streetlight.shadow.elementwise import outcome
from streetlight.shadow.operands import is_fixed, placed
from streetlight.shadow.reductions import written
from streetlight.shadow.tracked import FLOAT


def dot(a, b, out=None):
    """``numpy.dot``."""
    a, b = as_array(a), as_array(b)
    return written(inner_products(np.dot(a.value, b.value), a, b, False), out)


def matmul(a, b, out=None, **kwargs):
    """``numpy.matmul`` and ``@``."""
    a, b = as_array(a), as_array(b)
    return written(inner_products(np.matmul(a.value, b.value), a, b, True), out)


def inner_products(value, a, b, stacked):
    """Products of matrices on the tape; ``stacked`` where the first axes go together, as in ``matmul``."""
    if a.value.ndim == 0 or b.value.ndim == 0:
        return outcome('multiply', (a, b), value)
    if is_fixed(a) and is_fixed(b) and np.asarray(value).dtype.kind in 'biu':
        return certain(value)
    if np.asarray(value).dtype != FLOAT and np.asarray(value).dtype.kind not in 'iu':
        return lost(value, '%s is not certified' % np.asarray(value).dtype)
    if a.value.ndim <= 2 and b.value.ndim <= 2 and a.value.shape[-1] and np.asarray(value).dtype == FLOAT:
        start, pattern = placed(a)
        other, beside = placed(b)
        if pattern[0] is not None and beside[0] is not None:
            return fresh(
                value, _session.CURRENT.tape.note_pair('dot@', start, pattern, other, beside, value, lambda: _layout(a.value, b.value))
            )
    left, right = a.nodes, b.nodes
    if right.ndim > 1:
        right = np.swapaxes(right, -1, -2)
        if stacked:
            left = left[..., None, :]
            right = right[..., None, :, :] if left.ndim > 2 else right
        else:
            left = left.reshape(left.shape[:-1] + (1,) * (right.ndim - 1) + left.shape[-1:])
    return _products(value, left, right, _layout(a.value, b.value))


def _layout(a, b):
    """How the operands lie in memory, where BLAS is told that one is transposed; else None."""
    if a.ndim > 2 or b.ndim > 2 or (a.flags.c_contiguous and b.flags.c_contiguous):
        return None
    layout = layout_of(a, b)
    return layout if 'T' in layout else None


def _products(value, left, right, layout=None):
    extra = 'integer' if np.asarray(value).dtype.kind in 'iu' else layout
    if left.shape[-1] == 0:
        return certain(value)
    return made(value, _session.CURRENT.tape.record('dot', (left.copy(), right.copy()), value, extra, False))


def of_pairs(value, *pairs):
    """Sums of products of pairs of arrays, any product fused."""
    left, right = (np.stack([as_array(pair[side]).nodes for pair in pairs], axis=-1) for side in (0, 1))
    return _products(value, left, right)


def inner(a, b):
    """``numpy.inner``."""
    a, b = as_array(a), as_array(b)
    value = np.inner(a.value, b.value)
    if a.value.ndim == 0 or b.value.ndim == 0:
        return outcome('multiply', (a, b), value)
    if a.fixed and b.fixed and np.asarray(value).dtype.kind in 'biu':
        return certain(value)
    left = a.nodes.reshape(a.value.shape[:-1] + (1,) * (b.value.ndim - 1) + a.value.shape[-1:])
    return _products(value, left, b.nodes)


def outer(a, b, out=None):
    """``numpy.outer``: products, elementwise."""
    a, b = as_array(a).ravel(), as_array(b).ravel()
    return written(outcome('multiply', (a[:, None], b[None, :]), np.outer(a.value, b.value)), out)


def einsum(subscripts, *operands, **kwargs):
    """``numpy.einsum`` of one or two arrays."""
    from streetlight.shadow.crossing import plain

    reason = 'there is no rule for this numpy.einsum'
    if not isinstance(subscripts, str) or kwargs.keys() - {'optimize'}:
        return settle(np.einsum(plain(subscripts), *plain(operands), **plain(kwargs)), False, reason)
    operands = [as_array(each) for each in operands]
    value = np.einsum(subscripts, *[each.value for each in operands], **plain(kwargs))
    if all(each.fixed for each in operands) and np.asarray(value).dtype.kind in 'biu':
        return certain(value)
    ins, _, result = subscripts.replace(' ', '').partition('->')
    ins = ins.split(',')
    if '.' in subscripts or len(ins) > 2 or any(len(set(each)) < len(each) for each in ins):
        return lost(value, reason)
    if '->' not in subscripts:
        joined = ''.join(ins)
        result = ''.join(sorted(letter for letter in set(joined) if joined.count(letter) == 1))
    summed = ''.join(sorted(set(''.join(ins)) - set(result)))
    if len(ins) == 2 and any((letter in ins[0]) + (letter in ins[1]) < 2 for letter in summed):
        return lost(value, reason)
    nodes = [_arranged(each.nodes, axes, result, summed) for each, axes in zip(operands, ins)]
    if len(ins) == 1:
        if not summed:
            return made(value, np.ascontiguousarray(nodes[0][..., 0]).reshape(np.shape(value)))
        return made(value, _session.CURRENT.tape.record('sum', (nodes[0],), value, None, False))
    if not summed:
        return made(value, _session.CURRENT.tape.record('multiply', tuple(each[..., 0] for each in nodes), value, None, False))
    return made(value, _session.CURRENT.tape.record('dot', tuple(nodes), value, None, False))


def _arranged(nodes, axes, result, summed):
    """Nodes with the axes of the result first (of length 1 where they lack) and the summed ones as one, last."""
    order = [axes.index(letter) for letter in result + summed if letter in axes]
    moved = nodes.transpose(order)
    shape = [nodes.shape[axes.index(letter)] if letter in axes else 1 for letter in result]
    return moved.reshape([*shape, -1]).copy()
