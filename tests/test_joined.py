"""Windows joined over the cells of their phases, against paths that are looked for one cell at a time."""

from types import SimpleNamespace

import numpy as np
import pytest

from streetlight.certify.joined import Joined
from streetlight.certify.phases import CELLS

RESULTS = 2


def drawn_window(draw, width, passes):
    """Any numbers: what a window is made of is tested elsewhere."""
    spacing = draw.choice([0.0, 0.25, 1.0, 2.0], width)
    window = SimpleNamespace(
        spacing=spacing,
        centre=draw.normal(size=(passes, width)),
        up=draw.uniform(0, 3, (width, CELLS)),
        down=draw.uniform(0, 3, (width, CELLS)),
        partial=draw.uniform(0, 0.5, width),
        allowed=draw.random((width, CELLS)) < 0.3,
        drift=draw.integers(-1, 4, width),
    )
    window.allowed[:, :2] = True
    return window, draw.normal(size=(passes, RESULTS, width))


def longest(run, k, d, sign):
    """The most that errors of one number add to one result, over all ways through the cells of some windows, the last first."""
    best = [0.0] * CELLS
    for window, weights in run:
        own = weights[:, k, d].tolist()
        table = window.up if (own[-1] >= 0) == (sign > 0) else window.down
        bend = sum(abs(b - a) for a, b in zip(own, own[1:])) * window.partial[d]
        most = sum(abs(w) * (window.spacing[d] / 2 + abs(c)) for w, c in zip(own, window.centre[:, d].tolist()))
        reach = int(window.drift[d]) if window.drift[d] >= 0 else CELLS
        found = []
        for cell in range(CELLS):
            near = max(best[(cell + step) % CELLS] for step in range(-reach, reach + 1))
            added = min(abs(own[-1]) * table[d, cell] + bend, most) if window.spacing[d] else 0.0
            found.append(added + near if window.allowed[d, cell] else -np.inf)
        best = found
    return max(best)


@pytest.mark.parametrize('widths', [(1,), (3, 3, 3), (3, 3, 2, 2), (2, 1, 2)], ids=str)
def test_what_windows_can_add_is_the_longest_path_through_their_cells(widths):
    draw = np.random.default_rng(len(widths))
    windows = [drawn_window(draw, width, draw.integers(1, 5)) for width in widths]
    joined = Joined(RESULTS)
    for window, weights in windows:
        joined.through(window, weights)
    low, high, own = joined.ends()
    runs = []  # where the numbers on a grid are others, any phase may follow any
    for pair in windows:
        if runs and len(runs[-1][0][0].spacing) == len(pair[0].spacing):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    for k in range(RESULTS):
        known = sum(float((weights[:, k] * window.centre).sum()) for window, weights in windows)
        counted = sum(float((np.abs(weights[:, k]) * window.spacing / 2).sum()) for window, weights in windows)
        above, below = (sum(longest(run, k, d, sign) for run in runs for d in range(len(run[0][0].spacing))) for sign in (1, -1))
        assert own[k] == pytest.approx(counted, rel=1e-14)
        cushion = counted * 2.0**-30
        assert [high[k], -low[k]] == pytest.approx([known + above + cushion, below - known + cushion], rel=1e-13)
        assert high[k] > known + above and low[k] < known - below


def test_no_windows_add_nothing():
    assert [each.tolist() for each in Joined(RESULTS).ends()] == [[0.0] * RESULTS] * 3
