"""What a recording notes of a program, and what it leaves out: limits, kinds of values, orders in memory, imports."""

import math
import sys
import zlib

import numpy as np
import pytest

from streetlight.record import notes as module
from streetlight.record.accumulation import layout_of
from streetlight.record.hooks import Hooks, multiplies, squares
from streetlight.record.notes import CHUNK, LARGEST, Notes, laid_out, numbers, revealed
from streetlight.record.running import Program, heard


@pytest.mark.parametrize(
    'value, kept',
    [
        (1, True),
        (0.5, True),
        ([1, 2.5], True),
        ((1,), True),
        (np.float32(1), True),
        (np.array([True]), True),
        ([True], True),
        (True, False),
        ('1', False),
        (None, False),
        ([], False),
        ((), False),
        (np.array([]), False),
        ([[1], [2, 3]], False),
        ([None], False),
        (1j, False),
        (np.array([1j]), False),
        ({1: 2}, False),
        (10**400, False),
        (np.array(['a']), False),
    ],
)
def test_what_is_a_named_number(value, kept):
    assert (numbers(value) is not None) == kept


def test_a_number_that_is_kept_is_a_copy_with_its_own_bits():
    value = np.array([0.1, -0.0])
    kept = numbers(value)
    value[0] = 7
    assert kept.tobytes() == np.array([0.1, -0.0]).tobytes()


def test_values_are_kept_from_the_first_that_is_asked_for_up_to_the_last_and_large_ones_not_at_all():
    notes = Notes(kept=3, start=2)
    for index in range(7):
        notes.name('x', float(index))
        notes.name('large', np.zeros(LARGEST + 1))
    notes.name('full', np.zeros(LARGEST))
    assert [float(step.value) for step in notes.steps] == [2.0, 3.0, 4.0]
    assert notes.count == 8


def test_every_five_hundredth_value_leaves_a_digest_of_all_up_to_it():
    notes, values = Notes(kept=1), np.random.RandomState(0).random_sample(2 * CHUNK + 3)
    for value in values:
        notes.name('x', value)
    parts = [values[: CHUNK * count].tobytes() for count in (1, 2)]
    assert notes.digests == [('x', '%08x' % zlib.crc32(part)) for part in parts]


def test_what_becomes_text_is_kept_as_far_as_there_is_room_if_it_is_a_float(monkeypatch):
    monkeypatch.setattr(module, 'KEPT', 2)
    notes = Notes()
    for value in (1, 'text', np.zeros(LARGEST + 1), np.zeros(LARGEST), 0.25, 0.5):
        assert notes.show(value, 'x') is value
    assert [step.value.size for step in notes.shown] == [LARGEST, 1]


def test_a_cells_last_value_is_shown_and_found_again_unless_it_is_none():
    notes = Notes()
    with heard() as out:
        assert notes.echo(0.5) == 0.5 and notes.last == 0.5
        assert notes.echo(None) is None and notes.last == 0.5
        notes.display(1.5, 'a')
    assert out.text == "0.5\n1.5\n'a'\n"
    assert [float(step.value) for step in notes.shown] == [1.5]


def test_a_square_that_is_rounded_once_or_no_number_is_not_noted():
    notes = Notes()
    assert notes.power(np.float64(0.1), 2) == 0.1 * 0.1 or notes.squares
    rounded = [x for x in np.random.RandomState(1).random_sample(50) if math.pow(x, 2) == x * x]
    notes = Notes()
    for x in rounded:
        notes.power(x, 2)
    with np.errstate(all='ignore'):
        notes.power(np.float64('nan'), 2)
        notes.power(np.float64(0.1), 3)
        notes.power(0.1, 2)
    assert notes.squares == {}


@pytest.mark.parametrize('x, n, of_the_c_library', [(np.float64(3), 2, True), (np.float64(3), 2.0, True), (np.float64(3), 3, False)])
def test_a_square_by_the_c_library_is_a_numpy_scalars(x, n, of_the_c_library):
    assert squares(x, n) is of_the_c_library
    assert not squares(float(x), n) and not squares(np.array([x]), n) and not squares(x, np.float64(2) * 2)


