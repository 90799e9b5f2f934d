"""A manuscript as the gate reads it: blocks of code and of output, each line with its place in the file."""

import math
import re
from bisect import bisect_right
from typing import NamedTuple

from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from streetlight.errata.printed import COUNTER, LABEL

CODE, OUTPUT, FOREIGN, PROSE = 'code', 'output', 'foreign', 'prose'
PROGRAMS = {'python', 'py', 'python3', 'py3', 'python2', 'ipython', 'ipython3', 'sage', 'numpy'}

PRINTED = {'text', 'txt', 'output', 'none', 'plain', 'plaintext', 'testoutput', 'stdout'}  # what people call a fence of output
SESSIONS = {'pycon', 'pytb', 'doctest', 'console', 'shell-session', 'doscon'}  # code or commands, and what they print

LARGEST = 64 * 2**20  # bytes
LONGEST_LINE = 100_000  # characters of one line that are searched for figures


class ManuscriptError(Exception):
    """A manuscript cannot be read: a sentence that says what, where and what to do."""


class Line(NamedTuple):
    """One line of a block: its number in the file (from 1), the column where its text starts there (from 0), its text.

    Where escapes, or the ends of strings, keep its characters from following each other in the file, ``runs`` says where each run
    of them starts: index, number, column.
    """

    number: int
    column: int
    text: str
    runs: tuple = ()

    def where(self, index):
        """The line and column in the file of one of its characters."""
        if not self.runs:
            return self.number, self.column + index
        start, number, column = self.runs[bisect_right(self.runs, (index, math.inf)) - 1]
        return number, column + index - start


class Block(NamedTuple):
    """Lines of one kind: code in Python, output, or code that is `FOREIGN`, in another language.

    ``place`` says where it stands to a person who has no line numbers (``cell 3``), and is empty where lines suffice; ``turn`` is
    when a notebook's cell was run, as its number in brackets says, None where it says nothing; ``language`` is named by a foreign
    block.
    """

    kind: str
    lines: list
    place: str = ''
    turn: int | None = None
    language: str = ''

    @property
    def prompted(self):
        """Whether its statements stand behind prompts, and not only those of an example that a docstring has."""
        return is_prompted([line for line in self.lines if line.text.strip()][:1])


def where(block, number):
    """Where the line of this number, from 1, of a block stands, as a person says it."""
    return f'{block.place}, {"output " if block.kind == OUTPUT else ""}line {number}'


def is_prompted(lines):
    """Whether any line has Python's prompt, and something behind it: one alone stands before an output in some books."""
    return any(re.match(r'\s*>>>\s*\S', line.text) for line in lines)


class Manuscript(NamedTuple):
    """What a reader makes of a file: its name, its format, its raw lines and its blocks, in order."""

    name: str
    format: str
    raw: list
    blocks: list

    @property
    def prose(self):
        """The lines of a notebook's text, its fences among them."""
        return [line for block in self.blocks if block.kind == PROSE for line in block.lines]


# What may stand in a line of output beside its numbers: a few words that end in a colon or an equals sign, brackets.
_NUMBER = r'[-+−–]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?'
_NUMERAL = re.compile(r'(?<![\w.])' + _NUMBER + r'(?!\w)')
_WRAPPER = re.compile(r'\b(?:(?:np|numpy|torch|jnp)\.)?(?:array|matrix|tensor|Array|float64|float32|int64)\(')
_DTYPE = re.compile(r"(?:,\s*)?\b(?:dtype|device|shape)\s*=\s*[\w.']+")
_STATEMENT = re.compile(
    r'\s*(?:import\s+\w|from\s+\w+\s+import\b|def\s+\w|class\s+[^\W\d]\w*\s*[(:]|for\s+.+\bin\b|while\b|if\b.*:|elif\b|else\s*:|return\b|with\s+.+:'
    r'|try\s*:|except\b|finally\s*:|raise\b|assert\b|del\s|global\s|pass\s*$|break\s*$|continue\s*$|lambda\b|yield\b|@\w|print\b\s*[("\'\w]'
    r'|[%!$]\s*\w|(?:>>>|\.\.\.)\s|pip\s+install|#)'
)
_ASSIGNMENT = re.compile(r'\s*[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_]\w*)*(?:\[[^\]]*\])?\s*(?:[-+*/@%|&]|//|\*\*)?=(?!=)\s*(.*)')
_CODE_LIKE = re.compile(r'(?<!\w)[A-Za-z_]\w*(?:\[|\s*(?:\(|(?:\*\*?|/|@|\+=|-=)\s*[\w(\[]))|\)\s*[-+*/]|;\s*$|:\s*$')


def is_code(text):
    """Whether a line is a statement of a program, and not something that one prints."""
    if len(text) > LONGEST_LINE:
        return False
    if _STATEMENT.match(text) or re.search(r'=\s*(?:np|numpy)\.', text):
        return True
    bare = _DTYPE.sub('', _WRAPPER.sub('[', text))
    assigned = _ASSIGNMENT.match(bare)
    if assigned:
        value = assigned[1].split('#')[0].strip()
        # `alpha = 0.1` is given to a program; many digits, or numbers without commas, come out of one
        printed = re.fullmatch(_NUMBER, value) and sum(map(str.isdigit, value)) >= 6
        return not (printed or re.fullmatch(rf'\[+\s*{_NUMBER}(?:[\s\[\]]+{_NUMBER})*\s*\]*', value))
    return bool(_CODE_LIKE.search(bare) and re.search(r'(?<![=!<>])=(?!=)', bare)) or bool(
        re.match(r'\s*[A-Za-z_][\w.]*\s*(?:(?:\((?:(?!\)\s+\w+\s*\().)*\)|\[[^\]]*\])\s*)?$', bare)
    )


