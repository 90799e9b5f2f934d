"""Read the recording of a program, trusting nothing in it."""

import json
from typing import NamedTuple

import numpy as np

from streetlight.judge.tracefile import TraceFileError
from streetlight.reading import Unreadable, read_text
from streetlight.record.eras import ERAS
from streetlight.record.programs import PROGRAM_SCHEMA
from streetlight.record.trace import Step


class ProgramRecording(NamedTuple):
    """What `streetlight.record.programs.record_program` wrote."""

    name: str
    file: str
    sha256: str
    environment: dict
    accumulations: dict
    squares: dict
    functions: dict
    era: str
    printed: str
    start: int
    count: int
    digests: list
    steps: list
    shown: list


def is_program(path):
    """Whether a file says that it is a program's recording."""
    try:
        data = json.loads(read_text(path, 'a recording'))
    except (Unreadable, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get('schema') == PROGRAM_SCHEMA


def read_program(path):
    """A program's recording.

    Parameters
    ----------
    path : str

    Returns
    -------
    ProgramRecording

    Raises
    ------
    TraceFileError
        If it is cut short, foreign, or not as the recorder writes it.
    """
    try:
        data = json.loads(read_text(path, 'a recording'))
    except Unreadable as error:
        raise TraceFileError(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise TraceFileError(f"'{path}' is no whole recording ({error}); record it again") from None
    if not isinstance(data, dict) or data.get('schema') != PROGRAM_SCHEMA:
        raise TraceFileError(f"'{path}' is no program's recording: `record PROGRAM -o FILE` writes one")
    try:
        if data['era'] not in ERAS:
            raise ValueError(f'no era {data["era"]}')
        return ProgramRecording(
            str(path),
            *(_text(data['program'][key]) for key in ('file', 'sha256')),
            _kind(data['environment'], dict),
            {shape: [_text(each) for each in _kind(notations, list)] for shape, notations in _kind(data['accumulations'], dict).items()},
            _numbers(data['squares']),
            {name: _numbers(table) for name, table in _kind(data['functions'], dict).items()},
            data['era'],
            _text(data['printed']),
            _kind(data['start'], int),
            _kind(data['count'], int),
            [(_text(place), _text(digest)) for place, digest in _kind(data['digests'], list)],
            [step(*row) for row in data['steps']],
            [step(*row) for row in data['shown']],
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, MemoryError) as error:
        raise TraceFileError(f"'{path}' is not as the recorder writes it ({type(error).__name__}: {error}); record it again") from None


def step(where, name, shape, bits, decimals):
    """A named value; the decimals are for people and not read."""
    values = [int(text) if text.lstrip('-').isdigit() else float.fromhex(text) for text in bits]
    places = tuple(tuple(place.split('=', 1)) for place in where.split(' ')) if where else ()
    return Step(places, _text(name), np.array(values).reshape(shape))


def _kind(value, kind):
    if not isinstance(value, kind):
        raise TypeError(f'a {kind.__name__} was expected')
    return value


def _text(value):
    return _kind(value, str)


def _numbers(table):
    for operands, result in _kind(table, dict).items():
        for number in (*operands.split(' '), result):
            float.fromhex(number)
    return table
