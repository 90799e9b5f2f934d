"""The atlas: every environment that was run, the numeric class it has in each listing, and what it prints."""

import hashlib
import json
from pathlib import Path
from string import ascii_uppercase

from streetlight.judge.verdict import UNEXPLAINED, explain
from streetlight.record.eras import era_of

SCHEMA = 'streetlight-atlas/1'


def empty(book):
    """An atlas of nothing, for the listings as they are now."""
    return {'schema': SCHEMA, 'code': code(book), 'classes': {}, 'models': {}, 'environments': {}}


def code(book):
    """A digest of what the listings compute and record: with other code, an old atlas says nothing."""
    rooms = Path(book.folder) / 'listings', Path(__file__).parents[1] / 'record'
    sources = sorted(path for room in rooms for path in room.glob('*.py'))
    return hashlib.sha256(b''.join(path.read_bytes() for path in sources)).hexdigest()[:16]


def letters():
    """A, B, ... Z, AA, AB, ..."""
    yield from ascii_uppercase
    for first in ascii_uppercase:
        yield from (first + second for second in ascii_uppercase)


def add(book, atlas, name, recording):
    """Enter a recording, under a name of its own, into an atlas.

    Classes that the atlas knows keep their letters.  The recording is judged by its own accumulations alone: an
    environment stands in the atlas as ``explained`` where they predict every bit, else as ``unexplained`` with the
    first step that they do not predict.
    """
    model = {'accumulations': recording.accumulations, 'squares': recording.squares}
    key = 'm' + hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()[:8]
    atlas['models'][key] = model
    judgements = explain(book, recording)
    unexplained = {each.listing: str(each.divergence or each.reason) for each in judgements if each.verdict == UNEXPLAINED}
    atlas['environments'][name] = {
        'fingerprint': recording.environment,
        'model': key,
        'era': era_of(recording.numpy),
        'classes': {listing: _letter(atlas, listing, recorded.digest) for listing, recorded in recording.listings.items()},
        **({UNEXPLAINED: unexplained} if unexplained else {}),
    }


def _letter(atlas, listing, digest):
    known = atlas['classes'].setdefault(listing, {})
    letter = next((letter for letter, other in known.items() if other == digest), None)
    if letter is None:
        letter = next(letter for letter in letters() if letter not in known)
        known[letter] = digest
    return letter


def pruned(atlas):
    """The atlas without the models and classes that no environment has."""
    environments = atlas['environments'].values()
    used = {(listing, letter) for environment in environments for listing, letter in environment['classes'].items()}
    return {
        **atlas,
        'models': {name: model for name, model in atlas['models'].items() if any(each['model'] == name for each in environments)},
        'classes': {listing: {letter: digest for letter, digest in known.items() if (listing, letter) in used}
                    for listing, known in atlas['classes'].items()},
    }


def distinct(atlas):
    """How many environments differ in more than their names: in any fact of the fingerprint but the switches asked for."""
    facts = [{key: value for key, value in environment['fingerprint'].items() if key != 'switches'}
             for environment in atlas['environments'].values()]
    return len({json.dumps(each, sort_keys=True) for each in facts})


def kernel(fingerprint):
    """The BLAS kernel that an environment ran, as its library names it; None where it has no name for it."""
    return next((library['kernel'].lower() for library in fingerprint['blas'] if library.get('kernel')), None)


def library(fingerprint):
    """The BLAS library of an environment: ``openblas``, ``mkl``, ``atlas``, ``blis``, ``netlib`` or ``none``."""
    files = " ".join(each["file"] + " " + each.get("version", "") for each in fingerprint["blas"]).lower()
    return next((name for name in ('openblas', 'mkl', 'atlas', 'blis', 'libblas') if name in files), 'none').replace('libblas', 'netlib')


def as_text(atlas):
    """The atlas as JSON, sorted, for a diff that a person can read."""
    return json.dumps(atlas, indent=1, sort_keys=True) + '\n'
