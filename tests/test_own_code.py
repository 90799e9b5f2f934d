"""A text's own code, run: its outputs are judged by what it prints."""

import json
import re

import pytest

from reference import BOOK
from streetlight.errata.execution import run_cells
from streetlight.errata.gate import findings_of
from streetlight.errata.readers import parse
from streetlight.programs.source import Cell


def notebook_of(*pairs):
    lines = []
    for source, output in pairs:
        lines += ['```python', *source, '```', '', '```', *output, '```', '']
    return parse('\n'.join(lines).encode(), '.md', 'm.md')


def test_output_that_its_own_code_does_not_print_is_a_finding():
    stale = notebook_of((['x = 2.5', 'print("x:", x)', 'x * 3'], ['x: 2.5', '8.5']), (['[x, 1]'], ['[2.5, 1]']))
    found = [finding for finding in findings_of(BOOK, stale, run_code=True) if finding.failing]
    assert [(finding.line, finding.kind, finding.printed, finding.expected) for finding in found] == [(9, 'figure', '8.5', '7.5')]
    other = notebook_of((['for i in range(5):', '    print(i * 0.7)'], ['0.0', '0.9', '1.8', '2.7', '3.6']))
    found = [finding for finding in findings_of(BOOK, other, run_code=True) if finding.failing]
    assert [(finding.line, finding.kind, finding.expected) for finding in found] == [(8, 'output', '0.7')]
    assert findings_of(BOOK, notebook_of((['print(1/3)'], ['0.333333'])), run_code=True)[0].kind == 'figure'
    prompt = notebook_of(
        (['x = [4.8, 1.21]', 'print(x)'], ['>>>', '[4.8, 1.21]']), (['print(x[0] / 2)'], ['>>>', '2.5'])
    )  # as some books set it
    found = findings_of(BOOK, prompt, run_code=True)
    assert [(finding.verdict, finding.printed) for finding in found if finding.kind == 'figure'] == [
        ('exact', '4.8'),
        ('exact', '1.21'),
        ('wrong', '2.5'),
    ]
    elided = notebook_of((['for i in range(9):', '    print(i)'], ['0', '...', '7', '8']))
    assert [finding for finding in findings_of(BOOK, elided, run_code=True) if finding.kind == 'output'] == []


@pytest.mark.parametrize(
    'turns, said',
    [
        ((1, 2, 4, 5), 'note'),  # the doubling ran twice, and 8.0 was printed
        ((1, 2, 3, 4), 'wrong'),  # it ran once, and 8.0 is a slip for 4.0
    ],
)
def test_a_lone_figure_is_wrong_only_where_each_cell_ran_once(turns, said):
    cells = [('import numpy as np', ''), ('x = np.float64(2.0)', ''), ('x = x * 2', ''), ('print(x)', '8.0\n')]
    assert [(verdict, printed) for verdict, _, printed, _ in run_notebook(*cells, turns=turns)] == [(said, '8.0')]


def run_notebook(*cells, turns=None):
    """The failing findings and the notes on a notebook of pairs of source and output, run: as verdict, kind, what is printed and said."""
    turns = turns or range(1, len(cells) + 1)
    made = [
        {
            'cell_type': 'code',
            'execution_count': turn,
            'metadata': {},
            'source': source,
            'outputs': [{'output_type': 'stream', 'name': 'stdout', 'text': output}] if output else [],
        }
        for turn, (source, output) in zip(turns, cells)
    ]
    text = json.dumps({'cells': made, 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 4}, indent=1)
    found = findings_of(BOOK, parse(text.encode(), '.ipynb', 'x.ipynb'), run_code=True)
    return [(each.verdict, each.kind, each.printed, each.sentence) for each in found if each.failing or each.verdict == 'note']


SEVENTHS = 'for i in range(1, 7):\n    print("row", i, "value", i / 7)'


def sevenths(*rows):
    return ''.join(f'row {row} value {row / 7}\n' for row in rows)


