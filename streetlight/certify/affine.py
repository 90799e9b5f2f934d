"""Run a listing on affine forms, and enclose every float64 evaluation of it.

The proof is in ``docs/certificates.md``; the labels (T1), (T2), ... there stand beside the lines here that they are about.
"""

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
from flint import arb

from streetlight.certify.accumulation import exact_fma
from streetlight.certify.forms import (
    MOST_SYMBOLS,
    SLACK,
    Form,
    Noise,
    Undecided,
    as_ball,
    combined,
    exact_product,
    half_ulp,
    lost,
    magnitude,
    ulp,
    zero,
)


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
        if self.symbols >= MOST_SYMBOLS:
            raise Undecided(f'more than {MOST_SYMBOLS} roundings')
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
        slack = lost(1, *(term.noise for term in (x, y) if not term.fixed)) + float(centre.rad())
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
        if not exact_product(x, y):
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
        # (T5) three roundings: of the other's centre, of the product with it, of the sum
        return centre, noise, quadratic + lost(3, *terms) + float(centre.rad())

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
            return Form(self, exact, x.centre / n, None, x.either_zero)  # (T1)
        centre = x.centre / n
        noise = x.noise.scaled(1 / n)
        errors = lost(2, noise) + float(centre.rad())  # (T5) of 1 / n, and of the product with it
        if abs(math.frexp(n)[0]) != 0.5 or x.grid / abs(n) == 0:  # (T2) but by a power of two
            errors += self.rounding(half_ulp(magnitude(centre) + noise.radius + errors))
        return self.fresh(exact, centre, [noise], errors)

    def power(self, x, n):
        """The C library's ``pow``: the square where it is a float64 number, else one of the two around it."""
        if n != 2:
            raise Undecided(f'no model of the power {n}')
        exact = x.exact * x.exact
        if x.fixed:
            self.checked(Form(self, exact, x.centre * x.centre))
            square = Fraction(x.centre) ** 2
            nearest = float(square)
            if nearest == square:  # (T6)
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
        roundings = [0.0 if exact_product(x, y) else self.rounding(half_ulp(self.reach([product])), 'products')
                     for (x, y), product in zip(pairs, products)]
        grids = [x.grid * y.grid for x, y in pairs]  # of the exact product, and of the rounded one; 0, none, where it is too small
        rounded = self.worst_roundings(products, roundings, grids)
        centre = sum((centre for centre, _, _ in products), arb(0))
        noise = combined([noise for _, noise, _ in products])
        slack = lost(len(products), *(noise for _, noise, _ in products)) + float(centre.rad())  # (T5)
        return self.fresh(exact, centre, [noise], sum(errors) + rounded + slack)

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
