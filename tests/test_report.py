"""The report: every number on its page comes from a snapshot or a run, and a real browser shows it."""

import re
import shutil

import pytest

from reference import BOOK
from reference.__main__ import main
from reference.benchmarks import ratios
from streetlight.book import Book
from streetlight.certify.accumulation import EmulatedArithmetic
from streetlight.commands import report
from streetlight.judge.pinned import pinned
from streetlight.report import gather
from streetlight.report.build import FOLDER, page

KNOWN = pinned(BOOK)

try:
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:  # the browser's tests are skipped
    WebDriverWait = None

CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')


@pytest.fixture(scope='module')
def html():
    return page(BOOK)


def test_the_page_needs_no_network_and_is_small(html):
    assert len(html.encode()) < 3_000_000
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', html) == []
    assert not re.search(r'url\((?!#)|@import|fetch\(|XMLHttpRequest', html)


def test_the_page_shows_every_listing_and_environment(html):
    assert all(f'id="{listing.id}"' in html for listing in BOOK.listings)
    assert html.count('<tr><td class="n">') >= len(KNOWN.atlas['environments'])
    assert '1 * 10 * 2 = 100' in html and '1 * 10 * 2 = 20' in html


CHANGES = [
    ('all-together/numbers.jsonl', '0.358384076763175361762', '0.358384076763175361799', '0.358384076763175361799'),
    ('all-together/numbers.jsonl', '"guaranteed_digits": 15', '"guaranteed_digits": 99', '99 digits are guaranteed'),
    ('all-together/classes.jsonl', '"arch-i386-blas-atlas", ', '', 'in 3 environments: class extended'),
    ('sweep.json', '0.502078', '0.702078', '70.2 %'), ('network-predicts/numbers.jsonl', '0.8774844', '0.1774844', '0.1775'),
    ('benchmarks.json', '"cores": 2', '"cores": 77', '77 cores')]


@pytest.fixture(scope='module')
def changed(tmp_path_factory):
    """The page of a book whose snapshots have all these changes; without its slips, which take longest."""
    folder = tmp_path_factory.mktemp('changed')
    shutil.copytree(BOOK.folder, folder / 'reference', ignore=shutil.ignore_patterns('slips.toml'))
    snapshots = shutil.copytree(KNOWN.folder, folder / 'snapshots' / 'streetlights')
    for file, old, new, _ in CHANGES:
        text = (snapshots / file).read_text('utf-8')
        assert old in text
        (snapshots / file).write_text(text.replace(old, new), 'utf-8')
    return page(Book(folder / 'reference'), run=False)


@pytest.mark.parametrize('shown', [shown for *_, shown in CHANGES])
def test_a_changed_snapshot_changes_the_page(shown, html, changed):
    assert shown in changed and shown not in html


def test_another_machine_changes_the_page(monkeypatch, html):
    def right_to_left(shape, k):
        return ['(' * (k - 1) + f'p{k - 1}' + ''.join(f'+p{i})' for i in reversed(range(k - 1)))]
    emulated = EmulatedArithmetic(right_to_left)
    monkeypatch.setattr(gather, 'NumPyArithmetic', lambda: emulated)
    section = re.compile('id="here".*?<h2', re.S)
    there, here = (section.search(each)[0] for each in (page(BOOK), html))
    assert there != here and 'linear-collapse: new' in there and 'linear-collapse: new' not in here


def test_no_number_of_the_page_stands_in_its_template():
    text = (FOLDER / 'page.html').read_text('utf-8').partition('<body>')[2]
    for code in (r'\{\{.*?\}\}', r'\{%.*?%\}', r'<sub>\d</sub>', r'<[^>]*>', r'[a-zA-Z_]\w*'):
        text = re.sub(code, ' ', text, flags=re.S)
    names = {'1.13', '1.14', '2.0', '7', '1', '0.01', '0.634231159844'}  # eras, the chapter, the seed, a limit, what to paste
    assert set(re.findall(r'\d[\d.]*\d|\d', text)) <= names


def test_benchmarks_are_ratios_of_one_run():
    rows = [{'group': 'g', 'name': 'test_slow', 'median': 6.0, 'count': 2, 'equal': True},
            {'group': 'g', 'name': 'test_fast', 'median': 1.0, 'count': 4, 'equal': None}]
    fast, slow = ratios(rows)['g']
    assert fast == ('fast', 0.25, 1.0, 12.0, None)
    assert slow == ('slow', 3.0, 12.0, 1.0, True)


@pytest.mark.parametrize('text, told', [('{', 'is not JSON'), ('{}', 'is no file of benchmarks'), (None, 'No such file')])
def test_a_bad_file_of_benchmarks_is_told_in_one_line(text, told, tmp_path, capsys):
    path = tmp_path / 'bench.json'
    if text is not None:
        path.write_text(text)
    assert main(['report', '-o', str(tmp_path / 'page'), '--pinned-only', '--benchmarks', str(path)]) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.splitlines()) == 1
    assert not (tmp_path / 'page' / 'index.html').exists()


