"""Run a listing on affine forms, and enclose every float64 evaluation of it.

The proof is in ``docs/certificates.md``; the labels (T1), (T2), ... there stand beside the lines here that they are about.

A `Form` stands for one computed number in *every* conforming evaluation at once: whatever the order of the sums, whichever
of them are fused, and whatever a C library's ``pow`` gives within one ulp.  It holds

- ``exact``: the value in real arithmetic, a ball of python-flint's arb, whose width is some 1e-140 of it;
- ``centre`` and ``noise``: each evaluation's value is ``centre + sum(noise[i] * e[i])`` for some ``e`` in [-1, 1], where a
  symbol ``e[i]`` stands for the same rounding wherever it appears, so that errors which cancel do cancel here.

Where a value has no noise, all evaluations agree and ``centre`` is the float64 number that they all have; a zero may still be
``either_zero``, positive in some evaluations and negative in others.

arb, of python-flint, and not mpmath's intervals: multiplications of 320 bits take 0.2 us there, and wheels are published for
each Python.
"""

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
from flint import arb, ctx, fmpq

from reference.rounding.accumulation import exact_fma

PRECISION = 512  # bits of the exact values
U = 2.0 ** -53  # unit roundoff
SLACK = 1 + 2.0 ** -30  # more than the float64 roundings of any bound computed here


class Undecided(Exception):
    """The enclosure does not decide what the listing asks; there is no certificate beyond this point."""


def ulp(x):
    """The unit in the last place of the binade of ``x``, a power of two."""
    return max(math.ulp(x), 2.0 ** -1074)


def half_ulp(x):
    """A bound on the rounding error of any number no larger than ``x``."""
    return ulp(x) / 2


class Noise:
    """A vector of coefficients, of the symbols from ``start`` on."""

    __slots__ = ('coefficients', 'start')

    def __init__(self, start, coefficients):
        self.start = start
        self.coefficients = coefficients

    @property
    def radius(self):
        return float(np.abs(self.coefficients).sum()) * SLACK

    def scaled(self, factor):
        return Noise(self.start, self.coefficients * factor)


def combined(terms):
    """The sum of noises."""
    if len(terms) == 1:
        return terms[0]
    start = min(term.start for term in terms)
    total = np.zeros(max(term.start + len(term.coefficients) for term in terms) - start)
    for term in terms:
        total[term.start - start:term.start - start + len(term.coefficients)] += term.coefficients
    return Noise(start, total)


def as_ball(x):
    """A Python number as a ball that holds it exactly."""
    if isinstance(x, Fraction):
        return arb(fmpq(x.numerator, x.denominator))
    return arb(x)


def magnitude(ball):
    """An upper bound on the absolute value of a ball, as float64."""
    return float(ball.abs_upper()) * SLACK


