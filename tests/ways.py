"""Small programs, each one way to use NumPy or Python.

``w``, ``v``, ``s`` and ``p`` (an array, a vector, NumPy's and Python's number) come from ``exp`` and may differ between machines; ``x``, ``y``
and ``n`` do not.  A program is ``tracked`` (its numbers are enclosed), ``fixed`` (they do not depend on what may differ), or ``lost`` (it says
so, and certifies nothing of it).
"""

PREAMBLE = '''
import math
import numpy as np
SCALE = {scale}
w = np.exp(np.array([[0.1, -0.7, 0.3], [0.45, 0.2, -1.1]])) * SCALE
v = w[0] - 1
s = v[1]
p = math.exp(0.3) * float(SCALE)
x = np.array([[1., 0., 2.], [0.5, 0.25, 3.]])
y = np.array([3, 1, 2])
n = 3
'''

TRACKED = {
    # products
    'dot': 'print(np.dot(w, v))', 'method dot': 'print(w.dot(v))', 'at': 'print(w @ w.T)', 'matmul': 'print(np.matmul(w, x.T))',
    'plain dot tracked': 'print(x.dot(w.T))', 'plain at tracked': 'print(x @ w.T)', 'list dot tracked': 'print(np.dot([1., 2., 3.], v))',
    'vector dot matrix': 'print(np.dot([0.5, 2.0], w))', 'stacked matmul': 'print(np.matmul(np.array([w, w]), v))',
    'outer': 'print(np.outer(v, v))', 'inner': 'print(np.inner(w, w))', 'vdot': 'print(np.vdot(w, x))',
    'einsum matrix': 'print(np.einsum("ij,kj->ik", w, x))', 'einsum sum': 'print(np.einsum("ij->i", w))',
    'einsum transpose': 'print(np.einsum("ij->ji", w))', 'tensor dot of three axes': 'print(np.dot(np.array([w, w]), w.T).shape, np.dot(np.array([w, w]), w.T))',
    'dot into out': 'o = np.zeros((2, 2))\nnp.dot(w, w.T, out=o)\nprint(o)', 'at in place': 'a = np.eye(3)\na[:] = a @ np.outer(v, v)\nprint(a)',
    'ufunc outer': 'print(np.multiply.outer(v, v))', 'squeeze of a product': 'print((v.reshape(1, 3) @ v.reshape(3, 1)).squeeze())',
    # operators
    'add': 'print(w + 1)', 'right add': 'print(1 + w)', 'subtract': 'print(w - x)', 'right subtract': 'print(x - w)',
    'multiply': 'print(0.1 * w)', 'divide': 'print(w / 3)', 'right divide': 'print(1 / w)', 'negative': 'print(-v)', 'absolute': 'print(abs(v))',
    'array square': 'print(w ** 2)', 'array cube': 'print(w ** 3)', 'array root': 'print(w ** 0.5)', 'np.power': 'print(np.power(w, 2))',
    'scalar square': 'print(s ** 2)', 'python square': 'print(p ** 2)', 'python literal power': 'print(0.3 ** 2.5)',
    'power of fixed floats': 'a = 0.1 * 3\nprint((a - 0.7) ** 2)', 'pow()': 'print(pow(p, 2))', 'scalar plus python': 'print(s + 0.5)',
    'python times scalar': 'print(0.5 * s)', 'int minus scalar': 'print(1 - s)', 'np.float64 plus tracked': 'print(np.float64(0.5) + w)',
    'tracked plus np.float64': 'print(p + np.float64(0.5))', 'in-place subtract': 'w -= 0.1 * w\nprint(w)',
    'in-place add of a plain array': 'a = np.ones((2, 3))\na += w\nprint(a)', 'in-place divide': 'w /= 3\nprint(w)', 'in-place power': 'w **= 2\nprint(w)',
    'in-place on a list element': 'l = [s, p]\nl[0] += 1\nprint(l[0])', 'in-place python': 'p += 0.1\np *= 3\nprint(p)',
    'mask product': 'print((v > 0) * v)', 'mask from mask': 'print(((v > 0) & (v < 9)) * v)', 'inverted mask': 'print(~(v > 0) * v)',
    'comparison printed': 'print(v > 0, s > 0, p > 1)', 'chained comparison': 'print(0 < p < 2, p)',
    # indexing and views
    'slice': 'print(w[1:2])', 'element': 'print(w[0, 1])', 'fancy index': 'print(w[[0, 1]])', 'bool index': 'print(w[w > 0])',
    'boolean index of fixed mask': 'print(w[x > 0.3])', 'negative step': 'print(w[:, ::-1])', 'newaxis': 'print(v[:, None] * v[None, :])',
    'ellipsis': 'print(w[..., 0])', 'slice view written': 'a = w[1:]\na -= 0.1\nprint(w)', 'transpose view written': 't = w.T\nt[0] = 0.5\nprint(w)',
    'reshape view written': 'a = w.reshape(-1)\na[0] = 7.5\nprint(w)', 'set element': 'z = np.zeros(3)\nz[0] = s\nprint(z)',
    'set row of list': 'w[0] = [s, s, p]\nprint(w)', 'set column': 'z = np.zeros((2, 3))\nz[:, 1] = w[:, 0]\nprint(z)',
    'view of zeros written': 'z = np.zeros((2, 3))\nr = z[1]\nz[1] = v\nprint(r)', 'view taken before the base is written': 'z = np.zeros(6)\nq = z.reshape(2, 3)\nz[2] = s\nprint(q)',
    'fancy assignment': 'w[[0, 1], [1, 2]] = v[:2]\nprint(w)', 'masked assignment': 'w[w > 1] = 1.5\nprint(w)',
    'masked in-place': 'w[w > 1] *= 0.5\nprint(w)', 'row swap': 'w[[0, 1]] = w[[1, 0]]\nprint(w)', 'iteration': 'print([a for a in v])',
    'rows of a loop': 'for row in w:\n    print(row.sum())', 'enumerate': 'for i, a in enumerate(v):\n    print(i, a)', 'zip': 'print([a * b for a, b in zip(w[0], w[1])])',
    'index by argmax': 'print(v[np.argmax(v)])', 'where index': 'print(v[np.where(v > 0)])', 'np.add.at': 'z = np.zeros(2)\nnp.add.at(z, [0, 0, 1], v)\nprint(z)',
    'flat': 'print([a for a in w.flat])', 'nonzero': 'print(v[np.nonzero(v)])',
    # reductions
    'sum': 'print(np.sum(w))', 'sum of an axis': 'print(w.sum(axis=0))', 'sum with keepdims': 'print(w / w.sum(axis=1, keepdims=True))',
    'mean': 'print(np.mean(w), w.mean(axis=1))', 'var': 'print(np.var(w), w.var(axis=0))', 'std': 'print(w.std())', 'max': 'print(np.max(w), w.max(axis=1))',
    'min': 'print(w.min())', 'argmax': 'print(np.argmax(w), w.argmax(axis=1))', 'cumsum': 'print(np.cumsum(v))', 'ptp': 'print(np.ptp(w))',
    'norm': 'print(np.linalg.norm(v))', 'norm of an axis': 'print(np.linalg.norm(w, axis=1))', 'any and all': 'print(np.any(v > 0), np.all(w > 0))',
    'count of correct': 'print(np.sum(w.argmax(axis=1) == np.array([2, 0])))', 'median': 'print(np.median(w), np.median(v))', 'average': 'print(np.average(v))', 'weighted average': 'print(np.average(v, weights=[1., 2., 3.]))',
    'trace': 'print(np.trace(w @ w.T))', 'diff': 'print(np.diff(v))', 'median of fixed, times tracked': 'print(p * np.median([1., 2., 3.]))',
    'python sum': 'print(sum([s, 0.1, s]))', 'sum of rows': 'print(sum(w))', 'sum of a generator': 'print(sum(a * a for a in v))', 'sum of fixed floats': 'print(sum([0.1] * 7))',
    'python max': 'print(max([s, s * 2]), min(p, 3))', 'max of an array': 'print(max(v))', 'sorted': 'print(sorted(v))', 'np.sort': 'print(np.sort(w))',
    'argsort': 'print(np.argsort(v), v[np.argsort(v)])', 'reduce': 'import functools\nprint(functools.reduce(lambda a, b: a * b, v))', 'np.sum of a list': 'print(np.sum([s, p, 0.1]))',
    # functions
    'exp': 'print(np.exp(v))', 'log': 'print(np.log(w))', 'tanh': 'print(np.tanh(v))', 'sqrt': 'print(np.sqrt(w))', 'sin and cos': 'print(np.sin(v), np.cos(v))',
    'exp of a fixed number': 'print(np.exp(0.5), np.exp(1))', 'math.exp': 'print(math.exp(s))', 'math.log': 'print(math.log(p))', 'math.sqrt': 'print(math.sqrt(p))',
    'from math import': 'from math import exp, tanh\nprint(exp(0.5), tanh(p))', 'sigmoid': 'print(1 / (1 + np.exp(-v)))', 'softmax': 'e = np.exp(w - w.max())\nprint(e / e.sum(axis=1, keepdims=True))',
    'cross entropy': 'print(-np.sum(np.array([1, 0, 0]) * np.log(w[0])))', 'maximum': 'print(np.maximum(0, v))', 'clip': 'print(np.clip(v, -0.1, 0.2), v.clip(0, 1))',
    'where': 'print(np.where(v > 0, v, 0.01 * v))', 'sign': 'print(np.sign(v) * p)', 'np.abs': 'print(np.abs(v))', 'square': 'print(np.square(v))', 'reciprocal': 'print(np.reciprocal(w))',
    'np.round': 'print(np.round(w, 3), np.round(s, 2))', 'round': 'print(round(s, 3), round(p, 5))', 'floor': 'print(np.floor(w * 10), math.floor(p * 10))',
    'isnan': 'print(np.isnan(w).any(), p)', 'allclose': 'print(np.allclose(w, w + 1e-9), p)', 'into out': 'o = np.empty(3)\nnp.exp(v, out=o)\nprint(o)',
    'divide where': 'o = np.zeros(3)\nnp.divide(v, 2.0, out=o, where=np.array([True, False, True]))\nprint(o)', 'expm1 and log1p': 'print(np.expm1(v), np.log1p(w))',
    # conversions
    'float()': 'print(float(s))', 'item': 'print(s.item(), w[0, 0].item())', 'tolist': 'print(w.tolist())', 'np.float64()': 'print(np.float64(p))', 'int()': 'print(int(p * 100))',
    'astype int': 'print((w * 10).astype(int))', 'astype bool': 'print(v.astype(bool), p)', 'bool to float': 'print((v > 0).astype(float) * p)', 'array of numbers': 'print(np.array([s, p]))',
    'array of rows': 'print(np.array([w[0], v]))', 'asarray': 'print(np.asarray(w))', 'copy': 'c = w.copy()\nw -= 1\nprint(c)', 'np.copy': 'print(np.copy(w))', 'deepcopy': 'import copy\nprint(copy.deepcopy(w))',
    'list of tracked': 'print([s, p])', 'dict of tracked': 'print({"a": s, "b": [p]})', 'tuple of tracked': 'print((s, p), (s,))', 'nested list': 'print([[s], [p, (s, 1)]])', 'map float': 'print(list(map(float, v)))',
    'float of text': 'print(float(str(p)), float("%.3f" % p))', 'zeros_like': 'z = np.zeros_like(w)\nz += w\nprint(z)', 'ones_like': 'print(np.ones_like(w) * s)', 'full': 'print(np.full((2, 2), s))', 'full_like': 'print(np.full_like(w, p))',
    # rearranging
    'reshape': 'print(w.reshape(3, 2))', 'ravel': 'print(w.ravel())', 'flatten': 'print(w.flatten())', 'transpose': 'print(w.T, np.transpose(w))', 'concatenate': 'print(np.concatenate([w, x]))', 'vstack': 'print(np.vstack((v, [1, 2, 3])))',
    'hstack': 'print(np.hstack([v, s]))', 'stack': 'print(np.stack([v, v]))', 'column_stack': 'print(np.column_stack([v, y]))', 'append': 'print(np.append(v, 1.0))', 'repeat': 'print(np.repeat(v, 2))', 'tile': 'print(np.tile(v, 2))',
    'roll': 'print(np.roll(v, 1))', 'flip': 'print(np.flip(w, 0))', 'expand_dims': 'print(np.expand_dims(v, 0))', 'atleast_2d': 'print(np.atleast_2d(v))', 'diag': 'print(np.diag(v), np.diag(w @ w.T))', 'triu': 'print(np.triu(w))',
    'split': 'print(np.split(v, 3))', 'pad': 'print(np.pad(v, 1))', 'broadcast_to': 'print(np.broadcast_to(v, (2, 3)))', 'swapaxes': 'print(w.swapaxes(0, 1))', 'take': 'print(np.take(v, [2, 0]))', 'delete': 'print(np.delete(v, 1))',
    'apply_along_axis': 'print(np.apply_along_axis(lambda a: a * 2, 0, w))', 'vectorize': 'print(np.vectorize(lambda a: a * 2)(w))', 'eye times': 'print(np.eye(3) * v)', 'meshgrid of fixed': 'a, b = np.meshgrid([0., 1.], [2., 3.])\nprint(a * p + b)',
    # text
    'str': 'print(str(s), repr(s), str(p), repr(p))', 'plus str': 'print("E:" + str(s))', 'str plus': 'print(str(s) + " E")', 'slice of text': 'print(str(p)[0:5])', 'f-string': 'print(f"E {s:.3f} {p} {w[0, 0]!r}")', 'f-string with width': 'print(f"{s:{8}.{3}f}|{p:>10.2e}")',
    'percent': 'print("%.3f %s %5.1f%%" % (s, p, p))', 'percent one': 'print("%.6f" % s)', 'percent dict': 'print("%(a).3f" % {"a": p})', 'format': 'print("{:.3f} {} {a:8.2f}".format(s, p, a=s))', 'format()': 'print(format(p, ".4f"))', 'join': 'print(",".join([str(s), str(p)]))', 'join of map': 'print(" ".join(map(str, v)))',
    'join of formats': 'print(", ".join("%.2f" % a for a in v))', 'str of list': 'print(str([s, p]))', 'array str': 'print("w = " + str(w))', 'array f-string': 'print(f"{w}")', 'array repr': 'print(repr(w))', 'ljust': 'print(str(p).ljust(22) + "|", str(p).rjust(25))', 'strip and replace': 'print(str(p).strip(), str(p).replace(".", ","))',
    'print sep end': 'print(s, p, sep=";", end="!\\n")', 'stdout.write': 'import sys\nsys.stdout.write("\\rE: " + str(p)[0:6] + "\\n")', 'printoptions': 'np.set_printoptions(precision=3, suppress=True)\nprint(w)', 'array2string': 'print(np.array2string(w, precision=2))', 'printoptions context': 'with np.printoptions(precision=4):\n    print(v)',
    'format of an element': 'print("{0[0]:.2f}".format(v))', 'multiline f-string': 'print(f"""a {s:.2f}\nb {p:.3e}""")', 'template in a loop': 'for a in v:\n    print("value: {:+.4f}".format(a))', 'upper': 'print(("e " + str(p)).upper())', 'splitlines': 'print(str(w).splitlines()[0])',
    # Python's own ways
    'function': 'def f(a, k=0.3):\n    return a * k\nprint(f(s))', 'lambda': 'print((lambda a: a * 2)(s))', 'class': 'class A:\n    k = 0.1 ** 2\n    def __init__(self, a):\n        self.a = a\n    def go(self):\n        self.a *= 0.5\n        return self.a + self.k\nprint(A(s).go())', 'property and operators': 'class T:\n    def __init__(self, d):\n        self.d = d\n    def __add__(self, o):\n        return T(self.d + o.d)\n    def __repr__(self):\n        return str(self.d)\nprint(T(s) + T(p))',
    'str of own class': 'class T:\n    def __str__(self):\n        return "T: " + str(p)\nprint(T(), str(T()), f"{T()}", "%s" % T(), "{}".format(T()))', 'own class in a list': 'class T:\n    def __repr__(self):\n        return "T" + repr(p)\nprint([T()])',
    'generator': 'def g():\n    for a in v:\n        yield a * 2\nprint(list(g()))', 'comprehension': 'print([a ** 2 for a in v])', 'dict update': 'd = {}\nd["a"] = s\nd["a"] += 1\nprint(d["a"])', 'default dict': 'from collections import defaultdict\nd = defaultdict(float)\nd["a"] += s\nprint(d["a"])',
    'counter-like': 'd = dict(a=p)\nfor k, a in d.items():\n    print(k, a)', 'branch decided': 'print(p if p > 1 else 0)', 'while loop': 'i = 0\na = p\nwhile a < 5:\n    a *= 1.5\n    i += 1\nprint(i, a)', 'try': 'try:\n    print(s / 1)\nexcept ZeroDivisionError:\n    print(0)', 'global': 'g = 0.0\ndef f():\n    global g\n    g += s\nf()\nprint(g)', 'isinstance': 'print(isinstance(w, np.ndarray), isinstance(s, float), p)',
    'type': 'print(type(w).__name__, type(s).__name__, type(p).__name__, p)', 'star': 'a, *b = v\nprint(a, b)', 'walrus': 'print((a := p * 2), a)', 'shape': 'print(w.shape, len(w), w.size, p)', 'partial': 'from functools import partial\nprint(partial(np.dot, w)(v))', 'namedtuple field': 'from collections import namedtuple\nN = namedtuple("N", "a b")\nprint(N(s, p).a)', 'dataclass field': 'from dataclasses import dataclass\n@dataclass\nclass D:\n    a: float\nprint(D(p).a)',
    'recursion': 'def f(k):\n    return p if k == 0 else f(k - 1) * 0.5\nprint(f(5))', 'decorator': 'def d(f):\n    def g(*a):\n        return f(*a) * 2\n    return g\n@d\ndef f(a):\n    return a\nprint(f(s))', 'object array': 'a = np.array([s, None], dtype=object)\nprint(a[0])', 'set of fixed ints': 'print(p * len({1, 2}))', 'operator module': 'import operator\nprint(operator.mul(s, 2))', 'accumulate': 'import itertools\nprint(list(itertools.accumulate(v)))',
    'eval': 'print(eval("p * 2"))', 'randn': 'np.random.seed(1)\nprint(np.random.randn(3))', 'normal': 'np.random.seed(1)\nprint(np.random.normal(0, 1, 3) * p)', 'default_rng normal': 'print(np.random.default_rng(3).normal(size=2))', 'uniform fused': 'np.random.seed(2)\nprint(np.random.uniform(-0.3, 0.3, 3))', 'shuffled tracked': 'np.random.seed(2)\nnp.random.shuffle(v)\nprint(v)', 'choice of tracked': 'np.random.seed(2)\nprint(np.random.choice(v))',
}

