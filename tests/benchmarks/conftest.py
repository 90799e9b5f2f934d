"""The table of ratios at the end of a benchmark run, and its JSON: what `report` shows, and nothing of this machine beside."""

import numpy as np
import pytest
from rich.markup import escape
from rich.table import Table

from reference.benchmarks import compact, ratios
from streetlight.commands.terminal import console

COMPACT = pytest.StashKey()


@pytest.fixture
def bench(benchmark):
    """Run ``work`` a few times; ``count`` is what its time is divided by, ``equal`` whether its bits equal the listing's."""

    def run(work, count, equal, flops=None, setup=None, rounds=5):
        benchmark.extra_info.update(count=count, equal=equal, flops=flops)
        return benchmark.pedantic(work, setup=setup, rounds=rounds, warmup_rounds=1)

    return run


def pytest_benchmark_update_machine_info(config, machine_info):
    machine_info['numpy'] = np.__version__


def pytest_benchmark_update_json(config, benchmarks, output_json):
    config.stash[COMPACT] = compact(output_json)
    output_json.clear()
    output_json.update(config.stash[COMPACT])


def pytest_terminal_summary(terminalreporter, config):
    if COMPACT not in config.stash:
        terminalreporter.write_line('no table of ratios without --benchmark-json FILE')
        return
    for name, members in ratios(config.stash[COMPACT]['benchmarks']).items():
        table = Table('', title=f'{name}: medians of one run', title_justify='left')
        for heading in ('us each', 'times the fastest', 'times faster than the slowest', 'equal to the bit'):
            table.add_column(heading, justify='right')
        for each in members:
            table.add_row(
                escape(each.name),
                f'{each.seconds * 1e6:.4g}',
                f'{each.over_fastest:.2f}',
                f'{each.under_slowest:.4g}',
                '' if each.equal is None else 'yes' if each.equal else 'no',
            )
        console().print(table)
