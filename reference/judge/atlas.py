"""The atlas: every environment that was run, the numeric class it has in each listing, and what it prints."""

import hashlib
import json
from string import ascii_uppercase

from reference.judge.verdict import UNEXPLAINED, first_divergence, predict
from reference.listings import LISTINGS
from reference.record.eras import era_of

SCHEMA = 'streetlight-atlas/1'


def empty():
    return {'schema': SCHEMA, 'classes': {}, 'models': {}, 'environments': {}}


def letters():
    """A, B, ... Z, AA, AB, ..."""
    yield from ascii_uppercase
    for first in ascii_uppercase:
        yield from (first + second for second in ascii_uppercase)


def add(atlas, name, recording):
    """Enter a recording, under a name of its own, into an atlas.

    Classes that the atlas knows keep their letters.  The recording is judged by its own accumulations alone: an
    environment stands in the atlas as ``explained`` where they predict every bit, else as ``unexplained`` with the
    first step that they do not predict.
    """
    model = {'accumulations': recording.accumulations, 'squares': recording.squares}
    key = 'm' + hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()[:8]
    atlas['models'][key] = model
    predicted = predict(model['accumulations'], model['squares'])
    classes, unexplained = {}, {}
    for listing in LISTINGS:
        recorded = recording.listings[listing.id]
        known = atlas['classes'].setdefault(listing.id, {})
        letter = next((letter for letter, digest in known.items() if digest == recorded.digest), None)
        if letter is None:
            letter = next(letter for letter in letters() if letter not in known)
            known[letter] = recorded.digest
        classes[listing.id] = letter
        divergence = first_divergence(listing.id, recorded.steps, predicted[listing.id].steps)
        if divergence:
            unexplained[listing.id] = str(divergence)
    atlas['environments'][name] = {
        'fingerprint': recording.environment,
        'model': key,
        'era': era_of(recording.environment['numpy']),
        'classes': classes,
        **({UNEXPLAINED: unexplained} if unexplained else {}),
    }


def as_text(atlas):
    """The atlas as JSON, sorted, for a diff that a person can read."""
    return json.dumps(atlas, indent=1, sort_keys=True) + '\n'
