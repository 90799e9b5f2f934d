"""What the documentation of other projects taught the gate: kinds of text that are no mistakes, and mistakes that are."""

import pytest

from reference import BOOK
from streetlight.errata.gate import findings_of
from streetlight.errata.readers import parse

IMPORT = 'import numpy as np\n'


def failing(text, suffix):
    return [(each.kind, each.line) for each in findings_of(BOOK, parse(text.encode(), suffix, 'x' + suffix)) if each.failing]


def fence(language, *lines):
    return '\n'.join(['```' + language, *lines, '```', ''])


@pytest.mark.parametrize(
    'text',
    [
        fence('meson', 'x = 1', 'if x == 1', '  print(x)', 'endif'),
        fence('cython', 'import numpy as np', 'cdef int i = 1', 'for j in range(i):', '    print(j)'),
        fence('', 'import numpy as np', 'cdef int i = 1', 'for j in range(i):', '    print(j)'),
        fence('', 'In [1]: import numpy as np', 'x = np.ones(3)', 'print(x)'),
        fence('python', IMPORT, 'for i = 1 to 3:', '    print(i)', '    print(np.ones(i))'),
        fence('python', IMPORT, 'with np.errstate(all="ignore"):', '    # what is yours comes here'),
        fence('python', IMPORT, 'if np.ones(3).any():', '    # what is yours comes here', 'else:', '    print(1)'),
        fence('python', 'def mean(a, axis=None):', '', 'def mean(a, axis=None, out=None):'),
        fence('', 'import numpy as np', 'print np.mean([1, 2])  # in Python 2', 'print np.ones(3)  # too'),
        fence('python', '# of an array', '   ndarray.sum # and some words of it', '', '   # and of two'),
        fence('python', 'def kind(x):', '    if isinstance(x, int):', '        return int', '    .', '    .', '    .', ''),
        fence('python', 'def read(name):', '    return my_read(name)', '', 'print(read("x"))'),
        fence('python', 'n = 4', 'took = !time sleep {n}', 'took = float(took[0])', 'print(took)'),
        fence('python', 'class Own:', '    def __dispatch_to__(self):', '        return dispatch_to', '', 'print(Own())'),
    ],
)
def test_other_languages_and_what_is_left_to_the_reader_are_no_mistakes(text):
    assert failing(text, '.md') == []


@pytest.mark.parametrize(
    'text',
    [
        '.. plot::\n   :context: close-figs\n\n   import numpy as np\n   print(np.ones(3))\n',
        '.. ipython:: python\n   :okwarning:\n\n   import numpy as np\n   x = np.ones(3)\n   @savefig ones.png\n   print(x)\n',
        '.. code-block:: python\n\n    import numpy as np\n    for i in range(3):\n\tx = np.ones(i)\n\tprint(x)\n',
        '.. their-own::\n   :of: what\n\n   import numpy as np\n   and words of some kind, print(them)\n   for x in them\n',
    ],
)
def test_directives_that_docutils_does_not_know_are_no_mistakes(text):
    assert failing('Title\n=====\n\n' + text, '.rst') == []


@pytest.mark.parametrize(
    'text, found',
    [
        (fence('python', 'import numpy as np', 'for i in range(3)', '    print(np.ones(i))'), [('syntax', 3)]),
        (fence('python', 'import numpy as np', 'for i in range(3):', 'print(np.ones(i))'), [('syntax', 4)]),
        (fence('python', 'import numpy as np', 'm, x = 0.5, np.ones(3)', 'print((1 - m*np.sin(x)**2))**0.5)'), [('syntax', 4)]),
        (fence('python', 'import numpy as np', 'wav_header = np.ones(3)', 'print(wave_header)'), [('name', 4)]),
    ],
)
def test_what_is_a_mistake_in_them_is_found(text, found):
    assert failing(text, '.md') == found


def test_what_a_directive_of_another_project_prints_is_still_read():
    printed = ['-0.19999999999999996', '-0.15999999999999992', '-0.1279999999999999']
    text = 'Title\n=====\n\n.. their-own::\n\n' + ''.join(f'   Prediction:{each}\n' for each in printed)
    figures = [each for each in findings_of(BOOK, parse(text.encode(), '.rst', 'x.rst')) if each.kind == 'figure']
    assert [(each.line, each.column) for each in figures] == [(6, 15), (7, 15), (8, 15)]


