'use strict';
// What the page says of a reader's own output: the gate's verdicts, looked up in the gate's own table of prints.
// Recognition is that of reference/errata/alignment.py and recognition/, for one block of output: local alignment by bits of evidence.
// `data` holds the patterns of a number, the tables of all listings, the slips' outputs and the errors of other seeds.

const MOST = 12, OTHER = -3, PASSED = -2, PASSED_IN_LINE = -12, SLIP = 6, DIGIT = Math.log2(10), ENOUGH = 10, CHOICE = 6;
const LONGEST_PASTE = 3000; // numbers

// The numbers of a text.

function plain(text) {
  return text.replace(/[−–]/g, '-').replace(/^\+/, '');
}

function partsOf(text) { // sign, digits without leading zeros, exponent of the last digit
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(plain(text));
  return {sign, digits: (whole + fraction).replace(/^0+/, ''), quantum: Number(exponent) - fraction.length};
}

function spelled(text) { // as reference.errata.prints.spelled
  const {sign, digits, quantum} = partsOf(text);
  if (quantum >= 0) return sign + ((digits + '0'.repeat(digits ? quantum : 0)) || '0') + (text.includes('.') ? '.' : '');
  const padded = digits.padStart(1 - quantum, '0');
  return sign + padded.slice(0, quantum) + '.' + padded.slice(quantum);
}

function numbersIn(text, data) {
  const number = new RegExp(data.patterns.number, 'g'), prompt = new RegExp('^(?:' + data.patterns.prompt + ')');
  const elision = new RegExp('^(?:' + data.patterns.elision + ')$'), equation = new RegExp(data.patterns.equation);
  const found = [];
  let start = 0, gap = false;
  text.split('\n').forEach((line, row) => {
    const prompted = prompt.exec(line), after = prompted ? prompted[0].length : 0;
    if (elision.test(line)) gap = true;
    else if (!equation.test(line)) {
      const shape = line.slice(after).replace(number, '#').replace(/\s+/g, '');
      let place = 0;
      for (const match of line.matchAll(number)) {
        if (match.index < after || match[1].length > 400) continue;
        const {digits, quantum} = partsOf(match[1]);
        found.push({text: match[1], row, start: start + match.index, column: shape + ' ' + place++, cut: Boolean(match[2]), gap,
          value: Number(plain(match[1])), quantum: Math.max(Math.min(quantum, 300), -300), digits: digits.replace(/0+$/, '').length});
        gap = false;
      }
    }
    start += line.length + 1;
  });
  return found;
}

// The tables, as reference.errata.prints writes them.

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

function lookup(known, text) { // as reference.errata.prints.lookup
  text = spelled(text);
  const behind = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0, zeros = each => each.replace(/0+$/, '');
  const mark = known.prints.get(text);
  if (mark !== undefined) return mark.replace('*', '');
  const starred = known.prints.get(known.shortest) || '';
  if (starred.endsWith('*') && behind && zeros(text) === zeros(known.shortest)) return starred.replace('*', '');
  if (behind <= known.decimals) return '';
  const cut = text.slice(0, text.length - behind + known.decimals);
  return lookup(known, cut) || lookup(known, awayFromZero(cut)) ? null : '';
}

// Evidence, as reference/errata/alignment.py has it.

function spread(value) {
  return (Math.round(value * 10) / 10 === value ? 1e-14 : 1e-11) * Math.abs(value) + 1e-300;
}

function agrees(number, value) {
  const unit = 10 ** number.quantum, distance = Math.abs(number.value - value);
  const few = (number.quantum >= 0 && number.digits <= 2) || number.value === 0;
  const cut = distance < unit && Math.abs(number.value) <= Math.abs(value) && number.value * value >= 0 && number.digits > 2;
  return Number.isFinite(number.value) && (distance <= (few ? 1e-8 : unit / 2) + spread(value) || cut);
}

