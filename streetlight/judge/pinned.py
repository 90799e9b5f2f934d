"""What is pinned: the numeric classes, the text each prints in each era, and the environments that have them."""

import json
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from streetlight.record.trace import Shown, address, digest, hexadecimal


class Model(NamedTuple):
    """All that the listings' bits depend on: an accumulation for each dot shape, and the squares of the C library."""

    accumulations: dict
    squares: dict


class Pinned:
    """What is pinned of a book."""

    def __init__(self, book):
        self.book = book
        self.folder = Path(book.snapshots)

    @cached_property
    def atlas(self):
        """The atlas: environments, numeric classes by listing and digest, models."""
        path = self.folder / 'atlas.json'
        return json.loads(path.read_text('utf-8')) if path.exists() else {'environments': {}, 'classes': {}, 'models': {}}

    @cached_property
    def models(self):
        """The distinct models of the atlas by their names: a dict of str to `Model`."""
        return {name: Model(**model) for name, model in self.atlas['models'].items()}

    def class_of(self, listing, digest):
        """The name of a listing's numeric class, None where it is not pinned."""
        return next((letter for letter, known in self.atlas['classes'].get(listing, {}).items() if known == digest), None)

    def model_of(self, listing, letter):
        """The `Model` of a class: that of the first of its environments."""
        name = next(each['model'] for each in self.atlas['environments'].values() if each['classes'][listing] == letter)
        return self.models[name]

    def printed(self, listing, letter, era):
        """What a class prints in an era."""
        return (self.folder / listing / letter / f'{era}.txt').read_text('utf-8')

    def values(self, listing, letter):
        """What a class has at each number that a listing prints: a dict of address to the shortest decimal."""
        lines = (self.folder / listing / letter / 'values.txt').read_text('utf-8').splitlines()[3:]
        return {place.strip(): decimal for place, decimal, _ in (line.rsplit(maxsplit=2) for line in lines)}

    def printed_by(self, listing):
        """What each class of a listing has at each scalar that it prints.

        Returns
        -------
        dict of str to dict
            For each address (``iteration=9 error``) a dict of the shortest decimal to the names of the environments that have it.
        """
        found = {}
        for letter in self.atlas['classes'].get(listing, {}):
            names = [name for name, each in self.atlas['environments'].items() if each['classes'][listing] == letter]
            for place, decimal in self.values(listing, letter).items():
                found.setdefault(place, {}).setdefault(decimal, []).extend(names)
        return found


@lru_cache(maxsize=None)
def pinned(book):
    """The `Pinned` of a book, read once."""
    return Pinned(book)


def values_text(trace):
    """A class's digest and key values, decimal and hexadecimal side by side: what the listing shows, element by element.

    Parameters
    ----------
    trace : streetlight.record.trace.Trace

    Returns
    -------
    str
    """
    lines = [f'digest {digest(trace.steps)}', f'steps {len(trace.steps)}', '']
    shown = [part for line in trace.lines for part in line.parts if isinstance(part, Shown)]
    for part in shown:
        step = trace.steps[part.step]
        for index, (decimal, bits) in enumerate(zip(np.ravel(step.value).tolist(), hexadecimal(step.value))):
            element = f'[{index}]' if np.ndim(step.value) else ''
            lines.append(f'{address(step) + element:<48} {decimal!r:<25} {bits}')
    return '\n'.join(lines) + '\n'
