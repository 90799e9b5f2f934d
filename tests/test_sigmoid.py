"""The second book: what is pinned of it, against its texts, this machine and the tape's proof."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest

from streetlight.book import Book
from streetlight.certify import programs
from streetlight.certify.record import BOUND, NONE
from streetlight.judge.pinned import pinned
from streetlight.record.arithmetic import NumPyArithmetic
from streetlight.record.eras import printed_text
from streetlight.record.trace import trace_of

BOOK = Book(Path(__file__).parents[1] / 'books' / 'sigmoid')
KNOWN = pinned(BOOK)
RECORDS = {(each.listing, each.step, each.name, each.element): each for listing in BOOK.listings for each in KNOWN.records(listing.id)}


def record_of(figure):
    name, _, index = figure.name.partition('[')
    found = [each for key, each in RECORDS.items() if key[:3] == (figure.listing, figure.step, name)]
    if not index:
        return found[0]
    row, column = map(int, index.rstrip(']').split(','))
    columns = {'layer_1': 1, 'synapse_0': 4, 'synapse_0_turns': 4, 'synapse_1': 1, 'synapse_1_turns': 1}[name]
    return next(each for each in found if each.element == row * columns + column)


def test_every_environment_prints_the_figures_but_where_they_print_differently_from_each_other():
    """The exceptions stand where the texts' own numbers are chaotic: rates 100 and 1000, and 32 hidden nodes at rate 10."""
    exceptions = set()
    for figure in BOOK.figures:
        record = record_of(figure)
        if set(record.prints['1.13']) != {figure.printed}:
            first = record.refuted('1.13')
            assert first is not None, figure.address
            assert figure.printed[:first] == record.printed['1.13'][:first], figure.address
            exceptions.add((figure.listing, figure.step))
    lines = {'rates': range(44, 49), 'rates-32-hidden': range(36, 41), 'rates-and-turns': range(134, 180)}
    assert all(int(step[5:]) in lines[listing] for listing, step in exceptions)


def test_no_environment_prints_the_twelve_digits_of_rate_100():
    figures = [each for each in BOOK.figures if each.listing == 'rates' and 44 <= int(each.step[5:]) <= 48]
    assert len(figures) == 5
    for figure in figures:
        assert len(record_of(figure).prints['1.13']) > 1


def test_each_figure_has_a_record():
    assert len(BOOK.figures) == len({id(record_of(figure)) for figure in BOOK.figures}) == len(RECORDS) == 360


@pytest.mark.parametrize('listing', ['two-layers', 'three-layers'])
def test_what_this_machine_prints_lies_in_the_enclosures(listing):
    trace = trace_of(BOOK.listing(listing), NumPyArithmetic())
    for step in trace.steps:
        where = ' '.join('%s=%s' % pair for pair in step.where)
        for element, value in enumerate(np.ravel(step.value)):
            record = RECORDS[listing, where, step.name, element if np.ndim(step.value) else None]
            assert record.proof == BOUND
            assert record.low <= value <= record.high


def test_every_value_of_the_atlas_lies_in_its_enclosure():
    proved = [each for each in RECORDS.values() if each.proof != NONE]
    assert len(proved) >= 70
    for record in proved:
        assert all(record.low <= float(value) <= record.high for value in record.values), record.address


def test_the_proof_of_two_layers_is_the_pinned_one():
    listing = BOOK.listing('two-layers')
    _, (number,) = programs.numbers(listing)
    records = KNOWN.records('two-layers')
    low, high = np.ravel(number.low), np.ravel(number.high)
    here = [float(value) for value in np.ravel(number.value)]
    for record, *ends, value in zip(records, low, high, here):
        # another machine's centre moves both ends a little
        assert ends == pytest.approx([record.low, record.high], rel=1e-12)
        assert ends[0] <= value <= ends[1]


def test_ten_digits_are_proved_at_each_error_of_an_ordinary_rate():
    errors = [record_of(each) for each in BOOK.figures if each.listing in ('rates', 'three-layers') and int(each.step[5:]) <= 40]
    assert len(errors) == 36
    assert min(each.guaranteed_digits for each in errors) >= 10


def test_a_plain_listing_is_noted_as_it_prints():
    for id in ('two-layers', 'three-layers'):
        listing = BOOK.listing(id)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            listing.run()
        assert out.getvalue() == printed_text(trace_of(listing, NumPyArithmetic()))


def test_the_atlas_holds_forty_environments_of_many_functions():
    atlas = KNOWN.atlas
    assert len(atlas['environments']) >= 40
    assert len({each['fingerprint']['functions']['exp'] for each in atlas['environments'].values()}) >= 5