function slipped(number, value) { // a wrong digit, a lost sign, a moved decimal point
  if (Math.abs(value) < 100 && Math.round(value * 10) / 10 === value && number.digits >= 6) return false;
  const unit = 10 ** number.quantum, slack = unit * 0.5000001 + spread(value);
  if (Math.abs(number.value + value) <= slack) return true;
  if (number.value !== 0)
    for (const shift of [-3, -2, -1, 1, 2, 3])
      if (Math.abs(number.value * 10 ** shift - value) <= Math.max(slack * 10 ** shift, spread(value))) return true;
  const difference = Math.abs(number.value - value);
  for (let offset = 0; offset < 18 && offset <= number.digits; offset++) {
    const place = 10 ** (number.quantum + offset), nearest = Math.round(difference / place);
    if (nearest >= 1 && nearest <= 9 && Math.abs(difference - nearest * place) <= slack) return true;
  }
  return false;
}

function weigh(numbers, data) { // how rare each number is among all that the listings print, and whether it is none of it
  const all = data.listings.flatMap(listing => listing.numbers.map(known => known.value));
  for (const each of numbers) {
    const found = all.reduce((count, value) => count + agrees(each, value), 0);
    each.lost = each.digits >= 3 && !found;
    const written = Math.max(each.digits, Math.floor(Math.log10(Math.max(Math.abs(each.value), 1))) + 1);
    each.rarity = Math.min(-Math.log2(Math.max(found, 1) / all.length), DIGIT * written);
  }
}

function inSight(numbers, values) { // whether a listing's values may be these: some telling number agrees, but for one slip, or small numbers fill it
  if (numbers.some(each => each.digits >= 3 && values.some(value => agrees(each, value)))) return true;
  const small = numbers.filter(each => each.digits <= 2 && values.some(value => agrees(each, value))).length;
  return (small >= 8 && values.every(value => Math.abs(value) < 100)) || numbers.some(each => each.lost && values.some(value => slipped(each, value)));
}

function evidence(numbers, values, among, misprints = true) { // bits for and against each value; a small number tells less, the more of `among` it is
  return numbers.map(number => {
    const few = number.digits <= 2, other = few ? OTHER / 2 : OTHER;
    const common = few ? Math.max(among.reduce((count, value) => count + agrees(number, value), 0), 1) / among.length : 1;
    const bits = Math.min(DIGIT * Math.max(number.digits, 1), MOST, few ? 0.3 - Math.log2(common) : MOST);
    const misprint = Math.max(Math.min(DIGIT * number.digits - Math.log2(9 * number.digits), MOST) - SLIP, other);
    return Float64Array.from(values, value => agrees(number, value) ? bits : misprints && number.digits >= 3 && slipped(number, value) ? misprint : other);
  });
}

function align(numbers, scores, strict) { // the local alignments: for each number the bits of the best that ends at it, and its pairs of indices
  const width = scores[0].length;
  const arrived = new Float64Array(width).fill(-1e9), last = new Int32Array(width).fill(-1);
  const source = [], held = [], tops = [], ends = [];
  for (let index = 0; index < numbers.length; index++) {
    const row = scores[index], first = index === 0 || numbers[index].row !== numbers[index - 1].row;
    const passing = numbers[index].digits >= 3 ? -4 : -2.5;
    const came = new Int32Array(width).fill(-1), hold = new Int32Array(width).fill(-1), matched = new Float64Array(width);
    let jump = -1e9, jumped = -1; // best of arrived[:value - 1]
    tops[index] = -Infinity;
    for (let value = 0; value < width; value++) {
      if (value >= 2 && arrived[value - 2] >= jump) { jump = arrived[value - 2]; jumped = value - 2; }
      const step = value ? arrived[value - 1] : -1e9, far = jump + (first ? PASSED : PASSED_IN_LINE);
      const start = Math.max(step, far, 0);
      if (start > 0) { came[value] = step > far || (step === far && !numbers[index].gap) ? value - 1 : jumped; hold[value] = last[came[value]]; }
      matched[value] = (strict && row[value] <= 0 ? -1e3 : row[value]) + start;
      if (matched[value] > tops[index]) { tops[index] = matched[value]; ends[index] = value; }
    }
    for (let value = 0; value < width; value++) {
      if (matched[value] >= arrived[value] + passing) { arrived[value] = matched[value]; last[value] = index; }
      else arrived[value] += passing;
    }
    source[index] = came;
    held[index] = hold;
  }
  const pairsTo = end => {
    const pairs = [];
    for (let index = end, value = ends[end]; ;) {
      pairs.push([index, value]);
      if (source[index][value] < 0) return pairs.reverse();
      [index, value] = [held[index][value], source[index][value]];
    }
  };
  return {tops, pairsTo};
}

