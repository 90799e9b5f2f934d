"""What a program printed, each number with what is known of it: for the terminal and for the page."""

FIXED, SURE, OPEN, SAMPLED, NONE = 'fixed', 'sure', 'open', 'sampled', 'none'
MOST_VARIANTS = 6


def kind_of(row):
    """How sure a number is: one of the five words.

    Parameters
    ----------
    row : dict
        As `streetlight.certify.behind.answer` gives it.
    """
    if row['proof'] == 'none':
        return NONE
    if row['proof'] == 'sampled' and row['open_at'] is None:
        return SAMPLED
    if row['guaranteed']:
        return FIXED if row['proof'] == 'fixed' else SURE
    return OPEN


def parts_of(row):
    """The characters of a number that are as sure as its kind, and those that may differ."""
    printed = row['printed']
    at = min(row['open_at'] or 0, max(0, len(printed) - 1)) if kind_of(row) == OPEN else len(printed)
    return printed[:at], printed[at:]


def pieces(text, rows):
    """A text cut at its numbers: pairs of characters and, where they are a number's, its row; else None."""
    starts = [0]
    for line in text.split('\n'):
        starts.append(starts[-1] + len(line) + 1)
    at = 0
    for row in rows:
        start = starts[row['line'] - 1] + row['column'] - 1
        yield text[at:start], None
        yield row['printed'], row
        at = start + len(row['printed'])
    yield text[at:], None


def grouped(rows):
    """Rows that stand for themselves, and those without a proof together with all that have none for the same reason."""
    groups = {}
    for number, row in enumerate(rows):
        groups.setdefault(row['reason'] if row['proof'] == 'none' else number, []).append(row)
    return list(groups.values())


def summary(rows):
    """One line: how many numbers, and how sure."""
    if not rows:
        return 'No number is printed.'
    kinds = [kind_of(row) for row in rows]
    words = {
        SURE: 'more are guaranteed in all their digits',
        SAMPLED: 'are the same in all samples and not proved',
        OPEN: 'may end differently on another machine',
        NONE: 'are not certified',
    }
    told = [f'{len(rows)} numbers are printed: {kinds.count(FIXED)} are the same everywhere']
    return ', '.join(told + [f'{kinds.count(kind)} {says}' for kind, says in words.items() if kind == SURE or kind in kinds]) + '.'


def difference(row):
    """What may stand in the place of a number, in a few words."""
    if row['variants'] and 1 < len(row['variants']) <= MOST_VARIANTS:
        return ' or '.join(row['variants'])
    return row['reason']


def place(row):
    """Where a number stands in the output."""
    cell = f'cell {row["cell"]}, ' if row['cell'] else ''
    return f'{cell}line {row["line"]}, column {row["column"]}'


def told(row):
    """What hovering over a number says."""
    lines = [place(row)]
    if row['proof'] == 'fixed':
        lines.append('nothing in it can differ')
    elif row['proof'] == 'none':
        lines.append('nothing is proved')
    elif row['low'] is not None:
        exactly = f'exactly {row["exact"]}; ' if row['exact'] else ''
        lines.append(
            f'{exactly}every machine lies between {row["low"]!r} and {row["high"]!r}'
            if row['proof'] != 'sampled'
            else f'all samples lie between {row["low"]!r} and {row["high"]!r}'
        )
    if not row['guaranteed'] and difference(row):
        lines.append(difference(row))
    if not row['guaranteed'] and row['proof'] in ('bound', 'every evaluation') and 'digits are guaranteed' not in lines[-1]:
        lines.append(f'{row["guaranteed_digits"]} digits are guaranteed')
    return '\n'.join(lines)


def program_data(result, file, machine, parting=()):
    """The data of a program's page.

    Parameters
    ----------
    result : dict
        As `streetlight.certify.behind.answer` gives it.
    file : str
        How the program is called.
    machine : str
        Of the machine that ran it, one line.
    parting : list of str
        Where two machines part, in lines.

    Returns
    -------
    dict
    """
    names = {id(row): f'n{number}' for number, row in enumerate(result['rows'], 1)}
    cells = []
    for output in result['outputs']:
        rows = [row for row in result['rows'] if row['cell'] == output['cell']]
        found = [piece(text, row, names) for text, row in pieces(output['text'], rows)]
        if output['text']:
            cells.append({'title': f'Cell {output["cell"]}' if output['cell'] else '', 'pieces': found})
    groups = grouped([row for row in result['rows'] if not row['guaranteed']])
    return {
        'file': file,
        'machine': machine,
        'summary': summary(result['rows']),
        'cells': cells,
        'failed': result['failed'],
        'notes': result['notes'],
        'parting': list(parting),
        'sampled': any(kind_of(row) == SAMPLED for row in result['rows']),
        'undecided': [
            {
                **piece('', rows[0], names),
                'place': place(rows[0]),
                'digits': rows[0]['guaranteed_digits'],
                'proof': rows[0]['proof'],
                'difference': difference(rows[0]),
                'more': len(rows) - 1,
            }
            for rows in groups
        ],
    }


def piece(text, row, names):
    """A piece as the page shows it."""
    if row is None:
        return {'text': text}
    sure, opened = parts_of(row)
    return {'text': sure, 'open': opened, 'kind': kind_of(row), 'tip': told(row), 'id': names[id(row)]}
