"""What runs behind the boundary: a program, and the proof of what it printed.  JSON goes in and comes out."""

import json
import os

from streetlight.certify.program import certify
from streetlight.programs.run import run
from streetlight.programs.source import SourceError


def answer(payload):
    """Certify one program.

    Parameters
    ----------
    payload : bytes
        JSON: ``path``, ``arguments``.

    Returns
    -------
    bytes
        JSON: ``rows``, ``outputs`` (each a cell's number, line and text), ``failed`` (a traceback), ``status`` (the program's own),
        ``notes``, or ``error``: why the file is no program.
    """
    asked = json.loads(payload)
    os.environ.setdefault('MPLBACKEND', 'agg')
    try:
        done = run(asked['path'], asked.get('arguments', ()), named=False)
    except SourceError as error:
        return json.dumps({'error': str(error)}).encode()
    rows = certify(done, asked['path'])
    outputs = [{'cell': output.cell.number, 'line': output.cell.line, 'text': str.__str__(output.text), 'printed': output.cell.printed}
               for output in done.outputs]
    result = {'rows': [{**row.as_json(), 'open_at': row.open_at} for row in rows], 'outputs': outputs, 'failed': done.failed,
              'status': done.status, 'notes': done.session.notes}
    return json.dumps(result).encode('utf-8', 'surrogatepass')
