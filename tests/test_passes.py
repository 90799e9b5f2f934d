"""What a pass's batch says, against what it is by definition: slopes are derivatives, rules take each pass and element for itself,
and a bound is that of Theorem 1, computed one number after the other."""

import numpy as np
import pytest
from tape_recorder import Array, all_together, dot, network

from streetlight.certify.enclosures import Bounds
from streetlight.certify.functions import FUNCTIONS
from streetlight.certify.rules import RULES
from streetlight.certify.rules.rounding import Number, default_grid, lowest_bit
from streetlight.shadow.operations import REDUCTIONS
from streetlight.shadow.tape import Tape


def total(x):
    return x.reduced('sum') if isinstance(x, Array) else x.sum(axis=-1)


def largest(x):
    return x.reduced('max') if isinstance(x, Array) else x.max(axis=-1)


def product(a, b):
    return dot(a, b) if isinstance(a, Array) or isinstance(b, Array) else a @ b


GRID = np.array([[0, 1, 2], [3, 4, 5]])
WEIGHTS = np.array([[0.3, -0.2], [0.5, 0.7], [-0.4, 0.1]])
PASSES = {  # of six numbers other six; numbers repeated along axes that are new, of length one, last, first, and both
    'elements': lambda x: 0.4 * np.sin(x) + 0.2 * x * x[[1, 2, 3, 4, 5, 0]] - np.exp(-x) / 3,
    'repeated': lambda x: 0.3 * x * x[[2]] + x[[4]] / 4,
    'twice the same': lambda x: x[[0, 0, 1, 1, 2, 2]] * x[[3, 4, 5, 4, 3, 5]] * 0.5 + 0.2,
    'a new first axis': lambda x: total(0.1 * (x[GRID][None] * x[GRID.T[:, :, None]]) + x[[1]])[[0, 1, 2, 0, 1, 2], [0, 1, 0, 1, 0, 1]],
    'axes of length one': lambda x: (
        total(0.2 * x[GRID][:, None, :] * x[[[0], [3]]][:, :, None] - 0.1 * x[GRID[:1]])[[0, 1] * 3, [0] * 6] + x
    ),
    'a column and a row': lambda x: 0.1 * (x[GRID[:, :1]] * x[GRID[:1]])[[0, 0, 0, 1, 1, 1], [0, 1, 2] * 2] + 0.3 * x,
    'a product by what is fixed': lambda x: np.tanh(product(x[GRID], WEIGHTS))[[0, 0, 1, 1, 0, 1], [0, 1, 0, 1, 1, 0]] + 0.2 * x,
    'a product by what varies': lambda x: 0.2 * product(x[GRID], x[GRID.T])[[0, 0, 1, 1, 0, 1], [0, 1, 0, 1, 1, 0]] + 0.2 * x,
    'a row by a matrix': lambda x: 0.2 * product(x[GRID[:1]], x[GRID.T])[[0] * 6, [0, 1] * 3] + 0.2 * x,
    'extremes': lambda x: np.maximum(x, 0.1) * 0.5 + largest(x[GRID])[[0, 1] * 3] * 0.25 - np.minimum(x[[1, 2, 3, 4, 5, 0]], x) / 8,
    'a root and a quotient': lambda x: x / np.sqrt((x[[0, 1, 2, 3, 4, 5]] * x).sum() + 1.0),
}


@pytest.mark.parametrize('name', PASSES)
def test_a_pass_s_slopes_are_its_derivatives(name):
    function = PASSES[name]
    tape = Tape()
    x = Array(tape, tape.record('uncertain', (), np.array([0.31, -0.52, 0.73, 0.94, -0.15, 0.46]), 3.0))
    given = []
    for step in range(4):
        tape.head('step', step)
        given.append(np.array(x.value))
        x = function(x) + 0.0625 * np.arange(6)  # so that the last operation makes all six in order
    tape.head('step', -1)
    x.sum()
    chunks = Bounds(tape, FUNCTIONS, len(tape.operations)).tube.chunks
    slopes = [chunk.slopes[group][row] for chunk in chunks for group, row in chunk.where.tolist()][1:5]
    for found, at in zip(slopes, given, strict=True):
        steps = 1e-5 * np.eye(6)
        wanted = np.array([(function(at + step) - function(at - step)) / 2e-5 for step in steps]).T
        assert found == pytest.approx(wanted, rel=1e-7, abs=1e-8)


