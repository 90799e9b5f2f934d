"""A plain listing on the accumulations and functions of many environments at once: one run, an environment in each column.

A training of 60,000 steps takes minutes on one emulated machine, as most of it is the call of each operation.  A tape of the
training is gone through once for all machines: what IEEE 754 determines is done for all of them, and inner products and
functions once for all that have the same.  Trainings that differ in their constants alone, such as rates, have one tape too.
"""

import hashlib
from functools import partial

import numpy as np

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic, inner_products, left_to_right
from streetlight.certify.programs import ProgramError, run_listing
from streetlight.judge.functions import computed, refusal
from streetlight.judge.verdict import COPIED
from streetlight.record.eras import printed_text, shown
from streetlight.record.trace import digest, trace_of
from streetlight.shadow.emulated import layout_of_dot, order_of_sum
from streetlight.shadow.replay import Replay, Unmodelled


class Together(Replay):
    """A tape, with some choices of its constants, on several machines; all machines of the first choice come first.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
    machines : list of (dict, dict)
        Accumulations, and the classes of functions, as `streetlight.record.functions.functions` tells them.
    positions : list of int
    constants : list of ndarray
        The values of the tape's fixed nodes, for each choice.

    Attributes
    ----------
    failed : dict of int to str
        Why the numbers of a machine are not its own.
    """

    def __init__(self, tape, queries, machines, positions, constants):
        self.constants = np.array(constants)
        super().__init__(tape, queries, len(constants) * len(machines), positions)
        self.accumulations = [EmulatedArithmetic(each)._accumulations for each, _ in machines]
        self.classes = [each for _, each in machines]
        self.failed, self.known = {}, {}

    def prepare(self, positions):
        super().prepare(positions)
        fixed = np.flatnonzero(self.tape.fixed)
        used = self.last[fixed] >= 0
        bits, row = np.unique(self.constants[:, used].view(np.int64), axis=1, return_inverse=True)
        self.slot[fixed[used]] = row.ravel()
        self.bottom = self.top = bits.shape[1]
        self.data = np.empty((self.bottom + 1024, self.width))
        self.data[: self.bottom] = np.repeat(bits.T.copy().view(np.float64), self.width // len(bits), axis=1)
        self.owner = np.empty(len(self.data), np.int64)

    def choose(self, operation):
        operands = [self.values(nodes) for nodes in operation.operands]
        result = np.empty((*operation.shape, self.width))
        with np.errstate(all='ignore'):
            for columns, compute in self.ways(operation):
                result[..., columns] = compute(*[each[..., columns] for each in operands])
        self.put(operation.first, result)

    def ways(self, operation):
        """Which machines compute an operation in one way, and how: pairs of their columns and a function."""
        kind = operation.kind
        if kind == 'sum':
            order = order_of_sum(operation, self.tape)
            return [(slice(None), lambda terms: order(np.moveaxis(terms, -2, -1)))]
        key = kind, operation.extra, *[nodes.shape for nodes in operation.operands]
        if key not in self.known:
            self.known[key] = self.of_dot(operation) if kind == 'dot' else self.of_function(kind)
        return self.known[key]

    def of_dot(self, operation):
        layout, k = layout_of_dot(operation), operation.operands[0].shape[-1]
        groups = {}
        for machine, look_up in enumerate(self.accumulations):
            try:
                notations = tuple(look_up(layout, k))
            except AccumulationError as error:
                self.failed[machine], notations = str(error), tuple(left_to_right(layout, k))
            groups.setdefault(notations, []).append(machine)
        return [(self.columns(each), partial(dot, notations, operation.shape)) for notations, each in groups.items()]

    def columns(self, machines):
        """Where some machines stand, for each choice of the constants."""
        if len(machines) == len(self.classes):
            return slice(None)
        return np.add.outer(np.arange(0, self.width, len(self.classes)), machines).ravel()

    def of_function(self, kind):
        groups = {}
        for machine, classes in enumerate(self.classes):
            groups.setdefault(classes.get(kind), []).append(machine)
        return [(self.columns(each), self.function(kind, name, each)) for name, each in groups.items()]

    def function(self, kind, name, machines):
        """A function of a class; this machine's own where there is no other."""
        own = getattr(np, kind, None)
        if own is None or name is None:
            raise Unmodelled(f'no rule is known for {kind}')
        reason = refusal(kind, name)
        if reason:
            self.failed.update(dict.fromkeys(machines, reason))
            return own
        return computed({kind: name})[kind]


def dot(notations, shape, a, b):
    """Inner products over the last axis but one: each in its own accumulation, or all in one."""
    a, b = (np.moveaxis(each, -2, -1) for each in (a, b))
    found = {notation: inner_products(a, b, notation) for notation in notations}
    result = found.pop(notations[0])
    for notation, values in found.items():
        own = np.array([each == notation for each in notations]).reshape(shape)
        result = np.where(own[..., np.newaxis], values, result)
    return result


def reasons(listing, machines, digests):
    """Why the accumulations and functions of each machine do not predict its trace of a plain listing.

    Parameters
    ----------
    listing : streetlight.listing.Listing
    machines : list of (dict, dict)
        As `Together` takes them.
    digests : list of str
        Of the traces.

    Returns
    -------
    list of str
        Empty where they do.
    """
    here, start, groups = trace_of(listing), 0, {}
    for parameters in listing.book.parts.get(listing.id, [{}]):
        run = run_listing(listing, parameters, named=False)
        tape, text = run.session.tape, run.outputs[-1].text
        key = hashlib.sha256(tape.log.tobytes() + tape.listed.tobytes() + tape.fixed.tobytes()).digest()
        _, _, constants, starts = groups.setdefault(key, (tape, [span[2] for span in getattr(text, 'spans', ())], [], []))
        constants.append(tape.values[tape.fixed])
        starts.append([start + span[0] for span in getattr(text, 'spans', ())])
        start += len(text)
    if start != len(printed_text(here)):
        raise ProgramError(f"the parts of '{listing.id}' print other text than the listing: mend [parts] in book.toml")
    numbers, failed = {}, {}
    for tape, shown_there, constants, starts in groups.values():
        together = Together(tape, [each.nodes for each in shown_there], machines, [each.position for each in shown_there], constants)
        for answer, places in zip(together.run(), zip(*starts)):
            numbers.update(zip(places, np.split(answer, len(constants), axis=-1)))
        failed.update(together.failed)
    return [failed.get(machine) or _told(here, numbers, machine, wanted) for machine, wanted in enumerate(digests)]


def _told(here, numbers, machine, wanted):
    """Why what a machine prints has not the digest that is wanted; empty where it has."""
    steps = list(here.steps)
    for _, at, part in shown(here):
        if at in numbers:
            step = steps[part.step]
            steps[part.step] = step._replace(value=np.reshape(numbers[at][..., machine], np.shape(step.value))[()])
    return '' if digest(steps) == wanted else 'its accumulations and functions predict other bits'


def predict_copied(atlas, listing):
    """Predict what was copied from recordings of a plain listing; where that gives each bit, it is copied no longer.

    Parameters
    ----------
    atlas : dict
        As `streetlight.judge.pinned.Pinned.atlas` gives it; changed in place.
    listing : streetlight.listing.Listing
    """
    asked = {}
    for name, each in atlas['environments'].items():
        functions = each['fingerprint'].get('functions', {})
        # plain listings' classes are named by ``exp``
        if listing.id in each.get(COPIED, {}) and 'exp' in functions and not refusal('exp', functions['exp']):
            bits = atlas['classes'][listing.id][each['classes'][listing.id]]
            key = each['model'], functions['exp'], bits
            asked.setdefault(key, ((atlas['models'][each['model']].accumulations, functions), []))[1].append(name)
    machines = [machine for machine, _ in asked.values()]
    said = reasons(listing, machines, [bits for *_, bits in asked]) if asked else []
    for (_, names), reason in zip(asked.values(), said):
        for name in names:
            copied = atlas['environments'][name][COPIED]
            copied[listing.id] = reason
            if not reason:
                del copied[listing.id]
            if not copied:
                del atlas['environments'][name][COPIED]
