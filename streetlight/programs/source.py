"""A file is a program: its cells, in the order in which they run."""

import doctest
import re
from pathlib import Path
from typing import NamedTuple


class SourceError(Exception):
    """A file that is no program; the message says what was read and what was expected."""


class Cell(NamedTuple):
    """A piece of a program that runs as one, and whose output stands apart.

    Attributes
    ----------
    text : str
        Python, with as many lines as the cell has.
    number : int or None
        As a person counts it, from 1; None where the program is one piece.
    line : int
        The line of the file in which its text starts, from 1; 1 in a notebook's cell.
    echo : bool
        Whether the value of its last line is shown, as a notebook shows it.
    example : bool
        Whether the value of each line is shown, as the interpreter's prompt shows it.
    may_fail : bool
        Whether the file itself shows a traceback here.
    left_out : list of str
        What is no Python in it and does not run.
    printed : str or None
        The output that the file itself shows of it.
    """

    text: str
    number: int | None = None
    line: int = 1
    echo: bool = False
    example: bool = False
    may_fail: bool = False
    left_out: tuple = ()
    printed: str | None = None


def cells(path):
    """The cells of a file.

    Parameters
    ----------
    path : str or Path
        A script, a notebook, Markdown or reStructuredText with code, or a file of doctests.

    Returns
    -------
    list of Cell

    Raises
    ------
    SourceError
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot read '{path}': {error.strerror or error}")
    try:
        text = raw.decode('utf-8-sig')
    except UnicodeDecodeError:
        raise SourceError(f"'{path}' is not UTF-8 text")
    if '\0' in text:
        raise SourceError(f"'{path}' holds a zero byte: it is no text")
    text = text.replace('\r\n', '\n').replace('\r', '\n')
    suffix = path.suffix.lower()
    if suffix == '.ipynb':
        found = _notebook(path, text)
    elif suffix in ('.md', '.markdown', '.qmd', '.rmd'):
        found = _markdown(text)
    elif suffix in ('.rst', '.txt'):
        found = _restructured(text)
    else:
        found = _script(text)
    if not any(cell.text.strip() for cell in found):
        raise SourceError(f"'{path}' holds no Python code")
    return found


def _script(text):
    if re.search(r'^\s*>>> ', text, re.M) and not _does_something(text):
        return _examples(text)
    return [Cell(text)]


def _does_something(text):
    """Whether a module prints without its doctests: it has a statement beyond definitions and imports."""
    import ast

    try:
        body = ast.parse(text).body
    except SyntaxError:
        return not text.lstrip().startswith('>>>')
    quiet = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    for node in body:
        if isinstance(node, ast.If) and 'doctest' in ast.unparse(node):
            continue
        if not isinstance(node, quiet) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return True
    return False


def _examples(text):
    """The examples of a text, each a cell; of a module, its own code comes first."""
    import ast

    found = []
    try:
        lines = text.split('\n')
        for node in ast.parse(text).body:
            if isinstance(node, ast.If) and 'doctest' in ast.unparse(node):  # its examples run here instead
                lines[node.lineno - 1 : node.end_lineno] = [''] * (node.end_lineno - node.lineno + 1)
        found.append(Cell('\n'.join(lines)))
    except SyntaxError:
        pass
    return found + _prompts(text, len(found), 1)


def _prompts(text, before, line):
    """The examples of a text, each a cell; ``before`` is how many cells come first, ``line`` where the text starts."""
    examples = doctest.DocTestParser().get_examples(text)
    return [
        Cell(each.source, number, line + each.lineno, example=True, may_fail=each.exc_msg is not None, printed=each.want)
        for number, each in enumerate(examples, before + 1)
    ]


def _notebook(path, text):
    import nbformat

    try:
        notebook = nbformat.reads(text, as_version=4)
        language = (
            notebook.metadata.get('kernelspec', {}).get('language') or notebook.metadata.get('language_info', {}).get('name') or 'python'
        )
        code = [cell for cell in notebook.cells if cell.cell_type == 'code']
    except Exception as error:  # nbformat raises whatever its versions' readers meet
        raise SourceError(f"'{path}' is no notebook that nbformat reads: {str(error).splitlines()[0] if str(error) else error!r}")
    if not language.lower().startswith(('python', 'ipython')):
        raise SourceError(f"'{path}' is a notebook in {language}; Python is expected")
    found = []
    for number, cell in enumerate(code, start=1):
        outputs = cell.get('outputs', [])
        fails = any(output.output_type == 'error' for output in outputs) or 'raises-exception' in cell.get('metadata', {}).get('tags', [])
        python, left_out = without_magics(cell.source)
        found.append(
            Cell(
                python,
                number,
                echo=not cell.source.rstrip().endswith(';'),
                may_fail=fails,
                left_out=tuple(left_out),
                printed=''.join(map(_shown, outputs)) if outputs else None,
            )
        )
    return found


def _shown(output):
    if output.output_type == 'stream':
        return output.text if output.get('name') == 'stdout' else ''
    data = output.get('data', {})
    return data['text/plain'] + '\n' if output.output_type == 'execute_result' and 'text/plain' in data else ''


def without_magics(source):
    """A notebook's cell without what IPython alone understands, and that."""
    lines, left_out = source.split('\n'), []
    first = next((line for line in lines if line.strip()), '')
    if re.match(r'%%(?!time|timeit|capture|prun)\w', first):
        return '\n' * (len(lines) - 1), [first]
    inside = ''
    for number, line in enumerate(lines):
        magic = re.match(r'(\s*)(%%?[a-zA-Z]\w*.*|![\w./].*|\?\w.*|[\w.]+\?\??\s*)$', line)
        if magic and not inside:
            left_out.append(magic.group(2))
            lines[number] = magic.group(1) + 'pass'
        for quotes in re.findall(r'"""|\'\'\'', line):
            inside = '' if inside == quotes else inside or quotes
    return '\n'.join(lines), left_out


