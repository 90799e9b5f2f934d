"""The trace and its file: complete, whole, and trusted in nothing."""

import json
import shutil
import signal
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from reference import BOOK
from streetlight.book import Book
from streetlight.judge import subject, tracefile
from streetlight.record import environment
from streetlight.record.eras import printed_text
from streetlight.record.recorder import SCHEMA, Recording, as_text, record, write_beside
from streetlight.record.trace import TextError, Trace, address, canonical, digest, hexadecimal, trace_of


@pytest.fixture(scope='module')
def text():
    return as_text(record(BOOK))


def test_a_trace_keeps_the_value_of_its_moment():
    trace, weights = Trace(), np.array([1.0, 2.0])
    trace.name('weights', weights)
    weights -= 1
    trace.name('weights', weights)
    assert [step.value.tolist() for step in trace.steps] == [[1.0, 2.0], [0.0, 1.0]]


@pytest.fixture
def listing(tmp_path):
    """Makes a listing of the body of a function; beside it stands a module ``shared``."""

    def made(body, shared='', steps=''):
        (tmp_path / 'listings').mkdir()
        (tmp_path / 'book.toml').write_text(steps + '[listings]\none = "1"\n')
        (tmp_path / 'listings' / 'shared.py').write_text('import numpy as np\n' + shared)
        head = 'from __future__ import print_function\nimport numpy as np\nfrom .shared import *\n\n\ndef one():\n'
        (tmp_path / 'listings' / 'one.py').write_text(head + textwrap.indent(textwrap.dedent(body), '    '))
        return Book(tmp_path).listing('one')

    return made


@pytest.mark.parametrize(
    'line',
    [
        "print('Error:' + '%.3f' % x)",
        "print('Error:{:.2f}'.format(x))",
        "print(f'Error:{x:.1e}')",
        "print('Error:' + str(x)[:4])",
        'print(str([x]))',
        "print('Sum: 3.')",
        "print('of 0.1 and 2')",
    ],
)
def test_a_number_that_is_printed_other_than_by_str_or_repr_is_refused(listing, line):
    with pytest.raises((TextError, TypeError)):
        trace_of(listing('x = np.float64(0.25)\n' + line))


def test_a_text_that_is_refused_is_quoted(listing):
    with pytest.raises(TextError, match=r"prints 'of 0\.1 and 2', which holds a float: print the number itself, by str or repr$"):
        trace_of(listing("print('of 0.1 and 2')"))


def test_what_a_listing_prints_is_what_a_plain_run_prints(listing, capsys):
    one = listing("""
        x = np.float64(0.5)
        print('layers of', 3, 'x 4, light', 0.5, 'row', np.int64(2))
        print(repr(np.array([[x], [-0.0]])), x, end='!')
        print()
        print('a' + str(x) + repr(x) + '\\nb' + str(np.arange(3)))
    """)
    one.run()
    assert printed_text(trace_of(one)) == capsys.readouterr().out


def test_a_value_that_is_printed_and_has_no_name_there_is_a_step_of_its_own(listing):
    trace = trace_of(
        listing("""
        total = np.float64(0)
        for i in range(2):
            total += i
        print(total)
        print(total * 2, total * 2)
        for i in range(1):
            print(repr(total))
    """)
    )
    assert [(address(step), float(step.value)) for step in trace.steps] == [
        ('total', 0),
        ('again=1 total', 1),
        ('total*2', 2),
        ('again=1 total*2', 2),
        ('i=0 total', 1),
    ]
    assert [part.echo for line in trace.lines for part in line if part != ' '] == [False, False, False, True]


def test_a_value_that_was_named_in_a_loop_has_its_own_step_where_it_is_printed_after_it(listing):
    trace = trace_of(
        listing("""
        for i in range(2):
            x = np.float64(i)
            y = x
            print(x, y)
        print(x, y)
    """)
    )
    assert [(address(step), float(step.value)) for step in trace.steps] == [
        ('i=0 x', 0), ('i=0 y', 0), ('i=1 x', 1), ('i=1 y', 1), ('x', 1), ('y', 1)
    ]  # fmt: skip
    assert [part.step for line in trace.lines for part in line if part != ' '] == [0, 1, 2, 3, 4, 5]


