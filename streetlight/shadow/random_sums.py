"""Sums of products in orders that are drawn, with products fused at random: each is one that a machine may take."""

from math import prod

import numpy as np

from streetlight.certify.errorfree import fma, odd_sum, two_product, two_sum

TREES = 2, 8  # different trees for one sum, in a long program and in a short one; which sample takes which is drawn
CACHED = 2**14  # numbers that are added at a time
FEW = 2**10  # numbers that are sooner added in both orders than taken apart
LONG = 16  # longer sums are added by BLAS, or in layers, by few NumPy calls


class RandomSums:
    """Sums for samples side by side.

    Parameters
    ----------
    random : numpy.random.Generator
    width : int
        How many samples there are.
    trees : int
        How many different orders one sum has.
    """

    def __init__(self, random, width, trees):
        self.random, self.width, self.trees = random, width, trees

    def of_products(self, a, b):
        """Sums over the first axis; ``b`` is None where nothing is multiplied."""
        k = len(a) if b is None else max(len(a), len(b))
        if k == 0:
            return np.zeros(a.shape[1:])
        if k == 1:
            return a[0] if b is None else a[0] * b[0]
        trees = TREES[0] if k > LONG else self.trees
        orders = [
            self.layers(k, b is not None) if k > LONG else self.tree(list(self.random.permutation(k)), b is not None) for _ in range(trees)
        ]
        taken = self.random.random(self.width) >= 0.5 if trees == 2 else self.random.integers(trees, size=self.width)
        shape = a.shape[1:] if b is None else np.broadcast_shapes(a.shape[1:], b.shape[1:])
        if trees == 2 and k <= LONG and prod(shape) <= FEW:
            products, errors = products_of(a, b, [leaf for order in orders for leaf in fused_leaves(order)])
            return np.where(taken, *[added(order, products, errors) for order in reversed(orders)])
        result = np.empty((*shape[-1:], *shape[:-1])).transpose(*range(1, len(shape)), 0)  # each sample's side by side
        for number, order in enumerate(orders):
            here = np.flatnonzero(taken == number)
            if len(here):
                result[..., here] = in_parts(order, *(each if each is None else each[..., here] for each in (a, b)))
        return result

    def tree(self, leaves, fused):
        """A random tree over leaves."""
        if len(leaves) == 1:
            return 'p', leaves[0]
        cut = int(self.random.integers(1, len(leaves)))
        if cut == 1 and fused and self.random.random() < 0.5:
            return 'x', leaves[0], self.tree(leaves[1:], fused)
        return '+', self.tree(leaves[:cut], fused), self.tree(leaves[cut:], fused)

    def layers(self, k, fused):
        """How to add a long sum: in random order, one after the other or in pairs of pairs, the first layer fused or not."""
        order = self.random.permutation(k)
        if self.random.random() < 0.5:
            return 'one by one', order
        return 'pairs, fused' if fused and self.random.random() >= 0.5 else 'pairs', order


def in_parts(order, a, b):
    """The sums over the first axis, in one order; of many numbers in parts that a cache holds."""
    shape = a.shape if b is None else np.broadcast_shapes(a.shape, b.shape)
    rows = max(1, CACHED * shape[1] // max(1, prod(shape[1:])))
    if len(shape) == 2 or rows >= shape[1]:
        return added_by(order, a, b)
    return np.concatenate(
        [
            added_by(order, *(each if each is None or each.shape[1] == 1 else each[:, start : start + rows] for each in (a, b)))
            for start in range(0, shape[1], rows)
        ]
    )


def added_by(order, a, b):
    """The sums over the first axis, in one order."""
    if type(order[0]) is str and order[0] not in 'px+':
        return layered(*order, a, b)
    return added(order, *products_of(a, b, fused_leaves(order)))


def layered(how, order, a, b):
    """A long sum in layers."""
    a = a[order]
    b = None if b is None else b[order]
    if how == 'one by one':
        return np.cumsum(a if b is None else a * b, axis=0)[-1]
    rest = len(a) % 2
    if how == 'pairs':
        terms = a if b is None else a * b
    else:
        pairs = fma(a[0 : len(a) - rest : 2], b[0 : len(a) - rest : 2], a[1::2] * b[1::2])
        terms = np.concatenate([pairs, a[len(a) - rest :] * b[len(a) - rest :]])
    while len(terms) > 1:
        rest = terms[len(terms) - len(terms) % 2 :]
        terms = np.concatenate([terms[0 : len(terms) - len(rest) : 2] + terms[1::2], rest])
    return terms[0]


def fused_leaves(tree):
    """The leaves of a tree whose products are fused."""
    if tree[0] == 'p':
        return []
    return [tree[1], *fused_leaves(tree[2])] if tree[0] == 'x' else fused_leaves(tree[1]) + fused_leaves(tree[2])


def products_of(a, b, leaves):
    """Products, rounded, and of some of them the errors, by their place."""
    if b is None:
        return a, {}
    return a * b, dict(zip(leaves, two_product(a[leaves], b[leaves])[1])) if leaves else {}


def added(tree, products, errors):
    """The value of a tree."""
    if tree[0] == 'p':
        return products[tree[1]]
    if tree[0] == 'x':
        return added_exactly(products[tree[1]], errors[tree[1]], added(tree[2], products, errors))
    return added(tree[1], products, errors) + added(tree[2], products, errors)


def added_exactly(product, error, c):
    """A product, with its error, and a number, rounded once: `fma` in fewer steps.

    The sum is ``s + t + error`` exactly, and ``t + error`` is rounded to ``w``.  As that is monotone, ``s + w`` rounds to what
    ``s + t + error`` does, but where it lies half way between two numbers.
    """
    s, t = two_sum(product, c)
    w = t + error
    z = s + w
    twice = 2.0 * (w - (z - s))
    if np.count_nonzero((z + twice) - z == twice) == np.count_nonzero(twice == 0):
        return z
    high, low = two_sum(c, error)
    high, rest = two_sum(product, high)
    return high + odd_sum(low, rest)