@pytest.mark.parametrize(
    'a, b, sums',
    [
        ((2,), (2,), True),
        ((1, 2), (2, 1), True),
        ((2,), (2, 1), True),
        ((), (2,), False),
        ((2,), (), False),
        ((1, 1, 2), (2,), False),
        ((2,), (1, 2, 1), False),
        ((0,), (0,), False),
        ((1, 0), (0, 1), False),
        ((0, 1), (1, 1), False),
        ((1, 1), (1, 0), False),
    ],
)
def test_a_sum_of_products_is_of_vectors_and_matrices_of_floats(a, b, sums):
    a, b = np.ones(a), np.ones(b)
    assert bool(multiplies(a, b)) is sums
    assert bool(multiplies(a.astype(int), b)) is bool(multiplies(a, b.astype(int))) is sums
    assert not multiplies(a.astype(int), b.astype(int))


def test_results_of_a_function_are_noted_while_there_is_room(monkeypatch):
    monkeypatch.setattr(module, 'TABLED', 3)
    notes = Notes()
    exp = notes.function(np.exp, 'exp')
    assert exp(np.array([0.5, 0.25])).tolist() == np.exp([0.5, 0.25]).tolist()
    exp(0.75)
    exp(1.0)
    assert notes.functions == {'exp': {x.hex(): float(np.exp(x)).hex() for x in (0.5, 0.25, 0.75)}}
    notes.function(np.power, 'power')(np.array([2.0, 3.0]), 0.5)
    notes.function(np.log, 'log')(np.float32(2))  # another type
    half = (0.5).hex()
    assert notes.functions['power'] == {f'{x.hex()} {half}': float(np.power(x, 0.5)).hex() for x in (2.0, 3.0)}
    assert notes.functions['log'] == {}


def test_only_functions_by_their_own_name_are_watched():
    notes = Notes()
    assert notes.function(len, 'exp') is len and notes.function(np.sum, 'sum') is np.sum
    assert notes.function(np.exp, 'log') is np.exp
    assert notes.function(math.exp, 'exp') is not math.exp and notes.function(math.exp, 'exp')(0.5) == math.exp(0.5)
    assert list(notes.functions) == ['math.exp']
    assert notes.method('text', 'upper')() == 'TEXT'
    assert notes.method(np.arange(3), 'sum')() == 3
    assert notes.method(np.array([1.0, 2.0]), 'dot')(np.array([3.0, 4.0])) == 11.0
    assert notes.shapes == {'2 . 2'}


class Tripled:
    """An arithmetic that no machine has."""

    def __init__(self):
        self.functions = {'exp': lambda x: x * 3}

    @staticmethod
    def dot(a, b):
        return 3.0

    @staticmethod
    def power(x, n):
        return -3.0


def test_an_arithmetic_takes_the_place_of_float64_operations_and_of_no_others():
    hooks, x = Hooks(Tripled()), np.array([1.0, 2.0])
    matrices = np.ones((1, 1, 2)), np.ones((2, 1))
    assert hooks.product(x, x) == 3.0 and hooks.product(np.arange(2), np.arange(2)) == 1
    assert hooks.product(*matrices).tolist() == [[[2.0]]]
    assert hooks.function(np.dot, 'dot')(x, x) == 3.0 and hooks.method(x, 'dot')(x) == 3.0
    assert hooks.function(np.dot, 'dot')(np.arange(2), np.arange(2)) == 1
    assert hooks.function(np.dot, 'dot')(2.0, x).tolist() == [2.0, 4.0]
    assert hooks.function(np.inner, 'inner')(x, x) == 5.0
    out = np.array(0.0)
    assert hooks.function(np.dot, 'dot')(x, x, out=out) == 5.0 == out
    assert hooks.function(np.dot, 'dot')(x, x * 2, out) == 10.0 == out
    assert hooks.function(np.exp, 'exp')(2.0) == 6.0 and hooks.function(np.log, 'log')(1.0) == 0.0
    assert hooks.power(np.float64(2), 2) == -3.0 and hooks.power(np.float64(2), 3) == 8.0 and hooks.power(2.0, 2) == 4.0
    plain = Hooks()
    assert plain.product(x, x) == 5.0 and plain.power(np.float64(2), 2) == 4.0 and plain.function(np.exp, 'exp')(0.0) == 1.0


