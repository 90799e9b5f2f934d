"""Statements: what a manuscript says beside its figures, and what can be decided of it.

Printed equations are evaluated exactly.  Programs are read, not run: whether they are Python 3, whether they parse, whether
they define a name before they use it.  What would not be right 95 times in 100 is a note, and does not fail.
"""

from streetlight.errata.statements.equations import equations
from streetlight.errata.statements.names import names
from streetlight.errata.statements.programs import programs
from streetlight.errata.statements.syntax import syntax


def statements_of(manuscript):
    """What is said of a manuscript's statements: every equation that it prints, and what is wrong with its programs.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript

    Returns
    -------
    list of streetlight.errata.statements.statement.Statement
        By line.
    """
    found = [*equations(manuscript), *syntax(manuscript), *names(programs(manuscript), manuscript.format == 'notebook')]
    return sorted(found, key=lambda statement: (statement.line, statement.column))
