"""What the command line says of figures."""

import json

from streetlight.commands.terminal import console, table
from streetlight.errata.reproduce import ENVIRONMENT, EXACT, UNMATCHED, WRONG, reproduce, tally
from streetlight.judge.tracefile import load
from streetlight.judge.verdict import UNEXPLAINED, judge
from streetlight.record.recorder import as_text, recording_of, traces_here


def run_reproduce(arguments):
    """Print the verdict table; 1 if a figure is wrong and no accepted erratum, or a listing cannot be explained."""
    book = arguments.book
    arithmetic, traces = traces_here(book)
    findings = reproduce(book, traces)
    judgements = judge(book, load(as_text(recording_of(arithmetic, traces)), 'this interpreter', book))
    surprises = [finding for finding in findings if not finding.expected]
    unexplained = [judgement for judgement in judgements if judgement.verdict == UNEXPLAINED]
    if arguments.json:
        print(
            json.dumps(
                {
                    'figures': [
                        {**finding.figure._asdict(), 'verdict': finding.verdict, 'expected': finding.expected} for finding in findings
                    ],
                    'listings': [{'listing': each.listing, 'verdict': each.verdict, 'class': each.letter} for each in judgements],
                },
                indent=1,
                ensure_ascii=False,
            )
        )
    else:
        show(findings, judgements, surprises, unexplained)
    return 1 if surprises or unexplained else 0


def show(findings, judgements, surprises, unexplained):
    out = console()
    verdicts = (EXACT, ENVIRONMENT, WRONG, UNMATCHED)
    headings = ('all', 'exact', 'here other', 'wrong', 'unknown')
    shown = table('text', 'listing', *headings, counts=headings, folded=0, title='Every figure that the texts print, against a run here')
    for text, listing, counts in tally(findings):
        cells = [str(counts[verdict] or '') for verdict in verdicts]
        shown.add_row(text, listing, str(counts.total()), *cells)
    out.print(shown)
    for finding in findings:
        if finding.verdict in (WRONG, UNMATCHED):
            figure = finding.figure
            known = 'a known erratum' if finding.expected else 'NOT IN THE LEDGER'
            right = f', right is {figure.right!r}' if figure.right else ''
            out.print(
                f'{figure.text}:{figure.line}: {finding.verdict}: {figure.printed!r}{right}: {figure.note or finding.here} ({known})',
                soft_wrap=True,
            )
    for judgement in unexplained:
        out.print(f'{judgement.listing}: unexplained: {judgement.reason}\n{judgement.divergence or ""}', soft_wrap=True)
    exact = sum(finding.verdict == EXACT for finding in findings)
    moved = sum(finding.verdict == ENVIRONMENT for finding in findings)
    errata = sum(finding.verdict == WRONG and finding.expected for finding in findings)
    out.print(
        f'{len(findings)} figures: {exact} as printed, {moved} with other last digits on this machine, {errata} known errata; '
        f'{len(surprises)} wrong, {len(unexplained)} listings unexplained.',
        soft_wrap=True,
    )
