"""Where machines part: the element of a matrix product, both operands of a power, digests, counts, and listings that only one has."""

import textwrap
from types import SimpleNamespace

import numpy as np
import pytest
from recordings import BACKWARD, PLAIN, recording_of

from reference import BOOK
from streetlight.certify.accumulation import EmulatedArithmetic
from streetlight.judge.divergence import compare
from streetlight.judge.parting import Unlike, counted, function_class, growth, part
from streetlight.judge.programfile import read_program
from streetlight.record.accumulation import layout_of
from streetlight.record.notes import CHUNK, Notes
from streetlight.record.programs import program_text, record_program
from streetlight.record.trace import Step


class Machine(Notes):
    """A machine with its own accumulations of each element, and its own ``power``."""

    notations, nudge = {}, False

    def dot(self, called, operands, given, others):
        self.multiplied(*operands)
        return EmulatedArithmetic(self.notations).dot(*operands)

    product = lambda self, a, b: self.dot(None, (a, b), (), {})  # noqa: E731

    def function(self, called, name):
        if name != 'power':
            return super().function(called, name)

        def power(x, n):
            result = called(x, n)
            return self.tabled('power', np.nextafter(result, 99) if self.nudge else result, (x, n))

        return power


def recorded(tmp_path, text, name, notations=(), nudge=False, **options):
    path = tmp_path / 'program.py'
    path.write_text(textwrap.dedent(text), encoding='utf-8')
    machine = type(name, (Machine,), {'notations': dict(notations), 'nudge': nudge})
    data = {**record_program(str(path), notes=machine(**options)), 'accumulations': dict(notations), 'start': options.get('start', 0)}
    kept = tmp_path / f'{name}.json'
    kept.write_text(program_text(data), encoding='utf-8')
    return read_program(kept), path


LEFT, RIGHT = '((p0+p1)+p2)', '(p0+(p1+p2))'


def unequal():
    """A row and a column whose product depends on the order."""
    generator = np.random.RandomState(3)
    while True:
        row, column = generator.random_sample((2, 3)).tolist()
        p = [x * y for x, y in zip(row, column)]
        if (p[0] + p[1]) + p[2] != p[0] + (p[1] + p[2]):
            return row, column


@pytest.mark.parametrize('sign', ['@', '.dot'])
def test_the_element_of_a_matrix_product_is_found_with_its_row_column_and_order(tmp_path, sign):
    row, column = unequal()
    text = f"""
        import numpy as np
        a = np.array([[1.0, 2.0, 3.0], {row}])
        b = np.array([[1.0, 2.0, {column[0]}, 4.0], [1.0, 2.0, {column[1]}, 4.0], [1.0, 2.0, {column[2]}, 4.0]])
        y = {'a @ b' if sign == '@' else 'a.dot(b)'}
        print(y)
    """
    shape = '2x3 . 3x4'
    one, path = recorded(tmp_path, text, 'One', {shape: [LEFT] * 8})
    other, _ = recorded(tmp_path, text, 'Other', {shape: [LEFT] * 6 + [RIGHT, LEFT]})
    parted = part(one, other, path)
    assert parted.kind == 'dot' and parted.operation.number == 0 and parted.divergence.element == 6
    assert parted.operation.factors == (row, column) and parted.operation.accumulations == (LEFT, RIGHT)
    assert [sums[-1][1] for sums in parted.operation.partial] == list(parted.operation.results) == list(parted.divergence.values)
    assert parted.causes == [f'the dot of {shape} adds {LEFT} in one, {LEFT} (7 of 8 elements), {RIGHT} (1 of 8 elements) in the other']
    (place, ulps), *_ = parted.growth
    assert place == 'y' and ulps == parted.divergence.ulps >= 1
    assert layout_of(np.ones((2, 3)), np.ones((3, 4))) == shape


def test_a_power_is_found_with_both_its_operands(tmp_path):
    text = 'import numpy as np\nx = np.power(np.array([1.5, 2.5]), 0.5)\nprint(x)\n'
    (one, path), (other, _) = (recorded(tmp_path, text, name, nudge=nudge) for name, nudge in (('One', False), ('Other', True)))
    parted = part(one, other, path)
    assert parted.kind == 'power' and parted.operation.factors == ([1.5], [0.5])
    assert parted.operation.results == (np.power(1.5, 0.5), np.nextafter(np.power(1.5, 0.5), 9)) == parted.divergence.values
    assert len(parted.causes) == 1 and parted.causes[0].startswith('power is computed otherwise')


def test_of_two_recordings_what_both_hold_is_compared():
    few = recording_of(BACKWARD, only=('elementwise', 'whole-dataset'))
    for pair in ((few, recording_of(PLAIN)), (recording_of(PLAIN), few)):
        found = compare(BOOK, *pair)
        assert list(found) == ['elementwise', 'whole-dataset'] and found['elementwise'] is None and found['whole-dataset'] is not None


