"""Affine forms: one computed number in every conforming evaluation at once.

The proof is in ``docs/certificates.md``; the labels (T1), (T2), ... there stand beside the lines here that they are about.

A `Form` stands for one computed number whatever the order of the sums, whichever of them are fused, and whatever a C library's
``pow`` gives within one ulp.  It holds

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
from functools import wraps

import numpy as np
from flint import arb, ctx, fmpq

PRECISION = 512  # bits of the exact values
SLACK = 1 + 2.0 ** -30  # more than the float64 roundings of any bound computed here, of at most MOST_SYMBOLS terms
MOST_SYMBOLS = 2 ** 22
U = 2.0 ** -53  # unit roundoff
SMALLEST = 2.0 ** -1074


class Undecided(Exception):
    """The enclosure does not decide what the listing asks; there is no certificate beyond this point."""


def ulp(x):
    """The unit in the last place of the binade of ``x``, a power of two."""
    return math.ulp(x)


def half_ulp(x):
    """A bound on the rounding error of any number no larger than ``x``; float64 has no half of its smallest number."""
    return max(math.ulp(x) / 2, SMALLEST)


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
        """Each coefficient times a factor, rounded; one that gets too small is lost (see `lost`)."""
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


def lost(roundings, *terms):
    """(T5) A bound on all that a sum of noises loses, where each coefficient was rounded so many times."""
    return 2 * roundings * U * sum(term.radius for term in terms) + SMALLEST * roundings * sum(len(term.coefficients) for term in terms)


def as_ball(x):
    """A Python number as a ball that holds it exactly."""
    if isinstance(x, Fraction):
        return arb(fmpq(x.numerator, x.denominator))
    return arb(x)


def magnitude(ball):
    """An upper bound on the absolute value of a ball, as float64."""
    return float(ball.abs_upper()) * SLACK


def by_element(method):
    """Leave an operation with an array to the array, which asks for each of its elements."""
    @wraps(method)
    def operation(self, other):
        return NotImplemented if isinstance(other, np.ndarray) else method(self, other)
    return operation


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
                with exact_precision():  # the same bounds, whoever asks first
                    enclosure = self.enclosure
                    ends = float(enclosure.lower()), float(enclosure.upper())
                self._bounds = math.nextafter(ends[0], -math.inf), math.nextafter(ends[1], math.inf)
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
        return ulp(min(abs(low), abs(high))) if low > 0 or high < 0 else SMALLEST

    def __repr__(self):
        low, high = self.bounds
        return f'<Form {self.exact.str(20, radius=False)} in [{low!r}, {high!r}]>'

    # elementwise operations, each rounded once

    @by_element
    def __add__(self, other):
        return self.model.add(self, self.model.form(other))

    __radd__ = __add__

    @by_element
    def __sub__(self, other):
        return self.model.add(self, -self.model.form(other))

    def __rsub__(self, other):
        return self.model.add(self.model.form(other), -self)

    @by_element
    def __mul__(self, other):
        return self.model.multiply(self, self.model.form(other))

    __rmul__ = __mul__

    @by_element
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


def zero(form):
    return form.fixed and form.centre == 0


def exactly_scales(form, other):
    """Whether a product is never rounded: the first is a power of two or its negative, and no bit of the second gets too small."""
    return form.fixed and abs(math.frexp(form.centre)[0]) == 0.5 and form.centre * other.grid != 0


def exact_product(x, y):
    """Whether the product of two forms that are not zero is a float64 number in each evaluation."""
    return exactly_scales(x, y) or exactly_scales(y, x)


def exact_precision():
    """The context in which forms are computed: ``with exact_precision(): ...``."""
    return ctx.workprec(PRECISION)