def test_a_loop_s_place_is_its_item_if_that_can_be_written_and_else_its_number():
    hooks, places = Hooks(), []
    for _ in hooks.loop('x', [7, 0.5, 'a', None, True, (1,)]):
        places += hooks._where
    assert places == [('x', 7), ('x', 0.5), ('x', 'a'), ('x', 3), ('x', 4), ('x', 5)] and hooks._where == []


def test_a_while_has_its_number_and_ends():
    hooks = Hooks()
    hooks.cell(3)
    hooks.enter('a')
    hooks.turn('a')
    hooks.turn('a')
    assert hooks._where == [('cell', 3), ('while', 1)]
    hooks.leave('a')
    assert hooks._where == [('cell', 3)]


@pytest.mark.parametrize('shape', ['2x3 . 3x2', '2x3T . 3x2', '2x3 . 3x2T', '2x3T . 3x2T', '3 . 3x2T'])
def test_a_shape_is_revealed_with_its_order_in_memory(shape, monkeypatch):
    seen = set()
    dot = np.dot
    monkeypatch.setattr(np, 'dot', lambda a, b: seen.add(layout_of(a, b)) or dot(a, b))
    left, right = ([int(n) for n in side.strip('T').split('x')] for side in shape.split(' . '))
    laid_out(shape)(np.ones(left), np.ones(right))
    assert seen == {shape}


def test_what_cannot_be_revealed_says_why(monkeypatch):
    monkeypatch.setattr(np, 'dot', lambda a, b: np.float64(0.5))
    assert revealed({'3 . 3'}) == {'3 . 3': ['not revealed: products 0 and 1 leave 0.5 of 1 ones']}


def test_what_is_printed_is_heard_shown_if_asked_and_the_output_comes_back(capsys):
    before = sys.stdout
    out = heard(shown=True)
    with pytest.raises(ZeroDivisionError), out:
        print('one', end='', flush=True) or 1 / 0
    assert sys.stdout is before and out.text == 'one' == capsys.readouterr().out
    with heard() as out:
        sys.stdout.write(b'by\xfftes'.decode('latin-1'))
        sys.stdout.flush()
    assert out.text == 'byÿtes' and capsys.readouterr().out == ''
    with heard() as out:
        sys.stdout.write(b'by\xfftes')  # as a program of Python 2 does
    assert out.text == 'by\ufffdtes'


def test_imports_of_what_stands_beside_a_program_are_its_own_and_all_others_as_ever(tmp_path):
    (tmp_path / 'beside.py').write_text('from . import other\nhere = 1\nfrom .other import there\n')
    (tmp_path / 'other.py').write_text('there = 2\nimport os.path as path\n')
    (tmp_path / 'json.py').write_text('dumps = None\n')  # a module that is known already stays what it is
    (tmp_path / 'main.py').write_text('import beside, json, xml.dom\nfrom os import path\nimport other\nsame = other is beside.other\n')
    notes = Notes()
    found = Program(str(tmp_path / 'main.py'), notes).main()
    assert found.beside.here == 1 and found.beside.there == 2 and found.same and found.json.dumps([1]) == '[1]'
    assert found.xml.dom.__name__ == 'xml.dom' and found.path.sep and found.__name__ == '__main__'
    assert found.__file__ == str(tmp_path / 'main.py')
    assert not {'beside', 'other', 'main'} & set(sys.modules)
    assert [step.name for step in notes.steps] == ['there', 'here']


def test_a_function_of_a_program_is_called_from_another_text_of_it(tmp_path):
    path = tmp_path / 'listing.py'
    path.write_text('def listing(x=1):\n    return x\n')
    assert Program(str(path), Notes()).call('listing', x=3) == 3
    assert Program(str(path), Notes()).call('listing', 'def listing(x=1):\n    return -x\n', x=3) == -3


def test_cells_share_their_names_and_the_last_value(tmp_path):
    notes = Notes()
    with heard() as out:
        Program(str(tmp_path / 'book.ipynb'), notes).main([('x = 0.5\nx', True), ('y = _ * 2\ny', False), ('display(y)', True)])
    assert out.text == '0.5\n1.0\n'
    assert [(step.where, step.name) for step in notes.steps] == [((('cell', 1),), 'x'), ((('cell', 2),), 'y')]


def test_truth_values_that_become_text_are_not_kept():
    notes = Notes()
    notes.show(np.array([True]), 'x')
    assert notes.shown == []
