"""Use the tool as one who has installed the wheel: from an empty folder, with nothing of the clone in reach.

Run by ``tox -e wheel``; each claim is a command and its exit status.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

RIGHT = 'It prints\n\n```\nError:0.634231159844\nError:0.358384076763\nError:0.0830183113303\nError:0.0064670549571\n```\n'
WRONG = RIGHT.replace('0.358384076763', '0.358385076763')
SCRIPTS = Path(sys.executable).parent


def run(folder, status, *words, shows=''):
    """Run a command; it must end with this status and show these characters."""
    environment = {name: value for name, value in os.environ.items() if name != 'PYTHONPATH'}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    told = done.stdout + done.stderr
    assert done.returncode == status, f'{words} ended with {done.returncode}, not {status}:\n{told}'
    assert shows in told, f'{words} does not show {shows!r}:\n{told}'
    print(f'{done.returncode}  {" ".join(map(str, words))}')


def main():
    tool, python = SCRIPTS / 'streetlight', sys.executable
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (('right.md', RIGHT), ('wrong.md', WRONG), ('program.py', 'print(1 / 3)\n')):
            Path(folder, name).write_text(text)
        run(folder, 0, python, '-c', 'import streetlight; print(streetlight.__file__)', shows='site-packages')
        run(folder, 0, tool, '--help', shows='certify')
        run(folder, 0, tool, 'list', shows='all-together')
        run(folder, 0, tool, 'run', 'all-together', '--era', '1.13', shows='Error:1.50556226651e-05')
        run(folder, 0, tool, 'certify', shows='whole-dataset')
        run(folder, 0, tool, 'certify', 'all-together', shows='1.50556226651e-05')
        run(folder, 0, tool, 'certify', 'program.py', shows='0.3333333333333333')
        run(folder, 0, tool, 'errata', 'right.md')
        run(folder, 1, tool, 'errata', 'wrong.md', shows='0.358384076763')
        run(folder, 0, tool, 'record', '-o', 'here.json')
        run(folder, 0, tool, 'judge', 'here.json', shows='all-together')
        run(folder, 0, tool, 'reproduce', shows='figures')
        run(folder, 0, tool, 'sweep', '--seeds', '0:40', shows='end with an error below')
        run(folder, 2, tool, 'run', 'no-such-listing', shows='no listing')
        run(folder, 0, python, '-m', 'pytest', '-q', '--manuscript=right.md', shows='passed')
        run(folder, 1, python, '-m', 'pytest', '-q', '--manuscript=wrong.md', shows='0.358384076763')


if __name__ == '__main__':
    main()
