"""The atlas: every environment that was run, the numeric class it has in each listing, and what it prints.

It is kept for each listing's own code, `streetlight.listing.Listing.code`: where that changes, what was
recorded of this listing no longer stands, and nothing else is touched.
"""

import json
from copy import deepcopy

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic
from streetlight.judge.copied import enter_copied
from streetlight.judge.naming import class_name
from streetlight.judge.pinned import Model, model_name
from streetlight.judge.verdict import COPIED, UNEXPLAINED, explain
from streetlight.record.eras import ERAS, era_of, printed_text
from streetlight.record.trace import digest, trace_of


class LossError(Exception):
    """An atlas that would lose what is pinned; the message says what, and how to ask for it."""


def empty():
    """An atlas of nothing."""
    return {'environments': {}, 'models': {}, 'classes': {}, 'texts': {}, 'codes': {}}


def add(book, atlas, name, recording):
    """Enter a recording, under a name of its own, into an atlas.

    The recording is judged by its own accumulations alone: where they do not predict every bit, the
    environment stands as ``unexplained`` with the first step that they do not predict.

    Parameters
    ----------
    book : streetlight.book.Book
    atlas : dict
        As `streetlight.judge.pinned.Pinned.atlas` gives it; changed in place.
    name : str
    recording : streetlight.judge.tracefile.Recording
        Of all listings, or of some; what it does not hold stays as it is.
    """
    entry = atlas['environments'].setdefault(name, {'classes': {}})
    before = atlas['models'].get(entry.get('model'), Model({}, {}))
    model = Model({**before.accumulations, **recording.accumulations}, {**before.squares, **recording.squares})
    entry.update(fingerprint=recording.environment, era=era_of(recording.numpy), model=model_name(model))
    atlas['models'][entry['model']] = model
    for judgement in explain(book, recording):
        listing = book.listing(judgement.listing)
        for verdict in (UNEXPLAINED, COPIED):
            entry.setdefault(verdict, {}).pop(listing.id, None)
        if judgement.verdict in (UNEXPLAINED, COPIED):
            entry[judgement.verdict][listing.id] = str(judgement.divergence or judgement.reason)
        if listing.printed_alone:
            entry['classes'][listing.id] = enter_copied(atlas, listing, recording)
        else:
            entry['classes'][listing.id] = _class(atlas, listing, recording.listings[listing.id].digest, model)
        atlas['codes'][listing.id] = listing.code
    for verdict in (UNEXPLAINED, COPIED):
        if not entry[verdict]:
            del entry[verdict]


def _class(atlas, listing, bits, model):
    """The name of the class with these bits, entered with its texts if it is new."""
    known = atlas['classes'].setdefault(listing.id, {})
    name = next((name for name, other in known.items() if other == bits), None)
    if name is None:
        name = class_name(listing, bits, model.squares)
        known[name] = bits
        trace = trace_of(listing, EmulatedArithmetic(*model))
        atlas['texts'].setdefault(listing.id, {})[name] = {era: printed_text(trace, era) for era in ERAS}
    return name


def carried(book, atlas):
    """An atlas for the listings as they are now: classes whose models still predict their bits stay.

    Returns
    -------
    dict
        Of a listing whose code has changed, and whose trace has too, nothing is left.
    """
    atlas = deepcopy(atlas)
    for listing in book.listings:
        if atlas['codes'].get(listing.id, listing.code) != listing.code:
            for name in list(atlas['classes'][listing.id]):
                if _predicted_trace(atlas, listing, name) is None:
                    _forget(atlas, listing.id, name)
            atlas['codes'][listing.id] = listing.code
    return _in_new_eras(book, atlas)


