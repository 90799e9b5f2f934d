"""Compare a book's figures with its texts, line by line: python tests/checker/texts.py BOOK FOLDER-OF-TEXTS.

The texts are not part of the project; ``figures.csv`` is its own copy of the facts in them.  Ends with
status 1 where a text does not print a figure's characters at its line.
"""

import re
import sys
from pathlib import Path

from streetlight.book import Book


def there(lines, figure):
    """The text at a figure's line, as many lines as it has, blank ones between them left out."""
    rows = figure.printed.count('\n') + 1
    rows *= 2 if 'blank lines' in figure.note else 1
    found = '\n'.join(line for line in lines[figure.line - 1 : figure.line - 1 + rows] if line.strip())
    if figure.form in ('signs', 'input'):  # rows of a table, with arrows between the columns
        found = found + '\n' + ' '.join(re.split(r'[\s→]+|\\rightarrow', found))
    return ' '.join(found.split(' '))


def main(folder, texts):
    book = Book(folder)
    lines = {id: (Path(texts) / text.seed).read_text('utf-8').splitlines() for id, text in book.texts.items()}
    wrong = [figure for figure in book.figures if figure.printed not in there(lines[figure.text], figure)]
    for figure in wrong:
        print(f'{figure.text}:{figure.line}: there is no {figure.printed!r}')
    print(f'{len(book.figures)} figures, {len(wrong)} not in their texts')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
