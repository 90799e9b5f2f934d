"""Programs written to catch a certificate lying: nothing that they print may be called guaranteed."""

import re
from pathlib import Path

import numpy as np
import pytest

from streetlight.certify.program import certify
from streetlight.programs.run import run_cells
from streetlight.programs.source import Cell

BLOCKS = re.split(r'^== (.*)\n', (Path(__file__).parent / 'attacks.txt').read_text('utf-8'), flags=re.M)[1:]
PREAMBLE, ATTACKS = BLOCKS[1], dict(zip(BLOCKS[2::2], BLOCKS[3::2]))


def test_there_are_many_attacks():
    assert len(ATTACKS) == len(BLOCKS) // 2 - 1 >= 200


@pytest.mark.one_in(2)
@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('name', ATTACKS)
def test_nothing_that_may_differ_is_guaranteed(name):
    before = np.geterr()
    run = run_cells([Cell(PREAMBLE + ATTACKS[name])], 'attack.py')
    assert np.geterr() == before
    assert run.failed == ''
    rows = certify(run, 'attack.py')
    assert rows
    assert [(row.printed, row.proof) for row in rows if row.guaranteed] == []
    for row in rows:
        if row.low is not None and re.fullmatch(r'-?\d+\.\d{15,}(e[-+]\d+)?', row.printed):
            assert row.low <= float(row.printed) <= row.high
