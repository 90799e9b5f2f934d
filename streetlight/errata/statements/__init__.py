"""Statements: what a manuscript says beside its figures, and what can be decided of it.

Printed equations are evaluated exactly.  Programs are read, not run: whether they are Python 3, whether they parse, whether
they define a name before they use it, and whether two data sets of one name are equal.
"""

from streetlight.errata.statements.equations import equations
from streetlight.errata.statements.names import data_sets, names
from streetlight.errata.statements.programs import programs, syntax


def statements_of(manuscript):
    """Every statement of a manuscript that is wrong.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript

    Returns
    -------
    list of streetlight.errata.statements.statement.Statement
        By line.
    """
    listed = [program for program in programs(manuscript) if program]
    found = [*equations(manuscript), *(each for program in listed for each in syntax(program)), *names(listed), *data_sets(listed)]
    return sorted(found, key=lambda statement: (statement.line, statement.column))
