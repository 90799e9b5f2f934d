"""What is known of the program that runs: its tape, where it stands, and what was noticed of it.

One program runs at a time in a process, so the session is found here rather than carried by each array.
"""

import sys

import numpy as np

from streetlight.shadow.tape import Tape


class Session:
    """One run of a program.

    Attributes
    ----------
    tape : Tape
    notes : list of str
        What a reader of the certificates should know: what left the tracked world, and where.
    lost : dict of int to str
        The leaves of the tape of which nothing is known, and why.
    files : dict of str to str
        The code objects' file names that are the program's own, and how a person calls them.
    trusted : bool
        Whether a function of Python's own runs that was given nothing undecided, so that what it prints is the same everywhere.
    seeded : bool
        Whether NumPy's global random numbers start from a seed of the program's.
    """

    def __init__(self, files=None, tape=None):
        self.tape = Tape() if tape is None else tape
        self.notes = []
        self.lost = {}
        self.files = files if files is not None else {}
        self.seeded = False
        self.trusted = False
        self.loops = []
        self.written = set()
        self.taken, self.marks = None, 0  # texts that Python's own classes take, and how many were marked the second time
        self._constants = {}

    def place(self):
        """The line of the program that runs: ``line 3``, or ``cell 2, line 3``."""
        frame = sys._getframe(1)
        while frame is not None:
            called = self.files.get(frame.f_code.co_filename)
            if called is not None:
                return '%sline %d' % (called and called + ', ', frame.f_lineno)
            frame = frame.f_back
        return 'the program'

    def note(self, what):
        """Notice something once for each place."""
        note = '%s: %s' % (self.place(), what)
        if note not in self.notes:
            self.notes.append(note)
        return note

    def constant(self, value):
        """The node of one plain number, the same each time that the number is met."""
        key = value if value else str(float(value))
        node = self._constants.get(key)
        if node is None:
            node = self._constants[key] = self.tape.settled(float(value))
        return node

    def unknown(self, shape, reason):
        """Nodes of which nothing is known: one leaf, without a bound, stands for them all."""
        reason = self.note(reason)
        for leaf, known in self.lost.items():
            if known == reason:
                break
        else:
            leaf = int(self.tape.record('uncertain', (), 0.0, np.inf))
            self.lost[leaf] = reason
        return np.full(shape, leaf)

    def decide(self, nodes, what):
        """The program goes on by the value of these nodes."""
        self.tape.decide(nodes, '%s: %s' % (self.place(), what))

    def taint(self, reason):
        """Nothing that follows is certified."""
        self.decide(self.unknown((), reason), reason)


CURRENT = Session()


def begin(files=None, tape=None):
    """Start a session and return it."""
    global CURRENT
    CURRENT = Session(files, tape)
    return CURRENT


def current():
    """The session of the program that runs."""
    return CURRENT
