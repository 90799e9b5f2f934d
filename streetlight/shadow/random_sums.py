"""Sums of products in orders that are drawn, with products fused at random: each is one that a machine may take."""

import numpy as np

from streetlight.certify.errorfree import fma
from streetlight.shadow.orders import evaluated

TREES = 2, 8  # different trees for one sum, in a long program and in a short one; which sample takes which is drawn
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
        k = len(a)
        if k == 0:
            return np.zeros(a.shape[1:])
        if k == 1:
            return a[0] if b is None else a[0] * b[0]
        trees = TREES[0] if k > LONG else self.trees
        results = [self.layered(a, b) if k > LONG else self.by_tree(a, b) for _ in range(trees)]
        if trees == 2:
            return np.where(self.random.random(self.width) < 0.5, *results)
        return np.choose(self.random.integers(trees, size=self.width), results)

    def by_tree(self, a, b):
        tree = self.tree(list(self.random.permutation(len(a))), b is not None)
        return evaluated(tree, a, b) if b is not None else added(tree, a)

    def tree(self, leaves, fused):
        """A random tree over leaves."""
        if len(leaves) == 1:
            return 'p', leaves[0]
        cut = int(self.random.integers(1, len(leaves)))
        if cut == 1 and fused and self.random.random() < 0.5:
            return 'x', leaves[0], self.tree(leaves[1:], fused)
        return '+', self.tree(leaves[:cut], fused), self.tree(leaves[cut:], fused)

    def layered(self, a, b):
        """A long sum: in random order, one after the other or in pairs of pairs, the first layer fused or not."""
        order = self.random.permutation(len(a))
        a = a[order]
        b = None if b is None else b[order]
        if self.random.random() < 0.5:
            return np.cumsum(a if b is None else a * b, axis=0)[-1]
        rest = len(a) % 2
        if b is None or self.random.random() < 0.5:
            terms = a if b is None else a * b
        else:
            pairs = fma(a[0 : len(a) - rest : 2], b[0 : len(a) - rest : 2], a[1::2] * b[1::2])
            terms = np.concatenate([pairs, a[len(a) - rest :] * b[len(a) - rest :]])
        while len(terms) > 1:
            rest = terms[len(terms) - len(terms) % 2 :]
            terms = np.concatenate([terms[0 : len(terms) - len(rest) : 2] + terms[1::2], rest])
        return terms[0]


def added(tree, terms):
    """The value of a tree of plain additions."""
    return terms[tree[1]] if tree[0] == 'p' else added(tree[1], terms) + added(tree[2], terms)
