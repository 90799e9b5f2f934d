"""An atlas is written into the files that `streetlight.judge.pinned` reads."""

import hashlib
import json
from pathlib import Path

from streetlight.certify.record import as_lines, read_records
from streetlight.judge.copied import in_order, with_class
from streetlight.judge.pinned import commonest_first
from streetlight.judge.verdict import COPIED, UNEXPLAINED
from streetlight.record.recorder import write_beside


def write(book, atlas):
    """Write an atlas: only files whose content changes, and each whole or not at all.

    Parameters
    ----------
    book : streetlight.book.Book
    atlas : dict
    """
    folder = Path(book.snapshots)
    environments = atlas['environments']
    files = {
        'environments.jsonl': [
            {'name': name, 'era': each['era'], 'fingerprint': each['fingerprint']} for name, each in sorted(environments.items())
        ]
    }
    accumulations, squares = {}, {}
    for name, each in sorted(environments.items()):
        model = atlas['models'][each['model']]
        for shape, notations in model.accumulations.items():
            accumulations.setdefault((shape, tuple(notations)), []).append(name)
        for x, square in model.squares.items():
            squares.setdefault((x, square), []).append(name)
    files['accumulations.jsonl'] = [
        {'shape': shape, 'accumulation': list(notations), 'environments': names}
        for (shape, notations), names in sorted(accumulations.items())
    ]
    files['squares.jsonl'] = [{'x': x, 'square': square, 'environments': names} for (x, square), names in sorted(squares.items())]
    texts = {}
    for listing in book.listings:
        files[f'{listing.id}/classes.jsonl'] = _class_rows(atlas, listing.id, texts)
    for listing in book.listings:
        path = folder / listing.id / 'numbers.jsonl'
        records = read_records(path.read_text('utf-8'), listing.id) if path.exists() else []
        for name, steps in atlas.get('steps', {}).get(listing.id, {}).items():
            records = with_class(records, name, steps)
        order = [row['class'] for row in sorted(files[f'{listing.id}/classes.jsonl'], key=commonest_first)]
        if records:
            _write(path, as_lines([in_order(record, order) for record in records]))
    for file, rows in files.items():
        _write(folder / file, ''.join(json.dumps(row, sort_keys=False) + '\n' for row in rows))
    for id, text in texts.items():
        _write(folder / 'texts' / f'{id}.txt', text)
    for path in (folder / 'texts').glob('*.txt'):
        if path.stem not in texts:
            path.unlink()


def _class_rows(atlas, listing, texts):
    """The rows of a listing's classes, by name; the texts that they have are entered by their digests."""
    rows = []
    for name, bits in sorted(atlas['classes'].get(listing, {}).items()):
        members = [each for each, entry in sorted(atlas['environments'].items()) if entry['classes'].get(listing) == name]
        ids = {}
        for era, text in atlas['texts'][listing][name].items():
            ids[era] = hashlib.sha256(text.encode()).hexdigest()[:12]
            texts[ids[era]] = text
        row = {'class': name, 'digest': bits, 'code': atlas['codes'][listing], 'texts': ids, 'environments': members}
        for verdict in (UNEXPLAINED, COPIED):
            reasons = {each: atlas['environments'][each].get(verdict, {}).get(listing) for each in members}
            row.update({verdict: {each: reason for each, reason in reasons.items() if reason}} if any(reasons.values()) else {})
        if members:
            rows.append(row)
    return rows


def _write(path, text):
    if not path.exists() or path.read_text('utf-8') != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_beside(str(path), text)
