// Evidence and alignment, as streetlight/errata/alignment.py has them, for one block of output.

const MOST = 12, OTHER = -3, PASSED = -2, PASSED_IN_LINE = -12, SLIP = 6, DIGIT = Math.log2(10), ENOUGH = 10, CHOICE = 6;

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

function convincing(numbers, pairs, values, free, strict, choice) { // as streetlight.errata.recognition.stretch.convincing
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