def test_what_stands_beside_a_listing_computes_on_its_arithmetic_and_leaves_no_steps(listing):
    trace = trace_of(
        listing(
            'y = double(np.array([1.0, 2.0]))',
            shared="""
def double(x):
    twice = [each for each in x]
    for each in range(2):
        twice = np.dot(x, x) + x.dot(x) + x @ x
    return twice
""",
        ),
        Doubled(),
    )
    assert [(address(step), float(step.value)) for step in trace.steps] == [('y', 30.0)]


class Doubled:
    """An arithmetic whose products are twice what they should be."""

    @staticmethod
    def dot(a, b):
        return 2 * np.dot(a, b)


def test_of_a_long_listing_what_it_prints_is_a_step_at_its_line(listing):
    trace = trace_of(
        listing(
            """
        for i in range(3):
            x = np.array([[0.5], [i]])
            print('pass', i)
            print(x)
        print('last:' + str(x[0, 0]))
    """,
            steps='steps = "printed"\n',
        )
    )
    assert [address(step) for step in trace.steps] == ['line=2 x', 'line=5 x', 'line=8 x', 'line=10 ']


def test_a_digest_depends_on_every_bit_place_and_shape():
    def traced(value, place=0):
        trace = Trace()
        for _ in trace.loop('row', [place]):
            trace.name('x', np.asarray(value))
        return digest(trace.steps)

    assert traced([0.0]) == traced([0.0])
    assert len({traced([0.0]), traced([-0.0]), traced([5e-324]), traced([[0.0]]), traced(0.0), traced([0.0], place=1), traced([0])}) == 7


def test_bits_are_written_as_c_writes_them():
    assert hexadecimal(np.array([0.1, -0.0])) == ['0x1.999999999999ap-4', '-0x0.0p+0']
    assert hexadecimal(np.array([True, False])) == ['1', '0']


def test_the_addresses_of_a_listing_are_its_own():
    for listing in BOOK.listings:
        lines = [canonical(step).split(']')[0] for step in trace_of(listing).steps]
        assert len(lines) == len(set(lines)), listing.id


def test_a_trace_file_comes_back_as_it_was(text):
    recording = tracefile.load(text, 'here', BOOK)
    for listing in BOOK.listings:
        trace = trace_of(listing)
        assert recording.listings[listing.id].digest == digest(trace.steps) == digest(recording.listings[listing.id].steps)
    assert recording.environment == json.loads(json.dumps(environment.fingerprint()))


def test_the_fingerprint_names_what_can_change_a_bit(text):
    told = json.loads(text)['environment']
    assert told['numpy'] == np.__version__
    assert told['python'] and told['implementation'] and told['libc'] and told['machine'] and told['byteorder']
    assert told['blas'], 'no BLAS library was found, though NumPy has one'


@pytest.mark.parametrize('keep', [0, 1, 100, 5000, -100, -2])
def test_a_file_cut_short_is_no_trace(text, keep):
    with pytest.raises(tracefile.TraceFileError, match='no whole trace file'):
        tracefile.load(text[:keep], 'cut', BOOK)


def test_an_altered_bit_is_noticed(text):
    data = json.loads(text)
    data['listings']['all-together']['steps'][100][3][0] = '0x1.0000000000001p+0'
    with pytest.raises(tracefile.TraceFileError, match='altered: the steps of all-together'):
        tracefile.load(json.dumps(data), 'altered', BOOK)


