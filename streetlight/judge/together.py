"""A plain listing on the accumulations and functions of many environments at once: one run, an environment in each column.

A training of 60,000 steps takes minutes on one emulated machine, as most of it is the call of each operation.  A tape of the
training is gone through once for all machines: what IEEE 754 determines is done for all of them, and inner products and
functions once for all that have the same.
"""

from functools import partial

import numpy as np

from streetlight.certify.accumulation import AccumulationError, EmulatedArithmetic, inner_products, left_to_right
from streetlight.certify.programs import ProgramError, run_listing
from streetlight.judge.functions import NotComputable, computed
from streetlight.judge.verdict import COPIED
from streetlight.record.eras import printed_text, shown
from streetlight.record.trace import digest, trace_of
from streetlight.shadow.emulated import layout_of_dot, order_of_sum
from streetlight.shadow.replay import Replay, Unmodelled


class Together(Replay):
    """A tape on several machines.

    Parameters
    ----------
    tape : Tape
    queries : list of ndarray of int
    machines : list of (dict, dict)
        Accumulations, and the classes of functions, as `streetlight.record.functions.functions` tells them.
    positions : list of int

    Attributes
    ----------
    failed : dict of int to str
        Why the numbers of a machine are not its own.
    """

    def __init__(self, tape, queries, machines, positions):
        super().__init__(tape, queries, len(machines), positions)
        self.accumulations = [EmulatedArithmetic(each)._accumulations for each, _ in machines]
        self.classes = [each for _, each in machines]
        self.failed, self.known = {}, {}

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
        for column, look_up in enumerate(self.accumulations):
            try:
                notations = tuple(look_up(layout, k))
            except AccumulationError as error:
                self.failed[column], notations = str(error), tuple(left_to_right(layout, k))
            groups.setdefault(notations, []).append(column)
        return [(columns, partial(dot, notations, operation.shape)) for notations, columns in groups.items()]

    def of_function(self, kind):
        groups = {}
        for column, classes in enumerate(self.classes):
            groups.setdefault(classes.get(kind), []).append(column)
        return [(columns, self.function(kind, name, columns)) for name, columns in groups.items()]

    def function(self, kind, name, columns):
        """A function of a class; this machine's own where there is no other."""
        own = getattr(np, kind, None)
        if own is None or name is None:
            raise Unmodelled(f'no rule is known for {kind}')
        found = computed({kind: name})[kind]
        try:
            found(np.ones(1))
        except NotComputable as error:
            self.failed.update(dict.fromkeys(columns, str(error)))
            return own
        return found


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
    here, start, numbers, failed = trace_of(listing), 0, {}, {}
    for parameters in listing.book.parts.get(listing.id, [{}]):
        run = run_listing(listing, parameters, named=False)
        text = run.outputs[-1].text
        spans = [(at, rendering) for at, _, rendering, _ in getattr(text, 'spans', ())]
        together = Together(run.session.tape, [each.nodes for _, each in spans], machines, [each.position for _, each in spans])
        numbers.update({start + at: values for (at, _), values in zip(spans, together.run())})
        failed.update(together.failed)
        start += len(text)
    if start != len(printed_text(here)):
        raise ProgramError(f"the parts of '{listing.id}' print other text than the listing: mend [parts] in book.toml")
    said = []
    for column, wanted in enumerate(digests):
        steps = list(here.steps)
        for _, at, part in shown(here):
            if at in numbers:
                step = steps[part.step]
                steps[part.step] = step._replace(value=np.reshape(numbers[at][..., column], np.shape(step.value))[()])
        same = digest(steps) == wanted
        said.append(failed.get(column) or ('' if same else 'its accumulations and functions predict other bits'))
    return said


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
        if listing.id in each.get(COPIED, {}) and computable(functions):
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


def computable(functions):
    """Whether something here computes an environment's ``exp``, by which plain listings' classes are named."""
    try:
        computed({'exp': functions['exp']})['exp'](np.ones(1))
    except (KeyError, NotComputable):
        return False
    return True