function bestOf(alignments) { // the best of all, as {pairs, of: which}; of equally good ends the middle one. None where nothing agrees
  const top = Math.max(0, ...alignments.flatMap(each => each.tops));
  const ends = alignments[0].tops.map((bits, index) => index).filter(index => alignments.some(each => each.tops[index] >= top));
  if (!top || !ends.length) return null;
  const end = ends[Math.floor(ends.length / 2)], of = alignments.reduce((one, each, at) => (each.tops[end] > alignments[one].tops[end] ? at : one), 0);
  return {pairs: alignments[of].pairsTo(end), of};
}

function convincing(numbers, pairs, values, free, strict, choice) { // as reference.errata.recognition.stretch.convincing
  if (!pairs.length) return false;
  const counts = new Map();
  for (const [index] of pairs) counts.set(numbers[index].value, (counts.get(numbers[index].value) || 0) + 1);
  let bits = 0, agreeing = 0, departing = 0, same = 0, tells = 0, misprints = 0, small = true, other = 0;
  for (const [index, value] of pairs) {
    const number = numbers[index], few = number.digits <= 2, told = Math.min(DIGIT * number.digits, 53);
    small = small && few;
    if (agrees(number, values[value])) {
      same++;
      tells += !few;
      agreeing += few ? 0.25 : 1;
      bits += few ? Math.min(number.rarity, -Math.log2(counts.get(number.value) / pairs.length)) : told;
    } else if (!few && slipped(number, values[value])) {
      misprints++;
      departing += number.digits < 6;
      bits += Math.max(told - Math.log2(9 * number.digits) - 6, 0);
    } else { other++; departing += !few; }
  }
  bits -= (small ? 6 : 3) * other;
  for (let place = 1, before = 1; place < pairs.length; place++) {
    const stride = pairs[place][1] - pairs[place - 1][1];
    if (stride !== before) bits -= numbers[pairs[place][0]].gap ? CHOICE / 3 : CHOICE;
    before = stride;
  }
  if (small && strict) return false;
  departing += passedOver(numbers, pairs, free).length;
  if (!same) return bits >= choice && misprints === 1 && numbers[pairs[0][0]].digits >= 8 && numbers.filter(each => each.digits >= 3).length === 1;
  if (!tells) departing += numbers.filter((each, index) => free(index) && each.digits >= 3).length * pairs.length;
  return bits >= choice && agreeing > departing;
}

function passedOver(numbers, pairs, free) { // the telling numbers between those of a path, in their columns
  const columns = new Set(pairs.map(([index]) => numbers[index].column)), taken = new Set(pairs.map(([index]) => index)), found = [];
  for (let index = pairs[0][0]; index <= pairs[pairs.length - 1][0]; index++)
    if (!taken.has(index) && free(index) && numbers[index].digits >= 3 && columns.has(numbers[index].column)) found.push(index);
  return found;
}

// Recognition: which number of which listing each number is, or claims to be.

function recognise(numbers, data) {
  weigh(numbers, data);
  const claims = numbers.map(() => null), free = index => claims[index] === null;
  const all = data.listings.map(listing => ({listing, values: listing.numbers.map(known => known.value)}));
  const choice = ENOUGH + Math.log2(all.reduce((count, each) => count + each.values.length, 0));
  const ranges = [[0, numbers.length]], paths = [];
  while (ranges.length) {
    const [from, to] = ranges.pop(), indices = numbers.map((each, index) => index).filter(index => index >= from && index < to && free(index));
    const some = indices.map(index => numbers[index]), seen = some.length ? all.filter(each => inSight(some, each.values)) : [];
    const among = seen.flatMap(each => each.values), tables = seen.map(each => ({...each, scores: evidence(some, each.values, among)}));
    let told = null;
    for (const strict of [false, true]) { // if what departs makes a path doubtful, what agrees may still do without
      const best = tables.length && bestOf(tables.map(each => align(some, each.scores, strict)));
      if (!best) break;
      Object.assign(best, tables[best.of], {pairs: best.pairs.map(([index, value]) => [indices[index], value])});
      if (convincing(numbers, best.pairs, best.values, free, strict, choice)) { told = best; break; }
    }
    if (!told) continue;
    claimPath(numbers, claims, told);
    claimMisplaced(numbers, claims, told);
    paths.push(told);
    const first = told.pairs[0][0], last = told.pairs[told.pairs.length - 1][0];
    ranges.push([from, first], [first + 1, last], [last + 1, to]);
  }
  for (const path of paths) claimEdges(numbers, claims, path);
  holdMajority(numbers, claims, data);
  return {claims, paths};
}

