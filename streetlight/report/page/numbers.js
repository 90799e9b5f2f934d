'use strict';
// The numbers of a pasted text, and the gate's table of what may be printed in each number's place.
// `data` holds the patterns of a number, the tables of all listings, the slips' outputs and the errors of other seeds.

function plain(text) {
  return text.replace(/[−–]/g, '-').replace(/^\+/, '');
}

function partsOf(text) { // sign, digits without leading zeros, exponent of the last digit
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(plain(text));
  return {sign, digits: (whole + fraction).replace(/^0+/, ''), quantum: Number(exponent) - fraction.length};
}

function spelled(text) { // as streetlight.errata.prints.spelled
  const {sign, digits, quantum} = partsOf(text);
  if (quantum >= 0) return sign + ((digits + '0'.repeat(digits ? quantum : 0)) || '0') + (text.includes('.') ? '.' : '');
  const padded = digits.padStart(1 - quantum, '0');
  return sign + padded.slice(0, quantum) + '.' + padded.slice(quantum);
}

function numbersIn(text, data) {
  const number = new RegExp(data.patterns.number, 'g'), prompt = new RegExp('^(?:' + data.patterns.prompt + ')');
  const label = new RegExp(data.patterns.label, 'dg'), counter = new RegExp(data.patterns.counter, 'dgi');
  const elision = new RegExp('^(?:' + data.patterns.elision + ')$'), equation = new RegExp(data.patterns.equation);
  const found = [];
  let start = 0, depth = 0, row = 0; // lines are one row while a bracket is open
  text.split('\n').forEach(line => {
    if (depth <= 0) depth = 0, row++;
    const prompted = prompt.exec(line), after = prompted ? prompted[0].length : 0;
    if (!elision.test(line.trim()) && !equation.test(line)) {
      const named = pattern => [...line.matchAll(pattern)].map(match => match.indices[1][0]);
      let labels = line.includes(':') ? named(label) : [];
      if (!labels.length) labels = named(counter);
      for (const match of line.matchAll(number)) {
        if (match.index < after || match[1].length > data.longest || labels.includes(match.index)) continue;
        const {digits, quantum} = partsOf(match[1]);
        found.push({text: match[1], row, start: start + match.index, value: Number(plain(match[1])),
          quantum: Math.max(Math.min(quantum, 300), -300), digits: digits.replace(/0+$/, '').length});
      }
    }
    depth += line.slice(after).split(/[[(]/).length - line.slice(after).split(/[\])]/).length;
    start += line.length + 1;
  });
  return found;
}

// The tables, as streetlight.errata.prints writes them.

function prepared(data) { // the tables parsed, once
  for (const listing of data.listings) listing.numbers = tableOf(listing.table);
  return data;
}

function tableOf(text) {
  return text.trimEnd().split('\n').map(line => {
    const [address, value, decimals, marks] = line.split('  ');
    const prints = new Map();
    for (const each of marks.split(' ')) { const at = each.search(/[a-zA-Z]/); prints.set(each.slice(0, at), each.slice(at)); }
    return {address: address === '-' ? '' : address, shortest: value, value: Number(value), decimals: Number(decimals), prints};
  });
}

function awayFromZero(text) { // the next number of as many decimals
  const sign = text.startsWith('-') ? '-' : '', behind = text.length - text.indexOf('.') - 1;
  const digits = String(BigInt(text.replace(/[-.]/g, '')) + 1n).padStart(behind + 1, '0');
  return sign + digits.slice(0, digits.length - behind) + '.' + digits.slice(digits.length - behind);
}

// The mark of a text in the place of a number: empty where it is wrong.  Where it has more digits than the table goes to, and they
// begin rightly (with those left off it is a right print, or next to one), the mark of all such, or null where there is none.
function lookup(known, text) {
  text = spelled(text);
  const behind = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0, zeros = each => each.replace(/0+$/, '');
  const mark = known.prints.get(text);
  if (mark !== undefined) return mark.replace('*', '');
  const starred = known.prints.get(known.shortest) || '';
  if (starred.endsWith('*') && behind && zeros(text) === zeros(known.shortest)) return starred.replace('*', '');
  if (behind <= known.decimals) return '';
  const cut = text.slice(0, text.length - behind + known.decimals);
  return lookup(known, cut) || lookup(known, awayFromZero(cut)) ? known.prints.get('') ?? null : '';
}
