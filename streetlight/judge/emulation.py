"""A program again, on the accumulations, squares and functions that another machine's recording tells."""

import numpy as np

from streetlight.certify.accumulation import EmulatedArithmetic
from streetlight.judge.verdict import same_bits
from streetlight.record.accumulation import layout_of
from streetlight.record.hooks import multiplies, squares
from streetlight.record.notes import KEPT, Notes
from streetlight.record.programs import cells_of
from streetlight.record.running import Program, heard
from streetlight.record.trace import Reached


class Emulating(Notes):
    """Hooks that compute as another machine did, as far as its recording tells, and keep every such operation."""

    def __init__(self, recording, stop):
        super().__init__(KEPT, recording.start)
        self.recording, self.stop = recording, stop
        self.arithmetic = EmulatedArithmetic(lambda shape, k: recording.accumulations.get(self.layout, ['unknown']), recording.squares)
        self.layout = ''
        self.heard = []

    def name(self, name, value):
        super().name(name, value)
        if self.count > self.stop:
            raise Reached

    def dot(self, called, operands, given, others):
        plain = others or len(given) > 2 or called is np.inner or not multiplies(*operands)
        return called(*given, **others) if plain else self.multiply(*map(np.asarray, operands))

    def product(self, a, b):
        return self.multiply(np.asarray(a), np.asarray(b)) if multiplies(a, b) else a @ b

    def multiply(self, a, b):
        """A product in the machine's accumulation."""
        self.layout = layout_of(a, b)
        result = self.arithmetic.dot(a, b)
        self.heard.append(('dot', a, b, result))
        return result

    def power(self, x, n):
        if not squares(x, n):
            return x**n
        result = self.arithmetic.power(x, 2)
        self.heard.append(('pow', x, x, result))
        return result

    def tabled(self, name, result, given):
        table = self.recording.functions.get(name, {})
        operands = [np.asarray(each, float) for each in np.broadcast_arrays(*given)]
        keys = [' '.join(value.hex() for value in values) for values in zip(*(each.ravel().tolist() for each in operands))]
        if any(key not in table for key in keys):
            return result  # the recording's table was full
        made = np.array([float.fromhex(table[key]) for key in keys]).reshape(operands[0].shape)
        self.heard.append((name, operands[0], operands[-1], made))
        return made if np.ndim(result) else type(result)(made[()])


def emulated(path, recording, stop):
    """A program on the accumulations, squares and functions of a recording, up to a number of named values.

    Raises
    ------
    AccumulationError
    """
    hooks = Emulating(recording, stop)
    with heard(), np.errstate(all='ignore'):
        try:
            Program(str(path), hooks).main(cells_of(str(path)))
        except (Reached, SystemExit):
            pass
    return hooks


def as_recorded(run, recording, stop):
    """Whether an emulation gave the recording's own values, up to a step."""
    ours, theirs = run.steps[: stop + 1 - recording.start], recording.steps[: stop + 1 - recording.start]
    return len(ours) == len(theirs) and all(same_bits(one.value, other.value) for one, other in zip(ours, theirs))
