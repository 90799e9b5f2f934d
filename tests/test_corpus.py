"""The gate on documents that real kernels ran: what `tests/corpus/make.py` wrote, right but for one mistake in some.

A document is right by being what was run, in some environment, of the chapter's programs or of others; none of it was written by
the gate or asked of it.  Numbers are recognised, nothing is run; in a sample (with --thorough in all) the programs are run too.
"""

import json
import lzma
from pathlib import Path

import pytest

from reference import BOOK
from streetlight.errata.gate import findings_of
from streetlight.errata.patch import patch
from streetlight.errata.readers import parse

DOCUMENTS = [json.loads(line) for line in lzma.open(Path(__file__).parent / 'corpus' / 'documents.jsonl.xz', 'rt', encoding='utf-8')]
RIGHT = [document for document in DOCUMENTS if 'places' not in document]
WRONG = [document for document in DOCUMENTS if 'places' in document]


# what its own program does not print: it was edited since, or one of its cells had run twice, and no number of a cell says so
STALE = [each for each in RIGHT if each['how'] == 'stale' or (each['how'] == 'twice' and each['suffix'] != '.ipynb')]
CURRENT = [each for each in RIGHT if each not in STALE]


def judged(document, run_code=False):
    """The manuscript of a document, and the findings on it."""
    manuscript = parse(document['text'].encode(), document['suffix'], 'document' + document['suffix'])
    return manuscript, findings_of(BOOK, manuscript, run_code)


def some(documents, config, every):
    return documents if config.option.thorough else documents[::every]


def test_the_corpus_is_large_and_of_many_machines_and_formats():
    assert len(RIGHT) >= 300 and len(WRONG) >= 100
    assert len({document['machine'] for document in DOCUMENTS}) >= 20
    assert {document['suffix'] for document in DOCUMENTS} == {'.ipynb', '.md', '.rst', '.txt', '.py'}
    before = sum(
        document['text'].find('"outputs"') < document['text'].find('"source"') for document in RIGHT if document['suffix'] == '.ipynb'
    )
    assert 0.2 < before / sum(document['suffix'] == '.ipynb' for document in RIGHT) < 0.95


def test_nothing_is_wrong_in_a_document_that_was_run(pytestconfig, every_case):
    for number, document in enumerate(some(RIGHT, pytestconfig, 5 if every_case else 15)):
        manuscript, findings = judged(document)
        assert [finding for finding in findings if finding.failing] == [], number
        for finding in findings:
            if finding.kind in ('figure', 'equation'):
                shown = finding.printed.rpartition('= ')[2] if finding.kind == 'equation' else finding.printed
                assert manuscript.raw[finding.line - 1].startswith(shown, finding.column - 1), (number, finding)


def test_a_planted_mistake_is_found_at_its_characters_and_no_other(pytestconfig, every_case):
    documents, found = some(WRONG, pytestconfig, 4 if every_case else 40), 0
    for document in documents:
        _, findings = judged(document)
        places = {tuple(place) for place in document['places']}
        failing = {(finding.line, finding.column) for finding in findings if finding.failing}
        assert failing <= places, document['mistake']
        found += bool(failing)
    missed = len(documents) - found  # a few numbers of three digits near convergence, which only running tells
    assert missed <= (4 if len(documents) == len(WRONG) else 1)  # of 110, or of some


@pytest.mark.one_in(3)
@pytest.mark.parametrize('suffix', ['.ipynb', '.md', '.rst', '.txt', '.py'])
def test_a_patched_document_passes(suffix, tmp_path, monkeypatch):
    """What the patch puts in is what the environment's own print was, or what a guaranteed one is: nothing fails any more."""
    monkeypatch.chdir(tmp_path)
    document = next(
        each for each in WRONG if each['suffix'] == suffix and each['mistake'] != 'swap' and any(f.failing for f in judged(each)[1])
    )
    manuscript, findings = judged(document)
    lines = list(manuscript.raw)
    diff = patch(manuscript, findings).split('\n')
    removed = [line[1:] for line in diff if line.startswith('-') and not line.startswith('---')]
    added = [line[1:] for line in diff if line.startswith('+') and not line.startswith('+++')]
    for old, new in zip(removed, added, strict=True):
        lines[lines.index(old)] = new
    assert removed and not any(finding.failing for finding in judged({**document, 'text': '\n'.join(lines)})[1])


@pytest.mark.thorough
def test_where_its_program_is_run_nothing_is_wrong_in_a_document_that_it_printed(pytestconfig, every_case):
    """Without --every-case none that trains on forty images is among them: one of those takes its whole time limit."""
    documents = CURRENT if every_case else [each for each in CURRENT if 'Train-Acc:' not in each['text']]
    for document in some(documents, pytestconfig, 90):
        assert [finding for finding in judged(document, run_code=True)[1] if finding.failing] == [], document['machine']


@pytest.mark.thorough
def test_where_its_program_is_run_a_planted_mistake_is_found(pytestconfig):
    documents, found = some(WRONG, pytestconfig, 40), 0
    for document in documents:
        _, findings = judged(document, run_code=True)
        failing = {(finding.line, finding.column) for finding in findings if finding.failing}
        assert failing <= {tuple(place) for place in document['places']}, document['mistake']
        found += bool(failing)
    assert len(documents) - found <= (2 if len(documents) == len(WRONG) else 0)  # of 110: 98 in 100


@pytest.mark.thorough
def test_of_a_stale_document_only_its_output_as_a_whole_is_called_wrong(pytestconfig):
    for document in some(STALE, pytestconfig, 20):
        assert {finding.kind for finding in judged(document, run_code=True)[1] if finding.failing} <= {'output'}
