"""The command line.  This file and what ``list``, ``run`` and ``record`` import run on Python 2.7 to the newest."""

from __future__ import print_function

import errno
import importlib
import json
import os
import sys
import traceback

try:
    import numpy  # noqa: F401
except ImportError as error:
    sys.stderr.write(
        'streetlight: this needs NumPy, which %s does not have (%s); `%s -m pip install numpy` installs it\n'
        % (sys.executable, error, sys.executable)
    )
    sys.exit(2)

from streetlight import __version__, commandline
from streetlight.book import Book, BookError, find
from streetlight.record.eras import EraError, printed_text
from streetlight.record.programs import ProgramError, program_text, record_program
from streetlight.record.recorder import as_text, record, write_beside
from streetlight.record.trace import address, hexadecimal, trace_of

NO_BOOK = 'no book here; give `--book DIR`, a folder with a book.toml'
BOOKLESS = ('record', 'diff', 'errata')  # commands that speak of a program too


class UsageError(Exception):
    """Bad usage or unreadable input: one line on standard error, exit status 2."""


def parser(prog, book):
    """The parser of all commands, a book's own among them."""
    runs = {'list': run_list, 'run': run_listing, 'record': run_record, 'certify': run_certify}
    top, commands = commandline.parser(prog, __version__, runs, judge_side)
    if book and book.has('commands'):
        book.module('commands').add_commands(commands, judge_side)
    commandline.examples(top, commands)
    return top


def judge_side(module, function, package=None):
    """A command that only the judge has: imported when it is called, so that a subject needs NumPy and nothing else."""

    def run(arguments):
        if sys.version_info < (3, 11):
            raise UsageError('this command needs Python 3.11 or later; a subject has list, run and record')
        try:
            commands = importlib.import_module('.' + module if package else module, package)
        except ImportError as error:
            raise UsageError('%s; `pip install ".[report,sweep]"`, in a clone, installs what the commands need' % error)
        try:
            return getattr(commands, function)(arguments)
        except importlib.import_module('streetlight.commands.terminal').CommandError as error:
            raise UsageError(str(error))

    return run


def run_list(arguments):
    if arguments.json:
        rows = [{'id': listing.id, 'section': listing.section, 'about': listing.about} for listing in arguments.book.listings]
        print(json.dumps(rows, indent=1))
        return 0
    for listing in arguments.book.listings:
        print('%-24s %-10s %s' % (listing.id, listing.section, listing.about))
    return 0


def run_listing(arguments):
    listing = arguments.book.listing(arguments.listing)
    trace = trace_of(listing)
    try:
        text = printed_text(trace, arguments.era)
    except EraError as error:
        raise UsageError(str(error))
    if arguments.json:
        steps = [{'step': address(step), 'hex': hexadecimal(step.value)} for step in trace.steps]
        print(json.dumps({'id': listing.id, 'era': arguments.era, 'printed': text, 'steps': steps}, indent=1))
    else:
        sys.stdout.write(text)
    return 0


def run_record(arguments):
    if arguments.program is not None:
        text = recorded_program(arguments)
    elif arguments.book is None:
        raise UsageError(NO_BOOK)
    else:
        text = as_text(record(arguments.book, [arguments.book.listing(id).id for id in arguments.only]))
    if arguments.output is None:
        sys.stdout.write(text)
        return 0
    try:
        write_beside(arguments.output, text)
    except (IOError, OSError) as error:
        raise UsageError("cannot write '%s': %s" % (arguments.output, error.strerror or error))
    return 0


def recorded_program(arguments):
    """The recording of a program; what the program raises is shown as its own."""
    try:
        return program_text(record_program(arguments.program, start=arguments.start, shown=arguments.output is not None))
    except ProgramError as error:
        raise UsageError(str(error))
    except Exception:
        kind, value, trace = sys.exc_info()
        own = [entry for entry in traceback.extract_tb(trace) if entry[0].startswith(os.path.abspath(arguments.program))]
        lines = traceback.format_list(own) + traceback.format_exception_only(kind, value)
        sys.stderr.write('Traceback (most recent call last):\n' + ''.join(lines))
        raise UsageError("'%s' did not run to its end" % arguments.program)


def main(argv=None, prog='streetlight', book=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, optional
        The command line's words, of this process if not given.
    prog : str
        What this program is called.
    book : streetlight.book.Book, optional
        The book to speak of, unless ``--book`` names another.

    Returns
    -------
    int
        The exit status.
    """
    argv = sys.argv[1:] if argv is None else argv
    try:
        speakable()
        book = chosen(argv) or book or find()
        top = parser(prog, book)
        arguments = top.parse_args(argv)
        if not getattr(arguments, 'run', None):
            top.print_help(sys.stderr)
            return 2
        if book is None and arguments.command not in BOOKLESS and not programs(arguments):
            raise UsageError(NO_BOOK)
        arguments.book = book
        status = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except (UsageError, BookError) as error:
        print('%s: %s' % (prog, error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('%s: interrupted' % prog, file=sys.stderr)
        return 130
    except (IOError, OSError) as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if error.errno == errno.EPIPE:  # the reader of our output went away: no fault of anybody
            return 0
        where = ": '%s'" % error.filename if error.filename else ''
        print('%s: %s%s' % (prog, error.strerror or error, where), file=sys.stderr)
        return 2
    except MemoryError:
        print('%s: there is not enough memory for this' % prog, file=sys.stderr)
        return 2
    except Exception as error:
        if os.environ.get('STREETLIGHT_TRACEBACK'):
            raise
        print(
            '%s: a fault of this program, please report it: %s: %s (STREETLIGHT_TRACEBACK=1 shows where)'
            % (prog, type(error).__name__, ' '.join(str(error).split())[:200]),
            file=sys.stderr,
        )
        return 2


def speakable():
    """See to it that a terminal which lacks a character is shown its number, and that there is an output."""
    if sys.stdout is None:
        os.open(os.devnull, os.O_RDONLY)  # the descriptor is not to be another file's
        raise UsageError('standard output is closed')
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


def run_certify(arguments):
    if programs(arguments):
        return judge_side('streetlight.commands.programs', 'run_certify_programs')(arguments)
    return judge_side('streetlight.commands.certificates', 'run_certify')(arguments)


def programs(arguments):
    """The arguments of ``certify`` that are files: programs, which need no book."""
    return [word for word in getattr(arguments, 'listings', ()) if os.path.isfile(word)]


def chosen(argv):
    """The book that the command line names, before its command; None where it names none."""
    if len(argv) > 1 and argv[0] == '--book':
        return Book(argv[1])
    return Book(argv[0][len('--book=') :]) if argv and argv[0].startswith('--book=') else None


if __name__ == '__main__':
    sys.exit(main())
