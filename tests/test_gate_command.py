"""The gate in use: its patch, its ledger of accepted findings, on a command line, on GitHub and in pytest."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from short_texts import ERRORS

from reference import BOOK
from reference.__main__ import main
from streetlight.errata.gate import findings_of
from streetlight.errata.patch import patch
from streetlight.errata.readers import parse, read

ROOT = Path(__file__).resolve().parents[1]


def test_the_patch_mends_the_manuscript(tmp_path):
    text = (
        '# T\n\n```\n'
        + '\n'.join(ERRORS).replace('0.358384076763', '0.358384076764').replace('1.50556226651e-05', '1.60556226651e-05')
        + '\n```\n\n```\n1 * 10 * 2 = 100\n```\n'
    )
    path = tmp_path / 'm.md'
    path.write_text(text)
    manuscript = parse(text.encode(), '.md', 'm.md')
    (tmp_path / 'd.patch').write_text(patch(manuscript, findings_of(BOOK, manuscript)))
    subprocess.run(['git', 'apply', '--unsafe-paths', 'd.patch'], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert path.read_text() == '# T\n\n```\n' + '\n'.join(ERRORS) + '\n```\n\n```\n1 * 10 * 2 = 20\n```\n'
    assert not any(finding.failing for finding in findings_of(BOOK, read(path)))


def test_the_gate_fails_on_what_is_new_and_on_what_has_gone(tmp_path, capsys):
    path, ledger = tmp_path / 'm.md', tmp_path / 'ledger.json'
    path.write_text('```\n' + '\n'.join(ERRORS).replace('763', '764') + '\n```\n')
    command = ['errata', str(path), '--ledger', str(ledger)]
    assert main(command[:2]) == 1
    assert f"{path}:3:7: wrong: '0.358384076764', should be '0.358384076763'" in capsys.readouterr().out
    assert main([*command, '--update-ledger']) == 0
    assert main(command) == 0
    assert 'have no reason' in capsys.readouterr().out
    entry = json.loads(ledger.read_text())
    entry['accepted'][0]['reason'] = 'printed so in the first edition'
    ledger.write_text(json.dumps(entry))
    path.write_text('\n\n' + path.read_text())  # it stands elsewhere now, and is the same
    assert main(command) == 0
    path.write_text(path.read_text().replace('0.634231159844', '0.634231159845'))
    assert main([*command, '--json']) == 1
    capsys.readouterr()
    assert main([*command, '--json']) == 1
    document = json.loads(capsys.readouterr().out)
    assert [(row['printed'], row['accepted']) for row in document['findings'] if row['failing']] == [
        ('0.634231159845', False),
        ('0.358384076764', True),
    ]
    path.write_text('```\n' + '\n'.join(ERRORS) + '\n```\n')
    assert main(command) == 1
    assert 'no longer occurs' in capsys.readouterr().out
    assert main([*command, '--update-ledger']) == 0
    assert json.loads(ledger.read_text())['accepted'] == []


@pytest.mark.parametrize(
    'text', ['{}', '[1]', 'nonsense', '{"schema": 99, "accepted": []}', '{"schema": 1, "accepted": [{"file": 3}]}', '[' * 100_000]
)
def test_a_damaged_ledger_is_one_clear_line(text, tmp_path, capsys):
    (tmp_path / 'm.md').write_text('x\n')
    (tmp_path / 'ledger.json').write_text(text)
    assert main(['errata', str(tmp_path / 'm.md'), '--ledger', str(tmp_path / 'ledger.json')]) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1 and '--update-ledger' in told


def test_github_shows_findings_beside_their_lines(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv('GITHUB_ACTIONS', 'true')
    (tmp_path / 'm.md').write_text('```\n' + '\n'.join(ERRORS).replace('763', '764') + '\n```\n')
    assert main(['errata', str(tmp_path / 'm.md')]) == 1
    assert f'::error file={tmp_path / "m.md"},line=3,col=7::' in capsys.readouterr().err


@pytest.mark.thorough
def test_pytest_judges_a_manuscript_figure_by_figure(tmp_path):
    path, report = tmp_path / 'm.md', tmp_path / 'report.xml'
    path.write_text('```\n' + '\n'.join(ERRORS).replace('763', '764') + '\n```\n')
    run = subprocess.run(
        [sys.executable, '-m', 'pytest', '-q', '-n', '1', '--manuscript', str(path), '--junitxml', str(report)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert '1 failed, 6 passed' in run.stdout
    assert f"{path}:3:7: wrong: '0.358384076764', should be '0.358384076763'" in run.stdout
    assert f'{path}:3:7: wrong' in report.read_text() and 'tests="7"' in report.read_text()
