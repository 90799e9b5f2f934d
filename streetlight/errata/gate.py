"""The gate: a manuscript in, findings out."""

from collections import Counter
from typing import NamedTuple

from streetlight.errata import verdicts
from streetlight.errata.execution import SECONDS, stale_outputs
from streetlight.errata.known import certified, environments_of
from streetlight.errata.manuscript import LONGEST_LINE, OUTPUT
from streetlight.errata.printed import numbers_in_block
from streetlight.errata.recognition import recognise
from streetlight.errata.recognition.stretch import ORDER
from streetlight.errata.statements import statements_of
from streetlight.errata.statements.equations import EQUATION_LINE

NOTE = 'note'  # of a statement that what the manuscript leaves out may mend


class Finding(NamedTuple):
    """What the gate says of one figure or statement of a manuscript.

    Attributes
    ----------
    file, line, column : str, int, int
        Where it stands; the column from 1.
    kind : str
        ``figure``, ``equation``, ``syntax``, ``name``, ``data``, ``output`` or ``line``.
    verdict : str
        Of a figure one of `streetlight.errata.verdicts.VERDICTS`; of anything else ``wrong`` or ``note``.
    printed, expected : str
        The characters that stand there, and those that should; equal where nothing is to be mended.
    listing, step : str
        The figure's listing, and its address there; empty where there is none.
    era : str
        In which NumPy prints these characters; empty where no era prints just these.
    classes : tuple of str
        For ``environment``, the numeric classes that print them.
    guaranteed_digits : int
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

    @property
    def failing(self):
        """Whether the gate fails on it."""
        return self.verdict == verdicts.WRONG or (self.verdict == verdicts.TRUNCATED and self.printed != self.expected)


def findings_of(manuscript, run_code=False, seconds=None, unprotected=False):
    """All findings on a manuscript: every figure, every wrong statement, and with ``run_code`` output that its own code does not print.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript
    run_code : bool
    seconds : float, optional
        How long its code may run.
    unprotected : bool
        Without the boundary of `streetlight.boundary`.

    Returns
    -------
    list of Finding
        By line.
    """
    stale = stale_outputs(manuscript, seconds or SECONDS, unprotected) if run_code else []
    said = [statement(manuscript, each) for each in (*statements_of(manuscript), *stale)]
    found = [*figures_of(manuscript), *said, *too_long(manuscript)]
    return sorted(found, key=lambda finding: (finding.line, finding.column))


def statement(manuscript, each):
    """The `Finding` of a statement, or of output that its own code does not print."""
    verdict = NOTE if each.note else verdicts.WRONG
    return Finding(manuscript.name, each.line, each.column + 1, each.kind, verdict, each.printed, each.expected, each.sentence)


def too_long(manuscript):
    """A note for each line that is too long to be searched; in a notebook's file lines say nothing."""
    lines = [] if manuscript.format == 'notebook' else enumerate(manuscript.raw, 1)
    return [
        Finding(manuscript.name, number, 1, 'line', NOTE, '', '', f'this line has {len(line):,} characters and is not searched; break it')
        for number, line in lines
        if len(line) > LONGEST_LINE
    ]


def figures_of(manuscript):
    """The findings on all figures of a manuscript, in order.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript

    Returns
    -------
    list of Finding
    """
    blocks = []
    for index, block in enumerate(manuscript.blocks):
        if block.kind == OUTPUT:
            lines = [line for line in block.lines if len(line.text) <= LONGEST_LINE and not EQUATION_LINE.match(line.text)]
            blocks.append(numbers_in_block(lines, index))
    claims = recognise([block for block in blocks if block])
    judged = [(claim, judge(claim)) for claim in claims]
    era = era_of([verdict for _, verdict in judged])
    cut = cut_blocks(judged)
    return [finding(manuscript.name, claim, verdict, era, claim.printed.row[0] in cut) for claim, verdict in judged]


def judge(claim):
    """The verdict on a claim; a number of no listing is unmatched, one that stands in another's place is wrong."""
    if claim.known is None:
        return verdicts.Verdict(verdicts.UNMATCHED, (), (), 0)
    verdict = verdicts.verdict_of(claim.printed.text, claim.known)
    return verdict._replace(verdict=verdicts.WRONG) if claim.how == ORDER else verdict


