"""What is pinned of a book: environments, numeric classes, their texts, and a record of each number.

In ``snapshots/BOOK``, one line of JSON each, so that a change is a line of a diff:

- ``environments.jsonl``: each environment that was run, its fingerprint and its era;
- ``accumulations.jsonl``: each accumulation of a dot's shape, and the environments that have it;
- ``squares.jsonl``: what a C library's ``pow(x, 2)`` gives where it is not ``x * x``, and where;
- ``LISTING/classes.jsonl``: each numeric class, the digest of its trace and of the code that gave it, its
  texts by era, and its environments;
- ``LISTING/numbers.jsonl``: a `streetlight.certify.record.Record` of each number that the listing prints;
- ``texts/ID.txt``: what classes print, each text once, named by a digest of it.
"""

import hashlib
import json
from collections import Counter
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from streetlight.certify.record import read_records


class PinnedError(Exception):
    """Something pinned is missing or cannot be read; the message says what and what to do."""


class Model(NamedTuple):
    """All that a listing's bits depend on: accumulations by dot shape, and the C library's squares."""

    accumulations: dict
    squares: dict


class Pinned:
    """What is pinned of a book.

    Parameters
    ----------
    book : streetlight.book.Book
    """

    def __init__(self, book):
        self.book = book
        self.folder = Path(book.snapshots)

    @cached_property
    def atlas(self):
        """The atlas, as `streetlight.judge.atlas` changes it.

        Returns
        -------
        dict
            ``environments``: by name, ``fingerprint``, ``era``, ``model`` and ``classes`` by listing;
            ``models``: by name; ``classes``: by listing, the classes' digests, the commonest class
            first; ``texts``: by listing, class and era; ``codes``: by listing, of what was recorded.
        """
        environments = {row.pop('name'): {**row, 'classes': {}} for row in self._lines('environments.jsonl')}
        models = {name: Model({}, {}) for name in environments}
        for row in self._lines('accumulations.jsonl'):
            for name in row['environments']:
                models[name].accumulations[row['shape']] = row['accumulation']
        for row in self._lines('squares.jsonl'):
            for name in row['environments']:
                models[name].squares[row['x']] = row['square']
        atlas = {'environments': environments, 'models': {}, 'classes': {}, 'texts': {}, 'codes': {}}
        for name, model in models.items():
            environments[name]['model'] = model_name(model)
            atlas['models'][model_name(model)] = model
        for listing in self.book.listings:
            self._enter(atlas, listing.id)
        return atlas

    def _enter(self, atlas, listing):
        rows = self._lines(f'{listing}/classes.jsonl')
        rows.sort(key=commonest_first)
        atlas['classes'][listing] = {row['class']: row['digest'] for row in rows}
        atlas['texts'][listing] = {row['class']: {era: self._text(id) for era, id in row['texts'].items()} for row in rows}
        if rows:
            atlas['codes'][listing] = rows[0]['code']
        for row in rows:
            for name in row['environments']:
                atlas['environments'][name]['classes'][listing] = row['class']
            for verdict in ('unexplained', 'copied'):
                for name, reason in row.get(verdict, {}).items():
                    atlas['environments'][name].setdefault(verdict, {})[listing] = reason

    def _lines(self, file):
        path = self.folder / file
        try:
            return [json.loads(line) for line in path.read_text('utf-8').splitlines()]
        except FileNotFoundError:
            return []
        except ValueError as error:
            raise PinnedError(f"'{path}' is not as it was written: {error}") from None

    @property
    def models(self):
        """The distinct models of the atlas by their names: a dict of str to `Model`."""
        return self.atlas['models']

    def class_of(self, listing, digest):
        """The name of a listing's numeric class by its trace's digest, None where it is not pinned."""
        found = self.atlas['classes'].get(listing, {})
        return next((name for name, known in found.items() if known == digest), None)

    def model_of(self, listing, name):
        """The `Model` of a class: that of the first of its environments."""
        return self.models[self._environment(listing, name)['model']]

    def models_of(self, listing):
        """The `Model` of each class of a listing, the commonest class first."""
        return {name: self.model_of(listing, name) for name in self.atlas['classes'].get(listing, {})}

    def _environment(self, listing, name):
        for each in self.atlas['environments'].values():
            if each['classes'].get(listing) == name:
                return each
        raise PinnedError(f"no environment is of class '{name}' of {listing}")

    def environments_of(self, listing, name):
        """The names of the environments of a class."""
        return [each for each, facts in self.atlas['environments'].items() if facts['classes'].get(listing) == name]

    def sizes(self, listing):
        """How many environments each class of a listing has: a `Counter`."""
        facts = self.atlas['environments'].values()
        return Counter(each['classes'][listing] for each in facts if listing in each['classes'])

    def printed(self, listing, name, era):
        """What a class prints in an era."""
        texts = self.atlas['texts'][listing][name]
        if era not in texts:
            raise PinnedError(f"no text of '{listing}' is pinned in era {era}; `atlas --again` records it")
        return texts[era]

    def texts(self, listing):
        """What the classes of a listing print: a dict of era to a list of texts, each once."""
        found = {}
        for texts in self.atlas['texts'].get(listing, {}).values():
            for era, text in texts.items():
                found.setdefault(era, {})[text] = None
        return {era: list(texts) for era, texts in found.items()}

    def _text(self, id):
        path = self.folder / 'texts' / f'{id}.txt'
        try:
            return path.read_text('utf-8')
        except OSError as error:
            raise PinnedError(f"cannot read '{path}': {error.strerror}; `atlas` writes it") from None

    def records(self, listing):
        """The `streetlight.certify.record.Record` of each number that a listing prints, in order."""
        path = self.folder / listing / 'numbers.jsonl'
        try:
            return read_records(path.read_text('utf-8'), listing)
        except OSError as error:
            raise PinnedError(f"cannot read '{path}': {error.strerror}; `certify --pin` writes it") from None
        except (ValueError, TypeError) as error:
            raise PinnedError(f"'{path}' is not as it was written: {error}") from None

    @cached_property
    def _by_address(self):
        return {}

    def record(self, listing, address):
        """The `Record` at an address such as ``iteration=9 error[0]``; None where nothing is printed."""
        if listing not in self._by_address:
            self._by_address[listing] = {record.address: record for record in self.records(listing)}
        return self._by_address[listing].get(address)

    def values(self, listing, name):
        """What a class has at each number that a listing prints: a dict of address to shortest decimal."""
        return {record.address: record.value_in(name) for record in self.records(listing)}

    def printed_by(self, record):
        """Which environments have what at a number that a listing prints: a dict of the shortest decimal to their names."""
        return {
            decimal: [name for each in classes for name in self.environments_of(record.listing, each)]
            for decimal, classes in record.values.items()
        }


def commonest_first(row):
    """The order of a listing's classes: a key of a line of ``classes.jsonl``."""
    return -len(row['environments']), row['class']


def model_name(model):
    """A model's name: a digest of all that it says."""
    said = {'accumulations': model.accumulations, 'squares': model.squares}
    return 'm' + hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]


@lru_cache(maxsize=None)
def pinned(book):
    """The `Pinned` of a book, read once."""
    return Pinned(book)
