"""What readings say of each number, and what is believed of it."""

import time
from typing import NamedTuple

from streetlight.errata.known import Learning
from streetlight.errata.recognition.evidence import SPREAD, distance, passes, tells_itself

SECONDS = 8  # of the processor's time that the numbers of a text are sought for; an ordinary one takes a tenth
AGREE, DEPART, SWAP = 'agrees', 'departs', 'in the place of another'


class Claim(NamedTuple):
    """A printed number, the number of a listing that it claims to be (None: of no listing), and how.

    ``mirrored`` says that its whole column has the opposite sign.
    """

    printed: object
    known: object = None
    how: str = ''
    score: float = 0.0
    mirrored: bool = False


class Claims:
    """By number the best-supported claim of each kind."""

    def __init__(self):
        self._of = {}
        self._open = []
        self._ends = time.process_time() - Learning.seconds + SECONDS

    @property
    def late(self):
        """Whether a text has had its time: what is not read by then is left unmatched."""
        return time.process_time() - Learning.seconds > self._ends

    def add(self, printed, known, how, score, mirrored=False):
        """Note what a reading says; what it calls a departure and a machine may print, is none."""
        how = AGREE if how == DEPART and passes(printed, known) else how
        kinds = self._of.setdefault((printed.row, printed.column), {})
        if how not in kinds or kinds[how].score < score:
            kinds[how] = Claim(printed, known, how, score, mirrored)

    def open(self, printed, known, score, mirrored):
        """Note a departure at the end of a column: it counts if the rest of its line says that this is its place."""
        self._open.append(Claim(printed, known, DEPART, score, mirrored))

    def settle(self):
        """Decide what is open: by a number of the same line, that agrees with the same step."""
        steps = {(row, kinds[AGREE].known.listing, kinds[AGREE].known.where) for (row, _), kinds in self._of.items() if AGREE in kinds}
        for each in self._open:
            if (each.printed.row, each.known.listing, each.known.where) in steps:
                self.add(*each)

    def agreed(self, printed):
        """Whether a reading already agrees with a number."""
        return AGREE in self._of.get((printed.row, printed.column), ())

    def believed(self, printed):
        """The claim to believe: what agrees is no mistake, unless more tells that two are exchanged.

        Where machines lie far apart much agrees: there it is believed too that it departs, where more says so and a slip explains it.
        """
        kinds = self._of.get((printed.row, printed.column), {})
        agrees, departs = kinds.get(AGREE), kinds.get(DEPART)
        if SWAP in kinds and kinds[SWAP].score > (agrees or Claim(printed)).score:
            return kinds[SWAP]
        if agrees and departs and departs.score > agrees.score and distance(agrees.known) > SPREAD:
            return departs if tells_itself(printed, departs.known) else agrees
        return agrees or departs or Claim(printed)
