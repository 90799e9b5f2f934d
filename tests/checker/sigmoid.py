"""Check the second book's certificates likewise: ``python tests/checker/sigmoid.py [--evaluations N]``.

Each evaluation is a training of 60,000 steps in C (`sigmoid.c`), and the certificates are those pinned in ``snapshots/sigmoid``.
Exit status 1 if an evaluation lies outside.
"""

import argparse
import json
import subprocess
import sys
import tempfile

from check import HERE, compile_c

PINNED = HERE.parents[1] / 'snapshots' / 'sigmoid' / 'rates' / 'numbers.jsonl'
ALPHAS = '0.001', '0.01', '0.1', '1', '10', '100', '1000'
STEPS, EVERY, ULPS = 60000, 10000, 4
LEANS = 0, 1, -1  # exp anywhere within its ulps; mostly as high, mostly as low as it may be


def trained(program, alpha, seed, lean, steps=STEPS):
    """The errors that one evaluation prints."""
    done = subprocess.run([str(program)], input=f'{alpha} {steps} {EVERY} {ULPS} {seed} {lean}', capture_output=True, check=True, text=True)
    return list(map(float.fromhex, done.stdout.split()))


def certified():
    """For each rate its pinned rows, in the order of printing."""
    rows = [json.loads(line) for line in PINNED.read_text('utf-8').splitlines()]
    errors = [row for row in rows if row['name'] == 'error']
    each = len(errors) // len(ALPHAS)
    return {alpha: errors[at * each :][:each] for at, alpha in enumerate(ALPHAS)}


def outside(rows, errors):
    """How many errors lie outside, of how many certificates, and the largest distance from the middle over the radius."""
    proved = [(row['low'], row['high'], error) for row, error in zip(rows, errors) if row['proof'] == 'bound']
    wrong = sum(not low <= error <= high for low, high, error in proved)
    shares = [abs(error - (low + high) / 2) / ((high - low) / 2) for low, high, error in proved]
    return wrong, len(proved), max(shares, default=0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--evaluations', type=int, default=30, help='of each rate')
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        program = compile_c(folder, 'sigmoid', 'conforming.c', 'sigmoid.c')
        print(f'{options.evaluations} evaluations of each rate\n\n{"rate":<8}{"proved":>7}{"outside":>9}{"distance/radius":>17}')
        for alpha, rows in certified().items():
            found = [outside(rows, trained(program, alpha, seed, LEANS[seed % 3])) for seed in range(options.evaluations)]
            wrong = sum(each[0] for each in found)
            failed |= wrong > 0
            print(f'{alpha:<8}{found[0][1]:>7}{wrong:>9}{max(each[2] for each in found):>17.3f}', flush=True)
    return int(failed)


if __name__ == '__main__':
    sys.exit(main())
