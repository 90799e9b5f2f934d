"""Judge printed numbers by their place: each beside what the manuscript's own program prints there, certified."""

from decimal import Context, Decimal
from typing import NamedTuple

from streetlight.certify.record import ERAS
from streetlight.errata import verdicts
from streetlight.errata.alignment import aligned, close, shown_lines
from streetlight.errata.execution import SECONDS, certified_cells
from streetlight.errata.known import Certified
from streetlight.errata.outputs import printed_lines, program_of
from streetlight.errata.printed import plain
from streetlight.errata.recognition.slips import is_slip_of
from streetlight.errata.statements.statement import Statement

MOST_SLIPS = 8  # numbers of an output that may each be wrong; more are another run
NEAR = {True: 1e-5, False: 1e-9}  # relative, of float32 or not: what a machine's last digits may be off, where nothing is proved


class Judged(NamedTuple):
    """A number that the program prints at this place: its verdict, what should stand here, and why."""

    printed: object
    verdict: verdicts.Verdict
    expected: str
    sentence: str


class Beside(NamedTuple):
    """A shown number beside the program's own: what is known of that, None where nothing is proved."""

    printed: object
    own: object
    proved: Certified | None
    is_single: bool = False

    @property
    def verdict(self):
        """The verdict on the characters that stand there."""
        text = plain(self.printed.text)
        if self.proved is not None:
            return verdicts.verdict_on(text, self.proved)
        value, number = Decimal(plain(self.own.text)), self.printed.value
        if verdicts.same_number(text, plain(self.own.text)):
            return verdicts.Verdict(verdicts.EXACT, (), (), 0)
        if verdicts.is_rounding(number, value):
            return verdicts.Verdict(verdicts.ROUNDED, (), (), 0)
        near = abs(number - value) <= max(Decimal(NEAR[self.is_single]) * abs(value), Decimal((0, (1,), self.printed.quantum)))
        near = near and '.' in text
        return verdicts.Verdict(verdicts.ENVIRONMENT if near else verdicts.WRONG, (), (), 0)

    @property
    def is_slip(self):
        """Whether one slip alone makes it wrong."""
        return is_slip_of(plain(self.printed.text), {Decimal(plain(self.own.text))})


def judged_by_own(manuscript, seconds=None, unprotected=False):
    """Run a manuscript's program, and judge what it shows of its outputs.

    Parameters
    ----------
    manuscript : streetlight.errata.manuscript.Manuscript
    seconds : float, optional
        For each of its two runs, and for its proof.
    unprotected : bool
        Without the boundary.

    Returns
    -------
    figures : dict of tuple to Judged
        By line and column.
    statements : list of streetlight.errata.statements.statement.Statement
        Of kind ``output``: outputs that are another run's, and notes on what could not be checked.
    """
    program = program_of(manuscript)
    if not program.outputs:
        return {}, []
    ran = certified_cells(program.cells, seconds or SECONDS, unprotected)
    figures, said = {}, []
    for output in program.outputs:
        found, statement = _judge(output, program, ran)
        figures.update({(each.printed.line, each.printed.column): each for each in found})
        said += [statement] if statement else []
    return figures, said + _not_run(program, ran)


def _not_run(program, ran):
    """One note that says which code could not be run, where that has an output."""
    checked = {at for output in program.outputs for at in output.printed_by[0]}
    failed = [at for at, each in enumerate(ran) if each.error and at in checked]
    if not failed:
        return []
    line = next(iter(program.blocks[failed[0]].lines))
    why = f'this code cannot be run here, so that its output is not checked: {ran[failed[0]].error}'
    blocks = {id(program.blocks[at]) for at in failed}
    why += f'; nor can {len(blocks) - 1} more' if len(blocks) > 1 else ''
    return [Statement(max(line.number, 1), line.column, 'output', '', '', why, note=True)]


def _judge(output, program, ran):
    """What is said of an output: the figures that are judged, and a statement, or None."""
    shown = shown_lines(output.lines)
    figures = [each for line in shown for each in line.figures]
    if not figures:
        return [], None
    chosen, best = _printed_by(output, shown, ran)
    if not all(ran[at].fixed for at in chosen):
        why = 'this output is another in every run, so that it is not checked: its program has no seed, or asks the time'
        return [], _said(figures[0], '', why, True)
    before = ran[: max(chosen, default=0) + 1]
    certain = output.is_certain and not any(each.error for each in before)
    departing = [each for each in best.pairs if each.verdict.verdict == verdicts.WRONG]
    agreeing = len(best.pairs) - len(departing)
    if output.is_comment and (2 * len(best.pairs) < len(figures) or (departing and not all(each.is_slip for each in departing))):
        return [_judged(each) for each in best.pairs if each.verdict.verdict != verdicts.WRONG], None
    slips = bool(departing) and len(departing) <= MOST_SLIPS and (len(departing) <= agreeing or (certain and len(figures) == 1))
    slips = slips and all(each.is_slip or (certain and each.proved and len(departing) <= agreeing) for each in departing)
    if not best.whole and 2 * (agreeing + len(departing)) < len(figures):
        return _another_run(output, figures, best, certain, any(ran[at].error for at in chosen))
    if not departing or slips:
        return [_judged(each) for each in best.pairs], None
    return _another_run(output, figures, best, certain, any(ran[at].error for at in chosen))


def _printed_by(output, shown, ran):
    """The cells that printed an output, and their `_Matched`: those before it, unless others print more of it and little else."""
    chosen, *others = {tuple(each): None for each in output.printed_by}
    best = _beside(shown, chosen, ran)
    for choice in others:
        found = _beside(shown, choice, ran)
        agreeing = sum(each.verdict.verdict != verdicts.WRONG for each in found.pairs)
        if found.score > best.score and 2 * (len(found.pairs) - agreeing) <= agreeing:
            chosen, best = choice, found
    return chosen, best


