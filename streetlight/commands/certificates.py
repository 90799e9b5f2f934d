"""certify: which printed digits are guaranteed."""

import json
import os

from rich.table import Table

from streetlight.certify.record import ERAS, FIXED, NONE, as_lines
from streetlight.commands.terminal import CommandError, console, progress
from streetlight.judge.pinned import PinnedError, pinned
from streetlight.record.recorder import write_beside


def run_certify(arguments):
    """Show the pinned certificates: a summary of all listings, or each figure of those named."""
    missing = [word for word in arguments.listings if os.sep in word or word.endswith(('.py', '.ipynb', '.md', '.rst'))]
    if missing:
        raise CommandError(f"cannot read '{missing[0]}': there is no such file")
    listings = [arguments.book.listing(id) for id in arguments.listings] or arguments.book.listings
    if arguments.pin:
        pin(arguments.book, listings)
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


def pin(book, listings):
    """Prove listings anew, and write the record of each number that they print."""
    from streetlight.certify.certificates import records  # slow to import, and of use here alone

    known = pinned(book)
    with progress() as bar:
        for listing in bar.track(listings, description='proving'):
            path = known.folder / listing.id / 'numbers.jsonl'
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_beside(str(path), as_lines(records(listing, known.models_of(listing.id))))
            except OSError as error:
                raise CommandError(f"cannot write '{path}': {error.strerror or error}") from None


def as_row(book, record, era):
    """A record in one era, as the command line's JSON says it."""
    opened = record.open[era] or (None, '')
    return {
        'listing': record.listing, 'step': record.step, 'name': record.name, 'element': record.element, 'era': era,
        'printed': record.printed[era], 'proof': record.proof, 'exact': record.exact, 'low': record.low, 'high': record.high,
        'radius': record.radius, 'guaranteed_digits': record.guaranteed_digits, 'guaranteed': record.guaranteed(era),
        'first_open': opened[0], 'may_be': opened[1], 'variants': record.variants[era], 'printed_by': environments(book, record, era),
    }


def show_summary(known):
    table = Table('listing', 'proof', title='Which printed digits any conforming float64 machine must print', title_justify='left')
    for heading in ('figures', *(f'guaranteed in era {era}' for era in ERAS), 'least digits', 'largest radius'):
        table.add_column(heading, justify='right')
    for listing, found in known.items():
        proved = [record for record in found if record.proof != NONE]
        if not proved:
            table.add_row(listing, 'nothing is proved' if found else 'integers alone', str(len(found)), '', '', '', '')
            continue
        counts = [str(sum(record.guaranteed(era) for record in proved)) for era in ERAS]
        table.add_row(listing, proved[0].proof, str(len(found)), *counts, str(min(record.guaranteed_digits for record in proved)),
                      f'{max(record.radius for record in proved):.2g}')
    console().print(table)


def show_records(book, listing, found):
    table = Table('step', 'era', 'printed', 'exact value', title=listing, title_justify='left')
    for heading in ('radius', 'digits'):
        table.add_column(heading, justify='right')
    table.add_column('what may differ')
    for record in found:
        for era in ERAS:
            proved = ((record.exact or '')[:27], f'{record.radius:.2g}') if record.proof != NONE else ('', '')
            table.add_row(record.address, era, record.printed[era], *proved, str(record.guaranteed_digits), difference(book, record, era))
    console().print(table)


def environments(book, record, era):
    """Which environments of the atlas print what, for a scalar in an era of all its digits; None for others."""
    if record.element is not None or era == ERAS[0]:
        return None
    return pinned(book).printed_by(record.listing)[record.address]


def difference(book, record, era):
    """What a machine may print otherwise, as a person reads it."""
    if record.guaranteed(era):
        return 'nothing'
    if record.proof == NONE and record.refuted(era) is not None:
        texts = ', '.join(f'{text} in {len(classes)}' for text, classes in list(record.prints[era].items())[:4])
        digits = record.agreed_digits(era)
        advice = f'print at most {digits} digits here' if digits else 'print no digit here'
        return f'refuted from character {record.refuted(era) + 1} on, classes print {texts}: {advice}'
    if record.proof == NONE:
        return 'open: the proof ends before it, and no two classes that were seen differ'
    first, characters = record.open[era]
    variants = record.variants[era]
    told = f'from character {first + 1} on: {" ".join(characters)}'
    if variants and len(variants) <= 4:
        told = ' or '.join(variants)
    seen = [f'{text} in {len(names)}' for text, names in (environments(book, record, era) or {}).items()]
    return told + (f'; of the atlas {", ".join(seen)}' if seen else '')
