"""errata: manuscripts in, verdicts out."""

import json
import os
import sys
from collections import Counter
from pathlib import Path

from streetlight.boundary import BoundaryError
from streetlight.commands.places import terminable
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
        with terminable(), progress() as bar:
            findings = {
                manuscript.name: findings_of(arguments.book, manuscript, arguments.run_code, arguments.seconds, arguments.unprotected)
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


MOST_LINES = 20  # of findings that are shown of a manuscript; --all shows each


def show(findings, judged, arguments):
    """Write the findings of each manuscript, cell by cell, and a line that counts them."""
    out = console()
    new = set(map(id, judged.new))
    for name, found in findings.items():
        out.print(heading(name, found, new), soft_wrap=True)
        said = [each for each in found if each.failing or each.verdict == NOTE or arguments.all]
        if not arguments.all:
            said = sorted(said, key=lambda each: (id(each) not in new, each.verdict == NOTE))[:MOST_LINES]
        for line in grouped(sorted(said, key=lambda each: (each.line, each.column)), new):
            out.print(line, soft_wrap=True)
        rest = sum(each.failing or each.verdict == NOTE for each in found) - len(said)
        if rest > 0:
            out.print(f'  and {rest} more; --all shows each', soft_wrap=True)
    for entry in judged.gone:
        out.print(
            f'{entry["file"]}: gone: {entry["printed"]!r} is in the ledger and no longer occurs; --update-ledger takes it out',
            soft_wrap=True,
        )
    if judged.unexplained:
        out.print(f"{len(judged.unexplained)} entries of '{arguments.ledger}' have no reason; write why they are kept", soft_wrap=True)


def heading(name, found, new):
    """The line that counts a manuscript's figures and statements."""
    figures = Counter(each.verdict for each in found if each.kind == 'figure')
    equations = [each for each in found if each.kind == 'equation']
    parts = [f'{figures[verdict]} {verdict}' for verdict in VERDICTS if figures[verdict]]
    told = f'{figures.total()} figures' + (f': {", ".join(parts)}' if parts else '')
    if equations:
        told += f'; {len(equations)} equations, {sum(each.failing for each in equations)} wrong'
    failing = [each for each in found if each.failing]
    fresh = sum(id(each) in new for each in failing)
    others = sum(each.kind not in ('figure', 'equation') for each in failing)
    told += f'; {others} wrong statements' if others else ''
    told += f'; {len(failing) - fresh} accepted' if len(failing) > fresh else ''
    return f'{name}: {told}; {f"{fresh} new findings" if fresh else "passes"}'


def grouped(found, new):
    """A line for each finding; what stands in a notebook's cell is under its number, and equal ones of a cell are one."""
    cell = None
    for finding in found:
        own = finding.place.partition(',')[0]
        if own and own != cell:
            yield f'  {own}'
        cell = own
        yield '  ' + told(finding, finding.failing and id(finding) not in new)


def annotate(judged):
    """The notations by which GitHub shows findings beside the lines of a change."""
    if os.environ.get('GITHUB_ACTIONS') != 'true':
        return
    for finding in judged.new:
        file, message = escaped(finding.file, '%\r\n:,'), escaped(told(finding), '%\r\n')
        print(f'::error file={file},line={finding.line},col={finding.column}::{message}', file=sys.stderr)


def escaped(text, characters):
    """Text in which a workflow command would find no end: some characters as their numbers."""
    return ''.join(f'%{ord(each):02X}' if each in characters else each for each in text)