function claimPath(numbers, claims, {listing, pairs, values}) {
  const same = pairs.map(([index, value]) => agrees(numbers[index], values[value])), rows = new Map();
  pairs.forEach(([index], place) => rows.set(numbers[index].row, (rows.get(numbers[index].row) || 0) + (same[place] ? 1 : -1)));
  const columns = new Set(pairs.filter((_, place) => same[place]).map(([index]) => numbers[index].column));
  const agreeing = same.filter(Boolean).length;
  const speaks = pairs.some(([index], place) => same[place] && numbers[index].digits >= 3) || agreeing === numbers.length ||
    (agreeing >= 3 && agreeing > numbers.length * 0.6);
  pairs.forEach(([index, value], place) => {
    const number = numbers[index], beside = [pairs[place - 1], pairs[place + 1]];
    const enclosed = same[place - 1] && same[place + 1] && beside.every((pair, side) => pair[0] === index + 2 * side - 1 && pair[1] === value + 2 * side - 1);
    const misprint = !same[place] && number.digits >= 3 && slipped(number, values[value]);
    if (claims[index]) return;
    if (misprint || enclosed || (speaks && (same[place] || columns.has(number.column) || rows.get(number.row) > 0)))
      claims[index] = {listing, value, agrees: same[place]};
  });
}

function claimMisplaced(numbers, claims, {listing, pairs, values}) { // lines in each other's place: each number is held against its own place's
  const columns = new Set(pairs.map(([index]) => numbers[index].column)), offsets = new Map();
  for (const [index, value] of pairs) offsets.set(value - index, (offsets.get(value - index) || 0) + 1);
  const offset = [...offsets].reduce((one, other) => (other[1] > one[1] ? other : one))[0];
  const anchored = pairs.filter(([index, value]) => value - index === offset).map(([index]) => index);
  numbers.forEach((number, index) => {
    if (claims[index] || number.digits < 3 || !columns.has(number.column) || !values.some(value => agrees(number, value))) return;
    const left = Math.max(...anchored.filter(each => each < index), -1), right = Math.min(...anchored.filter(each => each > index), numbers.length);
    const window = [];
    for (let at = left + 1; at < right; at++)
      if (at + offset >= 0 && at + offset < values.length && columns.has(numbers[at].column)) window.push([at, at + offset]);
    if (window.filter(([at, value]) => !agrees(numbers[at], values[value])).length > 3) return;
    for (const [at, value] of window) claims[at] = {listing, value, agrees: agrees(numbers[at], values[value])};
  });
}

function claimEdges(numbers, claims, {listing, pairs, values}) { // one line more at either end: it departs at the edge
  if (pairs.length < 2) return;
  const own = pairs.filter(([index]) => claims[index] && claims[index].agrees), rows = new Map();
  const columns = new Set(own.map(([index]) => numbers[index].column));
  for (const [index] of own) rows.set(numbers[index].row, (rows.get(numbers[index].row) || 0) + 1);
  for (const [end, inner, step] of [[pairs[0], pairs[1], -1], [pairs[pairs.length - 1], pairs[pairs.length - 2], 1]]) {
    if (Math.abs(inner[0] - end[0]) !== Math.abs(inner[1] - end[1])) continue;
    let found = [], row = null;
    for (let index = end[0] + step, value = end[1] + step; index >= 0 && index < numbers.length && value >= 0 && value < values.length; index += step, value += step) {
      const number = numbers[index];
      if (claims[index] || (!columns.has(number.column) && (rows.get(number.row) || 0) < 2)) break;
      if (!rows.get(number.row)) {
        if (row !== null && row !== number.row) { found = []; break; }
        row = number.row;
      }
      found.push([index, value]);
    }
    if (found.length <= pairs.length) for (const [index, value] of found) claims[index] = {listing, value, agrees: agrees(numbers[index], values[value])};
  }
}

