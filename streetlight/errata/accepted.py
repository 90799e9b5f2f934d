"""The ledger of accepted errata: findings that a manuscript keeps, each with the reason why.

A JSON file beside the manuscripts.  An entry is found again by what is printed, not by its line, so that it survives edits
elsewhere; of equal ones, by which of them it is.
"""

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from streetlight.reading import Unreadable, read_text

SCHEMA = 1
FIELDS = ('file', 'kind', 'printed', 'step', 'occurrence')


class LedgerError(Exception):
    """A ledger cannot be read or written: a sentence that says what, where and what to do."""


class Judged(NamedTuple):
    """Findings beside a ledger: those that fail and are not in it, entries that no longer occur, and entries without a reason."""

    new: list
    gone: list
    unexplained: list


def entries(findings, folder):
    """The ledger's entry for each failing finding, in order; ``reason`` is empty."""
    counts, made = Counter(), []
    for finding in findings:
        if finding.failing:
            step = f'{finding.listing} {finding.step}'.strip()
            key = (relative(finding.file, folder), finding.kind, finding.printed, step)
            counts[key] += 1
            made.append((finding, {**dict(zip(FIELDS, key)), 'occurrence': counts[key], 'reason': ''}))
    return made


def relative(file, folder):
    """A manuscript's path from the ledger's folder, with slashes; as it was given where there is none."""
    try:
        return Path(file).resolve().relative_to(Path(folder).resolve()).as_posix()
    except ValueError:
        return Path(file).as_posix()


def key_of(entry):
    return tuple(entry[field] for field in FIELDS)


def read(path):
    """The entries of a ledger; none where the file does not exist.

    Raises
    ------
    LedgerError
        If it is no ledger.
    """
    path = Path(path)
    if not path.exists():
        return []
    try:
        document = json.loads(read_text(path, 'a ledger'))
        known = document['accepted']
        if document['schema'] != SCHEMA:
            raise LedgerError(
                f"'{path}' has schema {document['schema']!r}, and this version reads {SCHEMA}; write it anew with --update-ledger"
            )
        for entry in known:
            if not all(isinstance(entry[field], int if field == 'occurrence' else str) for field in FIELDS) or not isinstance(
                entry['reason'], str
            ):
                raise TypeError
        return known
    except Unreadable as error:
        raise LedgerError(str(error)) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LedgerError(f"'{path}' is no ledger of accepted errata; write one with --update-ledger") from None


def beside(findings, known, files, folder):
    """Compare findings with a ledger.

    Parameters
    ----------
    findings : list of Finding
    known : list of dict
        As `read` gives them.
    files : list of str
        The manuscripts that were judged: entries of others are left alone.
    folder : str or Path
        The ledger's.

    Returns
    -------
    Judged
    """
    keys = {key_of(entry) for entry in known}
    found = [(finding, key_of(entry)) for finding, entry in entries(findings, folder)]
    here, judged = {key for _, key in found}, {relative(file, folder) for file in files}
    return Judged(
        [finding for finding, key in found if key not in keys],
        [entry for entry in known if entry['file'] in judged and key_of(entry) not in here],
        [entry for entry in known if not entry['reason'].strip()],
    )


def updated(findings, known, files, folder):
    """The text of the ledger that accepts these findings: reasons are kept, other manuscripts' entries too."""
    reasons = {key_of(entry): entry['reason'] for entry in known}
    judged = {relative(file, folder) for file in files}
    kept = [entry for entry in known if entry['file'] not in judged]
    new = [{**entry, 'reason': reasons.get(key_of(entry), '')} for _, entry in entries(findings, folder)]
    return json.dumps({'schema': SCHEMA, 'accepted': kept + new}, indent=1, ensure_ascii=False) + '\n'
