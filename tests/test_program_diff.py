"""Any program is recorded on two machines and compared: where they part, at which operation, and why."""

import json
import math
import platform
import textwrap

import numpy as np
import pytest
from kernels import record_on

from streetlight.__main__ import main
from streetlight.judge.parting import Unlike, part
from streetlight.judge.programfile import read_program
from streetlight.judge.tracefile import TraceFileError
from streetlight.record.notes import Notes
from streetlight.record.programs import ProgramError, program_text, record_program
from streetlight.report.machines import described, settings

PROGRAM = textwrap.dedent("""
    import numpy as np
    x = np.array([0.1, 0.2, 0.3])
    w = np.array([0.7, 0.6, 0.9])
    for i in range(40):
        y = np.dot(x, w)
        z = np.exp(y)
        w = w - 0.3 * x * (z - 2)
        if i % 10 == 9:
            print("Value:" + str(z))
""")


class Backwards(Notes):
    """A machine that adds the products from the last to the first, one by one."""

    def dot(self, called, operands, given, others):
        self.multiplied(*operands)
        a, b = operands
        return a[0] * b[0] + (a[1] * b[1] + a[2] * b[2])


class Forwards(Notes):
    def dot(self, called, operands, given, others):
        self.multiplied(*operands)
        a, b = operands
        return (a[0] * b[0] + a[1] * b[1]) + a[2] * b[2]


class OtherExp(Forwards):
    """A machine whose ``exp`` is an ulp larger at some of its operands."""

    def function(self, called, name):
        def nudged(x):
            result = called(x)
            return self.tabled(name, np.nextafter(result, 9) if int(x * 1024) % 2 else result, (x,))

        return nudged if name == 'exp' else super().function(called, name)


ORDER = {Backwards: '(p0+(p1+p2))'}


@pytest.fixture
def program(tmp_path):
    path = tmp_path / 'program.py'
    path.write_text(PROGRAM, encoding='utf-8')
    return path


def recording(program, machine, name, **options):
    """What a machine records of a program, read back from its file."""
    data = record_program(str(program), notes=machine(**options))
    data['accumulations'] = {'3 . 3': [ORDER.get(machine, '((p0+p1)+p2)')]}
    data['start'] = options.get('start', 0)
    path = program.with_name(name)
    path.write_text(program_text(data), encoding='utf-8')
    return read_program(path)


def test_equal_recordings_do_not_part(program):
    assert part(recording(program, Forwards, 'a.json'), recording(program, Forwards, 'b.json')) is None


def test_the_order_of_a_sum_is_found_with_its_pass_and_operation(program):
    first, second = recording(program, Forwards, 'a.json'), recording(program, Backwards, 'b.json')
    parted = part(first, second, program)
    x, w = parted.operation.factors
    forwards, backwards = (x[0] * w[0] + x[1] * w[1]) + x[2] * w[2], x[0] * w[0] + (x[1] * w[1] + x[2] * w[2])
    assert parted.operation.results == (forwards, backwards) == parted.divergence.values and forwards != backwards
    assert parted.divergence.step.endswith(' y') and parted.kind == 'dot'
    assert parted.causes == ['the dot of 3 . 3 adds ((p0+p1)+p2) in one, (p0+(p1+p2)) in the other']
    assert [place for place, _ in parted.growth] == ['i=9 z', 'i=19 z', 'i=29 z', 'i=39 z']


def test_another_function_is_found_with_its_operand(program):
    first, second = recording(program, Forwards, 'a.json'), recording(program, OtherExp, 'b.json')
    parted = part(first, second, program)
    (x,), _ = parted.operation.factors
    assert parted.kind == 'exp' and parted.operation.results == (np.exp(x), np.nextafter(np.exp(x), 9))
    assert len(parted.causes) == 1 and not parted.unexplained
    named = (each._replace(environment={'functions': {'exp': name}}) for each, name in ((first, 'one'), (second, 'another')))
    assert part(*named, program).causes == ['exp is computed otherwise (one, another)']


