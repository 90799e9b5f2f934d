"""The tape: every operation on a program's float64 numbers, once, in the order in which it was done.

A program runs once, on its machine's own numbers.  What it computes is noted here, operation by operation, as
micrograd notes a graph: each element of each result is a *node*, with the value that the machine gave it and the nodes
that it came from.  Everything that is said of the program afterwards is an interpreter of the tape: it runs it forward on
another accumulation, in every conforming evaluation, on exact reals, or sends rounding errors backwards through it.
"""

from math import prod
from struct import Struct

import numpy as np

from streetlight.shadow.forms import Form, arranged, laid_out, spread
from streetlight.shadow.operations import EXACT, ROUNDED, Decision, Head, Named, Operation

# ``round`` is Python's: to ``extra`` decimals, correctly.  ``extra`` of sums and products of integers is 'integer': they are exact.
# ``extra`` of another ``dot`` is its `layout_of` where an operand is transposed in memory: BLAS then adds in another order.
# An ``uncertain`` leaf of infinitely many ulps is a number of which nothing is known.
# Every other kind is a function within a stated bound of ulps, named as NumPy names it (``exp``, ``tanh``, …), or ``power``: operand
# and exponent, ``extra`` is 'scalar' where the C library's ``pow`` is called.

FLOAT, LARGE = np.dtype(float), 2**20
ROW = Struct('5q')  # of the log: form, first node of the result, where each of three operands starts


class Operations:
    """A tape's operations as a sequence; each is made when asked for."""

    def __init__(self, tape):
        self.tape = tape

    def __len__(self):
        return self.tape.position

    def __getitem__(self, position):
        if position < 0 or position >= self.tape.position:
            raise IndexError(position)
        tape = self.tape
        number, first, *starts = tape.log[position].tolist()
        form = tape.forms[number]
        operands = tuple(
            [tape.listed[pattern + start] if listed else pattern + start for (listed, pattern), start in zip(form.patterns, starts)]
        )
        return Operation(form.kind, operands, first, form.shape, form.extra)


