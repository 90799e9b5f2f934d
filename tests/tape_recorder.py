"""A recorder of sixty lines for tests of the proof: arrays whose operators write on a tape."""

import numpy as np

from streetlight.certify.enclosures import enclose
from streetlight.shadow.tape import Tape

UFUNCS = {
    'power',
    'add',
    'subtract',
    'multiply',
    'divide',
    'sqrt',
    'square',
    'negative',
    'absolute',
    'maximum',
    'minimum',
    'greater',
    'greater_equal',
    'less',
    'exp',
    'log',
    'tanh',
    'sin',
    'cos',
    'log1p',
    'expm1',
    'floor',
    'sign',
    'sinh',
    'cosh',
    'arctan',
    'cbrt',
}


class Array(np.lib.mixins.NDArrayOperatorsMixin):
    """Nodes of a tape."""

    def __init__(self, tape, nodes):
        self.tape, self.nodes = tape, nodes

    @property
    def value(self):
        return self.tape.values[self.nodes]

    shape = property(lambda self: self.nodes.shape)
    T = property(lambda self: Array(self.tape, self.nodes.T))

    def __getitem__(self, key):
        return Array(self.tape, self.nodes[key])

    def _lift(self, x):
        return x.nodes if isinstance(x, Array) else self.tape.constant(x)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **_):
        name = {'matmul': 'dot', 'true_divide': 'divide'}.get(ufunc.__name__, ufunc.__name__)
        if name == 'dot':
            return self._dot(*inputs)
        assert name in UFUNCS, name
        value = ufunc(*(x.value if isinstance(x, Array) else x for x in inputs))
        result = self.tape.record(name, tuple(map(self._lift, inputs)), value)
        if out is not None:
            out[0].nodes[...] = result
            return out[0]
        return Array(self.tape, result)

    def _dot(self, a, b):
        a, b = self._lift(a), self._lift(b)
        values = self.tape.values
        return Array(self.tape, self.tape.record('dot', (a[:, None, :], b.T[None, :, :]), values[a] @ values[b]))

    def dot(self, other):
        return self._dot(self, other)

    def sum(self):
        flat = self.nodes.ravel()
        return Array(self.tape, self.tape.record('sum', (flat,), self.value.sum()))

    def copy(self):
        return Array(self.tape, self.nodes.copy())

    def reduced(self, kind):
        return Array(self.tape, self.tape.record(kind, (self.nodes,), getattr(np, kind)(self.value, axis=-1)))


def mean_abs(x):
    """``np.mean(np.abs(x))``: a sum divided by the count."""
    return abs(x).sum() / float(x.nodes.size)


def dot(a, b):
    return (a if isinstance(a, Array) else b)._dot(a, b)


def start(values):
    tape = Tape()
    return tape, Array(tape, tape.constant(values))


X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def all_together(iterations=60):
    """The first book's self-sufficient program, and its errors at every tenth iteration."""
    lights = np.array([[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1.0]])
    walk = np.array([[1, 1, 0, 0.0]]).T
    rs = np.random.RandomState(1)
    w0, w1 = 2 * rs.random_sample((3, 4)) - 1, 2 * rs.random_sample((4, 1)) - 1
    tape, w0 = start(w0)
    w1 = Array(tape, tape.constant(w1))
    prints = []
    for iteration in range(iterations):
        tape.head('iteration', iteration)
        error = 0
        for i in range(4):
            tape.head('row', i)
            layer_0 = Array(tape, tape.constant(lights[i : i + 1]))
            z = dot(layer_0, w0)
            layer_1 = (z > 0) * z
            layer_2 = dot(layer_1, w1)
            error = error + ((layer_2 - walk[i : i + 1]) * (layer_2 - walk[i : i + 1])).sum()
            delta_2 = walk[i : i + 1] - layer_2
            delta_1 = dot(delta_2, w1.T) * (layer_1 > 0)
            w1 = w1 + 0.2 * dot(layer_1.T, delta_2)
            w0 = w0 + 0.2 * dot(layer_0.T, delta_1)
        tape.head('row', -1)
        if iteration % 10 == 9:
            prints.append((len(tape.operations), error.nodes))
    return tape, prints


def network(rate, steps, hidden=4, every=10000, goals=(0, 1, 1, 0), inputs=X):
    """The second book's network of sigmoids and the mean absolute error at some steps."""
    goals = np.array([goals], float).T
    np.random.seed(1)
    tape, w0 = start(2 * np.random.random((inputs.shape[1], hidden)) - 1)
    w1 = Array(tape, tape.constant(2 * np.random.random((hidden, 1)) - 1))
    x = Array(tape, tape.constant(inputs))
    prints = []
    for step in range(steps):
        tape.head('step', step)
        layer_1 = sigmoid(dot(x, w0))
        layer_2 = sigmoid(dot(layer_1, w1))
        error = layer_2 - goals
        if step % every == 0:
            prints.append((len(tape.operations), mean_abs(error).nodes))
        delta_2 = error * (layer_2 * (1 - layer_2))
        delta_1 = dot(delta_2, w1.T) * (layer_1 * (1 - layer_1))
        w1 = w1 - rate * dot(layer_1.T, delta_2)
        w0 = w0 - rate * dot(x.T, delta_1)
    tape.head('step', -1)
    return tape, prints


def single_layer(steps=10000):
    """The second book's network of two layers; its predictions at the end."""
    inputs, goals = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]]), np.array([[0, 0, 1, 1.0]]).T
    np.random.seed(1)
    tape, w = start(2 * np.random.random((3, 1)) - 1)
    x = Array(tape, tape.constant(inputs))
    for step in range(steps):
        tape.head('step', step)
        layer = sigmoid(dot(x, w))
        delta = (goals - layer) * (layer * (1 - layer))
        w = w + dot(x.T, delta)
    tape.head('step', -1)
    return tape, [(len(tape.operations), layer.nodes)]


def ends(tape, prints, **keywords):
    """The least and the largest of the first number of each print, as enclosed."""
    return [(float(e.low.ravel()[0]), float(e.high.ravel()[0])) for e in enclose(tape, prints, **keywords)]
