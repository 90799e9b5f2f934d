"""Plain programs are recorded as they stand: their named values, their places, what they print."""

import ast
import re
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from streetlight.record import annotate
from streetlight.record.accumulation import reveal_shape
from streetlight.record.annotate import Annotator, annotated
from streetlight.record.notes import Notes
from streetlight.record.programs import record_program
from streetlight.record.running import Program, heard
from streetlight.record.trace import address


@pytest.fixture
def recorded(tmp_path):
    """Records a program's text: its notes and what it printed."""

    def run(text, **options):
        path = tmp_path / 'program.py'
        path.write_text(textwrap.dedent(text), encoding='utf-8')
        notes = Notes(**options)
        with heard() as out:
            Program(str(path), notes).main()
        return notes, out.text

    return run


def steps(notes):
    return [(address(step), step.value.tolist()) for step in notes.steps]


def test_each_assignment_is_a_step_with_the_loops_that_it_stands_in(recorded):
    notes, printed = recorded("""
        a, (b, *c) = 1.5, (2, 3, 4)
        for i in range(2):
            for name in 'xy':
                a += 1
            if i == 1:
                break
        print(a)
    """)
    assert steps(notes) == [
        ('a', 1.5),
        ('b', 2),
        ('c', [3, 4]),
        ('i=0 name=x a', 2.5),
        ('i=0 name=y a', 3.5),
        ('i=1 name=x a', 4.5),
        ('i=1 name=y a', 5.5),
    ]
    assert printed == '5.5\n'


def test_a_place_ends_with_its_loop_however_it_is_left(recorded):
    notes, _ = recorded("""
        def first():
            for i in range(3):
                n = 0
                while True:
                    n += 1
                    return n
        m = first()
        k = 0
        while k < 1:
            k += 1
        end = 1
    """)
    assert [place for place, _ in steps(notes)] == ['i=0 n', 'i=0 while=0 n', 'm', 'k', 'while=0 k', 'end']


def test_items_and_attributes_change_what_they_belong_to(recorded):
    notes, _ = recorded("""
        import numpy as np
        w = np.zeros(2)
        w[1] = 3
        w[:] -= 1
        class Layer: pass
        layer = Layer()
        layer.w = 1
    """)
    assert steps(notes) == [('w', [0, 0]), ('w', [0, 3]), ('w', [-1, 2])]


def test_modules_beside_a_program_are_recorded_with_it_and_forgotten(recorded, tmp_path):
    (tmp_path / 'layers_of_mine.py').write_text('def relu(x):\n    kept = (x > 0) * x\n    return kept\n', encoding='utf-8')
    notes, _ = recorded("""
        import layers_of_mine
        from layers_of_mine import relu
        y = relu(-2.0) + layers_of_mine.relu(3.0)
    """)
    assert [name for name, _ in steps(notes)] == ['kept', 'kept', 'y']
    import sys

    assert 'layers_of_mine' not in sys.modules


def test_what_stands_beside_a_program_is_imported_from_there_and_not_from_above(recorded, tmp_path):
    (tmp_path / 'data_of_mine.py').write_text('X = 0.5\n', encoding='utf-8')
    notes, _ = recorded('from . import data_of_mine\nfrom .data_of_mine import X\nx = data_of_mine.X + X\n')
    assert steps(notes)[-1] == ('x', 1.0)
    for line in ('from .. import data_of_mine', 'from ..data_of_mine import X', 'from ... import data_of_mine'):
        with pytest.raises((ImportError, ImportWarning)):
            recorded(line)


def test_what_machines_do_differently_is_noted(recorded):
    notes, _ = recorded("""
        import numpy as np
        from numpy import exp
        x = np.array([[1.0, 2.0, 0.5]])
        y = x.dot(x.T) + np.dot(x, x.T) + x @ x.T
        z = exp(x)
        t = np.tanh(0.5)
        dot = lambda a, b: 'no product'
        s = dot(1, 2)
    """)
    assert notes.shapes == {'1x3 . 3x1'}
    assert notes.functions['exp'][(0.5).hex()] == float(np.exp(0.5)).hex()
    assert set(notes.functions) == {'exp', 'tanh'}


def test_a_square_is_noted_where_it_is_not_rounded_once(recorded):
    class Sloppy(Notes):
        def power(self, x, n):
            return super().power(Off(x), n)

    class Off(np.float64):
        def __pow__(self, n):
            return np.nextafter(float(self) * float(self), 1)

    code = annotated('y = x ** 2', 'program')
    notes = Sloppy()
    exec(code, {'__streetlight__': notes, 'x': np.float64(0.3)})
    assert notes.squares == {(0.3).hex(): float(np.nextafter(0.3 * 0.3, 1)).hex()}


def test_a_long_program_leaves_digests(recorded):
    text = """
        for i in range(4):
            for j in range(300):
                x = i * j * {factor}
    """
    one, _ = recorded(text.format(factor=1.0), kept=4)
    same, _ = recorded(text.format(factor=1.0), kept=4)
    other, _ = recorded(text.format(factor='(1.0 if i < 2 else 1.5)'), kept=4)
    assert len(one.steps) == 4 and one.count == 1200 and one.digests == same.digests
    assert [place for place, _ in one.digests] == ['i=1 j=199 x', 'i=3 j=99 x']
    assert [ours == theirs for ours, theirs in zip(one.digests, other.digests)] == [True, False]


def test_values_from_the_middle_of_a_long_program_are_kept_on_demand(recorded):
    notes, _ = recorded('for i in range(100):\n    x = i', kept=3, start=50)
    assert steps(notes) == [('i=50 x', 50), ('i=51 x', 51), ('i=52 x', 52)]


