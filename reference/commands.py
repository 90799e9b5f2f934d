"""What this book adds to the command line; read on Python 2.7 too, so that nothing else is imported here."""


def add_commands(commands, later):
    """Add ``sweep``.

    Parameters
    ----------
    commands : object
        argparse's subparsers.
    later : callable
        Takes a module, a function and a package; the function is imported when its command is called.
    """
    command = commands.add_parser('sweep', help='does the listing learn for other seeds?')
    command.add_argument('--seeds', required=True, metavar='A:B', help='the seeds from A to B - 1')
    command.add_argument('--engine', default='numpy', metavar='E', help='numpy, or numba where it is installed (numpy)')
    command.add_argument('--workers', type=int, metavar='N', help='processes of this machine (one for each core)')
    command.add_argument('--scheduler', metavar='ADDRESS', help='the workers of a Dask cluster instead; they need this repository')
    command.add_argument('-o', '--output', metavar='FILE', help='write the result as JSON; an interrupted run goes on from where it was')
    command.add_argument('--json', action='store_true', help='print the result as JSON')
    command.set_defaults(run=later('vectorized.command', 'run_sweep', __package__))
