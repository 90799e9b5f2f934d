"""The command line.  This file and what ``list``, ``run`` and ``record`` import run on Python 2.7 to the newest."""

from __future__ import print_function

import argparse
import errno
import importlib
import json
import os
import sys
import traceback

try:
    import numpy  # noqa: F401
except ImportError as error:
    sys.stderr.write('streetlight: this needs NumPy, which %s does not have (%s); `%s -m pip install numpy` installs it\n'
                     % (sys.executable, error, sys.executable))
    sys.exit(2)

from streetlight.book import Book, BookError, find
from streetlight.record.arithmetic import NumPyArithmetic
from streetlight.record.eras import ERAS, NATIVE, EraError, printed_text
from streetlight.record.programs import ProgramError, program_text, record_program
from streetlight.record.recorder import as_text, record, write_beside
from streetlight.record.trace import address, hexadecimal, trace_of

NO_BOOK = 'no book here; give `--book DIR`, a folder with a book.toml'
EXAMPLES = {
    'run': 'run LISTING --era 1.13',
    'record': 'record -o trace.json',
    'judge': 'judge trace.json',
    'diff': 'diff mine.json theirs.json',
    'atlas': 'atlas --show',
    'certify': 'certify program.py',
    'errata': 'errata chapter.md --ledger errata-ledger.json',
    'report': 'report -o report',
    'sweep': 'sweep --seeds 0:100000',
}
BOOKLESS = ('record', 'diff')  # commands that speak of a program too


class UsageError(Exception):
    """Bad usage or unreadable input: one line on standard error, exit status 2."""


def parser(prog, book):
    top = argparse.ArgumentParser(prog=prog, description='Which printed digits a reader will see, and why.')
    top.add_argument('--book', metavar='DIR', help='the book to speak of: a folder with a book.toml (the one here, or '
                     'the one that is installed)')
    commands = top.add_subparsers(dest='command', metavar='COMMAND')

    command = commands.add_parser('list', help='names the listings')
    command.add_argument('--json', action='store_true', help='one JSON array, a row for each listing')
    command.set_defaults(run=run_list)

    command = commands.add_parser('run', help='run one listing and print what it prints')
    command.add_argument('listing', metavar='LISTING', help='its id, as `list` shows it')
    command.add_argument('--era', default=NATIVE, help="how NumPy prints: %s; this NumPy's own is %s" % (', '.join(ERAS), NATIVE))
    command.add_argument('--json', action='store_true', help='the printed text and every step, with its bits, as JSON')
    command.set_defaults(run=run_listing)

    command = commands.add_parser('record', help='run every listing here, or a program, and write a trace file')
    command.add_argument('program', nargs='?', metavar='PROGRAM', help='a script or a notebook; the listings of the book if not given')
    command.add_argument('-o', '--output', metavar='FILE', help='where to write it; standard output if not given')
    command.add_argument('--from', dest='start', type=int, default=0, metavar='N', help='keep named values from the Nth on (0); a '
                         'long program names more than are kept')
    command.add_argument('--only', action='append', default=[], metavar='LISTING',
                         help='record this listing alone (may be given several times)')
    command.set_defaults(run=run_record)

    command = commands.add_parser('judge', help='judge trace files: pinned, explained or unexplained')
    command.add_argument('files', nargs='+', metavar='FILE', help='what `record` wrote, here or elsewhere')
    command.add_argument('--json', action='store_true', help='a JSON array, a row for each file and listing')
    command.set_defaults(run=judge_side('streetlight.commands.traces', 'run_judge'))

    command = commands.add_parser('diff', help='where two traces part, why, and how the distance grows')
    command.add_argument('first', metavar='A', help='a trace file')
    command.add_argument('second', metavar='B', help='another')
    command.add_argument('--program', metavar='FILE', help='the program of which both are; it is run here again, on both '
                         "machines' arithmetic, to find the operation in which they part")
    command.add_argument('--json', action='store_true', help='a JSON array, a row for each listing')
    command.set_defaults(run=judge_side('streetlight.commands.traces', 'run_diff'))

    command = commands.add_parser('atlas', help='record every environment that can be had here, and write the atlas')
    command.add_argument('--only', action='append', default=[], metavar='PATTERN', help="environments named so, such as 'python27-*' or "
                         "'*-kernel-zen' (may be given several times)")
    command.add_argument('--workers', type=int, default=2, metavar='N', help='how many at once (2)')
    command.add_argument('--again', action='store_true', help='record also what is pinned of the code as it is now')
    command.add_argument('--predict', action='store_true', help='record nothing: where the code of a listing has changed, predict the '
                         'class of each environment by its own accumulations')
    command.add_argument('--drop', action='append', default=[], metavar='NAME', help='take this environment out of the atlas (may be given '
                         'several times)')
    command.add_argument('--list', action='store_true', help='only name the environments')
    command.add_argument('--show', action='store_true', help='only show the atlas as it is pinned')
    command.add_argument('--json', action='store_true', help='as JSON')
    command.set_defaults(run=judge_side('streetlight.commands.atlas', 'run_atlas'))

    command = commands.add_parser('certify', help='which printed digits any conforming float64 machine must print')
    command.add_argument('listings', nargs='*', metavar='LISTING|FILE', help='show each figure of these listings, a summary of all if none '
                         'is named; or run these programs: scripts, notebooks, Markdown or reStructuredText with code, doctests')
    command.add_argument('--json', action='store_true', help='a JSON array, a row for each figure, element and era; of programs, for each '
                         'number that they print')
    command.add_argument('--seconds', type=seconds, default=60.0, metavar='S', help='how long one program and its proof may take (60)')
    command.add_argument('--unprotected', action='store_true', help='run programs without the boundary, with all your rights')
    command.add_argument('--samples', type=count, default=0, metavar='N', help='draw N evaluations of a program at random: two that differ '
                         'refute a digit, N that agree prove nothing (0)')
    command.add_argument('--assume', action='append', type=bound, default=[], metavar='FUNCTION=ULPS', help="a tighter bound than NumPy's "
                         'own 4 ulps, such as exp=1; the certificate holds for such machines alone (may be given several times)')
    command.add_argument('--pin', action='store_true', help='prove anew, and pin a record of each number that these listings print, or all')
    command.add_argument('--patch', action='store_true', help='print a unified diff that cuts the outputs that notebooks and doctests '
                         'show to the digits that are guaranteed')
    command.set_defaults(run=run_certify)

    command = commands.add_parser('errata', help='judge the figures, equations and programs of manuscripts')
    command.add_argument('files', nargs='+', metavar='FILE', help='Markdown, plain text, reStructuredText, notebooks, Python files')
    command.add_argument('--run-code', action='store_true', help="also run the manuscript's own code and compare what it prints; "
                         'bubblewrap keeps it from your files and the network')
    command.add_argument('--unprotected', action='store_true', help='run that code without bubblewrap, with all your rights')
    command.add_argument('--seconds', type=seconds, default=60.0, metavar='S', help='how long the code of one manuscript may run (60)')
    command.add_argument('--ledger', metavar='FILE', help='accepted errata, each with a reason '
                         '(errata-ledger.json, where there is one)')
    command.add_argument('--update-ledger', action='store_true', help='accept what is found now; reasons are kept, '
                         'new ones are for you to write')
    command.add_argument('--patch', action='store_true', help='print a unified diff that mends the manuscripts, and on '
                         'standard error which figures should have fewer digits')
    command.add_argument('--all', action='store_true', help='show every figure with its verdict, the right ones too')
    command.add_argument('--json', action='store_true', help='every finding, as JSON')
    command.set_defaults(run=judge_side('streetlight.commands.errata', 'run_errata'))

    command = commands.add_parser('report', help='one HTML page of all that is pinned, which needs no network')
    command.add_argument('-o', '--output', required=True, metavar='DIR', help='the folder to write index.html in')
    command.add_argument('--pinned-only', action='store_true', help='do not run the listings here to say of which classes this machine is')
    command.add_argument('--benchmarks', metavar='FILE', help='show these benchmarks, as `tox -e bench -- --benchmark-json FILE` '
                         'wrote them, and not the pinned ones')
    command.set_defaults(run=judge_side('streetlight.commands.report', 'run_report'))

    command = commands.add_parser('reproduce', help='run every listing here and compare every figure that the texts print')
    command.add_argument('--json', action='store_true', help='every figure and listing with its verdict, as JSON')
    command.set_defaults(run=judge_side('streetlight.commands.figures', 'run_reproduce'))
    if book and book.has('commands'):
        book.module('commands').add_commands(commands, judge_side)
    for name, command in commands.choices.items():
        command.epilog = 'example: %s %s' % (prog, EXAMPLES.get(name, name))
    top.epilog = ('a number of a manuscript: %s errata chapter.md; of a program: %s certify program.py; of this machine: %s reproduce'
                  % (prog, prog, prog))
    return top


