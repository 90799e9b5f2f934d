"""Compute another environment's ``exp``, ``log``, …: by this machine's own NumPy or C library, or by a formula."""

import math

import numpy as np

from streetlight.judge.exponentials import FORMULAS
from streetlight.record.functions import functions, named, probes, ulps


class NotComputable(Exception):
    """No library of this machine gives the bits of a function's class; the message names it."""


def computed(classes):
    """Functions with the bits of some classes.

    Parameters
    ----------
    classes : dict of str to str
        As `streetlight.record.functions.functions` tells them.

    Returns
    -------
    dict of str to callable
        On arrays.  One that nothing here computes raises `NotComputable` when it is called.
    """
    return {name: function for name, (function, _) in sources(classes).items()}


def refusal(name, wanted):
    """Why nothing here computes a function with the bits of a class; empty where something does."""
    try:
        computed({name: wanted})[name](np.ones(1))
    except NotComputable as error:
        return str(error)
    return ''


def sources(classes):
    """The same, each with what computes it: a dict of str to a pair of a callable and a few words."""
    own, found = functions(), {}
    for name, wanted in classes.items():
        wanted = wanted.partition('; of scalars')[0]  # programs apply them to arrays
        if own[name].partition('; of scalars')[0] == wanted:
            found[name] = getattr(np, name), "this machine's NumPy"
        elif library_class(name) == wanted:
            found[name] = _of_arrays(name), "this machine's C library"
        elif name == 'exp' and wanted in FORMULAS:
            found[name] = FORMULAS[wanted], 'its published formula'
        else:
            found[name] = _refusing(name, wanted), 'nothing here'
    return found


def _refusing(name, wanted):
    def refuse(*_):
        raise NotComputable(f'nothing here computes {name} as "{wanted}" does')

    return refuse


def library_class(name):
    """The class of the C library's own function."""
    x, nearest = probes()[name]
    return named(name, ulps(np.array([getattr(math, name)(number) for number in x.tolist()]), nearest))


def _of_arrays(name):
    own, numpys = getattr(math, name), getattr(np, name)

    def one(number):
        try:
            return own(number)
        except (OverflowError, ValueError):  # Python raises where C gives an infinity or a nan
            return float(numpys(number))

    def function(x):
        x = np.asarray(x, float)
        return np.array([one(number) for number in x.ravel().tolist()]).reshape(x.shape)[()]

    return function
