"""A program's printed numbers, each with what every conforming machine may print in its place."""

import bisect

import numpy as np

from streetlight.certify.losses import Losses
from streetlight.certify.printed import enclosed, listed, tokens_of
from streetlight.certify.proofs import Proof, prove
from streetlight.certify.rows import row_of
from streetlight.shadow.printed import Printed


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
    return [row_of(file, tape, losses, queries, *place) for place in places]


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
                known = known._replace(reason=of_samples(known, len(values), reason))
            self.known[id(rendering)] = known
        return known

    def proof(self, rendering):
        """What is known of a rendering's numbers."""
        return self.answers[rendering.position, rendering.nodes.tobytes()]


def of_samples(samples, count, reason):
    """What samples say of a text: of the text where there is one, else of its numbers; then where some of them left the program."""
    prints = refuted(samples)
    if samples.variants and all(each and len(each) == 1 for each in samples.variants):
        prints = f'prints the same in {count} sampled evaluations'
    _, left, departed = reason.partition('; ')
    return f'{prints}{left}{departed}' if prints else reason


def refuted(samples):
    """A sentence where sampled evaluations print different texts; empty where they do not."""
    several = next((each for each in samples.variants if each and len(each) > 1), None)
    return 'refuted: sampled evaluations print ' + ' and '.join(several[:2]) if several else ''
