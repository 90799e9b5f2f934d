"""The gate: a manuscript in, findings out."""

from typing import NamedTuple

from streetlight.errata import verdicts
from streetlight.errata.by_place import judged_by_own
from streetlight.errata.judged import figures_of
from streetlight.errata.manuscript import FOREIGN, LONGEST_LINE, where
from streetlight.errata.statements import statements_of
from streetlight.errata.statements.statement import Statement

NOTE = 'note'  # of what is said and does not fail
LATE = 'this text takes too long: not all of its numbers are sought among those of the book; judge its parts'


class Finding(NamedTuple):
    """What the gate says of one figure or statement of a manuscript.

    Attributes
    ----------
    file, line, column : str, int, int
        Where it stands; the column from 1.
    kind : str
        ``figure``, ``equation``, ``syntax``, ``name``, ``data``, ``output``, ``language`` or ``line``.
    verdict : str
        Of a figure one of `streetlight.errata.verdicts.VERDICTS`; of an equation ``exact`` or
        ``wrong``, of anything else ``wrong`` or ``note``.
    printed, expected : str
        The characters that stand there, and those that should; equal where nothing is to be mended.
    listing, step : str
        The figure's listing, and its address there; empty where there is none.
    era : str
        In which NumPy prints these characters; empty where no era prints just these.
    classes : tuple of str
        For ``environment``, the numeric classes that print them.
    guaranteed_digits : int
    place : str
        The cell and the line within it, where a file has cells: ``cell 12, line 3``.
    sentence : str
    """

    file: str
    line: int
    column: int
    kind: str
    verdict: str
    printed: str
    expected: str
    sentence: str
    listing: str = ''
    step: str = ''
    era: str = ''
    classes: tuple = ()
    guaranteed_digits: int = 0
    place: str = ''

    @property
    def failing(self):
        """Whether the gate fails on it."""
        return self.verdict == verdicts.WRONG


def findings_of(book, manuscript, run_code=False, seconds=None, unprotected=False):
    """All findings on a manuscript: every figure, every equation, and what is said of its programs.

    Parameters
    ----------
    book : streetlight.book.Book or None
        Whose listings its figures may be.
    manuscript : streetlight.errata.manuscript.Manuscript
    run_code : bool
        Also run its code, and judge what it prints by its place in that run.
    seconds : float, optional
        How long its code may run.
    unprotected : bool
        Without the boundary of `streetlight.boundary`.

    Returns
    -------
    list of Finding
        By line.
    """
    own, outputs = judged_by_own(manuscript, seconds, unprotected) if run_code else ({}, [])
    said = [*statements_of(manuscript), *outputs, *_foreign(manuscript), *_too_long(manuscript)]
    figures, complete = figures_of(book, manuscript, own)
    said += [] if complete else [Statement(1, 0, 'line', '', '', LATE, note=True)]
    found = [_of_figure(manuscript, each) for each in figures]
    found += [_of_statement(manuscript, each) for each in said]
    places = cell_places(manuscript)
    found = [each._replace(place=places.get(each.line, '')) for each in found] if places else found
    return sorted(found, key=lambda finding: (finding.line, finding.column))


def cell_places(manuscript):
    """By line of the file the cell and the line within it; empty where a file has no cells."""
    found = {}
    for block in manuscript.blocks:
        for index, line in enumerate(block.lines, 1):
            if block.place:
                found.setdefault(line.number, where(block, index))
    return found


def _of_figure(manuscript, figure):
    verdict, printed = figure.verdict, figure.claim.printed
    known = figure.claim.known
    return Finding(
        manuscript.name,
        printed.line,
        printed.column + 1,
        'figure',
        verdict.verdict,
        printed.text,
        figure.expected,
        figure.sentence,
        listing=known.listing if known else '',
        step=known.address if known else '',
        era=figure.era,
        classes=verdict.letters,
        guaranteed_digits=verdict.guaranteed_digits,
    )


def _of_statement(manuscript, each):
    """The `Finding` of a statement, or of output that its own code does not print."""
    verdict = NOTE if each.note else verdicts.EXACT if each.right else verdicts.WRONG
    return Finding(manuscript.name, each.line, each.column + 1, each.kind, verdict, each.printed, each.expected, each.sentence)


def _foreign(manuscript):
    """A note for each language that is no Python: its programs are left alone."""
    blocks = {}
    for block in manuscript.blocks:
        if block.kind == FOREIGN and block.lines:
            blocks.setdefault(block.language, []).append(block)
    found = []
    for language, own in blocks.items():
        first = next((line for line in own[0].lines if line.number), own[0].lines[0])
        count = 'one block' if len(own) == 1 else f'{len(own)} blocks'
        told = f'{count} of code in {language}: left alone'
        found.append(Statement(max(first.number, 1), first.column, 'language', language, '', told, note=True))
    return found


def _too_long(manuscript):
    """A note for each line that is too long to be searched; in a notebook's file lines say nothing."""
    lines = [] if manuscript.format == 'notebook' else enumerate(manuscript.raw, 1)
    return [
        Statement(number, 0, 'line', '', '', f'this line has {len(line):,} characters and is not searched; break it', note=True)
        for number, line in lines
        if len(line) > LONGEST_LINE
    ]


def told(finding, accepted=False):
    """One finding as a line that editors and terminals can follow.

    File, line, column, the cell, the verdict, what stands there and why.
    """
    mended = ''
    if finding.expected and finding.expected != finding.printed:
        mended = f', should be {finding.expected!r}'
    kind = finding.verdict if finding.kind == 'figure' else f'{finding.verdict} {finding.kind}'
    place = f' {finding.place}:' if finding.place else ''
    return (
        f'{finding.file}:{finding.line}:{finding.column}:{place} '
        f'{kind}{" (accepted)" if accepted else ""}: '
        f'{shortened(finding.printed)!r}{mended}: {finding.sentence}'
    )


def shortened(text):
    """The first line of a text, at most 80 characters of it."""
    text = text.split('\n')[0]
    return text if len(text) <= 80 else text[:77] + '...'
