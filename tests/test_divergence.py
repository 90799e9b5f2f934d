"""Two traces: where they part, why, and how far; and the commands that tell it."""

import json
import re
from fractions import Fraction

import pytest
from recordings import BACKWARD, PLAIN, recording_of, trace

from reference import BOOK
from reference.__main__ import main
from streetlight.judge.divergence import compare
from streetlight.judge.environments import environments
from streetlight.judge.pinned import pinned
from streetlight.record.recorder import SCHEMA
from streetlight.record.trace import hexadecimal

KNOWN = pinned(BOOK)


def trace_file(path, recording):
    listings = {
        name: {
            'digest': each.digest,
            'era': each.era,
            'printed': each.printed,
            'steps': [
                [
                    ' '.join('%s=%s' % pair for pair in step.where),
                    step.name,
                    list(getattr(step.value, 'shape', ())),
                    hexadecimal(step.value),
                    [],
                ]
                for step in each.steps
            ],
        }
        for name, each in recording.listings.items()
    }
    path.write_text(
        json.dumps(
            {
                'schema': SCHEMA,
                'environment': recording.environment,
                'accumulations': recording.accumulations,
                'squares': recording.squares,
                'listings': listings,
            }
        )
    )
    return str(path)


@pytest.fixture(scope='module')
def plain(tmp_path_factory):
    return trace_file(tmp_path_factory.mktemp('plain') / 'plain.json', recording_of(PLAIN))


@pytest.fixture(scope='module')
def backward(tmp_path_factory):
    return trace_file(tmp_path_factory.mktemp('backward') / 'backward.json', recording_of(BACKWARD))


def parting_of(listing, accumulations, squares=()):
    """How this listing parts from what it is on a machine that adds from the left."""
    recordings = [recording_of(PLAIN, only=[listing]), recording_of(accumulations, squares, only=[listing])]
    return compare(BOOK, *recordings)[listing]


def test_the_cause_is_the_one_dot_that_makes_the_difference():
    one = {**PLAIN, '3 . 3': BACKWARD['3 . 3'], '1x1 . 1x4': ['p0']}
    parting = parting_of('whole-dataset', one)
    assert parting.causes == ['the dot of 3 . 3 adds 0+((p0+p1)+p2) in one, 0+(p0+(p1+p2)) in the other']
    assert parting.divergence.step.endswith('prediction')


def test_the_distance_is_followed_to_each_printed_figure():
    parting = parting_of('all-together', BACKWARD)
    assert [place for place, _ in parting.growth] == [f'iteration={n} layer_2_error' for n in (9, 19, 29, 39, 49, 59)]
    last = [float(trace('all-together', each).steps[-1].value) for each in (PLAIN, BACKWARD)]
    assert parting.growth[-1][1] == round(abs(last[0] - last[1]) / 2.0**-69)


def test_a_c_library_is_named_as_the_cause():
    errors = [step for step in trace('single-example').steps if step.name in ('error', 'delta')]
    error, delta = errors[0].value, errors[1].value
    squares = {abs(float(delta)).hex(): (float(error) + 2.0**-57).hex()}
    parting = parting_of('single-example', PLAIN, squares)
    assert parting.causes == ['the C library squares otherwise (None, None)']


def test_equal_traces_have_no_parting():
    assert set(compare(BOOK, recording_of(PLAIN), recording_of(PLAIN)).values()) == {None}


def test_diff_says_where_and_why_and_ends_with_1(plain, backward, capsys):
    assert main(['diff', plain, backward]) == 1
    told = capsys.readouterr().out
    assert 'whole-dataset: first difference at iteration=0 row=3 prediction, element 0' in told
    assert '    because the dot of 3 . 3 adds 0+((p0+p1)+p2) in one, 0+(p0+(p1+p2)) in the other' in told
    assert 'operations that are equal to the bit, the inner product of' in told
    assert '    B: 0+(p0+(p1+p2)): p0 = ' in told and told.startswith(f'A: {plain}: NumPy ')
    assert 'elementwise, ' in told.rpartition('equal to the bit: ')[2]
    assert main(['diff', plain, plain]) == 0


def test_the_first_operation_is_the_one_whose_factors_are_equal_and_whose_result_is_not():
    operation = parting_of('whole-dataset', BACKWARD).operation
    one, other = operation.partial
    assert operation.accumulations == ('0+((p0+p1)+p2)', '0+(p0+(p1+p2))')
    products = [a * b for a, b in zip(*operation.factors)]
    assert one == [
        ('p0', products[0]),
        ('p1', products[1]),
        ('p0+p1', products[0] + products[1]),
        ('p2', products[2]),
        ('(p0+p1)+p2', products[0] + products[1] + products[2]),
    ]
    assert other[-1] == ('p0+(p1+p2)', products[0] + (products[1] + products[2]))
    assert operation.results == (one[-1][1], other[-1][1])
    assert operation.results[0] != operation.results[1]


