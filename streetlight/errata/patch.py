"""The patch: a unified diff that mends a manuscript."""

import difflib

from streetlight.errata.verdicts import ENVIRONMENT


def patch(manuscript, findings):
    """A unified diff that puts the right characters in the place of the wrong ones.

    Only figures and equations are mended, whose right characters are known; a notebook's are replaced in its JSON.

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
        if not finding.failing or not finding.expected or finding.kind not in ('figure', 'equation'):
            continue
        printed, right = finding.printed, finding.expected
        if finding.kind == 'equation':
            printed, right = printed.rpartition('= ')[2], right.rpartition('= ')[2]
        line, at = lines[finding.line - 1], finding.column - 1
        if line[at : at + len(printed)] == printed:
            lines[finding.line - 1] = line[:at] + right + line[at + len(printed) :]
    if lines == manuscript.raw:
        return ''
    name = manuscript.name.lstrip('/')
    diff = difflib.unified_diff(ended(manuscript.raw), ended(lines), f'a/{name}', f'b/{name}')
    return ''.join(line if line.endswith('\n') else line + '\n\\ No newline at end of file\n' for line in diff)


def ended(lines):
    """Lines with their ends; the last has none where the file has none."""
    made = [line + '\n' for line in lines[:-1]]
    return [*made, lines[-1]] if lines[-1] else made


def advice(findings):
    """A line for each figure that no machine guarantees: to how many digits it may be printed."""
    return [
        f'{finding.file}:{finding.line}: {finding.printed}: print at most {finding.guaranteed_digits} digits, '
        'the others depend on the machine'
        for finding in findings
        if finding.verdict == ENVIRONMENT and finding.guaranteed_digits
    ]
