"""Samples of a program drawn in several places: on processes of their own, or on the workers of a Dask cluster.

Each place runs the program behind the boundary and draws its share; no two shares start from the same seed.  What is proved is
proved in one place, and stays.
"""

import json
import re

from streetlight.boundary import run
from streetlight.certify.digits import first_open

MODULE = 'streetlight.certify.behind'
SAMPLES = re.compile(r'in (\d+) sampled evaluations')


class GatherError(Exception):
    """A place could not draw its samples; the message says why."""


def shares(samples, places):
    """How many samples each place draws; none where there are fewer samples than places."""
    return [size for size in (samples // places + (place < samples % places) for place in range(places)) if size]


def draw(asked, limits):
    """Rows of samples alone, from one place.

    Parameters
    ----------
    asked : dict
        As `streetlight.certify.behind.answer` takes it, with ``cells``, ``samples`` and ``seed``.
    limits : dict
        Of `streetlight.boundary.run`.

    Returns
    -------
    list of dict

    Raises
    ------
    GatherError
    """
    ended = run(MODULE, json.dumps({**asked, 'drawn': True}).encode(), **limits)
    result = json.loads(ended.answers[0].result) if ended.answers else {'error': ended.reason or 'its process ended'}
    if result.get('error') or result.get('failed'):
        last = (result.get('error') or result['failed']).strip().split('\n')[-1]
        raise GatherError(f'samples could not be drawn in another place: {last}')
    return result['rows']


def gathered(rows, parts):
    """Rows of a program, each without a proof with what the samples of all parts say together.

    Parameters
    ----------
    rows : list of dict
        Proved in one place.
    parts : list of list of dict
        Sampled, of the same program.
    """
    for row, *sampled in zip(rows, *[part for part in parts if len(part) == len(rows)]):
        sampled = [each for each in sampled if each['proof'] == 'sampled']
        if not sampled or row['guaranteed'] or row['proof'] not in ('none', 'bound'):
            continue
        texts = sorted(set().union(*[each['variants'] or [each['printed']] for each in sampled]))
        refuted = 'refuted: sampled evaluations print ' + ' and '.join(texts[:2]) if len(texts) > 1 else ''
        if row['proof'] == 'bound':
            row['reason'] = refuted or row['reason']
            continue
        low, high = min(each['low'] for each in sampled), max(each['high'] for each in sampled)
        count = sum(int(found.group(1)) for each in sampled for found in [SAMPLES.search(each['reason'])] if found)
        said = f'{"the same" if low == high else "differs"} in {count} sampled evaluations'
        row.update(sampled[0], file=row['file'], low=low, high=high, radius=high - low, variants=texts)
        row['reason'] = refuted or said
        opened = first_open(row['printed'], texts, low, high)
        row['open_at'] = opened[0] if opened else sampled[0]['open_at']
    return rows
