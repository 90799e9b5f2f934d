"""Run a listing that is a plain program, a function that prints, and note what it prints.

Such a function knows of no arithmetic and no trace.  For the time of one run its module gets a ``print`` and a ``str`` that
note the numbers which go through them, and a NumPy whose ``dot`` and elementary functions are the arithmetic's, so that the
recorder sees every ``np.dot`` and an emulation can stand in for it.  A value's step is the line of the output in which it is
printed, ``line=17``; its name is that of the caller's variable.
"""

import re
import sys

import numpy as np

MARK = re.compile('\0([0-9]+)\0')


def is_plain(function):
    """Whether a listing is a plain program, and no function of an arithmetic and a trace."""
    code = function.__code__
    return code.co_varnames[:code.co_argcount][:2] != ('arithmetic', 'trace')


def run_plain(function, arithmetic, trace):
    """Run a plain program on an arithmetic; what it prints goes into the trace, and nowhere else.

    Parameters
    ----------
    function : function
        Called without arguments.
    arithmetic : object
        With ``dot``; ``functions``, if it has it, maps names such as ``exp`` to what computes them.
    trace : streetlight.record.trace.Trace
    """
    output = _Output(trace)
    module = function.__globals__
    names = dict((name, _NumPy(arithmetic)) for name, value in module.items() if value is np)
    names.update({'str': output.str, 'print': output.print_})
    before = dict((name, module[name]) for name in names if name in module)
    module.update(names)
    try:
        function()
        output.flush()
    finally:
        for name in names:
            del module[name]
        module.update(before)


class _NumPy(object):
    """NumPy, but for what the arithmetic computes."""

    def __init__(self, arithmetic):
        self.dot = arithmetic.dot
        self.__dict__.update(getattr(arithmetic, 'functions', {}))

    def __getattr__(self, name):
        value = getattr(np, name)
        setattr(self, name, value)
        return value


class _Output(object):
    """Stands in for a program's ``print`` and ``str``; a number in a string is a mark until the string is printed."""

    def __init__(self, trace):
        self.trace = trace
        self.numbers = []
        self.text = ''
        self.line = 1

    def str(self, value=''):
        return self._marked(value, sys._getframe(1).f_locals)

    def print_(self, *values, **options):
        if options.get('file') not in (None, sys.stdout):
            raise ValueError('a listing prints to standard output alone')
        variables = sys._getframe(1).f_locals
        self.text += options.get('sep', ' ').join(self._marked(value, variables) for value in values) + options.get('end', '\n')
        if self.text.endswith('\n'):
            self.flush()

    def _marked(self, value, variables):
        if not isinstance(value, (float, np.floating, np.ndarray)):
            return str(value)
        name = next((name for name in sorted(variables) if variables[name] is value), '')
        self.numbers.append((name, value.copy() if isinstance(value, np.ndarray) else value))
        return '\0%d\0' % (len(self.numbers) - 1)

    def flush(self):
        """Enter what was printed, up to here, into the trace."""
        if not self.text:
            return
        pieces = MARK.split(self.text[:-1] if self.text.endswith('\n') else self.text)
        for position in range(1, len(pieces), 2):
            self.line += pieces[position - 1].count('\n')
            name, value = self.numbers[int(pieces[position])]
            with self.trace.at('line', self.line):
                pieces[position] = self.trace(name, value)
            self.line += str(value).count('\n')
        self.line += pieces[-1].count('\n') + 1
        self.trace.show(*[piece for piece in pieces if not isinstance(piece, str) or piece])
        self.text = ''
