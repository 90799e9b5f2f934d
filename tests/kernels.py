"""Recordings of a program by another OpenBLAS kernel of this machine, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from streetlight.judge.programfile import read_program

ROOT = Path(__file__).parents[1]


def record_on(kernel, program, out):
    """Record a program on a kernel, into a file, and read that."""
    subprocess.run(
        [sys.executable, '-m', 'streetlight', 'record', str(program), '-o', str(out)],
        cwd=ROOT,
        check=True,
        env={**os.environ, 'OPENBLAS_CORETYPE': kernel},
        capture_output=True,
    )
    return read_program(out)
