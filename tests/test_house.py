"""The house: the tool knows no book, and its rooms import one way."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOL = ROOT / 'streetlight'
OF_THE_FIRST_BOOK = re.compile('all.together|layer_2|network.predicts|streetlights|iamtrask|grokking', re.I)

# what stands further right may import what stands further left, and never the other way
ROOMS = (
    '__version__ book listing reading',
    'boundary',
    'programs shadow',
    'record',
    'certify',
    'judge',
    'errata',
    'report',
    'commandline commands',
    '__main__',
)
ARITHMETIC = ('certify.accumulation', 'certify.errorfree', 'record.accumulation')  # float64 itself, which a shadow computes with too
RANK = {room: rank for rank, rooms in enumerate(ROOMS) for room in rooms.split()}


def sources():
    return [path for path in sorted(TOOL.rglob('*')) if path.suffix in ('.py', '.js', '.html', '.toml', '.css', '.json')]


def room_of(path):
    return path.relative_to(TOOL).parts[0].removesuffix('.py')


@pytest.mark.parametrize('path', sources(), ids=lambda path: path.relative_to(TOOL).as_posix())
def test_the_tool_names_nothing_of_the_first_book(path):
    found = [line for line in path.read_text('utf-8').splitlines() if OF_THE_FIRST_BOOK.search(line)]
    assert found == []


def imported(path):
    """The modules that a file imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text('utf-8'))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module] if node.module != 'streetlight' else [f'streetlight.{alias.name}' for alias in node.names]
            yield from names


@pytest.mark.parametrize(
    'path',
    [path for path in sources() if path.suffix == '.py' and room_of(path) in RANK],
    ids=lambda path: path.relative_to(TOOL).as_posix(),
)
def test_a_room_imports_only_rooms_before_it_and_no_book(path):
    modules = list(imported(path))
    own = [module.removeprefix('streetlight.') for module in modules if module.startswith('streetlight.')]
    rooms = {module.split('.')[0] for module in own if module not in ARITHMETIC}
    assert [room for room in rooms if RANK[room] > RANK[room_of(path)]] == []
    assert [module for module in modules if module.split('.')[0] in ('reference', 'books', 'tests')] == []


def test_a_file_is_at_most_250_lines():
    long = {path.relative_to(TOOL).as_posix(): len(path.read_text('utf-8').splitlines()) for path in TOOL.rglob('*.py')}
    assert {name: lines for name, lines in long.items() if lines > 250} == {}


def test_every_room_has_its_rank():
    rooms = {room_of(path) for path in TOOL.rglob('*.py')} - {'__init__', '__pycache__'}
    assert rooms <= set(RANK)
