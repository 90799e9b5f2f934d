"""A tape on another machine: its accumulations, its squares and its functions, as a recording tells them.

What an accumulation predicts is predicted.  What a table of the machine's own results gives is *copied*; a function's value
that stands in no table is taken from this machine's library and so *guessed*.  `Emulation` counts each.
"""

from typing import NamedTuple

import numpy as np

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic, inner_products
from streetlight.shadow.replay import Replay, Unmodelled


class Machine(NamedTuple):
    """What another machine does where IEEE 754 leaves a choice.

    Attributes
    ----------
    accumulations : dict of str to list of str, or callable
        As `streetlight.certify.accumulation.EmulatedArithmetic` takes them; ``sum 4`` is the sum of four numbers.
    squares : dict of str to str
        What the C library's ``pow`` gives for a square where it is not rounded once: hexadecimal ``abs(x)`` to square.
    functions : dict of str to dict of str to str, or dict of str to callable
        What a function gave: hexadecimal operands to results; or the function itself, on arrays, if it can be computed.
    """

    accumulations: object
    squares: dict = {}  # noqa: RUF012
    functions: dict = {}  # noqa: RUF012


class Emulation(NamedTuple):
    """What a machine computes.

    Attributes
    ----------
    values : ndarray of float
        Of every node of the tape.
    copied, guessed : dict of str to int
        How many results of each function were looked up, and how many were taken from this machine's own library.
    """

    values: np.ndarray
    copied: dict
    guessed: dict


class Emulated(Replay):
    """One evaluation: the one of a machine."""

    def __init__(self, tape, machine):
        super().__init__(tape, [np.arange(tape.count)])
        self.machine = machine
        self.arithmetic = EmulatedArithmetic(machine.accumulations, machine.squares)
        self.copied, self.guessed = {}, {}
        # every node is kept, in its own row
        self.slot = np.arange(tape.count)
        self.data = tape.values[:, None].copy()

    def operate(self, operation):
        if operation.kind != 'uncertain':  # what was drawn or read is the recording's own
            super().operate(operation)

    def room(self, first, size):
        return self.data[first : first + size]

    def keep(self, first, size):
        pass

    def choose(self, operation):
        operands = [self.values(nodes)[..., 0] for nodes in operation.operands]
        kind = operation.kind
        if kind == 'dot':
            result = self.dot(operation, *operands)
        elif kind == 'sum':
            result = self.sum(operation, operands[0])
        elif kind == 'prod':
            raise Unmodelled('no order is known for a product of many numbers')
        elif kind == 'power' and operation.extra == 'scalar' and (operands[1] == 2).all():
            result = np.vectorize(self.arithmetic.power, otypes=[float])(operands[0], 2)
        else:
            result = self.function(kind, operands)
        self.put(operation.first, np.asarray(result))

    def dot(self, operation, rows, columns):
        k = rows.shape[-1]
        notations = self.arithmetic._accumulations(layout_of_dot(operation), k)
        return self.arithmetic.inner(rows, columns, notations, operation.shape)

    def sum(self, operation, terms):
        k = terms.shape[-1]
        if k == 1:
            return terms[..., 0] + 0.0
        try:
            notation = self.arithmetic._accumulations(f'sum {k}', k)[0]
            return inner_products(terms, np.ones(k), notation)
        except AccumulationError:
            return order_of_sum(operation, self.tape)(terms)

    def function(self, kind, operands):
        known = self.machine.functions.get(kind, {})
        if callable(known):
            return known(*operands)
        own = getattr(np, kind, None)
        if own is None:
            raise Unmodelled(f'no rule is known for {kind}')
        operands = np.broadcast_arrays(*operands)
        with np.errstate(all='ignore'):
            result = np.array(own(*operands))
        flat = result.reshape(-1)
        for index, numbers in enumerate(zip(*(operand.ravel().tolist() for operand in operands))):
            told = known.get(' '.join(number.hex() for number in numbers))
            counter = self.guessed if told is None else self.copied
            counter[kind] = counter.get(kind, 0) + 1
            if told is not None:
                flat[index] = float.fromhex(told)
        return result


def order_of_sum(operation, tape):
    """NumPy's own order, which its memory layout decides: the one that gives what the program's machine computed."""
    terms = tape.values[operation.operands[0]]
    made = tape.values[operation.first : operation.first + terms[..., 0].size].reshape(operation.shape)
    for order in (pairwise_sum, running_sum):
        if np.array_equal(order(terms), made):
            return order
    raise Unmodelled(f'no accumulation is known for a sum of {terms.shape[-1]} numbers')


def pairwise_sum(terms):
    """Over the last axis, as NumPy adds numbers that lie side by side."""
    terms = np.ascontiguousarray(terms)
    return terms.sum(axis=-1)


def running_sum(terms):
    """Over the last axis, from the first to the last."""
    return 0.0 + np.cumsum(terms, axis=-1)[..., -1]


def layout_of_dot(operation):
    """What `streetlight.record.accumulation.layout_of` said of a ``dot``, from its operands' shapes where it lies plainly."""
    if operation.extra is not None:
        return operation.extra
    a, b = (nodes.shape for nodes in operation.operands)
    left = a[: len(a) - len(b)] + a[-1:]
    right = b[:-2] + b[-1:] + b[-2:-1]
    return ' . '.join('x'.join(map(str, shape)) for shape in (left, right))


def emulate(tape, machine):
    """What a machine would compute of a program.

    Parameters
    ----------
    tape : Tape
    machine : Machine

    Returns
    -------
    Emulation

    Raises
    ------
    Departure
        Where the machine would go another way than the program did.
    AccumulationError, Unmodelled
        Where it is not known what the machine does.
    """
    emulated = Emulated(tape, machine)
    emulated.run()
    return Emulation(emulated.data[:, 0], emulated.copied, emulated.guessed)