def _blocks_to_cells(blocks):
    found = []
    for text, line in blocks:
        if re.search(r'^\s*>>> ', text, re.M):
            found += _prompts(text, len(found), line)
        else:
            python, left_out = without_magics(text)
            found.append(Cell(python, len(found) + 1, line, left_out=tuple(left_out)))
    return found


def _markdown(text):
    from markdown_it import MarkdownIt

    blocks = []
    for token in MarkdownIt().parse(text):
        word = re.split(r'[\s,}]', token.info.strip().lstrip('{'))[0].lower() if token.type == 'fence' else None
        if (
            word in ('python', 'python3', 'py', 'pycon', 'ipython', 'ipython3', 'code-cell', '.python')
            or (word in ('', 'text') and token.content.lstrip().startswith('>>> '))
            or (token.type == 'code_block' and token.content.lstrip().startswith('>>> '))
        ):
            blocks.append((token.content, token.map[0] + (2 if token.type == 'fence' else 1)))
    return _blocks_to_cells(blocks)


def _restructured(text):
    """Code blocks and doctest blocks, found by their indentation as reStructuredText defines them."""
    lines, blocks, at = text.split('\n'), [], 0
    while at < len(lines):
        line = lines[at]
        directive = re.match(r'(\s*)\.\. (?:code-block|code|sourcecode|testcode|ipython)::\s*(\w*)', line)
        if directive and directive.group(2).lower() in ('', 'python', 'python3', 'py', 'pycon', 'ipython', 'default'):
            start = at + 1
            while start < len(lines) and (not lines[start].strip() or re.match(r'\s+:\w[\w-]*:', lines[start])):
                start += 1
            end = start
            while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > len(directive.group(1))):
                end += 1
            body = lines[start:end]
            margin = min([_indent(each) for each in body if each.strip()], default=0)
            blocks.append(('\n'.join(each[margin:] for each in body) + '\n', start + 1))
            at = end
        elif line.lstrip().startswith('>>> '):
            end = at
            while end < len(lines) and lines[end].strip():
                end += 1
            blocks.append(('\n'.join(lines[at:end]) + '\n', at + 1))
            at = end
        else:
            at += 1
    return _blocks_to_cells(blocks)


def _indent(line):
    return len(line) - len(line.lstrip(' '))
