"""certify FILE: a program's own output, each digit as sure as it is."""

import json
import os
import sys

from rich.text import Text

from streetlight.boundary import BoundaryError, run
from streetlight.certify.gathered import GatherError, draw, gathered, shares
from streetlight.certify.mend import patch
from streetlight.certify.printed import tokens_of
from streetlight.commands.places import places, terminable
from streetlight.commands.terminal import CommandError, console, progress, table
from streetlight.errata.patch import path_in_repository
from streetlight.programs import source
from streetlight.report.program import OPEN, difference, grouped, kind_of, parts_of, pieces, summary

MEMORY = 4 * 2**30
PRINTED = 2**26
MOST_ROWS = 30
OTHERWISE = 'a plain run beside it printed otherwise: no seed fixes it, or the program minds being watched'
STYLES = {'fixed': '', 'sure': 'green', 'open': 'bold red', 'none': 'yellow', 'sampled': 'cyan'}


def run_certify_programs(arguments):
    """Certify programs: 0 if all that they print is guaranteed, 1 if not, 2 if one could not be run."""
    files = arguments.listings
    missing = [word for word in files if not os.path.isfile(word)]
    if missing:
        raise CommandError(f"no file '{missing[0]}'; programs and listings are certified apart")
    status, rows = 0, []
    with terminable(), progress() as bar:
        task = bar.add_task('certify', total=len(files))
        results = []
        for path in files:
            drawn = {'samples': arguments.samples, 'scheduler': arguments.scheduler, 'workers': arguments.workers or 1}
            results.append((path, certified(path, arguments.seconds, arguments.unprotected, arguments.assume, **drawn)))
            bar.advance(task)
    for path, result in results:
        if result.get('error'):
            print('%s: %s' % (path, result['error']), file=sys.stderr)
            status = 2
            continue
        rows += result['rows']
        if arguments.patch:
            diff, said = patch(path_in_repository(path), source_of(path), result['outputs'], result['rows'])
            sys.stdout.write(diff)
            for line in said:
                print('%s: %s' % (path, line), file=sys.stderr)
        elif not arguments.json:
            show(path, result, len(files) > 1)
        if result['failed']:
            sys.stdout.flush()
            sys.stderr.write(result['failed'])
            status = 2
        elif status == 0 and not all(row['guaranteed'] for row in result['rows']):
            status = 1
    if arguments.json and not arguments.patch:
        print(json.dumps([{name: each for name, each in row.items() if name not in ('open_at', 'made')} for row in rows], indent=1))
    return status


def source_of(path):
    """The text of a program's file, with its own line ends."""
    with open(path, encoding='utf-8', newline='') as file:
        return file.read()


def certified(path, seconds, unprotected=False, assume=(), samples=0, scheduler=None, workers=1):
    """What is found of one program: a dict as `streetlight.certify.behind.answer` gives it, or with ``error`` alone.

    A number of which a second run, plain and in a process of its own, prints another keeps no proof.
    """
    folder = os.path.dirname(os.path.abspath(path))
    asked = {'path': os.path.abspath(path), 'assume': dict(assume), 'seconds': seconds}
    apart = samples and (scheduler or workers > 1)
    payload = json.dumps({**asked, 'samples': 0 if apart else samples}).encode()
    limits = {'seconds': seconds, 'memory': MEMORY, 'unprotected': unprotected}
    beside = {'readable': (folder,), 'chdir': folder}
    try:
        ended = run('streetlight.certify.behind', payload, **limits, **beside)
    except BoundaryError as error:
        raise CommandError(str(error))
    if not ended.answers:
        return {'error': 'it could not be certified: %s' % (ended.reason or 'its process ended')}
    result = json.loads(ended.answers[0].result)
    for row in result.get('rows', ()):
        row['file'] = path
    if apart and not result.get('error'):
        asked['cells'] = [cell._asdict() for cell in source.cells(path)]
        sampled_apart(result, asked, (samples, scheduler, workers), limits, beside)
    if any(row['proof'] != 'none' for row in result.get('rows', ())):
        cells = [json.dumps({**cell._asdict(), 'path': os.path.abspath(path)}).encode() for cell in source.cells(path)]
        plain = run('streetlight.errata.cells', *cells, **limits, **beside, printed=PRINTED)
        check(result, [answer.stdout for answer in plain.answers] + [plain.stdout], plain.reason)
    return result