def forward(tape, assumed=None):
    """Of each operation its result's nodes, what it may add and what the machine's added, its operands, their slopes; and all radii.

    Numbers of which a radius is assumed go into operations with that.
    """
    values, radius, grid = tape.values, np.zeros(tape.count), lowest_bit(tape.values)
    assumed = assumed or {}
    taken = np.array([assumed.get(node, np.nan) for node in range(tape.count)])
    found = []
    with np.errstate(all='ignore'):
        for op in tape.operations:
            over = op.kind in REDUCTIONS
            shape = np.broadcast_shapes(*[nodes.shape for nodes in op.operands], (*op.shape, 1) if over else op.shape)
            operands = [np.broadcast_to(nodes, shape) for nodes in op.operands]
            made = np.arange(op.first, op.first + int(np.prod(op.shape))).reshape(op.shape)
            radii = np.where(np.isnan(taken), radius, taken)
            said = RULES[op.kind](values[made], [Number(values[each], radii[each], grid[each]) for each in operands], op.extra, FUNCTIONS)
            linear, rest, rounding, error, own = (np.broadcast_to(part, op.shape) for part in said[1:])
            radius[made] = linear + rest + rounding + np.abs(error)
            still = radius[made] == 0
            grid[made] = np.where(still, lowest_bit(values[made]), np.maximum(own, default_grid(values[made], radius[made])))
            found.append((made, rest + rounding, error, operands, said.slopes, over))
    return found, radius


def backward(tape, operations, target):
    """Theorem 1 from a number: the weights, what the machine's rounding moved it by, and how far others may be from the rest."""
    weights, moved, reach = np.zeros(tape.count), 0.0, 0.0
    weights[target] = 1.0
    for made, noise, error, operands, slopes, over in reversed(operations):
        weight = weights[made]
        reach += (np.abs(weight) * noise).sum()
        moved += (weight * error).sum()
        for nodes, slope in zip(operands, slopes):
            if slope is not None:
                given = np.broadcast_to(weight[..., None] if over else weight, nodes.shape) * slope
                np.add.at(weights, nodes[~tape.fixed[nodes]], given[~tape.fixed[nodes]])
    return weights, moved, reach


@pytest.mark.parametrize('name', PASSES)
@pytest.mark.parametrize('steps', [1, 2, 6])
def test_a_bound_is_that_of_the_theorem_computed_one_number_after_the_other(name, steps):
    tape = Tape()
    x = Array(tape, tape.record('uncertain', (), np.array([0.31, -0.52, 0.73, 0.94, -0.15, 0.46]), 3.0))
    for step in range(steps):
        tape.head('step', step)
        x = PASSES[name](x) + 0.0625 * np.arange(6)
    tape.head('step', -1)
    holds(tape, x)


@pytest.mark.parametrize('program', [lambda: all_together(10), lambda: network(1.0, 5, every=4), lambda: network(1.0, 3, 24, every=2)])
def test_a_training_s_bounds_are_those_of_the_theorem(program):
    tape, prints = program()
    holds(tape, Array(tape, prints[-1][1].reshape(-1)))


def holds(tape, x):
    ends = x - np.array(x.value)  # next to zero, where numbers are dense
    mixed = (ends * np.array([1.0, -2.0, 0.5, 4.0, -0.25, 1.0])[: len(x.value)]).reduced('sum')
    targets = np.append(ends.nodes, mixed.nodes)
    low, high = Bounds(tape, FUNCTIONS, len(tape.operations), targets).enclose(targets)
    operations, _ = forward(tape)
    for target, least, most in zip(targets, low, high):
        _, moved, reach = backward(tape, operations, target)
        assert (most - least) / 2 == pytest.approx(reach, rel=1e-6) and reach > 0
        assert (most + least) / 2 == pytest.approx(-moved, rel=1e-6, abs=1e-6 * reach)


@pytest.mark.parametrize('name', PASSES)
def test_as_many_terms_are_counted_as_flow_back_into_one_number(name):
    """(T5), and hardly more."""
    tape = Tape()
    x = Array(tape, tape.record('uncertain', (), np.array([0.31, -0.52, 0.73, 0.94, -0.15, 0.46]), 3.0))
    counted = []
    for step in range(3):
        tape.head('step', step)
        before = len(tape.operations)
        x = PASSES[name](x) + 0.0625 * np.arange(6)
        uses = np.zeros(tape.count)
        for op in list(tape.operations)[before:]:
            shape = np.broadcast_shapes(*[nodes.shape for nodes in op.operands])
            for nodes in op.operands:
                np.add.at(uses, np.broadcast_to(nodes, shape), 1)
        counted.append(uses[~tape.fixed].max())
    tape.head('step', -1)
    assert max(counted) <= Bounds(tape, FUNCTIONS, len(tape.operations)).layout.terms <= max(counted) + 2


