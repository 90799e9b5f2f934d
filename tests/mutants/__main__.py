"""Mutants of the rooms that prove, judge and record, and of the listings, and which no test notices: ``python tests/mutants ROOM``.

The mutants are cosmic-ray's, drawn at random from each file of a room in proportion; its ``cr-report`` reads the session.  Those of a
room run in copies of the tree without ``snapshots/``, so that no pinned text can notice one, against the tests that run its function,
the quickest first.  A session that was ended goes on where it was.
"""

import argparse
import ast
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import Queue

from cosmic_ray.commands.init import _all_work_items as all_mutants
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult
from notice import ROOMS, functions_of

ROOT = Path(__file__).parents[2]
KEPT = ROOT / '.mutants'
WITHOUT = 'snapshots/'
CONFIG = tomllib.loads((ROOT / 'mutation.toml').read_text('utf-8'))

QUICK = 0.5  # seconds of a test that is tried before all others
FIRST = 15.0  # of those together
ALREADY = 'ignore:Module already imported'  # by the server
TOO_LONG = -signal.SIGPROF, -signal.SIGALRM
PYTEST = '-x -q --no-header --tb=line -p no:cacheprovider -p notice'.split()
PYTEST += '--every-case --hypothesis-seed=1 --hypothesis-profile=mutants'.split()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('rooms', nargs='*', metavar='ROOM', help=f'of {", ".join(ROOMS)}, or a file of one; all if none is named')
    parser.add_argument('--draw', type=int, default=60, help='mutants of each room (60)')
    parser.add_argument('--seed', type=int, default=0, help='of the draw (0)')
    parser.add_argument('--seconds', type=float, default=90, help='of tests that a mutant may outlive (90)')
    parser.add_argument('--processes', type=int, default=2)
    parser.add_argument('--again', action='store_true', help='try the survivors of a session once more')
    options = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    for part in options.rooms or ROOMS:
        room = next((room for room, folder in ROOMS.items() if part.startswith(folder)), part)
        whole = room in CONFIG['with-pinned-texts']
        trees = [copied(KEPT / f'{"whole" if whole else "tree"}-{number}', whole) for number in range(options.processes)]
        tests = mapped(trees, room)
        with use_db(str(KEPT / f'{Path(part).stem}-{options.draw}-{options.seed}.sqlite'), WorkDB.Mode.create) as session:
            if not session.num_work_items:
                drawn(session, trees[0], part, options.draw, options.seed)
            execute(session, trees, tests, options)
            report(session, part)


def copied(tree, whole=False):
    """A copy of the working tree, unless it is to be whole without what is pinned, in which a mutant may stand."""
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, check=True, capture_output=True, text=True)
    names = [name for name in listed.stdout.splitlines() if (whole or not name.startswith(WITHOUT)) and (ROOT / name).is_file()]
    for path in list(tree.rglob('*')) if tree.exists() else ():
        if path.is_file() and path.suffix != '.pyc' and str(path.relative_to(tree)) not in names:
            path.unlink()
    for name in names:
        copy = tree / name
        if not copy.exists() or copy.read_bytes() != (ROOT / name).read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy)
    return tree


def environment(tree, **more):
    path = os.pathsep.join((str(tree), str(tree / 'tests' / 'mutants')))
    kept = {name: value for name, value in os.environ.items() if name != 'PYTHONDONTWRITEBYTECODE'}
    return {**kept, 'PYTHONPATH': path, 'PYTHONPYCACHEPREFIX': str(tree / '.compiled'), 'OPENBLAS_NUM_THREADS': '1', **more}


# which tests run which line


def mapped(trees, room):
    """Of each function, the tests for a room that run it, and how long each test takes; test files that changed are run anew."""
    maps, free = KEPT / 'maps', Queue()
    maps.mkdir(exist_ok=True)
    for tree in trees:
        free.put(tree)

    def run(name):
        text = (trees[0] / name).read_bytes() + ' '.join(PYTEST).encode()
        told = maps / f'{Path(name).stem}-{hashlib.sha256(text).hexdigest()[:12]}.json'
        if not told.exists():
            for old in maps.glob(f'{Path(name).stem}-*'):
                old.unlink()
            tree = free.get()
            print(f'which functions {name} runs', flush=True)
            command = [sys.executable, '-m', 'pytest', *(part for part in PYTEST if part != '-x'), name]
            with open(told.with_suffix('.log'), 'w') as log:
                subprocess.run(command, cwd=tree, env=environment(tree, MUTANTS_MAP=str(told)), stdout=log, stderr=log, check=False)
            free.put(tree)
        return json.loads(told.read_text('utf-8')) if told.exists() else {'seconds': {}, 'functions': {}}

    with ThreadPoolExecutor(len(trees)) as pool:
        found = list(pool.map(run, [f'tests/{name}.py' for name in CONFIG['tests'][room]]))
    functions, seconds = {}, {}
    for each in found:
        seconds.update({test: took for test, took in each['seconds'].items() if not any(name in test for name in CONFIG['pinned'])})
        for name, tests in each['functions'].items():
            functions.setdefault(name, set()).update(test for test in tests if test in seconds)
    return functions, seconds


