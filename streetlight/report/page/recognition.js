// Recognition, as streetlight/errata/recognition has it: which number of which listing each number is, or claims to be.

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
