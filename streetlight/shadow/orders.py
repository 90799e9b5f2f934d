"""Every way to add products, and what each gives."""

from functools import lru_cache
from itertools import combinations

import numpy as np

from streetlight.certify.errorfree import fma, splits

MOST_TERMS = 4


NEAR_LIMITS = 'a product is too near underflow or overflow to be fused exactly'


class TooMany(Exception):
    """The evaluations are too many to run one by one."""


def possible_sums(a, b, fused=True):
    """Every value of sums of products, one of each column: by any tree of additions, any product fused.

    Parameters
    ----------
    a, b : ndarray of float, shape (k, evaluations)
    fused : bool
        Whether products may be; a plain sum has none.

    Returns
    -------
    ndarray
        The values in the first axis, the evaluations in the second.
    """
    k = max(len(a), len(b))
    if len(a) != len(b):
        a, b = np.broadcast_to(a, (k, a.shape[1])), np.broadcast_to(b, (k, a.shape[1]))
    nonzero = np.flatnonzero(((a != 0) & (b != 0)).any(axis=1)).tolist()
    if not nonzero:
        products = a * b
        # what starts from zero gives 0.0 where all products are -0.0, what starts from the first product -0.0
        zero = (products == 0).all(axis=0) & np.signbit(products).all(axis=0)
        outcomes = np.stack([np.where(np.isnan(products).any(axis=0), np.nan, 0.0), products.sum(axis=0)])
        outcomes[1, zero] = -0.0
        return outcomes if zero.any() else outcomes[:1]
    if len(nonzero) > MOST_TERMS:
        raise TooMany(f'a sum of {len(nonzero)} numbers has too many orders')
    if fused and not splits(a[nonzero], b[nonzero]):
        raise TooMany(NEAR_LIMITS)
    return np.stack([evaluated(tree, a, b) for tree in trees(tuple(nonzero), fused)])


@lru_cache(maxsize=None)
def trees(leaves, fused=True):
    """Every way to add products: ``('p', i)`` rounded, ``('x', i, tree)`` fused to a sum, ``('+', tree, tree)``."""
    if len(leaves) == 1:
        return [('p', leaves[0])]
    found = []
    first, others = leaves[0], leaves[1:]
    for size in range(len(others)):
        for rest in combinations(others, size):
            left = (first, *rest)
            right = tuple(leaf for leaf in others if leaf not in rest)
            found += [('+', one, other) for one in trees(left, fused) for other in trees(right, fused)]
            for lone, many in ((left, right), (right, left)) if fused else ():
                if len(lone) == 1:
                    found += [('x', lone[0], tree) for tree in trees(many, fused)]
    return found


def evaluated(tree, a, b):
    """The value of a tree, in each column."""
    if tree[0] == 'p':
        return a[tree[1]] * b[tree[1]]
    if tree[0] == 'x':
        return fma(a[tree[1]], b[tree[1]], evaluated(tree[2], a, b))
    return evaluated(tree[1], a, b) + evaluated(tree[2], a, b)
