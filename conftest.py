"""What pytest needs to know of this suite: its options, its snapshots, and the recording that is judged."""

import gc
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import hypothesis
import pytest
from syrupy.data import Snapshot, SnapshotCollection
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reference import BOOK
from streetlight.judge import subject, subjects, tracefile
from streetlight.judge.environments import environments
from streetlight.record.eras import ERAS, NATIVE
from streetlight.record.recorder import as_text, record

# --manuscript and `certified`; `python -m pytest` here finds them even before this file
pytest_plugins = ['streetlight.errata.collector', 'streetlight.certify.fixture']

GATE = {f'test_{each}' for each in ('check', 'corpus', 'errata', 'gate_command', 'ledger', 'prints', 'report', 'statements', 'verdicts')}
TIGHTNESS = 'largest distance of a printed figure over its affine radius'


def pytest_addoption(parser):
    group = parser.getgroup('streetlight')
    group.addoption(
        '--subject',
        action='append',
        default=[],
        metavar='COMMAND',
        help='judge the listings as this interpreter runs them: python2.7, "env OPENBLAS_CORETYPE=Zen python3.12", … '
        '(may be given several times; without it, the interpreter that runs pytest is judged)',
    )
    group.addoption(
        '--trace-file',
        action='append',
        default=[],
        metavar='FILE',
        help='judge a trace file that `python -m reference record` wrote, on this machine or another (may be given several times)',
    )
    group.addoption(
        '--environment',
        action='append',
        default=[],
        metavar='NAME',
        help='make this environment of the atlas and judge it; skipped, with the reason, where it cannot be had '
        '(may be given several times, and be a pattern such as "python27-*")',
    )
    group.addoption('--thorough', action='store_true', help='every case, and ten times as many manuscripts and evaluations')
    group.addoption('--every-case', action='store_true', help='every case of every test')
    group.addoption('--subject-seconds', type=float, default=300, metavar='S', help='how long a subject may run (300)')


def pytest_configure(config):
    gc.set_threshold(200_000, 20, 100)  # proofs make many objects and few cycles: a tenth of the suite's time was looking for them
    config.option.book = config.option.book or BOOK.folder
    if not wants_every_case(config) and not config.getoption('--hypothesis-profile'):
        hypothesis.settings.register_profile('an eighth', hypothesis.settings(), max_examples=12)
        hypothesis.settings.load_profile('an eighth')
    config.addinivalue_line('markers', 'one_in(n): without --every-case, one in n of its cases')
    config.addinivalue_line('markers', 'thorough: with --every-case alone; what it promises is also tried by a quicker one')
    unknown = [pattern for pattern in config.option.environment if not named(pattern)]
    if unknown:
        raise pytest.UsageError(f"no environment is named '{unknown[0]}'; `python -m reference atlas --list` shows them")
    if config.option.update_snapshots and NATIVE != ERAS[-1]:
        raise pytest.UsageError(f'--snapshot-update needs a NumPy that prints in all eras, {ERAS[-1]} among them; this one would drop some')


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With ``--dist loadfile`` the gate's files go to one process: what the gate learns of a book it learns once."""
    from xdist.scheduler import LoadFileScheduling

    class TheGateIsOneFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return 'gate' if Path(file).stem in GATE else file

    return TheGateIsOneFile(config, log) if config.option.dist == 'loadfile' else None


def pytest_collection_modifyitems(config, items):
    """Without --every-case a test marked ``one_in(n)`` runs one in n of its cases, and one marked ``thorough`` none."""
    if wants_every_case(config):
        return
    counts, kept, left = Counter(), [], []
    for item in items:
        test, mark = item.nodeid.partition('[')[0], item.get_closest_marker('one_in')
        chosen = counts[test] % mark.args[0] == 0 if mark else not item.get_closest_marker('thorough')
        counts[test] += 1
        (kept if chosen else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


@pytest.fixture(scope='session')
def every_case(pytestconfig):
    """Whether a test that draws its cases draws them all."""
    return wants_every_case(pytestconfig)


def wants_every_case(config):
    return config.option.every_case or config.option.thorough or config.option.update_snapshots


def named(pattern):
    return [name for name in environments() if fnmatch(name, pattern)]


def pytest_generate_tests(metafunc):
    if 'judged' in metafunc.fixturenames:
        options = metafunc.config.option
        sources = [('subject', command) for command in options.subject] + [('trace', path) for path in options.trace_file]
        sources += [('environment', name) for pattern in options.environment for name in named(pattern)]
        metafunc.parametrize(
            'judged',
            sources or [('here', 'this interpreter')],
            indirect=True,
            scope='session',
            ids=lambda source: source[1].replace('/', '_'),
        )


@pytest.fixture(scope='session')
def here():
    """The recording of the interpreter that runs pytest, as its own trace file would be read."""
    return tracefile.load(as_text(record(BOOK)), 'this interpreter', BOOK)


@pytest.fixture(scope='session')
def judged(request):
    """The recording to judge: of a subject, of a trace file, or of this interpreter."""
    kind, source = request.param
    try:
        if kind == 'here':
            return request.getfixturevalue('here')
        if kind == 'trace':
            return tracefile.read(source, BOOK)
        command, variables = (source, {}) if kind == 'subject' else subjects.prepare(environments()[source])
        return subject.record(command, BOOK, variables, request.config.option.subject_seconds)._replace(name=source)
    except (subjects.Unavailable, subject.IllegalInstruction) as reason:
        pytest.skip(str(reason))
    except (subject.SubjectError, tracefile.TraceFileError) as error:
        pytest.fail(str(error), pytrace=False)


def pytest_terminal_summary(terminalreporter):
    """How tight the certificates are: what tests recorded of the largest distances that they found."""
    found = [
        (report.nodeid.rpartition('[')[2].rstrip(']'), value)
        for report in terminalreporter.getreports('passed')
        for name, value in report.user_properties
        if name == TIGHTNESS
    ]
    if found:
        told = ', '.join(f'{listing} {value:.2f}' for listing, value in sorted(found) if value)
        terminalreporter.write_line(f'{TIGHTNESS}: {told}')


class TextSnapshot(SingleFileSnapshotExtension):
    """A snapshot is a text file below ``snapshots/``, named by the assertion: ``snapshot(name='all-together/A/1.14')``."""

    file_extension = 'txt'
    _write_mode = WriteMode.TEXT

    @classmethod
    def dirname(cls, *, test_location):
        return BOOK.snapshots

    @classmethod
    def matches_test_location(cls, *, test_location, snapshot_location):
        return True  # the files are named by what they hold, not by the test that holds it

    @classmethod
    def get_snapshot_name(cls, *, test_location, index=0):
        return str(index)

    def read_snapshot_collection(self, *, snapshot_location):
        collection = SnapshotCollection(location=snapshot_location)
        collection.add(Snapshot(name=Path(snapshot_location).relative_to(BOOK.snapshots).with_suffix('').as_posix()))
        return collection


class RecordSnapshot(TextSnapshot):
    """The same of records, a line of JSON for each number: ``record_snapshot(name='all-together/numbers')``."""

    file_extension = 'jsonl'


@pytest.fixture
def snapshot(snapshot):
    return snapshot.use_extension(TextSnapshot)


@pytest.fixture
def record_snapshot(snapshot):
    return snapshot.use_extension(RecordSnapshot)