def is_output(text):
    """Whether a line by itself looks like something that a program printed: numbers, brackets, short labels."""
    if len(text) > LONGEST_LINE or not any(map(str.isdigit, text)) or is_code(text):
        return False
    bare = _DTYPE.sub('', _WRAPPER.sub('[', text))
    bare = COUNTER.sub('', LABEL.sub(lambda match: match[0][: match.start(1) - match.start()], bare))
    numbers = _NUMERAL.findall(bare)
    rest = _NUMERAL.sub(' ', bare)
    words = re.findall(r'[^\W\d_]\w*', rest)
    telling = any('.' in number or (words and len(re.sub(r'[eE].*|\D', '', number).lstrip('0')) >= 3) for number in numbers)
    labelled = not words or re.search(r'[:=]\s*[\[(]*\s*$', bare[: _NUMERAL.search(bare).start()]) if numbers else False
    bracketed = bool(re.match(r'[\s\[(\]]*[\[(\]]\s*[-+\d.]', bare))
    return (
        bool(numbers)
        and (telling or bracketed)
        and len(words) <= 3 * len(numbers) + 1
        and bool(labelled or bracketed)
        and not re.search(r'[.!?]\s+[A-Z]|"|“|”', rest)
    )


def depth_after(text, depth):
    """How many brackets are open after a line of code, comments left out."""
    for character in '' if len(text) > LONGEST_LINE else re.sub(r'#.*|"[^"]*"|\'[^\']*\'', '', text):
        depth += (character in '([{') - (character in ')]}')
    return max(depth, 0)


def is_foreign(language):
    """Whether a fence's word is the name of a language, as Pygments knows them, that is not Python."""
    word = language.lower()
    try:
        return word not in PROGRAMS | PRINTED | SESSIONS and bool(find_lexer_class_by_name(word))
    except ClassNotFound:
        return False


def fenced(lines, language):
    """The blocks of a fence: a program, where its language says so and it has no prompts, else what its lines are."""
    if is_foreign(language) and not is_prompted(lines) and not any(line.text.startswith('$ ') for line in lines):
        return [Block(FOREIGN, lines, language=language)]
    if language.lower() in PROGRAMS and not is_prompted(lines):
        return [Block(CODE, lines)]
    if language.lower() in PRINTED and not is_prompted(lines) and not any(line.text.startswith(('$ ', '% ')) for line in lines):
        return [Block(OUTPUT, lines)]
    return sorted_out(lines)


def sorted_out(lines, place='', strict=False):
    """The blocks that a run of lines holds: code and output, told apart line by line.

    Parameters
    ----------
    lines : list of Line
    place : str
    strict : bool
        The lines may be prose: take as output only what looks like it by itself, and as code only what a program's lines enclose.

    Returns
    -------
    list of Block
    """
    if strict:
        kinds = [OUTPUT if is_output(line.text) else None for line in lines]
    else:
        kinds = _kinds(lines)
    blocks = []
    for line, kind in zip(lines, kinds):
        if kind is None:
            continue
        if blocks and blocks[-1].kind == kind and (not strict or blocks[-1].lines[-1].number >= line.number - 2):
            blocks[-1].lines.append(line)
        else:
            blocks.append(Block(kind, [line], place))
    return blocks


def _kinds(lines):
    """Of each line of a fence or cell, whether it is code or output: a fence that has no statement is output."""
    prompted = is_prompted(lines)
    if not prompted and not any(is_code(line.text) for line in lines):
        return [OUTPUT] * len(lines)
    if any(line.text.startswith(('$ ', '% ')) for line in lines):
        return [CODE if line.text.startswith(('$ ', '% ')) else OUTPUT for line in lines]
    kinds, depth = [], 0
    for before, line in zip([None, *lines], lines):
        if prompted:
            text = line.text.strip()
            continued = kinds and kinds[-1] == CODE and (text == '...' or line.text.lstrip().startswith('... '))
            prose = before and (kinds[-1] is None or not before.text.strip()) and not is_output(line.text)  # an empty line ends an output
            kinds.append(CODE if continued or text.startswith(('>>>', '#')) else None if prose else OUTPUT)
            continue
        code = depth > 0 or not line.text.strip() or not is_output(line.text)
        depth = depth_after(line.text, depth) if code else depth
        kinds.append(CODE if code else OUTPUT)
    return kinds


_COMMENT = re.compile(r'#+\s*(?:=+>|->|[Oo]ut(?:put)?\s*(?:\[\d+\])?:|prints?:?|[Rr]esult:)?\s*(.*)')
_COMMENTED_OUT = re.compile(r'\s*[\[(].*[\])],?\s*$')  # a row of data that is left out, or explained: no output


def with_comments(found):
    """Blocks, each of code followed by the outputs in its comments."""
    made = []
    for block in found:
        made.append(block)
        printed = comments(block) if block.kind == CODE else None
        if printed:
            made.append(printed)
    return made


def comments(block):
    """The outputs that a block of code holds in its comments, as a block of output; None where there are none."""
    found = [line for line in commented(block) if is_output(line.text) and not _COMMENTED_OUT.match(line.text)]
    return Block(OUTPUT, found, block.place) if found else None


def commented(block):
    """The texts of a block's comments that have digits, whatever they are."""
    found = []
    for line in block.lines:
        at = line.text.find('#')
        if at >= 0 and any(map(str.isdigit, line.text[at:])) and len(line.text) <= LONGEST_LINE:
            match = _COMMENT.match(line.text, at)
            found.append(Line(*line.where(match.start(1)), match[1]))
    return found
