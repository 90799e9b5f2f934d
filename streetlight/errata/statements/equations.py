"""Printed equations, evaluated exactly."""

import ast
import re
from fractions import Fraction

from streetlight.errata.manuscript import CODE, LONGEST_LINE, Line
from streetlight.errata.statements.statement import Statement

_FACTOR = r'\d[\d.]*'
EQUATION = re.compile(
    rf'(?<![\w.+\-*/×÷=^] )(?<![\w.+\-*/×÷=^(])({_FACTOR}(?:\s*[-+*/×÷]\s*{_FACTOR})+)\s*=\s*([-−–]?\d[\d.]*)(?![\w.%^]|\s*[-+*/×÷=^])'
)
EQUATION_LINE = re.compile(rf'^[\s>*•-]*\$?`?{EQUATION.pattern}`?\$?\s*[.,;]?\s*(?:#.*)?$')
_SPAN = re.compile(r'`([^`\n]{3,200})`')


def equations(manuscript):
    """The printed equations that are not equal."""
    found = []
    if manuscript.format == 'notebook':
        lines = [line for block in manuscript.blocks for line in block.lines if block.kind != CODE]
    else:
        lines = [Line(index + 1, 0, text) for index, text in enumerate(manuscript.raw)]
    for line in lines:
        if '=' not in line.text or len(line.text) > LONGEST_LINE:
            continue
        whole = EQUATION_LINE.match(line.text)
        spans = (
            [(whole[1], whole[2], whole.start(2))]
            if whole
            else [
                (match[1], match[2], span.start(1) + match.start(2))
                for span in _SPAN.finditer(line.text)
                if (match := re.fullmatch(rf'\s*{EQUATION.pattern}\s*', span[1]))
            ]
        )
        for left, right, at in spans:
            value = evaluated(left)
            if value is not None and not equal(value, right):
                told = written(value)
                found.append(
                    Statement(
                        line.number, line.column + at, 'equation', f'{left} = {right}', f'{left} = {told}', f'{left} is {told}, not {right}'
                    )
                )
    return found


def evaluated(expression):
    """An arithmetic expression of decimals, exactly; None where it has no value."""
    if len(expression) > 300:
        return None
    source = re.sub(_FACTOR, lambda match: f'F({match[0]!r})', expression.replace('×', '*').replace('÷', '/'))
    try:
        tree = ast.parse(source, mode='eval')
        return _fold(tree.body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
        return None


def _fold(node):
    if isinstance(node, ast.Call):
        return Fraction(node.args[0].value)
    left, right = _fold(node.left), _fold(node.right)
    operations = {
        ast.Add: lambda: left + right,
        ast.Sub: lambda: left - right,
        ast.Mult: lambda: left * right,
        ast.Div: lambda: left / right,
    }
    return operations[type(node.op)]()


def equal(value, right):
    """Whether the right-hand side is the value, or its correct rounding to the decimals that it has."""
    text = right.replace('−', '-').replace('–', '-').rstrip('.')
    try:
        number = Fraction(text)
    except ValueError:
        return True  # no number: nothing to decide
    decimals = len(text.partition('.')[2])
    return number == value or (decimals > 0 and abs(number - value) * 2 * 10**decimals <= 1)


def written(value):
    """A rational number in decimals, exactly where it has an end."""
    if value.denominator == 1:
        return str(value.numerator)
    for decimals in range(1, 40):
        if (value * 10**decimals).denominator == 1:
            return f'{float(value):.{decimals}f}' if decimals < 16 else str(float(value))
    return f'{float(value):.12g}'
