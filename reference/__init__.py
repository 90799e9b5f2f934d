"""The streetlight listings of Grokking Deep Learning, chapters 6 and 7: the first book."""

import os

from streetlight.book import Book

BOOK = Book(os.path.dirname(__file__))
