"""Each sentence of README and docs that counts something says what is counted today."""

import pytest
from counted import KNOWN, ROOT, SWEEP, claims, update

CLAIMS = [(name, claim, counts) for name, claim, *counts in claims()]


def page(name):
    """A page's words, as one line."""
    return ' '.join((ROOT / name).read_text('utf-8').split())


@pytest.mark.parametrize('name, claim, counts', CLAIMS, ids=[claim for _, claim, _ in CLAIMS])
def test_what_is_counted_stands_on_the_page(name, claim, counts):
    assert claim.format(*counts) in page(name), f'`python tests/counted.py` writes into {name} what is counted'


def test_a_count_is_written_into_its_sentence_and_nowhere_else():
    text = 'Of fifteen\nlights 59.9 % shine; of two lights 1,000.'
    assert update(text, 'Of {} lights {} shine', ['three', '7']) == 'Of three\nlights 7 shine; of two lights 1,000.'
    with pytest.raises(SystemExit, match='2 times'):
        update(text + text, 'Of {} lights {} shine', ['three', '7'])


def test_the_quarter_of_the_sweep_that_learns_nothing_ends_at_one_or_two():
    assert 0.99 < SWEEP['quantiles']['0.75'] < 1.01 and 1.99 < SWEEP['quantiles']['0.95'] < 2.01
    assert 'a quarter end at 1 or 2' in page('docs/sweep.md')


def test_all_was_recorded_on_one_processor():
    assert len({environment['fingerprint']['cpu'] for environment in KNOWN.atlas['environments'].values()}) == 1
    assert 'one physical processor' in page('README.md') and 'on one physical processor' in page('docs/classes.md')


def test_the_page_of_classes_shows_what_each_prints_last():
    rows = [line.strip('| ').split(' | ') for line in (ROOT / 'docs/classes.md').read_text('utf-8').splitlines() if '-' in line[:16]]
    rows = [row for row in rows if row[0] in ('all-together', 'whole-dataset')]
    assert len(rows) == 6
    for listing, letter, _, value, _ in rows:
        values = KNOWN.printed(listing, letter, '1.14').split()
        assert f'Error:{value}' == values[-1] or f'Prediction:{value}' == values[3]
