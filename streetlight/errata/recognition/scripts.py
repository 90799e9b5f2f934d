"""All lines of a text against those that a listing prints."""

import math
from typing import NamedTuple

import numpy as np

from streetlight.errata.recognition.claims import AGREE, DEPART, SWAP
from streetlight.errata.recognition.diagonals import exchanged, stretches
from streetlight.errata.recognition.evidence import SURE, agreeing, distance, is_pow, near, passes, price, slip_bits, tells_itself

CANDIDATES = 150  # shifts that are weighed, those with most evidence first: more than a text prints one listing


class Lines:
    """The lines of a text as arrays: each a `Series`, their bits, and what groups them."""

    def __init__(self, rows, everything, family):
        self.sizes = np.array([len(row.numbers) for row in rows])
        starts = np.cumsum(self.sizes) - self.sizes
        ends = np.cumsum(self.sizes)
        self.of = [everything.part(slice(start, end)) for start, end in zip(starts.tolist(), ends.tolist())]
        self.bits = np.add.reduceat(family.bits(everything), starts)
        self.gap = np.array([row.after_gap for row in rows])
        self.block = [row.numbers[0].row[0] for row in rows]
        self.words = [tuple(line.value.tolist()) for line in self.of]
        self.by_size = {int(size): np.flatnonzero(self.sizes == size) for size in np.unique(self.sizes)}
        self.stacked = {
            size: [np.array([self.of[index][field] for index in mine]) for field in (1, 2, 3)] for size, mine in self.by_size.items()
        }

    def close(self, known):
        """Which lines may be a known one: a vector of bool."""
        found = np.zeros(len(self.of), bool)
        mine = self.by_size.get(len(known))
        if mine is not None:
            values, apart = (np.array(each) for each in zip(*((each.value, distance(each)) for each in known)))
            found[mine] = near(*self.stacked[len(known)], values, apart).all(axis=1)
        return found

    def told(self, indices):
        """The bits of some lines: a line that is repeated tells nothing."""
        return sum({self.words[index]: self.bits[index] for index in indices}.values())


class Way(NamedTuple):
    """Lines of a text from ``first`` on, each beside a place among a listing's, and what this choice costs.

    ``gap`` says before which the place is open, as lines are left out.
    """

    first: int
    places: np.ndarray
    gap: np.ndarray
    cost: float

    def place(self, line):
        """The place of a line; None where it has none."""
        at = line - self.first
        return int(self.places[at]) if 0 <= at < len(self.places) else None


class Stretch(NamedTuple):
    """Lines ``first`` to ``last`` of a way that are sure; ``pair`` are two of them in each other's place."""

    way: Way
    first: int
    last: int
    score: float
    pair: tuple


def follow(rows, everything, listings, family, claims):
    """Claim all lines of a text that are a listing's.

    Parameters
    ----------
    rows : list of streetlight.errata.recognition.rows.Row
    everything : streetlight.errata.recognition.rows.Series
        Of all their numbers.
    listings : dict of str to list of list of Known
        Of each listing the lines that it prints.
    family : streetlight.errata.recognition.evidence.Family
    claims : streetlight.errata.recognition.claims.Claims
    """
    lines = Lines(rows, everything, family)
    for known in listings.values():
        if claims.late:
            return
        reading = Reading(lines, known, family)
        ways = [*reading.diagonals(), *reading.blocks(math.log2(len(listings)))]
        found = [stretch for way in ways for stretch in reading.stretches(way)]
        for stretch in found + reading.after_gaps(found):
            reading.claim(stretch, claims)


