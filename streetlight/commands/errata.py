"""errata: manuscripts in, verdicts out."""

import json
import os
import sys
from collections import Counter
from pathlib import Path

from rich.table import Table

from streetlight.boundary import BoundaryError
from streetlight.commands.terminal import CommandError, console, progress
from streetlight.errata.accepted import LedgerError, beside, read, updated
from streetlight.errata.gate import NOTE, findings_of, told
from streetlight.errata.manuscript import ManuscriptError
from streetlight.errata.patch import advice, patch
from streetlight.errata.readers import read as read_manuscript
from streetlight.errata.verdicts import VERDICTS
from streetlight.record.recorder import write_beside

LEDGER = 'errata-ledger.json'  # where none is named


def run_errata(arguments):
    """Judge manuscripts; 1 if one of them has a finding that the ledger does not, or the ledger one that has gone."""
    try:
        if arguments.ledger is None:
            arguments.ledger = LEDGER
        elif not Path(arguments.ledger).exists() and not arguments.update_ledger:
            raise CommandError(f"there is no ledger '{arguments.ledger}'; --update-ledger writes one")
        known = read(arguments.ledger)
        manuscripts = [read_manuscript(path) for path in dict.fromkeys(arguments.files)]
    except (ManuscriptError, LedgerError) as error:
        raise CommandError(str(error)) from None
    try:
        with progress() as bar:
            findings = {
                manuscript.name: findings_of(
                    arguments.book, manuscript, arguments.run_code, arguments.seconds, arguments.unprotected
                )
                for manuscript in bar.track(manuscripts, description='judging')
            }
    except BoundaryError as error:
        raise CommandError(str(error)) from None
    everything = [finding for found in findings.values() for finding in found]
    folder = Path(arguments.ledger).parent
    if arguments.update_ledger:
        try:
            write_beside(arguments.ledger, updated(everything, known, list(findings), folder))
            known = read(arguments.ledger)
        except OSError as error:
            raise CommandError(f"cannot write the ledger '{arguments.ledger}': {error.strerror or error}") from None
    judged = beside(everything, known, list(findings), folder)
    if arguments.json:
        print(json.dumps(as_json(everything, judged), indent=1, ensure_ascii=False))
    elif arguments.patch:
        sys.stdout.write(''.join(patch(manuscript, findings[manuscript.name]) for manuscript in manuscripts))
        print(*advice(everything), sep='\n', file=sys.stderr)
    else:
        show(findings, judged, arguments)
    annotate(judged)
    return 1 if judged.new or judged.gone else 0


def as_json(findings, judged):
    new = set(map(id, judged.new))
    return {
        'findings': [
            {**finding._asdict(), 'failing': finding.failing, 'accepted': finding.failing and id(finding) not in new}
            for finding in findings
        ],
        'gone': judged.gone,
        'without_reason': judged.unexplained,
    }


def show(findings, judged, arguments):
    out = console()
    new = set(map(id, judged.new))
    for finding in (finding for found in findings.values() for finding in found):
        if finding.failing or finding.verdict == NOTE or arguments.all:
            out.print(told(finding, finding.failing and id(finding) not in new), markup=False, soft_wrap=True)
    for entry in judged.gone:
        out.print(
            f'{entry["file"]}: gone: {entry["printed"]!r} is in the ledger and no longer occurs; --update-ledger takes it out',
            markup=False,
            soft_wrap=True,
        )
    table = Table()
    table.add_column('manuscript', overflow='fold')
    for heading in ('figures', *VERDICTS, 'statements', 'accepted', 'new'):
        table.add_column(heading, justify='right')
    for name, found in findings.items():
        counts = Counter(finding.verdict for finding in found if finding.kind == 'figure')
        failing = [finding for finding in found if finding.failing]
        fresh = sum(id(finding) in new for finding in failing)
        table.add_row(
            name,
            *(
                str(count or '')
                for count in (
                    counts.total(),
                    *(counts[verdict] for verdict in VERDICTS),
                    sum(finding.kind != 'figure' and finding.failing for finding in found),
                    len(failing) - fresh,
                    fresh,
                )
            ),
        )
    out.print(table)
    if judged.unexplained:
        out.print(
            f"{len(judged.unexplained)} entries of '{arguments.ledger}' have no reason; write why they are kept",
            markup=False,
            soft_wrap=True,
        )


def annotate(judged):
    """The notations by which GitHub shows findings beside the lines of a change."""
    if os.environ.get('GITHUB_ACTIONS') != 'true':
        return
    for finding in judged.new:
        message = told(finding).replace('%', '%25').replace('\r', '%0D').replace('\n', '%0A')
        print(f'::error file={finding.file},line={finding.line},col={finding.column}::{message}', file=sys.stderr)
