"""Sections 6.3 and 6.4: the streetlights as matrices."""

from __future__ import print_function

import numpy as np

from . import streetlights as data


def encode(notes, walk=1):
    """A column of 0 and 1 from a list of ``'walk'`` and ``'stop'``."""
    return [[walk if note == 'walk' else 1 - walk] for note in notes]


def decode(column, walk=1):
    """The list of ``'walk'`` and ``'stop'`` that `encode` was given."""
    return ['walk' if row[0] == walk else 'stop' for row in column]


def streetlight_matrices():
    """The input and output matrices, the dimmer lights and their multiples, and the lossless coding."""
    streetlights = np.array(data.STREETLIGHTS)
    print(repr(streetlights))
    walk_vs_stop = np.array([[walked] for walked in data.WALK_VS_STOP])
    print(repr(walk_vs_stop))

    dimmer = np.array(data.DIMMER)
    print(repr(dimmer))
    times_10 = dimmer * 10
    print(repr(times_10))
    times_20 = dimmer * 20
    print(repr(times_20))
    print('A * 10 == B: ' + str((times_10 == np.array(data.DIMMER_TIMES_10)).all()))

    notes = ['walk' if walked else 'stop' for walked in data.WALK_VS_STOP]
    for walk in (1, 0):
        coded = np.array(encode(notes, walk))
        lossless = decode(coded, walk) == notes
        print('walk is ' + str(walk) + ': ' + ' '.join(decode(coded, walk)) + ', lossless: ' + str(lossless))


if __name__ == '__main__':
    streetlight_matrices()
