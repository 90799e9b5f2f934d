"""Text that a program makes and writes: `str`, `print`, `open`, methods of strings."""

import os
import sys

from streetlight.programs.writer import Writer
from streetlight.shadow import rendering
from streetlight.shadow.crossing import escape, plain
from streetlight.shadow.draws import Draws
from streetlight.shadow.printed import Printed, join


class Written:
    """Hooks for text; a program's numbers go into it with their provenance."""

    def _text_method(self, function, owner):
        name = function.__name__
        if name == 'join':
            return lambda parts: join([each if isinstance(each, str) else _no_text(each) for each in self.iterated(parts)], owner)
        if name in ('format', 'format_map'):
            from streetlight.programs.templates import format_text

            if name == 'format_map':
                return lambda mapping: format_text(owner, (), mapping, self)
            return lambda *args, **kwargs: format_text(owner, args, kwargs, self)
        if name == 'replace':
            return lambda old, new, *count: Printed(owner).replace(old, new, *count) if type(new) is Printed else function(old, new, *count)

        def call(*args, **kwargs):
            for each in args:
                if type(each) is Printed:
                    each.seen('str.%s' % name)
            return function(*_texts(args), **kwargs)

        return call

    def str(self, x='', *args, **kwargs):
        return rendering.text_of(x) if not args and not kwargs else str(x, *args, **kwargs)

    def repr(self, x):
        return rendering.representation(x)

    def format(self, x, spec=''):
        return rendering.formatted(x, spec)

    def print(self, *args, sep=' ', end='\n', file=None, flush=False):
        separator = ' ' if sep is None else sep
        text = join([join([rendering.text_of(x) for x in args], separator), '\n' if end is None else end])
        stream = sys.stdout if file is None else file
        self._written(stream.write, (text,), {})
        if flush and hasattr(stream, 'flush'):
            stream.flush()

    def _written(self, write, args, kwargs):
        """Into a file: what is read from it again is not certified, and neither is its text."""
        owner = getattr(write, '__self__', None)
        if isinstance(owner, Writer):
            return owner.put(*args, **kwargs) if write.__name__ == 'write' else write(*args, **kwargs)
        if getattr(write, '__name__', '') in ('write', 'writelines'):
            self.session.written.add(os.path.realpath(str(getattr(owner, 'name', ''))))
            if not hasattr(owner, 'fileno') or type(owner).__name__ in ('StringIO', 'BytesIO'):
                for each in args:
                    if type(each) is Printed:
                        each.seen('text of numbers is kept in memory as a file')
            return write(*_texts(plain(args)), **kwargs)
        for each in args:
            if type(each) is Printed:
                each.seen('a file is given the text of numbers')
        return write(*_texts(escape(args, 'a file is given numbers')), **kwargs)

    def open(self, file, mode='r', *args, **kwargs):
        name = os.path.realpath(str(file))
        if 'r' in str(mode) and '+' not in str(mode):
            if name in self.session.written:
                self.session.taint('a file that the program wrote is read again')
            else:
                self.session.note('a file is read: %s' % file)
        else:
            self.session.written.add(name)
        return open(file, mode, *args, **kwargs)


def _texts(args):
    """Texts and generators as other code takes them."""
    return [str.__str__(each) if type(each) is Printed else each._real if type(each) is Draws else each for each in args]


def _no_text(x):
    raise TypeError('sequence item 0: expected str instance, %s found' % type(x).__name__)
