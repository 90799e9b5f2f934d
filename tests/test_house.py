"""The house: the tool knows no book, and its rooms import one way."""

import ast
import re
from pathlib import Path

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


def named(path):
    return path.relative_to(TOOL).as_posix()


def room_of(path):
    return path.relative_to(TOOL).parts[0].removesuffix('.py')


def test_the_tool_names_nothing_of_the_first_book():
    found = [(named(path), line) for path in sources() for line in path.read_text('utf-8').splitlines() if OF_THE_FIRST_BOOK.search(line)]
    assert len(sources()) > 200 and found == []


def imported(path):
    """The modules that a file imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text('utf-8'))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module] if node.module != 'streetlight' else [f'streetlight.{alias.name}' for alias in node.names]
            yield from names


def test_a_room_imports_only_rooms_before_it_and_no_book():
    found = [(path, module) for path in sources() if path.suffix == '.py' and room_of(path) in RANK for module in imported(path)]
    own = [(path, module.removeprefix('streetlight.')) for path, module in found if module.startswith('streetlight.')]
    later = [(named(path), module) for path, module in own if RANK[module.split('.')[0]] > RANK[room_of(path)] and module not in ARITHMETIC]
    assert len(own) > 500 and later == []
    assert [(named(path), module) for path, module in found if module.split('.')[0] in ('reference', 'books', 'tests')] == []


def test_a_file_is_at_most_250_lines():
    long = {named(path): len(path.read_text('utf-8').splitlines()) for path in TOOL.rglob('*.py')}
    assert {name: lines for name, lines in long.items() if lines > 250} == {}


def test_every_room_has_its_rank():
    rooms = {room_of(path) for path in TOOL.rglob('*.py')} - {'__init__', '__pycache__'}
    assert rooms <= set(RANK)
