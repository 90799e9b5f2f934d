// Verdicts, looked up in the gate's table, and what is said of them.

const LONGEST_PASTE = 1000; // numbers
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
      if (explained && agree.length >= 2 && (whole || (!slip.in_last_digits && explained >= 2 && agree.length > 0.8 * telling.length)) &&
          (!found || agree.length > found.agree || (agree.length === found.agree && equal > found.equal)))
        found = {slip, agree: agree.length, equal, telling: telling.length};
    }
  return found;
}

function seedOf(numbers, data) { // another seed, by the errors that the listing prints for it, or by its first random weights
  for (const [of, rows] of Object.entries(data.seeds))
    for (const [seed, values] of rows.entries()) {
      const found = numbers.filter(each => each.digits >= 6 && values.some(value => agrees(each, value)));
      if (seed !== 1 && (found.length >= 2 || (found.length && found[0].digits >= 8))) return {seed, of};
    }
  return null;
}

function namedOf(listing) {
  return `${listing.id} (section ${listing.section})`;
}

function toldOfClasses(listing, own, classes, data) { // all is printed digit for digit by these classes
  const letters = [...new Set(classes.map(each => each.letter))], members = listing.classes.filter(each => letters.includes(each.letter));
  const environments = members.reduce((count, each) => count + each.environments, 0);
  const eras = [...new Set(classes.map(each => each.era))].map(era => data.eras[era]).join(' and ');
  if (members.length === listing.classes.length)
    return `${namedOf(listing)}: digit for digit what every one of the ${environments} environments prints, ${eras}.`;
  return `${namedOf(listing)}: digit for digit class ${letters.join(' or ')}, as ${environments} environments of the atlas print it, ${eras}: ` +
    members.map(each => each.among).join('; ') + '.';
}

function toldOfRight(listing, own) { // nothing is wrong, and no class prints just these characters
  const moved = own.filter(each => each.verdict === 'environment');
  const who = each => each.classes.length ? `class ${each.classes.join(', ')}` : 'no environment of the atlas, but a conforming machine may';
  return `${namedOf(listing)}: all ${own.length} numbers are right` + (moved.length
    ? `; ${moved.length} have last digits that depend on the machine, and that is normal: ${moved.slice(0, 5).map(each => `${each.text} (${who(each)})`).join(', ')}.`
    : '.');
}

function departureOf(listing, own, figures, path) { // the number from which on nothing is the listing's any more, as {text, address, right}; or null
  const wrong = own.filter(each => each.verdict === 'wrong');
  if (path) {
    const [index, value] = path.pairs[path.pairs.length - 1], columns = new Set(own.map(each => each.column)), next = listing.numbers[value + 1];
    const after = figures.slice(index + 1).find(each => columns.has(each.column) && each.listing !== listing.id);
    if (after && next) return {text: after.text, address: next.address || `number ${value + 2}`, right: next.shortest};
  }
  return wrong.length > 1 && own.every(each => each.start < wrong[0].start || each.verdict === 'wrong') ? wrong[0] : null;
}

function toldOfWrong(listing, own, departure) {
  const wrong = own.filter(each => each.verdict === 'wrong'), cut = own.filter(each => each.verdict === 'truncated'), name = namedOf(listing);
  const told = cut.length ? [`${name}: ${cut.length} numbers are cut, not rounded: ${cut[0].text} for ${cut[0].right}.`] : [];
  if (departure)
    told.push(`${name}: your program departs from the listing at ${departure.address}: it prints ${departure.text}, the listing ${departure.right}.`);
  else if (wrong.length) {
    told.push(`${name}: ${own.length - wrong.length} of ${own.length} numbers are right.`);
    for (const each of wrong.slice(0, 5))
      told.push(`${name}: no machine prints ${each.text} at ${each.address || 'this place'}; the listing prints ${each.right}.`);
  }
  return told;
}

function toldOfStrange(figures, data) { // what no environment prints: a slip, or another seed
  const left = figures.filter(strange), slip = left.length ? slipOf(figures, data) : null, seed = left.length && !slip ? seedOf(left, data) : null;
  if (slip)
    return [`Your program prints what ${slip.slip.listing} prints when ${slip.slip.says}. (${slip.agree} of your ${slip.telling} numbers agree; ` +
      `the first value that differs from the listing's is ${slip.slip.departs}.)`];
  return seed ? [`These are the ${seed.of} of seed ${seed.seed}, not of seed 1: your program calls np.random.seed(${seed.seed}).`] : [];
}

function check(pasted, data) { // {figures, sentences}
  const {figures, paths} = judge(pasted, data), sentences = [];
  if (!figures.length) return {figures, sentences: pasted.trim() ? ['There is no number in it.'] : []};
  if (figures.length === LONGEST_PASTE) sentences.push(`Only the first ${LONGEST_PASTE} numbers are looked at.`);
  const listings = data.listings.filter(listing => figures.some(each => each.listing === listing.id));
  for (const listing of listings) {
    const own = figures.filter(each => each.listing === listing.id), classes = classesOf(listing, own);
    const departure = departureOf(listing, own, figures, paths.find(each => each.listing === listing));
    const right = own.every(each => !['wrong', 'truncated'].includes(each.verdict));
    if (right && departure) sentences.push(`${namedOf(listing)}: ${own.length} numbers are right, but not the rest.`);
    else if (right) sentences.push(classes.length ? toldOfClasses(listing, own, classes, data) : toldOfRight(listing, own));
    sentences.push(...toldOfWrong(listing, own, departure));
  }
  const others = figures.filter(each => !each.listing).length;
  if (listings.length && others) sentences.push(others === 1 ? 'One other number belongs to no listing.' : `${others} other numbers belong to no listing.`);
  sentences.push(...toldOfStrange(figures, data));
  if (!sentences.length)
    sentences.push('This is the output of none of the listings. If it is meant to be one, compare its data, alpha, seed and sizes with the chapter.');
  return {figures, sentences};
}
