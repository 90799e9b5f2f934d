"""The page's check of a reader's own output says what the gate says: the same table, the same cases."""

import json
import random
from decimal import Decimal

import numpy as np
import pytest
from manuscripts import right_case, wrong_case

from reference import BOOK
from streetlight.errata.by_class import classes
from streetlight.errata.known import certified, script
from streetlight.errata.prints import MARKS, spelled
from streetlight.errata.readers import parse
from streetlight.errata.verdicts import verdict_of
from streetlight.judge.pinned import pinned
from streetlight.record.eras import printed_text
from streetlight.record.trace import trace_of
from streetlight.report.build import CHECK
from streetlight.report.build import script as page_script
from streetlight.report.check import classes_of, material
from streetlight.report.slips import changed, slips

KNOWN = pinned(BOOK)

IDS = [listing.id for listing in BOOK.listings]
CLASSES = [each['classes']['all-together'] for each in KNOWN.atlas['environments'].values()]
IN_BOOK = KNOWN.printed('all-together', 'left-to-right-61ee5c', '1.13')


def texts_near(draw, known):
    """A text that is, or nearly is, a print of a number: some digits of some value, at times off by one or more, or spelled otherwise."""
    value = Decimal(draw.choice([known.value, certified(known).low, *classes(known).values()]))
    decimals = draw.randint(0, 17)
    off = Decimal(draw.choice((0, 0, 0, 1, -1, 2, 5))).scaleb(-(decimals if draw.random() < 0.7 else draw.randint(1, 17)))
    number = (value + off).quantize(Decimal(1).scaleb(-decimals), rounding=draw.choice(('ROUND_HALF_EVEN', 'ROUND_DOWN', 'ROUND_UP')))
    text = f'{number:f}'
    if draw.random() < 0.1:
        text = '-' + text.lstrip('-')
    if decimals == 0 and draw.random() < 0.3:
        text += '.'
    if draw.random() < 0.1 and number:
        text = f'{number:.{draw.randint(1, 16)}e}'
    return text


# The page, by a JavaScript engine.


@pytest.fixture(scope='module')
def engine():
    racer = pytest.importorskip('py_mini_racer', reason='there is no mini-racer here; `tox -e browser` asks a browser').MiniRacer()
    racer.eval(page_script(*CHECK))
    racer.eval(f'const data = prepared({json.dumps(material(BOOK, {each.id: classes_of(each, KNOWN.atlas) for each in BOOK.listings}))})')
    return racer


def asked(engine, expression, *values):
    return json.loads(engine.eval(f'JSON.stringify(({expression})({", ".join(map(json.dumps, values))}))'))


def check(engine, pasted, listing=''):
    return asked(engine, '(pasted, listing) => check(pasted, data, listing)', pasted, listing)


def told(engine, pasted):
    return '\n'.join(check(engine, pasted)['sentences'])


def output_of(case):
    return [block for block in parse(case.text.encode(), case.suffix, 'case').blocks if block.kind == 'output']


def lines_of(case):
    """What the manuscript of a case prints, without the manuscript."""
    return '\n'.join(line.text for block in output_of(case) for line in block.lines)


@pytest.mark.one_in(15)
@pytest.mark.parametrize('listing', IDS)
def test_the_page_says_of_every_print_what_the_gate_says(listing, engine):
    draw, known = random.Random(listing), script(BOOK, listing)
    indices = draw.sample(range(len(known)), min(len(known), 12))
    texts = [(index, texts_near(draw, known[index])) for index in indices for _ in range(60)]
    found = asked(
        engine,
        """(id, texts) => texts.map(([index, text]) =>
        [spelled(text), lookup(data.listings.find(each => each.id === id).numbers[index], text)])""",
        listing,
        texts,
    )
    for (index, text), (as_spelled, mark) in zip(texts, found, strict=True):
        verdict = verdict_of(text, known[index])
        said = MARKS.get(verdict.verdict, '') + ','.join(verdict.letters)
        assert as_spelled == spelled(text) and mark in (said, said.capitalize(), None), (known[index].address, text)
    assert sum(mark is not None for _, mark in found) > 300


@pytest.mark.parametrize('first', range(4))
def test_the_page_calls_nothing_wrong_in_a_right_text(first, engine, pytestconfig, every_case):
    for seed in range(first, 800 if pytestconfig.option.thorough else 80 if every_case else 24, 4):
        case = right_case(seed)
        figures = check(engine, lines_of(case), case.listing)['figures']
        wrong = [figure['text'] for figure in figures if figure['verdict'] in ('wrong', 'unmatched')]
        assert wrong == [], f'right_case({seed})'


def test_the_page_finds_a_wrong_figure_in_its_place(engine, pytestconfig, every_case):
    found = []
    for seed in range(1200 if pytestconfig.option.thorough else 80 if every_case else 40):
        case = wrong_case(seed)
        if case.fault == 'swap' or ' = ' in case.text.split('\n')[case.wrong[0] - 1]:  # an equation, which it leaves to the gate
            continue
        pasted = lines_of(case)
        spoiled = [line.number for block in output_of(case) for line in block.lines].index(case.wrong[0])
        first = sum(len(line) + 1 for line in pasted.split('\n')[:spoiled])
        end = first + len(pasted.split('\n')[spoiled])
        figures = check(engine, pasted, case.listing)['figures']
        wrong = [each['start'] for each in figures if each['verdict'] in ('wrong', 'unmatched')]
        found.append(any(first <= start < end for start in wrong))
    assert sum(found) >= 0.95 * len(found)  # a wrong figure may be that of a later line, and all between left out


def texts(listing, era='1.14'):
    return KNOWN.printed(listing, next(iter(KNOWN.atlas['classes'][listing])), era)


# What it says.


