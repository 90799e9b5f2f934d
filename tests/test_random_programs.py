"""Programs that nobody wrote: their own output, and what may stand there holds what sampled evaluations and other NumPys print."""

import contextlib
import io

import numpy as np
import pytest
from random_programs import program

from streetlight.certify.program import certify
from streetlight.certify.proofs import prove
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell
from streetlight.shadow.sampled import sample


def printed(code):
    """What Python prints, and the name of the error that it ends with."""
    out, error = io.StringIO(), ''
    with contextlib.redirect_stdout(out), np.errstate(all='ignore'):
        try:
            exec(compile(code, 'plain', 'exec'), {'__name__': '__main__'})
        except Exception as ended:
            error = type(ended).__name__
    return out.getvalue(), error


@pytest.mark.one_in(30)
@pytest.mark.parametrize('seed', range(120))
def test_a_random_program_prints_its_own_and_its_sampled_evaluations_lie_within_what_is_proved(seed):
    code = program(seed)
    with np.errstate(all='ignore'):
        done = run_cells([Cell(code)], 'random.py')
    plainly, error = printed(code)
    assert done.stdout == plainly and error in done.failed and bool(error) == bool(done.failed)
    asked = []

    def prove_and_keep(tape, queries):
        proofs = prove(tape, queries)
        known = [proof.proof != 'none' and np.size(nodes) > 0 for (_, nodes), proof in zip(queries, proofs)]
        asked.extend((position, np.asarray(nodes), proof) for (position, nodes), proof, known in zip(queries, proofs, known) if known)
        return proofs

    rows = certify(done, 'random.py', prove_and_keep)
    assert rows or not any(map(str.isdigit, done.stdout))
    if not asked:
        return
    drawn = sample(done.session.tape, [nodes for _, nodes, _ in asked], 50, seed=seed, positions=[position for position, _, _ in asked])
    for (_, _, proof), values in zip(asked, drawn.values):
        assert ((proof.low <= values) & (values <= proof.high)).all(), code