function holdMajority(numbers, claims, data) { // nothing that departs is claimed where more departs than agrees: it is another program
  const notQuite = index => ['', 't'].includes(lookup(claims[index].listing.numbers[claims[index].value], numbers[index].text));
  for (const listing of data.listings) {
    const own = claims.map((claim, index) => index).filter(index => claims[index] && claims[index].listing === listing);
    const columns = new Set(own.map(index => numbers[index].column));
    const departs = own.filter(index => !claims[index].agrees || notQuite(index));
    const unknown = numbers.filter((each, index) => !claims[index] && each.digits >= 3 && columns.has(each.column)).length;
    const against = departs.length + unknown;
    if (against !== 1 && against > own.length - departs.length) for (const index of departs) claims[index] = null;
  }
}

// Verdicts.

const VERDICTS = {x: 'exact', r: 'rounded', t: 'truncated', e: 'environment'};

function judge(pasted, data) {
  const numbers = numbersIn(pasted, data).slice(0, LONGEST_PASTE);
  const {claims, paths} = recognise(numbers, data);
  const marks = claims.map((claim, index) => claim && lookup(claim.listing.numbers[claim.value], numbers[index].text));
  const cut = marks.includes('t') && !marks.some(mark => mark && /^[XR]/.test(mark));
  const figures = numbers.map((number, index) => {
    const mark = marks[index], known = claims[index] && claims[index].listing.numbers[claims[index].value];
    let verdict = mark === null ? 'unmatched' : VERDICTS[mark[0] && mark[0].toLowerCase()] || 'wrong';
    if (verdict === 'truncated' && !cut && !number.cut) verdict = 'wrong';
    return {...number, verdict, listing: known ? claims[index].listing.id : '', place: known ? claims[index].value : -1,
      address: known ? known.address : '', right: known ? known.shortest : '', classes: verdict === 'environment' ? [...mark.slice(1)] : []};
  });
  return {figures, paths};
}

// What is said of it.

function sameText(one, other) {
  return spelled(one) === spelled(other);
}

function classesOf(listing, figures) { // which class prints just these characters, in which era: pairs
  const found = [];
  for (const each of listing.classes)
    for (const [era, texts] of Object.entries(each.texts))
      if (figures.every(figure => sameText(figure.text, texts[figure.place]))) found.push({...each, era});
  return found;
}

function strange(figure) { // what no environment of the atlas prints there
  return ['wrong', 'unmatched'].includes(figure.verdict) || (figure.verdict === 'environment' && !figure.classes.length);
}

function slipOf(figures, data) { // the slip that explains what the listings do not: more numbers, or the same ones to their last digits
  const some = figures.some(each => each.digits >= 3), tells = each => each.digits >= 3 || !some, telling = figures.filter(tells);
  let found = null;
  for (const slip of data.slips)
    for (const texts of slip.texts) {
      const values = texts.map(Number), best = bestOf([align(figures, evidence(figures, values, values, false), true)]), pairs = best ? best.pairs : [];
      const agree = pairs.filter(([index]) => tells(figures[index]));
      const equal = agree.filter(([index, value]) => sameText(figures[index].text, texts[value])).length;
      const explained = agree.filter(([index]) => strange(figures[index])).length, whole = equal === telling.length;
      if (explained && agree.length >= 2 && (whole || (explained >= 2 && agree.length > 0.8 * telling.length)) &&
          (!found || agree.length > found.agree || (agree.length === found.agree && equal > found.equal)))
        found = {slip, agree: agree.length, equal, telling: telling.length};
    }
  return found;
}

function seedOf(numbers, data) { // another seed, by the errors that `all-together` prints for it, or by its first random weights
  for (const [of, rows] of Object.entries(data.seeds))
    for (const [seed, values] of rows.entries()) {
      const found = numbers.filter(each => each.digits >= 6 && values.some(value => agrees(each, value)));
      if (seed !== 1 && (found.length >= 2 || (found.length && found[0].digits >= 8))) return {seed, of};
    }
  return null;
}