FIXED = {
    'seeded uniform': 'np.random.seed(1)\nprint(np.random.rand(3), np.random.random((2, 2)), 2 * np.random.random(2) - 1)', 'seeded integers': 'np.random.seed(1)\nprint(np.random.randint(0, 9, 5), np.random.permutation(5), np.random.choice(5, 3))',
    'uniform of a power of two': 'np.random.seed(1)\nprint(np.random.uniform(-1, 1, 3))', 'default_rng': 'r = np.random.default_rng(0)\nprint(r.random(3), r.integers(0, 9, 3))', 'RandomState': 'print(np.random.RandomState(3).rand(2))', 'python random': 'import random\nrandom.seed(3)\nprint(random.random(), random.randint(1, 9))',
    'shuffle': 'np.random.seed(1)\na = np.arange(5)\nnp.random.shuffle(a)\nprint(a)', 'python arithmetic': 'print(0.1 + 0.2, 0.1 * 3, 1 / 3, 7 // 2, 7 % 3, 2 ** 10)', 'integers': 'print(np.arange(6).reshape(2, 3).sum(axis=0), np.eye(2), y.mean())', 'elementwise fixed': 'print(x * 0.1 + 0.3, np.sqrt(x), np.maximum(x, 1))',
    'linspace': 'print(np.linspace(0, 1, 5), np.arange(0, 1, 0.25))', 'masks of fixed': 'print(x[x > 0.3], np.where(x > 1, 1, 0), (x > 1).sum())', 'text of fixed': 'print("%.2f" % 0.125, f"{0.5:.3f}", str(x))', 'unique and bincount': 'print(np.unique([3, 1, 3]), np.bincount([0, 1, 1]))', 'argmax of fixed': 'print(np.argmax(x), np.argsort(y), np.sort(y))', 'integer matrix product': 'print(np.dot(y, y), np.arange(4).reshape(2, 2) @ np.ones((2, 2), int))',
}

