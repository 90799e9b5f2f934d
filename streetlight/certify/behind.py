"""What runs behind the boundary: a program, and the proof of what it printed.  JSON goes in and comes out."""

import gc
import json
import math
import os
import time
import traceback
from functools import partial

from streetlight.certify.deadline import Deadline
from streetlight.certify.functions import tighter
from streetlight.certify.program import certify
from streetlight.certify.proofs import prove, sampled_alone
from streetlight.programs.run import run, run_cells
from streetlight.programs.source import Cell, SourceError
from streetlight.shadow.lean import Lean


def answer(payload):
    """Certify one program.

    Parameters
    ----------
    payload : bytes
        JSON: ``path``, ``arguments``, ``samples`` (how many to draw), ``assume`` (functions' bounds in ulps), ``seconds`` (for the
        program and its proof together); ``cells``, the fields of
        each `Cell`, where the program does not lie in a file (they go on after an import of what is not here).

    Returns
    -------
    bytes
        JSON: ``rows``, ``outputs`` (each a cell's number, line, text and error), ``failed`` (a traceback), ``status`` (the program's own),
        ``notes``, or ``error``: why the file is no program.
    """
    asked, started = json.loads(payload), time.monotonic()
    os.environ.setdefault('MPLBACKEND', 'agg')
    gc.set_threshold(200_000, 20, 100)  # many objects, few cycles: looking for those cost a tenth of the time
    try:
        if 'cells' in asked:
            recorded = partial(run_cells, [Cell(**each) for each in asked['cells']], asked['path'], named=False, lenient=True)
            done = recorded(tape=Lean() if asked.get('drawn') else None)
            if asked.get('drawn') and done.session.tape.missed:
                done = recorded()
        else:
            done = run(asked['path'], asked.get('arguments', ()), named=False)
    except SourceError as error:
        return json.dumps({'error': str(error)}).encode()
    samples, functions = asked.get('samples', 0), tighter(asked.get('assume', {}))
    proved = partial(prove, samples=samples, functions=functions)
    if asked.get('drawn'):  # a share of the samples; what is proved is proved elsewhere
        proved = partial(sampled_alone, samples=samples, functions=functions, seed=asked['seed'])
    deadline = Deadline(asked.get('seconds', math.inf), started, bool(samples))
    try:
        rows = certify(done, asked['path'], partial(proved, deadline=deadline))
    except Exception as fault:
        place = traceback.extract_tb(fault.__traceback__)[-1]
        where = f'{os.path.basename(place.filename)}, line {place.lineno}'
        return json.dumps({'error': f'a fault of this tool, please report it: {type(fault).__name__}: {fault} ({where})'}).encode()
    outputs = [
        {
            'cell': output.cell.number,
            'line': output.cell.line,
            'text': str.__str__(output.text),
            'printed': output.cell.printed,
            'error': output.traceback.strip().split('\n')[-1],
        }
        for output in done.outputs
    ]
    result = {
        'rows': [{**row.as_json(), 'open_at': row.open_at, 'made': row.made} for row in rows],
        'outputs': outputs,
        'failed': done.failed,
        'status': done.status,
        'notes': done.session.notes,
    }
    return json.dumps(result).encode('utf-8', 'surrogatepass')