@pytest.mark.parametrize('content', ['[]', '{}', '3', 'null', '{"schema": "other/1"}'])
def test_a_foreign_file_is_named_as_such(content):
    with pytest.raises(tracefile.TraceFileError, match='foreign file'):
        tracefile.load(content, 'foreign', BOOK)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    'damage',
    [
        lambda data: data.pop('environment'),
        lambda data: data.update(accumulations=[1, 2]),
        lambda data: data.update(accumulations={'3 . 3': []}),
        lambda data: data.update(squares={'0x1p+0': 1}),
        lambda data: data.update(squares={'0x1p+0': 'one'}),
        lambda data: data.pop('listings'),
        lambda data: data['listings'].update({'whole-dataset': None}),
        lambda data: data['listings']['whole-dataset'].update(steps=7),
        lambda data: data['listings']['whole-dataset'].update(steps=[[1, 2]]),
        lambda data: data['listings']['whole-dataset'].update(era='3.0'),
        lambda data: data['listings']['whole-dataset']['steps'][0].__setitem__(2, [99]),
        lambda data: data['listings']['whole-dataset']['steps'][0].__setitem__(3, ['0x1p+99999999']),
    ],
)
def test_a_file_that_is_not_as_the_recorder_writes_it_is_refused(text, damage):
    data = json.loads(text)
    damage(data)
    with pytest.raises(tracefile.TraceFileError):
        tracefile.load(json.dumps(data), 'damaged', BOOK)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path):
    with pytest.raises(tracefile.TraceFileError, match='No such file'):
        tracefile.read(tmp_path / 'none.json', BOOK)
    (tmp_path / 'binary.json').write_bytes(b'\xff\xfe\x00')
    with pytest.raises(tracefile.TraceFileError, match='not text'):
        tracefile.read(tmp_path / 'binary.json', BOOK)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / 'trace.json'
    write_beside(str(path), 'first')
    monkeypatch.setattr('os.rename', lambda *names: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_beside(str(path), 'second')
    assert [file.read_text() for file in tmp_path.iterdir()] == ['first']


@pytest.mark.parametrize(
    'command, seconds, told',
    [
        ('no-such-interpreter', 10, 'cannot start'),
        ('', 10, 'empty command'),
        ('sh -c "echo one; echo two >&2; exit 3"', 10, r'exit status 3; its last lines:\n    two'),
        ('sh -c "kill -SEGV $$"', 10, 'signal SIGSEGV and said nothing'),
        ('sh -c "echo waiting; sleep 60 & sleep 60"', 0.5, r'did not end within 0.5 s; its last lines:\n    waiting'),
    ],
)
def test_a_subject_that_fails_is_a_sentence_with_its_last_lines(command, seconds, told):
    with pytest.raises(subject.SubjectError, match=told):
        subject.record(command, book=BOOK, seconds=seconds)


@pytest.mark.parametrize('number', [signal.SIGHUP, signal.SIGILL, signal.SIGTRAP, signal.SIGKILL, signal.SIGTERM])
def test_an_instruction_that_a_processor_has_not_is_told_from_all_else_that_ends_a_subject(number):
    with pytest.raises(subject.SubjectError, match=f'signal {number.name}') as error:
        subject.record(f'sh -c "kill -{number.value} $$"', book=BOOK, seconds=10)
    assert isinstance(error.value, subject.IllegalInstruction) == (number == signal.SIGILL)


def test_an_installed_tool_does_not_lend_a_subject_the_numpy_beside_it(tmp_path, monkeypatch):
    shutil.copytree(subject.ROOT / 'streetlight', tmp_path / 'streetlight')
    (tmp_path / 'numpy.py').write_text('raise ImportError("not the NumPy of the subject")')
    monkeypatch.setattr(subject, 'ROOT', tmp_path)
    book = Book(Path(__file__).parent / 'toy')
    assert subject.record(sys.executable, book).numpy == np.__version__


def test_a_subject_that_prints_rubbish_has_no_trace():
    with pytest.raises(tracefile.TraceFileError, match='no whole trace file'):
        subject.record('echo rubbish', BOOK)


def test_the_schema_is_named_in_the_file(text):
    assert json.loads(text)['schema'] == SCHEMA


def test_a_sum_over_a_loop_is_a_step_when_that_is_over_and_what_is_named_again_is_numbered(listing):
    trace = trace_of(
        listing("""
        total = np.float64(0)
        for i in range(2):
            part = np.float64(0)
            for k in range(3):
                part += k
            total += part
        x = total * 2
        x = total * 3
        x = total * 4
    """)
    )
    assert [(address(step), float(step.value)) for step in trace.steps] == [
        ('total', 0),
        ('i=0 part', 0),
        ('i=0 again=1 part', 3),
        ('i=1 part', 0),
        ('i=1 again=1 part', 3),
        ('again=1 total', 6),
        ('x', 12),
        ('again=1 x', 18),
        ('again=2 x', 24),
    ]


class Off(float):
    """A number whose square its C library gives one ulp too large."""

    def __pow__(self, n):
        return np.nextafter(float(self) ** n, np.inf)


def test_a_square_is_noted_where_it_is_not_the_rounded_product():
    arithmetic = Recording()
    assert arithmetic.power(0.1, 2) == 0.1**2 and arithmetic.power(-3.0, 2) == 9 and arithmetic.squares == {}
    assert arithmetic.power(Off(-0.1), 2) > 0.1 * 0.1
    assert arithmetic.squares == {(0.1).hex(): np.nextafter(0.1 * 0.1, 1).item().hex()}
    arithmetic.power(Off(0.3), 3)
    assert len(arithmetic.squares) == 1
