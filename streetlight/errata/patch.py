"""The patch: a unified diff that mends a manuscript, and that `git apply` takes where it lies."""

import difflib
import json
import os
from pathlib import Path

from streetlight.errata.verdicts import ENVIRONMENT

MENDED = ('figure', 'equation')  # of which the right characters are known


def patch(manuscript, findings):
    """A unified diff that puts the right characters in the place of the wrong ones.

    Its paths are seen from here, where the manuscript lies below; else from the top of its repository.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript
    findings : list of Finding

    Returns
    -------
    str
        Empty where there is nothing to mend.
    """
    lines = list(manuscript.raw)
    for finding in sorted(findings, key=lambda finding: (finding.line, finding.column), reverse=True):
        if finding.failing and finding.expected and finding.kind in MENDED:
            lines[finding.line - 1] = _mended(lines[finding.line - 1], finding)
    if lines == manuscript.raw:
        return ''
    name = path_in_repository(manuscript.name)
    diff = difflib.unified_diff(ended(manuscript.raw), ended(lines), f'a/{name}', f'b/{name}')
    return ''.join(line if line.endswith('\n') else line + '\n\\ No newline at end of file\n' for line in diff)


def _mended(line, finding):
    """A line with a finding's right characters; in a notebook, or another file of JSON, its own may be escaped."""
    printed, right, at = finding.printed, finding.expected, finding.column - 1
    if finding.kind == 'equation':
        printed, right = printed.rpartition('= ')[2], right.rpartition('= ')[2]
    for written in (printed, json.dumps(printed)[1:-1]):
        if line.startswith(written, at):
            return line[:at] + right + line[at + len(written) :]
    return line


def path_in_repository(name):
    """A path as `git apply` takes it: from here, where it lies below, else from the top of its repository."""
    path = Path(os.path.abspath(name))
    if path.is_relative_to(Path.cwd()):
        return path.relative_to(Path.cwd()).as_posix()
    top = next((folder for folder in path.parents if (folder / '.git').exists()), None)
    return path.relative_to(top).as_posix() if top else path.as_posix().lstrip('/')


def ended(lines):
    """Lines with their ends; the last has none where the file has none."""
    made = [line + '\n' for line in lines[:-1]]
    return [*made, lines[-1]] if lines[-1] else made


def advice(findings):
    """A line for each manuscript whose figures no machine guarantees: to how many digits they may be printed."""
    by_file = {}
    for finding in findings:
        if finding.verdict == ENVIRONMENT and finding.guaranteed_digits:
            by_file.setdefault(finding.file, []).append(finding)
    return [
        f'{file}: {len(own)} figures have last digits that depend on the machine: print at most '
        f'{min(finding.guaranteed_digits for finding in own)} digits (the first is {own[0].printed}, line {own[0].line})'
        for file, own in by_file.items()
    ]
