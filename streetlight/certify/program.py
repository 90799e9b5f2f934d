"""A program's printed numbers, each with what every conforming machine may print in its place."""

import bisect
import copy

import numpy as np

from streetlight.certify.printed import PrintedNumber, enclosed, listed, significant, tokens_of
from streetlight.certify.proofs import Proof, prove
from streetlight.shadow.operations import REDUCTIONS
from streetlight.shadow.printed import Printed

FULL = 17


def certify(run, file, prove=prove):
    """The numbers that a run printed.

    Parameters
    ----------
    run : Run
    file : str
        How the program is called.
    prove : callable
        From the tape and queries to enclosures, as `streetlight.certify.proofs.prove`.

    Returns
    -------
    list of PrintedNumber
        In the order of printing.
    """
    session = run.session
    tape = session.tape
    losses = Losses(tape, session.lost)
    places, queries = [], Queries()
    for output in run.outputs:
        text = output.text
        spans = text.spans if type(text) is Printed else ()
        plain = str.__str__(text)
        starts = [mark[0] for mark in output.marks]
        for start, stop in tokens_of(plain):
            shown = [span for span in spans if span[0] < stop and span[1] > start]
            if (not shown and plain[start:stop] in ('True', 'False')) or plain[start - 2 : start] == '0x':
                continue
            position = output.marks[max(0, bisect.bisect_right(starts, start) - 1)][1] if output.marks else 0
            for _, _, rendering, _ in shown:
                position = max(position, rendering.position)
                queries.ask(rendering.position, rendering.nodes, losses)
            queries.ask(position, np.empty(0, np.int64), losses)
            places.append((output, plain, start, stop, shown, position))
    queries.answer(losses.without(tape), prove)
    return [_row(file, tape, losses, queries, *place) for place in places]


class Queries:
    """What is asked of the proof, each once."""

    def __init__(self):
        self.asked, self.answers, self.known, self.fixed = {}, {}, {}, None

    def ask(self, position, nodes, losses):
        key = (position, nodes.tobytes())
        if key not in self.asked and not losses.of(nodes) and not losses.before(position):
            self.asked[key] = (position, nodes)

    def answer(self, tape, prove):
        self.fixed = tape.fixed
        found = prove(tape, list(self.asked.values())) if self.asked else []
        self.answers = dict(zip(self.asked, (Proof(*each) for each in found)))

    def find(self, rendering):
        """What is known of a rendering's text."""
        known = self.known.get(id(rendering))
        if known is None:
            low, high, proof, reason, values, _ = self.proof(rendering)
            proof = 'bound' if proof == 'fixed' and not rendering.known(self.fixed) else proof
            low, high = (np.reshape(end, np.shape(rendering.nodes)) for end in (low, high))
            if proof in ('every evaluation', 'sampled') and rendering.write is not None:
                known = listed(rendering, low, high, values, proof, reason)
            else:
                known = enclosed(rendering, low, high, proof, reason)
            if proof == 'bound' and values is not None and rendering.write is not None:
                known = known._replace(reason=refuted(listed(rendering, low, high, values, proof, '')) or reason)
            if proof == 'sampled':
                known = known._replace(reason='; '.join(filter(None, (refuted(known), reason))))
            self.known[id(rendering)] = known
        return known

    def proof(self, rendering):
        """What is known of a rendering's numbers."""
        return self.answers[rendering.position, rendering.nodes.tobytes()]


def refuted(samples):
    """A sentence where sampled evaluations print different texts; empty where they do not."""
    several = next((each for each in samples.variants if each and len(each) > 1), None)
    return 'refuted: sampled evaluations print ' + ' and '.join(several[:2]) if several else ''


class Losses:
    """What depends on numbers of which nothing is known.

    Parameters
    ----------
    tape : Tape
    lost : dict of int to str
        Leaves, and why nothing is known of them.
    """

    def __init__(self, tape, lost):
        self.reasons = ['', *lost.values()]
        self.flags = None
        self.position, self.reason = None, ''
        if not lost:
            return
        flags = self.flags = np.zeros(tape.count, np.int32)
        flags[list(lost)] = np.arange(1, len(lost) + 1)
        for operation in tape.operations:
            if not operation.operands:
                continue
            found = [flags[nodes] for nodes in operation.operands]
            if not any(each.any() for each in found):
                continue
            if operation.kind in REDUCTIONS:
                found = [each.max(axis=-1) for each in found]
            flag = found[0]
            for each in found[1:]:
                flag = np.maximum(flag, each)
            size = int(np.prod(operation.shape))
            flags[operation.first : operation.first + size] = np.broadcast_to(flag, operation.shape).ravel()
        for decision in tape.decisions:
            reason = self.of(decision.nodes)
            if reason:
                self.position = decision.position
                self.reason = f'{decision.place}, which rests on {reason}' if reason not in decision.place else decision.place
                break

    def without(self, tape):
        """The tape with all that is lost as it was on this machine: nothing that is asked rests on it, and it bounds nothing."""
        if self.flags is None:
            return tape
        part = copy.copy(tape)
        part._fixed = tape._fixed.copy()
        part._fixed[: len(self.flags)] |= self.flags > 0
        return part

    def of(self, nodes):
        """Why nothing is known of these nodes; empty if nothing is lost."""
        return self.reasons[self.flags[nodes].max()] if self.flags is not None and np.size(nodes) else ''

    def before(self, position):
        """Why nothing is certified from here on."""
        return self.reason if self.position is not None and self.position <= position else ''