def predicted(book, atlas):
    """An atlas for the listings as they are now, by its models alone: each environment in the class that its model predicts.

    For a listing that is written otherwise and computes the same, so that no environment need be recorded again.

    Raises
    ------
    streetlight.certify.accumulation.AccumulationError
        If a listing now has a dot of a shape that no environment recorded.
    """
    atlas = deepcopy(atlas)
    for listing in book.listings:
        if atlas['codes'].get(listing.id, listing.code) != listing.code:
            members = {name: entry['model'] for name, entry in atlas['environments'].items() if listing.id in entry['classes']}
            for name in list(atlas['classes'][listing.id]):
                _forget(atlas, listing.id, name)
            bits = {}
            for name, model in members.items():
                if model not in bits:
                    bits[model] = digest(trace_of(listing, EmulatedArithmetic(*atlas['models'][model])).steps)
                found = _class(atlas, listing, bits[model], atlas['models'][model])
                atlas['environments'][name]['classes'][listing.id] = found
            atlas['codes'][listing.id] = listing.code
    return _in_new_eras(book, atlas)


def _in_new_eras(book, atlas):
    """An atlas with the era of each environment, and with what classes that were pinned before an era was known print in it."""
    for entry in atlas['environments'].values():
        entry['era'] = era_of(entry['fingerprint']['numpy'])
    for listing in book.listings:
        for name, texts in atlas['texts'].get(listing.id, {}).items():
            known = set(ERAS) <= set(texts) or listing.printed_alone
            trace = None if known else _predicted_trace(atlas, listing, name)
            if trace is not None:
                texts.update({era: printed_text(trace, era) for era in ERAS if era not in texts})
    return atlas


def _predicted_trace(atlas, listing, name):
    """The trace of a class, if a model of one of its environments predicts its bits; else None."""
    member = next(each for each in atlas['environments'].values() if each['classes'].get(listing.id) == name)
    try:
        trace = trace_of(listing, EmulatedArithmetic(*atlas['models'][member['model']]))
    except AccumulationError:
        return None
    return trace if digest(trace.steps) == atlas['classes'][listing.id][name] else None


def _forget(atlas, listing, name):
    del atlas['classes'][listing][name]
    del atlas['texts'][listing][name]
    for entry in atlas['environments'].values():
        if entry['classes'].get(listing) == name:
            del entry['classes'][listing]


def lacking(book, atlas, name):
    """The listings of which an atlas has nothing of an environment."""
    classes = atlas['environments'].get(name, {'classes': {}})['classes']
    return [listing for listing in book.listings if listing.id not in classes]


def check_losses(before, after, dropped=()):
    """Refuse to lose what is pinned.

    Parameters
    ----------
    before, after : dict
        Two atlases.
    dropped : collection of str
        The environments that may go.

    Raises
    ------
    LossError
    """
    lost = {}
    for name, entry in before['environments'].items():
        left = after['environments'].get(name, {'classes': {}})['classes']
        for listing in entry['classes']:
            if listing not in left and name not in dropped:
                lost.setdefault(listing, []).append(name)
    if lost:
        listing, names = max(lost.items(), key=lambda item: len(item[1]))
        raise LossError(
            f'{len(names)} environments would lose {listing}, among them {", ".join(names[:3])}: they were recorded with other code '
            f'and cannot be had here.  If the listing computes what it did, ask for `atlas --predict`; else drop them by name, '
            f"`atlas --drop '{names[0]}'`"
        )


def distinct(atlas):
    """How many environments differ in more than their names: in any fact of the fingerprint but the switches asked for."""
    facts = [
        {key: value for key, value in environment['fingerprint'].items() if key != 'switches'}
        for environment in atlas['environments'].values()
    ]
    return len({json.dumps(each, sort_keys=True) for each in facts})


def kernel(fingerprint):
    """The BLAS kernel that an environment ran, as its library names it; None where it has no name for it."""
    return next((library['kernel'].lower() for library in fingerprint['blas'] if library.get('kernel')), None)


def library(fingerprint):
    """The BLAS library of an environment: ``openblas``, ``mkl``, ``atlas``, ``blis``, ``netlib`` or ``none``."""
    files = ' '.join(each['file'] + ' ' + each.get('version', '') for each in fingerprint['blas']).lower()
    return next((name for name in ('openblas', 'mkl', 'atlas', 'blis', 'libblas') if name in files), 'none').replace('libblas', 'netlib')