class Form:
    """One computed number in every conforming evaluation."""

    __slots__ = ('_bounds', 'centre', 'either_zero', 'exact', 'model', 'noise')

    __array_priority__ = 0  # arrays of forms are NumPy's, which ask their elements

    def __init__(self, model, exact, centre, noise=None, either_zero=False):
        self.model = model
        self.exact = exact
        self.centre = centre
        self.noise = noise
        self.either_zero = either_zero
        self._bounds = None

    @property
    def fixed(self):
        """Whether all evaluations agree on one float64 number, ``centre``."""
        return self.noise is None

    @property
    def bounds(self):
        """Float64 numbers below and above every evaluation."""
        if self._bounds is None:
            if self.fixed:
                self._bounds = self.centre, self.centre
            else:
                enclosure = self.enclosure
                self._bounds = (math.nextafter(float(enclosure.lower()), -math.inf), math.nextafter(float(enclosure.upper()), math.inf))
        return self._bounds

    @property
    def enclosure(self):
        """A ball that holds every evaluation."""
        return as_ball(self.centre) if self.fixed else self.centre + arb(0, self.noise.radius)

    @property
    def size(self):
        """An upper bound on the absolute value of every evaluation."""
        return max(abs(bound) for bound in self.bounds)

    @property
    def grid(self):
        """A power of two of which every evaluation is a multiple; 0 if all are zero."""
        if self.fixed:
            return lowest_bit(self.centre)
        low, high = self.bounds
        return ulp(min(abs(low), abs(high))) if low * high > 0 else 2.0 ** -1074

    def __repr__(self):
        low, high = self.bounds
        return f'<Form {self.exact.str(20, radius=False)} in [{low!r}, {high!r}]>'

    # elementwise operations, each rounded once

    def __add__(self, other):
        return self.model.add(self, self.model.form(other))

    __radd__ = __add__

    def __sub__(self, other):
        return self.model.add(self, -self.model.form(other))

    def __rsub__(self, other):
        return self.model.add(self.model.form(other), -self)

    def __mul__(self, other):
        return self.model.multiply(self, self.model.form(other))

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self.model.divide(self, other)

    def __pow__(self, n):
        """An array's power, which NumPy multiplies out; a scalar's is the arithmetic's ``power``."""
        if n != 2:
            raise Undecided(f'no model of the power {n}')
        return self.model.multiply(self, self)

    def __neg__(self):
        return Form(self.model, -self.exact, -self.centre, None if self.fixed else self.noise.scaled(-1.0), self.either_zero)

    def __gt__(self, other):
        low, high = (self - other).bounds
        if low > 0 or high <= 0:
            return low > 0
        raise Undecided(f'whether {self!r} is greater than {other!r} differs between evaluations')

    def __lt__(self, other):
        low, high = (self - other).bounds
        if high < 0 or low >= 0:
            return high < 0
        raise Undecided(f'whether {self!r} is less than {other!r} differs between evaluations')

    def __eq__(self, other):
        difference = self - other
        if difference.fixed or not difference.bounds[0] <= 0 <= difference.bounds[1]:
            return difference.fixed and difference.centre == 0
        raise Undecided(f'whether {self!r} equals {other!r} differs between evaluations')

    __hash__ = None

    def __int__(self):
        if self.fixed:
            return int(self.centre)
        raise Undecided(f'{self!r} is not one number')


def lowest_bit(x):
    """The largest power of two of which ``x`` is a multiple; 0 for 0."""
    if x == 0:
        return 0.0
    numerator, denominator = float(x).as_integer_ratio()
    return (numerator & -numerator) / denominator


