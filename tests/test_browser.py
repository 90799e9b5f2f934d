"""The pages in a real browser: pointed at, by keyboard, on a phone, on paper, read aloud, and by their own policy."""

import base64
import re
import shutil
from pathlib import Path

import pytest

from reference import BOOK
from streetlight.__main__ import main
from streetlight.judge.pinned import pinned
from streetlight.report.build import page

webdriver = pytest.importorskip('selenium.webdriver', reason='selenium is not installed; `tox -e browser` installs it')
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

KNOWN = pinned(BOOK)
CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
pytestmark = pytest.mark.skipif(not CHROMIUM or not shutil.which('chromedriver'), reason='no chromium with its driver on this machine')
PROGRAM = """import numpy as np
x = np.array([0.1, 0.2, 0.3])
for i in range(2):
    x = x - 0.1 * x.dot(np.ones(3))
    print("Error:", x.dot(x))
print("<b>", np.random.rand(), 1 / 3)
"""


@pytest.fixture(scope='module')
def driver():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--window-size=1100,1000'):
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which('chromedriver')))
    yield driver
    driver.quit()


@pytest.fixture(scope='module')
def pages(tmp_path_factory):
    """The addresses of a book's page and of a program's, with where two kernels part."""
    folder = tmp_path_factory.mktemp('pages')
    (folder / 'book.html').write_text(page(BOOK), 'utf-8')
    (folder / 'program.py').write_text(PROGRAM)
    for name in ('a', 'b'):
        assert main(['record', str(folder / 'program.py'), '-o', str(folder / f'{name}.json')]) == 0
    traces = [word for name in ('a', 'b') for word in ('--trace', str(folder / f'{name}.json'))]
    assert main(['report', str(folder / 'program.py'), '-o', str(folder), '--unprotected', *traces]) == 0
    return {'book': (folder / 'book.html').as_uri(), 'program': (folder / 'index.html').as_uri()}


@pytest.fixture
def browser(driver, pages):
    driver.get(pages['book'])
    return driver


@pytest.fixture(params=['book', 'program'])
def each(request, driver, pages):
    """The browser on each of the pages, with every fold open."""
    driver.get(pages[request.param])
    driver.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    yield driver
    driver.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})
    driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {})
    driver.execute_cdp_cmd('Page.setBypassCSP', {'enabled': False})


def test_the_browser_opens_the_page_without_errors(each):
    assert [entry for entry in each.get_log('browser') if entry['level'] == 'SEVERE'] == []


def test_the_page_runs_no_script_but_its_own_and_asks_for_nothing(each):
    """By its policy: a script that is put in, an event's attribute, and a picture from elsewhere are refused."""
    each.execute_script("""
        window.ran = []; window.refused = [];
        addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));
        const script = document.createElement('script'); script.textContent = "ran.push('script')"; document.body.append(script);
        const button = document.createElement('button'); button.setAttribute('onclick', "ran.push('click')");
        document.body.append(button); button.click();
        const picture = document.createElement('img'); picture.src = 'http://127.0.0.1:9/x.png'; document.body.append(picture);
        fetch('http://127.0.0.1:9/').catch(() => {});""")
    WebDriverWait(each, 10).until(lambda each: len(each.execute_script('return refused')) == 4)
    assert each.execute_script('return ran') == []
    assert set(each.execute_script('return refused')) == {'script-src-elem', 'script-src-attr', 'img-src', 'connect-src'}
    each.get_log('browser')


def test_nothing_is_wider_than_a_phone(each):
    each.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {'width': 390, 'height': 800, 'deviceScaleFactor': 2, 'mobile': True})
    assert each.execute_script('return document.documentElement.scrollWidth') <= 390


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_axe_finds_no_fault_of_contrast_names_or_structure(scheme, each):
    axe = pytest.importorskip('axe_core_python', reason='axe is not installed; `tox -e browser` installs it')
    each.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
    each.execute_cdp_cmd('Page.setBypassCSP', {'enabled': True})
    each.refresh()
    each.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    each.execute_script(Path(axe.__file__).with_name('axe.min.js').read_text('utf-8'))
    each.set_script_timeout(120)
    found = each.execute_async_script("axe.run(document, {resultTypes: ['violations']}).then(arguments[0])")
    assert [(fault['id'], fault['nodes'][0]['html'][:200]) for fault in found['violations']] == []


def test_on_paper_all_is_there(each):
    """As PDF: the folds are open, and no control is printed."""
    paper = base64.b64decode(each.execute_cdp_cmd('Page.printToPDF', {'printBackground': False})['data'])
    assert paper.startswith(b'%PDF') and len(re.findall(rb'/Type\s*/Page\b', paper)) >= 1
    each.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': 'print'})
    assert each.execute_script("return getComputedStyle(document.getElementById('tip')).display") == 'none'
    assert each.execute_script(
        "return [...document.querySelectorAll('.wide')].map(each => getComputedStyle(each).overflow).every(each => each === 'visible')"
    )


