"""What of a tape is needed for what is asked of it, and until when."""

import numpy as np


def makers(tape, nodes):
    """The index of the operation that makes each node; what it says of a constant is meaningless.

    Parameters
    ----------
    tape : Tape
    nodes : ndarray of int

    Returns
    -------
    ndarray of int
    """
    firsts = tape.log[:, 1]
    order = np.argsort(firsts, kind='stable')  # sorted already, but on a tape that was reordered
    places = np.searchsorted(firsts[order], nodes, 'right') - 1
    return np.where(places < 0, -1, order[places]) if len(order) else places


def completion(tape, queries, positions=None):
    """How many operations must be done before each query's nodes are known.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
    positions : list of int, optional
        How many operations the program itself had done before it used each; what it had decided by then counts.

    Returns
    -------
    list of int
    """
    last = [max((int(node) for node in np.ravel(nodes)[~tape.fixed[np.ravel(nodes)]]), default=-1) for nodes in queries]
    made = makers(tape, np.array(last, dtype=np.int64))
    ready = [0 if node < 0 else int(maker) + 1 for node, maker in zip(last, made)]
    return ready if positions is None else [max(pair) for pair in zip(ready, positions)]


def uses(tape, queries, positions=None):
    """Which operations the queries need, and until when each node is needed.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
        Nodes.
    positions : list of int, optional
        As `completion` takes them.

    Returns
    -------
    needed : list of int
        Indices of operations, in order.
    last : ndarray of int
        The last operation that needs a node (a query counts as the one after which it is answered); -1 if none.
    """
    last = np.full(tape.count, -1, dtype=np.int64)
    ready = completion(tape, queries, positions)
    end = max(ready, default=0)
    for nodes, position in zip(queries, ready):
        last[nodes] = np.maximum(last[nodes], position)
    for decision in tape.decisions:
        if decision.position <= end:
            last[decision.nodes] = np.maximum(last[decision.nodes], decision.position)
    needed = []
    for position in range(end - 1, -1, -1):
        operation = tape.operations[position]
        first = operation.first
        size = 1
        for length in operation.shape:
            size *= length
        if (last[first] if size == 1 else last[first : first + size].max(initial=-1)) >= 0:
            needed.append(position)
            for nodes in operation.operands:
                last[nodes] = np.maximum(last[nodes], position)
    needed.reverse()
    return needed, last
