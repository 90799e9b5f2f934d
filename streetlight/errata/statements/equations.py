"""Printed equations, evaluated exactly: `1 * 10 * 2 = 20`, `0.2 * -0.2 = -0.04`, `$0.5 \\cdot (1 - 0.3)^2 = 0.245$`."""

import ast
import re
from fractions import Fraction

from streetlight.errata.manuscript import CODE, LONGEST_LINE, Line
from streetlight.errata.statements.statement import Statement

_NUMBER = r'(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?'
_OPERATOR = r'\*\*|\\cdot\b|\\times\b|\\div\b|[-+*/×·⋅÷−–^]'
_TOKEN = re.compile(rf'\s+|{_NUMBER}|{_OPERATOR}|[()²³]|\{{-?\d+\}}')
_RIGHT = re.compile(rf'\s*([-+−–]?\s*(?:{_NUMBER}))(?![\w%^²³(*/×·⋅÷]|\s*(?:{_OPERATOR}|[(=])|\.\d)')
# a line that is an equation, and no output
EQUATION_LINE = re.compile(
    r'^(?=.{0,300}$)[\s>*•$`-]*[-−–+(]*\d[\d.,\s*/×·÷+\-−–()^²³]*[*/×·÷+\-−–][\d.,\s*/×·÷+\-−–()^²³]*=\s*[-−–]?[\d.]+[`$]*\s*[.,;]?\s*(?:#.*)?$'
)
_LONGEST = 300  # characters before an equals sign that are looked at
_SUPERSCRIPT = {'²': '**2', '³': '**3'}


def equations(manuscript):
    """Every printed equation: those that hold, and those that do not."""
    if manuscript.format == 'notebook':
        lines = [line for block in manuscript.blocks for line in block.lines if block.kind != CODE]
        lines += manuscript.prose
    elif manuscript.format == 'python':
        lines = [line for block in manuscript.blocks for line in block.lines if '#' in line.text]
    else:
        lines = [Line(index + 1, 0, text) for index, text in enumerate(manuscript.raw)]
    found, seen = [], set()
    for line in lines:
        if '=' in line.text and len(line.text) <= LONGEST_LINE and any(map(str.isdigit, line.text)):
            for each in _in_line(line):
                if (each.line, each.column) not in seen:
                    seen.add((each.line, each.column))
                    found.append(each)
    return found


def _in_line(line):
    for sign in re.finditer(r'(?<![=<>!:+\-*/%])=(?!=)', line.text):
        right = _RIGHT.match(line.text, sign.end())
        left = _left(line.text, sign.start()) if right else ''
        value = evaluated(left) if left else None
        if value is not None:
            yield _statement(line, left, right, value)


def _left(text, end):
    """The numbers and operators before an equals sign, where they are all that stands there; else nothing."""
    begin = start = max(0, end - _LONGEST)
    for token in _TOKEN.finditer(text, begin, end):
        begin = begin if token.start() == start else token.start()
        start = token.end()
    left, before = text[begin:end], text[:begin]
    if start != end or begin == end - _LONGEST or not re.search(_OPERATOR, left) or re.search(r'(?<![\d.,])0\d', left):
        return ''
    bare = left.lstrip()
    spaced = len(bare) < len(left) or not before or before[-1] in '`$"\'“,;:=('
    item = re.match(r'[-+*–]\s+', bare)
    if item and (not before.strip() or before.rstrip().endswith('>')):
        bare, item = bare[item.end() :], None  # the mark of a list
    goes_on = re.match(_OPERATOR, bare) and re.search(r'[\w)\]}]$', before.rstrip())
    if not spaced or goes_on or (before.rstrip()[-1:] or ':') in '%])}':
        return ''
    in_prose = before and before.rstrip()[-1:].isalnum()
    if in_prose and not re.search(r'[*×·⋅÷\\.]', bare):  # "chapters 6 / 7 = …"
        return ''
    surplus = bare.count('(') - bare.count(')')
    if surplus < 0 or before.endswith('('):
        return ''
    return bare[surplus:].strip() if bare.startswith('(' * surplus) else ''


def _statement(line, left, right, value):
    number, column = line.where(right.start(1))
    printed, told = f'{left} = {right[1]}', written(value)
    if equal(value, right[1]):
        return Statement(number, column, 'equation', printed, printed, f'{left} is {told}', right=True)
    return Statement(number, column, 'equation', printed, f'{left} = {told}', f'{left} is {told}, not {right[1]}')


def evaluated(expression):
    """An arithmetic expression of decimals, exactly; None where it has no value."""
    if len(expression) > _LONGEST:
        return None
    source = re.sub(r'\\cdot|\\times|[×·⋅]', '*', expression)
    source = re.sub(r'\\div|÷', '/', source).replace('−', '-').replace('–', '-').replace('^', '**')
    source = re.sub(r'\*\*\s*\{(-?\d+)\}', r'**\1', source)
    source = ''.join(_SUPERSCRIPT.get(character, character) for character in source)
    try:
        exact = re.sub(rf'(?<![\w.])(?:{_NUMBER})', lambda match: f'F({match[0].replace(",", "")!r})', source)
        return _fold(ast.parse(exact.strip(), mode='eval').body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError, KeyError, AttributeError):
        return None


_OPERATIONS = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
}


def _fold(node):
    if isinstance(node, ast.Call):
        return Fraction(node.args[0].value)
    if isinstance(node, ast.UnaryOp):
        return -_fold(node.operand) if isinstance(node.op, ast.USub) else _fold(node.operand)
    if isinstance(node.op, ast.Pow):
        exponent = _fold(node.right)
        if abs(exponent) > 20 or exponent.denominator > 1:
            raise ValueError
        return _fold(node.left) ** int(exponent)
    return _OPERATIONS[type(node.op)](_fold(node.left), _fold(node.right))


def equal(value, right):
    """Whether the right-hand side is the value, or its rounding or cutting to the decimals that it has."""
    text = re.sub(r'\s|,', '', right.replace('−', '-').replace('–', '-')).rstrip('.').lower()
    try:
        number = Fraction(text)
    except ValueError:
        return True  # no number: nothing to decide
    mantissa, _, exponent = text.partition('e')
    decimals = len(mantissa.partition('.')[2]) - int(exponent or 0)
    apart = abs(number - value) * Fraction(10) ** decimals
    cut = apart < 1 and abs(number) <= abs(value) and number * value >= 0 and len(mantissa.lstrip('-0.').replace('.', '')) > 2
    # a program's last digits, 0.30000000000000004, are no mistake
    is_noise = decimals > 12 and abs(number - value) <= abs(value) / 2**50
    return number == value or (decimals > 0 and (apart * 2 <= 1 or cut)) or is_noise


def written(value):
    """A rational number in decimals, exactly where it has an end."""
    if value.denominator == 1:
        return str(value.numerator)
    for decimals in range(1, 16):
        if (value * 10**decimals).denominator == 1:
            return f'{float(value):.{decimals}f}'
    return f'{float(value):.12g}'