@pytest.mark.parametrize('name', PASSES)
def test_the_boxes_around_a_loop_are_those_of_theorem_2_or_of_intervals(name):
    tape = Tape()
    x = Array(tape, tape.record('uncertain', (), np.array([0.31, -0.52, 0.73, 0.94, -0.15, 0.46]), 3.0))
    nodes, starts = [x.nodes], [len(tape.operations)]
    for step in range(7):
        tape.head('step', step)
        x = PASSES[name](x) + 0.0625 * np.arange(6)
        nodes.append(x.nodes)
        starts.append(len(tape.operations))
    tape.head('step', -1)
    x.sum()
    chunks = Bounds(tape, FUNCTIONS, len(tape.operations)).tube.chunks
    boxes = [box for chunk in chunks for box in chunk.boxes][1:]
    heads = [head.box for chunk in chunks for head in chunk.heads][1:]
    assert len(heads) == len(boxes) == len(nodes) and all((box <= head).all() for box, head in zip(boxes, heads))
    operations, radius = forward(tape, dict(zip(np.concatenate(nodes).tolist(), np.concatenate(heads).tolist())))
    form = np.diag(6 * radius[nodes[0]] ** 2)
    assert boxes[0] == pytest.approx(radius[nodes[0]], rel=1e-6)
    for step, box in enumerate(boxes[1:]):
        swept = [backward(tape, operations[starts[step] : starts[step + 1]], node) for node in nodes[step + 1]]
        slopes = np.array([weights[nodes[step]] for weights, *_ in swept])
        noise = np.array([abs(moved) + reach for _, moved, reach in swept])
        carried, added = slopes @ form @ slopes.T, np.count_nonzero(noise) * np.diag(noise**2)
        p = np.sqrt(np.trace(added) / np.trace(carried))
        form = (1 + p) * carried + (1 + 1 / p) * added
        wide = np.sqrt(np.diag(form))
        assert box == pytest.approx(np.minimum(wide, radius[nodes[step + 1]]), rel=1e-6)


OF = {'where': 3} | dict.fromkeys(('add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'dot'), 2)
OF |= {name: function.arguments for name, function in FUNCTIONS.items()}
OF |= dict.fromkeys(('floor_divide', 'remainder', 'fmod', 'logical_and', 'logical_or'), 2)
OF |= dict.fromkeys(('greater', 'greater_equal', 'less', 'less_equal', 'equal', 'not_equal'), 2)


KINDS = [(kind, terms) for kind in sorted(set(RULES) - {'uncertain'}) for terms in ((1, 3, 6) if kind in REDUCTIONS else (1,))]


@pytest.mark.parametrize('kind, terms', KINDS)
def test_a_rule_takes_each_pass_and_each_element_for_itself(kind, terms):
    over = kind in REDUCTIONS
    rng = np.random.default_rng(terms)
    shape = (2, 3, 4, terms) if over else (2, 3, 4)
    operands = []
    for _ in range(OF.get(kind, 1)):
        value = rng.uniform(0.2, 0.9, shape).round(2) + (kind == 'arccosh')
        radius = value * rng.choice([0.0, 0.25, 2.0**-30, 2.0**-50], shape)
        operands.append(Number(value, radius, np.where(radius > 0, default_grid(value, radius), lowest_bit(value))))
    values = [each.value for each in operands]
    v = (values[0] * values[-1]).sum(axis=-1) if kind == 'dot' else MEANT.get(kind, lambda *x: getattr(np, kind)(*x))(*values)
    v = np.asarray(v, float)

    def applied(v, operands):
        with np.errstate(all='ignore'):
            return RULES[kind](v, operands, {'round': 1, 'power': 'array'}.get(kind), FUNCTIONS)

    def whole(passed, v):
        slopes = [np.broadcast_to(slope, (*v.shape, terms) if over else v.shape) for slope in passed.slopes if slope is not None]
        return [*slopes, *(np.broadcast_to(part, v.shape) for part in passed[1:])]

    together = whole(applied(v, operands), v)
    for index in np.ndindex(v.shape):
        one = v[index].reshape(1)
        alone = whole(applied(one, [Number(*(part[index][None] for part in each)) for each in operands]), one)
        for found, expected in zip(together, alone, strict=True):
            assert found[index] == pytest.approx(expected[0], rel=1e-12, nan_ok=True)


MEANT = {
    'where': np.where,
    'sum': lambda x: x.sum(axis=-1),
    'round': lambda x: x.round(1),
    **{kind: lambda x, kind=kind: getattr(x, kind)(axis=-1) for kind in ('prod', 'max', 'min', 'argmax', 'argmin')},
}
