"""Numbers that NumPy reads from files and writes to them."""

import os

import numpy as np

from streetlight.shadow import rendering
from streetlight.shadow.creation import as_array
from streetlight.shadow.crossing import certain, escape, lost, plain
from streetlight.shadow.printed import Printed, join
from streetlight.shadow.tracked import is_tracked

#: Files are read as text or not at all.
TEXT_FILES = ('loadtxt', 'genfromtxt')


def text_file(name):
    def read(file, *args, **kwargs):
        from streetlight.shadow.session import current

        current().note('numbers are read from a file: %s' % getattr(file, 'name', file))
        value = getattr(np, name)(file, *args, **kwargs)
        if os.path.realpath(str(file)) in current().written:
            return lost(value, 'a file that the program wrote is read again')
        return certain(value)

    return read


def foreign_file(name):
    def read(*args, **kwargs):
        value = getattr(np, name)(*args, **kwargs)
        return lost(value, 'a file of numbers, not of text, is read') if isinstance(value, np.ndarray) else value

    return read


def saved(name):
    def save(*args, **kwargs):
        from streetlight.shadow.session import current

        current().written.add(os.path.realpath(str(args[0])))
        return getattr(np, name)(*plain(args), **plain(kwargs))

    return save


def text_saved(fname, X, fmt='%.18e', delimiter=' ', newline='\n', header='', footer='', comments='# ', encoding=None):  # noqa: N803
    """``numpy.savetxt``: into an open file number by number, so that their text is followed."""
    rows = as_array(X)
    plainly = rows.value.ndim <= 2 and rows.value.dtype.kind in 'biuf' and isinstance(fmt, str) and fmt.count('%') == 1
    if not hasattr(fname, 'write') or not plainly:
        escape(X if hasattr(fname, 'write') else None, 'numpy.savetxt so called')
        return saved('savetxt')(fname, X, fmt, delimiter, newline, header, footer, comments, encoding)
    lines = [comments + header.replace('\n', '\n' + comments)] if header else []
    rows = rows.reshape(-1, 1) if rows.value.ndim < 2 else rows
    lines += [join([rendering.percent(x, fmt) if is_tracked(x) else fmt % x for x in row], delimiter) for row in rows]
    lines += [comments + footer.replace('\n', '\n' + comments)] if footer else []
    text = join([join((line, newline)) for line in lines])
    if hasattr(fname, 'put'):
        fname.put(text)
    else:
        fname.write(text.seen('text of numbers is written to a file') if type(text) is Printed else text)


def written(name):
    """A function that writes one number."""

    def write(x, *args, **kwargs):
        def real(value):
            return getattr(np, name)(value, *args, **kwargs)

        return rendering.number_text(x, real) if is_tracked(x) else real(x)

    return write
