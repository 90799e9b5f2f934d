"""What a text states beside its figures: equations, which are evaluated, and code, which must be a program."""

import pytest
from short_texts import judged

from reference import BOOK
from streetlight.errata.gate import findings_of
from streetlight.errata.readers import parse


@pytest.mark.parametrize(
    'line, right',
    [
        ('1 * 10 * 2 = 100', '20'),
        ('5 * 20 = 100', None),
        ('1 * 0.25 * 0.9 = 0.2225', '0.225'),
        ('0.2 * -0.2 * 1 = -0.02', '-0.04'),
        ('2 + 3 * 4 = 20', '14'),
        ('1 / 3 = 0.333', None),
        ('1 / 3 = 0.334', '0.333333333333'),
        ('7 × 6 = 42', None),
        ('7 · 6 = 43', '42'),
        ('$0.5 \\cdot (1 - 0.3)^2 = 0.245$', None),
        ('$0.5 \\cdot (1 - 0.3)^2 = 0.26$', '0.245'),
        ('error = (0.4 - 1) ** 2 = 0.46', '0.36'),
        ('2^{3} = 9', '8'),
        ('1,000 * 2 = 2,000', None),
        ('0.1 * 0.2 = 0.020000000000000004', None),
    ],
)
def test_a_printed_equation_is_evaluated(line, right):
    for text in (f'{line}\n', f'* {line}\n', f'So `{line}` holds, as 2 = 3 apples do.\n', f'```\n{line}\n```\n'):
        found = [each for each in findings_of(BOOK, parse(text.encode(), '.md', 'x.md')) if each.kind == 'equation']
        assert len(found) == 1 and found[0].failing == bool(right)
        assert found[0].expected.rpartition('= ')[2] == (right or found[0].printed.rpartition('= ')[2])
        at = text.split('\n')[found[0].line - 1][found[0].column - 1 :]
        assert at.startswith(found[0].printed.rpartition('= ')[2])


@pytest.mark.parametrize(
    'line',
    [
        '7 ÷ 0 = 1',
        'f(2 * 3) = 7',
        'a[1 + 2] = 5',
        '3 * 2 = 6 * 2',
        '10% * 20 = 3',
        'chapters 6 / 7 = 2 parts',
        '2017-05-04 = 5',
        'x * 2 * 3 = 7',
    ],
)
def test_what_is_no_equation_of_numbers_is_left_alone(line):
    assert [each for each in findings_of(BOOK, parse(f'{line}\n'.encode(), '.md', 'x.md')) if each.kind == 'equation'] == []


@pytest.mark.parametrize(
    'program, told',
    [
        (['for i in range(3):', 'print(i)'], 'its indentation is lost'),
        (['import numpy as np', 'x = (1, 2', 'y = 3', 'print(x)'], 'does not parse'),
        (['import numpy as np a = np.array([1])'], 'does not parse'),
        (['walk _ vs _ stop = np.array(', '[0, 1])'], 'does not parse'),
        (['import numpy as np', 'walk_stop = np.array([1, 0, 1])', 'print(walk_vs_stop)'], "calls it 'walk_stop'"),
    ],
)
def test_what_is_wrong_with_a_program_is_said_with_its_line(program, told):
    found = [finding for finding in judged(*program) if finding.failing]
    assert len(found) == 1 and told in found[0].sentence and 2 <= found[0].line <= 1 + len(program)


@pytest.mark.parametrize(
    'program',
    [
        ['print "Error:" + str(error)'],
        ['import numpy as np', 'for i in xrange(3):', '    print(i)'],
        ['import numpy as np', 'a = np.array(b)', 'b = [1]'],
        ['data = [[1, 0], [0, 1]]', 'print(data)', 'data = [[1, 0], [0, 0]]'],
        ['import numpy as np', 'x = 1 + \\', '    2', 'try:', '    print(x)', 'except NameError:', '    pass'],
        ['import numpy as np', 'def f():', '    return g()', 'def g():', '    return np.pi', 'print(f())'],
        ['function f(x)', '  return x * 2', 'end', 'for i in 1:10', '  println(f(i))', 'end'],
        ['x <- c(1, 2, 3)', 'print(mean(x))'],
        ['const x = [1, 2];', 'for (let i = 0; i < 3; i++) {', '  print(x)', '}'],
        ['import numpy as np', 'def relu(x):', '    # TODO: your code here', 'print(relu(3))'],
    ],
)
def test_what_may_be_meant_so_is_noted_and_does_not_fail(program):
    for fence in ('```', '```python'):
        assert [finding.sentence for finding in judged(*program, fence=fence) if finding.failing] == []


def test_a_whole_program_and_garbled_prose_have_no_findings():
    program = ['import numpy as np', 'x = np.array([1, 2])', 'def f(y):', '    return [z * y for z in x]', 'print(f(2))']
    assert judged(*program, fence='```python') == [] or all(not finding.failing for finding in judged(*program))
    text = 'Xdroesni 10.5 slrfueyo = pcripoaahng, 3 rs 0.25.\n[©] 15 6.19 Liraen vs Non 2\n'
    assert findings_of(BOOK, parse(text.encode(), '.txt', 'x')) == []
