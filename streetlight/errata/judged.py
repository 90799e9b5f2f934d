"""The figures of a manuscript, each with its claim, its verdict, what should stand there, and why."""

from collections import Counter
from typing import NamedTuple

from streetlight.errata import verdicts
from streetlight.errata.by_class import classes, environments_of
from streetlight.errata.known import certified
from streetlight.errata.recognition import AGREE, SWAP, Claim, recognise
from streetlight.errata.verdicts import Verdict

NOWHERE = Verdict(verdicts.UNMATCHED, (), (), 0)


class Figure(NamedTuple):
    """A figure: what it claims to be, the verdict, the characters that should stand there, the era."""

    claim: object
    verdict: Verdict
    expected: str
    era: str
    sentence: str


def figures_of(book, manuscript, own=None):
    """The figures of a manuscript, in order: by their place in its own program's run, else as a book's.

    Parameters
    ----------
    book : streetlight.book.Book or None
    manuscript : streetlight.errata.manuscript.Manuscript
    own : dict of tuple to streetlight.errata.by_place.Judged, optional
        What is judged by its place, by line and column.

    Returns
    -------
    figures : list of Figure
    complete : bool
        Whether all were looked at before the text had had its time.
    """
    claims, complete = recognise(book, manuscript)
    found = [(claim, verdict_on(claim)) for claim in claims]
    era = era_of([verdict for _, verdict in found])
    alone = cut_alone(found)
    figures = [
        figure(claim, verdict._replace(verdict=verdicts.WRONG) if index in alone else verdict, era)
        for index, (claim, verdict) in enumerate(found)
    ]
    places = {(each.claim.printed.line, each.claim.printed.column): each for each in figures}
    places |= {place: _by_place(places.get(place), each) for place, each in own.items()} if own else {}
    return list(places.values()), complete


def _by_place(recognised, judged):
    """The `Figure` of a number whose place is known; what a book makes of it is a guess beside that."""
    eras = judged.verdict.eras
    agrees = recognised is not None and recognised.verdict.verdict == judged.verdict.verdict
    claim = recognised.claim if agrees else Claim(judged.printed)
    return Figure(claim, judged.verdict, judged.expected, eras[0] if eras else '', judged.sentence)


def signed(claim, text):
    """A text as the claimed number has its sign, where the whole column has the opposite one."""
    if not claim.mirrored:
        return text
    return text[1:] if text.startswith('-') else '-' + text


def verdict_on(claim):
    """The verdict on a claim; a number of no listing is unmatched, one that departs is wrong."""
    if claim.known is None:
        return NOWHERE
    verdict = verdicts.verdict_of(claim.printed.text, claim.known)
    return verdict if claim.how == AGREE else verdict._replace(verdict=verdicts.WRONG)


def era_of(found):
    """The era of a manuscript: the one that prints most of its figures."""
    eras = Counter(era for verdict in found if len(verdict.eras) == 1 for era in verdict.eras)
    return eras.most_common(1)[0][0] if eras else '1.14'


def cut_alone(found):
    """The figures that are cut among rounded ones, by index: each is the only one of its column, or of its array's row.

    As of any departure, what stands before and after it in its block must be the listing's too, and another line of the block.
    """
    cut, rounded = {}, set()
    for index, (claim, verdict) in enumerate(found):
        printed = claim.printed
        if claim.known is None:
            continue
        keys = [(printed.row[0], printed.column_key)]
        keys += [(printed.row, printed.quantum)] if claim.known.element is not None else []
        if verdict.verdict == verdicts.TRUNCATED and not printed.cut:
            for key in keys:
                cut.setdefault(key, []).append(index)
        elif verdict.verdict != verdicts.WRONG and verdicts.tells_rounding(printed.text, claim.known):
            rounded.update(keys)
    alone = {own[0] for key, own in cut.items() if len(own) == 1 and key in rounded}
    lines = {(claim.printed.row, claim.known.listing) for claim, _ in found if claim.known is not None}
    alone = {index for index in alone if _lines_beside(found[index][0], lines)}
    return {index for index in alone if all(_go_together(found[index][0], claim) for claim, _ in found[max(index - 1, 0) : index + 2])}


def _lines_beside(claim, lines):
    """Whether another line of a claim's block is of its listing."""
    row, listing = claim.printed.row, claim.known.listing
    return any(other[0] == row[0] and other != row and known == listing for other, known in lines)


def _go_together(claim, other):
    """Whether two claims are of one listing, or of two blocks."""
    if claim.printed.row[0] != other.printed.row[0]:
        return True
    return other.known is not None and claim.known.listing == other.known.listing


def figure(claim, verdict, era):
    """The `Figure` of a claim."""
    text = claim.printed.text
    if claim.known is None:
        return Figure(claim, verdict, text, '', 'it belongs to no listing')
    own = claim._replace(printed=claim.printed._replace(text=signed(claim, text)))
    right = text
    if verdict.verdict == verdicts.WRONG:
        right = verdicts.expected(text, claim.known, era)
    printed_era = (era if era in verdict.eras else verdict.eras[0]) if verdict.eras else ''
    right = signed(claim, right)
    return Figure(own, verdict, right, printed_era, sentence(claim, verdict, right))


def sentence(claim, verdict, right):
    """What a person reads; of what is recognised, and not run, nothing is said for certain."""
    known = claim.known
    place = f'{known.listing}, {known.address}' if known.address else known.listing
    if verdict.verdict == verdicts.WRONG and claim.how == SWAP:
        return f'if this is {place}, it is in the place of another, and {right} should stand here'
    if verdict.verdict == verdicts.WRONG:
        return f'if this is {place}, then {right} should stand here; {_exactly(known)}'
    if verdict.verdict == verdicts.ENVIRONMENT and len(verdict.letters) > 1 and set(verdict.letters) == set(classes(known)):
        count = environments_of(known, verdict.letters)
        return f'all {count} environments of the atlas print this, and no proof says that every machine does; {advice(verdict)} ({place})'
    if verdict.verdict == verdicts.ENVIRONMENT:
        return f'depends on the machine: {_printed_by(known, verdict)}; {advice(verdict)} ({place})'
    if verdict.verdict == verdicts.TRUNCATED:
        return f'cut, not rounded ({place})'
    if verdict.verdict == verdicts.ROUNDED:
        return f'rounded correctly ({place})'
    if verdict.verdict == verdicts.EXACT:
        every = 'every machine' if certified(known).proved else 'every environment of the atlas'
        return f'{every} prints this in era {" and ".join(verdict.eras)} ({place})'
    return f'there is no certificate for {place}'


def _exactly(known):
    found = certified(known)
    if found.exact is not None:
        return f'it is {found.exact:.20g}'
    return f'{"every machine has" if found.proved else "the atlas has"} {found.low:.17g} to {found.high:.17g}'


def _printed_by(known, verdict):
    if not verdict.letters:
        return 'printed by no environment of the atlas, but a conforming machine may'
    classes = ' and '.join(verdict.letters)
    count = environments_of(known, verdict.letters)
    return f'printed by class {classes}, {count} environments of the atlas'


def advice(verdict):
    """How many digits may be printed."""
    if verdict.guaranteed_digits:
        return f'print at most {verdict.guaranteed_digits} digit{"s" * (verdict.guaranteed_digits > 1)} here'
    return 'print no digit here, for none is guaranteed'
