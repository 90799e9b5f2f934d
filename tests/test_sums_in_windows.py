"""The windows of Theorem 3 against evaluations of its recursion, whose noise is chosen so that sums of errors grow most."""

from fractions import Fraction

import numpy as np
import pytest

from streetlight.certify.ellipsoids import Ellipsoid, moved
from streetlight.certify.grid import Grid
from streetlight.certify.joined import Joined
from streetlight.certify.phases import CELLS
from streetlight.certify.windows import COARSE, SPEEDS, window_of

G = 2.0**-10
LENGTH, WIDTH = 24, 3
SPACING = np.array([G, 2 * G, 0.0])
UNIT = np.where(SPACING > 0, SPACING, 1.0)


class Training:
    """Two windows of passes ``D' = D - A D - m + r + noise``, with the rounding errors r of two numbers on a grid."""

    def __init__(self, seed, gain, noise, box):
        draw = self.draw = np.random.default_rng(seed)
        passes = 2 * LENGTH
        self.gains = gain * (draw.normal(size=(WIDTH, WIDTH)) + 0.05 * draw.normal(size=(passes, 1, 1)))
        self.noise = noise * UNIT * draw.uniform(0.5, 1, (passes, WIDTH))
        self.shift = UNIT * (draw.uniform(-1, 1, WIDTH) + gain * draw.normal(size=(passes, WIDTH)))
        self.shift[:, 2] *= G
        self.noise[:, 2] *= G
        self.form = Ellipsoid.around(box * UNIT * [1, 1, G])
        self.box = box * UNIT * [1, 1, G]
        self.start = np.zeros(WIDTH)

    def windows(self):
        """Each with the centre and form of its start, and those of its end."""
        centre, form, found = self.start, self.form, []
        for first in (0, LENGTH):
            here = slice(first, first + LENGTH)
            after = self.gains[LENGTH] if first == 0 else None
            reach, slopes = self.noise[here] + SPACING / 2, np.eye(WIDTH) - self.gains[here]
            before = centre
            window, form, centre, _ = window_of(first, slopes, self.gains[here], after, reach, self.shift[here], SPACING, form, centre)
            found.append((window, before, form, centre))
        Grid._join(found[0][0], found[1][0])
        return found

    def evaluation(self, wanted):
        """Differences at each pass and the errors: of noise at its ends or on the way the one whose error is most wanted."""
        difference = self.start + self.box * self.draw.choice([-1, 1, self.draw.uniform(-1, 1)], WIDTH)
        differences, errors = [difference], []
        for gain, shift, noise in zip(self.gains, self.shift, self.noise):
            step = gain @ difference + shift
            tie = (np.rint(-step / UNIT - 0.5) + 0.5) * UNIT + step  # brings the number to a half
            tried = [-noise, noise, 0 * noise, noise * self.draw.uniform(-1, 1, WIDTH)]
            tried += [np.clip(tie + side * G * 1e-6, -noise, noise) for side in (-1, 1)]
            made = [np.where(SPACING > 0, SPACING * (np.rint((each - step) / UNIT) - (each - step) / UNIT), 0.0) for each in tried]
            best = np.argmax([each * wanted for each in made], axis=0) if wanted else self.draw.integers(len(made), size=WIDTH)
            error, own = (np.array(each)[best, np.arange(WIDTH)] for each in (made, tried))
            difference = difference - step + error + own
            differences.append(difference)
            errors.append(error)
        return np.array(differences), np.array(errors)


def phase(gain, difference):
    return np.where(SPACING > 0, -(gain @ difference) / UNIT, 0.0)