class Tape:
    """What a program computed.

    Attributes
    ----------
    operations : sequence of Operation
        Without the constants, which are nodes that no operation makes.
    forms : list of Form
    log : ndarray of int
        (operations, 5): the number of its form, the first node of its result, and where its operands start.
    values : ndarray of float
        The machine's own value of each node.
    fixed : ndarray of bool
        Nodes known to be one number in all evaluations: constants, and what IEEE 754 makes of constants alone.
    decisions : list of Decision
    heads : list of Head
    names : list of Named
    """

    def __init__(self):
        self.operations = Operations(self)
        self.decisions = []
        self.heads = []
        self.names = []
        self.forms = []
        self.position = 0
        self.shown = -1  # the position at which text was last made of numbers, or printed
        self.count = 0
        self._known = {}
        self._room = self._rows = self._listings = 0
        self._values, self._fixed, self._log = np.empty(0), np.zeros(0, bool), np.empty((0, 5), np.int64)
        self._listed, self._bytes = np.empty(256, np.int64), memoryview(b'')
        self._grow(1024)
        self._lengthen(256)

    @property
    def values(self):
        return self._values[: self.count]

    @property
    def fixed(self):
        return self._fixed[: self.count]

    @property
    def log(self):
        return self._log[: self.position]

    @property
    def listed(self):
        """Nodes of operands that do not lie at regular distances."""
        return self._listed[: self._listings]

    def constant(self, value):
        """New nodes for numbers that are the same in every evaluation; an int array of the shape of ``value``."""
        value = np.asarray(value, dtype=float)
        return spread(self.settled(value), value.shape)

    def settled(self, value):
        """The first of new nodes, in C order, for numbers that are the same in every evaluation."""
        value = np.asarray(value, dtype=float)
        first = self._keep(value.tobytes(), value.size)
        self._fixed[first : self.count] = True
        return first

    def record(self, kind, operands, value, extra=None, fixed=None):
        """Note an operation on nodes.

        Parameters
        ----------
        kind : str
        operands : tuple of ndarray of int
            Nodes.
        value : ndarray or float
            What the machine computed.
        extra : object, optional
        fixed : bool, optional
            Whether the result is one number in all evaluations, where the caller knows; False is always safe.

        Returns
        -------
        ndarray of int
            The nodes of the result, in the shape of ``value``.
        """
        value = np.asarray(value, dtype=float)
        if fixed is None:
            fixed = (kind in ROUNDED or kind in EXACT) and all(self._fixed[nodes].all() for nodes in operands)
        first = self.settled(value) if fixed else self.note(kind, tuple([self.place(nodes) for nodes in operands]), value, extra)
        return spread(first, value.shape)

    def place(self, nodes):
        """Where an operand's nodes stand, for `note`: (start, pattern)."""
        if nodes.size == 1:
            return int(nodes.item()), nodes.shape
        start = self._listings
        self._listings += nodes.size
        if self._listings > len(self._listed):
            self._listed = np.concatenate([self._listed, np.empty(self._listings, np.int64)])
        self._listed[start : self._listings] = nodes.ravel()
        return start, (None, nodes.shape)

    def note(self, kind, operands, value, extra=None):
        """Note an operation whose result may differ between evaluations.

        Parameters
        ----------
        kind : str
        operands : tuple of (int, tuple)
            Of each the first node and its pattern: a shape (in C order), a shape and strides in bytes, or, of listed nodes,
            None and a shape.
        value : ndarray or float
        extra : object, optional

        Returns
        -------
        int
            The first node of the result; the others follow in C order.
        """
        if type(value) is not np.ndarray or value.dtype is not FLOAT:
            value = np.asarray(value, dtype=float)
        patterns = [pattern for _, pattern in operands]
        short = (*patterns, kind, value.shape) if extra is None else None
        form = self._known.get(short)
        if form is None:
            key = (kind, extra if type(extra) is not np.ndarray else extra.tobytes(), *patterns)
            form = self._known[short or (key, value.shape)] = self._form((key, value.shape), value.shape, extra)
        first = self._keep(value.tobytes(), value.size)
        self._write(form, first, *[start for start, _ in operands], *(0, 0, 0)[len(operands) :])
        return first

    def note_pair(self, kind, a, a_pattern, b, b_pattern, value, extra=None):
        """`note` in fewer steps: patterns decide the result's shape and ``extra()``; ``value`` is a float64 array or number."""
        key = kind, a_pattern, b_pattern
        form = self._known.get(key)
        if form is None:
            form = self._known[key] = self._form(((kind, None, a_pattern, b_pattern), None), value.shape, extra and extra())
        size = self.forms[form].size
        first = self.count
        last = self.count = first + size
        if last > self._room:
            self._grow(last)
        self._bytes[8 * first : 8 * last] = value.tobytes()
        position = self.position
        if position == self._rows:
            self._lengthen(2 * position)
        ROW.pack_into(self._log_bytes, 40 * position, form, first, a, b, 0)
        self.position = position + 1
        return first

    def _keep(self, raw, size):
        first = self.count
        last = self.count = first + size
        if last > self._room:
            self._grow(last)
        self._bytes[8 * first : 8 * last] = raw
        return first

    def _write(self, *row):
        if self.position == self._rows:
            self._lengthen(2 * self.position)
        ROW.pack_into(self._log_bytes, 40 * self.position, *row)
        self.position += 1

    def _form(self, key, shape, extra):
        """The number of a form, a new one where the key is new."""
        known = self._known.get(key)
        if known is None:
            kind, _, *patterns = key[0]
            patterns = arranged(kind, [laid_out(pattern) for pattern in patterns])
            known = self._known[key] = len(self.forms)
            self.forms.append(Form(kind.rstrip('@'), patterns, shape, prod(shape), extra))
        return known

    def decide(self, nodes, place):
        """Note that the program goes on by the value of these nodes; nothing where they are fixed anyway."""
        nodes = np.asarray(nodes)
        if not self._fixed[nodes].all():
            if self.shown == self.position:  # what was printed before stays before
                self.note('nothing', (), np.empty(0))
            self.decisions.append(Decision(self.position, nodes, place))

    def head(self, loop, number):
        """Note the head of a pass of a loop."""
        self.heads.append(Head(self.position, loop, number))

    def name(self, where, name, nodes):
        """Note a named value."""
        self.names.append(Named(self.position, where, name, np.array(nodes)))

    def _grow(self, least):
        self._room = max(least, self._room * 2 if self._room < LARGE else self._room * 5 // 4)
        self._bytes.release()
        try:  # in place, where nobody looks at it: memory that moves has to be written again
            self._values.resize(self._room)
            self._fixed.resize(self._room)
        except ValueError:
            self._values, self._fixed = (np.append(old, np.zeros(self._room - len(old), old.dtype)) for old in (self._values, self._fixed))
        self._bytes = memoryview(self._values).cast('B')

    def _lengthen(self, rows):
        old, self._rows = self._log, rows
        self._log = np.empty((rows, 5), np.int64)
        self._log[: len(old)] = old
        self._log_bytes = memoryview(self._log).cast('B')
