"""certify: which printed digits are guaranteed."""

import json
import os
from pathlib import Path

import numpy as np

from streetlight.certify.record import ERAS, FIXED, NONE, as_lines
from streetlight.commands.terminal import CommandError, console, progress, table
from streetlight.judge.pinned import PinnedError, pinned
from streetlight.judge.subjects import FOLDER
from streetlight.record.eras import NATIVE, printed_text
from streetlight.record.recorder import write_beside

WIDE = 110  # columns that show exact values too


def run_certify(arguments):
    """Show the pinned certificates: a summary of all listings, or each figure of those named."""
    missing = [word for word in arguments.listings if os.sep in word or word.endswith(('.py', '.ipynb', '.md', '.rst'))]
    if missing:
        raise CommandError(f"cannot read '{missing[0]}': there is no such file")
    listings = [arguments.book.listing(id) for id in arguments.listings] or arguments.book.listings
    if arguments.pin:
        pin(arguments.book, listings, arguments.workers or 2, arguments.samples)
    try:
        known = {listing.id: [each for each in pinned(arguments.book).records(listing.id) if each.proof != FIXED] for listing in listings}
    except PinnedError as error:
        raise CommandError(str(error)) from None
    if arguments.json:
        rows = [as_row(arguments.book, record, era) for found in known.values() for record in found for era in ERAS]
        print(json.dumps(rows, indent=1))
    elif arguments.listings:
        for id, found in known.items():
            show_records(arguments.book, id, found)
    else:
        show_summary(known)
    return 0


def pin(book, listings, workers, samples):
    """Prove listings anew, and write the record of each number that they print."""
    from streetlight.certify import certificates, parts, programs, seen  # slow to import, and of use here alone
    from streetlight.record.trace import trace_of

    known = pinned(book)
    long = [listing for listing in listings if listing.printed_alone]
    sizes = {listing.id: len(book.parts.get(listing.id, [{}])) for listing in long}
    with progress() as bar:
        task = bar.add_task('proving', total=sum(sizes.values()) + len(listings) - len(long))
        for listing in listings:
            if listing not in long:
                write_records(known, listing, certificates.records(listing, known.models_of(listing.id)))
                bar.update(task, advance=1, description=listing.id)
        found = {listing.id: {} for listing in long}
        printed = {listing.id: seen.seen(known.texts(listing.id), NATIVE) for listing in long}
        try:
            for listing, part, text, numbers in parts.prove_parts(long, Path(FOLDER) / 'proofs', workers, samples, printed):
                found[listing.id][part] = text, numbers
                bar.update(task, advance=1, description=f'{listing.id} {len(found[listing.id])} of {sizes[listing.id]}')
                if len(found[listing.id]) == sizes[listing.id]:
                    text, numbers = programs.joined(listing, [each for _, each in sorted(found.pop(listing.id).items())])
                    here = trace_of(listing)
                    if text != printed_text(here):
                        raise CommandError(f"the parts of '{listing.id}' print other text than the listing: mend [parts] in book.toml")
                    write_records(known, listing, certificates.records_of(listing, here, numbers, class_values(known, listing, here)))
        except programs.ProgramError as error:
            raise CommandError(str(error)) from None


def class_values(known, listing, here):
    """What each numeric class of a listing has at each step of a run here: a dict of its name to a list of arrays."""
    rows = {}
    for record in known.records(listing.id):
        rows.setdefault((record.step, record.name), []).append(record)

    def value(step, name):
        told = rows.get((' '.join('%s=%s' % pair for pair in step.where), step.name))
        return np.asarray(step.value) if told is None else np.reshape([float(each.value_in(name)) for each in told], np.shape(step.value))

    return {name: [value(step, name) for step in here.steps] for name in known.atlas['classes'][listing.id]}


