"""Read a file that a user names: a whole one, of a size that is looked at before it is read."""

import os
import stat

LARGEST = 64 * 2**20


class Unreadable(Exception):
    """A file that is none, is too large or cannot be read; one sentence that names it."""


def read_file(path, what='a file', largest=LARGEST):
    """The bytes of a file.

    Parameters
    ----------
    path : str or Path
    what : str
        What it should be, for the sentence: ``a trace``.
    largest : int
        Bytes that it may have.

    Returns
    -------
    bytes

    Raises
    ------
    Unreadable
        If it is a folder, a pipe, a device, or has no end; if it is larger; if it cannot be read.
    """
    name = str(path).encode('utf-8', 'backslashreplace').decode()
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, 'O_NONBLOCK', 0) | getattr(os, 'O_BINARY', 0))
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise Unreadable(f"'{name}' is no file, but {kind(mode)}; {what} was expected")
            with open(descriptor, 'rb', closefd=False) as file:
                data = file.read(largest + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:  # a path with a null is a ValueError
        raise Unreadable(f"cannot read '{name}': {getattr(error, 'strerror', None) or error}") from None
    if len(data) > largest:
        raise Unreadable(f"'{name}' has more than the {largest // 2**20} MiB that {what} may have")
    return data


def read_text(path, what='a file', largest=LARGEST):
    """The text of a file, which is UTF-8; otherwise as `read_file`."""
    try:
        return read_file(path, what, largest).decode('utf-8')
    except UnicodeDecodeError as error:
        name = str(path).encode('utf-8', 'backslashreplace').decode()
        raise Unreadable(f"'{name}' is no {what.split()[-1]}: it is not text (byte {error.start} is not UTF-8)") from None


def kind(mode):
    """What a mode is of, in words."""
    kinds = ((stat.S_ISDIR, 'a folder'), (stat.S_ISFIFO, 'a pipe'), (stat.S_ISSOCK, 'a socket'))
    return next((word for test, word in kinds if test(mode)), 'a device')
