// The language that is shown: its numbers, its plurals, its punctuation, each in one place.

export const language = {now: 'en'};

const formats = new Map();

/// A format of the language, made once. `name`: what tells it from others.
export function format(name, make) {
  const key = `${language.now} ${name}`;
  if (!formats.has(key)) formats.set(key, make(language.now === 'fr' ? 'fr-FR' : 'en-GB'));
  return formats.get(key);
}

/// A whole number, or one with digits behind its point.
export function number(value, digits = 0) {
  if (value === undefined || value === null) return '–';
  return format(`n${digits}`, tag =>
    new Intl.NumberFormat(tag, {maximumFractionDigits: digits, minimumFractionDigits: digits}))
    .format(value);
}

/// A count with what is counted: `1 entry`, `2 entries`; in French less than two is one.
export function counted(count, one, more) {
  const isOne = language.now === 'fr' ? Math.abs(count) < 2 : count === 1;
  const said = `${number(count)} ${isOne ? one : more}`;
  return language.now === 'fr' ? typeset(said) : said;
}

/// What stands between a name and what is said of it.
export function colon() {
  return language.now === 'fr' ? '\u00a0: ' : ': ';
}

/// A tag of texts with values: numbers are written as the language has them, and its own part is
/// typeset. What a value holds stays as it is.
export function text(parts, ...values) {
  const own = language.now === 'fr' ? typesetParts(parts) : parts;
  return own.map((part, place) => {
    const value = place < values.length ? values[place] : '';
    return part + (typeof value === 'number' ? number(value) : value);
  }).join('');
}

const MARKS = [
  [/« /g, '«\u202f'], [/ (?=[»;!?%])/g, '\u202f'], [/ (?=:)/g, '\u00a0'], [/'/g, '’'],
];

/// French as it is printed: no line ends before a high mark, and apostrophes are round.
function typeset(part) {
  return MARKS.reduce((set, [mark, right]) => set.replace(mark, right), part);
}

/// The parts of a template are the same array each time: they are typeset once.
const typesetTemplates = new WeakMap();

function typesetParts(parts) {
  let found = typesetTemplates.get(parts);
  if (!found) typesetTemplates.set(parts, found = parts.map(typeset));
  return found;
}

/// A list of French words with its plain texts typeset; what makes texts of values stays.
export function typesetAll(list) {
  const typesetOne = value => typeof value === 'string' ? typeset(value)
    : typeof value === 'object' ? typesetAll(value) : value;
  if (Array.isArray(list)) return list.map(typesetOne);
  return Object.fromEntries(Object.entries(list).map(([name, value]) => [name, typesetOne(value)]));
}
