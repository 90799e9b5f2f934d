"""Read a trace file, trusting nothing in it."""

import json
from typing import NamedTuple

import numpy as np

from streetlight.reading import Unreadable, read_text
from streetlight.record.eras import ERAS
from streetlight.record.recorder import SCHEMA
from streetlight.record.trace import Step, digest


class TraceFileError(Exception):
    """A trace file that is truncated, altered or foreign; the message says where and what to do."""


class Recorded(NamedTuple):
    """One listing as a subject ran it."""

    digest: str
    era: str
    printed: str
    steps: list


class Recording(NamedTuple):
    """A whole trace file."""

    name: str
    environment: dict
    accumulations: dict
    squares: dict
    listings: dict

    @property
    def numpy(self):
        """The version of NumPy that the subject told."""
        return str(self.environment.get('numpy'))


def read(path, book):
    """The trace file at ``path``, as `load` checks it."""
    try:
        return load(read_text(path, 'a trace'), path, book)
    except Unreadable as error:
        raise TraceFileError(str(error)) from None


def load(text, name, book, only=()):
    """Check the text of a trace file.

    Parameters
    ----------
    text : str
        JSON, as `streetlight.record.recorder.as_text` writes it.
    name : str
        What to call it in an error.
    book : streetlight.book.Book
        Whose listings it has to hold.
    only : collection of str
        The ids of the listings that it has to hold; at least one of the book's, if none is given.

    Returns
    -------
    Recording

    Raises
    ------
    TraceFileError
        If it is cut short, was changed after it was written, or was not written by these listings.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TraceFileError(f"'{name}' is no whole trace file ({error}); record it again") from None
    if not isinstance(data, dict) or data.get('schema') != SCHEMA:
        told = data.get('schema') if isinstance(data, dict) else type(data).__name__
        raise TraceFileError(f"'{name}' is a foreign file: its schema is {told!r}, this judge reads {SCHEMA!r}")
    try:
        held = only or [listing.id for listing in book.listings if listing.id in _mapping(data['listings'], dict)]
        if not held:
            raise TraceFileError(f"'{name}' holds no listing of the book '{book.name}'")
        return Recording(
            name,
            _mapping(data['environment'], object),
            {shape: _strings(notations) for shape, notations in _mapping(data['accumulations'], list).items()},
            {float.fromhex(x).hex(): float.fromhex(square).hex() for x, square in _mapping(data['squares'], str).items()},
            {listing.id: _recorded(data['listings'][listing.id], listing.id, name) for listing in book.listings if listing.id in held},
        )
    except TraceFileError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TraceFileError(f"'{name}' is not as the recorder writes it ({type(error).__name__}: {error}); record it again") from None


def _mapping(value, kind):
    if not isinstance(value, dict) or not all(isinstance(item, kind) for item in value.values()):
        raise TypeError('a mapping was expected')
    return value


def _strings(values):
    if not values or not all(isinstance(value, str) for value in values):
        raise TypeError('a list of accumulations was expected')
    return values


def _recorded(data, listing, name):
    steps = [_step(*row) for row in data['steps']]
    if digest(steps) != data['digest']:
        raise TraceFileError(f"'{name}' was altered: the steps of {listing} do not have the digest that it states; record it again")
    if data['era'] not in ERAS or not isinstance(data['printed'], str):
        raise TypeError(f'{listing} has no printed text of a known era')
    return Recorded(data['digest'], data['era'], data['printed'], steps)


def _step(where, name, shape, bits, decimals):
    """The step that `streetlight.record.recorder` wrote; the decimals are for people and not read."""
    values = [int(text) if text.lstrip('-').isdigit() else float.fromhex(text) for text in bits]
    places = tuple(tuple(place.split('=', 1)) for place in where.split(' ')) if where else ()
    return Step(places, str(name), np.array(values).reshape(shape))
