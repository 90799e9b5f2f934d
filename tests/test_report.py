"""The report: every number on its page comes from a snapshot or a run, and a real browser shows it."""

import re
import shutil

import pytest

from reference.__main__ import main
from reference.judge.pinned import SNAPSHOTS
from reference.listings import LISTINGS
from reference.report.build import page
from reference.rounding.certificates import all_certificates, as_text, read

CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')


@pytest.fixture(scope='module')
def html():
    return page()


def test_the_page_needs_no_network_and_is_small(html):
    assert len(html.encode()) < 3_000_000
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', html) == []
    assert not re.search(r'url\((?!#)|@import|fetch\(|XMLHttpRequest', html)


def test_the_page_shows_every_listing_and_environment(html):
    assert all(f'id="{listing.id}"' in html for listing in LISTINGS)
    assert html.count('<tr><td class="n">') >= 171
    assert '1 * 10 * 2 = 100' in html and '1 * 10 * 2 = 20' in html


@pytest.mark.parametrize('file, old, new', [
    ('all-together/A/1.13.txt', '0.358384076763', '0.358384076769'),
    ('certificates/all-together.txt', '0.358384076763175361762', '0.358384076763175361799'),
    ('atlas.json', '"arch-i386-blas-atlas"', '"arch-i386-blas-other"'), ('sweep.json', '0.502078', '0.702078'),
    ('network-predicts/A/values.txt', '0.8774844', '0.1774844')])
def test_a_changed_snapshot_changes_the_page(file, old, new, tmp_path, html):
    copy = shutil.copytree(SNAPSHOTS, tmp_path / 'snapshots')
    text = (copy / file).read_text('utf-8')
    assert old in text
    (copy / file).write_text(text.replace(old, new), 'utf-8')
    assert page(copy) != html


def test_a_pinned_certificate_is_read_back():
    for listing, (rows, reason) in all_certificates(['overfitting', 'one-iteration']).items():
        text = as_text(rows, reason)
        assert text == (SNAPSHOTS / 'certificates' / f'{listing}.txt').read_text('utf-8')
        pinned = read(text)
        assert [(row.address, row.era, row.printed, row.guaranteed_digits) for row in rows] == [
            (row.address, row.era, row.printed, row.digits) for row in pinned]
        assert [row.first_open for row in rows] == [row.first_open for row in pinned]


def test_the_command_writes_the_page_or_says_why_not(tmp_path, capsys):
    assert main(['report', '-o', str(tmp_path / 'made'), '--pinned-only']) == 0
    assert 'The machine that built this page' not in (tmp_path / 'made' / 'index.html').read_text('utf-8')
    (tmp_path / 'file').write_text('')
    assert main(['report', '-o', str(tmp_path / 'file')]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


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


def test_the_atlas_can_be_filtered(browser):
    field = browser.find_element('id', 'filter')
    field.send_keys('python27 kernel-zen')
    assert browser.find_element('id', 'shown').text == '1 of 171'
    field.clear()


@pytest.mark.parametrize('pasted, told', [
    ((SNAPSHOTS / 'all-together' / 'A' / '1.13.txt').read_text(), 'all-together: digit for digit class A'),
    ((SNAPSHOTS / 'whole-dataset' / 'C' / '1.14.txt').read_text(), 'whole-dataset: digit for digit class C, as 4 environments'),
    ('Error:0.6342311598444466\nError:0.3583840767631751', 'these last digits differ, and that is normal'),
    ('Error:0.634231159844\nError:0.4', 'departs from the listing at number 2: 0.4, where it prints 0.35838'),
    ('hello', '—'), ('77.125 88.5', 'none of the listings')])
def test_a_reader_checks_an_output(pasted, told, browser):
    field = browser.find_element('id', 'pasted')
    browser.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", field, pasted)
    assert told in browser.find_element('id', 'verdict').text
