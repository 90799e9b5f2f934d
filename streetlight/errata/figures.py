"""What a book's texts print, figure by figure, and what each should be.

``figures.csv`` (`streetlight.book.Figure`) has a row for each: the text and its line, the section, the listing and
step it belongs to, the name of the value there, the form in which it is printed, and the exact characters (a line
break where the text breaks).  Where
the text is wrong, ``verdict`` says so and ``right`` holds the characters that should stand there.

Forms: ``str`` and ``repr`` as a program prints, ``input`` numbers given to a program, ``signs`` a row of a pressure
table, ``equation`` products printed with their result, ``shape`` rows by columns,
``element`` one number of an array that a program prints, ``unmatched`` a figure that follows from nothing the text prints.
"""

import re
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from streetlight.record.eras import printing

NUMBER = re.compile(r'[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?')


def value_of(figure, trace):
    """The value in ``trace`` (a run of the figure's listing) that the figure prints.

    Raises
    ------
    LookupError
        If the trace has no such step.
    """
    name, index, transposed = re.fullmatch(r'(\w+)(?:\[([\d,]+)\])?(\.T)?', figure.name).groups()
    value = value_at(figure, name, trace)
    if figure.form == 'element':  # how it is printed, the whole array decides
        return Element(value, tuple(map(int, index.split(','))))
    value = value if index is None else value[int(index)]
    return value.T if transposed else value


class Element(NamedTuple):
    """One number of an array that is printed."""

    array: np.ndarray
    index: tuple

    def printed(self, era):
        """The characters that stand for it where the array is printed in an era."""
        with printing(era):
            numbers = str(self.array).replace('[', ' ').replace(']', ' ').split()
        return numbers[np.ravel_multi_index(self.index, self.array.shape)]


def value_at(figure, name, trace):
    """The whole value of a name at a figure's step."""
    for step in trace.steps:
        if step.name == name and ' '.join('%s=%s' % place for place in step.where) == figure.step:
            return step.value
    raise LookupError("no step '%s' in the trace" % figure.address)


def agrees(figure, printed, value, era):
    """Whether ``printed`` is what the figure's form makes of ``value``, to the last character but white space.

    Parameters
    ----------
    figure : streetlight.book.Figure
    printed : str
        The characters to judge: those of the text, or the right ones.
    value : ndarray or scalar
        What the listing has at the figure's step.
    era : str
        How NumPy printed when the text was made.
    """
    return FORMS[figure.form](printed, value, era)


def _squeeze(text):
    """Texts lose the spaces that align an array's columns; brackets and commas delimit as well."""
    return re.sub(r'\s*([\[\],])\s*', r'\1', ' '.join(text.split()))


def _written(write):
    def form(printed, value, era):
        with printing(era):
            return _squeeze(printed) == _squeeze(write(value))

    return form


def _input(printed, value, era):
    numbers = NUMBER.findall(printed.replace('–', '-'))
    return [float(number) for number in numbers] == np.ravel(value).tolist()


def _signs(printed, value, era):
    signs = {'+': 1, '-': -1, '_': -1, '0': 0}
    return [signs[sign] for sign in printed.split()] == np.ravel(value).tolist()


def _equation(printed, value, era):
    """Evaluated exactly, as decimals; the listing's float64 product is the nearest to it."""
    left, right = printed.split('=')
    product = Fraction(1)
    for factor in left.split('*'):
        product *= Fraction(factor.strip())
    return product == Fraction(right.strip()) and float(product) == value


def _shape(printed, value, era):
    return printed == 'x'.join(str(size) for size in value.shape)


FORMS = {
    'element': lambda printed, element, era: printed == element.printed(era),
    'str': _written(str),
    'repr': _written(repr),
    'input': _input,
    'signs': _signs,
    'equation': _equation,
    'shape': _shape,
}
