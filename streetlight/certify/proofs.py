"""What is known of a program's numbers, by the tightest means that ends.

Where the evaluations are few, each is run and the values are listed.  Where they are many, the reverse sweep encloses them.  Where
that ends without an answer, evaluations at random say what may happen, and prove nothing.
"""

from typing import NamedTuple

import numpy as np

from streetlight.certify.deadline import LISTED, MEMORY, SAMPLED, Deadline
from streetlight.certify.enclosures import enclose
from streetlight.certify.functions import FUNCTIONS
from streetlight.shadow.evaluations import evaluations_until
from streetlight.shadow.exact import exact
from streetlight.shadow.replay import Departure, Unmodelled
from streetlight.shadow.sampled import sample

MOST = 500  # evaluations to run side by side
MOST_OPERATIONS = 20000  # of a program, up to a print, to run them
MOST_EXACT = 10**6  # nodes of a tape whose exact reals are computed
DIGITS = 50


class Proof(NamedTuple):
    """What is known of the numbers of one print, together.

    Attributes
    ----------
    low, high : ndarray
        Below and above every evaluation (or every sample).
    proof : str
        ``fixed``, ``every evaluation``, ``bound``, ``sampled`` or ``none``.
    reason : str
        Why there is no proof, or what the samples say.
    values : ndarray or None
        All values (``every evaluation``), or those of samples where these were drawn, in the first axis.
    exact : list of str or None
        The values in real arithmetic, in C order.
    """

    low: np.ndarray
    high: np.ndarray
    proof: str
    reason: str
    values: np.ndarray | None = None
    exact: list | None = None


def prove(tape, queries, samples=0, functions=None, seed=0, most=MOST, deadline=None):
    """What is known of a program's numbers.

    Parameters
    ----------
    tape : Tape
    queries : list of (int, ndarray of int)
        Of each print: the number of operations before it, and its nodes.
    samples : int, optional
        How many evaluations to draw where nothing is proved.
    functions : dict, optional
        The functions' bounds, `FUNCTIONS` where not given.
    seed : int, optional
        Of the samples.
    most : int, optional
        How many evaluations to run side by side.
    deadline : Deadline, optional
        When to end.

    Returns
    -------
    list of Proof
    """
    try:
        return proved(tape, queries, samples, functions or FUNCTIONS, seed, most, deadline or Deadline())
    except MemoryError:
        return [Proof(tape.values[nodes], tape.values[nodes], 'none', MEMORY) for _, nodes in queries]


def proved(tape, queries, samples, functions, seed, most, deadline):
    """The same, as far as memory goes."""
    positions, nodes, ulps = *apart(queries), bounds(functions)
    found = [None] * len(nodes)
    early = [index for index, position in enumerate(positions) if position <= MOST_OPERATIONS]
    asked = [nodes[index] for index in early], [positions[index] for index in early]
    listed, _ = deadline.until(LISTED, lambda: evaluations_until(tape, *asked, ulps, most), ([], None))
    for index, values in zip(early, listed):
        if values is not None and np.isfinite(values).all():
            fixed = tape.fixed[nodes[index]].all()
            found[index] = of_values(values, 'fixed' if fixed else 'every evaluation', '')
    rest = [index for index, proof in enumerate(found) if proof is None]
    if rest:
        for index, enclosure in zip(rest, enclose(tape, [queries[index] for index in rest], functions, deadline)):
            found[index] = Proof(*enclosure)
    if samples and rest:
        asked = [nodes[index] for index in rest], [positions[index] for index in rest]
        drawn = deadline.until(SAMPLED, lambda: sampled(tape, *asked, samples, seed, ulps), [])
        for index, proof in zip(rest, drawn):
            if proof is not None:
                found[index] = proof if found[index].proof == 'none' else found[index]._replace(values=proof.values)
    deadline.until(1, lambda: with_exact(tape, nodes, positions, found))
    return found


def apart(queries):
    """The positions of queries, and their nodes."""
    return [position for position, _ in queries], [np.asarray(each) for _, each in queries]


def bounds(functions):
    """The bound in ulps of a function, by its name."""

    def ulps(name):
        if name not in functions:
            raise Unmodelled(f'no bound is known for {name}')
        return functions[name].ulps

    return ulps


def draw(tape, queries, samples, functions=None, seed=0):
    """What evaluations at random say, without a proof; None where they cannot be drawn."""
    positions, nodes = apart(queries)
    return sampled(tape, nodes, positions, samples, seed, bounds(functions or FUNCTIONS))


def sampled_alone(tape, queries, samples, functions=None, seed=0, deadline=None):
    """Proofs that are samples, or none."""
    drawn = (deadline or Deadline()).until(1, lambda: draw(tape, queries, samples, functions, seed), [None] * len(queries))
    values = [tape.values[nodes] for _, nodes in queries]
    return [each or Proof(value, value, 'none', 'no sample could be drawn') for each, value in zip(drawn, values)]


def of_values(values, proof, reason):
    """A proof from a list of values."""
    return Proof(values.min(axis=0), values.max(axis=0), proof, reason, values)


def sampled(tape, nodes, positions, samples, seed, ulps):
    """What evaluations at random say; None where they cannot be drawn."""
    try:
        drawn = sample(tape, nodes, samples, seed, ulps, positions)
    except (Departure, Unmodelled):
        return [None] * len(nodes)
    lost = ''.join(f'; {count} of them decide otherwise at {place}' for place, count in drawn.departed)
    return [
        of_values(values, 'sampled', told(values) % len(values) + lost) if np.isfinite(values).all() else None for values in drawn.values
    ]


def told(values):
    """What the samples say, in a few words."""
    return 'the same in %d sampled evaluations' if (values == values[0]).all() else 'differs in %d sampled evaluations'


def with_exact(tape, nodes, positions, found):
    """Add the values in real arithmetic where these are to be had."""
    if tape.count > MOST_EXACT:
        return
    wanted = [index for index, proof in enumerate(found) if proof.proof != 'none' and nodes[index].size]
    try:
        balls = exact(tape, [nodes[index] for index in wanted], [positions[index] for index in wanted])
    except (Departure, Unmodelled):
        return
    for index, values in zip(wanted, balls):
        found[index] = found[index]._replace(exact=[ball.str(DIGITS, radius=False) for ball in values.flat])