def printed(listing, era='1.14', source=None, **options):
    with np.errstate(all='ignore'):
        return printed_text(trace_of(BOOK.listing(listing), None, source, **options), era)


@pytest.mark.one_in(3)
@pytest.mark.parametrize('era', ['1.13', '1.14'])
@pytest.mark.parametrize('index', range(len(slips(BOOK))), ids=lambda index: f'{slips(BOOK)[index].listing.id}-{index}')
def test_a_usual_slip_is_recognised_by_what_its_program_prints_here(index, era, engine):
    slip = slips(BOOK)[index]
    said = told(engine, printed(slip.listing.id, era, slip.source))
    if 'inside the dot' in slip.says and era == '1.13':  # twelve digits do not show it
        assert 'digit for digit' in said
    else:
        assert f'Your program prints what {slip.listing.id} prints when {slip.says}' in said


def test_neither_a_slip_nor_a_seed_is_told_of_a_misprint(engine):
    cases = [wrong_case(seed) for seed in range(40)]
    pasted = [lines_of(case) for case in cases if case.fault != 'swap'] + ['Error:0.634231159845\nError:0.358384076764']
    for text in pasted:
        said = told(engine, text)
        assert 'Your program prints' not in said and 'your program calls' not in said, text


@pytest.mark.parametrize('seed', [0, 2, 42, 123, 999])
def test_another_seed_is_recognised_by_its_errors_and_by_its_first_weight(seed, engine):
    assert f'the errors of seed {seed}, not of seed 1' in told(engine, printed('all-together', seed=seed))
    assert f'the errors of seed {seed}, not of seed 1' in told(engine, printed('all-together', '1.13', seed=seed).splitlines()[0])
    assert f'the weights of seed {seed}, not of seed 1' in told(engine, printed('one-iteration', seed=seed))


@pytest.mark.parametrize(
    'listing, row, change',
    [
        ('whole-dataset', 'iteration=5 row=0 prediction', ['weights - (alpha *', 'weights - ((0.1 if iteration < 5 else 0.3) *']),
        ('all-together', 'iteration=39 layer_2_error', ['weights_1_2 -=', 'alpha = 0.2 if iteration < 35 else 0.1; weights_1_2 -=']),
    ],
)
def test_a_program_that_departs_is_told_where(listing, row, change, engine):
    said = told(engine, printed(listing, source=changed(BOOK.listing(listing), [change])))
    assert 'your program departs from the listing at' in said
    assert 'digit for digit' not in said
    assert row.split()[0] in said.partition('departs from the listing at ')[2].split(':')[0]


@pytest.mark.parametrize(
    'pasted, sentence',
    [
        (IN_BOOK, f'(section 6.26): digit for digit what every one of the {len(CLASSES)} environments prints, as NumPy up to 1.13 prints.'),
        (
            'Error:0.6342311598444467\nError:0.3583840767631751',
            f'class fused-8ee863, as {CLASSES.count("fused-8ee863")} environments of the atlas print it',
        ),
        ('Error: 0.6342\nError: 0.3584\nError: 0.0830', 'all 3 numbers are right.'),
        (IN_BOOK.replace('0.358384', '0.358385'), 'no machine prints 0.358385076763 at iteration=19 layer_2_error'),
        (IN_BOOK.replace('0.358384076763', '0.358384076762'), 'at iteration=19 layer_2_error; the listing prints 0.3583840767631'),
        (IN_BOOK, 'Your program is right. '),
        (IN_BOOK.replace('.', ','), 'Commas between digits are read as decimal points.\nYour program is right. '),
        (
            'Error:0.6342\nTraceback (most recent call last):\n  File "a.py", line 17\nValueError: shapes (1,4) and (3,4)',
            'ended by an error, ValueError: shapes (1,4) and (3,4); what it printed before is looked at.\nYour program is right, as far as',
        ),
        ('Error:2.7\n' * 6, 'A guess: alpha is 0'),
        ('Error:0.63423115\nError:0.35838425\nError:0.08301832\nError:0.00646706', 'A guess: the arrays are of dtype float32'),
        ('hello', 'There is no number in it.'),
        ('77.125 88.5', 'none of the listings'),
        ('nan inf 1e999 -', 'none of the listings'),
    ],
)
def test_what_is_told_of_an_output(pasted, sentence, engine):
    assert sentence in told(engine, pasted)


def test_digits_that_are_guaranteed_are_told_from_those_that_are_not(engine):
    fused = list(KNOWN.atlas['classes']['all-together'])[1]
    text = KNOWN.printed('all-together', fused, '1.14')
    found = check(engine, text)
    for figure, record in zip(found['figures'], KNOWN.records('all-together'), strict=True):
        sure, certain = figure['text'][: figure['sure']], record.printed['1.14'][: record.open['1.14'][0]]
        assert certain.startswith(sure) and len(sure.replace('.', '').lstrip('0')) >= 12
    assert [line.partition(':')[0] for line in found['environments'].splitlines()] == [f'class {fused}']


def test_causes_that_fit_as_well_are_all_told(engine):
    engine.eval('const twice = {...data, slips: [data.slips[0], {...data.slips[0], says: "it is another"}]}')
    slip = slips(BOOK)[0]
    text = printed(slip.listing.id, '1.14', slip.source)
    said = asked(engine, 'pasted => check(pasted, twice)', text)['sentences']
    assert sum('program prints what' in each for each in said) == 2 and 'Or, as likely: your program' in said[-1] + said[-2]


def test_of_nothing_nothing_is_told(engine):
    assert check(engine, ' \n') == {'figures': [], 'sentences': [], 'environments': ''}


def test_a_paste_that_is_too_long_is_read_as_far_as_it_goes(engine):
    assert 'Only the first 1000 numbers' in told(engine, '0.5 1.25\n' * 4000)