def sampled_apart(result, asked, drawn, limits, beside):
    """Give rows without a proof what samples say that were drawn on processes, or on a Dask cluster."""
    samples, scheduler, workers = drawn
    with places(scheduler, workers) as (count, spread):
        sizes = shares(samples, count)
        parts = [
            ({**asked, 'samples': size, 'seed': seed}, limits if scheduler else {**limits, **beside}) for seed, size in enumerate(sizes)
        ]
        try:
            gathered(result['rows'], spread(draw, *zip(*parts)))
        except (BoundaryError, GatherError) as error:
            raise CommandError(str(error)) from None


def check(result, printed, reason=''):
    """Take the proof from each number that a plain run prints otherwise.

    Parameters
    ----------
    result : dict
    printed : list of bytes
        What each cell printed, plain.
    reason : str
        Why the plain run ended early, if it did.
    """
    for output, plain in zip(result['outputs'], [*printed, *[b''] * len(result['outputs'])]):
        text, other = output['text'], plain.decode(errors='replace')
        if text == other:
            continue
        spans, others = tokens_of(text), tokens_of(other)
        pairs = zip(spans, others) if len(spans) == len(others) else ()
        same = {start for (start, stop), (a, b) in pairs if text[start:stop] == other[a:b]}
        at = 0
        for piece, row in pieces(text, [row for row in result['rows'] if row['cell'] == output['cell']]):
            if row is not None and row['proof'] != 'none' and at not in same:
                row.update(proof='none', guaranteed=False, guaranteed_digits=0, variants=None, open_at=0, reason=reason or OTHERWISE)
            at += len(piece)


def show(path, result, named):
    """The output, coloured, and a short table."""
    out = console()
    if named:
        out.print(f'== {path}')
    for output in result['outputs']:
        rows = [row for row in result['rows'] if row['cell'] == output['cell']]
        text = coloured(output['text'], rows)
        if text.plain:
            out.print(text, end='' if text.plain.endswith('\n') else '\n', soft_wrap=True)
    open_ = [row for row in result['rows'] if not row['guaranteed']]
    out.print()
    out.print(summary(result['rows']), soft_wrap=True)
    if open_:
        shown = table('at', 'printed', 'sure', 'proof', 'what may differ', counts=['sure'], folded=2)
        groups = grouped(open_)
        for group in groups[:MOST_ROWS]:
            row = group[0]
            told = difference(row) + (f' (and {len(group) - 1} more for this reason)' if len(group) > 1 else '')
            at = f'cell {row["cell"]}, {row["line"]}:{row["column"]}' if row['cell'] else f'{row["line"]}:{row["column"]}'
            shown.add_row(at, coloured_number(row), str(row['guaranteed_digits']), row['proof'], told)
        out.print(shown)
        if len(groups) > MOST_ROWS:
            out.print(f'and {len(groups) - MOST_ROWS} more; --json has them all')
    for note in result['notes']:
        out.print(f'note: {note}', soft_wrap=True)


def coloured_number(row):
    """A printed number: what is guaranteed of it, then what is not."""
    sure, opened = parts_of(row)
    kind = kind_of(row)
    return Text.assemble((sure, STYLES['sure' if kind == OPEN else kind]), (opened, STYLES[OPEN]))


def coloured(output, rows):
    """The output with each number coloured."""
    return Text.assemble(*(text if row is None else coloured_number(row) for text, row in pieces(output, rows)))
