"""Prove the parts of listings side by side, each in a process of its own, and keep each proof as soon as it is there.

A proof is kept under a digest of all that it follows from: the listing's code, its parameters, the code that proves, and this
machine's fingerprint.  Whoever asks again for the same gets it at once; a proof that was ended goes on with the next part.
"""

import hashlib
import json
import signal
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from streetlight.certify.programs import Number, numbers
from streetlight.record.environment import fingerprint
from streetlight.record.recorder import write_beside

ROOT = Path(__file__).resolve().parents[1]
PROVING = ('certify', 'programs', 'shadow')  # the rooms whose code a proof follows from
FIELDS = ('value', 'low', 'high', 'values')


def prove_parts(listings, folder, workers=2, samples=0):
    """Prove each part of some listings.

    Parameters
    ----------
    listings : list of streetlight.listing.Listing
    folder : Path
        Where proofs are kept.
    workers : int
        How many processes.
    samples : int
        As `streetlight.certify.programs.numbers` takes it.

    Yields
    ------
    tuple of (Listing, int, str, list of Number)
        A listing, the number of the part, what it prints and what is proved of that: in the order in which they are done.

    Raises
    ------
    ProgramError
    """
    todo = [
        (listing, part, parameters, samples, folder)
        for listing in listings
        for part, parameters in enumerate(listing.book.parts.get(listing.id, [{}]))
    ]
    with get_context('spawn').Pool(workers, _ignore_interrupts, maxtasksperchild=1) as pool:
        for index, text, found in pool.imap_unordered(_proved, enumerate(todo)):
            yield (*todo[index][:2], text, found)


def _ignore_interrupts():
    """Ctrl-C is the parent's, which ends its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _proved(task):
    index, (listing, _, parameters, samples, folder) = task
    path = folder / f'{listing.id}-{key(listing, parameters, samples)}.json'
    if path.exists():
        kept = json.loads(path.read_text('utf-8'))
    else:
        text, found = numbers(listing, parameters, samples)
        kept = {'text': text, 'numbers': [_as_json(number) for number in found]}
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(str(path), json.dumps(kept))
    return index, kept['text'], [_from_json(row) for row in kept['numbers']]


def key(listing, parameters, samples):
    """A digest of all that a part's proof follows from."""
    sources = [path.read_bytes() for room in PROVING for path in sorted((ROOT / room).rglob('*.py'))]
    said = json.dumps([listing.code, parameters, samples, fingerprint()], sort_keys=True)
    return hashlib.sha256(b'\0'.join([*sources, said.encode()])).hexdigest()[:16]


def _as_json(number):
    arrays = {name: getattr(number, name) for name in FIELDS if getattr(number, name) is not None}
    return {**number._asdict(), **{name: [np.shape(each), np.ravel(each).tolist()] for name, each in arrays.items()}}


def _from_json(row):
    arrays = {name: np.array(row[name][1], float).reshape(row[name][0]) for name in FIELDS if row[name] is not None}
    return Number(**{**row, **arrays})