class Reading:
    """The lines of a text beside those of one listing."""

    def __init__(self, lines, known, family):
        self.lines, self.known, self.family = lines, known, family
        self.values = [np.array([each.value for each in line]) for line in known]
        self.table = np.array([lines.close(line) for line in known]).T

    def diagonals(self):
        """All lines, one beside the next: the place is chosen among all that all listings print."""
        at, place = np.nonzero(self.table)
        shifts, which = np.unique(place - at, return_inverse=True)
        weight = np.bincount(which, self.lines.bits[at], len(shifts)) - self.family.choice
        best = np.argsort(-weight, kind='stable')[:CANDIDATES]
        for shift in shifts[best[weight[best] >= SURE]].tolist():
            yield self._diagonal(shift, 0, len(self.lines.of), self.family.choice)

    def _diagonal(self, shift, low, high, cost):
        low, high = max(low, -shift), min(high, len(self.known) - shift)
        return Way(low, np.arange(low, high) + shift, self.lines.gap[low:high], cost)

    def blocks(self, cost):
        """Blocks that are all that the listing prints, or all but lines left out once: chosen among the listings alone."""
        block, size = np.array(self.lines.block), len(self.known)
        starts = np.flatnonzero(np.diff(block, prepend=-1)).tolist()
        for start, end in zip(starts, [*starts[1:], len(block)]):
            gaps, count = np.flatnonzero(self.lines.gap[start:end]), end - start
            if count <= size and len(gaps) == (count < size):
                head = gaps[0] if len(gaps) else count
                yield Way(start, np.r_[:head, size - count + head : size], np.zeros(count, bool), cost)

    def after_gaps(self, sure):
        """What goes on behind lines left out: only the place is open, of those that follow.

        A stretch that ends there is sure, so the listing is known.
        """
        starts = [*np.flatnonzero(self.lines.gap).tolist(), len(self.lines.of)]
        found, ends = [], {stretch.last: stretch.way.place(stretch.last) - stretch.last for stretch in sure}
        for start, end in zip(starts, starts[1:]):
            shift = next((ends[at] for at in (start - 1, start - 2) if at in ends), None)
            if shift is None or any(start <= each.first < end for each in sure):
                continue
            later = range(shift + 1, len(self.known) - start)
            cost = math.log2(max(len(later), 1))
            options = [each for other in later for each in self.stretches(self._diagonal(other, start, end, cost))]
            if options:
                best = max(options, key=lambda each: each.score)
                found.append(best)
                ends[best.last] = best.way.place(best.last) - best.last
        return found

    def stretches(self, way):
        """The sure stretches of a way."""
        lines = np.arange(way.first, way.first + len(way.places))
        rough = self.table[lines, way.places]
        if self.lines.told(lines[rough].tolist()) - way.cost < SURE:
            return []
        same = np.array([self.fits(line, place) for line, place in zip(lines.tolist(), way.places.tolist())])
        pair = exchanged(same, lambda one, other: self.fits(way.first + one, way.places[other]), way.gap)
        slipped = [at for at in np.flatnonzero(~same) if self._slips(lines[at], way.places[at])]
        found = []
        for first, last in stretches(same, pair, slipped, way.gap):
            inside = range(first, last + 1)
            score = self.lines.told([lines[at] for at in inside if same[at]]) - way.cost
            score -= sum(self._price(lines[at], way.places[at]) for at in inside if not same[at] and at not in pair)
            if score >= SURE:
                found.append(Stretch(way, way.first + first, way.first + last, score, tuple(way.first + at for at in pair if at in inside)))
        return found

    def fits(self, line, place):
        """Whether a line may stand in a known one's place."""
        if not self.table[line, place]:
            return False
        return bool(agreeing(self.lines.of[line], self.known[place], self.values[place]).all())

    def _departing(self, line, place):
        """The one number of a line that departs from a known one, and its own; None where not just one does."""
        mine, known = self.lines.of[line], self.known[place]
        if len(mine.value) != len(known):
            return None
        pairs = zip(mine.printed, known)
        out = [(printed, each) for printed, each in pairs if not passes(printed, each)]
        return out[0] if len(out) == 1 else None

    def _slips(self, line, place):
        """Whether a slip of one number alone explains that a line departs."""
        out = self._departing(line, place)
        return out is not None and tells_itself(*out)

    def _price(self, line, place):
        """What a departing line costs: the price of its number, where it is one; else a choice."""
        out = self._departing(line, place)
        return self.family.choice if out is None else price(*out, self.family.choice)

    def claim(self, stretch, claims):
        """Claim the numbers of a stretch, and of a line more at either end."""
        edges = self._edges(stretch)
        for line in sorted([*range(stretch.first, stretch.last + 1), *edges]):
            place = stretch.way.place(line)
            mine, known = self.lines.of[line], self.known[place]
            if line in stretch.pair:
                both = self.lines.told(stretch.pair) - 2 * math.log2(len(self.known))  # they speak for it too
                for printed, each in zip(mine.printed, known):
                    claims.add(printed, each, SWAP, stretch.score + max(both, 0))
            elif len(mine.value) == len(known):
                # where all its lines follow, the first is none that other lines lead to
                is_edge = line in edges and (line > stretch.last or len(stretch.way.places) < len(self.known))
                self._claim_line(line, mine, known, is_edge, stretch, claims)

    def _claim_line(self, line, mine, known, is_edge, stretch, claims):
        place = stretch.way.place(line)
        same = agreeing(mine, known, self.values[place])
        departing = int((~same).sum())
        for printed, each, agrees in zip(mine.printed, known, same):
            if agrees and (not is_edge or departing <= 1):
                claims.add(printed, each, AGREE, stretch.score)
            elif not agrees and departing == 1 and not is_pow(printed, each):
                slip = slip_bits(printed, each)
                beside = range(max(line - 1, stretch.first), min(line + 1, stretch.last) + 1)
                if all(self.lines.block[at] != self.lines.block[line] for at in beside if at != line):
                    enough = slip >= SURE / 2  # alone in its block it must tell by itself
                else:
                    at_end = place in (0, len(self.known) - 1)
                    enough = not is_edge or same.sum() >= 2 - at_end or slip > 0
                if enough:
                    claims.add(printed, each, DEPART, stretch.score)

    def _edges(self, stretch):
        """The line before and the line after, where the listing or lines left out leave room for no more."""
        way, before, after = stretch.way, stretch.first - 1, stretch.last + 1
        found, gap = [], lambda line: line - way.first < len(way.gap) and way.gap[line - way.first]
        if way.place(before) is not None and not gap(stretch.first) and (gap(before) or way.place(before) == 0):
            found.append(before)
        if way.place(after) is not None and not gap(after) and (gap(after + 1) or way.place(after) == len(self.known) - 1):
            found.append(after)
        return found
