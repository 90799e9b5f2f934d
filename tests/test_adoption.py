"""What others adopt: the wheel, the hook, the action, the workflow, and the commands that the documents show."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import streetlight
from streetlight.commands.errata import annotate, escaped

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']


def test_every_dependency_has_a_version_in_the_constraints():
    pinned = {line.partition('==')[0].lower() for line in (ROOT / 'constraints.txt').read_text().splitlines() if '==' in line}
    assert {re.split('[>;=]', each)[0] for each in PROJECT['dependencies']} <= pinned


def test_one_version_is_told_everywhere():
    assert f'version: {streetlight.__version__}\n' in (ROOT / 'CITATION.cff').read_text()


def test_actions_are_pinned_by_commit():
    for path in [*(ROOT / '.github' / 'workflows').glob('*.yml'), ROOT / 'action.yml']:
        used = re.findall(r'uses: (\S+)', path.read_text())
        assert [each for each in used if not re.search(r'@[0-9a-f]{40}$', each)] == []


def test_the_steps_of_the_action_judge_a_manuscript(tmp_path):
    steps = re.findall(r'      run: (?:\|\n((?:        .*\n)+)|(.*)\n)', (ROOT / 'action.yml').read_text())
    (_, install), (judge, _) = steps
    assert '"$ACTION/constraints.txt" "$ACTION"' in install
    script = tmp_path / 'runner' / 'streetlight' / 'bin' / 'streetlight'
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m reference "$@"\n')
    script.chmod(0o755)
    (tmp_path / 'a b;c').mkdir()
    (tmp_path / 'a b;c' / 'm.md').write_text('It says\n\n`1 * 10 * 2 = 100`\n')
    variables = {**os.environ, 'RUNNER_TEMP': str(tmp_path / 'runner'), 'FILES': '**/*.md', 'ARGUMENTS': '--all', 'GITHUB_ACTIONS': 'true'}
    run = subprocess.run(['bash', '-e', '-o', 'pipefail', '-c', judge], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert run.returncode == 1 and '::error file=a b;c/m.md,line=3,col=15::' in run.stderr


def test_a_name_cannot_end_an_annotation():
    assert escaped('a,line=1::x%\n::warning', '%\r\n:,') == 'a%2Cline=1%3A%3Ax%25%0A%3A%3Awarning'
    assert annotate.__doc__
