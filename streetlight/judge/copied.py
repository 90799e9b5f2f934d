"""The numeric classes of plain listings: named by their ``exp``, with the texts that were recorded."""

import re
from functools import lru_cache

import numpy as np

from streetlight.certify.digits import tokens
from streetlight.record.eras import ERAS, printed_text
from streetlight.record.trace import Shown, Trace, trace_of


def enter_copied(atlas, listing, recording):
    """The name of the class of a recording of a plain listing; its texts, if it is new, are those of the recording."""
    recorded = recording.listings[listing.id]
    known = atlas['classes'].setdefault(listing.id, {})
    name = next((name for name, other in known.items() if other == recorded.digest), None)
    if name is None:
        exp = re.sub(r'[^\w.]+', '-', recording.environment.get('functions', {}).get('exp', 'unknown').partition(';')[0]).strip('-')
        name = f'exp-{exp.lower()}-{recorded.digest[:6]}'
        known[name] = recorded.digest
        told = retold(listing, recorded.steps)
        atlas['texts'].setdefault(listing.id, {})[name] = {era: printed_text(told, era) for era in ERAS}
        atlas.setdefault('steps', {}).setdefault(listing.id, {})[name] = recorded.steps
    return name


def with_class(records, name, steps):
    """The records of a plain listing with what a new class has at each number, which only its recording tells.

    Parameters
    ----------
    records : list of streetlight.certify.record.Record
    name : str
    steps : list of streetlight.record.trace.Step

    Returns
    -------
    list of streetlight.certify.record.Record
    """
    values = {(' '.join('%s=%s' % pair for pair in step.where), step.name): np.asarray(step.value)[()] for step in steps}
    found = []
    for record in records:
        value, element = values[record.step, record.name], record.element or 0
        decimal = repr(np.ravel(value)[element].item())
        texts = {era: tokens(value, era, record.echo)[element] for era in record.prints}
        prints = {era: joined_by(of_era, texts[era], name) for era, of_era in record.prints.items()}
        found.append(record._replace(values=joined_by(record.values, decimal, name), prints=prints))
    return found


def joined_by(groups, text, name):
    """Classes by what they have, and one more."""
    return {**groups, text: [*groups.get(text, []), name]}


def in_order(record, order):
    """A record whose classes come in an order, as `streetlight.certify.certificates` writes them."""

    def sorted_groups(groups):
        place = {name: order.index(name) if name in order else len(order) for names in groups.values() for name in names}
        groups = {text: sorted(names, key=place.get) for text, names in groups.items()}
        return dict(sorted(groups.items(), key=lambda group: place[group[1][0]]))

    prints = {era: sorted_groups(of_era) for era, of_era in record.prints.items()}
    return record._replace(values=sorted_groups(record.values), prints=prints)


def retold(listing, steps):
    """The trace of a plain listing with recorded values in the places of this machine's.

    Parameters
    ----------
    listing : streetlight.book.Listing
    steps : list of streetlight.record.trace.Step

    Returns
    -------
    Trace
    """
    here = _run_here(listing)
    told = Trace()
    told.steps = list(steps)
    for line in here.lines:
        told.lines.append(
            [part._replace(value=np.asarray(steps[part.step].value)[()]) if isinstance(part, Shown) else part for part in line]
        )
    return told


@lru_cache(maxsize=None)
def _run_here(listing):
    return trace_of(listing)