def test_what_becomes_text_is_noted_with_its_name(recorded):
    notes, _ = recorded("""
        import numpy as np
        error = np.float64(0.1)
        print("Error:" + str(error), error, 1, 'x')
        print(f"{error:.3f} {error + 1}", '%.2f' % error, '%s %s' % (error, 2.5), '{}'.format(error))
        for i in range(1):
            print(np.array([error]))
    """)
    assert [(address(step), np.ravel(step.value).tolist()) for step in notes.shown] == [
        ('error', [0.1]),
        ('error', [0.1]),
        ('error', [0.1]),
        ('error+1', [1.1]),
        ('error', [0.1]),
        ('error', [0.1]),
        ('2.5', [2.5]),
        ('error', [0.1]),
        ('i=0 ', [0.1]),
    ]


def test_an_annotated_program_prints_what_the_plain_one_prints(recorded):
    text = """
        import numpy as np
        x = [n ** 2 for n in range(3)]
        x[0] **= 3
        k = 2
        k **= 3
        for (a, b), c in zip([(1, 2)], 'z'):
            print(a, b, c, x, k, -2 ** 2, (lambda v: v ** 0.5)(9))
        else:
            print('else')
        print(np.dot([1, 2], [3.0, 4.0]), np.power(2, 3), str(np.exp(0)))
    """
    _, printed = recorded(text)
    with heard() as out:
        exec(textwrap.dedent(text), {})
    assert printed == out.text


def test_a_traceback_names_the_program_s_own_lines():
    tree = Annotator().visit(ast.parse('a = 1\n\nb = a ** 2\nfor i in x:\n    c = i\n'))
    lines = {node.lineno for node in ast.walk(tree) if hasattr(node, 'lineno')}
    assert lines == {1, 3, 4, 5}


def test_sums_of_two_integers_have_no_accumulation(recorded):
    notes, _ = recorded('import numpy as np\nx = np.dot(np.array([1, 2]), np.array([3, 4]))')
    assert not notes.shapes


def test_shapes_that_are_noted_can_be_revealed(recorded):
    notes, _ = recorded('import numpy as np\nx = np.ones((2, 3)).dot(np.ones(3))')
    (shape,) = notes.shapes
    assert reveal_shape(np.dot, shape)[0].count('p') + reveal_shape(np.dot, shape)[0].count('x') == 3


def test_a_product_that_failed_has_no_shape(recorded):
    notes, printed = recorded("""
        import numpy as np
        for product in (lambda a, b: np.dot(a, b), lambda a, b: a @ b):
            try:
                product(np.ones((2, 3)), np.ones((2, 3)))
            except ValueError:
                print('no product')
    """)
    assert printed == 'no product\n' * 2 and not notes.shapes


def test_what_is_changed_in_place_is_changed_wherever_it_is_known(recorded):
    notes, printed = recorded("""
        import numpy as np
        w = v = np.array([[1.0, 2.0], [0.5, 3.0]])
        w **= 2
        w @= np.eye(2)
        print(v is w, v.tolist())
    """)
    assert printed == 'True [[1.0, 4.0], [0.25, 9.0]]\n'
    assert notes.shapes == {'2x2 . 2x2'}


def test_a_program_is_recorded_with_its_own_arguments_and_a_file_to_print_to(tmp_path):
    path = tmp_path / 'program.py'
    path.write_text('import argparse, sys\nargparse.ArgumentParser().parse_args()\nsys.stdout.writelines([sys.stdout.encoding, "!"])\n')
    assert record_program(str(path))['printed'] == 'utf-8!'
    import doctest

    path.write_text('"""\n>>> 1 + 1\n2\n"""\nimport doctest\nprint(doctest.testmod().failed)\n')
    assert doctest and record_program(str(path))['printed'] == '0\n'


def test_a_loop_that_is_entered_again_from_itself_keeps_its_own_places(recorded):
    notes, _ = recorded("""
        def down(n):
            while n > 0:
                n -= 1
                down(n)
                here = n
        down(2)
    """)
    assert [place for place, _ in steps(notes)] == [
        'while=0 n',
        'while=0 while=0 n',
        'while=0 while=0 here',
        'while=0 here',
        'while=1 n',
        'while=1 here',
    ]


def test_what_python_2_7_reads_asks_for_texts_of_both_kinds_by_a_name_that_no_formatter_changes():
    """``type(u'')`` became ``type('')``, which is bytes there, and no recording could be written."""
    root = Path(annotate.__file__).parents[1]
    sources = [*(root / 'record').glob('*.py'), root / 'programs' / 'tree.py']
    assert [path.name for path in sources if re.search(r"type\(u?''\)|\bu'", path.read_text('utf-8'))] == []
    assert annotate.TEXT is str


def test_what_lies_beside_a_program_comes_before_what_is_installed(tmp_path):
    (tmp_path / 'colorsys.py').write_text('NUMBER = 0.5\n')  # a module of that name comes with Python
    path = tmp_path / 'program.py'
    path.write_text('import colorsys\nimport numpy as np\nx = np.float64(colorsys.NUMBER) * 3\nprint(x)\n')
    kept = sys.modules.pop('colorsys', None), list(sys.path), sys.argv
    assert record_program(str(path))['printed'] == '1.5\n'
    sys.modules.pop('colorsys', None)
    if kept[0]:
        sys.modules['colorsys'] = kept[0]
    assert (sys.path, sys.argv) == kept[1:]
