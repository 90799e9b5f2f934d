"""The patch of a program's shown outputs: each number in its own place, and no other."""

import difflib
import json
from decimal import Decimal
from itertools import count

import pytest

from streetlight.certify.mend import cut, patch, specified


def row(cell, line, column, printed, digits=None, made='line 1'):
    """Of a number all of whose digits are guaranteed, or so many of the significant ones."""
    value = float(printed)
    low, high = (value, value) if digits is None else sorted(value * (1 + side * 0.4 * 10.0**-digits) for side in (-1, 1))
    return {
        'cell': cell,
        'line': line,
        'column': column,
        'printed': printed,
        'low': low,
        'high': high,
        'guaranteed': digits is None,
        'guaranteed_digits': 17 if digits is None else digits,
        'open_at': None if digits is None else printed.index('.') + digits,
        'proof': 'bound',
        'made': made,
    }


def difference(name, before, after):
    return ''.join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), f'a/{name}', f'b/{name}'))


@pytest.mark.parametrize('open_ones', [(0,), (1,), (2,), (3,), (4,), (5,), (0, 5), (2, 4, 5), range(6)])
def test_of_equal_outputs_of_a_notebook_those_are_rounded_that_are_open(open_ones):
    """Three cells that each print twice the same: which of the six lines are changed is told by the rows alone."""
    rows, outputs, cells, expected, place = [], [], [], [], count()
    for cell in (1, 2, 3):
        shown, mended = [], []
        for line in (1, 2):
            still = next(place) not in open_ones
            rows.append(row(cell, line, 3, '0.123456789012', None if still else 4))
            rows.append(row(cell, line, 18, '3'))
            shown.append('x 0.123456789012 3\n')
            mended.append('x 0.123456789012 3\n' if still else 'x 0.1235 3\n')
        outputs.append({'cell': cell, 'line': 0, 'printed': ''.join(shown), 'text': ''.join(shown)})
        cells.append({'source': ['print("x", x, 3)\n'], 'outputs': [{'text': shown}]})
        expected.append({'source': ['print("x", x, 3)\n'], 'outputs': [{'text': mended}]})
    raw, wanted = (json.dumps({'cells': each}, indent=1) for each in (cells, expected))
    diff, said = patch('book.ipynb', raw, outputs, rows)
    assert diff.replace('\\ No newline at end of file\n', '') == difference('book.ipynb', raw, wanted) and said == []


@pytest.mark.parametrize('open_ones', [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_of_equal_examples_those_end_early_that_are_open(open_ones):
    raw, wanted, rows, outputs = '', '', [], []
    for number in range(3):
        source = ['>>> for i in range(1):\n', '...     x\n'] if number == 1 else ['>>> x\n'] if number else ['>>> x  # doctest: +SKIP\n']
        printed = '0.123456789012\n'
        outputs.append({'cell': number, 'line': raw.count('\n') + 1, 'printed': printed, 'text': printed})
        raw += ''.join(source) + '0.123456789012\n\n'
        if number in open_ones:
            source[-1] = source[-1][:-1] + (', +ELLIPSIS\n' if not number else '  # doctest: +ELLIPSIS\n')
        wanted += ''.join(source) + ('0.123...\n\n' if number in open_ones else '0.123456789012\n\n')
        rows.append(row(number, 1, 1, '0.123456789012', 4 if number in open_ones else None))
    diff, said = patch('text.rst', raw, outputs, rows)
    assert (diff, said) == (difference('text.rst', raw, wanted), [])


@pytest.mark.parametrize('digits', [1, 3, 8])
@pytest.mark.parametrize('printed', ['0.123456789012', '12.3456789012', '-1.23456789012e-05', '9.99999999999', '1.5'])
def test_a_number_is_rounded_to_as_many_digits_as_hold(printed, digits):
    told = row(None, 2, 5, printed, digits)
    text = f'one\nand {printed} and 7 more'
    (found,) = cut(text, text, {(2, 5): told}, 'rounded').removeprefix('one\nand ').removesuffix(' and 7 more').split()
    assert len(Decimal(found).normalize().as_tuple().digits) <= digits or found == printed == '1.5'
    assert abs(Decimal(found) - Decimal(printed)) <= Decimal(1).scaleb(Decimal(printed).adjusted() - digits + 1)
    assert ('e' in found) == ('e' in printed)
    ended = cut(text, text, {(2, 5): told}, 'ellipsis')
    assert ended == f'one\nand {printed[: told["open_at"]]}... and 7 more'
    assert cut(text, text, {(2, 5): row(None, 2, 5, printed)}, 'rounded') == text
    assert cut(text, text, {(2, 6): told, (1, 5): told}, 'rounded') == text
    assert cut(text, text, {(2, 5): {**told, 'proof': 'sampled'}}, 'rounded') == text


def test_only_a_format_that_is_alone_on_its_line_and_written_by_all_is_cut():
    lines = ['print(f"{x:.9f}")\n', 'print("%.9e" % x)\n', 'print(f"{x:.9f} {x:.3f}")\n', 'print(x)\n']
    open_one = [row(None, 1, 1, '0.123456789', 4, 'line 1')]
    assert specified(lines, open_one) == ['print(f"{x:.4f}")\n', *lines[1:]]
    assert specified(lines, [row(None, 1, 1, '1.234567890e-01', 4, 'line 2')]) == [lines[0], 'print("%.3e" % x)\n', *lines[2:]]
    for told in (
        [row(None, 1, 1, '0.123456789', 4, 'line 3')],
        [row(None, 1, 1, '0.123456789', 4, 'line 4')],
        [row(None, 1, 1, '0.123456789', None, 'line 1')],
        [row(None, 1, 1, '0.1234567890', 4, 'line 1')],
        [row(None, 1, 1, '0.123456789', 4, 'cell 1')],
        [{**open_one[0], 'proof': 'sampled'}],
    ):
        assert specified(lines, told) == lines
    two = [row(None, 1, 1, '0.123456789', 4), row(None, 2, 1, '3.123456789', 3)]
    assert specified(lines, two)[0] == 'print(f"{x:.2f}")\n'