def era_of(found):
    """The era of a manuscript: the one that prints most of its figures."""
    eras = Counter(era for verdict in found if len(verdict.eras) == 1 for era in verdict.eras)
    return eras.most_common(1)[0][0] if eras else '1.14'


def cut_blocks(judged):
    """The blocks whose figures are cut throughout: no figure of theirs is rounded where cutting would give other digits."""
    cut, rounded = set(), set()
    for claim, verdict in judged:
        if claim.known is None:
            continue
        if verdict.verdict == verdicts.TRUNCATED:
            cut.add(claim.printed.row[0])
        elif verdict.verdict in (verdicts.EXACT, verdicts.ROUNDED) and verdicts.tells_rounding(claim.printed.text, claim.known):
            rounded.add(claim.printed.row[0])
    return cut - rounded


def finding(file, claim, verdict, era, cut):
    """A figure's `Finding`; one that is cut among rounded ones is wrong, unless an ellipsis says that it is cut."""
    printed, known = claim.printed, claim.known
    if known is None:
        return Finding(
            file, printed.line, printed.column + 1, 'figure', verdicts.UNMATCHED, printed.text, printed.text, 'it belongs to no listing'
        )
    kind = verdict.verdict
    if kind == verdicts.TRUNCATED and not cut and not printed.cut:
        kind = verdicts.WRONG
    right = printed.text
    if kind == verdicts.WRONG or (kind == verdicts.TRUNCATED and not printed.cut):
        right = verdicts.expected(printed.text, known, era)
    printed_era = (era if era in verdict.eras else verdict.eras[0]) if verdict.eras else ''
    return Finding(
        file,
        printed.line,
        printed.column + 1,
        'figure',
        kind,
        printed.text,
        right,
        sentence(kind, claim, verdict, right),
        listing=known.listing,
        step=known.address,
        era=printed_era,
        classes=verdict.letters,
        guaranteed_digits=verdict.guaranteed_digits,
    )


def sentence(kind, claim, verdict, right):
    """What a person reads."""
    known = claim.known
    place = f'{known.listing}, {known.address}' if known.address else known.listing
    if kind == verdicts.WRONG:
        if claim.how == ORDER:
            return f'out of order: these are the digits of {place}, which does not stand here'
        exact = f'{certified(known).exact:.20g}'
        return f'no machine prints this; {place} is {exact}, here {right}'
    if kind == verdicts.ENVIRONMENT:
        who = (
            f'class {" and ".join(verdict.letters)}, {environments_of(known, verdict.letters)} environments of the atlas'
            if verdict.letters
            else 'no environment of the atlas, but a conforming machine may'
        )
        return f'depends on the machine: printed by {who}; {advice(verdict)} ({place})'
    if kind == verdicts.TRUNCATED:
        return f'cut, not rounded: {right} ({place})'
    if kind == verdicts.ROUNDED:
        return f'rounded correctly ({place})'
    if kind == verdicts.EXACT:
        return f'every machine prints this in era {" and ".join(verdict.eras)} ({place})'
    return f'there is no certificate for {place}'


def advice(verdict):
    """How many digits may be printed."""
    return f'print at most {verdict.guaranteed_digits} digits' if verdict.guaranteed_digits else 'no digit of it is guaranteed'


def told(finding, accepted=False):
    """One finding as a line that editors and terminals can follow: file, line, column, verdict, what and why."""
    mended = f', should be {finding.expected!r}' if finding.expected and finding.expected != finding.printed else ''
    kind = finding.verdict if finding.kind == 'figure' else f'{finding.verdict} {finding.kind}'
    return (
        f'{finding.file}:{finding.line}:{finding.column}: {kind}{" (accepted)" if accepted else ""}: '
        f'{shortened(finding.printed)!r}{mended}: '
        f'{finding.sentence}'
    )


def shortened(text):
    text = text.split('\n')[0]
    return text if len(text) <= 80 else text[:77] + '...'