def _row(file, tape, losses, queries, output, plain, start, stop, shown, position):
    printed = plain[start:stop]
    line_start = plain.rfind('\n', 0, start) + 1
    place = dict(file=file, cell=output.cell.number, line=plain.count('\n', 0, start) + 1, column=start - line_start + 1, printed=printed)
    reason = losses.before(position) or next(filter(None, (each[2].reason or losses.of(each[2].nodes) for each in shown)), '')
    if reason:
        return _nothing(place, reason)
    standing = queries.answers[position, b'']
    if standing.proof == 'none':
        return _nothing(place, standing.reason)
    parts = [_part(tape, queries, start, stop, span) for span in shown]
    if not parts or all(part is None for part in parts):
        return _unproved(_fixed(place, printed), standing.reason) if standing.proof == 'sampled' else _fixed(place, printed)
    parts = [part for part in parts if part is not None]
    if len(parts) > 1:
        return _joined(place, parts)
    value, low, high, proof, reason, variants, open_at, fixed, exact = parts[0]
    if proof == 'none':
        return _nothing(place, reason)
    if fixed:
        return _unproved(_fixed(place, printed), standing.reason) if standing.proof == 'sampled' else _fixed(place, printed)
    digits = guaranteed_digits(low, high)
    row = PrintedNumber(
        **place,
        proof=proof,
        exact=exact,
        low=low,
        high=high,
        radius=max(high - value, value - low),
        guaranteed_digits=digits,
        guaranteed=open_at is None,
        variants=variants,
        open_at=open_at,
        reason='' if open_at is None else reason or _why(digits, printed, variants),
        made=shown[0][2].place,
    )
    return _unproved(row, reason or standing.reason) if 'sampled' in (proof, standing.proof) else row


def _unproved(row, reason):
    """A row of which samples speak and no proof."""
    return row._replace(proof='sampled', guaranteed=False, guaranteed_digits=0, reason=reason)


def _why(digits, printed, variants):
    if variants is not None and len(variants) > 1:
        return 'a last digit may differ' if digits >= significant(printed) - 1 else f'{digits} digits are guaranteed'
    return f'{digits} digits are guaranteed, {significant(printed)} are printed'


def _nothing(place, reason):
    return PrintedNumber(
        **place,
        proof='none',
        exact=None,
        low=None,
        high=None,
        radius=None,
        guaranteed_digits=0,
        guaranteed=False,
        variants=None,
        reason=reason,
        open_at=0,
    )


def _fixed(place, printed):
    number = _number(printed)
    return PrintedNumber(
        **place,
        proof='fixed',
        exact=None,
        low=number,
        high=number,
        radius=0.0,
        guaranteed_digits=FULL,
        guaranteed=True,
        variants=[printed],
        reason='',
        open_at=None,
    )


def _number(printed):
    try:
        return float(printed)
    except ValueError:
        return float(printed == 'True')


def _joined(place, parts):
    """Characters of several numbers that read as one."""
    sure = all(part[6] is None for part in parts)
    low, high = parts[0][1], parts[0][2]
    return PrintedNumber(
        **place,
        proof=parts[0][3],
        exact=None,
        low=low,
        high=high,
        radius=high - low,
        guaranteed_digits=min(guaranteed_digits(part[1], part[2]) for part in parts),
        guaranteed=sure,
        variants=None,
        reason='' if sure else 'several numbers are printed without a space',
        open_at=None if sure else 0,
    )


def _part(tape, queries, start, stop, span):
    """What is known of the characters of one rendering that stand in a printed number; None where there is no number."""
    first, last, rendering, offset = span
    a, b = offset + max(start, first) - first, offset + min(stop, last) - first
    known = queries.find(rendering)
    number = next((number for number, (x, y) in enumerate(known.tokens) if x < b and y > a), None)
    if number is None:
        return None
    x, y = known.tokens[number]
    from streetlight.certify.printed import element_order

    order = element_order(rendering) if rendering.write is not None else [0]
    element = order[number] if len(order) == len(known.tokens) else 0
    node = int(np.ravel(rendering.nodes)[element])
    fixed, exact = bool(tape.fixed[node]), queries.proof(rendering).exact
    low, high = (float(np.ravel(end)[element]) for end in (known.low, known.high))
    variants, open_at = known.variants[number], known.open_at[number]
    whole = x >= a and y <= b and x == max(a, x)
    if not whole or y > b or x < a:  # a slice of a number
        cut = slice(max(a - x, 0), b - x if b < y else None)  # what is longer elsewhere is shown whole
        if open_at is not None and b < y and open_at >= b - x and known.proof != 'none':
            open_at = None
        variants = sorted({each[cut] for each in variants}) if variants is not None else None
        if variants is not None and len(variants) == 1:
            open_at = None
        elif open_at is not None:
            open_at = max(0, open_at - max(a - x, 0))
    if fixed and open_at is not None:
        fixed = False
    return (
        float(np.ravel(rendering.value)[element]) if rendering.value is not None else 0.0,
        low,
        high,
        known.proof,
        known.reason,
        variants,
        open_at,
        fixed,
        exact[element] if exact else None,
    )


def guaranteed_digits(low, high):
    """The most significant digits, up to 17, to which all numbers between two are rounded alike."""
    from decimal import Context, Decimal

    if not (np.isfinite(low) and np.isfinite(high)):
        return 0
    if low == high:
        return FULL
    low, high = Decimal(low), Decimal(high)
    for digits in range(FULL, 0, -1):
        context = Context(prec=digits)
        if context.create_decimal(low) == context.create_decimal(high):
            return digits
    return 0
