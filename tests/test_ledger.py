"""The ledger of figures: what the texts print is what the listings give, and where it is not, the text is wrong."""

import json
from collections import Counter

import pytest

from reference import BOOK
from reference.__main__ import main
from streetlight.certify.accumulation import left_to_right
from streetlight.errata.figures import agrees, value_of
from streetlight.errata.reproduce import EXACT, UNMATCHED, reproduce
from streetlight.judge.verdict import predict

FIGURES = BOOK.figures
TEXTS = BOOK.texts
RIGHT = [figure for figure in FIGURES if not figure.verdict]
WRONG = [figure for figure in FIGURES if figure.verdict == 'wrong']


def by_line(figure):
    return f'{figure.text}:{figure.line}:{figure.name}'


@pytest.fixture(scope='module')
def plain():
    """The listings on the accumulation of the texts: left to right, nothing fused, squares rounded."""
    return predict(BOOK, left_to_right, {})


@pytest.mark.parametrize('figure', RIGHT, ids=by_line)
def test_a_listing_gives_what_the_text_prints_and_no_other_last_digit(figure, plain):
    value, era = value_of(figure, plain[figure.listing]), TEXTS[figure.text].era
    assert agrees(figure, figure.printed, value, era), value
    for changed in with_another_last_digit(figure):
        assert not agrees(figure, changed, value, era), changed


@pytest.mark.parametrize('figure', WRONG, ids=by_line)
def test_the_text_is_wrong_and_the_right_characters_are_known(figure, plain):
    value = value_of(figure, plain[figure.listing])
    assert not agrees(figure, figure.printed, value, TEXTS[figure.text].era)
    assert agrees(figure, figure.right, value, TEXTS[figure.text].era)
    assert figure.note


def with_another_last_digit(figure):
    digit = max(index for index, character in enumerate(figure.printed) if character.isdigit() or character in '+-_')
    others = '0123456789' if figure.printed[digit].isdigit() and figure.form != 'signs' else '+-0'
    same = {'_': '_-', '-': '_-'}.get(figure.printed[digit], figure.printed[digit])
    return [figure.printed[:digit] + other + figure.printed[digit + 1 :] for other in set(others) - set(same)]


def test_nothing_is_wrong_that_the_ledger_does_not_know():
    findings = reproduce(BOOK)
    assert [finding for finding in findings if not finding.expected] == []
    assert sum(finding.verdict == EXACT for finding in findings) > len(findings) / 2


def test_the_main_job_compares_every_figure_and_ends_well(capsys):
    assert main(['reproduce', '--json']) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document['figures']) == len(FIGURES)
    assert {figure['verdict'] for figure in document['figures']} <= {'exact', 'environment', 'wrong', 'unmatched'}
    assert len(document['listings']) == len(BOOK.listings)


def test_the_main_job_says_the_errata_and_the_count(capsys):
    assert main(['reproduce']) == 0
    told = capsys.readouterr().out
    assert "lab-6:608: wrong: '1 * 10 * 2 = 100', right is '1 * 10 * 2 = 20'" in told
    assert told.splitlines()[-1].endswith('2 known errata; 0 wrong, 0 listings unexplained.')


def test_the_main_job_fails_on_a_figure_that_no_machine_prints(capsys, monkeypatch):
    changed = [figure._replace(printed='0.634231159845') if figure.printed == '0.634231159844' else figure for figure in FIGURES]
    monkeypatch.setattr('streetlight.book.Book.figures', changed)
    assert main(['reproduce']) == 1
    told = capsys.readouterr().out
    assert "book-6:900: wrong: '0.634231159845'" in told
    assert 'NOT IN THE LEDGER' in told
    assert told.splitlines()[-1].endswith('2 known errata; 2 wrong, 0 listings unexplained.')


def test_the_ledger_is_complete():
    # counted in the texts by hand
    count = Counter((figure.text, figure.listing, figure.form) for figure in FIGURES)
    assert count['notes-6', 'single-example', 'str'] == 20 * 2
    assert count['notes-6', 'whole-dataset', 'str'] == 4 * (6 * 2 + 1)
    assert count['book-6', 'whole-dataset', 'str'] == 4
    assert count['notes-6', 'all-together', 'str'] == count['book-6', 'all-together', 'str'] == count['lab-6', 'all-together', 'str'] == 6
    assert count['notes-6', 'one-iteration', 'repr'] == 14
    assert count['notes-6', 'first-deep-network', 'repr'] == 5
    assert count['notes-6', 'streetlight-matrices', 'repr'] == 2
    assert count['book-6', 'weight-pressure', 'signs'] == 6 + 6 + 4
    assert count['lab-6', 'linear-collapse', 'equation'] == 4
    assert {figure.printed for figure in FIGURES if figure.form == UNMATCHED} == {'0.9'}