def in_order(tests, module, numbers, limit):
    """The tests that run some lines' function: quick ones first, then file by file those that take least, as far as time goes."""
    functions, seconds = tests
    owners = functions_of(module)
    running = set().union(*(functions.get(owners.get(number), ()) for number in numbers))
    if not running:  # run when the module is read, or by no test in this process
        running = set(seconds)
    beside = set().union(*(functions.get(name, ()) for name in owners.values())) - running  # what is cached is run by the first alone
    order, spent = [], 0.0
    for some in (running, beside):
        for test in sorted(some, key=seconds.get):
            if seconds[test] > QUICK or spent > min(FIRST, limit):
                break
            order.append(test)
            spent += seconds[test]
        files = {}
        for test in sorted(some.difference(order), key=seconds.get):
            files.setdefault(test.partition('::')[0], []).append(test)
        for _, later in sorted(files.items(), key=lambda item: sum(map(seconds.get, item[1]))):
            for test in later:
                if spent < limit:
                    order.append(test)
                    spent += seconds[test]
    return order


# which mutants


def drawn(session, tree, part, count, seed):
    """Fill a session with mutants of a room or file: so many of each file as is its share, none of those that cannot matter."""
    paths = (tree / ROOMS[part]).rglob('*.py') if part in ROOMS else [tree / part]
    modules = sorted(path.relative_to(tree) for path in paths)
    modules = [module for module in modules if str(module) not in CONFIG['excluded-modules']]
    os.chdir(tree)
    files = {}
    for item in all_mutants(modules, {}):
        (mutation,) = item.mutations
        files.setdefault(str(mutation.module_path), []).append((mutation.operator_name, mutation.occurrence, mutation.start_pos, item))
    for name, items in files.items():
        without = left_out(Path(name).read_text('utf-8'))
        items.sort(key=lambda item: item[:2])
        items[:] = [item for item in items if not without(item[0], item[2])]
    pool = [(name, *item) for name, items in sorted(files.items()) for item in items]
    start = random.Random(seed).random()  # systematic: each as likely as any other, each file to its share
    step = len(pool) / count
    kept = [pool[int((start + place) * step)][-1] for place in range(count)] if count < len(pool) else [item[-1] for item in pool]
    session.add_work_items(kept)
    print(f'{part}: {len(kept)} drawn of {len(pool)} mutants')


def left_out(text):
    """Whether a mutant cannot change what a program does: an annotation, a cache, a script's last line."""
    spans = []
    for node in ast.walk(ast.parse(text)):
        parts = [getattr(node, 'annotation', None), getattr(node, 'returns', None)]
        parts += [each for each in getattr(node, 'decorator_list', ()) if 'cache' in ast.unparse(each)]
        if isinstance(node, ast.If) and '__name__' in ast.unparse(node.test):
            parts.append(node)
        spans += [((part.lineno, part.col_offset - 1), (part.end_lineno, part.end_col_offset)) for part in parts if part is not None]

    def without(operator, start):
        return any(first <= tuple(start) <= last for first, last in spans)

    return without


# and who notices them


def execute(session, trees, tests, options):
    results = dict(session.results)
    todo = [item for item in session.work_items if item.job_id not in results or (options.again and survived(results[item.job_id]))]
    random.Random(options.seed).shuffle(todo)  # so that a session that was ended is a draw too
    free = Queue()
    for tree in trees:
        free.put(tree)

    def one(item):
        tree = free.get()
        try:
            return item, *judged(tree, item.mutations[0], tests, options.seconds)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        for done in as_completed(pool.submit(one, item) for item in todo):
            item, result, spent = done.result()
            session.set_result(item.job_id, result)
            (mutation,) = item.mutations
            word = 'SURVIVED' if survived(result) else result.output.splitlines()[-1][:70] if result.output else 'noticed'
            print(f'{spent:6.1f} s {mutation.module_path}:{mutation.start_pos[0]} {mutation.operator_name[5:]}: {word}', flush=True)


