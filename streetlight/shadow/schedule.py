"""The same tape in another order: each element of a result, and what follows from it alone behind it.

Where evaluations part at one element, what is made of it often makes them one again: relu of a
negative number, an update by plus or minus zero.  Done in the tape's own order, the elements of an
array would part one by one before any is used, and the evaluations that differ at once would
multiply.
"""

from functools import lru_cache
from math import prod
from types import SimpleNamespace

import numpy as np

from streetlight.shadow.operations import REDUCTIONS, Operation
from streetlight.shadow.replay import DETERMINED

MOST_ELEMENTS = 64  # of a result that is taken apart


def scheduled(tape, positions):
    """A tape whose operations are taken apart and reordered.

    Parameters
    ----------
    tape : Tape
    positions : list of int
        How many operations came before each query.

    Returns
    -------
    tape : object
        With what a `streetlight.shadow.replay.Replay` looks at; its nodes are the same.
    positions : list of int
        How many operations come before each query now; what came before still does.
    """
    end = max(positions, default=0)
    pieces = [(piece, number) for number in range(end) for piece in elements(tape.operations[number])]
    maker = [-1] * max((piece.first + prod(piece.shape) for piece, _ in pieces), default=0)  # what goes in came before
    for index, (piece, _) in enumerate(pieces):
        for node in range(piece.first, piece.first + prod(piece.shape)):
            maker[node] = index
    sources = [{maker[node] for nodes in piece.operands for node in nodes.ravel().tolist()} - {-1} for piece, _ in pieces]
    followers = [[] for _ in pieces]
    for index, (piece, _) in enumerate(pieces):
        if piece.kind in DETERMINED and not piece.shape:
            for source in sources[index]:
                followers[source].append(index)
    waiting, order, done = [len(each) for each in sources], [], np.zeros(len(pieces), bool)
    for start in range(len(pieces)):
        stack = [start]
        while stack:
            index = stack.pop()
            if done[index]:
                continue
            done[index] = True
            order.append(index)
            for follower in followers[index]:
                waiting[follower] -= 1
            stack += [follower for follower in reversed(followers[index]) if not waiting[follower]]
    numbers = np.array([pieces[index][1] for index in order], int)
    last = np.zeros(end + 1, int)  # of the operations up to one, the place of the last piece
    np.maximum.at(last, numbers + 1, np.arange(1, len(order) + 1))
    last = np.maximum.accumulate(last)
    decisions = [each._replace(position=int(last[each.position])) for each in tape.decisions if each.position <= end]
    operations = [pieces[index][0] for index in order]
    log = np.array([[0, each.first] for each in operations], int).reshape(-1, 2)
    return SimpleNamespace(operations=operations, log=log, decisions=decisions, values=tape.values, fixed=tape.fixed, count=tape.count), [
        int(last[position]) for position in positions
    ]


def elements(operation):
    """An operation as one for each element of its result; itself where these are many."""
    size = prod(operation.shape)
    if not operation.shape or size > MOST_ELEMENTS or operation.kind == 'uncertain':
        return [operation]
    axes = 1 if operation.kind in REDUCTIONS else 0
    kind, operands, first, shape, extra = operation
    operands = [nodes.ravel()[spread_over(shape, nodes.shape, axes)] for nodes in operands]
    return [Operation(kind, tuple([each[index] for each in operands]), first + index, (), extra) for index in range(size)]


@lru_cache(maxsize=1000)
def spread_over(shape, own, axes):
    """Of an operand of its own shape the elements that go into each element of a result, in its first axis; the last axes are summed."""
    rest = own[len(own) - axes :]
    return np.broadcast_to(np.arange(prod(own)).reshape(own), (*shape, *rest)).reshape(prod(shape), *rest)
