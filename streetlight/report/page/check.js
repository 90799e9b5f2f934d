// The check of a pasted output: line by line beside a listing's, by the gate's table.  The reader chooses the listing,
// or takes the one of which most lines agree.  No recognition: what is in another order, the gate's command finds.

const LONGEST_PASTE = 1000; // numbers that are looked at
const VERDICTS = {x: 'exact', r: 'rounded', t: 'truncated', e: 'environment'};

function linesOf(listing) { // of each printed line, where its numbers stand among all
  let at = 0;
  return listing.sizes.map(size => Array.from({length: size}, () => at++));
}

function agrees(known, figure) {
  return lookup(known, figure.text) !== '';
}

function says(known, figure) { // agrees, and not only because nothing is known that it could contradict
  return !['', 'e'].includes(lookup(known, figure.text));
}

function compare(rows, listing) { // each figure beside the number of the listing that stands in its place; lines may be left out
  const lines = linesOf(listing), found = new Map();
  let next = 0, agreed = 0;
  for (const row of rows) {
    const fits = at => lines[at].length === row.length && row.every((figure, place) => (at === next ? agrees : says)(listing.numbers[lines[at][place]], figure));
    let at = next;
    while (at < lines.length && !fits(at)) at++;
    if (at < lines.length) agreed += row.length, next = at + 1;
    else if (next < lines.length && lines[next].length === row.length) at = next++;
    else continue;
    row.forEach((figure, place) => found.set(figure, lines[at][place]));
  }
  return {listing, found, agreed};
}

function judge(figure, listing, place) {
  if (place === undefined) return {...figure, verdict: 'unmatched', classes: []};
  const known = listing.numbers[place], mark = lookup(known, figure.text), verdict = mark === null ? 'unmatched' : mark === '' ? 'wrong' : VERDICTS[mark[0].toLowerCase()];
  return {...figure, place, verdict, sure: sureOf(known, figure.text), address: known.address, right: known.shortest, classes: verdict === 'environment' ? mark.slice(1).split(',').filter(Boolean) : []};
}

function sureOf(known, text) { // how many of its characters all machines print that print as many digits
  const others = [...known.prints.keys()].map(partsOf).filter(each => each.digits.length >= 15), own = partsOf(text);
  const alike = others.every(each => each.sign === own.sign && each.digits.length + each.quantum === own.digits.length + own.quantum);
  let sure = 0, at = 0, seen = 0;
  if (others.length < 2) return text.length;
  while (alike && sure < own.digits.length && others.every(each => each.digits[sure] === own.digits[sure])) sure++;
  for (; at < text.length && seen < sure; at++) if (seen ? /\d/.test(text[at]) : /[1-9]/.test(text[at])) seen++;
  return sure === own.digits.length ? text.length : at;
}

function sameTexts(figures, texts) {
  return figures.length === texts.length && figures.every((figure, index) => texts[index] !== undefined && spelled(figure.text) === spelled(texts[index]));
}

function toldOfClasses(listing, classes, data) { // all is printed digit for digit by these classes
  const letters = [...new Set(classes.map(each => each.letter))], members = listing.classes.filter(each => letters.includes(each.letter));
  const environments = members.reduce((count, each) => count + each.environments, 0);
  const eras = [...new Set(classes.map(each => each.era))].map(era => data.eras[era]).join(' and ');
  if (members.length === listing.classes.length)
    return `digit for digit what every one of the ${environments} environments prints, ${eras}.`;
  return `digit for digit class ${letters.join(' or ')}, as ${environments} environments of the atlas print it, ${eras}.`;
}

function toldOf(listing, own, data) { // the sentences of the figures that stand beside a listing's
  const wrong = own.filter(each => each.verdict === 'wrong'), moved = own.filter(each => each.verdict === 'environment');
  const name = `${listing.id} (section ${listing.section})`;
  const classes = listing.classes.flatMap(each => Object.entries(each.texts).filter(([, texts]) => sameTexts(own, own.map(each => texts[each.place]))).map(([era]) => ({...each, era})));
  if (classes.length) return [`Your program is right. ${name}: ${toldOfClasses(listing, classes, data)}`];
  if (!wrong.length) {
    const who = each => each.classes.length ? `class ${each.classes.join(', ')}` : 'no environment of the atlas, but a conforming machine may';
    return [`Your program is right, as far as these digits go. ${name}: all ${own.length} numbers are right` + (moved.length
      ? `; ${moved.length} have last digits that depend on the machine, and that is normal: ${moved.slice(0, 5).map(each => `${each.text} (${who(each)})`).join(', ')}.`
      : '.')];
  }
  const first = own.indexOf(wrong[0]);
  if (wrong.length > 1 && own.slice(first).every(each => each.verdict === 'wrong'))
    return [`${name}: your program departs from the listing at ${wrong[0].address}: it prints ${wrong[0].text}, the listing ${wrong[0].right}.`];
  return [`${name}: ${own.length - wrong.length} of ${own.length} numbers are right.`,
    ...wrong.slice(0, 5).map(each => `${name}: no machine prints ${each.text} at ${each.address || 'this place'}; the listing prints ${each.right}.`)];
}

