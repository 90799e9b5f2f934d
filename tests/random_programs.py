"""Small NumPy programs at random: statements over named arrays, loops, updates in place, views, masks and prints."""

import random
from math import prod

ARRAYS = """
np.random.rand({dims})
2 * np.random.random({shape}) - 1
np.random.uniform(-1.5, 2, {shape})
np.random.randint(-3, 8, {shape})
np.linspace(-1, 3.3, {size}).reshape({shape})
np.arange({size}).reshape({shape}) * 0.1
np.random.randn({dims})
np.ones({shape}) / 3""".strip().splitlines()

OF_ONE = """
np.tanh({x})
np.exp(-np.abs({x}))
1 / (1 + np.exp(-{x}))
np.sqrt(np.abs({x}))
np.log1p(np.abs({x}))
np.sin({x})
{x} ** 2
np.abs({x})
np.maximum(0, {x})
np.where({x} > 0, {x}, 0.1 * {x})
np.clip({x}, -1, 1.25)
np.sign({x}) * 0.3
np.floor({x} * 4) / 4
np.round({x}, 2)
{x} / 3
{x} * 0.1 + 0.7
np.arctan({x})
{x} * ({x} > 0.2)
np.expm1({x} / 5)
np.cumsum({x}, axis=-1) / 4
np.sort({x}, axis=-1)
{x} - {x}.mean()
({x} - {x}.min()) / ({x}.max() - {x}.min() + 1e-8)
{x} / (np.linalg.norm({x}) + 0.5)
np.exp({x} - np.max({x})) / np.sum(np.exp({x} - np.max({x})))
({x} > 0).astype(float)
np.array({x}.tolist()) * 1.1
np.flip({x}, axis=0)
np.roll({x}, 1, axis=0)
np.power(np.abs({x}), 1.5)
np.mod({x}, 0.7)
np.cbrt({x})
np.minimum({x}, {x}.mean())""".strip().splitlines()

OF_TWO = """
{x} + {y}
{x} - {y}
{x} * {y}
{x} / (1 + np.abs({y}))
np.maximum({x}, {y})
np.hypot({x}, {y})
np.arctan2({x}, 2 + np.abs({y}))
0.9 * {x} + 0.1 * {y}
np.where({x} > {y}, {x}, {y} * 0.5)
({x} - {y}) ** 2""".strip().splitlines()

PRODUCTS = """
{x}.T.dot({x}) / {rows}
{x}.dot(np.ones({columns}) * 0.3)
{x} @ {x}.T
np.einsum('ij,kj->ik', {x}, {x})""".strip().splitlines()

TO_NUMBERS = """
np.sum({x})
np.mean({x})
{x}.max()
{x}.min()
np.std({x})
np.var({x})
np.ptp({x})
np.median({x})
np.percentile({x}, 30)
np.dot({x}.ravel(), {x}.ravel())
(0.5 + np.abs({x})).prod() / 1e2
sum({x}.ravel().tolist())
float({x}.ravel()[0])""".strip().splitlines()

OF_NUMBERS = """
{x} ** 2
{x} ** 3
{x} / 7
math.exp(-abs({x}))
math.sqrt(abs({x}) + 1)
round({x}, 4)
abs({x}) ** 0.5
{x} * 1.1 - 0.3
np.exp(-{x} ** 2)
math.sin({x})
max({x}, 0.25)
{x} % 0.3
{x} if {x} > 0.5 else -{x}
math.hypot({x}, 1.5)
pow(abs({x}), 1.3)
{x} // 0.21""".strip().splitlines()

IN_PLACE = """
{x} += 0.1
{x} *= 0.9
{x}[{x} > 0.5] = 0.5
{x}[{x} < 0] *= 0.1
{x}[0] -= 0.3
{x}[-1] = {x}.mean()
{x}[::2] += 1
np.add.at({x}, [0, 1, 0], 0.1)
{x} -= 0.1 * np.tanh({x})""".strip().splitlines()

