"""The table of ratios at the end of a benchmark run."""

import pytest
from rich.markup import escape
from rich.table import Table

from reference.commands.terminal import console


@pytest.fixture
def bench(benchmark):
    """Run ``work`` a few times; ``count`` is what its time is divided by, ``equal`` whether its bits equal the listing's."""
    def run(work, count, equal, flops=None, setup=None, rounds=5):
        benchmark.extra_info.update(count=count, equal=equal, flops=flops)
        return benchmark.pedantic(work, setup=setup, rounds=rounds, warmup_rounds=1)
    return run


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, '_benchmarksession', None)
    groups = {}
    for each in session.benchmarks if session else []:
        if each.extra_info.get('count') and each.stats:
            groups.setdefault(each.group, []).append(each)
    for name, members in groups.items():
        members.sort(key=lambda each: each.stats.median / each.extra_info['count'])
        best = members[0].stats.median / members[0].extra_info['count']
        slowest = members[-1].stats.median / members[-1].extra_info['count']
        table = Table('', title=f'{name}: medians of one run', title_justify='left')
        for heading in ('us each', 'times the fastest', 'times faster than the slowest', 'equal to the bit'):
            table.add_column(heading, justify='right')
        for each in members:
            time = each.stats.median / each.extra_info['count']
            equal = each.extra_info['equal']
            table.add_row(escape(each.name.removeprefix('test_')), f'{time * 1e6:.4g}', f'{time / best:.2f}', f'{slowest / time:.4g}',
                          '' if equal is None else 'yes' if equal else 'no')
        console().print(table)