@pytest.mark.parametrize('power', ['float(x[0]) ** 3', 'x[1] ** 0.5', 'float(x[2]) ** 2', 'x[0] ** -1', '(x ** 3)[2]', '2.5 ** x[0]'])
def test_powers_are_computed_again_as_they_are(tmp_path, power):
    a, b = ordered_otherwise()
    path = tmp_path / 'powers.py'
    path.write_text(f'import numpy as np\nx, w = {a}, {b}\nu = {power}\ny = u * 0.5\nz = np.dot(x, w) * y\n', encoding='utf-8')
    parted = part(*(recording(path, machine, f'{machine.__name__}.json') for machine in (Forwards, Backwards)), path)
    assert (parted.divergence.step, parted.kind, parted.unexplained) == ('z', 'dot', '')


class OtherLibrary(Forwards):
    """A machine whose C library's ``exp`` is an ulp larger."""

    def function(self, called, name):
        if called is math.exp:
            return lambda x: self.tabled('math.exp', math.nextafter(math.exp(x), 9), (x,))
        return super().function(called, name)


def test_a_function_of_the_c_library_is_found_too(tmp_path):
    path = tmp_path / 'plain.py'
    path.write_text('import math\nfrom math import exp\nx = exp(0.5)\ny = math.exp(0.25) * x\n', encoding='utf-8')
    first, second = (recording(path, machine, f'{machine.__name__}.json') for machine in (Forwards, OtherLibrary))
    parted = part(first, second, path)
    assert parted.kind == 'math.exp' and parted.operation.results == (math.exp(0.5), math.nextafter(math.exp(0.5), 9))
    assert len(parted.causes) == 1 and not parted.unexplained


def test_a_cause_is_no_other_where_the_program_fails_with_that_one_exchanged(tmp_path):
    """One machine's order with the other's ``exp`` divides by zero, which neither does alone."""
    a, b = ordered_otherwise()
    dots = [float(machine().dot(None, (eval(a), eval(b)), (), {})) for machine in (Forwards, Backwards)]
    path = tmp_path / 'failing.py'
    path.write_text(
        f'import numpy as np\na, b = {a}, {b}\n'
        f'z = 1 / (abs(float(np.dot(a, b)) - {dots[1]!r}) + abs(float(np.exp(0.4995)) - {float(np.exp(0.4995))!r}))\n',
        encoding='utf-8',
    )

    class OtherOrderAndExp(Backwards, OtherExp):
        pass

    ORDER[OtherOrderAndExp] = ORDER[Backwards]
    first, second = (recording(path, machine, f'{machine.__name__}.json') for machine in (Forwards, OtherOrderAndExp))
    assert first.steps[-1].value != second.steps[-1].value
    parted = part(first, second, path)
    assert parted.divergence.step == 'z' and parted.causes == []


def test_an_operation_is_not_told_by_a_recording_that_does_not_predict_itself(program):
    first, second = recording(program, Forwards, 'a.json'), recording(program, Backwards, 'b.json')
    wrong = second._replace(accumulations={'3 . 3': ['((p0+p2)+p1)']})
    parted = part(first, wrong, program)
    assert parted.operation is None and 'b.json' in parted.unexplained


def ordered_otherwise():
    """Two vectors whose inner product depends on the order, as a program's text."""
    pairs = (np.random.RandomState(seed).random_sample((2, 3)) for seed in range(100))
    a, b = next((a, b) for a, b in pairs if (a[0] * b[0] + a[1] * b[1]) + a[2] * b[2] < a[0] * b[0] + (a[1] * b[1] + a[2] * b[2]))
    return f'np.array({a.tolist()!r})', f'np.array({b.tolist()!r})'