@pytest.mark.one_in(3)
@pytest.mark.parametrize('gain', [1e-7, 0.002, 0.02])
@pytest.mark.parametrize('noise', [0.001, 0.05, 0.3])
@pytest.mark.parametrize('box', [0.0, 0.6, 20.0])
def test_no_evaluation_leaves_its_windows(gain, noise, box):
    training = Training(1, gain, noise, box)
    windows = training.windows()
    weights = np.cumsum(training.draw.normal(size=(2 * LENGTH, 1, WIDTH)) * [[0.05, 0.3, 0.1]], axis=0) + [1.0, -0.5, 0.2]
    joined = Joined(1)
    for window, *_ in reversed(windows):
        joined.through(window, weights[window.start : window.stop])
    (least,), (most,), (free,) = joined.ends()
    assert free == pytest.approx((np.abs(weights[:, 0]) @ SPACING).sum() / 2)
    for wanted in (1, -1, 0, 0, 1, -1):
        differences, errors = training.evaluation(wanted)
        room, middles = 1e-12, []
        total = (weights[:, 0] * errors).sum()
        assert least - room <= total <= most + room
        for window, before, form, centre in windows:
            here = slice(window.start, window.stop)
            half = (window.stop - window.start) // 2
            gains, away = training.gains[here], differences[window.start] - before
            sums = np.cumsum(errors[here] - window.centre, axis=0)
            assert (np.abs(sums) <= window.partial + room).all()
            carried = away
            for each in gains[:half]:
                carried = carried - each @ carried
            middle = phase(gains[half], carried)
            middles.append(middle)
            cells = np.rint(middle * CELLS).astype(int) % CELLS
            for i in np.flatnonzero(SPACING):
                assert -window.down[i, cells[i]] - room <= sums[-1, i] <= window.up[i, cells[i]] + room
                assert window.allowed[i, cells[i]]
            assert (np.abs(middle - phase(gains[0], away)) <= window.enters + 1e-9).all()
            end = differences[window.stop] - centre
            assert (np.abs(end) <= form.box + room).all()
            if window.start == 0:
                leaving = phase(training.gains[window.stop], end)
                assert (np.abs(leaving - middle) <= window.leaves + 1e-9).all()
        drift, (first, second) = windows[0][0].drift, middles
        assert ((drift < 0) | (np.abs(second - first) * CELLS <= drift))[:2].all()
    assert gain > 1e-7 or (windows[0][0].drift == [1, 1, -1]).all()
    assert (windows[1][0].drift == -1).all()


@pytest.mark.parametrize('gain', [0.002, 0.05])
def test_a_window_carries_its_form_through_all_its_passes(gain):
    training = Training(3, gain, 1e-6, 50.0)
    form = training.form
    for window, _, after, _ in training.windows():
        through = np.eye(WIDTH)
        for each in training.gains[window.start : window.stop]:
            through = through - each @ through
        for c in training.draw.normal(size=(200, WIDTH)):
            assert c @ through @ form.shape @ through.T @ c <= c @ after.shape @ c * (1 + 1e-9)
        form = after


@pytest.mark.parametrize('noise', [0.02, 0.2, 0.45])
def test_where_phases_stand_still_sums_are_hardly_less_than_their_bounds(noise):
    training = Training(2, 1e-9, noise, 0.0)
    training.noise[:] = noise * SPACING
    training.shift[:, :2] = SPACING[:2] * [0.2, -0.1]
    training.shift[::3, :2] = SPACING[:2] / 2  # at a tie
    (window, *_), _ = training.windows()
    errors = {wanted: training.evaluation(wanted)[1][:LENGTH] - window.centre for wanted in (1, -1)}
    partial = np.max([np.abs(np.cumsum(each, axis=0)).max(axis=0) for each in errors.values()], axis=0)
    for i in np.flatnonzero(SPACING):
        least, most = (errors[wanted][:, i].sum() for wanted in (-1, 1))
        room = LENGTH * SPACING[i] * 1.5 / CELLS  # a cell is looked at as a whole
        assert window.up[i, 0] <= most + room and window.down[i, 0] <= -least + room
        assert window.partial[i] <= partial[i] + LENGTH * SPACING[i] * 1.5 / COARSE
    assert window.partial[2] == 0


