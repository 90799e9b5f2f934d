"""Prove the parts of listings side by side, each in a process of its own, and keep each proof as soon as it is there.

A proof is kept under a digest of all that it follows from: the listing's code, its parameters, the code that proves, and this
machine's fingerprint.  Whoever asks again for the same gets it at once; a proof that was ended goes on with the next part.
Samples are kept beside it.  They are drawn where there is something that they can say: nothing is proved of a number, and no two
environments were seen that print it differently.
"""

import hashlib
import json
import signal
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from streetlight.certify.programs import Number, numbers, with_samples
from streetlight.certify.record import NONE
from streetlight.certify.seen import Seen
from streetlight.record.environment import fingerprint
from streetlight.record.recorder import write_beside

ROOT = Path(__file__).resolve().parents[1]
PROVING = ('certify', 'programs', 'shadow')  # the rooms whose code a proof follows from
FIELDS = ('value', 'low', 'high', 'values')


def prove_parts(listings, folder, workers=2, samples=0, seen=()):
    """Prove each part of some listings: the last first, as those of a book mostly take the longest, and what is short fills the end.

    Parameters
    ----------
    listings : list of streetlight.listing.Listing
    folder : Path
        Where proofs are kept.
    workers : int
        How many processes.
    samples : int
        How many evaluations to draw of a part where they can say something.
    seen : dict of str to streetlight.certify.seen.Seen, optional
        By listing, what environments print.

    Yields
    ------
    tuple of (Listing, int, str, list of Number)
        A listing, the number of the part, what it prints and what is proved of that: in the order in which they are done.

    Raises
    ------
    ProgramError
    """
    todo = [
        (listing, part, parameters, samples, dict(seen).get(listing.id, Seen([], [])), folder)
        for listing in listings
        for part, parameters in enumerate(listing.book.parts.get(listing.id, [{}]))
    ][::-1]
    with get_context('spawn').Pool(workers, _ignore_interrupts, maxtasksperchild=1) as pool:
        for index, text, found in pool.imap_unordered(_proved, enumerate(todo)):
            yield (*todo[index][:2], text, found)


def _ignore_interrupts():
    """Ctrl-C is the parent's, which ends its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _proved(task):
    index, (listing, _, parameters, samples, seen, folder) = task
    text, found = _kept(folder, listing, parameters, 0, lambda: numbers(listing, parameters))
    if samples and not all(seen.refutes(text, number) for number in found if number.proof == NONE):
        text, found = _kept(folder, listing, parameters, samples, lambda: with_samples(listing, parameters, found, samples))
    return index, text, found


def _kept(folder, listing, parameters, samples, prove):
    """What is kept of a part, or else proved now and kept."""
    path = folder / f'{listing.id}-{key(listing, parameters, samples)}.json'
    if not path.exists():
        text, found = prove()
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(str(path), json.dumps({'text': text, 'numbers': [_as_json(number) for number in found]}))
    kept = json.loads(path.read_text('utf-8'))
    return kept['text'], [_from_json(row) for row in kept['numbers']]


def key(listing, parameters, samples=0):
    """A digest of all that a part's proof follows from, or its samples."""
    sources = [path.read_bytes() for room in PROVING for path in sorted((ROOT / room).rglob('*.py'))]
    said = json.dumps([listing.code, parameters, samples, fingerprint()], sort_keys=True)
    return hashlib.sha256(b'\0'.join([*sources, said.encode()])).hexdigest()[:16]


def _as_json(number):
    arrays = {name: getattr(number, name) for name in FIELDS if getattr(number, name) is not None}
    return {**number._asdict(), **{name: [np.shape(each), np.ravel(each).tolist()] for name, each in arrays.items()}}


def _from_json(row):
    arrays = {name: np.array(row[name][1], float).reshape(row[name][0]) for name in FIELDS if row[name] is not None}
    return Number(**{**row, **arrays})