def test_a_programs_page_tells_a_reader_who_does_not_see_it(driver, pages):
    """Names and roles as the browser hands them to a screen reader."""
    driver.get(pages['program'])
    nodes = driver.execute_cdp_cmd('Accessibility.getFullAXTree', {})['nodes']
    named = [(node['role']['value'], node.get('name', {}).get('value', '')) for node in nodes if 'role' in node]
    assert any(role == 'note' and ', which may differ' in name for role, name in named)
    assert next(name for role, name in named if role == 'heading').startswith('program.py: 4 numbers are printed')
    assert any(role == 'region' and 'other machines may print other digits' in name for role, name in named)


def test_a_programs_page_shows_its_output_as_it_is(driver, pages):
    driver.get(pages['program'])
    text = driver.execute_script("return document.querySelector('pre').textContent")
    assert text.startswith('Error: 0.') and '\n<b> 0.' in text and text.endswith(' 0.3333333333333333\n')
    kinds = driver.execute_script("return [...document.querySelectorAll('pre .digits')].map(each => each.classList[1])")
    assert kinds[2:] == ['none', 'fixed'] and set(kinds[:2]) <= {'open', 'sure'}
    first = driver.find_element('css selector', '#undecided + div a')
    assert driver.find_element('id', first.get_attribute('href').partition('#')[2]).get_attribute('class').startswith('digits')
    assert driver.find_element('id', 'parting')


def test_every_number_of_the_first_listing_has_its_colour_and_text(browser):
    spans = browser.execute_script(
        "return [...document.querySelectorAll('details .digits')].map(each => [getComputedStyle(each).color, each.dataset.tip])"
    )
    assert len(spans) > 1000
    assert all(colour.startswith('rgb') and 'digits are guaranteed' in tip for colour, tip in spans)


@pytest.mark.parametrize('which', [0, -1])
def test_what_a_number_tells_is_seen_whole_by_one_who_has_only_a_keyboard(which, browser):
    browser.execute_script("document.getElementById('all-together').open = true")
    number = browser.find_elements('css selector', '#all-together .digits')[which]
    browser.execute_script("arguments[0].scrollIntoView({block: 'end'}); arguments[0].focus()", number)
    tip = browser.find_element('id', 'tip')
    WebDriverWait(browser, 10).until(lambda browser: tip.text == number.get_attribute('data-tip'))
    room = browser.execute_script(
        'const own = arguments[0].getBoundingClientRect();return [own.left, own.top, innerWidth - own.right, innerHeight - own.bottom]', tip
    )
    assert min(room) >= 0
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not tip.is_displayed()


def test_the_atlas_can_be_filtered(browser):
    field = browser.find_element('id', 'filter')
    field.send_keys('python27 kernel-zen')
    assert browser.find_element('id', 'shown').text == f'1 of {len(KNOWN.atlas["environments"])}'
    field.clear()


@pytest.mark.parametrize(
    'pasted, sentence',
    [
        (KNOWN.printed('all-together', 'left-to-right-61ee5c', '1.13'), 'all-together (section 6.26): digit for digit what every one of'),
        (KNOWN.printed('whole-dataset', 'halves-d7a03f', '1.14'), 'whole-dataset (section 6.6): digit for digit class halves-d7a03f, as 4'),
        ('Error:0.6342311598444466\nError:0.3583840767631752', 'last digits that depend on the machine, and that is normal'),
        ('Error:0.634231159844\nError:0.358484076763', 'no machine prints 0.358484076763 at iteration=19 layer_2_error'),
        ('hello', 'There is no number'),
        ('77.125 88.5', 'none of the listings'),
    ],
)
def test_a_reader_checks_an_output(pasted, sentence, browser):
    field = browser.find_element('id', 'pasted')
    browser.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", field, pasted)
    WebDriverWait(browser, 10).until(lambda browser: sentence in browser.find_element('id', 'verdict').text)


def test_every_number_of_a_pasted_output_has_its_colour_and_text(browser):
    text = KNOWN.printed('all-together', 'fused-8ee863', '1.14').replace('0.0830', '0.0831') + '7.5\n'
    field = browser.find_element('id', 'pasted')
    browser.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", field, text)
    WebDriverWait(browser, 10).until(lambda browser: browser.find_element('id', 'echo').text == text.strip())
    found = browser.execute_script(
        "return [...document.querySelectorAll('#echo .digits')].map(each => [each.className, each.dataset.tip, "
        'getComputedStyle(each).color])'
    )
    assert [each[0].split()[1] for each in found] == ['environment'] * 2 + ['wrong'] + ['environment'] * 3 + ['unmatched']
    assert 'class fused-8ee863, left-to-right-61ee5c prints it' in found[0][1] and 'no machine prints this' in found[2][1]
    assert len({colour for _, _, colour in found}) == 3
