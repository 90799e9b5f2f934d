"""atlas: which environments there are, which numeric class each has, and recording them."""

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from fnmatch import fnmatch
from pathlib import Path

from streetlight.certify.accumulation import AccumulationError
from streetlight.commands.terminal import CommandError, console, progress, table
from streetlight.judge import atlas as atlases
from streetlight.judge import atlasfile, together
from streetlight.judge.environments import environments, misnamed
from streetlight.judge.pinned import PinnedError, pinned
from streetlight.judge.squares import rules
from streetlight.judge.subject import IllegalInstruction, SubjectError, record_text
from streetlight.judge.subjects import FOLDER, Unavailable, prepare
from streetlight.judge.tracefile import TraceFileError, load
from streetlight.judge.verdict import COPIED, UNEXPLAINED
from streetlight.record.recorder import write_beside

SKIPPED = (Unavailable, IllegalInstruction)  # what this machine cannot run is no fault of the suite


def run_atlas(arguments):
    """Record what the atlas lacks of the environments that can be had here; 1 if one failed or is unexplained."""
    chosen = [each for each in environments().values() if not arguments.only or any(fnmatch(each.name, only) for only in arguments.only)]
    if not chosen:
        raise CommandError(f'no environment is named like {", ".join(arguments.only)}; `atlas --list` shows them')
    if arguments.list:
        print(json.dumps([each.name for each in chosen], indent=1) if arguments.json else '\n'.join(each.name for each in chosen))
        return 0
    book = arguments.book
    named = {book.listing(id).id for id in arguments.listings} or {listing.id for listing in book.listings}
    try:
        before = pinned(book).atlas
        if arguments.show:
            show_atlas(book, before, named, arguments.json)
            return 0
        unknown = [name for name in arguments.drop if name not in before['environments']]
        if unknown:
            raise CommandError(f"the atlas has no environment '{unknown[0]}'")
        atlas = atlases.predicted(book, before) if arguments.predict else atlases.carried(book, before)
        for listing in book.listings if arguments.predict else ():
            if listing.printed_alone:
                together.predict_copied(atlas, listing)
        for name in arguments.drop:
            del atlas['environments'][name]
        problems = {} if arguments.predict else fill(book, atlas, chosen, named, arguments)
        atlases.check_losses(before, atlas, arguments.drop)
    except (PinnedError, atlases.LossError, AccumulationError) as error:
        raise CommandError(str(error)) from None
    atlasfile.write(book, atlas)
    for name, problem in sorted(problems.items()):
        print(f'{name}: {"skipped" if isinstance(problem, SKIPPED) else "FAILED"}: {problem}', file=sys.stderr)
    show_atlas(book, atlas, named, arguments.json)
    unexplained = [name for name, each in atlas['environments'].items() if UNEXPLAINED in each]
    return 1 if unexplained or any(not isinstance(problem, SKIPPED) for problem in problems.values()) else 0


def fill(book, atlas, chosen, named, arguments):
    """Record what an atlas lacks of the chosen environments and named listings, or with ``--again`` all; the problems by name."""
    if arguments.listings and atlas['environments']:
        chosen = [each for each in chosen if each.name in atlas['environments']]
    todo = {each.name: book.listings if arguments.again else atlases.lacking(book, atlas, each.name) for each in chosen}
    todo = {name: [listing for listing in found if listing.id in named] for name, found in todo.items()}
    found, problems = {}, {}
    with ThreadPoolExecutor(arguments.workers) as pool, progress() as bar:
        pending = {pool.submit(recorded, book, each, todo[each.name]): each.name for each in chosen if todo[each.name]}
        task = bar.add_task('environments', total=len(pending))
        try:
            for done in as_completed(pending):
                name = pending[done]
                try:
                    found[name] = done.result()
                except (Unavailable, SubjectError, TraceFileError) as error:
                    problems[name] = error
                bar.update(task, advance=1, description=name)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for each in chosen:
        if each.name in found:
            atlases.add(book, atlas, each.name, found[each.name])
    return problems


def recorded(book, environment, listings):
    """The recording of some listings in an environment: one kept from an interrupted run of the same code, or a new one."""
    ids = [listing.id for listing in listings]
    kept = Path(FOLDER) / 'traces' / environment.name / ('-'.join(sorted(listing.code for listing in listings))[:120] + '.json')
    if kept.exists():
        return load(kept.read_text('utf-8'), environment.name, book, ids)
    command, variables = prepare(environment)
    text = record_text(command, book, variables, only=ids)
    recording = load(text, environment.name, book, ids)
    other = misnamed(environment.name, recording.environment)
    if other:
        raise SubjectError(f"what started as '{environment.name}' has {other}: it is not recorded under that name")
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_beside(str(kept), text)
    return recording


def show_atlas(book, atlas, named, as_json):
    rows = []
    for listing in filter(named.__contains__, atlas['classes']):
        for letter in atlas['classes'][listing]:
            names = [name for name, each in atlas['environments'].items() if each['classes'].get(listing) == letter]
            rows.append({'listing': listing, 'class': letter, 'environments': len(names), 'for example': names[:3]})
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    out = console()
    shown = table('listing', 'class', 'all', 'for example', counts=['all'], title='Numeric classes, and how many environments are of each')
    for row in rows:
        shown.add_row(row['listing'], row['class'], str(row['environments']), ', '.join(row['for example']))
    out.print(shown)
    prints = [each['fingerprint'] for each in atlas['environments'].values()]
    counts = {
        'set-ups': len(prints),
        'different fingerprints': atlases.distinct(atlas),
        'models (ways to add and to square)': len({each['model'] for each in atlas['environments'].values()}),
        'architectures': len({each['machine'] for each in prints}),
        'BLAS libraries': len({atlases.library(each) for each in prints}),
        'BLAS kernels': len({atlases.kernel(each) for each in prints} - {None}),
        'Pythons': len({(each['implementation'], each['python'].rsplit('.', 1)[0]) for each in prints}),
        'NumPys': len({each['numpy'] for each in prints}),
    }
    out.print(', '.join(f'{count} {what}' for what, count in counts.items()), soft_wrap=True)
    for listing, (predicted, copied) in predicted_counts(atlas).items():
        told = '; '.join(f'{count} {reason}' for reason, count in Counter(copied).most_common())
        out.print(
            f'{listing}: every bit predicted in {predicted} set-ups'
            + (f', copied from the recording in {len(copied)} ({told})' if copied else ''),
            soft_wrap=True,
        )
    known = Counter(rules(book, atlas).values()).most_common()
    out.print('squares by the C library: ' + ', '.join(f'{rule} in {count} set-ups' for rule, count in known), soft_wrap=True)


def predicted_counts(atlas):
    """Of each listing with copied classes, how many environments are predicted, and why the others are not: a dict of pairs."""
    found = {}
    for each in atlas['environments'].values():
        for listing, reason in each.get(COPIED, {}).items():
            found.setdefault(listing, []).append(reason)
    return {
        listing: (sum(listing in each['classes'] for each in atlas['environments'].values()) - len(reasons), reasons)
        for listing, reasons in found.items()
    }