def _another_run(output, figures, best, certain, failed):
    """Of an output that is another run's: the figures that agree, and one sentence."""
    agreeing = [_judged(each) for each in best.pairs if each.verdict.verdict != verdicts.WRONG]
    departing = [each for each in best.pairs if each.verdict.verdict == verdicts.WRONG]
    if failed or (not departing and not output.is_own):
        return agreeing, None
    if not departing:
        return agreeing, _said(figures[0], '', 'the code before it prints no such numbers', not certain)
    first = departing[0]
    why = f'its own code prints {first.own.text} here, and other numbers than these in {len(departing)} places of this output'
    if len(departing) == 1:
        why = f'its own code prints {first.own.text} here'
    if certain and any(each.proved for each in departing):
        return agreeing, _said(first.printed, first.own.text, 'stale: ' + why, False)
    why += '; other code ran before it, that is not here or cannot be run' if not certain else '; nothing is proved of them'
    return agreeing, _said(first.printed, '', why, True)


def _said(printed, expected, why, note):
    return Statement(printed.line, printed.column, 'output', printed.text, expected, why, note=note)


class _Matched(NamedTuple):
    """Pairs of shown and own numbers whose place is known; whether each line has its own; how many agree."""

    pairs: list
    whole: bool
    score: tuple


def _beside(shown, choice, ran):
    """The shown lines beside what some cells printed."""
    text, rows = '', {}
    for at in choice:
        rows |= {len(text) + offset: row for offset, row in ran[at].rows.items()}
        text += ran[at].printed
    own = shown_lines(printed_lines(text))
    places = aligned(shown, own)
    good = [at is not None and close(line, own[at]) for line, at in zip(shown, places)]
    pairs, agreeing = [], 0
    whole = len(shown) == len(own) and places == list(range(len(own)))
    keys = {}
    for line in own:
        keys[line.key] = keys.get(line.key, 0) + 1
    for index, (line, at) in enumerate(zip(shown, places)):
        if at is None or len(line.figures) != len(own[at].figures):
            continue
        follows = index > 0 and good[index - 1] and places[index - 1] == at - 1
        leads = index + 1 < len(shown) and good[index + 1] and places[index + 1] == at + 1
        alone = keys[own[at].key] == 1 and own[at].key == line.key
        if good[index] or whole or follows or leads or alone:
            pairs += [
                Beside(one, other, _proved(other, rows), _is_single(other, rows)) for one, other in zip(line.figures, own[at].figures)
            ]
            agreeing += len(line.figures) if good[index] else 0
    return _Matched(pairs, whole, (agreeing, whole))


def _row(own, rows):
    at = own.line + own.start
    return rows.get(at) or (rows.get(at + 1) if own.text[0] in '+-' else None)


def _is_single(own, rows):
    row = _row(own, rows)
    return row is not None and 'float32' in row['reason']


def _proved(own, rows):
    """What is certified of a number of the run, None where that is nothing."""
    row = _row(own, rows)
    if row is None or row['low'] is None or row['proof'] in ('none', 'sampled') or row['printed'].strip('+') != own.text.strip('+'):
        return None
    low, high = row['low'], row['high']
    unit = Decimal((0, (1,), own.quantum))
    if not Decimal(low) - unit <= own.value <= Decimal(high) + unit:  # several numbers in one, or a part of one
        return None
    variants = frozenset(map(plain, row['variants'])) if row['variants'] else frozenset([plain(own.text)]) if row['guaranteed'] else None
    texts = {ERAS[-1]: variants}
    if variants and own.digits > 12:  # as a scalar is printed up to NumPy 1.13
        texts[ERAS[0]] = frozenset(f'{float(each):.12g}' for each in variants)
    exact = Decimal(row['exact']) if row['exact'] else None
    return Certified(exact, low, high, (low,) if low == high else None, texts, row['guaranteed_digits'])


def _judged(each):
    verdict = each.verdict
    right, text = each.printed.text, each.own.text
    if verdict.verdict == verdicts.WRONG:
        right = _expected(plain(right), Decimal(plain(text)), text)
    return Judged(each.printed, verdict, right, _sentence(each, verdict))


def _expected(text, value, own):
    """What should stand in the place of a text: the program's own number, with no more digits than stand there."""
    number = Decimal(text)
    if number.as_tuple().exponent <= value.as_tuple().exponent or ('e' in own) != ('e' in text):
        return own
    if 'e' in own:
        return f'{Context(prec=len(number.as_tuple().digits)).create_decimal(value):e}'
    rounded = value.quantize(Decimal((0, (1,), number.as_tuple().exponent)), context=Context(prec=1000))
    return f'{rounded:f}' if rounded or not value else own


def _sentence(each, verdict):
    own = f'its own program prints {each.own.text} here'
    if verdict.verdict == verdicts.WRONG:
        return f'no machine prints this: {own}' if each.proved else own
    if verdict.verdict == verdicts.ENVIRONMENT:
        digits = verdict.guaranteed_digits
        return f'depends on the machine: {own}; ' + (f'print at most {digits} digits' if digits else 'no digit of it is guaranteed')
    if verdict.verdict == verdicts.TRUNCATED:
        return f'cut, not rounded: {own}'
    if verdict.verdict == verdicts.ROUNDED:
        return f'rounded correctly: {own}'
    return 'its own program prints this here' + (', on every machine' if each.proved else '')