def looped(count, factor=''):
    return f'for i in range({count}):\n    x = i * 0.5{factor}\nprint(x)\n'


def test_values_beyond_those_that_were_kept_are_told_by_their_digests(tmp_path):
    count = 2 * CHUNK + 7
    one, _ = recorded(tmp_path, looped(count), 'One', kept=3)
    late = one._replace(digests=[one.digests[0], (one.digests[1][0], '00000000')])
    assert part(one, one) is None
    assert part(one, late).somewhere == (f'i={CHUNK - 1} x', f'i={2 * CHUNK - 1} x', CHUNK)
    assert part(one, one._replace(digests=[(one.digests[0][0], '0'), one.digests[1]])).somewhere == ('the start', f'i={CHUNK - 1} x', 0)
    end = part(one, one._replace(printed='another text'))
    assert end.somewhere == (f'i={2 * CHUNK - 1} x', 'the end', 2 * CHUNK) and end.unexplained == 'the values were not kept there'
    assert part(one, one._replace(printed='another text', era='1.13')) is None
    with pytest.raises(Unlike, match=f'one names {count} values, the other {count + 1}'):
        part(one, one._replace(count=count + 1))
    with pytest.raises(Unlike, match=r'go different ways: .* against i=9 y'):
        part(one, one._replace(digests=[('i=9 y', '0')]))


def test_recordings_from_different_values_on_are_compared_where_they_meet(tmp_path):
    one, _ = recorded(tmp_path, looped(40), 'One', kept=20)
    other, _ = recorded(tmp_path, looped(40), 'Other', kept=20, start=10)
    assert (one.start, other.start) == (0, 10) and part(one, other) is None and part(other, one) is None
    steps = list(other.steps)
    steps[5] = steps[5]._replace(value=np.nextafter(steps[5].value, 99))
    for pair in ((one, other._replace(steps=steps)), (other._replace(steps=steps), one)):
        parted = part(*pair)
        assert parted.divergence.step == 'i=15 x' and parted.divergence.before == 'i=14 x'
        assert 'the program itself is needed: --program program.py' in parted.unexplained
    beyond = list(other.steps)
    beyond[15] = beyond[15]._replace(value=np.array(-1.0))
    assert part(one, other._replace(steps=beyond)) is None  # the first recording does not hold it


def test_a_function_is_of_the_class_that_the_recording_tells(tmp_path):
    one, _ = recorded(tmp_path, looped(1), 'One')
    told = one._replace(environment={'libc': 'musl', 'functions': {'exp': 'SVML'}})
    assert [function_class(told, name) for name in ('exp', 'log', 'math.exp')] == ['SVML', 'of no known class', 'musl']
    assert function_class(one._replace(environment={'functions': 3}), 'exp') == 'of no known class'
    assert counted(['a']) == 'a' and counted(['b', 'a', 'b']) == 'b (2 of 3 elements), a (1 of 3 elements)'


def test_a_square_of_the_c_library_is_found_and_named_as_the_cause(tmp_path):
    text = 'import numpy as np\nx = np.float64(0.1)\ny = x ** 2\nz = y + 1\nprint(z)\n'

    class Squaring(Machine):
        def power(self, x, n):
            result = np.nextafter(np.float64(x) * x, 9)
            self.squares[abs(float(x)).hex()] = float(result).hex()
            return result

    one, path = recorded(tmp_path, text, 'One')
    data = record_program(str(path), notes=Squaring())
    (tmp_path / 'other.json').write_text(program_text(data), encoding='utf-8')
    other = read_program(tmp_path / 'other.json')
    own, nudged = (
        recording._replace(environment={'libc': libc}) for recording, libc in ((one._replace(squares={}), 'first'), (other, 'second'))
    )
    parted = part(own, nudged, path)
    assert (parted.kind, parted.divergence.step, parted.operation.factors) == ('pow', 'y', ([0.1], [0.1]))
    assert parted.causes == ['the C library squares otherwise (first, second)']
    assert parted.operation.results == (0.1 * 0.1, float(np.nextafter(0.1 * 0.1, 9))) == parted.divergence.values


def test_values_that_became_text_are_compared_where_they_stand_in_the_same_place():
    def shown(*steps):
        return SimpleNamespace(shown=[Step((('step', number),), name, value) for number, name, value in steps])

    first = shown((0, 'a', 1.0), (1, 'b', np.array([1.0, 2.0])), (2, 'c', 1.0), (3, 'd', 1.0), (4, 'e', 1.0))
    second = shown((0, 'a', 1.0 + 2.0**-51), (1, 'b', np.array([1.0, 2.0 + 2.0**-50])), (2, 'd', 1.0), (3, 'c', 1.0), (4, 'e', np.ones(2)))
    assert growth(first, second) == [('step=0 a', 2), ('step=1 b', 2)]
