"""Slopes of a pass as a product of two narrow matrices and blocks that share no number (Lemma E): never written out."""

import numpy as np


class Blocks:
    """Pairs of a result and an incoming number, in blocks of which no two share a result or a number.

    Attributes
    ----------
    rows, columns : ndarray of int
        (blocks, results of each) and (blocks, numbers of each); what is lacking is one beyond the last.
    at : tuple of ndarray of int
        Block, row and column there of each pair.
    """

    def __init__(self, results, numbers, shape):
        labels = _joined(results, numbers, shape)
        names, block = np.unique(labels[results], return_inverse=True)
        sides = [self._side(labels[: shape[0]], names), self._side(labels[shape[0] :], names)]
        if len(names) * sides[0].shape[1] * sides[1].shape[1] > shape[0] * shape[1]:  # hardly apart: one block of all
            block = np.zeros(len(results), int)
            sides = [np.arange(size)[None] for size in shape]
        self.rows, self.columns = sides
        self.at = block, *[_places(side, size)[each] for side, size, each in zip(sides, shape, (results, numbers))]
        self.shape = len(self.rows), self.rows.shape[1], self.columns.shape[1]

    @staticmethod
    def _side(labels, names):
        members = [np.flatnonzero(labels == name) for name in names]
        found = np.full((len(names), max(map(len, members), default=0)), len(labels))
        for row, each in zip(found, members):
            row[: len(each)] = each
        return found

    def filled(self, weights):
        """The blocks with a weight for each pair; (passes, blocks, rows, columns)."""
        found = np.zeros((len(weights), *self.shape))
        found[:, *self.at] = weights
        return found


def _places(side, size):
    """The place of each number in its block."""
    places = np.zeros(size + 1, int)
    places[side] = np.arange(side.shape[1])
    return places


def _joined(results, numbers, shape):
    """A label for each result and number, equal where pairs join them."""
    labels, ends = np.arange(sum(shape)), (results, shape[0] + numbers)
    while True:
        before = labels.copy()
        least = np.minimum(labels[ends[0]], labels[ends[1]])
        for end in ends:
            np.minimum.at(labels, end, least)
        if (labels == before).all():
            return labels


class Folded:
    """Slopes of some passes: ``through @ beyond``, and blocks of what goes another way.

    Parameters
    ----------
    through, beyond : ndarray
        (passes, results, joins) and (passes, joins, incoming)
    blocks : ndarray
        As `Blocks.filled` gives them.
    places : Blocks
    """

    def __init__(self, through, beyond, blocks, places):
        self.through, self.beyond, self.blocks, self.places = through, beyond, blocks, places

    def __getitem__(self, number):
        """The slopes of one pass."""
        return Slopes(self.through[number], self.beyond[number], self.blocks[number], self.places)

    def __abs__(self):
        """Slopes that are at least the size of these."""
        return Folded(*map(np.abs, (self.through, self.beyond, self.blocks)), self.places)

    def stop(self, results):
        """Take some results for such as nothing comes to."""
        self.through[:, results] = 0.0
        self.blocks[:, np.isin(self.places.rows, np.flatnonzero(results))] = 0.0

    @classmethod
    def joined(cls, parts):
        """Those of some passes one after another."""
        arrays = [np.concatenate([getattr(each, name) for each in parts]) for name in ('through', 'beyond', 'blocks')]
        return cls(*arrays, parts[0].places)


class Slopes:
    """The slopes of one pass, as a matrix that other matrices, and vectors, are multiplied with from either side."""

    __array_ufunc__ = None  # NumPy leaves ``@`` to this class

    def __init__(self, through, beyond, blocks, places):
        self.through, self.beyond, self.blocks, self.places = through, beyond, blocks, places
        self.shape = len(through), beyond.shape[1]
        self.terms = sum(beyond.shape)  # so often is an element of a product rounded at most

    def __matmul__(self, numbers):
        if numbers.ndim == 1:
            return (self @ numbers[:, None])[:, 0]
        found = np.zeros((self.shape[0] + 1, numbers.shape[1]))
        np.matmul(self.through, self.beyond @ numbers, out=found[:-1])
        found[self.places.rows] += self.blocks @ numbers.take(self.places.columns, axis=0, mode='clip')
        return found[:-1]

    def __rmatmul__(self, weights):
        found = np.zeros((len(weights), self.shape[1] + 1))
        np.matmul(weights @ self.through, self.beyond, out=found[:, :-1])
        given = weights.take(self.places.rows, axis=1, mode='clip').swapaxes(0, 1) @ self.blocks
        found[:, self.places.columns] += given.swapaxes(0, 1)
        return found[:, :-1]
