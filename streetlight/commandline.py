"""The words that the command line takes, and what its help says of them.  Read by Python 2.7 too."""

import argparse

from streetlight.record.eras import ERAS, NATIVE

try:
    import shtab  # completion of words in the shell, where it is installed
except ImportError:
    shtab = None

AGAIN = ' (may be given several times)'
TRACES = 'streetlight.commands.traces'
ENDS = 'exit status: 0 all is well, 1 a finding, 2 bad usage or unreadable input'
EXAMPLES = {
    'list': ('list', 'every listing of the book'),
    'run': ('run LISTING --era 1.13', 'print as NumPy up to 1.13 did'),
    'record': ('record -o mine.json', "this machine's numbers, for somebody else"),
    'judge': ('judge mine.json', 'is that machine known?'),
    'diff': ('diff mine.json theirs.json', 'at which operation do two machines part?'),
    'atlas': ('atlas --show', 'the classes of the recorded environments'),
    'certify': ('certify program.py', 'how many digits may I print?'),
    'errata': ('errata chapter.md', 'which printed numbers are wrong?'),
    'report': ('report program.py -o report', 'its output as a page, each digit coloured'),
    'reproduce': ('reproduce', "the book's figures against a run here"),
    'sweep': ('sweep --seeds 0:4096', 'does the listing learn for other seeds?'),
}
NEWCOMERS = ('errata', 'certify', 'report', 'record', 'diff', 'reproduce')


