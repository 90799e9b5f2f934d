"""This book's own panels of the page: how a last bit grows, other seeds, benchmarks, the network of chapter 7."""

from collections import Counter
from typing import NamedTuple

import numpy as np
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from streetlight.certify.accumulation import EmulatedArithmetic
from streetlight.judge.divergence import first_operation
from streetlight.judge.pinned import pinned
from streetlight.judge.verdict import first_divergence, ulps_between
from streetlight.record.trace import trace_of
from streetlight.report.gather import SnapshotError, loaded

from .benchmarks import ratios
from .vectorized.sweep import random_weights, train

GROWING = 'all-together'
SEEDS = 1000  # are looked for: those from 0 on


class Panel(NamedTuple):
    """A part of the page: where a link leads, what it is called, and its HTML."""

    id: str
    title: str
    html: Markup


def panels(book, benchmarks=None):
    """The panels, in their order.

    Parameters
    ----------
    book : streetlight.book.Book
    benchmarks : Path, optional
        A file of benchmarks, instead of the pinned one.

    Returns
    -------
    list of Panel

    Raises
    ------
    streetlight.report.gather.SnapshotError
    """
    from . import plots  # matplotlib is slow to load, and only this needs it

    folder = pinned(book).folder
    timed = benchmark_data(benchmarks or folder / 'benchmarks.json')
    sweep, trained, grown = loaded(folder / 'sweep.json'), network(book), growth(book)
    environment = Environment(loader=FileSystemLoader(book.folder), autoescape=select_autoescape(), trim_blocks=True)
    html = environment.get_template('panels.html').render(
        growth=grown,
        growth_plot=Markup(plots.growth(grown['points'], grown['classes'])),
        sweep=sweep,
        seeds_plot=Markup(plots.seeds(sweep)),
        benchmarks=timed,
        network=trained,
        network_plot=Markup(plots.network(trained)),
    )
    parts = ['<h2' + part for part in html.split('<h2')[1:]]
    titles = {'growth': 'how a bit grows', 'seeds': 'seeds', 'benchmarks': 'benchmarks', 'network': 'network'}
    return [Panel(id, title, Markup(part)) for (id, title), part in zip(titles.items(), parts, strict=True)]


def benchmark_data(path):
    """A run's benchmarks as ratios, and its machine."""
    data = loaded(path)
    try:
        return {'machine': data['machine'], 'date': data['date'], 'groups': ratios(data['benchmarks'])}
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
        raise SnapshotError(f"'{path}' is no file of benchmarks; `tox -e bench -- --benchmark-json FILE` writes one") from None


def growth(book):
    """How far the two classes of most environments are apart, iteration by iteration, in ulps, and where they part."""
    known = pinned(book)
    listing = book.listing(GROWING)
    count = Counter(each['classes'].get(GROWING) for each in known.atlas['environments'].values())
    classes = [name for name, _ in count.most_common(2)]
    models = [known.model_of(GROWING, name) for name in classes]
    traces = [trace_of(listing, EmulatedArithmetic(*model)).steps for model in models]
    points = [ulps_between(float(one.value), float(other.value)) for one, other in zip(*traces, strict=True) if one.name == 'layer_2_error']
    return {
        'listing': GROWING,
        'classes': classes,
        'points': points,
        'first': str(first_divergence(GROWING, *traces)),
        'operation': first_operation(listing, *((*model, {}) for model in models)),
    }


def network(book):
    """The trained network of chapter 7: its weights, and each light with its layers, as lists of numbers."""
    known = pinned(book)
    count = Counter(each['classes'].get('network-predicts') for each in known.atlas['environments'].values())
    values = known.values('network-predicts', count.most_common(1)[0][0])

    def matrix(name, rows, columns):
        return [[float(values[f'{name}[{row * columns + column}]']) for column in range(columns)] for row in range(rows)]

    def vector(row, name, size):
        return [float(values[f'row={row} {name}[{index}]']) for index in range(size)]

    lights = [{name: vector(row, name, size) for name, size in (('l_0', 3), ('l_1', 4), ('l_2', 1))} for row in range(4)]
    return {'W_0': matrix('W_0', 3, 4), 'W_1': matrix('W_1', 4, 1), 'lights': lights}


def other_seeds():
    """The six errors that ``all-together`` prints for each seed, and the first three random weights of any network."""
    every = np.arange(SEEDS)
    errors, weights = train(every).errors[9::10].T, random_weights(every)[0][0, :3].T
    return {name: [[float(f'{value:.12g}') for value in row] for row in rows] for name, rows in (('errors', errors), ('weights', weights))}