def test_a_block_apart_from_an_example_need_not_be_its_output():
    """A prompt's output stands below it; what a text shows later may be an illustration."""
    text = 'Title\n=====\n\n>>> 0.5 * 3\n1.5\n\nSuch as::\n\n    [[1., 0., 0.],\n     [0., 1., 2.]]\n'
    found = findings_of(BOOK, parse(text.encode(), '.rst', 'x.rst'), run_code=True)
    assert not any(each.failing for each in found)
    stale = text.replace('1.5', '2.5')
    assert [each.printed for each in findings_of(BOOK, parse(stale.encode(), '.rst', 'x.rst'), run_code=True) if each.failing] == ['2.5']


def test_a_comment_among_examples_and_a_note_of_a_version_are_no_outputs():
    text = 'Title\n=====\n\n::\n\n  >>> x = 0.5\n  # between [0, 1)\n  >>> x * 3\n  1.5\n\n.. versionadded:: 1.7.0\n\n   When.\n'
    found = findings_of(BOOK, parse(text.encode(), '.rst', 'x.rst'), run_code=True)
    assert [(each.verdict, each.printed) for each in found] == [('exact', '1.5')]


def test_prose_between_examples_is_no_output_and_loops_in_them_are_whole():
    lines = [
        'Here:',
        '',
        '>>> x = 0.5',
        '>>> for i in range(2):',
        '...     x = x * 3',
        '...',
        '>>> x',
        '4.5',
        '',
        'on a grid in [0, 1]x[0, 1] now',
        '',
        '>>> x * 2',
        '9.0',
    ]
    text = 'Title\n=====\n\n.. %s::\n   :alt: " "\n\n' + ''.join(f'   {line}\n' for line in lines)
    for directive in ('plot', 'their-own'):
        found = findings_of(BOOK, parse((text % directive).encode(), '.rst', 'x.rst'), run_code=True)
        assert [(each.verdict, each.printed) for each in found] == [('exact', '4.5'), ('exact', '9.0')], directive


def test_a_figure_behind_a_tab_is_found_at_its_character():
    text = 'Title\n=====\n\n::\n\n    print(0.5 * 3)\n\nSo::\n\n  \t2.5\n'
    found = [each for each in findings_of(BOOK, parse(text.encode(), '.rst', 'x.rst')) if each.kind == 'figure']
    assert [(each.printed, each.line, each.column) for each in found] == [('2.5', 10, 4)]


def judged_by_running(*lines):
    text = 'Title\n=====\n\n' + ''.join(f'>>> {line}\n' if line[0] != ' ' else line[1:] + '\n' for line in lines)
    return [(each.kind, each.verdict, each.printed) for each in findings_of(BOOK, parse(text.encode(), '.rst', 'x.rst'), run_code=True)]


def test_what_its_author_says_may_vary_is_not_judged():
    assert judged_by_running('0.5 * 3', ' 1.7  # may vary', '0.5 * 5', ' 2.7') == [
        ('figure', 'unmatched', '1.7'),
        ('figure', 'wrong', '2.7'),
    ]


@pytest.mark.one_in(3)
@pytest.mark.parametrize('shown', ['2.6666666973', '2.6', '4'])
def test_another_librarys_number_may_be_another_versions(shown):
    """SymPy, mpmath and the like are not followed: what they compute is called wrong only where a slip shows for itself."""
    found = judged_by_running('import mpmath', 'x = float(mpmath.quad(lambda x: x * x, [0, 2]))', 'x', ' ' + shown)
    assert not any(verdict == 'wrong' for _, verdict, _ in found), found


def test_a_slip_in_another_librarys_number_shows_for_itself():
    shown = '2.6666766666666667'  # for 2.6666666666666667, which is 8/3
    found = judged_by_running('import mpmath', 'x = float(mpmath.quad(lambda x: x * x, [0, 2]))', 'x', ' ' + shown)
    assert ('figure', 'wrong', shown) in found