def test_the_command_writes_the_page_or_says_why_not(tmp_path, capsys):
    assert main(['report', '-o', str(tmp_path / 'made'), '--pinned-only']) == 0
    assert 'the one that built this page' not in (tmp_path / 'made' / 'index.html').read_text('utf-8')
    (tmp_path / 'file').write_text('')
    assert main(['report', '-o', str(tmp_path / 'file')]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_snapshot_that_is_not_there_is_named(monkeypatch, tmp_path, capsys):
    def page(book, **options):
        raise FileNotFoundError(2, 'No such file or directory', 'snapshots/prints/elementwise.txt')
    monkeypatch.setattr(report, 'page', page)
    assert main(['report', '-o', str(tmp_path / 'page')]) == 2
    assert "cannot read 'snapshots/prints/elementwise.txt'" in capsys.readouterr().err
    assert not (tmp_path / 'page').exists()


@pytest.fixture(scope='module')
def browser(html, tmp_path_factory):
    webdriver = pytest.importorskip('selenium.webdriver', reason='selenium is not installed; `tox -e browser` installs it')
    if not CHROMIUM or not shutil.which('chromedriver'):
        pytest.skip('no chromium with its driver on this machine')
    path = tmp_path_factory.mktemp('report') / 'index.html'
    path.write_text(html, 'utf-8')
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu'):
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which('chromedriver')))
    driver.get(path.as_uri())
    yield driver
    driver.quit()


def test_the_browser_opens_the_page_without_errors(browser):
    assert [entry for entry in browser.get_log('browser') if entry['level'] == 'SEVERE'] == []


def test_every_number_of_the_first_listing_has_its_colour_and_text(browser):
    spans = browser.execute_script("return [...document.querySelectorAll('details .digits')]"
                                   '.map(each => [getComputedStyle(each).color, each.dataset.tip])')
    assert len(spans) > 1000
    assert all(colour.startswith('rgb') and 'digits are guaranteed' in tip for colour, tip in spans)


@pytest.mark.parametrize('which', [0, -1])
def test_what_a_number_tells_is_seen_whole_by_one_who_has_only_a_keyboard(which, browser):
    browser.execute_script("document.getElementById('all-together').open = true")
    number = browser.find_elements('css selector', '#all-together .digits')[which]
    browser.execute_script("arguments[0].scrollIntoView({block: 'end'}); arguments[0].focus()", number)
    tip = browser.find_element('id', 'tip')
    WebDriverWait(browser, 10).until(lambda browser: tip.text == number.get_attribute('data-tip'))
    room = browser.execute_script('const own = arguments[0].getBoundingClientRect();'
                                  'return [own.left, own.top, innerWidth - own.right, innerHeight - own.bottom]', tip)
    assert min(room) >= 0
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not tip.is_displayed()


def test_the_atlas_can_be_filtered(browser):
    field = browser.find_element('id', 'filter')
    field.send_keys('python27 kernel-zen')
    assert browser.find_element('id', 'shown').text == f'1 of {len(KNOWN.atlas["environments"])}'
    field.clear()


@pytest.mark.parametrize('pasted, sentence', [
    (KNOWN.printed('all-together', 'left-to-right-e85c65', '1.13'), 'all-together (section 6.26): digit for digit what every one of'),
    (KNOWN.printed('whole-dataset', 'halves-74b7a1', '1.14'), 'whole-dataset (section 6.6): digit for digit class halves-74b7a1, as 4'),
    ('Error:0.6342311598444466\nError:0.3583840767631752', 'last digits that depend on the machine, and that is normal'),
    ('Error:0.634231159844\nError:0.358484076763', 'no machine prints 0.358484076763 at iteration=19 layer_2_error'),
    ('hello', 'There is no number'), ('77.125 88.5', 'none of the listings')])
def test_a_reader_checks_an_output(pasted, sentence, browser):
    field = browser.find_element('id', 'pasted')
    browser.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", field, pasted)
    WebDriverWait(browser, 10).until(lambda browser: sentence in browser.find_element('id', 'verdict').text)


def test_every_number_of_a_pasted_output_has_its_colour_and_text(browser):
    text = KNOWN.printed('all-together', 'fused-f46f2e', '1.14').replace('0.0830', '0.0831') + '7.5\n'
    field = browser.find_element('id', 'pasted')
    browser.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", field, text)
    WebDriverWait(browser, 10).until(lambda browser: browser.find_element('id', 'echo').text == text.strip())
    found = browser.execute_script("return [...document.querySelectorAll('#echo .digits')].map(each => [each.className, each.dataset.tip, "
                                   'getComputedStyle(each).color])')
    assert [each[0].split()[1] for each in found] == ['environment'] * 2 + ['wrong'] + ['environment'] * 3 + ['unmatched']
    assert 'class fused-f46f2e, left-to-right-e85c65 prints it' in found[0][1] and 'no machine prints this' in found[2][1]
    assert len({colour for _, _, colour in found}) == 3