class AffineArithmetic:
    """The arithmetic of every conforming evaluation.

    Parameters
    ----------
    without : set of str, optional
        Terms of the bound to leave out, for the tests that must then fail: ``rounding``, ``products``, ``sums``,
        ``quadratic`` or ``pow``.
    """

    def __init__(self, without=()):
        self.symbols = 0
        self.without = frozenset(without)
        self._made = np.frompyfunc(self.form, 1, 1)

    def array(self, values):
        """An array of forms: each number given is exact, in all evaluations."""
        array = self._made(np.asarray(values, dtype=object))
        return array if isinstance(array, np.ndarray) else np.array(array, dtype=object)

    def form(self, number):
        if isinstance(number, Form):
            return number
        number = float(number)
        if not math.isfinite(number):
            raise Undecided(f'{number} is no real number')
        return Form(self, arb(number), number)

    def checked(self, *forms):
        for form in forms:
            if not form.size < 2.0 ** 1000:
                raise Undecided(f'{form!r} may overflow')
        return forms[0]

    def fresh(self, exact, centre, terms, errors):
        """A form with a symbol of its own for what happened in this operation; ``errors`` bounds that."""
        symbol = Noise(self.symbols, np.array([errors * SLACK]))
        self.symbols += 1
        return self.checked(Form(self, exact, centre, combined([*terms, symbol])))

    def rounding(self, bound, kind='rounding'):
        return 0.0 if kind in self.without else bound

    def add(self, x, y):
        exact = x.exact + y.exact
        if x.fixed and y.fixed:
            total = x.centre + y.centre
            return self.checked(Form(self, exact, total, None, total == 0 and (x.either_zero or y.either_zero)))  # (T1)
        centre = as_ball(x.centre) + as_ball(y.centre)
        noise = combined([term.noise for term in (x, y) if not term.fixed])
        slack = noise.radius * 4 * U + float(centre.rad())
        grid = min((term.grid for term in (x, y) if term.grid), default=0.0)
        reach = magnitude(centre) + noise.radius
        if reach <= 2.0 ** 53 * grid:  # (T3) the sum fits: nothing is rounded
            return self.fresh(exact, centre, [noise], slack)
        return self.fresh(exact, centre, [noise], slack + self.rounding(half_ulp(reach + slack)))  # (T2)

    def multiply(self, x, y):
        exact = x.exact * y.exact
        if x.fixed and y.fixed:
            product = x.centre * y.centre
            return self.checked(Form(self, exact, product, None, product == 0 and (x.either_zero or y.either_zero)))  # (T1)
        if zero(x) or zero(y):
            return self.signed_zero(exact, [(x, y)])
        centre, noise, errors = self.product(x, y)
        if not exactly_scales(x) and not exactly_scales(y):
            errors += self.rounding(half_ulp(magnitude(centre) + noise.radius + errors))  # (T2)
        return self.fresh(exact, centre, [noise], errors)

    def product(self, x, y):
        """The real product of two forms that are not both fixed: centre, noise, and a bound on what is not linear."""
        centre = as_ball(x.centre) * as_ball(y.centre)
        terms = [this.noise.scaled(float(as_ball(other.centre))) for this, other in ((x, y), (y, x)) if not this.fixed]
        noise = combined(terms)
        quadratic = 0.0 if x.fixed or y.fixed else x.noise.radius * y.noise.radius  # (T4)
        if 'quadratic' in self.without:
            quadratic = 0.0
        # (T5) the coefficients are float64 products and sums
        slack = 8 * U * sum(term.radius for term in terms) + float(centre.rad())
        return centre, noise, quadratic + slack

    def signed_zero(self, exact, pairs, sums=False):
        """The zero that products with zeros add up to; a sum of negative ones is negative, unless it starts from zero."""
        signs = set()
        for x, y in pairs:
            low, high = (y if zero(x) else x).bounds
            known = not (x.either_zero or y.either_zero) and (low * high > 0 or (zero(x) and zero(y)))
            signs.add(math.copysign(1.0, x.bounds[0]) * math.copysign(1.0, y.bounds[0]) if known else 0.0)
        if 1.0 in signs and (sums or len(signs) == 1):
            return Form(self, exact, 0.0)
        if signs == {-1.0} and not sums:
            return Form(self, exact, -0.0)
        return Form(self, exact, 0.0, None, True)

    def divide(self, x, n):
        exact = x.exact / n
        if x.fixed:
            return Form(self, exact, x.centre / n)  # (T1)
        centre = x.centre / n
        noise = x.noise.scaled(1 / n)
        errors = 8 * U * noise.radius + float(centre.rad())
        if math.frexp(n)[0] != 0.5:  # (T2) but by a power of two
            errors += self.rounding(half_ulp(magnitude(centre) + noise.radius + errors))
        return self.fresh(exact, centre, [noise], errors)

    def power(self, x, n):
        """The C library's ``pow``, within one ulp of the square."""
        if n != 2:
            raise Undecided(f'no model of the power {n}')
        exact = x.exact * x.exact
        if x.fixed:
            square = Fraction(x.centre) ** 2
            nearest = float(square)
            if nearest == square:  # (T6) any other float64 is an ulp away or more
                return Form(self, exact, nearest)
            if 'pow' in self.without:
                return Form(self, exact, nearest)
            other = math.nextafter(nearest, math.inf if square > nearest else -math.inf)
            return self.between(exact, [nearest, other])
        centre, noise, errors = self.product(x, x)
        pow_error = ulp(magnitude(centre) + noise.radius + errors)
        return self.fresh(exact, centre, [noise], errors + (0.0 if 'pow' in self.without else pow_error))  # (T6)

    def between(self, exact, values):
        """A form that may be any of some float64 values."""
        low, high = min(values), max(values)
        if low == high:
            return Form(self, exact, low)
        centre = (arb(low) + arb(high)) / 2
        return self.fresh(exact, centre, [], float((arb(high) - arb(low)) / 2))

    def dot(self, a, b):
        """Inner products in any order, any of their products fused."""
        a, b = np.asarray(a, dtype=object), np.asarray(b, dtype=object)
        columns = b.T if b.ndim == 2 else b
        shape = a.shape[:-1] + columns.shape[:-1]
        rows = a.reshape(-1, a.shape[-1])
        columns = columns.reshape(-1, b.shape[0])
        result = np.empty((len(rows), len(columns)), dtype=object)
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                result[i, j] = self.inner(list(zip(row, column)))
        return result.reshape(shape) if shape else result[0, 0]

    def inner(self, pairs):
        exact = sum((x.exact * y.exact for x, y in pairs), arb(0))
        # a product with zero is zero, and adding it rounds nothing: what is left are the additions that happen
        given, pairs = pairs, [(x, y) for x, y in pairs if not zero(x) and not zero(y)]
        if not pairs:
            return self.signed_zero(exact, given, sums=True)
        if all(x.fixed and y.fixed for x, y in pairs) and len(pairs) <= 4:
            return self.checked(self.between(exact, all_sums([(x.centre, y.centre) for x, y in pairs])))  # (T7)
        if len(pairs) == 1:
            product = self.multiply(*pairs[0])
            return Form(self, exact, product.centre, product.noise)
        return self.sum_of_products(exact, pairs)

    def sum_of_products(self, exact, pairs):
        products = []
        for x, y in pairs:
            if x.fixed and y.fixed:
                centre = arb(x.centre) * arb(y.centre)
                products.append((centre, Noise(0, np.zeros(0)), float(centre.rad())))
            else:
                products.append(self.product(x, y))
        errors = [errors for _, _, errors in products]
        roundings = [0.0 if exactly_scales(x) or exactly_scales(y) else self.rounding(half_ulp(self.reach([product])), 'products')
                     for (x, y), product in zip(pairs, products)]
        grids = [self.product_grid(x, y, rounding) for (x, y), rounding in zip(pairs, roundings)]
        rounded = self.worst_roundings(products, roundings, grids)
        centre = sum((centre for centre, _, _ in products), arb(0))
        noise = combined([noise for _, noise, _ in products])
        slack = 8 * U * sum(noise.radius for _, noise, _ in products) + float(centre.rad())
        return self.fresh(exact, centre, [noise], sum(errors) + rounded + slack)

    @staticmethod
    def product_grid(x, y, rounding):
        """A power of two of which the product, rounded or not, is a multiple: that of an exact one, else none is known."""
        return x.grid * y.grid if rounding == 0 else 0.0

    def reach(self, products):
        """The largest that the exact sum of some products can be in any evaluation, their own roundings left aside."""
        centre = sum((centre for centre, _, _ in products), arb(0))
        noise = combined([noise for _, noise, _ in products])
        return magnitude(centre) + noise.radius * SLACK + sum(errors for _, _, errors in products)

    def worst_roundings(self, products, roundings, grids):
        """(T8) The largest total of rounding errors over all trees of additions, by dynamic programming over subsets."""
        count = len(products)
        if count > 10:
            raise Undecided(f'a sum of {count} products has too many orders')
        worst = {frozenset([index]): roundings[index] for index in range(count)}
        everything = range(count)
        for size in range(2, count + 1):
            for subset in combinations(everything, size):
                members = frozenset(subset)
                below = max(worst[part] + worst[members - part] for part in parts(subset))
                reach = self.reach([products[index] for index in subset]) + below
                grid = min(grids[index] for index in subset)
                fits = grid and reach <= 2.0 ** 53 * grid  # (T3)
                worst[members] = below + (0.0 if fits else self.rounding(half_ulp(reach), 'sums'))
        return worst[frozenset(everything)]


