"""Runs pytest again and again, each time in a fork of a process that has read the libraries already.

A line of JSON comes in for each run, ``[arguments, variables, output]``; its exit status goes out.
"""

import importlib
import json
import os
import signal
import sys

LIBRARIES = 'pytest hypothesis.strategies numpy flint syrupy rich.table threadpoolctl markdown_it nbformat docutils.nodes difflib sqlite3'
LONGEST = 1200  # seconds of a clock

for library in LIBRARIES.split():
    importlib.import_module(library)


def run(arguments, variables, output):
    """In the fork."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    told = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(told, 1)
    os.dup2(told, 2)
    os.environ.update(variables)
    signal.alarm(LONGEST)
    status = importlib.import_module('pytest').main(arguments)
    sys.stdout.flush()
    os._exit(status)


for line in sys.stdin:
    child = os.fork()
    if not child:
        run(*json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
