"""Recognition: which number of which listing each printed number of a manuscript is, or claims to be.

By the digits and the neighbours, never by the label.  Three readings of a text, each against what a
book knows: a column, or the list on one line, against the histories of its quantities; one line
against its arrays; all lines against those that a listing prints.  A hypothesis is believed if what
agrees tells `SURE` bits more than its choice costs; a number is called wrong only where everything around it agrees.
"""

from streetlight.errata.recognition import lines, quantities, scripts
from streetlight.errata.recognition.claims import AGREE, DEPART, SWAP, Claim, Claims
from streetlight.errata.recognition.rows import blocks_of, columns, joined, series
from streetlight.errata.recognition.sequences import arrays, histories
from streetlight.errata.recognition.sequences import scripts as scripts_of

__all__ = ['AGREE', 'DEPART', 'SWAP', 'Claim', 'recognise']


def recognise(book, manuscript):
    """The claims of all numbers that a manuscript prints.

    Parameters
    ----------
    book : streetlight.book.Book or None
    manuscript : streetlight.errata.manuscript.Manuscript

    Returns
    -------
    claims : list of Claim
        In the order of printing.
    complete : bool
        Whether all were looked at before the text had had its time.
    """
    claims, blocks = Claims(), blocks_of(manuscript)
    everything = [row for rows in blocks for row in rows]
    whole = []
    for rows in blocks if book else ():
        if claims.late:
            break
        numbers = series([each for row in rows for each in row.numbers])
        whole.append(numbers)
        _read_columns(book, rows, numbers, claims)
        _read_lines(book, rows, numbers, claims)
        lines.follow_alone(numbers, histories(book), claims)
    if book and everything and not claims.late:
        scripts.follow(everything, joined(whole), *scripts_of(book), claims)
    claims.settle()
    return [claims.believed(each) for row in everything for each in row.numbers], not claims.late


def _read_columns(book, rows, numbers, claims):
    family = histories(book)
    for column in columns(rows, numbers):
        if (not claims.late and family.sees(column).sum() >= 2) or family.sees(column._replace(value=-column.value)).sum() >= 2:
            quantities.follow(column, family, claims)


def _read_lines(book, rows, numbers, claims):
    family, at = arrays(book), 0
    telling = family.sees(numbers) & (numbers.digits >= 3)
    for row in rows:
        part = slice(at, at + len(row.numbers))
        at = part.stop
        if claims.late:
            return
        if telling[part].sum() > 1:
            lines.follow(numbers.part(part), family, claims)
        if histories(book).sees(numbers.part(part)).sum() > 2:
            quantities.follow(numbers.part(part), histories(book), claims)
