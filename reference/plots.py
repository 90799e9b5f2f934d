"""This book's plots for the page."""

import math

import matplotlib.pyplot as plt

from streetlight.report.plots import ACCENT, INK, SECOND, axes, labelled, svg


def growth(points, classes):
    """How far two classes are apart, in ulps, over the iterations."""
    figure, area = axes()
    area.plot(range(1, len(points) + 1), points, color=ACCENT, marker='.', linewidth=1)
    area.set_yscale('symlog', linthresh=1)
    labelled(area, 'iteration', f'ulps from {classes[0]} to {classes[1]}')
    return svg(figure, 'growth')


def seeds(sweep):
    """The last errors of all seeds, and seed 1 among them."""
    histogram = sweep['histogram']
    edges, counts = histogram['log10_bins'], histogram['counts']
    figure, area = axes()
    inner = counts[1:-1]  # the first counts what lies below all bins, the last what lies above
    area.bar(edges[: len(inner)], inner, width=edges[1] - edges[0], align='edge', color=ACCENT)
    seed = math.log10(sweep['seed_1']['error'])
    area.axvline(seed, color=SECOND, linewidth=2)
    area.annotate('seed 1', (seed, max(inner) * 0.9), color=SECOND, xytext=(6, 0), textcoords='offset points')
    labelled(area, 'log10 of the last error', 'seeds')
    return svg(figure, 'seeds')


def network(data):
    """The network as the chapter draws it, a strip for each vector and a box for each matrix, with the first light's numbers."""
    light = data['lights'][0]
    shown = (('l_0', [light['l_0']]), ('W_0', data['W_0']), ('l_1', [light['l_1']]), ('W_1', data['W_1']), ('l_2', [light['l_2']]))
    figure, areas = plt.subplots(1, 5, figsize=(9.6, 2.0), layout='constrained', gridspec_kw={'width_ratios': [3, 4, 4, 1.2, 1.2]})
    for area, (name, matrix) in zip(areas, shown):
        area.set_title(name, color=INK, fontsize=11)
        area.set(xlim=(0, len(matrix[0])), ylim=(len(matrix), 0), aspect='equal')
        area.axis('off')
        for row, numbers in enumerate(matrix):
            for column, number in enumerate(numbers):
                area.add_patch(plt.Rectangle((column, row), 1, 1, facecolor=ACCENT, alpha=min(abs(number), 1) * 0.35, edgecolor='none'))
                area.add_patch(plt.Rectangle((column, row), 1, 1, fill=False, edgecolor=INK, linewidth=0.8))
                area.text(column + 0.5, row + 0.5, f'{number:.2f}', ha='center', va='center', fontsize=7, color=INK)
    return svg(figure, 'network')
