"""Reveal the accumulation of a ``dot``: the order of its additions, and which of them are fused.

The order is found as FPRev finds it (Xie et al., 2025): where products ``i`` and ``j`` are ``M`` and ``-M`` and all others
are 1, the ones added before ``M`` and ``-M`` have met are lost, so the result tells how many products lie under their
lowest common sum.  Which additions are fused is found by a product that needs more bits than float64 has, met by the
rounded product's negative: what is left is nothing, or the lost bits.

Notation: ``p2`` is a rounded product, ``x2`` an exact one that a fused multiply-add rounds together with the sum,
``((p0+x1)+x2)`` left to right with FMA.  A leading ``0+`` says that the sum starts from zero, which decides whether a
sum of negative zeros is ``0.`` or ``-0.``; a trailing ``:extended`` that products and sums are kept with 64 bits (x87) and
rounded to float64 once, at the end.
"""

import numpy as np

LARGE = 2.0**100
TINY = 2.0**-300

# products that float64 cannot hold: the square of 1 + 2**-s is 1 + 2**(1-s) + 2**(-2s)
EXTENDED_BITS = 30  # its square fits the 64 bits of x87
FUSED_BITS = 40  # its square fits no register, only a fused multiply-add keeps it


class NotRevealed(Exception):
    """The accumulation is not a tree of two-term sums."""


def reveal(dot, k):
    """The accumulation of one inner product.

    Parameters
    ----------
    dot : callable
        Takes two lists of ``k`` floats, returns the float64 sum of their products.
    k : int
        How many products there are.

    Returns
    -------
    str
        In the notation of this module.

    Raises
    ------
    NotRevealed
        If the answers fit no tree of two-term sums.

    References
    ----------
    P. Xie, Y. Gao, J. Zhang, F. Qiu, J. Xue, "FPRev: Revealing floating-point accumulation order", USENIX ATC 2025.
    """
    size = _common_sum_sizes(dot, k)
    tree = _tree(tuple(range(k)), size)
    extended = _is_extended(dot, k, tree)
    text = _notation(tree, dot, k, extended)
    if dot([-1.0] * k, [0.0] * k).hex() == '0x0.0p+0':
        text = '0+' + text
    return text + (':extended' if extended else '')


def _common_sum_sizes(dot, k):
    """How many products lie under the lowest common sum of each pair."""
    size = {}
    for i in range(k):
        for j in range(i + 1, k):
            b = [1.0] * k
            b[i], b[j] = LARGE, -LARGE
            remaining = dot([1.0] * k, b)
            if not 0 <= remaining <= k - 2 or remaining != int(remaining):
                raise NotRevealed('products %d and %d leave %r of %d ones' % (i, j, remaining, k - 2))
            size[i, j] = size[j, i] = k - int(remaining)
    return size


def _tree(leaves, size):
    """The tree over ``leaves``: a leaf is its index, a sum a pair of trees."""
    first, others = leaves[0], leaves[1:]
    tree = first
    joined = 1
    for level in sorted(set(size[first, other] for other in others)):
        joining = tuple(other for other in others if size[first, other] == level)
        joined += len(joining)
        if joined != level and level <= len(leaves):
            raise NotRevealed('%d products meet in a sum of %d' % (joined, level))
        if any(size[a, b] >= level for a in joining for b in joining if a != b):
            raise NotRevealed('more than two partial sums meet in one addition')
        tree = (tree, _tree(joining, size))
    return tree


def _leaves(tree):
    return [tree] if isinstance(tree, int) else _leaves(tree[0]) + _leaves(tree[1])


def _residue(dot, k, leaf, other, bits):
    """What is left of the product ``leaf``, less its float64 value, when product ``other`` cancels that."""
    factor = 1.0 + 2.0**-bits
    a, b = [1.0] * k, [TINY] * k
    a[leaf] = b[leaf] = factor
    b[other] = -(factor * factor)
    return abs(dot(a, b)) > 2.0**-200


def _is_extended(dot, k, tree):
    """Whether partial sums carry more bits than float64: 1 and 2**-60, less 1, is not 0 then."""
    if k < 3:
        return k == 2 and _residue(dot, k, 0, 1, EXTENDED_BITS) and not _residue(dot, k, 0, 1, FUSED_BITS)
    inner, outer = tree if len(_leaves(tree[0])) >= 2 else tree[::-1]
    first, second = _leaves(inner)[0], _leaves(inner)[-1]
    b = [TINY] * k
    b[first], b[second], b[_leaves(outer)[0]] = 1.0, 2.0**-60, -1.0
    return abs(dot([1.0] * k, b)) > 2.0**-100


def _notation(tree, dot, k, extended):
    if isinstance(tree, int):
        return 'p%d' % tree
    return '(%s+%s)' % (_term(tree[0], tree[1], dot, k, extended), _term(tree[1], tree[0], dot, k, extended))


def _term(term, other, dot, k, extended):
    """One side of a sum; ``other`` is what it is added to."""
    if isinstance(term, int) and not extended and _residue(dot, k, term, _leaves(other)[0], FUSED_BITS):
        return 'x%d' % term
    return _notation(term, dot, k, extended)


def layout_of(a, b):
    """The name of a dot's shape, with a ``T`` where an operand lies in memory column by column: ``4x3T . 3x1``.

    BLAS adds in another order where a matrix is transposed.
    """
    return _side(a) + ' . ' + _side(b)


def _side(each):
    by_column = each.flags.f_contiguous and not each.flags.c_contiguous  # one axis alone lies in both ways, or in neither
    return 'x'.join(map(str, each.shape)) + 'T' * by_column


def reveal_shape(dot, shape):
    """The accumulations of all elements of one matrix product.

    Parameters
    ----------
    dot : callable
        Takes two arrays.
    shape : str
        As `layout_of` names it, without a ``T``.

    Returns
    -------
    list of str
        One for each element in C order, or a single one where they are all alike.
    """
    a_shape, b_shape = (tuple(int(size) for size in operand.split('x')) for operand in shape.split(' . '))
    k = a_shape[-1]
    result_shape = np.shape(dot(np.ones(a_shape), np.ones(b_shape)))

    def inner(position):
        row, column = position[: len(a_shape) - 1], position[len(a_shape) - 1 :]

        def inner_dot(a, b):
            left, right = np.ones(a_shape), np.ones(b_shape)
            left[row + (slice(None),)] = a
            right[(slice(None),) + column] = b
            return float(dot(left, right)[position])

        return inner_dot

    found = [reveal(inner(position), k) for position in np.ndindex(*result_shape)]
    return found[:1] if len(set(found)) == 1 else found
