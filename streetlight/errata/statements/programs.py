"""A manuscript's programs: the blocks of each in the order in which they run, and the tree of each block.

Commands of a shell or a notebook are left out, prompts taken off, comments left to Python; nothing is run.
"""

import ast
import re
import textwrap
import warnings
from functools import lru_cache
from typing import NamedTuple

from streetlight.errata.manuscript import CODE, PROSE

PYTHON_2 = (
    (re.compile(r'^\s*print\s+(?![(=.\[]|\s)[^=]'), 'print is a statement'),
    (re.compile(r'^\s*print\s*(?:\(.*\))?\s*(?:[%,]\s*\S.*|)$'), 'print is a statement'),
    (re.compile(r'^\s*exec\s+["\']'), 'exec is a statement'),
    (re.compile(r'^\s*except\s+[\w.]+\s*,\s*\w+\s*:'), 'except binds its name with a comma'),
    (re.compile(r'^\s*raise\s+[\w.]+\s*,'), 'raise takes its message after a comma'),
    (re.compile(r'<>'), '<> compares'),
    (re.compile(r'(?<![\w.])0\d+(?![\w.])'), 'a number with a leading zero is octal'),
)
_PRINT = re.compile(r'^(\s*)print(?:\s+(.*?)|)(,?)\s*$')
# what no line of Python is: other languages stand in fences without a name
_OTHER = re.compile(
    r'^\s*(?:end;?|function\b.*|using\s+\w+|(?:var|let|const|int|double|float|void|local)\s+\w+.*|#include.*|//.*|.*[{}]\s*;?|println\(.*'
    r'|for\s+\w+\s*=.*|c(?:def|pdef|import)\s.*|(?:In|Out) ?\[\d*\]:.*|```.*'
    r'|.*<-\s.*|library\(.*\)|\d+\s+\w+.*|(?:sudo|cd|ls|git|pip3?|conda|python3?)\s.*)$'
)
_COMMAND = re.compile(
    '|'.join((r'^\s*(?:[\w., ]+=\s*)?[%!?]', r'^\s*\?', r'^\s*[\w.]+\?{1,2}\s*$', r'^\s*\$ ', r'^\s*pip3?\s+install\b', r'^\s*@savefig\s'))
)
_EXERCISE = re.compile(r'^\s*\.\s*$|TODO|your code|fill in|_{4,}|<[a-z ]+>|FIXME|###.*code here|\.\.\.\s*$', re.IGNORECASE | re.MULTILINE)
# statements of Python run together in a line, and words where one name must stand: as a page is scanned
_SCANNED = re.compile(
    r'^\s*(?:import\s+[\w.]+(?:\s+as\s+\w+)?\s+\w+\s*=|(?!(?:let|var|val|const|final)\s)\w+(?:\s+\w+)+\s*=\s*(?:np|numpy)\.)'
)
_ALL_NAMES = re.compile(r'%pylab|%run\b|%load\b|import \*|\bexec\(|\bglobals\(\)')
LONGEST = 2000  # characters of a line that is read; none is written so long by hand
LARGEST = 200_000  # characters of a program that are parsed
MOST_UNREADABLE = 20  # lines of a block that are left out to read the others


class Cell(NamedTuple):
    """A block of code as Python reads it.

    ``tree`` is None where it is no Python 3; then ``error`` is the index of the line where it ends to be, and what Python says.
    """

    block: object
    source: str
    tree: object
    error: tuple

    def line(self, index):
        """The manuscript's line of a line of the source, from 0."""
        return self.block.lines[min(max(index, 0), len(self.block.lines) - 1)]

    @property
    def readable(self):
        """The tree of the lines that can be read, and the words of the others."""
        if self.tree is not None:
            return self.tree, set()
        lines, hidden = self.source.split('\n'), []
        for _ in range(MOST_UNREADABLE):
            try:
                return _parse('\n'.join(lines)), set(re.findall(r'[A-Za-z_]\w*', ' '.join(hidden)))
            except SyntaxError as error:
                at = min((error.lineno or 1), len(lines)) - 1
                if error.msg.startswith('expected an indented block'):
                    hidden.append(lines[at])
                    lines[at] = ''
                at = next((index for index in range(at, -1, -1) if lines[index].strip()), at)
                hidden.append(lines[at])
                lines[at] = ''
            except (ValueError, RecursionError, MemoryError):
                break
        return ast.Module([], []), set(re.findall(r'[A-Za-z_]\w*', self.source))

    @property
    def is_python_2(self):
        """Why it is Python 2 and not 3, and in which line; None where it is not."""
        if self.tree is not None:
            return None
        found = next(
            ((index, why) for index, text in enumerate(self.source.split('\n')) for pattern, why in PYTHON_2 if pattern.search(text)), None
        )
        return found if found and parsed(_as_python_3(self.source)) is not None else None

    @property
    def is_sure(self):
        """Whether what does not parse here was meant to be Python, whole, and to run."""
        if _EXERCISE.search(self.source):
            return False
        lines = [text for text in self.source.split('\n') if text.strip() and not text.lstrip().startswith('#')]
        if any(_OTHER.match(text) for text in lines) or self._lacks_a_body:
            return False
        if lines and lines[0][0].isspace() and self.error[1] == 'unexpected indent':
            return False  # a part of something
        if any(_SCANNED.match(text) for text in lines):
            return True
        telling = [text for text in lines if re.match(r'\s*(?:import|from|def|for|while|if|print|class)\b|.*\bnp\.', text)]
        return len(lines) > 1 and bool(telling) and 2 * sum(_alone(text) for text in lines) > len(lines)

    @property
    def _lacks_a_body(self):
        """Whether it ends to be Python where a body is left to the reader: a comment stands for it, or nothing before the next."""
        index, message = self.error or (0, '')
        head = re.search(r' on line (\d+)$', message)
        if head is None or not message.startswith('expected an indented block'):
            return False
        after = [text.strip() for text in self.source.split('\n')[int(head[1]) : index + 1]] or ['']
        return (
            not all(after) or after[0].startswith(('#', '"', "'")) or bool(re.match(r'(?:def|class|@)', after[-1])) or index < int(head[1])
        )

    @property
    def knows_all_names(self):
        """Whether it may define names that it does not write."""
        return bool(_ALL_NAMES.search('\n'.join(line.text for line in self.block.lines)))


