"""Sections 6.3 and 6.4: the streetlights as matrices."""

from . import streetlights as data


def encode(notes, walk=1):
    """A column of 0 and 1 from a list of ``'walk'`` and ``'stop'``."""
    return [[walk if note == 'walk' else 1 - walk] for note in notes]


def decode(column, walk=1):
    """The list of ``'walk'`` and ``'stop'`` that `encode` was given."""
    return ['walk' if row[0] == walk else 'stop' for row in column]


def streetlight_matrices(arithmetic, trace):
    """The input and output matrices, the dimmer lights and their multiples, and the lossless coding."""
    streetlights = trace('streetlights', arithmetic.array(data.STREETLIGHTS))
    trace.echo(streetlights)
    walk_vs_stop = trace('walk_vs_stop', arithmetic.array([[walked] for walked in data.WALK_VS_STOP]))
    trace.echo(walk_vs_stop)

    dimmer = trace('dimmer', arithmetic.array(data.DIMMER))
    trace.echo(dimmer)
    times_10 = trace('times_10', dimmer * 10)
    trace.echo(times_10)
    times_20 = trace('times_20', dimmer * 20)
    trace.echo(times_20)
    trace.show('A * 10 == B: ', str((times_10 == arithmetic.array(data.DIMMER_TIMES_10)).all()))

    notes = ['walk' if walked else 'stop' for walked in data.WALK_VS_STOP]
    for walk in (1, 0):
        with trace.at('walk', walk):
            column = trace('coded', arithmetic.array(encode(notes, walk)))
            lossless = decode(column, walk) == notes
            trace.show('walk is ', str(walk), ': ', ' '.join(decode(column, walk)), ', lossless: ', str(lossless))