def seconds(text):
    number = float(text)
    if not 0 < number <= 86400:
        raise argparse.ArgumentTypeError('%s is not between 0 and 86400 seconds' % text)
    return number


def count(text):
    number = int(text)
    if not 0 <= number <= 100000:
        raise argparse.ArgumentTypeError('%s is not between 0 and 100000' % text)
    return number


def bound(text):
    name, equals, ulps = text.partition('=')
    try:
        number = float(ulps)
    except ValueError:
        number = 0.0
    if not (name and equals and 0.5 <= number <= 1000):
        raise argparse.ArgumentTypeError("'%s' is no FUNCTION=ULPS, such as exp=1" % text)
    return name, number


def judge_side(module, function, package=None):
    """A command that only the judge has: imported when it is called, so that a subject needs NumPy and nothing else."""
    def run(arguments):
        if sys.version_info < (3, 11):
            raise UsageError('this command needs Python 3.11 or later; a subject has list, run and record')
        try:
            commands = importlib.import_module('.' + module if package else module, package)
        except ImportError as error:
            raise UsageError('%s; `tox` installs what this command needs' % error)
        try:
            return getattr(commands, function)(arguments)
        except importlib.import_module('streetlight.commands.terminal').CommandError as error:
            raise UsageError(str(error))
    return run


def run_list(arguments):
    if arguments.json:
        rows = [{'id': listing.id, 'section': listing.section, 'about': about(listing)} for listing in arguments.book.listings]
        print(json.dumps(rows, indent=1))
        return 0
    for listing in arguments.book.listings:
        print('%-24s %-10s %s' % (listing.id, listing.section, about(listing)))
    return 0


def about(listing):
    return listing.run.__doc__.strip().splitlines()[0]


def run_listing(arguments):
    listing = arguments.book.listing(arguments.listing)
    trace = trace_of(listing, NumPyArithmetic())
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
            top.print_usage(sys.stderr)
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
        print('%s: a fault of this program, please report it: %s: %s (STREETLIGHT_TRACEBACK=1 shows where)'
              % (prog, type(error).__name__, ' '.join(str(error).split())[:200]), file=sys.stderr)
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
    return Book(argv[0][len('--book='):]) if argv and argv[0].startswith('--book=') else None


if __name__ == '__main__':
    sys.exit(main())
