"""Plots as SVG that takes its colours from the page."""

import io
import re

import matplotlib

matplotlib.use('svg')
import matplotlib.pyplot as plt

INK, ACCENT, SECOND = '#111213', '#111214', '#111215'  # stand for the page's colours, which are light or dark


def svg(figure, name):
    """A figure's SVG, with the page's own colours; the ids in it are told from other figures' by its name."""
    out = io.StringIO()
    with plt.rc_context({'svg.fonttype': 'none', 'svg.hashsalt': f'streetlight-{name}'}):
        figure.savefig(out, format='svg', transparent=True, metadata={'Date': None, 'Creator': None})
    plt.close(figure)
    text = out.getvalue()
    text = text[text.index('<svg') :]
    for colour, own in ((INK, 'currentColor'), (ACCENT, 'var(--accent)'), (SECOND, 'var(--open)')):
        text = text.replace(colour, own)
    return re.sub(r'( id="|href="#|url\(#)', rf'\g<1>{name}-', text)


def axes(width=7.2, height=2.8):
    with plt.rc_context({'font.family': 'sans-serif', 'font.size': 10}):
        figure, area = plt.subplots(figsize=(width, height), layout='constrained')
    for spine in area.spines.values():
        spine.set_color(INK)
    for side in ('top', 'right'):
        area.spines[side].set_visible(False)
    area.tick_params(colors=INK)
    return figure, area


def labelled(area, x, y):
    area.set_xlabel(x, color=INK)
    area.set_ylabel(y, color=INK)
