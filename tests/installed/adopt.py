"""From nothing to a gate that fails: each way to adopt it, tried on a manuscript with one planted wrong digit.

Run by ``tox -e adopt`` in a clone without changes; pre-commit takes what is committed.  Each way is tried in an empty folder, first on a
right manuscript, which must pass.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
RIGHT = 'It prints\n\n```\nError:0.634231159844\nError:0.358384076763\n```\n'
WRONG = RIGHT.replace('0.358384076763', '0.358384076764')
TOLD = "m.md:5:7: wrong: '0.358384076764'"


def run(folder, words, **variables):
    """Run a command in a folder, with nothing of the clone on its path: its exit status and what it said."""
    environment = {name: value for name, value in os.environ.items() if name not in ('PYTHONPATH', 'VIRTUAL_ENV')}
    environment.update({'PRE_COMMIT_HOME': f'{folder}/home', 'PIPX_HOME': f'{folder}/home', **variables})
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    return done.returncode, done.stdout + done.stderr


def by_pre_commit(folder, wheel):
    """Three lines of YAML."""
    _, commit = run(ROOT, ['git', 'rev-parse', 'HEAD'])
    lines = f'- repo: file://{ROOT}\n  rev: {commit.strip()}\n  hooks: [{{id: streetlight}}]\n'
    (folder / '.pre-commit-config.yaml').write_text('repos:\n' + lines)
    run(folder, ['git', 'init', '-q'])
    run(folder, ['git', 'add', '.'])
    return [SCRIPTS / 'pre-commit', 'run', '--all-files'], {}


def by_the_action(folder, wheel):
    """Its steps in a shell, as a runner of a workflow runs them."""
    steps = yaml.safe_load((ROOT / 'action.yml').read_text())['runs']['steps']
    variables = {'RUNNER_TEMP': str(folder / 'runner'), 'ACTION': str(ROOT), 'FILES': '*.md', 'ARGUMENTS': ''}
    for step in steps[:-1]:
        status, told = run(folder, ['bash', '-e', '-o', 'pipefail', '-c', step['run']], **variables)
        assert status == 0, told
    return ['bash', '-e', '-o', 'pipefail', '-c', steps[-1]['run']], variables


def by_uvx(folder, wheel):
    """One line of a shell."""
    return [SCRIPTS / 'uvx', '--from', wheel, 'streetlight', 'errata', 'm.md'], {}


def by_pipx(folder, wheel):
    """One line of a shell."""
    return [SCRIPTS / 'pipx', 'run', '--spec', wheel, 'streetlight', 'errata', 'm.md'], {}


def by_pytest(folder, wheel):
    """A test for each figure."""
    return [SCRIPTS / 'uvx', '--with', wheel, 'pytest', '-q', '--manuscript=m.md'], {}


def main():
    with tempfile.TemporaryDirectory() as built:
        status, told = run(ROOT, [SCRIPTS / 'uv', 'build', '--wheel', '--quiet', '--out-dir', built])
        assert status == 0, told
        wheel = next(Path(built).glob('*.whl'))
        for way in (by_uvx, by_pipx, by_pytest, by_the_action, by_pre_commit):
            with tempfile.TemporaryDirectory() as folder:
                folder = Path(folder)
                begun = time.monotonic()
                (folder / 'm.md').write_text(RIGHT)
                words, variables = way(folder, wheel)
                status, told = run(folder, words, **variables)
                assert status == 0, f'{way.__name__} fails on a right manuscript: {told}'
                (folder / 'm.md').write_text(WRONG)
                run(folder, ['git', 'add', '.'])
                status, told = run(folder, words, **variables)
                assert status == 1, f'{way.__name__} ended with {status}, not 1: {told}'
                shown = re.sub(r'\s+', ' ', told)
                assert TOLD in shown or ('m.md:5' in shown and '0.358384076764' in shown), told
                print(f'{way.__name__}: passes, and fails on the planted digit; {time.monotonic() - begun:.0f} s from nothing')


if __name__ == '__main__':
    main()
