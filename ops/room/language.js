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
  return text([`${number(count)} ${isOne ? one : more}`]);
}

/// What stands between a name and what is said of it.
export function colon() {
  return language.now === 'fr' ? '\u00a0: ' : ': ';
}

/// A tag of texts with values: numbers are written as the language has them, and its own part is
/// typeset. What a value holds stays as it is.
export function text(parts, ...values) {
  return parts.map((part, place) => {
    const value = place < values.length ? values[place] : '';
    return typeset(part) + (typeof value === 'number' ? number(value) : value);
  }).join('');
}

const MARKS = [
  [/« /g, '«\u202f'], [/ (?=[»;!?%])/g, '\u202f'], [/ (?=:)/g, '\u00a0'], [/'/g, '’'],
];

/// French as it is printed: no line ends before a high mark, and apostrophes are round.
function typeset(part) {
  if (language.now !== 'fr') return part;
  return MARKS.reduce((set, [mark, right]) => set.replace(mark, right), part);
}

/// A word list in which plain texts are typeset as they are read.
export function typesetAll(list) {
  return new Proxy(list, {
    get(_, name) {
      const value = list[name];
      if (typeof value === 'string') return typeset(value);
      return typeof value === 'object' ? typesetAll(value) : value;
    },
  });
}