def test_a_fused_sum_can_be_the_first_operation():
    fused = {shape: [re.sub(r'\+p(?=[1-9])', '+x', notation) for notation in notations] for shape, notations in PLAIN.items()}
    operation = parting_of('all-together', fused).operation
    a, b = operation.factors
    assert ('p0+x1', float(Fraction(a[1]) * Fraction(b[1]) + Fraction(a[0] * b[0]))) in operation.partial[1]


def test_a_square_can_be_the_first_operation():
    steps = trace('single-example').steps
    error, delta = (next(step.value for step in steps if step.name == name) for name in ('error', 'delta'))
    squares = {abs(float(delta)).hex(): (float(error) + 2.0**-57).hex()}
    operation = parting_of('single-example', PLAIN, squares).operation
    assert operation.factors[0] == [-float(delta)]  # the chapter squares goal - prediction
    assert operation.results == (float(error), float(error) + 2.0**-57)
    assert (operation.number, operation.accumulations, operation.partial) == (1, ('', ''), ([], []))


@pytest.mark.thorough
def test_diff_as_json(plain, backward, capsys):
    assert main(['diff', plain, backward, '--json']) == 1
    rows = {row['listing']: row for row in json.loads(capsys.readouterr().out)}
    assert len(rows) == len(BOOK.listings)
    assert rows['elementwise'] == {'listing': 'elementwise', 'equal': True}
    assert rows['whole-dataset']['ulps'] == 1
    assert [float.fromhex(bits) for bits in rows['whole-dataset']['hex']] == rows['whole-dataset']['values']


def test_judge_says_how_to_pin_what_is_explained(backward, capsys):
    assert main(['judge', backward]) == 0
    told = capsys.readouterr().out
    assert 'explained' in told
    assert 'To pin what is explained' in told


def test_judge_as_json_names_each_listing(plain, capsys):
    main(['judge', plain, '--json'])
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(BOOK.listings)
    assert {row['verdict'] for row in rows} <= {'pinned', 'explained'}


@pytest.mark.parametrize(
    'arguments, told',
    [
        (['judge', 'no-such-file.json'], "cannot read 'no-such-file.json': No such file or directory"),
        (['diff', 'README.md', 'README.md'], "'README.md' is no whole trace file"),
        (['atlas', '--only', 'no-such-*'], 'no environment is named like no-such-*'),
        (['certify', 'no-such-listing'], "no listing 'no-such-listing'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, told, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert len(captured.err.splitlines()) == 1
    assert captured.out == ''


def test_the_atlas_can_be_shown_and_listed(capsys):
    assert main(['atlas', '--show', '--json']) == 0
    rows = json.loads(capsys.readouterr().out)
    total = {listing: sum(row['environments'] for row in rows if row['listing'] == listing) for listing in {row['listing'] for row in rows}}
    assert total == {listing.id: KNOWN.sizes(listing.id).total() for listing in BOOK.listings}
    assert main(['atlas', '--list', '--json']) == 0
    assert json.loads(capsys.readouterr().out) == list(environments())


def test_certify_as_json_has_the_fields_that_others_read(capsys):
    assert main(['certify', 'single-example', '--json']) == 0
    rows = json.loads(capsys.readouterr().out)
    row = next(row for row in rows if (row['step'], row['name'], row['era']) == ('iteration=0', 'prediction', '1.13'))
    assert row['printed'] == '-0.2'
    assert row['exact'].startswith('-0.1999999999999999')
    assert row['guaranteed_digits'] == 17
    assert row['guaranteed'] is True and row['proof'] == 'every evaluation'


def test_certify_says_which_environments_print_what(capsys):
    assert main(['certify', 'all-together', '--json']) == 0
    rows = json.loads(capsys.readouterr().out)
    last = next(row for row in rows if (row['step'], row['era']) == ('iteration=59', '1.14'))
    letters = {name: each['classes']['all-together'] for name, each in KNOWN.atlas['environments'].items()}
    printed = {letter: KNOWN.printed('all-together', letter, '1.14').split(':')[-1].strip() for letter in letters.values()}
    assert {name: text for text, names in last['printed_by'].items() for name in names} == {
        name: printed[letter] for name, letter in letters.items()
    }
