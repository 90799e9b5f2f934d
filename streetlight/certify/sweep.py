"""Passes with one plan, side by side: forward for what each operation may add, backward for what of it reaches a result.

This is micrograd's engine: each operation's result has a value and a weight that flows back to it, ``weight += slope * the
result's weight``.  Beside them stands what the operation's rounding may be, and the sum of weight times rounding is the answer.
"""

import numpy as np

from streetlight.shadow.operations import REDUCTIONS

from .rules import COMPARISONS, RULES
from .rules.exact import same, unknown
from .rules.rounding import Number, default_grid, lowest_bit
from .signs import either_zero
from .sums import SLACK


class Batch:
    """Passes of one plan.

    Attributes
    ----------
    radius : ndarray
        (passes, columns): how far other evaluations' numbers may be from the machine's, if the incoming ones are as near as given.
    noise, error : ndarray
        (passes, columns made): what an operation may add, and what the machine's own rounding added.
    either_zero : ndarray of bool
        (passes, columns) where a zero may have another sign in another evaluation.
    lost : ndarray of bool, or None
        (passes, columns made) where nothing is known.
    """

    @np.errstate(all='ignore')
    def __init__(self, layout, pieces, incoming_radius, incoming_vague, model, gamma):
        plan = self.plan = pieces[0].plan
        self.gamma = gamma
        values = layout.tape.values
        passes = len(pieces)
        base = np.array([piece.base for piece in pieces])
        self.value = np.empty((passes, plan.width))
        self.value[:, : plan.incoming] = values[np.array([piece.incoming for piece in pieces]).reshape(passes, plan.incoming)]
        self.value[:, plan.incoming : plan.incoming + plan.made] = values[base[:, None] + plan.offsets]
        constants = values[np.array([piece.constants for piece in pieces]).reshape(passes, plan.constant)]
        self.value[:, plan.incoming + plan.made :] = constants
        self.radius = np.zeros((passes, plan.width))
        self.grid = np.empty((passes, plan.width))
        self.radius[:, : plan.incoming] = incoming_radius
        self.grid[:, plan.incoming + plan.made :] = lowest_bit(constants)
        self.either_zero = np.zeros((passes, plan.width), bool)
        self.either_zero[:, : plan.incoming] = incoming_vague & (self.value[:, : plan.incoming] == 0)
        self.grid[:, : plan.incoming] = self._grid(self.value[:, : plan.incoming], incoming_radius, 0.0)
        self.noise = np.empty((passes, plan.made))
        self.error = np.empty((passes, plan.made))
        self.slopes = []
        self.causes = []
        for step in plan.steps:
            self._forward(step, model)
        self.grid = None  # the way back asks for it no more
        lost = ~np.isfinite(self.noise)
        self.lost = lost if lost.any() else None
        if self.lost is not None:
            self.noise[lost] = 0.0

    @staticmethod
    def _grid(value, radius, grid):
        found = np.maximum(grid, default_grid(value, radius))
        still = (radius == 0) & np.isfinite(value)
        found[still] = lowest_bit(value[still])
        return found

    def _forward(self, step, model):
        passes = len(self.value)
        over = step.kind in REDUCTIONS
        rank = len(step.shape) + over
        operands = []
        for operand in step.operands:
            shape = (passes,) + (1,) * (rank - len(operand.shape)) + operand.shape
            operands.append(Number(*(x[:, operand.columns].reshape(shape) for x in (self.value, self.radius, self.grid))))
        v = self.value[:, step.start : step.stop].reshape((passes, *step.shape))
        rule = RULES.get(step.kind, unknown)
        if step.kind in COMPARISONS and step.operands[0].same_as(step.operands[1]):
            rule = same
        passed = rule(v, operands, step.extra, model)
        full = np.zeros(v.shape)
        linear, rest, rounding, error, grid = (x + full for x in passed[1:])
        noise = rest + rounding + self.gamma * linear
        radius = (linear + rest + rounding + np.abs(error)) * SLACK
        lost = ~(np.isfinite(radius) & np.isfinite(v))
        if lost.any():
            noise, radius, error = np.where(lost, np.inf, noise), np.where(lost, np.inf, radius), np.where(lost, 0.0, error)
            self.causes.append((step, lost, [operand.radius for operand in operands]))
            slopes = [s if s is None else np.where(np.isfinite(s), s, 0.0) for s in passed.slopes]
        else:
            slopes = passed.slopes
        flat = passes, step.stop - step.start
        zero = (v == 0) & (radius == 0)
        if zero.any():
            vague = [self.either_zero[:, operand.columns].reshape(number.value.shape) for operand, number in zip(step.operands, operands)]
            self.either_zero[:, step.start : step.stop] = (zero & either_zero(step.kind, operands, vague)).reshape(flat)
        self.radius[:, step.start : step.stop] = radius.reshape(flat)
        self.grid[:, step.start : step.stop] = self._grid(v, radius, grid).reshape(flat)
        self.noise[:, step.start - self.plan.incoming : step.stop - self.plan.incoming] = noise.reshape(flat)
        self.error[:, step.start - self.plan.incoming : step.stop - self.plan.incoming] = error.reshape(flat)
        self.slopes.append(tuple(None if operand.fixed else s for operand, s in zip(step.operands, slopes)))

    @np.errstate(all='ignore')
    def backward(self, weights, rows=None):
        """Send weights back.

        Parameters
        ----------
        weights : ndarray
            (passes, results, incoming and made columns); changed in place.
        rows : ndarray of int, optional
            The passes that they are of, where not all.

        Returns
        -------
        incoming, reach, shift : ndarray
            The weights of the incoming columns; and for each result the sum of \\|weight\\| times noise, of weight times error.
        """
        plan = self.plan
        rows = slice(None) if rows is None else rows
        for step, slopes in zip(reversed(plan.steps), reversed(self.slopes)):
            weight = weights[:, :, step.start : step.stop].reshape((*weights.shape[:2], *step.shape))
            if step.kind in REDUCTIONS:
                weight = weight[..., None]
            for operand, slope in zip(step.operands, slopes):
                if slope is None:
                    continue
                if isinstance(slope, np.ndarray) and slope.ndim:
                    slope = slope[rows][:, None]
                _give(weights, operand, _product(weight, slope, operand, step))
        made = weights[:, :, plan.incoming :]
        reach = (np.abs(made) @ self.noise[rows][:, :, None])[..., 0]
        shift = (made @ self.error[rows][:, :, None])[..., 0]
        self.last_size = (np.abs(made) @ np.abs(self.error[rows])[:, :, None])[..., 0]
        if self.lost is not None:
            reach = np.where(((made != 0) & self.lost[rows][:, None, :]).any(axis=-1), np.inf, reach)
        return weights[:, :, : plan.incoming], reach, shift


