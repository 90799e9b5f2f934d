"""What README and docs show: each command runs, each claim's figure is the one that is pinned, each page is short."""

import re
import shlex
from pathlib import Path

import pytest

from reference.__main__ import main
from streetlight.boundary import BoundaryError, walls

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').glob('*.md'))]
BLOCKS = {page.name: re.findall(r'```console\n(.*?)```', page.read_text(), re.S) for page in PAGES}
COMMANDS = [(name, line) for name, blocks in BLOCKS.items() for block in blocks for line in block.splitlines()]
ELSEWHERE = {  # by other tests
    'streetlight atlas --show',
    'streetlight reproduce',
    'streetlight certify all-together',
    'streetlight report program.py -o page',
    'streetlight errata chapter.md --run-code',
}
PROGRAM = 'import numpy as np\nx = np.array([0.1, 0.2, 0.3])\nprint("Error:", (x.dot(x) - 1) ** 2)\n'
CHAPTER = '```python\nprint(2.5 * 2)\n```\n\n```\n5.0\n```\n\n```\nError:0.634231159844\nError:0.358384076764\n```\n'


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Where a reader may stand who tries the commands."""
    folder = tmp_path_factory.mktemp('reader')
    (folder / 'program.py').write_text(PROGRAM)
    (folder / 'chapter.md').write_text(CHAPTER)
    for name in ('mine.json', 'theirs.json'):
        assert main(['record', '-o', str(folder / name)]) == 0
    return folder


@pytest.mark.parametrize(
    'page, command',
    [
        pytest.param(page, command, id=f'{page}: {command}', marks=[pytest.mark.thorough] * (command in ELSEWHERE))
        for page, command in COMMANDS
    ],
)
def test_each_command_runs(page, command, folder, monkeypatch, capsys):
    if any(word in command for word in ('--run-code', 'certify program', 'report program', '--program')) and not bounded():
        command += ' --unprotected'
    monkeypatch.chdir(folder)
    name, *words = shlex.split(command)
    assert name == 'streetlight' and main(words) in (0, 1)
    assert capsys.readouterr().out or ' -o ' in command


def bounded():
    try:
        return walls.bubblewrap()
    except BoundaryError:
        return ''


def test_a_page_is_at_most_two_screens():
    pages = [page for page in PAGES if page.name != 'certificates.md']
    assert [page.name for page in pages if len(page.read_text().splitlines()) > 100 or len(page.read_text()) > 6000] == []
    assert len((ROOT / 'README.md').read_text().splitlines()) < 50


def test_every_link_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r'\]\((?!http)([^)#]*)', page.read_text()):
            assert (page.parent / target).exists(), f'{page.name}: {target}'
