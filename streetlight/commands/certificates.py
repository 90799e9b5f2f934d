"""certify: which printed digits are guaranteed."""

import json
import os

from rich.table import Table

from streetlight.certify.certificates import ERAS, all_certificates
from streetlight.commands.programs import run_certify_programs
from streetlight.commands.terminal import CommandError, console
from streetlight.judge.pinned import pinned


def run_certify(arguments):
    """Print the certificates: a summary of all listings, or each figure of those named."""
    files = [word for word in arguments.listings if os.path.isfile(word)]
    if files:
        missing = [word for word in arguments.listings if word not in files]
        if missing:
            raise CommandError(f"no file '{missing[0]}'; programs and listings are certified apart")
        return run_certify_programs(arguments, files)
    missing = [word for word in arguments.listings if os.sep in word or word.endswith(('.py', '.ipynb', '.md', '.rst'))]
    if missing:
        raise CommandError(f"cannot read '{missing[0]}': there is no such file")
    unknown = sorted(set(arguments.listings) - {listing.id for listing in arguments.book.listings})
    if unknown:
        raise CommandError(f"no listing '{unknown[0]}'; `list` shows them")
    found = all_certificates(arguments.book, arguments.listings)
    if arguments.json:
        print(json.dumps([{**row._asdict(), 'printed_by': environments(arguments.book, row)} for rows, _ in found.values() for row in rows], indent=1))
    elif arguments.listings:
        show_rows(arguments.book, found)
    else:
        show_summary(found)
    return 0


def show_summary(found):
    table = Table('listing', 'proof', title='Which printed digits any conforming float64 machine must print', title_justify='left')
    for heading in ('figures', *(f'guaranteed in era {era}' for era in ERAS), 'least digits', 'largest radius'):
        table.add_column(heading, justify='right')
    for listing, (rows, reason) in found.items():
        first = [row for row in rows if row.era == ERAS[0]]
        if first:
            counts = [str(sum(row.guaranteed for row in rows if row.era == era)) for era in ERAS]
            table.add_row(listing, first[0].proof, str(len(first)), *counts, str(min(row.guaranteed_digits for row in rows)),
                          f'{max(row.radius for row in rows):.2g}')
        else:
            table.add_row(listing, reason or 'integers alone', '0', '', '', '', '')
    out = console()
    out.print(table)
    for listing, (_, reason) in found.items():
        if reason:
            out.print(f'{listing}: no certificate from here on: {reason}', markup=False, soft_wrap=True)


def show_rows(book, found):
    out = console()
    for listing, (rows, reason) in found.items():
        table = Table('step', 'era', 'printed', 'exact value', title=listing, title_justify='left')
        for heading in ('radius', 'digits'):
            table.add_column(heading, justify='right')
        table.add_column('what may differ')
        for row in rows:
            table.add_row(row.address, row.era, row.printed, row.exact[:27], f'{row.radius:.2g}',
                          str(row.guaranteed_digits), difference(book, row))
        out.print(table)
        if reason:
            out.print(f'{listing}: no certificate from here on: {reason}', markup=False, soft_wrap=True)


def environments(book, row):
    """Which environments of the atlas print what, for a scalar in an era of all its digits; None for others."""
    if row.element is not None or row.era == ERAS[0]:
        return None
    return pinned(book).printed_by(row.listing).get(row.address)


def difference(book, row):
    if row.guaranteed:
        return 'nothing'
    told = f'from character {row.first_open + 1} on: {" ".join(row.may_be)}'
    if row.variants and len(row.variants) <= 4:
        told = ' or '.join(row.variants)
    seen = [f'{text} in {len(names)}' for text, names in (environments(book, row) or {}).items()]
    return told + (f'; of the atlas {", ".join(seen)}' if seen else '')