LOST = {
    'unseeded': 'print(np.random.rand(2))', 'unseeded randn': 'print(np.random.randn(2) * 2)', 'unseeded default_rng': 'print(np.random.default_rng().random())', 'unseeded python': 'import random\nprint(random.random())', 'unseeded shuffle': 'a = np.arange(9.)\nnp.random.shuffle(a)\nprint(a)', 'time': 'import time\nprint(time.time() * 0)', 'float32': 'print(w.astype(np.float32))', 'float32 created': 'print(np.zeros(2, dtype=np.float32) + 1)',
    'float32 scalar': 'print(np.float32(0.1))', 'pickle': 'import pickle\nprint(pickle.loads(pickle.dumps(w)))', 'json': 'import json\nprint(json.dumps(p))', 'inv': 'print(np.linalg.inv(w[:, :2]))', 'solve': 'print(np.linalg.solve(w[:, :2], [1., 2.]))', 'svd': 'print(np.linalg.svd(w)[1])', 'fft': 'print(np.fft.fft(v).real)', 'prod': 'print(np.prod(w))', 'percentile': 'print(np.percentile(w, 50))', 'interp': 'print(np.interp(s, [-1., 1.], [0., 2.]))',
    'decimal': 'from decimal import Decimal\nprint(Decimal(p))', 'fractions': 'from fractions import Fraction\nprint(Fraction(p))', 'struct': 'import struct\nprint(struct.unpack("d", struct.pack("d", p)))', 'ctypes': 'import ctypes\nprint(ctypes.c_double(p).value)', 'tobytes': 'print(np.frombuffer(w.tobytes()))', 'memory file': 'import io\nf = io.StringIO()\nf.write(str(p))\nprint(f.getvalue())', 'undecided branch': 'a = np.float64(p) - math.exp(0.3) * float(SCALE)\nif a == 0:\n    print(1)\nprint(2)', 'undecided loop count': 'k = int((p - math.exp(0.3) * SCALE) * 1e16)\nfor i in range(k + 3):\n    print(i)',
    'undecided index': 'print(y[int((p - math.exp(0.3) * SCALE) * 1e16)])', 'array as dictionary key': 'd = {s - np.exp(-0.7): 1}\nprint(d, 5)', 'regular expression': 'import re\nprint(re.sub("1", "1", str(p)))', 'length of text': 'print(len(str(p)))', 'text compared': 'print(5 if str(p) == "1.3" else 7)', 'namedtuple text': 'from collections import namedtuple\nN = namedtuple("N", "a")\nprint(N(p))', 'dataclass text': 'from dataclasses import dataclass\n@dataclass\nclass D:\n    a: float\nprint(D(p))', 'statistics': 'import statistics\nprint(statistics.mean([p, p]))', 'complex': 'print(abs(w[0] * 1j))', 'set of strings in order': 'for a in {"a1", "b2", "c3"}:\n    print(a[1])', 'hash of a string': 'print(hash("a") % 7)',
    'id': 'print(id(w) % 7)', 'modulo': 'print(p % 0.3, p // 0.3)', 'trapezoid': 'print(np.trapezoid(v) if hasattr(np, "trapezoid") else np.trapz(v))', 'cumprod': 'print(np.cumprod(w))', 'bytes of text': 'print(str(p).encode()[:3])', 'np.save and load': 'import tempfile, os\nf = os.path.join(tempfile.mkdtemp(), "a.npy")\nnp.save(f, w)\nprint(np.load(f))', 'np.empty read': 'print(np.empty(3) * 0)', 'hex': 'print(p.hex())', 'as_integer_ratio': 'print(p.as_integer_ratio())',
}
