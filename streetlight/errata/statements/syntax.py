"""Where a program is no Python 3: it is Python 2, or it does not parse."""

from streetlight.errata.statements.programs import cells
from streetlight.errata.statements.statement import Statement

_INDENTATION = ('expected an indented block', 'unexpected indent', 'unindent does not match')


def syntax(manuscript):
    """What is said of the syntax of a manuscript's programs: a list of `Statement`.

    Python 2 is a language of its own, and noted once.  What does not parse fails where it was surely meant to be whole and Python.
    """
    found, old = [], []
    for cell in cells(manuscript):
        if cell.tree is not None:
            continue
        python_2 = cell.is_python_2
        if python_2:
            old.append((cell, *python_2))
            continue
        index, message = cell.error
        line = cell.line(index)
        why = 'this listing does not parse'
        if message.startswith(_INDENTATION):
            why += ': its indentation is lost'
        elif message:
            why += f' ({message.split(" (")[0]})'
        text = next((each for each in (line.text.strip(), *(other.text.strip() for other in cell.block.lines)) if each), '')
        found.append(Statement(max(line.number, 1), line.column, 'syntax', text, '', why, note=not cell.is_sure))
    if old:
        cell, index, why = old[0]
        line = cell.line(index)
        more = f', and {len(old) - 1} more blocks are' if len(old) > 1 else ''
        found.append(Statement(line.number, line.column, 'syntax', line.text.strip(), '', f'this is Python 2: {why} here{more}', note=True))
    return found