function check(pasted, data) { // {figures, sentences}
  const {figures, paths} = judge(pasted, data), sentences = [];
  if (!figures.length) return {figures, sentences: pasted.trim() ? ['There is no number in it.'] : []};
  if (figures.length === LONGEST_PASTE) sentences.push(`Only the first ${LONGEST_PASTE} numbers are looked at.`);
  const of = (id, ...verdicts) => figures.filter(each => each.listing === id && verdicts.includes(each.verdict));
  const listings = [...new Set(figures.map(each => each.listing).filter(Boolean))].map(id => data.listings.find(each => each.id === id));
  for (const listing of listings) {
    const own = figures.filter(each => each.listing === listing.id), wrong = of(listing.id, 'wrong'), moved = of(listing.id, 'environment');
    const cut = of(listing.id, 'truncated'), classes = classesOf(listing, own);
    const name = `${listing.id} (section ${listing.section})`;
    if (!wrong.length && !cut.length && classes.length) {
      const letters = [...new Set(classes.map(each => each.letter))], environments = letters.reduce((count, letter) =>
        count + listing.classes.find(each => each.letter === letter).environments, 0);
      const eras = [...new Set(classes.map(each => each.era))].map(era => data.eras[era]).join(' and ');
      sentences.push(letters.length === listing.classes.length
        ? `${name}: digit for digit what every one of the ${environments} environments prints, ${eras}.`
        : `${name}: digit for digit class ${letters.join(' or ')}, as ${environments} environments of the atlas print it, ${eras}: ` +
          letters.map(letter => listing.classes.find(each => each.letter === letter).among).join('; ') + '.');
    } else if (!wrong.length && !cut.length)
      sentences.push(`${name}: all ${own.length} numbers are right` + (moved.length ? `; ${moved.length} have last digits that depend on the machine, and that is normal: ` +
        moved.slice(0, 5).map(each => each.text + (each.classes.length ? ` (class ${each.classes.join(', ')})` : ' (no environment of the atlas, but a conforming machine may)')).join(', ') : '') + '.');
    if (cut.length) sentences.push(`${name}: ${cut.length} numbers are cut, not rounded: ${cut[0].text} for ${cut[0].right}.`);
    const path = paths.find(each => each.listing === listing), end = path && path.pairs[path.pairs.length - 1];
    const columns = new Set(own.map(each => each.column));
    const after = path ? figures.filter((each, index) => index > end[0] && columns.has(each.column) && each.verdict !== 'exact' && each.listing !== listing.id) : [];
    const next = path && listing.numbers[end[1] + 1];
    const departed = after.length && next ? {...after[0], address: next.address, right: next.shortest} : wrong.length > 1 && wrong.length === own.filter(each => each.start >= wrong[0].start).length ? wrong[0] : null;
    if (departed) sentences.push(`${name}: your program departs from the listing at ${departed.address || 'number ' + (end[1] + 2)}: it prints ${departed.text}, the listing ${departed.right}.`);
    else if (wrong.length) {
      sentences.push(`${name}: ${own.length - wrong.length} of ${own.length} numbers are right.`);
      for (const each of wrong.slice(0, 5)) sentences.push(`${name}: no machine prints ${each.text} at ${each.address || 'this place'}; the listing prints ${each.right}.`);
    }
  }
  const others = figures.filter(each => !each.listing).length;
  if (listings.length && others) sentences.push(others === 1 ? 'One other number belongs to no listing.' : `${others} other numbers belong to no listing.`);
  const left = figures.filter(strange);
  if (left.length) {
    const slip = slipOf(figures, data), seed = slip ? null : seedOf(left, data);
    if (slip) sentences.push(`Your program prints what ${slip.slip.listing} prints when ${slip.slip.says}. (${slip.agree} of your ${slip.telling} numbers agree; ` +
      `the first value that differs from the listing's is ${slip.slip.departs}.)`);
    else if (seed) sentences.push(`These are the ${seed.of} of seed ${seed.seed}, not of seed 1: your program calls np.random.seed(${seed.seed}).`);
  }
  if (!sentences.length) sentences.push('This is the output of none of the listings. If it is meant to be one, compare its data, alpha, seed and sizes with the chapter.');
  return {figures, sentences};
}