def write_records(known, listing, records):
    path = known.folder / listing.id / 'numbers.jsonl'
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_beside(str(path), as_lines(records))
    except OSError as error:
        raise CommandError(f"cannot write '{path}': {error.strerror or error}") from None


def as_row(book, record, era):
    """A record in one era, as the command line's JSON says it."""
    opened = record.open[era] or (None, '')
    return {
        'listing': record.listing,
        'step': record.step,
        'name': record.name,
        'element': record.element,
        'era': era,
        'printed': record.printed[era],
        'proof': record.proof,
        'exact': record.exact,
        'low': record.low,
        'high': record.high,
        'radius': record.radius,
        'guaranteed_digits': record.guaranteed_digits,
        'guaranteed': record.guaranteed(era),
        'first_open': opened[0],
        'may_be': opened[1],
        'variants': record.variants[era],
        'printed_by': environments(book, record, era),
    }


def show_summary(known):
    headings = ('figures', *ERAS, 'digits', 'radius')
    shown = table(
        'listing',
        'proof',
        *headings,
        counts=headings,
        folded=0,
        title='How many figures are guaranteed in each era, the least digits, the largest radius',
    )
    for listing, found in known.items():
        proved = [record for record in found if record.proof != NONE]
        if not proved:
            shown.add_row(listing, 'nothing is proved' if found else 'integers alone', str(len(found)), '', '', '', '')
            continue
        counts = [str(sum(record.guaranteed(era) for record in proved)) for era in ERAS]
        shown.add_row(
            listing,
            proved[0].proof,
            str(len(found)),
            *counts,
            str(min(record.guaranteed_digits for record in proved)),
            f'{max(record.radius for record in proved):.2g}',
        )
    console().print(shown)


def show_records(book, listing, found):
    out = console()
    exactly = ['exact value'] if out.width >= WIDE else []
    shown = table('step', 'era', 'printed', *exactly, 'radius', 'digits', 'what may differ', counts=['radius', 'digits'], title=listing)
    shown.columns[0].no_wrap = out.width >= WIDE
    for record in found:
        for era in ERAS:
            proved = ((record.exact or '')[:27], f'{record.radius:.2g}') if record.proof != NONE else ('', '')
            shown.add_row(
                record.address,
                era,
                record.printed[era],
                *proved[not exactly :],
                str(record.guaranteed_digits),
                difference(book, record, era),
            )
    out.print(shown)


def environments(book, record, era):
    """Which environments of the atlas print what, for a scalar in an era of all its digits; None for others."""
    if record.element is not None or era == ERAS[0]:
        return None
    return pinned(book).printed_by(record)


def difference(book, record, era):
    """What a machine may print otherwise, as a person reads it."""
    if record.guaranteed(era):
        return 'nothing'
    if record.proof == NONE and record.refuted(era) is not None:  # two real machines are two conforming evaluations
        classes = ', '.join(f'{text} in {len(names)}' for text, names in list(record.prints[era].items())[:4])
        several = len(record.prints[era]) > 1
        told = f'classes print {classes}' if several else f'sampled evaluations print {" and ".join(record.variants[era])}'
        return f'refuted from character {record.refuted(era) + 1} on: {told}; {advice(record.agreed_digits(era))}'
    if record.proof == NONE:
        sampled = ' nor sampled evaluations' if record.variants[era] else ''
        return f'open: the proof ends before it, and no two classes that were seen{sampled} differ'
    first, characters = record.open[era]
    variants = record.variants[era]
    told = ' or '.join(variants) if variants and len(variants) <= 4 else f'from character {first + 1} on: {" ".join(characters)}'
    seen = [f'{text} in {len(names)}' for text, names in (environments(book, record, era) or {}).items()]
    return f'{told}{"; of the atlas " + ", ".join(seen) if seen else ""}; {advice(record.sure_digits(era))}'


def advice(digits):
    """What an author may print."""
    return f'print at most {digits} digit{"s" * (digits > 1)} here' if digits else 'print no digit here'
