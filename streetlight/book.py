"""A book: a folder with listings, what its texts print of them, and what is pinned.

``DIR/book.toml`` says what the folder holds::

    name = "toy"                    # the folder's own name, if it is not given
    title = "A toy book"
    snapshots = "../snapshots/toy"  # seen from DIR; DIR/snapshots, if it is not given
    repeats = ["halves"]            # print what others print too, and a text means the others
    steps = "printed"               # name millions of values: a trace has those that they print

    [listings]                      # in the book's order: an id, and the section it stands in
    doubles = "1.1"
    halves = "1.2"

    [parts]                         # what a long listing does is that of several runs, one after another
    halves = [{ numbers = [1] }, { numbers = [2] }]

The listing ``first-steps`` is the function ``first_steps`` of ``DIR/listings/first_steps.py``.
What listings share stands in modules beside them, which they import relatively (``from . import
data``), so that two books in one process never meet.  ``figures.csv``, ``texts.csv``,
``slips.toml``, ``commands.py`` and ``panels.py`` may be there or not.

This module runs on Python 2.7 to the newest, with NumPy alone.
"""

import csv
import hashlib
import importlib
import io
import os
import re
import sys
import types
from collections import namedtuple

from streetlight.listing import BookError, Listing

try:
    import tomllib
except ImportError:  # before Python 3.11, where a subject reads no more than the listings' table
    tomllib = None


class Figure(namedtuple('Figure', 'text line section listing step name form printed verdict right note')):
    """One row of ``figures.csv``: a figure that a text prints.

    ``step`` and ``name`` are its address in the listing's trace, ``printed`` its characters; where
    they are wrong, ``verdict`` says so and ``right`` holds the characters that should stand there.
    """

    __slots__ = ()

    @property
    def address(self):
        """The listing and where the figure stands in it, as a person reads it."""
        return ' '.join(part for part in (self.listing, self.step, self.name) if part)


class Text(namedtuple('Text', 'id seed era title')):
    """One row of ``texts.csv``: a text, and the era in which its outputs were printed."""

    __slots__ = ()


class Book(object):
    """A book, made from its folder.

    Parameters
    ----------
    folder : str or path
        With a ``book.toml``.

    Attributes
    ----------
    name, title : str
    folder, snapshots : str
    listings : list of Listing
        In the book's order.
    printed_alone : bool
        Whether a trace of a listing has what it prints, and not all that it names.
    parts : dict of str to list of dict
        Of a listing that may be proved in parts, the parameters of each.
    preferred : list of Listing
        In the order in which they are meant: those that repeat others' numbers come last.

    Raises
    ------
    BookError
    """

    def __init__(self, folder):
        self.folder = os.path.abspath(str(folder))
        about = _about(os.path.join(self.folder, 'book.toml'))
        self.name = about.get('name', os.path.basename(self.folder))
        self.title = about.get('title', self.name)
        self.snapshots = os.path.normpath(os.path.join(self.folder, about.get('snapshots', 'snapshots')))
        self.listings = [Listing(self, id, section) for id, section in about['listings']]
        self.printed_alone = about.get('steps') == 'printed'
        self.parts = about.get('parts', {})
        self._by_id = {listing.id: listing for listing in self.listings}
        repeats = [self.listing(id) for id in about.get('repeats', [])]
        self.preferred = sorted(self.listings, key=lambda listing: listing in repeats)

    def __repr__(self):
        return '<book %s in %s>' % (self.name, self.folder)

    def listing(self, id):
        """The listing of an id.

        Raises
        ------
        BookError
            If there is none.
        """
        if id not in self._by_id:
            raise BookError("no listing '%s' in the book '%s'; `list` shows them" % (id, self.name))
        return self._by_id[id]

    @property
    def figures(self):
        """What its texts print, by text and line: a list of `Figure`; empty where no text was read."""
        return [Figure(**dict(row, line=int(row['line']))) for row in self._rows('figures.csv')]

    @property
    def texts(self):
        """The texts by their ids: a dict of str to `Text`."""
        return {row['id']: Text(**row) for row in self._rows('texts.csv')}

    @property
    def slips(self):
        """What a reader may get wrong who types a listing: the rows of ``slips.toml``, as dicts."""
        path = os.path.join(self.folder, 'slips.toml')
        return tomllib.loads(_read(path))['slip'] if os.path.exists(path) else []

    def has(self, module):
        """Whether the book has a module of its own of this name, such as ``commands`` or ``panels``."""
        return os.path.exists(os.path.join(self.folder, module + '.py'))

    def module(self, name):
        """A module of the book, such as ``listings.doubles``, imported from this folder and no other."""
        package, folder = self._package(), self.folder
        for part in name.split('.')[:-1]:
            package, folder = '%s.%s' % (package, part), os.path.join(folder, part)
            if package not in sys.modules and not os.path.exists(os.path.join(folder, '__init__.py')):
                _enter_package(package, folder)  # Python 2.7 wants a file that says so
        return importlib.import_module('%s.%s' % (package, name.split('.')[-1]))

    def _package(self):
        """The name by which this folder is imported already, or one that no other folder has."""
        for package, module in list(sys.modules.items()):
            if [os.path.abspath(path) for path in _paths(module)] == [self.folder]:
                return package
        folder = self.folder if isinstance(self.folder, bytes) else self.folder.encode('utf-8')
        package = 'book_' + hashlib.sha256(folder).hexdigest()[:12]
        _enter_package(package, self.folder)
        return package

    def _rows(self, name):
        path = os.path.join(self.folder, name)
        if os.path.exists(path):
            with io.open(path, encoding='utf-8', newline='') as data:
                for row in csv.DictReader(data):
                    yield row


def find():
    """The book of the folder where one works, the only one in it, or that of an installed package.

    Returns
    -------
    Book or None
    """
    if os.path.exists('book.toml'):
        return Book('.')
    inside = [name for name in os.listdir('.') if os.path.exists(os.path.join(name, 'book.toml'))]
    if len(inside) == 1:
        return Book(inside[0])
    try:
        from importlib.metadata import entry_points
    except ImportError:  # before Python 3.8, where a subject is told its book
        return None
    found = list(entry_points(group='streetlight.books'))
    return Book(_paths(found[0].load())[0]) if found else None


def _enter_package(name, folder):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]


def _paths(module):
    # what stands in it, not what it would make when asked: libraries' lazy modules stay asleep
    return [str(path) for path in getattr(module, '__dict__', {}).get('__path__') or ()]


def _read(path):
    with io.open(path, encoding='utf-8') as file:
        return file.read()


def _about(path):
    """What a ``book.toml`` says, with its listings as pairs in order."""
    try:
        text = _read(path)
    except (IOError, OSError) as error:
        raise BookError("no book: cannot read '%s': %s" % (path, error.strerror))
    if tomllib is None:
        table = text.partition('[listings]')[2].partition('\n[')[0]
        about = dict(re.findall(r'^(name|title|snapshots|steps) *= *"([^"]*)"', text, re.M))
        pairs = re.findall(r'^([\w-]+) *= *"([^"]*)"', table, re.M)
        return dict(about, listings=[(str(id), str(section)) for id, section in pairs])
    try:
        about = tomllib.loads(text)
        return dict(about, listings=list(about['listings'].items()))
    except (ValueError, KeyError, AttributeError) as error:
        raise BookError("'%s' is not as a book's is: %s" % (path, error))
