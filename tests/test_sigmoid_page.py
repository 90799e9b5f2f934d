"""The second book's page: what it says of an output that a reader pastes."""

import json

import pytest

from streetlight.book import Book
from streetlight.judge.pinned import pinned
from streetlight.report.build import CHECK, script
from streetlight.report.check import classes_of, material

ROOT = 'books/sigmoid'


@pytest.fixture(scope='module')
def book(request):
    return Book(request.config.rootpath / ROOT)


@pytest.fixture(scope='module')
def check(book):
    racer = pytest.importorskip('py_mini_racer', reason='there is no mini-racer here').MiniRacer()
    racer.eval(script(*CHECK))
    classes = {each.id: classes_of(each, pinned(book).atlas) for each in book.listings}
    racer.eval(f'const data = prepared({json.dumps(material(book, classes))})')
    return lambda pasted: json.loads(racer.eval(f"JSON.stringify(check({json.dumps(pasted)}, data, ''))"))


def printed(book, listing, letter=None):
    known = pinned(book)
    return known.printed(listing, letter or next(iter(known.atlas['classes'][listing])), '1.13')


def of_text(book, listing):
    """The output as the text prints it: a class's, with the text's own figures in the places of its scalars."""
    lines = printed(book, listing).splitlines()
    for figure in book.figures:
        if figure.listing == listing and '[' not in figure.name:
            at = int(figure.step.partition('=')[2]) - 1
            lines[at] = lines[at].rpartition(':')[0] + ':' + figure.printed
    return '\n'.join(lines)


@pytest.mark.one_in(3)
@pytest.mark.parametrize('listing', ['three-layers', 'rates', 'rates-32-hidden'])
def test_the_texts_own_output_is_right(listing, book, check):
    found = check(of_text(book, listing))
    assert {each['verdict'] for each in found['figures']} <= {'exact', 'environment', 'rounded'}
    assert listing in found['sentences'][0]


@pytest.mark.parametrize('listing', ['rates', 'rates-and-turns', 'rates-32-hidden'])
def test_three_machines_are_known_by_their_output(listing, book, check):
    letters = list(pinned(book).atlas['classes'][listing])
    for letter in (letters[0], letters[len(letters) // 2], letters[-1]):
        found = check(printed(book, listing, letter))
        assert {each['verdict'] for each in found['figures']} <= {'exact', 'environment', 'rounded'}
        assert letter in found['sentences'][0]


def test_a_slip_is_found_at_its_place(book, check):
    text = printed(book, 'three-layers')
    first = text.splitlines()[2].rpartition(':')[2]
    slipped = first[:6] + str((int(first[6]) + 3) % 10) + first[7:]
    found = check(text.replace(first, slipped))
    assert [each['text'] for each in found['figures'] if each['verdict'] in ('wrong', 'unmatched')] == [slipped]


def test_another_rate_is_no_listings_output(book, check):
    # 3-4-1 at rate 5, at steps 0, 500, … 2500: computed apart from the book
    errors = '0.496410031903 0.0431937 0.0196612 0.0145171 0.0119837 0.0104229'
    found = check('\n'.join(f'Error:{error}' for error in errors.split()))
    assert 'digit for digit' not in ' '.join(found['sentences'])


@pytest.mark.parametrize('rate', range(7))
def test_one_training_pasted_alone_is_known(rate, book, check):
    training = printed(book, 'rates').strip().split('\n\n')[rate]
    found = check(training)
    assert {each['verdict'] for each in found['figures']} <= {'exact', 'environment', 'rounded'}
    assert found['sentences'][0].startswith('Your program is right. rates ')


def test_a_wrong_count_of_turns_is_found_at_its_place(book, check):
    training = printed(book, 'rates-and-turns').split('\nTraining with')[3].splitlines()
    at = next(number for number, line in enumerate(training) if line.startswith('Turns')) + 1
    training[at] = training[at].replace('1.', '3.', 1)
    found = check('\n'.join(training))
    wrong = [each['text'] for each in found['figures'] if each['verdict'] == 'wrong']
    assert wrong == ['3.']
    assert 'synapse_0_turns[0]' in found['sentences'][1]


def test_a_reader_with_another_rate_is_told_of_the_rate_first(book, check):
    # what the listing prints with alphas=(5,)
    lines = ['Training with alpha:5', 'Error after 0 iterations:0.496410031903', 'Error after 10000 iterations:0.00350565892841']
    found = check('\n'.join(lines))
    assert 'no machine prints 5 at this place' in found['sentences'][1]