@pytest.mark.thorough
def test_a_line_that_an_output_has_lost_is_told_where_the_next_one_stands():
    ((verdict, kind, printed, why),) = run_notebook((SEVENTHS, sevenths(1, 2, 3, 5, 6)))
    assert (verdict, kind, printed) == ('wrong', 'output', repr(5 / 7)) and '1 line more' in why and repr(4 / 7) in why
    assert run_notebook((SEVENTHS, sevenths(1, 2, 3) + '...\n' + sevenths(5, 6))) == []
    assert run_notebook((SEVENTHS, sevenths(1, 2, 3) + 'Output truncated to the last 2 lines.\n' + sevenths(5, 6))) == []
    assert [each[0] for each in run_notebook((SEVENTHS, sevenths(1, 2, 3, 5, 6)), turns=[3])] == ['note']
    assert [each[:3] for each in run_notebook((SEVENTHS, sevenths(1, 2, 3, 4)))] == [('wrong', 'output', repr(4 / 7))]
    assert [each[:3] for each in run_notebook((SEVENTHS, sevenths(2, 3, 4, 5, 6)))] == [('wrong', 'output', repr(2 / 7))]
    text = notebook_of((SEVENTHS.split('\n'), sevenths(1, 2, 3, 4).split('\n')))  # of a text that shows a part
    assert [each.kind for each in findings_of(BOOK, text, run_code=True) if each.failing or each.verdict == 'note'] == []


def test_a_script_whose_docstrings_hold_examples_is_a_program_and_they_are_run_after_it():
    lines = ['"""A script."""', '', '', 'def half(x):', '    """Half.', '', '    >>> half(2.5)', '    1.25', '    """', '    return x / 2']
    for shown, told in (('1.25', []), ('1.52', [(8, '1.52', '1.25')])):
        text = '\n'.join(lines).replace('1.25', shown) + '\n'
        found = findings_of(BOOK, parse(text.encode(), '.py', 'x.py'), run_code=True)
        assert [(each.line, each.printed, each.expected) for each in found if each.failing or each.verdict == 'note'] == told


@pytest.mark.one_in(3)
@pytest.mark.parametrize('shown, verdict', [('1', 'exact'), ('1.4', 'rounded'), ('1.5', 'wrong')])
def test_a_figure_may_show_more_of_a_number_than_its_program_prints(shown, verdict):
    source = ['import numpy as np', 'x = np.array([0.1, 0.2, 0.3]).dot(np.array([1.0, 2.0, 3.0]))', 'print("%d" % x)']
    assert [each.verdict for each in findings_of(BOOK, notebook_of((source, [shown])), run_code=True)] == [verdict]


def test_what_its_own_program_prints_is_exact_only_where_that_is_proved():
    source = ['import numpy as np', 'a = np.array([[0.3, 0.1], [0.1, 0.7]])', 'print("of 2 values", (a @ a)[0, 0], np.linalg.svd(a)[1])']
    shown = ['of 2 values 0.09999999999999999 [0.72360680 0.2763932 ]']
    found = [(each.printed, each.verdict) for each in findings_of(BOOK, notebook_of((source, shown)), run_code=True)]
    assert [verdict for _, verdict in found] == ['exact', 'environment', 'environment', 'environment']


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    'source, shown, expected',
    [
        ('print(4.0 / 7)', '0.561', '0.571'),
        ('print(4.0 / 7)', '0.60', '0.57'),
        ('print(4.0 / 7e10)', '5.61e-11', '5.71e-11'),
        ('print(4.0 / 7e10)', '0.0000000000561', '5.7142857142857146e-11'),  # where notations differ, the program's own
    ],
)
def test_what_should_stand_there_has_as_many_digits_as_what_stands_there(source, shown, expected):
    assert [each.expected for each in findings_of(BOOK, notebook_of(([source], [shown])), run_code=True)] == [expected]


