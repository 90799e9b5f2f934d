"""A plugin of pytest: which test runs which line, and tests in the order in which a mutant is noticed soonest.

With ``MUTANTS_MAP`` it writes there what each test runs, of properties with few examples; with ``MUTANTS_ORDER`` it runs the tests
that are named there, in that order.  A line is known by its text and by the function around it, so that a map outlives code that moves.
"""

import ast
import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import Phase, settings

MAP, ORDER = os.environ.get('MUTANTS_MAP'), os.environ.get('MUTANTS_ORDER')
ROOMS = ('certify', 'shadow', 'judge', 'record')
WATCHED = re.compile(rf'streetlight/({"|".join(ROOMS)})/')
FEW = 5  # examples of a property that are enough to see what it runs

# a mutant is noticed by any example, not by the simplest, and not by the machine's being busy
settings.register_profile('mutants', deadline=None, phases=[Phase.explicit, Phase.generate], database=None)
settings.load_profile('mutants')


def line_names(text):
    """Of each line of a source, by number: the innermost function around it and its text."""
    lines, owner = text.splitlines(), {}
    for node in ast.walk(ast.parse(text)):  # outer nodes come first
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            owner.update(dict.fromkeys(range(node.lineno, node.end_lineno + 1), node.name))
    return {number: f'{owner.get(number, "")}: {line.strip()}' for number, line in enumerate(lines, 1)}


if MAP:
    MONITORING, TOOL = sys.monitoring, sys.monitoring.COVERAGE_ID
    around, uses, seconds, failed, ran = [''], defaultdict(set), {}, set(), defaultdict(set)

    def line_runs(code, number):
        if WATCHED.search(code.co_filename):
            ran[code.co_filename, number].add(around[-1])
        return MONITORING.DISABLE  # until the next test

    MONITORING.use_tool_id(TOOL, 'mutants')
    MONITORING.register_callback(TOOL, MONITORING.events.LINE, line_runs)
    MONITORING.set_events(TOOL, MONITORING.events.LINE)

    def enter(name):
        uses[around[-1]].add(name)
        around.append(name)
        MONITORING.restart_events()

    def leave():
        around.pop()
        MONITORING.restart_events()

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
        leave()
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(fixturedef):
        enter(f'fixture {fixturedef.argname}')
        try:
            return (yield)
        finally:
            leave()

    def pytest_runtest_logreport(report):
        if not report.passed:  # skipped ones notice nothing
            failed.add(report.nodeid)

    def pytest_sessionfinish():
        MONITORING.set_events(TOOL, 0)
        names, lines = {path: line_names(Path(path).read_text('utf-8')) for path, _ in ran}, defaultdict(set)
        running = {test: _closure(test) for test in seconds if test not in failed}
        for (path, number), contexts in ran.items():
            lines[names[path].get(number, '')] |= {test for test, closed in running.items() if not closed.isdisjoint(contexts)}
        told = {'seconds': {test: seconds[test] for test in running}, 'lines': {key: sorted(tests) for key, tests in lines.items()}}
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

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(items):
        place = {test: index for index, test in enumerate(json.loads(Path(ORDER).read_text('utf-8')))}
        items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])
