"""How much it tells that a number agrees with a known one, in bits."""

import math
from decimal import Decimal

import numpy as np

from streetlight.errata.known import certified, spread
from streetlight.errata.printed import plain
from streetlight.errata.recognition.rows import telling
from streetlight.errata.recognition.slips import CHOICES, is_slip
from streetlight.errata.verdicts import UNMATCHED, WRONG, is_rounding, verdict_of

SURE = 20.0  # bits beyond the cost of what a hypothesis was chosen from: one accident in a million
SPREAD = 1e-11  # relative: no two conforming machines are farther apart, by every certificate
INTEGER = 1e-8  # what stands for an integer where no decimals are printed: 1. for 0.9999999999
DIGIT = math.log2(10)  # bits of a decimal digit
ULPS = 53  # bits of a float64's significand


class Family:
    """Known sequences, one behind the other, and a look-up of a number among all their values.

    Parameters
    ----------
    sequences : list of list of streetlight.errata.known.Known
    """

    def __init__(self, sequences):
        self.known = [each for sequence in sequences for each in sequence]
        self.value = np.array([each.value for each in self.known])
        self.length = np.array([len(sequence) for sequence in sequences])
        self.start = np.concatenate([[0], np.cumsum(self.length)[:-1]]).astype(int)
        self.sequence = np.repeat(np.arange(len(sequences)), self.length)
        self.order = np.argsort(self.value, kind='stable')
        self.sorted = self.value[self.order]
        self.choice = math.log2(max(len(self.known), 1))  # bits that choosing one place costs
        self.spread = np.array([distance(each) for each in self.known])
        self.wide = np.flatnonzero(self.spread > SPREAD)  # where machines lie far apart: few, and each is looked at

    def around(self, x):
        """For each number of a series the range of the sorted values that it may stand for."""
        reach = np.where(x.unit >= 1, INTEGER, x.unit) + SPREAD * np.abs(x.value)
        low = np.searchsorted(self.sorted, x.value - reach)
        return low, np.searchsorted(self.sorted, x.value + reach, 'right')

    def sees(self, x):
        """Which numbers of a series stand for any of the known ones."""
        low, high = self.around(x)
        return (high > low) | self.widely(x).any(axis=1)

    def widely(self, x):
        """For each number of a series, which of the wide places it may stand for."""
        return near(x.value[:, None], x.unit[:, None], x.digits[:, None], self.value[self.wide], self.spread[self.wide])

    def places(self, x, index, low, high):
        """The places that agree with one number of a series."""
        places = np.union1d(self.order[low[index] : high[index]], self.wide)
        one = slice(index, index + 1)
        return places[near(x.value[one], x.unit[one], x.digits[one], self.value[places], self.spread[places])]

    def bits(self, x):
        """How telling each number is.

        How rare it is among the known values, and 10 to 1 for each digit beyond those that their
        count can show; at most its distance from an integer in roundings: 0.9999999999999998 is two
        of them from 1, and tells one bit.
        """
        low, high = self.around(x)
        further = np.maximum(np.minimum(x.digits, 16) - self.choice / DIGIT, 0) * DIGIT
        with np.errstate(invalid='ignore'):
            noise = np.abs(x.value - np.round(x.value)) * 2.0**ULPS
        noise = np.where(noise == 0, np.inf, np.log2(1 + noise))
        bits = np.minimum(self.choice - np.log2(np.maximum(high - low, 1)) + further, noise)
        # what wide places alone explain tells as much as they are narrow
        widest = np.where(self.widely(x), self.spread[self.wide], 0).max(axis=1, initial=0)
        return np.where((high > low) | (widest == 0), bits, np.minimum(bits, -np.log2(np.where(widest, widest, 1))))


def news(x):
    """The bits of a column's numbers that the two before do not tell: of a smooth column few."""
    with np.errstate(all='ignore'):
        step = np.diff(x.value, prepend=math.inf)
        bend = np.diff(step, prepend=math.inf)
        surprise = np.fmin(np.abs(step), np.abs(bend)) / x.unit
    return np.log2(1 + np.where(np.isfinite(surprise), surprise, np.inf))


def distinct(values, bits, counts):
    """The sum of the bits of different values: what is repeated tells nothing."""
    first = {}
    for value, bit, counted in zip(values, bits, counts):
        if counted:
            first.setdefault(value, bit)
    return sum(first.values())


def distance(known):
    """How far machines may be apart in a known number, relatively."""
    return max(SPREAD, spread(known))


def near(value, unit, digits, known, apart=SPREAD):
    """Whether numbers may be the known ones beside them, rounded or cut; ``apart`` is how far machines may be, relatively."""
    distance = np.abs(value - known)
    # inputs have a digit or two, and are on every machine the same
    slack = np.where((np.round(known, 1) == known) & (apart <= SPREAD), 1e-14, apart) * np.abs(known) + 1e-300
    half = np.where((unit >= 1) | (value == 0), INTEGER, unit / 2)
    inside = (np.abs(value) <= np.abs(known)) & (value * known >= 0)
    cut = (distance < np.where(unit >= 1, 0, unit)) & inside & (digits > 2)
    return (distance <= half + slack) | cut


def passes(printed, known):
    """Whether a number is one that a machine may print in a known one's place.

    What a known number is recognised by, `Known.value`, is itself what a machine has: the sums from left to right are a conforming
    evaluation, and a pinned class was recorded.  So its correct rounding needs no proof: it lies in every enclosure, and where
    nothing is proved it stays unmatched.
    """
    if is_rounding(Decimal(plain(printed.text)), Decimal(known.value)):
        return True
    return verdict_of(printed.text, known).verdict not in (WRONG, UNMATCHED)


def agreeing(x, known, values):
    """Whether each number of a series passes in the place of the known one beside it."""
    same = near(x.value, x.unit, x.digits, values, np.array([distance(each) for each in known]))
    return np.array([close and passes(printed, each) for close, printed, each in zip(same, x.printed, known)], bool)


def slip_bits(printed, known):
    """The bits by which one slip explains a number that departs; -inf where none does.

    What the slip may be chosen from is what it costs (`slips.CHOICES` for each digit); and it tells at
    most by how many roundings it is off: a few are another evaluation, and no slip.
    """
    if certified(known) is None or not -300 < printed.quantum < 300:
        return -math.inf
    if not is_slip(plain(printed.text), known):
        return -math.inf
    places = len(printed.value.as_tuple().digits)
    apart = abs(float(printed.value) - known.value) / math.ulp(known.value)
    told = DIGIT * min(telling(printed), places) - math.log2(CHOICES * places)
    return min(told, math.log2(1 + apart))


def tells_itself(printed, known):
    """Whether the slip alone explains a departing number: half of what makes sure."""
    return slip_bits(printed, known) >= SURE / 2


def price(printed, known, choice):
    """What a number that departs costs: another choice, less what the slip that explains it tells."""
    return max(choice - max(slip_bits(printed, known), 0), 0)


def is_pow(printed, known):
    """Whether it is an error whose last bits another grouping, or another library's pow(), gives otherwise.

    In public texts such errors were up to 8 ulps from every conforming evaluation of the listing.
    """
    return 'error' in known.name and abs(float(printed.value) - known.value) <= 8 * math.ulp(known.value)
