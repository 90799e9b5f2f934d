"""A listing of a book: its function, and a digest of its code.  Python 2.7 on, nothing else needed."""

import ast
import hashlib
import io
import os
import sys


class BookError(Exception):
    """A folder that is no book, or a book that does not hold what it says; the message says what to do."""


class Listing(object):
    """One listing of a book.

    Parameters
    ----------
    book : Book
    id : str
    section : str
        Where it stands in the book.
    """

    def __init__(self, book, id, section):
        self.book, self.id, self.section = book, id, section
        self.function = id.replace('-', '_')
        self.path = os.path.join(book.folder, 'listings', self.function + '.py')

    def __repr__(self):
        return '<listing %s of %s>' % (self.id, self.book.name)

    @property
    def printed_alone(self):
        """Whether a trace of it has what it prints, and not all that it names."""
        return self.book.printed_alone

    @property
    def run(self):
        """The listing's function.

        Raises
        ------
        BookError
            If the book has no such file, or the file no such function.
        """
        if not os.path.exists(self.path):
            raise BookError("the listing '%s' has no file '%s'" % (self.id, self.path))
        run = getattr(self.book.module('listings.' + self.function), self.function, None)
        if run is None:
            raise BookError("'%s' defines no function %s" % (self.path, self.function))
        return run

    @property
    def about(self):
        """What it is, in a line: the first of its docstring, or of its file's; empty where there is none."""
        text = self.run.__doc__ or sys.modules[self.run.__module__].__doc__ or ''
        return text.strip().partition('\n')[0]

    @property
    def code(self):
        """A digest of its source and of what it imports from its own folder."""
        sources, todo = {}, [self.path]
        while todo:
            path = todo.pop()
            if path not in sources and os.path.exists(path):
                with io.open(path, 'rb') as file:
                    sources[path] = file.read()
                todo += _imported(path, sources[path])
        text = b''.join(sources[path] for path in sorted(sources))
        return hashlib.sha256(text).hexdigest()[:16]


def _imported(path, source):
    """The files beside a module that it may import, by name or relatively."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in getattr(node, 'names', []) if isinstance(alias, ast.alias)]
        if isinstance(node, ast.ImportFrom):
            names.append(node.module or '')
        for name in names:
            yield os.path.join(os.path.dirname(path), name.split('.')[0] + '.py')