function toldOfOthers(figures, data) { // a usual slip, or another seed, where they explain all that was pasted
  const slips = data.slips.filter(each => each.texts.some(texts => figures.length > 1 && (sameTexts(figures, texts) ||
    (!each.in_last_digits && figures.length === texts.length && figures.every((figure, index) => isNear(figure, Number(texts[index])))))));
  if (slips.length)
    return slips.map((slip, index) => `${index ? 'Or, as likely: your' : 'Your'} program prints what ${slip.listing} prints when ${slip.says}. (The first value that differs from the listing's is ${slip.departs}.)`);
  for (const [of, rows] of Object.entries(data.seeds))
    for (const [seed, values] of rows.entries()) {
      const found = figures.filter(each => each.digits >= 6 && values.some(value => isNear(each, value)));
      if (seed !== 1 && (found.length >= 2 || (found.length && found[0].digits >= 8)))
        return [`These are the ${of} of seed ${seed}, not of seed 1: your program calls np.random.seed(${seed}).`];
    }
  return [];
}

function isNear(figure, value) { // to the figure's digits, and to the twelve that a seed's values are told to
  return Math.abs(figure.value - value) <= 0.5000001 * 10 ** figure.quantum + 1e-11 * Math.abs(value);
}

function guesses(own) { // what may be the cause, where digits alone do not prove one
  const wrong = own.filter(figure => figure.verdict === 'wrong');
  const near = figure => Math.abs(figure.value - Number(figure.right)) <= 1e-5 * Math.abs(figure.value);
  if (wrong.length > 1 && wrong.every(figure => near(figure) && figure.digits > 5 && figure.digits < 10))
    return ['All is right but for the last digits of a float32. A guess: the arrays are of dtype float32; the listings are in float64.'];
  return [];
}

function readable(pasted) { // {text, remarks}: without what ended the program, and decimal commas as points; every character in its place
  const remarks = [];
  let text = pasted, ended = text.search(/^Traceback \(most recent call last\)/m);
  if (ended >= 0) {
    const last = text.trimEnd().split('\n').at(-1);
    remarks.push(`Your program was ended by an error, ${last}; what it printed before is looked at.`);
    text = text.slice(0, ended);
  }
  if (!/\d\.\d/.test(text) && /\d,\d{4}/.test(text)) {
    remarks.push('Commas between digits are read as decimal points.');
    text = text.replace(/(\d),(?=\d)/g, '$1.');
  }
  return {text, remarks};
}

function check(pasted, data, chosen = '') { // {figures, sentences, environments}
  const {text, remarks} = readable(pasted), result = judged(text, data, chosen);
  const any = result.figures.length || !remarks.length;
  return {...result, sentences: [...remarks, ...(any ? result.sentences : [])]};
}

function judged(pasted, data, chosen) {
  const found = numbersIn(pasted, data), all = found.slice(0, LONGEST_PASTE), rows = [];
  if (!all.length) return {figures: [], environments: '', sentences: pasted.trim() ? ['There is no number in it.'] : []};
  for (const figure of all) figure.row === (rows.at(-1) || [{}])[0].row ? rows.at(-1).push(figure) : rows.push([figure]);
  const compared = data.listings.filter(each => !chosen || each.id === chosen).map(listing => compare(rows, listing));
  const best = compared.reduce((one, other) => (other.agreed > one.agreed ? other : one));
  const told = best.agreed && (chosen || best.agreed * 2 > all.length || [...best.found].some(([each, place]) => each.digits >= 5 && agrees(best.listing.numbers[place], each)));
  const figures = all.map(figure => judge(figure, best.listing, told ? best.found.get(figure) : undefined));
  const own = figures.filter(each => each.address !== undefined), others = figures.length - own.length;
  const sentences = found.length > LONGEST_PASTE ? [`Only the first ${LONGEST_PASTE} numbers are looked at.`] : [];
  const strange = figures.some(each => ['wrong', 'unmatched'].includes(each.verdict) || (each.verdict === 'environment' && !each.classes.length));
  if (own.length) sentences.push(...toldOf(best.listing, own, data));
  if (own.length && others) sentences.push(others === 1 ? 'One other number belongs to no line of it.' : `${others} other numbers belong to no line of it.`);
  sentences.push(...guesses(own));
  const causes = strange && !(own.length && own.filter(each => each.verdict === 'wrong').length === 1) ? toldOfOthers(figures, data) : [];
  if (!causes.length && all.length > 2 && all.every(figure => figure.value === all[0].value && figure.text.includes('.')) && !figures.every(each => each.verdict === 'exact'))
    return {figures, environments: '', sentences: ['All these numbers are the same: nothing seems to be learned. A guess: alpha is 0, or what is updated is a copy of the weights.']};
  sentences.push(...causes);
  for (const figure of figures) figure.listing = figure.address === undefined ? '' : best.listing.id;
  if (!sentences.length)
    sentences.push('This is the output of none of the listings. If it is meant to be one, compare its data, alpha, seed and sizes with the chapter.');
  const moved = own.filter(figure => figure.classes.length);
  const members = best.listing.classes.filter(each => moved.length && moved.every(figure => figure.classes.includes(each.letter)));
  return {figures, sentences, environments: members.map(each => `class ${each.letter}: ${each.among}`).join('\n')};
}
