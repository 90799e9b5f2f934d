"""A plugin of pytest: which test runs which function, and tests in the order in which a mutant is noticed soonest.

With ``MUTANTS_MAP`` it writes there what each test runs, of properties with few examples; with ``MUTANTS_ORDER`` it runs the tests
that are named there, in that order.  A function is known by its qualified name, so that a map outlives code that moves.
"""

import ast
import json
import os
import re
import signal
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import Phase, settings

MAP, ORDER = os.environ.get('MUTANTS_MAP'), os.environ.get('MUTANTS_ORDER')
ROOMS = {room: f'streetlight/{room}' for room in ('certify', 'shadow', 'judge', 'record')} | {'listings': 'reference/listings'}
WATCHED = re.compile(rf'/({"|".join(ROOMS.values())})/')
FEW = 5  # examples of a property that are enough to see what it runs

# a mutant is noticed by any example, not by the simplest, and not by the machine's being busy
settings.register_profile('mutants', deadline=None, phases=[Phase.explicit, Phase.generate], database=None)
settings.load_profile('mutants')


def functions_of(text):
    """Of each line of a source, by number: the qualified name of the innermost function around it."""
    owner = {}

    def enter(node, name):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                own = f'{name}.{child.name}' if name else child.name
                if not isinstance(child, ast.ClassDef):
                    first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                    owner.update(dict.fromkeys(range(first, child.end_lineno + 1), own))
                enter(child, own)
            else:
                enter(child, name)

    enter(ast.parse(text), '')
    return owner


def plain_name(code):
    """The same of a code object: a lambda or a comprehension is of the function around it."""
    return '.'.join(part for part in code.co_qualname.split('.') if not part.startswith('<'))


if MAP:
    MONITORING, TOOL = sys.monitoring, sys.monitoring.COVERAGE_ID
    around, uses, seconds, failed, ran = [''], defaultdict(set), {}, set(), defaultdict(set)

    def function_runs(code, offset):
        if not WATCHED.search(code.co_filename):
            return MONITORING.DISABLE
        ran[plain_name(code)].add(around[-1])

    MONITORING.use_tool_id(TOOL, 'mutants')
    MONITORING.register_callback(TOOL, MONITORING.events.PY_START, function_runs)
    MONITORING.set_events(TOOL, MONITORING.events.PY_START)

    def enter(name):
        uses[around[-1]].add(name)
        around.append(name)

    def pytest_collection_modifyitems(items):
        for item in items:
            own = getattr(item.obj, '_hypothesis_internal_use_settings', None)
            if own and own.max_examples > FEW:
                item.obj._hypothesis_internal_use_settings = settings(own, max_examples=FEW)
                seconds[item.nodeid] = own.max_examples / FEW  # a factor, until it has run

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(item):
        enter(item.nodeid)
        uses[item.nodeid] |= {f'fixture {name}' for name in item.fixturenames}
        before = sum(os.times()[:4])
        done = yield
        seconds[item.nodeid] = (sum(os.times()[:4]) - before) * seconds.get(item.nodeid, 1)
        around.pop()
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(fixturedef):
        enter(f'fixture {fixturedef.argname}')
        try:
            return (yield)
        finally:
            around.pop()

    def pytest_runtest_logreport(report):
        if not report.passed:  # skipped ones notice nothing
            failed.add(report.nodeid)

    def pytest_sessionfinish():
        MONITORING.set_events(TOOL, 0)
        running = {test: _closure(test) for test in seconds if test not in failed}
        tests = {name: [test for test, closed in running.items() if not closed.isdisjoint(contexts)] for name, contexts in ran.items()}
        told = {'seconds': {test: seconds[test] for test in running}, 'functions': tests}
        Path(MAP).write_text(json.dumps(told), 'utf-8')

    def _closure(name):
        """A test, and the fixtures that it rests on."""
        found, todo = set(), [name]
        while todo:
            each = todo.pop()
            if each not in found:
                found.add(each)
                todo += uses[each]
        return found


if ORDER:
    EXPECTED = json.loads(Path(ORDER).read_text('utf-8'))  # of each test the seconds that it takes

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(items):
        place = {test: index for index, test in enumerate(EXPECTED)}
        items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(item):
        signal.setitimer(signal.ITIMER_PROF, 15 + 20 * EXPECTED[item.nodeid])  # whose signal ends the process
        return (yield)
