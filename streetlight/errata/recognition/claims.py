"""What readings say of each number, and what is believed of it."""

from typing import NamedTuple

from streetlight.errata.recognition.evidence import passes

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

    def add(self, printed, known, how, score, mirrored=False):
        """Note what a reading says; what it calls a departure and a machine may print, is none."""
        if how == DEPART and passes(printed, known):
            return
        kinds = self._of.setdefault((printed.row, printed.column), {})
        if how not in kinds or kinds[how].score < score:
            kinds[how] = Claim(printed, known, how, score, mirrored)

    def agreed(self, printed):
        """Whether a reading already agrees with a number."""
        return AGREE in self._of.get((printed.row, printed.column), ())

    def believed(self, printed):
        """The claim to believe: what agrees is no mistake, unless more tells that two are exchanged."""
        kinds = self._of.get((printed.row, printed.column), {})
        if SWAP in kinds and kinds[SWAP].score > kinds.get(AGREE, Claim(printed)).score:
            return kinds[SWAP]
        return kinds.get(AGREE) or kinds.get(DEPART) or Claim(printed)
