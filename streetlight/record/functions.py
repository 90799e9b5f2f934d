"""Which ``exp``, ``log``, ``tanh`` an environment has, told by their bits at a few inputs.

IEEE 754 does not say what ``exp`` gives, and NumPy does not compute it in one way: by version and processor it takes it from
SIMD code of its own, from Intel's SVML, or from the C library, which in turn chooses by the processor.  At the inputs of
``function_probes.csv`` these part: each row has an input and the float64 nearest to the exact value, and an environment is
known by how many ulps away from there its results are.  ``function_classes.csv`` names those that were seen.  A name says
what the class was measured on; any environment with the same bits at all inputs of a function gets it.

The inputs were chosen among 6,000 of each function: of every two classes that were seen, four at which they differ (or as
many as there are), and others at regular places.  ``musl`` was measured on its functions alone, without NumPy.

This module runs on Python 2.7 to the newest, with NumPy alone.
"""

import csv
import io
import os

import numpy as np

FUNCTIONS = ('exp', 'expm1', 'log', 'log1p', 'tanh', 'sin', 'cos')
FOLDER = os.path.dirname(os.path.abspath(__file__))


def functions():
    """The class of each function in this interpreter: a dict of str to str.

    A class that has no name is told as the distances of its results, in ulps.  Where scalars go another way than arrays,
    as in NumPy 1.20, both are told.
    """
    found = {}
    for name, (x, nearest) in probes().items():
        function = getattr(np, name)
        of_arrays = named(name, ulps(function(x), nearest))
        of_scalars = named(name, ulps(np.array([function(number) for number in x]), nearest))
        found[name] = of_arrays if of_scalars == of_arrays else '%s; of scalars %s' % (of_arrays, of_scalars)
    return found


def probes():
    """The inputs and the float64 nearest to the exact values: a dict of function to a pair of arrays."""
    rows = _rows('function_probes.csv')
    return dict(
        (name, tuple(np.array([float.fromhex(row[column]) for row in rows if row['function'] == name]) for column in ('x', 'nearest')))
        for name in FUNCTIONS
    )


def ulps(results, nearest):
    """How many float64 away from the nearest ones results are, as text: positive where they are farther from 0."""
    distances = np.asarray(results).view(np.int64) - nearest.view(np.int64)
    return ' '.join(str(distance) for distance in distances.tolist())


def classes(function):
    """The classes of a function that have names: a dict of distances to name."""
    return dict((row['ulps'], row['class']) for row in _rows('function_classes.csv') if row['function'] == function)


def named(function, distances):
    """The name of a class, or the distances themselves where nobody has named it."""
    return classes(function).get(distances, 'unnamed, ulps %s' % distances)


def _rows(name):
    with io.open(os.path.join(FOLDER, name), encoding='ascii', newline='') as file:
        return list(csv.DictReader(line if str is not bytes else line.encode('ascii') for line in file))
