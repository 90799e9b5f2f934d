"""Where a program's standard output goes."""

import re

from streetlight.shadow import rendering
from streetlight.shadow import session as _session
from streetlight.shadow.printed import join


class Writer:
    """Where a program's standard output goes: text with its provenance.

    Parameters
    ----------
    most : int
        Characters after which a program is stopped.
    """

    encoding, errors, closed, newlines, name, mode = 'utf-8', 'strict', False, None, '<stdout>', 'w'

    def __init__(self, most=2_000_000):
        self.parts, self.marks, self.size, self.most, self.start = [], [], 0, most, 0

    def write(self, text):
        """What code prints that is not the program's: its numbers are not followed."""
        if type(text) is str and not _session.CURRENT.trusted and re.search(r'\d', text):
            text = rendering.unknown_text(text, 'another library prints this')
        return self.put(text)

    def put(self, text):
        if not isinstance(text, str):
            raise TypeError('write() argument must be str, not %s' % type(text).__name__)
        tape = _session.CURRENT.tape
        position = tape.shown = tape.position
        if not self.marks or self.marks[-1][1] != position:
            self.marks.append((self.size - self.start, position))
        self.size += str.__len__(text)
        if self.size > self.most:
            raise MemoryError('more than %d characters were printed' % self.most)
        if self.parts and type(text) is str and type(self.parts[-1]) is list:
            self.parts[-1].append(text)
        else:
            self.parts.append([text] if type(text) is str else text)
        return str.__len__(text)

    def writelines(self, lines):
        for line in lines:
            self.put(line)

    def flush(self):
        pass

    def isatty(self):
        return False

    def writable(self):
        return True

    def fileno(self):
        raise OSError('no file')

    @property
    def buffer(self):
        raise AttributeError('the standard output of a certified program takes text, not bytes')

    def take(self):
        """All that was written since the last time, as one text, and marks: offset in it, and operations before it."""
        text = join([''.join(part) if type(part) is list else part for part in self.parts])
        marks = self.marks
        self.parts, self.marks, self.start = [], [], self.size
        return text, marks
