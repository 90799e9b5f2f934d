"""A shown number beside the one that its own program prints there: what is proved of that, the verdict, and what should stand here."""

import re
from decimal import Context, Decimal
from typing import NamedTuple

from streetlight.certify.record import ERAS
from streetlight.errata import verdicts
from streetlight.errata.known import Certified
from streetlight.errata.printed import plain
from streetlight.errata.recognition.slips import is_lone_slip, is_slip_of

NEAR = {True: 1e-5, False: 1e-9}  # relative, of float32 or not: what a machine's last digits may be off, where nothing is proved


class Judged(NamedTuple):
    """A number that the program prints at this place: its verdict, what should stand here, and why."""

    printed: object
    verdict: verdicts.Verdict
    expected: str
    sentence: str


class Beside(NamedTuple):
    """A shown number beside the program's own: what is proved of that, or None; why nothing is, where a certificate says so."""

    printed: object
    own: object
    proved: Certified | None
    lost: str = ''

    @property
    def near(self):
        """What a machine's last digits may be off, relative, where nothing is proved."""
        return Decimal(NEAR['float32' in self.lost])

    @property
    def verdict(self):
        """The verdict on the characters that stand there."""
        text = plain(self.printed.text)
        if self.proved is not None:
            return verdicts.verdict_on(text, self.proved)
        value, number = Decimal(plain(self.own.text)), self.printed.value
        if verdicts.same_number(text, plain(self.own.text)):
            return verdicts.Verdict(verdicts.ENVIRONMENT if self.lost else verdicts.EXACT, (), (), 0)
        if verdicts.is_rounding(number, value):
            return verdicts.Verdict(verdicts.ENVIRONMENT if self.lost else verdicts.ROUNDED, (), (), 0)
        near = abs(number - value) <= max(self.near * abs(value), Decimal((0, (1,), self.printed.quantum)))
        near = near and '.' in text
        return verdicts.Verdict(verdicts.ENVIRONMENT if near else verdicts.WRONG, (), (), 0)

    @property
    def is_slip(self):
        """Whether one slip alone makes it wrong; beside digits that the machine decides, it is one of the first."""
        text, own = plain(self.printed.text), Decimal(plain(self.own.text))
        if self.proved is None:
            return is_lone_slip(text, own) or is_lone_slip(_beginning(text), own)
        return is_slip_of(text, {own}) or is_slip_of(_beginning(text), {own})


def _beginning(text):
    """The first digits of a number: as many as `NEAR` says that machines agree in."""
    return re.sub(r'^(-?[\d.]*?(?:[1-9][.]?(?:\d[.]?){9}))(?<=\d)\d*', r'\1', text) if '.' in text.partition('e')[0][:10] else text


def _row(own, rows):
    at = own.line + own.start
    return rows.get(at) or (rows.get(at + 1) if own.text[0] in '+-' else None)


def lost(own, rows):
    """Why nothing is proved of a number of the run; empty where something is, and where it is no number that the program computed."""
    row = _row(own, rows)
    return (row['reason'] or 'it was sampled') if row is not None and row['proof'] in ('none', 'sampled') else ''


def proved(own, rows):
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


def judged(each):
    """What is said of a shown number: a `Judged`."""
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
    if verdict.verdict == verdicts.ENVIRONMENT and not each.proved:
        return f'{own}; nothing is proved of what other machines print'
    if verdict.verdict == verdicts.ENVIRONMENT:
        digits = verdict.guaranteed_digits
        return f'depends on the machine: {own}; ' + (f'print at most {digits} digits' if digits else 'no digit of it is guaranteed')
    if verdict.verdict == verdicts.TRUNCATED:
        return f'cut, not rounded: {own}'
    if verdict.verdict == verdicts.ROUNDED:
        return f'rounded correctly: {own}'
    return 'its own program prints this here' + (', on every machine' if each.proved else '')