SHOWN = """
print({x})
print({x}.tolist())
print({x}.sum(), {x}.max())
print(np.round({x}, 3))
print({x}.argmax(), {x}.shape)
print(["%.4f" % each for each in {x}.ravel()])
print(({x} > 0.1).sum(), "positive")
print(str({x}.ravel()[0])[:8])
print(np.array2string({x}, precision=3))
print(*{x}.ravel()[:3])""".strip().splitlines()

NUMBERS_SHOWN = """
print({x})
print("v: " + str({x}))
print("%.6f" % {x})
print("{{:.3e}}".format({x}))
print(f"{{{x}:.10g}} end")
print(round(float({x}), 5))
print("Error:" + str({x})[0:9])
print(int({x} * 100))
print({x} > 0.3)""".strip().splitlines()


class Writer:
    """Writes a program; it knows the shape of each name."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.shapes, self.lines, self.indent = {}, ['import math', 'import numpy as np', f'np.random.seed({seed})'], ''

    def name(self, wanted):
        found = [name for name, shape in self.shapes.items() if wanted(shape)]
        return self.draw.choice(found) if found else None

    def write(self, templates, **names):
        self.lines.append(self.indent + self.draw.choice(templates).format(**names))

    def define(self, templates, made_shape, **names):
        made = f'v{len(self.lines)}'
        self.write([f'{made} = {each}' for each in templates], **names)
        self.shapes[made] = made_shape
        return made

    def array(self):
        shape = tuple(self.draw.choice([2, 3, 4, 5, 7, 9, 17]) for _ in range(self.draw.choice([1, 2, 2])))
        return self.define(ARRAYS, shape, dims=', '.join(map(str, shape)), shape=shape, size=prod(shape))

    def step(self):
        x = self.name(lambda shape: shape)
        shape = self.shapes[x]
        number = self.name(lambda shape: shape == ())
        matrix = self.name(lambda shape: len(shape) == 2)
        choice = self.draw.random()
        if choice < 0.3:
            self.define(OF_ONE, shape, x=x)
        elif choice < 0.4:
            self.define(OF_TWO, shape, x=x, y=self.name(lambda other: other == shape))
        elif choice < 0.5 and matrix:
            rows, columns = self.shapes[matrix]
            place = self.draw.randrange(len(PRODUCTS))
            made = [(columns, columns), (rows,), (rows, rows), (rows, rows)][place]
            self.define([PRODUCTS[place]], made, x=matrix, rows=rows, columns=columns)
        elif choice < 0.64:
            self.define(TO_NUMBERS, (), x=x)
        elif choice < 0.72 and number:
            self.define(OF_NUMBERS, (), x=number)
        elif choice < 0.82:
            self.lines.append(f'{self.indent}{x} = {x} * 1.0')
            self.write(IN_PLACE, x=x)
        elif number and self.draw.random() < 0.5:
            self.write(NUMBERS_SHOWN, x=number)
        else:
            self.write(SHOWN, x=x)

    def loop(self):
        x = self.define(['{x} * 1.0'], self.shapes[name], x=name) if (name := self.name(lambda shape: shape)) else None
        self.lines.append(f'for i in range({self.draw.choice([3, 6, 12])}):')
        before, self.indent = dict(self.shapes), '    '
        self.step()
        self.step()
        self.shapes = before
        self.lines.append(f'    {x} = np.tanh({x} + 0.1 * {x})')
        self.lines.append(f'    if i % 3 == 0: print(i, {x}.sum())')
        self.indent = ''


def program(seed):
    """The text of a program."""
    writer = Writer(seed)
    writer.array(), writer.array()
    for _ in range(writer.draw.choice([4, 8, 14])):
        writer.loop() if writer.draw.random() < 0.1 else writer.step()
    writer.write(SHOWN, x=writer.name(lambda shape: shape))
    return '\n'.join(writer.lines) + '\n'
