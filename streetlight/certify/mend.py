"""Printed outputs that a file shows, cut to the digits that every machine prints: a unified diff.

A notebook's output is rounded to its guaranteed digits; a doctest's ends in ``...`` where they end, and asks for ``ELLIPSIS``.  Of
a script, which shows no output, the format specifications are cut.  A number that the program does not print is said to be wrong.
"""

import difflib
import json
import re
from decimal import Context, Decimal, InvalidOperation

from streetlight.certify.printed import NUMBER, significant, tokens_of


def patch(name, raw, outputs, rows):
    """A unified diff for a program's file.

    Parameters
    ----------
    name : str
        The file, as the diff names it.
    raw : str
        Its text.
    outputs : list of dict
        As `streetlight.certify.behind.answer` gives them.
    rows : list of dict

    Returns
    -------
    diff : str
        Empty where nothing is to change.
    said : list of str
        What the file shows and the program does not print.
    """
    lines = raw.splitlines(keepends=True)
    mended, said = specified(lines, rows) if not any(output['printed'] for output in outputs) else list(lines), []
    notebook = name.endswith('.ipynb')
    at = 0
    for output in outputs:
        if not output['printed'] or not output['text']:
            continue
        own = {(row['line'], row['column']): row for row in rows if row['cell'] == output['cell']}
        said += [f'cell {output["cell"]}: {each}' if output['cell'] else each for each in wrong(output['printed'], output['text'], own)]
        before = output['printed'].splitlines()
        after = cut(output['printed'], output['text'], own, 'rounded' if notebook else 'ellipsis').splitlines()
        start = at if notebook else output['line'] - 1
        for old, new in zip(before, after):
            written = json.dumps(old)[1:-1] if notebook else old
            place = next((each for each in range(start, len(lines)) if written in lines[each]), None) if written else None
            if place is None:
                continue
            start = place + 1
            if old != new:
                mended[place] = lines[place].replace(written, json.dumps(new)[1:-1] if notebook else new, 1)
                if not notebook:
                    _ask_for_ellipsis(mended, output['line'] - 1)
        at = start if notebook else at
    diff = difflib.unified_diff(lines, mended, f'a/{name}', f'b/{name}')
    return ''.join(line if line.endswith('\n') else line + '\n\\ No newline at end of file\n' for line in diff), said


SPECIFICATION = re.compile(r'(?P<before>[:%][-+ #0<>=^,]*\d*\.)(?P<digits>\d+)(?P<kind>[feg])(?=[}"\' ,)\\%]|$)', re.M)


def specified(lines, rows):
    """A script's lines, with no more digits in a format specification than all machines print alike.

    Only a line with one specification that all its numbers were written by is changed.
    """
    mended, made = list(lines), {}
    for row in rows:
        made.setdefault(row['made'], []).append(row)
    for place, written in made.items():
        at = re.fullmatch(r'line (\d+)', place)
        found = SPECIFICATION.findall(lines[int(at.group(1)) - 1]) if at else []
        proved = all(row['proof'] in ('bound', 'every evaluation') for row in written)
        if len(found) != 1 or not proved or all(row['guaranteed'] for row in written):
            continue
        _, digits, kind = found[0]
        if any(row['printed'] != f'{float(row["printed"]):.{digits}{kind}}' for row in written):
            continue
        fewer = next(
            (
                d
                for d in range(int(digits) - 1, -1, -1)
                if all(f'{row["low"]:.{d}{kind}}' == f'{row["high"]:.{d}{kind}}' for row in written)
            ),
            None,
        )
        if fewer is not None:
            line = int(at.group(1)) - 1
            mended[line] = SPECIFICATION.sub(lambda match, fewer=fewer: f'{match["before"]}{fewer}{match["kind"]}', lines[line])
    return mended


def wrong(shown, printed, rows):
    """Sentences about what a file shows and the program does not print."""
    ours, theirs = tokens_of(printed, NUMBER), tokens_of(shown, NUMBER)
    if len(ours) != len(theirs) or _masked(printed, ours) != _masked(shown, theirs):
        return ['the output shown is another text than the program prints; it is left as it is']
    said = []
    for (start, stop), (first, last) in zip(ours, theirs):
        token, number = shown[first:last], printed[start:stop]
        row = rows.get((printed.count('\n', 0, start) + 1, start - printed.rfind('\n', 0, start)))
        if row is not None and not possible(token, number, row):
            said.append(f'{token} is shown where the program prints {number}')
    return said


def possible(token, printed, row):
    """Whether a number shown is one that some machine prints here, rounded to as many digits as it has."""
    if token == printed or row['low'] is None:
        return True
    try:
        shown = Decimal(token)
        half = Decimal(1).scaleb(shown.as_tuple().exponent) / 2
        return Decimal(row['low']) - half <= shown <= Decimal(row['high']) + half
    except (InvalidOperation, TypeError):
        return False


def _ask_for_ellipsis(lines, first):
    """The directive on an example's last line of source."""
    last = first
    while last + 1 < len(lines) and lines[last + 1].lstrip().startswith('...') and lines[last + 1].lstrip()[3:4] in (' ', '\n', ''):
        last += 1
    line = lines[last].rstrip('\n')
    if 'ELLIPSIS' in line:
        return
    asked = line + ', +ELLIPSIS' if '# doctest:' in line else line + '  # doctest: +ELLIPSIS'
    lines[last] = asked + lines[last][len(line) :]


def cut(shown, printed, rows, how):
    """The output that a file shows, with no more digits than are guaranteed.

    Parameters
    ----------
    shown, printed : str
        What the file shows, and what the program printed here.
    rows : dict
        Of the numbers printed, by line and column.
    how : str
        ``'rounded'`` or ``'ellipsis'``.

    Returns
    -------
    str
        ``shown`` itself where it is not the same text but for its digits.
    """
    ours, theirs = tokens_of(printed, NUMBER), tokens_of(shown, NUMBER)
    if len(ours) != len(theirs) or _masked(printed, ours) != _masked(shown, theirs):
        return shown
    parts, at = [], 0
    for (start, _), (first, last) in zip(ours, theirs):
        line = printed.count('\n', 0, start) + 1
        row = rows.get((line, start - printed.rfind('\n', 0, start)))
        token = shown[first:last]
        parts += [shown[at:first], token if row is None else _shortened(token, row, how)]
        at = last
    return ''.join([*parts, shown[at:]])


def _masked(text, spans):
    parts, at = [], 0
    for start, stop in spans:
        parts += [text[at:start], '#']
        at = stop
    return re.sub(r'\s+', ' ', ''.join([*parts, text[at:]])).strip()


def _shortened(token, row, how):
    if row['guaranteed'] or row['proof'] in ('none', 'sampled') or row['low'] is None:
        return token
    if not possible(token, row['printed'], row):
        token = row['printed']
    if how == 'ellipsis':
        at = min(row['open_at'] or 0, len(row['printed']))
        return row['printed'][:at] + '...' if at and token.startswith(row['printed'][:at]) else token
    if significant(token) <= row['guaranteed_digits'] or not row['guaranteed_digits']:
        return token
    digits = Context(prec=row['guaranteed_digits']).create_decimal(Decimal(row['low']))
    if 'e' in token:
        mantissa, _, exponent = f'{digits:e}'.partition('e')
        return f'{mantissa}e{int(exponent):+03d}'
    return f'{digits:f}'
