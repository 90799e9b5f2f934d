"""A tape on exact reals: balls of python-flint, of queried nodes, and of nothing that these do not need."""

import numpy as np
from flint import arb, ctx

from streetlight.shadow.balls import ELEMENTWISE, Unclear, equal, greater, round_to
from streetlight.shadow.needs import completion, uses
from streetlight.shadow.replay import Departure, Unmodelled, departure

PRECISION = 512
MOST_PRECISION = 2**16
WANTED_BITS = 128  # as many bits of a value must be sure
TINY = arb(2) ** -1200


def clear(ball):
    """Whether a value is known well enough: its first bits, or that it is far nearer to zero than any float64."""
    return ball.is_exact() or not ball.is_finite() or ball.rel_accuracy_bits() >= WANTED_BITS or ball.abs_upper() < TINY


def largest(terms, better):
    """The index of the first largest of some balls, or smallest."""
    best = 0
    for index in range(1, len(terms)):
        if better(terms[index], terms[best]):
            best = index
    return best


def reduced(kind, terms):
    """One of the extremes, over the last axis."""
    better = greater if kind.endswith('max') else lambda x, y: greater(y, x)
    flat = terms.reshape(-1, terms.shape[-1])
    found = [largest(row, better) for row in flat]
    values = [arb(index) if kind.startswith('arg') else row[index] for row, index in zip(flat, found)]
    made = np.empty(len(values), object)
    made[:] = values
    return made.reshape(terms.shape[:-1])


class Reals:
    """One run of a tape on balls of one precision."""

    def __init__(self, tape, queries, needed, last, end):
        self.tape, self.last = tape, last.copy()
        for nodes in queries:  # they are looked at when all is done
            self.last[nodes] = len(tape.operations)
        self.balls = np.empty(tape.count, object)
        decisions = sorted((d for d in tape.decisions if d.position <= end and (last[d.nodes] >= 0).any()), key=lambda d: -d.position)
        for position in needed:
            self.decide(decisions, position)
            self.operate(tape.operations[position], position)
        self.decide(decisions, len(tape.operations))

    def values(self, nodes):
        """Balls; a constant becomes one when it is first wanted, and is not kept."""
        balls = self.balls[nodes]
        if not isinstance(balls, np.ndarray):
            return self.constant(nodes) if balls is None else balls
        for at, ball in enumerate(balls.flat):
            if ball is None:
                balls.flat[at] = self.constant(nodes.flat[at])
        return balls

    def constant(self, node):
        """The ball of a constant."""
        assert self.tape.fixed[node], 'a value was dropped before its last use'
        return arb(float(self.tape.values[node]))

    def decide(self, decisions, position):
        """Hold the decisions up to a position against the program's own."""
        while decisions and decisions[-1].position <= position:
            decision = decisions.pop()
            for node in np.ravel(decision.nodes):
                if not equal(self.values(node), arb(float(self.tape.values[node]))):
                    raise Departure(departure(decision).replace('another evaluation decides', 'exact reals decide'))

    def operate(self, operation, position):
        kind = operation.kind
        operands = [self.values(nodes) for nodes in operation.operands]
        if kind == 'uncertain':
            if np.isinf(operation.extra).any():
                raise Unmodelled('a value of which nothing is known goes into what is asked for')
            size = int(np.prod(operation.shape))
            result = [arb(value) for value in self.tape.values[operation.first : operation.first + size].tolist()]
        elif kind == 'dot':
            result = (operands[0] * operands[1]).sum(axis=-1)
        elif kind == 'round':
            result = np.frompyfunc(lambda x: round_to(x, int(operation.extra)), 1, 1)(operands[0])
        elif kind in ('sum', 'prod'):
            result = getattr(operands[0], kind)(axis=-1)
        elif kind in ('max', 'min', 'argmax', 'argmin'):
            result = reduced(kind, operands[0])
        elif kind in ELEMENTWISE:
            result = ELEMENTWISE[kind](*operands)
        else:
            raise Unmodelled(f'no exact rule is known for {kind}')
        result = np.asarray(result, object).ravel()
        self.balls[operation.first : operation.first + result.size] = result
        for nodes in operation.operands:
            over = nodes[self.last[nodes] <= position]
            self.balls[over] = None


def exact(tape, queries, positions=None, precision=PRECISION):
    """What a program computes in real arithmetic, from the same constants.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
        Nodes.
    positions : list of int, optional
        How many operations came before each was used; what the program had decided by then counts.
    precision : int, optional
        Bits to begin with; they are doubled until the values are known to `WANTED_BITS`.

    Returns
    -------
    list of ndarray of arb
        The values of each query, in its shape.

    Raises
    ------
    Departure
        Where real arithmetic would go another way than the program did.
    Unmodelled
        Where a value stays unclear even at `MOST_PRECISION` bits, such as the sign of a number that is zero.
    """
    queries = [np.asarray(nodes) for nodes in queries]
    needed, last = uses(tape, queries, positions)
    end = max(completion(tape, queries, positions), default=0)
    before = ctx.prec
    try:
        while precision <= MOST_PRECISION:
            ctx.prec = precision
            try:
                reals = Reals(tape, queries, needed, last, end)
                answers = [np.asarray(reals.values(nodes), object) for nodes in queries]
                if all(clear(ball) for balls in answers for ball in balls.flat):
                    return answers
            except Unclear:
                pass
            precision *= 2
    finally:
        ctx.prec = before
    raise Unmodelled(f'a value stays unclear at {MOST_PRECISION} bits')
