"""(T10) Whether a zero has the same sign in all evaluations, which its print shows."""

import numpy as np


def _unsigned(number, vague):
    """Where the sign of an operand may differ."""
    return vague | ((number.radius > 0) & (np.abs(number.value) <= number.radius))


def either_zero(kind, operands, vague):
    """Where a result that is zero in all evaluations may be positive in one and negative in another.

    Parameters
    ----------
    kind : str
    operands : list of Number
    vague : list of ndarray of bool
        The same of the operands.
    """
    if kind in ('sum', 'dot'):
        # Minus zero is the sum of minus zeros alone, and not even theirs where it starts from zero.
        values = [number.value for number in operands]
        negative = np.logical_xor.reduce(np.broadcast_arrays(*map(np.signbit, values)))
        zero = np.logical_or.reduce(np.broadcast_arrays(*[value == 0 for value in values]))
        unsigned = np.logical_or.reduce(np.broadcast_arrays(*map(_unsigned, operands, vague)))
        return (zero & (negative | unsigned)).all(axis=-1)
    if kind == 'prod':
        return np.logical_or.reduce(_unsigned(operands[0], vague[0]), axis=-1)
    if kind == 'absolute' or not operands:
        return False
    if kind in ('max', 'min', 'argmax', 'argmin'):
        zero = operands[0].value == 0
        negative = np.signbit(operands[0].value)
        return vague[0].any(axis=-1) | ((zero & negative).any(axis=-1) & (zero & ~negative).any(axis=-1))
    if kind in ('add', 'subtract'):  # minus zero only where both terms are
        a, b = operands
        lower = vague[0] | (a.value == 0) & np.signbit(a.value)
        other = vague[1] | (b.value == 0) & (np.signbit(b.value) == (kind == 'add'))
        return lower & other & (vague[0] | vague[1])
    if kind in ('maximum', 'minimum'):
        a, b = operands
        both = (a.value == 0) & (b.value == 0) & (np.signbit(a.value) != np.signbit(b.value))
        return both | vague[0] | vague[1]
    if kind in ('multiply', 'divide', 'floor', 'ceil', 'rint', 'trunc', 'round', 'power', 'floor_divide', 'remainder', 'fmod'):
        return np.logical_or.reduce(np.broadcast_arrays(*map(_unsigned, operands, vague)))
    if kind in ('greater', 'greater_equal', 'less', 'less_equal', 'equal', 'not_equal', 'logical_and', 'logical_or', 'logical_not'):
        return False
    return np.logical_or.reduce(np.broadcast_arrays(*vague))


#: Of operands that are never negative these make what is none; of one and the same operand twice a product does.
KEEPING = frozenset({'add', 'multiply', 'divide', 'maximum', 'minimum', 'sqrt', 'positive', 'sum', 'dot', 'max', 'min'})
DEPTH = 12  # operations that are looked back through


def never_negative(tape, nodes):
    """(T10) Which of some nodes are plus zero or more in every evaluation, or no number; False where that is not seen at once.

    Parameters
    ----------
    tape : Tape
    nodes : ndarray of int

    Returns
    -------
    ndarray of bool
    """
    return signs_of(tape)(nodes)


def signs_of(tape):
    """`never_negative` of one tape that remembers: asked in the tape's order it looks back through all passes of a loop."""
    known, firsts = {}, np.ascontiguousarray(tape.log[:, 1])

    def operation(position, depth):
        if position not in known:
            op = tape.operations[position]
            known[position] = op.kind in ('square', 'absolute', 'exp', 'exp2') or (
                (op.kind in ('multiply', 'dot') and np.array_equal(*op.operands))
                or (op.kind == 'power' and tape.fixed[op.operands[1]].all() and (tape.values[op.operands[1]] % 2 == 0).all())
                or (op.kind == 'subtract' and op.shape == () and far_above(*[each.item() for each in op.operands]))
                or (op.kind in KEEPING and depth > 0 and all(found(each.ravel(), depth - 1).all() for each in op.operands))
            )
        return known[position]

    def reach(node):
        """How far a number of other evaluations may be from ours, where it is a power of fixed numbers by the C library."""
        op = None if tape.fixed[node] else tape.operations[int(np.searchsorted(firsts, node, 'right')) - 1]
        scalar = op is not None and op.kind == 'power' and op.extra == 'scalar' and all(tape.fixed[each].all() for each in op.operands)
        return 0.0 if op is None else 4 * np.spacing(abs(tape.values[node])) if scalar else np.inf

    def far_above(a, b):
        x, y = tape.values[[a, b]]
        return x - y > 2 * (reach(a) + reach(b) + np.spacing(max(abs(x), abs(y))))

    def found(nodes, depth):
        fixed = tape.fixed[nodes]
        result = fixed & (tape.values[nodes] >= 0) & ~np.signbit(tape.values[nodes])
        positions = np.searchsorted(firsts, nodes[~fixed], 'right') - 1
        result[~fixed] = [operation(position, depth) for position in positions.tolist()]
        return result

    return lambda nodes: found(np.asarray(nodes), DEPTH)
