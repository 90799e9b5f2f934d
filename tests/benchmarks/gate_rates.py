"""How often the gate cries wolf and how often it misses, beside nbval, scipy_doctest and doctestplus: a table.

    python tests/benchmarks/gate_rates.py [--cases 10000]

The cases are those of ``tests/manuscripts.py``: right texts as a hundred environments print them, and the same with one
guaranteed digit changed.  The peers compare a text with what its program prints on the machine that checks it, so each is
given that: the same labels, lines and precision, this machine's numbers.  scipy_doctest and doctestplus are asked by their own
output checkers, with their own defaults; nbval by running it on a notebook with a cell for each case (``--nbval`` of them).
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from manuscripts import alter, other_case, printed_here, printed_there, right, right_case, wrong_case  # noqa: E402
from rich.table import Table  # noqa: E402

from streetlight.commands.terminal import console  # noqa: E402


def fails(case):
    """Whether the gate fails on a case; of a wrong one, at the right line."""
    from reference import BOOK
    from streetlight.errata.gate import findings_of
    from streetlight.errata.readers import parse

    found = [each for each in findings_of(BOOK, parse(case.text.encode(), case.suffix, 'case')) if each.failing]
    return any(case.fault == 'swap' or not case.wrong or each.line in case.wrong for each in found)


def gate_counts(seeds):
    """Of some seeds how many right, wrong and other texts the gate fails on."""
    return [sum(fails(make(seed)) for seed in seeds) for make in (right_case, wrong_case, other_case)]


def pair(seed):
    """A text, the same with one guaranteed digit changed, and what its program prints here, as strings."""
    draw = random.Random(f'right {seed}')
    _, made, _ = right(draw)
    changed = None
    while not changed:
        changed = alter(draw, made, 'digit')
    return ['\n'.join(lines) + '\n' for lines in (printed_there(seed), changed[0], printed_here(seed))]


def checkers():
    """The peers' own functions: name to a function of (text, output)."""
    import doctest

    from pytest_doctestplus.output_checker import FLOAT_CMP, OutputChecker
    from scipy_doctest.impl import DTChecker

    plus, scipy = OutputChecker(), DTChecker()
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

    def scipy_accepts(want, got):
        try:
            return scipy.check_output(want, got, flags)
        except RecursionError:  # version 2.2 does not end on some arrays without commas
            return False

    return {
        'scipy_doctest (its defaults)': scipy_accepts,
        'doctestplus (FLOAT_CMP)': lambda want, got: plus.check_output(want, got, flags | FLOAT_CMP),
    }


def nbval_failures(pairs):
    """Which of (text, output) pairs nbval fails on: it runs a notebook whose cells print the outputs."""
    cells = [
        {
            'cell_type': 'code',
            'execution_count': 1,
            'metadata': {},
            'source': f'print({got!r}, end="")',
            'outputs': [{'output_type': 'stream', 'name': 'stdout', 'text': want}],
        }
        for want, got in pairs
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'cases.ipynb'
        kernel = {'kernelspec': {'name': 'python3', 'display_name': 'Python 3', 'language': 'python'}}
        path.write_text(json.dumps({'cells': cells, 'metadata': kernel, 'nbformat': 4, 'nbformat_minor': 4}))
        command = [sys.executable, '-m', 'pytest', '--nbval', '--nbval-current-env', '-q', '-p', 'no:cacheprovider', str(path)]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    count = re.search(r'(\d+) failed', run.stdout)
    if not re.search(r'\d+ (?:passed|failed)', run.stdout):
        raise SystemExit(f'nbval did not run: {run.stdout[-500:]} {run.stderr[-500:]}')
    return int(count[1]) if count else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--cases', type=int, default=10_000, help='right and wrong texts each (10000)')
    parser.add_argument('--nbval', type=int, default=500, help='of which nbval is given this many (500)')
    parser.add_argument('--workers', type=int, default=2)
    arguments = parser.parse_args()
    with ProcessPoolExecutor(arguments.workers) as pool:
        parts = list(pool.map(gate_counts, [range(start, arguments.cases, arguments.workers) for start in range(arguments.workers)]))
    alarms, caught, others = (sum(part[index] for part in parts) for index in range(3))
    table = Table('tool', title='Texts of the fifteen listings, from every class and era', title_justify='left')
    for heading in ('right texts', 'false alarms', 'wrong texts', 'missed', 'other programs', 'called wrong'):
        table.add_column(heading, justify='right')
    cases = str(arguments.cases)
    table.add_row('the gate', cases, str(alarms), cases, str(arguments.cases - caught), cases, str(others))
    pairs = [pair(seed) for seed in range(arguments.cases)]
    for name, accepts in checkers().items():
        table.add_row(
            name,
            str(len(pairs)),
            str(sum(not accepts(text, here) for text, _, here in pairs)),
            str(len(pairs)),
            str(sum(accepts(changed, here) for _, changed, here in pairs)),
            '',
            '',
        )
    some = pairs[: arguments.nbval]
    if some:
        missed = len(some) - nbval_failures([(changed, here) for _, changed, here in some])
        alarms = nbval_failures([(text, here) for text, _, here in some])
        table.add_row('nbval', str(len(some)), str(alarms), str(len(some)), str(missed), '', '')
    console().print(table)


if __name__ == '__main__':
    main()
