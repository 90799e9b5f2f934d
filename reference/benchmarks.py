"""Benchmarks as ratios: of one run, on one machine, which is said."""

from typing import NamedTuple


class Ratio(NamedTuple):
    """One way to do a group's work: its time for one replica or iteration, in seconds, and the ratios to the fastest and the slowest.

    ``equal`` says whether its bits equal the listing's, None where that is no question.
    """

    name: str
    seconds: float
    over_fastest: float
    under_slowest: float
    equal: bool | None


def compact(output):
    """What a report needs of pytest-benchmark's JSON: the machine, and of each benchmark its group, name, median and what it counted.

    Parameters
    ----------
    output : dict

    Returns
    -------
    dict
    """
    machine = output['machine_info']
    cpu = machine.get('cpu', {})
    return {
        'machine': {
            'cpu': cpu.get('brand_raw', machine.get('processor', '')),
            'cores': cpu.get('count'),
            'system': machine.get('system'),
            'python': machine.get('python_version'),
            'numpy': machine.get('numpy'),
        },
        'date': output['datetime'][:10],
        'benchmarks': [
            {
                'group': each['group'],
                'name': each['name'],
                'median': each['stats']['median'],
                'rounds': each['stats']['rounds'],
                'count': each['extra_info']['count'],
                'equal': each['extra_info'].get('equal'),
            }
            for each in output['benchmarks']
            if each['extra_info'].get('count')
        ],
    }


def ratios(benchmarks):
    """The `Ratio` of all members of each group, the fastest first.

    Parameters
    ----------
    benchmarks : list of dict
        As `compact` gives them.

    Returns
    -------
    dict of str to list of Ratio
    """
    groups = {}
    for each in benchmarks:
        groups.setdefault(each['group'], []).append((each['median'] / each['count'], each))
    found = {}
    for name, members in groups.items():
        times = [time for time, _ in members]
        if not all(0 < time < float('inf') for time in times):
            raise ValueError(f'{name} has a time that is none')
        found[name] = [
            Ratio(each['name'].removeprefix('test_'), time, time / min(times), max(times) / time, each['equal'])
            for time, each in sorted(members, key=lambda member: member[0])
        ]
    return found