def test_what_was_not_kept_is_found_between_two_addresses_and_then_whole(tmp_path):
    path = tmp_path / 'long.py'
    a, b = ordered_otherwise()
    path.write_text(
        f'import numpy as np\na, b = {a}, {b}\nfor i in range(1000):\n    y = np.dot(a, b) if i == 777 else 1.0\n', encoding='utf-8'
    )
    first, second = (recording(path, machine, 'a.json', kept=10) for machine in (Forwards, Backwards))
    parted = part(first, second)
    before, until, number = parted.somewhere
    assert parted.divergence is None and (before, until) == ('i=497 y', 'i=997 y')
    first, second = (recording(path, machine, 'a.json', start=number) for machine in (Forwards, Backwards))
    assert part(first, second).divergence.step == 'i=777 y'


def test_recordings_of_different_programs_are_not_compared(program):
    first = recording(program, Forwards, 'a.json')
    program.write_text(PROGRAM + '\n', encoding='utf-8')
    with pytest.raises(Unlike, match='different programs'):
        part(first, recording(program, Forwards, 'b.json'))
    with pytest.raises(Unlike, match='not the program'):
        part(first, first, program)


def test_a_program_that_goes_another_way_is_told_up_to_there(tmp_path):
    path = tmp_path / 'branch.py'
    a, b = ordered_otherwise()
    path.write_text(
        f'import numpy as np\na, b = {a}, {b}\ny = np.dot(a, b)\n'
        'if y > (a[0] * b[0] + a[1] * b[1]) + a[2] * b[2]:\n    c = 1\nelse:\n    d = 1\n',
        encoding='utf-8',
    )
    first, second = (recording(path, machine, f'{machine.__name__}.json') for machine in (Forwards, Backwards))
    assert part(first, second, path).divergence.step == 'y'
    with pytest.raises(Unlike, match='different ways'):
        part(first._replace(steps=first.steps[3:], start=3), second._replace(steps=second.steps[3:], start=3))


@pytest.mark.parametrize(
    'damage',
    [
        lambda text: text[:200],
        lambda text: '[]',
        lambda text: text.replace('"1.14"', '"1.15"').replace('"2.0"', '"2.1"'),
        lambda text: text.replace('"squares": {}', '"squares": {"x": "y"}'),
        lambda text: text.replace('"steps": [', '"steps": [["i"], '),
    ],
)
def test_a_damaged_recording_is_refused_in_a_sentence(program, damage):
    recording(program, Forwards, 'a.json')
    path = program.with_name('a.json')
    path.write_text(damage(path.read_text('utf-8')), encoding='utf-8')
    with pytest.raises(TraceFileError, match=r'a\.json'):
        read_program(path)


def test_a_notebook_is_recorded_by_its_cells(tmp_path):
    cells = [
        {'cell_type': 'markdown', 'source': ['text']},
        {'cell_type': 'code', 'source': ['%matplotlib inline\n', 'x = 0.5\n', 'x']},
        {'cell_type': 'code', 'source': ['y = x + 1\n', 'print(y)']},
        {'cell_type': 'code', 'source': '%%bash\nls'},
        {'cell_type': 'code', 'source': '%%time\nz = y * 2\n?z\ndisplay(z)\nz'},
        {'cell_type': 'code', 'source': '_ / 2'},
    ]
    path = tmp_path / 'book.ipynb'
    path.write_text(json.dumps({'cells': cells, 'nbformat': 4}), encoding='utf-8')
    data = record_program(str(path))
    assert data['printed'] == '0.5\n1.5\n3.0\n3.0\n1.5\n'
    assert [row[:2] for row in data['steps']] == [['cell=1', 'x'], ['cell=2', 'y'], ['cell=4', 'z']]
    assert [row[1] for row in data['shown']] == ['x', 'y', '', 'z', '_/2']
    path.write_text('{}', encoding='utf-8')
    with pytest.raises(ProgramError, match='no notebook'):
        record_program(str(path))


def test_a_text_with_code_is_recorded_by_its_blocks(tmp_path):
    path = tmp_path / 'text.md'
    path.write_text('A number:\n\n```python\nx = 0.5\nfor i in range(2):\n    x = x / 2\n```\n\nand\n\n```python\nprint(x)\n```\n', 'utf-8')
    data = record_program(str(path))
    assert data['printed'] == '0.125\n'
    assert [' '.join(row[:2]) for row in data['steps']] == ['cell=1 x', 'cell=1 i=0 x', 'cell=1 i=1 x']