def parser(prog, version, runs, later):
    """The parser of all commands but a book's own.

    Parameters
    ----------
    prog : str
    version : str
    runs : dict of str to callable
        The commands that Python 2.7 has.
    later : callable
        From a module and a function to one that is imported when it is called.

    Returns
    -------
    top : argparse.ArgumentParser
    commands : object
        argparse's subparsers.
    """
    top = argparse.ArgumentParser(
        prog=prog,
        description='Which printed digits will every reader see, and why do the others differ?',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument('--version', action='version', version='streetlight ' + version)
    top.add_argument(
        '--book', metavar='DIR', help='the book to speak of: a folder with a book.toml (the one here, or the one that is installed)'
    )
    if shtab:
        shtab.add_argument_to(top, ['--print-completion'], help='print a script with which the shell completes these words')
    commands = top.add_subparsers(dest='command', metavar='COMMAND', title='commands', prog=prog)

    command = commands.add_parser('list', help='names the listings')
    _json(command, 'one JSON array, a row for each listing')

    command = commands.add_parser('run', help='run one listing and print what it prints')
    command.add_argument('listing', metavar='LISTING', help='its id, as `list` shows it')
    command.add_argument('--era', default=NATIVE, help="how NumPy prints: %s; this NumPy's own is %s" % (', '.join(ERAS), NATIVE))
    _json(command, 'the printed text and every step, with its bits, as JSON')

    command = commands.add_parser('record', help='run a program, or every listing, and write its numbers')
    command.add_argument('program', nargs='?', metavar='PROGRAM', help='a script or a notebook; the listings of the book if not given')
    command.add_argument('-o', '--output', metavar='FILE', help='where to write it; standard output if not given')
    says = 'keep named values from the Nth on (0); a long program names more than are kept'
    command.add_argument('--from', dest='start', type=int, default=0, metavar='N', help=says)
    command.add_argument('--only', action='append', default=[], metavar='LISTING', help='record this listing alone' + AGAIN)

    command = commands.add_parser('judge', help='are recordings of a known class, or explained?')
    command.add_argument('files', nargs='+', metavar='FILE', help='what `record` wrote, here or elsewhere')
    _json(command, 'a JSON array, a row for each file and listing')
    command.set_defaults(run=later(TRACES, 'run_judge'))

    command = commands.add_parser('diff', help='where two machines part, why, and how far')
    command.add_argument('first', metavar='A', help='what `record` wrote on one machine')
    command.add_argument('second', metavar='B', help='and on another')
    command.add_argument(
        '--program',
        metavar='FILE',
        help="the program of which both are; it is run here again, on both machines' arithmetic, to find the operation in which they part",
    )
    _running(command, 'that program may run')
    _json(command, 'a JSON array, a row for each listing')
    command.set_defaults(run=later(TRACES, 'run_diff'))

    command = commands.add_parser('atlas', help='record the environments that can be had here')
    command.add_argument('listings', nargs='*', metavar='LISTING', help='of these alone, where the others were recorded')
    command.add_argument(
        '--only',
        action='append',
        default=[],
        metavar='PATTERN',
        help="environments named so, such as 'python27-*' or '*-kernel-zen'" + AGAIN,
    )
    command.add_argument('--workers', type=int, default=2, metavar='N', help='how many at once (2)')
    command.add_argument('--again', action='store_true', help='record also what is pinned of the code as it is now')
    command.add_argument(
        '--predict',
        action='store_true',
        help='record nothing: predict the class of each environment where the code of a listing has changed or its prints were copied',
    )
    command.add_argument('--drop', action='append', default=[], metavar='NAME', help='take this environment out of the atlas' + AGAIN)
    command.add_argument('--list', action='store_true', help='only name the environments')
    command.add_argument('--show', action='store_true', help='only show the atlas as it is pinned')
    _json(command, 'as JSON')
    command.set_defaults(run=later('streetlight.commands.atlas', 'run_atlas'))

    command = commands.add_parser('certify', help='how many printed digits every machine must print')
    command.add_argument(
        'listings',
        nargs='*',
        metavar='LISTING|FILE',
        help='show each figure of these listings, a summary of all if none '
        'is named; or run these programs: scripts, notebooks, Markdown or reStructuredText with code, doctests',
    )
    _json(command, 'a JSON array, a row for each figure, element and era; of programs, for each number that they print')
    _running(command, 'one program and its proof may take')
    command.add_argument(
        '--samples',
        type=count,
        default=0,
        metavar='N',
        help='draw N evaluations of a program at random: two that differ refute a digit, N that agree prove nothing (0)',
    )
    command.add_argument(
        '--assume',
        action='append',
        type=bound,
        default=[],
        metavar='FUNCTION=ULPS',
        help="a tighter bound than NumPy's own 4 ulps, such as exp=1; the certificate holds for such machines alone" + AGAIN,
    )
    command.add_argument(
        '--pin',
        action='store_true',
        help='prove anew, and pin a record of each number that listings print; a proof that was ended goes on where it was',
    )
    workers = "proofs of listings at once (2), or a program's samples (1)"
    command.add_argument('--workers', type=int, choices=range(1, 65), metavar='N', help=workers)
    command.add_argument('--scheduler', metavar='ADDRESS', help="draw a program's samples on the workers of a Dask cluster")
    command.add_argument(
        '--patch',
        action='store_true',
        help='print a unified diff that cuts the outputs that notebooks and doctests show to the digits that are guaranteed',
    )

    command = commands.add_parser('errata', help='which numbers of a text are wrong?')
    command.add_argument('files', nargs='+', metavar='FILE', help='Markdown, plain text, reStructuredText, notebooks, Python files')
    command.add_argument(
        '--run-code',
        action='store_true',
        help="also run the manuscript's own code and compare what it prints; bubblewrap keeps it from your files and the network",
    )
    _running(command, 'the code of one manuscript may run')
    command.add_argument('--ledger', metavar='FILE', help='accepted errata, each with a reason (errata-ledger.json, where there is one)')
    command.add_argument(
        '--update-ledger', action='store_true', help='accept what is found now; reasons are kept, new ones are for you to write'
    )
    command.add_argument(
        '--patch',
        action='store_true',
        help='print a unified diff that mends the manuscripts, and on standard error which figures should have fewer digits',
    )
    command.add_argument('--all', action='store_true', help='show every figure with its verdict, the right ones too')
    _json(command, 'every finding, as JSON')
    command.set_defaults(run=later('streetlight.commands.errata', 'run_errata'))

    command = commands.add_parser('report', help='a page of a program, or of a book, for the browser')
    command.add_argument(
        'program', nargs='?', metavar='FILE', help='a program, as `certify` takes it; the book and all that is pinned of it if not given'
    )
    command.add_argument('-o', '--output', required=True, metavar='DIR', help='the folder to write index.html in')
    command.add_argument(
        '--trace',
        action='append',
        default=[],
        metavar='FILE',
        help='what `record FILE` wrote; of two, the page shows where they part' + AGAIN,
    )
    _running(command, 'the program and its proof may take')
    command.add_argument('--pinned-only', action='store_true', help='do not run the listings here to say of which classes this machine is')
    command.add_argument(
        '--benchmarks',
        metavar='FILE',
        help='show these benchmarks, as `tox -e bench -- --benchmark-json FILE` wrote them, and not the pinned ones',
    )
    command.set_defaults(run=later('streetlight.commands.report', 'run_report'))

    command = commands.add_parser('reproduce', help="compare the book's figures with a run here")
    _json(command, 'every figure and listing with its verdict, as JSON')
    command.set_defaults(run=later('streetlight.commands.figures', 'run_reproduce'))
    for name, run in runs.items():
        commands.choices[name].set_defaults(run=run)
    return top, commands


def examples(top, commands):
    """Enter an example into the help of each command, and what a newcomer needs into that of all."""
    shown = ['  %s\n      %s %s' % (says, top.prog, words) for words, says in map(EXAMPLES.get, NEWCOMERS)]
    top.epilog = 'examples:\n%s\n\n%s' % ('\n'.join(shown), ENDS)
    for name, command in commands.choices.items():
        words, says = EXAMPLES.get(name, (name, command.description))
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.epilog = 'example: %s\n    %s %s' % (says, top.prog, words)


def _json(command, says):
    command.add_argument('--json', action='store_true', help=says)


def _running(command, what):
    """The options of a command that runs a program which may not be one's own."""
    command.add_argument('--seconds', type=seconds, default=60.0, metavar='S', help='how long %s (60)' % what)
    command.add_argument('--unprotected', action='store_true', help='run it without bubblewrap, with all your rights')


def seconds(text):
    """A number of seconds, up to a day."""
    return _between(float(text), 86400, text, ' seconds', above=0)


def count(text):
    """How many samples."""
    return _between(int(text), 100000, text)


def _between(number, most, text, unit='', above=-1):
    if not above < number <= most:
        raise argparse.ArgumentTypeError('%s is not between 0 and %d%s' % (text, most, unit))
    return number


def bound(text):
    """A function's bound in ulps, as ``exp=1``."""
    name, equals, ulps = text.partition('=')
    try:
        number = float(ulps)
    except ValueError:
        number = 0.0
    if not (name and equals and 0.5 <= number <= 1000):
        raise argparse.ArgumentTypeError("'%s' is no FUNCTION=ULPS, such as exp=1" % text)
    return name, number