@pytest.mark.parametrize('elsewhere, said', [(1e-12, 'wrong'), (1e-2, 'note'), (0, 'note')])
def test_of_what_nothing_is_proved_an_output_is_stale_where_two_machines_part_by_much_less(elsewhere, said, monkeypatch):
    """As 60,000 steps of training, which no proof ends: here it is given what another machine prints."""
    source = 'import os\nfor i in range(1, 7):\n    print("row", i, "value", float(os.environ.get("NOWHERE", i / 7)))'

    def other_run(cells, seconds, unprotected, variables=None):
        ran = run_cells(cells, seconds, unprotected)
        return [
            each._replace(printed=re.sub(r'0\.\d+', lambda match: repr(float(match[0]) * (1 + elsewhere)), each.printed)) for each in ran
        ]

    monkeypatch.setattr('streetlight.errata.by_place.run_cells', other_run)
    monkeypatch.setattr('streetlight.errata.execution._certified', lambda *given: [])
    shown = ''.join(f'row {row} value {row / 7 + 0.001 * row}\n' for row in range(1, 7))
    assert [each[:2] for each in run_notebook((source, shown))] == [(said, 'output')]


def test_of_equal_lines_behind_an_elision_none_is_said_to_be_left_out():
    source = 'for i in range(9):\n    print("Loss:", 1 / 8)\n    print("Weights:", [0.5, 0.25])'
    pair = 'Loss: 0.125\nWeights: [0.5, 0.25]\n'
    assert run_notebook((source, 2 * pair + '...\n' + 3 * pair)) == []
    assert [each[:2] for each in run_notebook((source, 5 * pair))] == [('wrong', 'output')]


def test_what_a_carriage_return_overwrites_is_not_left_out():
    source = 'for i in range(1, 7):\n    print("\\rrow", i, "value", i / 7, end="" if i % 3 else "\\n")'
    assert run_notebook((source, sevenths(3, 6))) == []


def test_what_asks_which_version_or_machine_this_is_has_another_answer_on_each():
    assert run_notebook(('import numpy as np\nnp.__version__', "'1.24.4'"), ('print(np.__version__[:4])', '1.13\n')) == []


def test_beside_a_time_the_other_lines_of_an_output_are_judged():
    source = 'import time\n' + SEVENTHS + '\nprint("took", time.time() % 1000, "seconds")'
    took = 'took 12.25 seconds\n'
    assert run_notebook((source, sevenths(1, 2, 3, 4, 5, 6) + took)) == []
    ((verdict, kind, printed, _),) = run_notebook((source, sevenths(1, 2, 3, 4, 5, 6).replace('0.571', '0.517') + took))
    assert (verdict, kind, printed) == ('wrong', 'figure', repr(4 / 7).replace('0.571', '0.517'))


def test_a_cell_that_lacks_a_module_goes_on_and_nothing_after_it_is_certain():
    lacking = 'import numpy as np\nfrom nowhere_at_all import plot\nnp.random.seed(3)\nx = np.random.rand(4)'
    assert [each[:2] for each in run_notebook((lacking, ''), ('print(x.size / 7)', f'{4 / 7}\n'))] == []
    found = run_notebook((lacking, ''), ('plot(x)', ''), ('print(x.size / 7)', '0.25\n'))
    assert [each[:2] for each in found] == [('note', 'output')]
    found = run_notebook(('nowhere()\nnp.random.seed(3)', ''), ('import numpy as np\nnp.random.rand()', '0.5507979\n'))
    assert ['needs a cell before it' in why for _, kind, _, why in found if kind == 'output'] == [True]


@pytest.mark.parametrize(
    'source, error',
    [
        ('while True: pass', 'more than 1 seconds'),
        ('x = "a" * 10 ** 11', 'MemoryError'),
        ('while True: print("x" * 1000)', 'it printed more than'),
        ('import os\nos._exit(7)', 'its process ended'),
        ('raise SystemExit', 'SystemExit'),
        ('1 +', 'SyntaxError'),
    ],
)
def test_a_cell_that_cannot_be_run_says_why(source, error):
    first, second = run_cells([Cell(source), Cell('print("after")')], 1)
    assert error in first.error
    assert second.printed == 'after\n' or second.error


def test_cells_share_a_namespace_and_have_nothing_of_this_package():
    ran = run_cells([Cell('x = 3'), Cell('x + 1', echo=True), Cell('import reference')], 20)
    assert ran[1].printed == '4\n' and 'No module named' in ran[2].error