def test_the_command_line_records_and_compares(program, tmp_path, capsys):
    one, other = str(tmp_path / 'one.json'), str(tmp_path / 'other.json')
    for path in (one, other):
        assert main(['record', str(program), '-o', path]) == 0
    assert capsys.readouterr().out.count('Value:') == 8
    assert main(['diff', one, other, '--program', str(program)]) == 0
    assert 'equal to the bit' in capsys.readouterr().out
    recording(program, Backwards, 'third.json')
    assert main(['diff', one, str(tmp_path / 'third.json'), '--json']) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row['divergence']['step'].endswith('y') and 'the program itself is needed' in row['unexplained']


def test_a_program_s_own_error_is_shown_as_its_own(tmp_path, capsys):
    path = tmp_path / 'fails.py'
    path.write_text('x = 1\ny = x / 0\n', encoding='utf-8')
    assert main(['record', str(path)]) == 2
    told = capsys.readouterr().err
    assert 'line 2' in told and 'ZeroDivisionError' in told and 'streetlight/record' not in told
    assert main(['record', str(tmp_path / 'nothing.py')]) == 2
    assert 'cannot read' in capsys.readouterr().err


@pytest.mark.skipif(platform.machine() not in ('x86_64', 'AMD64'), reason='names kernels of x86-64')
def test_two_kernels_of_this_machine_part_where_their_orders_differ(program, tmp_path):
    program.write_text(
        PROGRAM.replace('0.1, 0.2, 0.3]', '0.1, 0.2, 0.3, 0.7]').replace('0.7, 0.6, 0.9]', '0.7, 0.6, 0.9, -0.4]'), encoding='utf-8'
    )
    found = [record_on(kernel, program, tmp_path / f'{kernel}.json') for kernel in ('Prescott', 'Haswell')]
    if found[0].accumulations == found[1].accumulations:
        pytest.skip('this BLAS has one kernel')
    parted = part(*found, program)
    assert parted is None or parted.causes


@pytest.mark.parametrize(
    'changed, needed',
    [
        (
            {'blas': [{'file': 'a/openblas.so', 'version': 'OpenBLAS 0.3', 'kernel': 'Zen'}]},
            ['OPENBLAS_CORETYPE=Zen (before Python starts)'],
        ),
        ({'numpy': '1.26.4'}, ['NumPy 1.26.4']),
        ({'functions': {'exp': 'a table'}, 'cpu_features': ['FMA3']}, ['NPY_DISABLE_CPU_FEATURES="AVX512F"']),
        ({'libc': 'musl 1.2'}, ['the C library musl 1.2']),
        ({'machine': 'aarch64 (64-bit)'}, ['a processor of the architecture aarch64 (64-bit)']),
        ({'blas': [{'file': 'lib/libmkl_rt.so', 'version': 'Intel Library Version 2026.2-Product'}]}, ['MKL 2026.2']),
        ({}, []),
    ],
)
def test_what_gives_a_machines_digits_elsewhere_is_told(changed, needed):
    usual = {
        'numpy': '2.4.6',
        'libc': 'glibc 2.36',
        'machine': 'x86_64 (64-bit)',
        'functions': {'exp': 'SVML'},
        'cpu_features': ['AVX512F', 'FMA3'],
        'blas': [{'file': 'a/openblas.so', 'version': 'OpenBLAS 0.3.31', 'kernel': 'Haswell'}],
    }
    assert settings({**usual, **changed}, usual) == needed
    assert all(str(value) in described({**usual, **changed}) for value in changed.values() if isinstance(value, str))


def test_of_a_foreign_environment_what_can_be_is_told():
    assert described({'blas': 3, 'switches': 7}).startswith('NumPy ?, an unknown BLAS') and settings({}, {'blas': [None]}) == []
