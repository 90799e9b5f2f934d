// A book's page's own controls: the filter of the atlas, and the check of a pasted output.

const rows = [...document.querySelectorAll('#grid tbody tr')], shown = document.getElementById('shown');

function filter() {
  const words = document.getElementById('filter').value.toLowerCase().split(/\s+/);
  for (const row of rows) row.hidden = !words.every(word => row.cells[0].textContent.toLowerCase().includes(word));
  shown.textContent = rows.filter(row => !row.hidden).length + ' of ' + rows.length;
}

document.getElementById('filter').addEventListener('input', filter);
filter();

let data = null, waiting = null;

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function tipOf(figure) {
  if (!figure.listing) return 'it belongs to no listing';
  const place = `${figure.listing}${figure.address ? ', ' + figure.address : ''}`, classes = figure.classes.join(', ');
  return {
    exact: `${place}: every machine prints this, in an era of NumPy`,
    rounded: `${place}: rounded correctly`,
    environment: `${place}: depends on the machine; ${classes ? 'class ' + classes + ' prints it' : 'no environment of the atlas prints it, but a conforming machine may'}`,
    truncated: `${place}: cut, not rounded; it is ${figure.right}`,
    wrong: `${place}: no machine prints this; it is ${figure.right}`,
    unmatched: `${place}: more digits than can be judged`,
  }[figure.verdict];
}

function show() {
  data = data || prepared(JSON.parse(document.getElementById('data').textContent));
  const pasted = document.getElementById('pasted').value.replace(/\r/g, ''), {figures, sentences, environments} = check(pasted, data, document.getElementById('listing').value);
  document.getElementById('verdict').replaceChildren(...sentences.map(sentence => element('p', sentence)));
  if (environments) {
    const fold = element('details', '', {class: 'names'});
    fold.append(element('summary', 'Whose last digits these are'), element('p', environments));
    document.getElementById('verdict').append(fold);
  }
  const echo = document.getElementById('echo'), pieces = [];
  let at = 0;
  for (const figure of figures) {
    const sure = figure.verdict === 'environment' ? figure.sure : figure.text.length, written = pasted.slice(figure.start, figure.start + figure.text.length);
    const number = element('span', written.slice(0, sure), {class: 'digits ' + figure.verdict, tabindex: 0, role: 'note', 'data-tip': tipOf(figure)});
    if (sure < figure.text.length) number.append(element('span', written.slice(sure), {class: 'open'}));
    pieces.push(pasted.slice(at, figure.start), number);
    at = figure.start + figure.text.length;
  }
  echo.replaceChildren(...pieces, pasted.slice(at));
  echo.hidden = !figures.length;
}

for (const id of ['pasted', 'listing']) document.getElementById(id).addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(show, 150); });