@pytest.mark.parametrize('last', [False, True])
@pytest.mark.parametrize('gain, noise, box', [(1e-7, 0.05, 0.1), (1e-7, 0.02, 1e6), (0.002, 0.05, 0.2), (0.02, 1e-4, 0.03)])
def test_a_window_is_that_of_theorem_3_computed_pass_by_pass(gain, noise, box, last):
    training = Training(4, gain, noise, box)
    gains, shift, zeta, form = training.gains[:LENGTH], training.shift[:LENGTH], training.noise[:LENGTH], training.form
    after, start = None if last else training.gains[LENGTH], 0.1 * UNIT
    slopes = np.eye(WIDTH) - gains
    window, end, centre, rate = window_of(7, slopes, gains, after, zeta + SPACING / 2, shift, SPACING, form, start)
    assert (window.start, window.stop) == (7, 7 + LENGTH)

    def support(row):
        return np.sqrt(np.einsum('ij,jk,ik->i', row, form.shape, row)) / UNIT

    half, carried = LENGTH // 2, [np.eye(WIDTH)]
    for slope in slopes:
        carried.append(slope @ carried[-1])
    all_gains = [*gains, np.zeros((WIDTH, WIDTH)) if last else after]
    parts = [gain @ product - gains[half] @ carried[half] for gain, product in zip(all_gains, carried)]
    turn = (parts[LENGTH - 1] - parts[0]) / (LENGTH - 1)
    speed, bends = support(turn), np.array([support(part - (n - half) * turn) for n, part in enumerate(parts)])
    on_grid = SPACING > 0
    assert window.enters[on_grid] == pytest.approx((bends[0] + half * speed)[on_grid], rel=1e-6, abs=1e-12)
    # what sums and noise become on the way: the largest gain, entry by entry
    largest = np.abs(all_gains[:-1] if last else all_gains).max(axis=0)
    growth = np.linalg.matrix_power(np.eye(WIDTH) + largest, LENGTH)
    gathered = window.partial + zeta.sum(axis=0)
    if last:
        assert window.leaves.tolist() == [1] * WIDTH and rate is None
    else:
        leaves = bends[LENGTH] + (largest @ growth @ gathered) / UNIT + (LENGTH - half) * speed
        assert window.leaves[on_grid] == pytest.approx(leaves[on_grid], rel=1e-6)
        assert rate == pytest.approx(np.median((bends[LENGTH] / (LENGTH - half) + speed / SPEEDS)[on_grid]) / 2, rel=1e-6)
    expected = moved(carried[LENGTH], growth @ gathered, form)
    assert end.shape == pytest.approx(expected.shape, rel=1e-6) and end.box == pytest.approx(expected.box, rel=1e-6)
    # the centre, each error the mean of those of phases within reach, and where the phase in the middle may be
    reach = np.where(on_grid, support(gains[half] @ carried[half]), 1.0)
    x, phases = start, []
    for each, moved_by, error in zip(gains, shift, window.centre):
        step = each @ x + moved_by
        phases.append(-step / UNIT)
        near = np.linspace(-1, 1, 20001)[:, None] * np.clip(reach, 1e-3, 0.5) + phases[-1]
        assert error == pytest.approx(np.where(on_grid, (np.rint(near) - near).mean(axis=0) * SPACING, 0.0), abs=2e-4 * G)
        x = x - step + error
    assert centre == pytest.approx(x, rel=1e-9)
    apart = np.minimum(np.arange(CELLS), CELLS - np.arange(CELLS)) / CELLS - 0.5 / CELLS
    assert (window.allowed == (apart <= reach[:, None]))[:, np.abs(apart - reach[:, None]).min(axis=0) > 1e-6].all()
    if gain == 1e-7:  # where sums hardly act on what follows, theirs are those of any such phases
        for i in np.flatnonzero(on_grid):
            for cell in range(0, CELLS, 9):
                for sign, table in ((1, window.up), (-1, window.down)):
                    most = -np.inf
                    for share in (np.arange(SPEEDS) + 0.5) * 2 / SPEEDS - 1:
                        total = 0.0
                        for n in range(LENGTH):
                            at = phases[n][i] + cell / CELLS + (n - half) * share * speed[i]
                            width = bends[n][i] + zeta[n][i] / UNIT[i] + 0.5 / CELLS + abs(n - half) * speed[i] / SPEEDS
                            total += SPACING[i] * largest_error(sign * at, width) - sign * window.centre[n, i]
                        most = max(most, total)
                    assert table[i, cell] == pytest.approx(most, abs=1e-4 * G)


def largest_error(t, reach):
    """The most that ``rint(t) - t`` is within a reach: at an end, or at a jump."""
    jump = np.floor(t + reach - 0.5) + 0.5
    return 0.5 if jump >= t - reach else np.rint(t - reach) - (t - reach)


@pytest.mark.parametrize('noise', [0.0, 1e-12])
def test_passes_without_a_window_move_the_centre_and_miss_only_what_is_rounded(noise):
    """Exact differences that begin at the centre, by rationals; noise at its ends."""
    draw = np.random.default_rng(6)
    slopes = np.eye(WIDTH) + 0.1 * draw.normal(size=(8, WIDTH, WIDTH))
    shift, reach = draw.normal(size=(8, WIDTH)), np.full((8, WIDTH), noise)
    grid = Grid.__new__(Grid)
    grid.centre, grid.form = draw.normal(size=WIDTH), Ellipsoid.around(np.zeros(WIDTH))
    ends = [[Fraction(x) for x in grid.centre.tolist()] for _ in range(3)]
    for slope, moved_by in zip(slopes, shift):
        grid._plain(slope[None], (np.eye(WIDTH) - slope)[None], reach[:1], moved_by[None])
        for sign, end in enumerate(ends):
            carried = [sum(Fraction(s) * x for s, x in zip(row, end)) for row in slope.tolist()]
            end[:] = [x - Fraction(m) + (sign - 1) * Fraction(noise) for x, m in zip(carried, moved_by.tolist())]
            away = [abs(x - Fraction(c)) for x, c in zip(end, grid.centre.tolist())]
            assert all(each <= Fraction(box) for each, box in zip(away, grid.form.box.tolist()))
    assert grid.form.box.max() < 400 * (noise + 1e-14)
