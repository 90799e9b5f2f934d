"""Check certificates with conforming evaluations that another program makes: ``python tests/checker/check.py``.

The evaluations come from C, written from the chapters' text (`listings.c`), and the certificates from the command line, so that
nothing is shared with what is checked.  Exit status 1 if an evaluation lies outside a certificate, or too few variants are reached.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ALL_DIGITS = '1.14'  # the era that prints a scalar with all its digits
DECIMALS = 8  # of an array's elements
SIGNIFICANT = 12  # of a scalar in era 1.13
LEAST_REACHED = {'all-together': 0.9, 'whole-dataset': 0.9}
ENOUGH = 500_000  # evaluations from which so many variants must be reached


class Found(NamedTuple):
    """What the evaluations made of the figures of one listing."""

    figures: int
    moving: int
    outside: int
    ends: int
    all_ends: int
    ratio: float
    reached: int
    variants: int

    @property
    def share(self):
        return self.reached / self.variants if self.variants else 1.0


def compile_c(folder, name, *sources):
    """A program made of C sources beside this file, in a folder."""
    compiler = shutil.which('gcc') or shutil.which('cc')
    if compiler is None:
        raise FileNotFoundError('the checker is written in C, and there is no compiler here')
    program = Path(folder) / name
    flags = '-O2', '-ffp-contract=off', '-fexcess-precision=standard', '-std=c99'
    subprocess.run([compiler, *flags, '-o', program, *(HERE / source for source in sources), '-lm'], check=True)
    return program


def compiled(folder):
    """The checker's program, compiled into a folder."""
    return compile_c(folder, 'checker', 'conforming.c', 'listings.c', 'search.c')


def certified(listings=()):
    """What the command line says of each figure of a listing, in order: a dict of era to row."""
    told = subprocess.run(
        [sys.executable, '-m', 'reference', 'certify', *listings, '--json'], capture_output=True, check=True, text=True, cwd=HERE.parents[1]
    )
    rows = {}
    for row in json.loads(told.stdout):
        if row['proof'] == 'fixed':
            continue  # an integer
        rows.setdefault(row['listing'], {}).setdefault(row['era'], []).append(row)
    return {listing: [dict(zip(eras, pair)) for pair in zip(*eras.values(), strict=True)] for listing, eras in rows.items()}


def outward(fraction, side):
    """The float64 number next to a rational, below it (side -1) or above (side 1)."""
    nearest = float(fraction)
    return nearest if Fraction(nearest) == fraction else math.nextafter(nearest, side * math.inf)


def numbers_printed_as(row):
    """Between which numbers a guaranteed print leaves the value: half a unit of its last possible place."""
    if not row['guaranteed']:
        return -math.inf, math.inf
    printed = Decimal(row['printed'])
    if row['element'] is not None:
        place = -DECIMALS + (printed.adjusted() if 'e' in row['printed'] else 0)
    elif row['era'] == ALL_DIGITS:
        return float(printed), float(printed)  # the digits that read back as this number alone
    else:
        place = printed.adjusted() + 1 - SIGNIFICANT
    middle, half = Fraction(printed), Fraction(10) ** place / 2
    return outward(middle - half, -1), outward(middle + half, 1)


def question(eras):
    """The line that the C program reads of one figure."""
    row = eras[ALL_DIGITS]
    exact = Fraction(row['exact'] or row['low'])  # a number that cannot vary has none of its own
    variants = sorted(map(float, row['variants'] or ())) if row['element'] is None else []
    prints = [numbers_printed_as(each) for each in eras.values()]
    bounds = (row['low'], row['high'], max(low for low, _ in prints), min(high for _, high in prints))
    numbers = (*bounds, float(exact), float(exact - Fraction(float(exact))), row['radius'], float(len(variants)), *variants)
    return ' '.join(number.hex() for number in numbers)


def check(program, listing, figures, evaluations, seed=1):
    """Draw evaluations of a listing, and compare each with its certificates."""
    lines = [f'{listing} {evaluations} {seed} {len(figures)}', *map(question, figures)]
    done = subprocess.run([str(program)], input='\n'.join(lines), capture_output=True, check=False, text=True)
    if done.returncode:
        raise RuntimeError(f'{listing}: {done.stderr or "the checker does not know it"}')
    rows = [eras[ALL_DIGITS] for eras in figures]
    answers = [line.split() for line in done.stdout.splitlines()]
    moving = [(row, answer) for row, answer in zip(rows, answers, strict=True) if row['low'] < row['high']]
    listed = [(row, int(answer[3])) for row, answer in zip(rows, answers) if row['element'] is None and row['variants']]
    ends = [float.fromhex(value) == row[end] for row, answer in moving for value, end in ((answer[1], 'low'), (answer[2], 'high'))]
    return Found(
        len(rows),
        len(moving),
        sum(int(answer[0]) for answer in answers),
        sum(ends),
        len(ends),
        max((float(answer[4]) for _, answer in moving), default=0.0),
        sum(reached for _, reached in listed),
        sum(len(row['variants']) for row, _ in listed),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('listings', nargs='*', help='which listings; all that compute in floating point if none is named')
    parser.add_argument('--evaluations', type=int, default=1_000_000, help='of each listing')
    parser.add_argument('--jobs', type=int, default=2)
    options = parser.parse_args()
    names = options.listings or known_listings()
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder)
        figures = certified(names)
        print(f'{options.evaluations:,} evaluations of each listing\n')
        print(
            f'{"listing":<22}{"figures":>8}{"that move":>10}{"outside":>8}{"ends attained":>15}{"distance/radius":>16}'
            f'{"variants reached":>20}'
        )
        with ThreadPoolExecutor(options.jobs) as pool:
            answers = {name: pool.submit(check, program, name, figures[name], options.evaluations) for name in names}
            failed = [name for name in names if not shown(name, answers[name].result(), options.evaluations >= ENOUGH)]
    if failed:
        print(f'\nnot as certified, or too few variants reached: {", ".join(failed)}')
    return bool(failed)


def known_listings():
    """The names in ``listings.c``."""
    table = (HERE / 'listings.c').read_text('utf-8').rpartition('listings[] = {')[2]
    return table.split('"')[1::2]


def shown(name, found, enough):
    print(
        f'{name:<22}{found.figures:>8}{found.moving:>10}{found.outside:>8}{f"{found.ends} of {found.all_ends}":>15}'
        f'{found.ratio:>16.3f}{f"{found.reached} of {found.variants}":>15}{f"{found.share:.0%}":>5}',
        flush=True,
    )
    return found.outside == 0 and found.share >= LEAST_REACHED.get(name, 0) * enough


if __name__ == '__main__':
    sys.exit(main())