def _product(weight, slope, operand, step):
    """``weight * slope``, summed over what the operand was repeated along; (passes, results, *operand's shape)."""
    shape = operand.shape
    if step.kind == 'dot' and len(step.shape) == 2 and isinstance(slope, np.ndarray) and len(shape) == 3:
        n, p = step.shape
        if shape[:2] == (n, 1) and slope.shape[2:4] == (1, p):
            return (weight[..., 0] @ slope[:, :, 0])[..., None, :]
        if shape[:2] == (1, p) and slope.shape[2:4] == (n, 1):
            return (np.swapaxes(weight[..., 0], -1, -2) @ slope[:, :, :, 0])[:, :, None]
    given = weight * slope
    rank = given.ndim - 2
    extra = rank - len(shape)
    axes = tuple(range(2, 2 + extra)) + tuple(2 + extra + k for k, n in enumerate(shape) if n == 1 and given.shape[2 + extra + k] != 1)
    if axes:
        given = given.sum(axis=axes, keepdims=True)
    given = given.reshape((*given.shape[:2], *given.shape[2 + extra :])) if extra > 0 else given
    target = (*weight.shape[:2], *shape)
    return given if given.shape == target else np.broadcast_to(given, target)


def _give(weights, operand, given):
    flat = given.reshape((*given.shape[:2], int(np.prod(operand.shape))))
    if operand.columns.__class__ is slice or operand.distinct:
        columns = operand.columns
        if columns.__class__ is slice:
            inside = max(0, min(columns.stop, weights.shape[2]) - columns.start)
            weights[:, :, columns.start : columns.start + inside] += flat[:, :, :inside]
            return
        inside = columns < weights.shape[2]
        if inside.all():
            weights[:, :, columns] += flat
        else:
            weights[:, :, columns[inside]] += flat[:, :, inside]
        return
    inside = operand.columns < weights.shape[2]
    np.add.at(weights, (slice(None), slice(None), operand.columns[inside]), flat[:, :, inside])