def cells(manuscript):
    """The blocks of code of a manuscript, in the order in which they stand."""
    blocks = [block for block in manuscript.blocks if block.kind == CODE and any(line.text.strip() for line in block.lines)]
    return [_cell(block) for block in blocks if sum(len(line.text) for line in block.lines) <= LARGEST]


def run_order(manuscript):
    """The blocks of code in the order in which they ran, and whether these are all that ran.

    A notebook says both by the numbers of its cells; what stands in its text is not run.
    """
    found = cells(manuscript)
    if manuscript.format != 'notebook':
        return found, True
    texts = {block.place for block in manuscript.blocks if block.kind == PROSE}
    found = [cell for cell in found if cell.block.place not in texts]
    turns = [cell.block.turn for cell in found if cell.block.turn]
    if not turns or len(set(turns)) < len(turns):
        return found, not turns
    if len(turns) < len(found):
        return found, False
    return sorted(found, key=lambda cell: cell.block.turn), max(turns) == len(turns)


def has_commands(block):
    """Whether commands of a shell or a notebook are left out of a block."""
    return any(_COMMAND.match(line.text) and '%matplotlib' not in line.text for line in block.lines)


def programs(manuscript):
    """The cells of each program: a notebook is one, and so is a file; elsewhere one begins where NumPy is imported."""
    found, _ = run_order(manuscript)
    if manuscript.format in ('notebook', 'python'):
        return [found] if found else []
    parts = []
    for cell in found:
        starts = re.search(r'^\s*(?:import\s+numpy|from\s+numpy\s+import)', cell.source, re.MULTILINE)
        if starts or not parts:
            parts.append([])
        parts[-1].append(cell)
    return parts


def _cell(block):
    lines = [line.text if len(line.text) <= LONGEST else '' for line in block.lines]
    if block.prompted:
        lines = [re.sub(r'^\s*(?:>>>|\.\.\.) ?', '', text) if re.match(r'\s*(?:>>>|\.\.\.)', text) else '' for text in lines]
    first = next((text for text in lines if text.strip()), '')
    lines = [_without_command(text) if _COMMAND.match(text) and not _continues(lines, at) else text for at, text in enumerate(lines)]
    if first.startswith('%%'):
        lines[lines.index('pass')] = ''
    source = textwrap.dedent('\n'.join(text if text.strip() else '' for text in lines))
    try:
        return Cell(block, source, _parse(source), ())
    except SyntaxError as error:
        return Cell(block, source, None, ((error.lineno or 1) - 1, error.msg or ''))
    except (ValueError, RecursionError, MemoryError):
        return Cell(block, source, None, (0, ''))


def _without_command(text):
    """A line with nothing in a command's place; a name that takes its result is bound, and nothing goes on without it."""
    named = re.match(r'(\s*[\w., ]+=)\s*[%!]', text)
    return named[1] + " {}['command']" if named else re.sub(r'\S.*', 'pass', text)


def _continues(lines, at):
    """Whether a line goes on from the one before: % may divide there."""
    return at > 0 and lines[at - 1].rstrip().endswith(('\\', '(', ',', '+', '%', '"', "'"))


def _parse(source):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return ast.parse(source)


@lru_cache(maxsize=20_000)
def parsed(source):
    """The tree of a program; None where it does not parse."""
    try:
        return _parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _alone(text):
    """Whether a line is one of Python by itself."""
    text = re.sub(r'\s*#.*$', '', text.strip())
    if len(text) > 1000:
        return False
    heads = (f'{text} pass', f'if 0: pass\n{text} pass', f'try: pass\n{text} pass') if text.endswith(':') else (text, f'def _():\n {text}')
    return any(parsed(form) is not None for form in heads)


def _as_python_3(source):
    """A Python 2 program with its statements written as Python 3 has them."""
    lines = []
    for text in source.split('\n'):
        text = _PRINT.sub(lambda match: f'{match[1]}print(({match[2] or ""}\n))', text)
        text = re.sub(r'\bexcept\s+([\w.]+)\s*,\s*(\w+)\s*:', r'except \1 as \2:', text)
        text = re.sub(r'\braise\s+([\w.]+)\s*,\s*(.*)$', r'raise \1(\2)', text)
        text = re.sub(r'(?<![\w.])0+(\d+)(?![\w.])', r'0o\1', text.replace('<>', '!='))
        lines.append(re.sub(r'^(\s*)exec\s+(["\'].*)$', r'\1exec(\2)', text))
    return '\n'.join(lines)
