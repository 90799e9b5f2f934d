"""All lines of a text against those that a listing prints."""

import math
from typing import NamedTuple

import numpy as np

from streetlight.errata.recognition.claims import AGREE, DEPART, SWAP
from streetlight.errata.recognition.diagonals import OPEN, exchanged, stretches
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


class Stretch(NamedTuple):
    """Lines ``first`` to ``last`` of a text, that stand at ``shift`` more among a listing's.

    ``pair`` are two of them in each other's place, ``same`` says which agree.
    """

    first: int
    last: int
    shift: int
    score: float
    same: dict
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
        found = reading.stretches()
        found += reading.after_gaps(found)
        for stretch in found:
            reading.claim(stretch, claims)
        reading.claim_exchanged(found, claims)


class Reading:
    """The lines of a text beside those of one listing."""

    def __init__(self, lines, known, family):
        self.lines, self.known, self.family = lines, known, family
        self.values = [np.array([each.value for each in line]) for line in known]
        self.table = np.array([lines.close(line) for line in known]).T

    def stretches(self):
        """What is sure wherever it stands: its place is chosen among all that all listings print."""
        at, place = np.nonzero(self.table)
        shifts, which = np.unique(place - at, return_inverse=True)
        weight = np.bincount(which, self.lines.bits[at], len(shifts))
        found = []
        weight = weight - self.family.choice
        best = np.argsort(-weight, kind='stable')[:CANDIDATES]
        for shift in shifts[best[weight[best] >= SURE]].tolist():
            low, high = max(0, -shift), min(len(self.lines.of), len(self.known) - shift)
            found += self._on_diagonal(shift, low, high, self.family.choice)
        return found

    def after_gaps(self, sure):
        """What goes on behind lines left out: only the place is open, of those that follow.

        A stretch that ends there is sure, so the listing is known.
        """
        starts = [*np.flatnonzero(self.lines.gap).tolist(), len(self.lines.of)]
        found, ends = [], {stretch.last: stretch.shift for stretch in sure}
        for start, end in zip(starts, starts[1:]):
            shift = next((ends[at] for at in (start - 1, start - 2) if at in ends), None)
            if shift is None or any(start <= each.first < end for each in sure):
                continue
            later = range(shift + 1, len(self.known) - start)
            cost = math.log2(max(len(later), 1))
            options = [each for other in later for each in self._on_diagonal(other, start, min(end, len(self.known) - other), cost)]
            if options:
                best = max(options, key=lambda each: each.score)
                found.append(best)
                ends[best.last] = best.shift
        return found

    def _on_diagonal(self, shift, low, high, cost):
        """The sure stretches of some lines on one diagonal."""
        if high - low < 1:
            return []
        rough = self.table[np.arange(low, high), np.arange(low, high) + shift]
        if self.lines.told((np.flatnonzero(rough) + low).tolist()) - cost < SURE:
            return []
        same = np.array([ok and self.fits(low + at, low + at + shift) for at, ok in enumerate(rough)])
        gap = self.lines.gap[low:high]
        pair = exchanged(same, lambda one, other: self.fits(low + one, low + other + shift), gap)
        found = []
        slipped = [at for at in np.flatnonzero(~same) if self._slips(low + at, low + at + shift)]
        for first, last in stretches(same, pair, slipped, gap):
            inside = range(first, last + 1)
            score = self.lines.told([low + index for index in inside if same[index]]) - cost
            score -= sum(self._price(low + index, shift) for index in inside if not same[index] and index not in pair)
            if score >= SURE:
                agrees = {low + index: bool(same[index]) for index in inside}
                places = tuple(low + index for index in pair if index in inside)
                found.append(Stretch(low + first, low + last, shift, score, agrees, places))
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

    def _price(self, line, shift):
        """What a departing line costs: the price of its number, where it is one; else a choice."""
        out = self._departing(line, line + shift)
        return self.family.choice if out is None else price(*out, self.family.choice)

    def claim(self, stretch, claims):
        """Claim the numbers of a stretch, and of a line more at either end."""
        edges = self._edges(stretch)
        for line in sorted([*range(stretch.first, stretch.last + 1), *edges]):
            place = line + stretch.shift
            mine, known = self.lines.of[line], self.known[place]
            if line in stretch.pair:
                both = self.lines.told(stretch.pair) - 2 * math.log2(len(self.known))  # they speak for it too
                for printed, each in zip(mine.printed, known):
                    claims.add(printed, each, SWAP, stretch.score + max(both, 0))
            elif len(mine.value) == len(known):
                same = agreeing(mine, known, self.values[place])
                self._claim_line(line, mine, known, same, line in edges, stretch, claims)

    def _claim_line(self, line, mine, known, same, is_edge, stretch, claims):
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
                    at_end = line + stretch.shift in (0, len(self.known) - 1)
                    enough = not is_edge or same.sum() >= 2 - at_end or slip > 0
                if enough:
                    claims.add(printed, each, DEPART, stretch.score)

    def _edges(self, stretch):
        """The line before and the line after, where the listing or lines left out leave room for no more."""
        found, gap = [], self.lines.gap
        before, after = stretch.first - 1, stretch.last + 1
        if before >= 0 and before + stretch.shift >= 0 and not gap[stretch.first]:
            if gap[before] or before + stretch.shift == 0:
                found.append(before)
        if after < len(gap) and after + stretch.shift < len(self.known) and not gap[after]:
            ends = after + stretch.shift + 1 == len(self.known)
            if ends or (after + 1 < len(gap) and gap[after + 1]):
                found.append(after)
        return found

    def _neighbours(self, stretch):
        """The line before and the line after, where none is left out between."""
        before, after = stretch.first - 1, stretch.last + 1
        found = [before] if before >= 0 and not self.lines.gap[stretch.first] else []
        if after < len(self.lines.gap) and not self.lines.gap[after]:
            found.append(after)
        return [line for line in found if 0 <= line + stretch.shift < len(self.known)]

    def claim_exchanged(self, found, claims):
        """Two lines in each other's place that lie in different stretches, as where lines are left out."""
        paired = {line for stretch in found for line in stretch.pair}
        places = {}
        for stretch in found:
            near_by = [line for line, same in stretch.same.items() if not same]
            for line in [*near_by, *self._neighbours(stretch)]:
                if line not in paired and self.lines.sizes[line] == len(self.known[line + stretch.shift]):
                    places.setdefault(line, (line + stretch.shift, stretch.score))
        agreed = {}
        for stretch in found:
            for line, same in stretch.same.items():
                if same:
                    agreed[line] = max(agreed.get(line, 0), stretch.score)
        # a line that is sure by itself elsewhere is still out of place in a stretch that is surer
        among = {line for stretch in found if stretch.first < stretch.last for line, same in stretch.same.items() if same}
        out = sorted(line for line, (_, score) in places.items() if line not in among and score > agreed.get(line, 0))
        if not 2 <= len(out) <= OPEN:
            return
        pairs = [
            (one, other)
            for at, one in enumerate(out)
            for other in out[at + 1 :]
            if self.lines.words[one] != self.lines.words[other]
            and self.fits(one, places[other][0])
            and self.fits(other, places[one][0])
            and self.lines.told([one, other]) - math.log2(len(out) ** 2) >= SURE
        ]
        if len(pairs) == 1:
            for line in pairs[0]:
                place, score = places[line]
                for printed, each in zip(self.lines.of[line].printed, self.known[place]):
                    claims.add(printed, each, SWAP, score)