def parts(subset):
    """One of the two sides of each way to split a subset in two."""
    first, others = subset[0], subset[1:]
    for size in range(len(others)):
        for rest in combinations(others, size):
            yield frozenset((first, *rest))


def all_sums(pairs):
    """Every value that a sum of products of fixed float64 numbers can have, by any tree, any products fused."""
    values = {frozenset([index]): {x * y} for index, (x, y) in enumerate(pairs)}
    for size in range(2, len(pairs) + 1):
        for subset in combinations(range(len(pairs)), size):
            members = frozenset(subset)
            found = set()
            for part in parts(subset):
                for one, other in ((part, members - part), (members - part, part)):
                    found.update(a + b for a in values[one] for b in values[other])
                    if len(one) == 1:
                        x, y = pairs[next(iter(one))]
                        found.update(exact_fma(x, y, b) for b in values[other])
            values[members] = found
    return values[frozenset(range(len(pairs)))]


def zero(form):
    return form.fixed and form.centre == 0


def exactly_scales(form):
    """Whether a product with this is never rounded: it is a power of two, or its negative."""
    return form.fixed and abs(math.frexp(form.centre)[0]) == 0.5


def exact_precision():
    """The context in which forms are computed: ``with exact_precision(): ...``."""
    return ctx.workprec(PRECISION)