def survived(result):
    return result.test_outcome == TestOutcome.SURVIVED


def judged(tree, mutation, tests, limit):
    """What the tests say of a mutant, and the seconds of computing that it took."""
    path = tree / mutation.module_path
    plain = path.read_text('utf-8')
    mutant = mutate_code(plain, get_operator(mutation.operator_name)(**mutation.operator_args), mutation.occurrence)
    order = in_order(tests, plain, range(mutation.start_pos[0], mutation.end_pos[0] + 1), limit)
    known = noticed_by(mutation.module_path)
    order.sort(key=lambda test: known.index(test) if test in known else len(known))
    if not order:
        return WorkResult(WorkerOutcome.NORMAL, 'no test runs it', TestOutcome.SURVIVED, difference(plain, mutant)), 0.0
    listed = tree / '.order.json'
    listed.write_text(json.dumps({test: tests[1][test] for test in order}), 'utf-8')
    names = list(dict.fromkeys(test.partition('::')[0] for test in order))
    dated(path, mutant, random.SystemRandom().randrange(2**31))
    before = time.time()
    try:
        status, told = served(tree, ['-W', ALREADY, *PYTEST, *names], {'MUTANTS_ORDER': str(listed)})
    finally:
        dated(path, plain, time.time())
    outcome = TestOutcome.SURVIVED if status == 0 else TestOutcome.KILLED
    output = '' if status == 0 else 'too long' if status in TOO_LONG else told[-1500:].strip()
    for test in re.findall(r'^(?:FAILED|ERROR) (\S+::.+?)(?: - |$)', output, re.M):
        noticed_by(mutation.module_path, test)
    return WorkResult(WorkerOutcome.NORMAL, output, outcome, difference(plain, mutant)), time.time() - before


def noticed_by(path, *tests):
    """The tests that noticed a file's mutants, the last first: these are tried first."""
    file = KEPT / 'noticed.json'
    known = json.loads(file.read_text('utf-8')) if file.exists() else {}
    own = known[str(path)] = list(dict.fromkeys([*tests, *known.get(str(path), ())]))[:50]
    if tests:
        file.write_text(json.dumps(known), 'utf-8')
    return own


SERVERS = {}  # one for each tree


def served(tree, arguments, variables):
    """Exit status and output of pytest in a tree."""
    if tree not in SERVERS:
        command = [sys.executable, str(tree / 'tests' / 'mutants' / 'server.py')]
        SERVERS[tree] = subprocess.Popen(
            command, cwd=tree, env=environment(tree), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    server, output = SERVERS[tree], tree / '.output.txt'
    server.stdin.write(json.dumps([arguments, variables, str(output)]) + '\n')
    server.stdin.flush()
    return int(server.stdout.readline()), output.read_text('utf-8', 'replace')


def dated(path, text, seconds):
    """Write a source with a time of its own, by which what is compiled of it is known."""
    path.write_text(text, 'utf-8')
    os.utime(path, (seconds, seconds))


def difference(plain, mutant):
    pairs = [(number, *pair) for number, pair in enumerate(zip(plain.splitlines(), mutant.splitlines()), 1) if pair[0] != pair[1]]
    return '\n'.join(f'{number}: {before.strip()}\n   -> {after.strip()}' for number, before, after in pairs)


def report(session, part):
    results, items = dict(session.results), {item.job_id: item for item in session.work_items}
    left = [(items[job].mutations[0].module_path, result) for job, result in results.items() if survived(result)]
    known = {each['mutant']: each['why'] for each in CONFIG['equivalent']}
    explained = [(path, result, known[changed(result)]) for path, result in left if changed(result) in known]
    for path, result in sorted(left, key=lambda pair: (str(pair[0]), int(pair[1].diff.partition(':')[0] or 0))):
        why = known.get(changed(result))
        print(f'{"equivalent, " + why if why else "survived"}: {path} {result.diff}')
    count = len(results) - len(explained)
    noticed = len(results) - len(left)
    print(f'{part}: {noticed} of {count} noticed, {noticed / max(count, 1):.1%}; {len(explained)} others are equivalent')


def changed(result):
    """The line as the mutant has it."""
    return result.diff.rpartition('-> ')[2].strip()


if __name__ == '__main__':
    sys.exit(main())
