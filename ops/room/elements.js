// What every part of the page is made of: elements, numbers and times. Text goes into elements as
// text; nothing here writes markup, and the page's policy (Trusted Types) permits none.

import {format, language, number} from './language.js';

/// An element. `attributes`: properties that begin with `on` are listeners, `class` and the others
/// attributes; `undefined` and `false` leave one out.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter(child => child !== undefined && child !== ''));
  return made;
}

/// An element of a picture.
export function shape(tag, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/// Writes text where it is another one: what has not changed costs no layout.
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/// Sets an attribute where it is another one; `undefined` removes it.
export function mark(node, name, value) {
  if (value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/// Sets how wide an element is, where that is another width.
export function stretch(node, width) {
  if (node.style.width !== width) node.style.width = width;
}

/// Shows a list in place of the one before, where it is another one.
/// - key: a text that is equal where nothing has changed.
export function replaceWhereOther(node, key, make) {
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  // What has the focus is gone with its element, and so would be the reader's place.
  const focused = node.contains(document.activeElement) ? document.activeElement : undefined;
  const [name, href] = [focused?.dataset.name, focused?.getAttribute('href')];
  node.replaceChildren(...make());
  if (!focused) return;
  [...node.querySelectorAll('a, button, select')]
    .find(one => name ? one.dataset.name === name : one.getAttribute('href') === href)?.focus();
}

// Numbers and times

/// Entries a second: as many digits as it needs to be read at a glance.
export function rate(value) {
  return number(value, value > 0 && value < 9.95 ? 1 : 0);
}

export function percent(share, digits = 0) {
  return format(`p${digits}`, tag => new Intl.NumberFormat(
    tag, {style: 'percent', maximumFractionDigits: digits, minimumFractionDigits: digits}))
    .format(share);
}

/// A duration in seconds that was measured: 0.4 ms, 12 ms, 1.3 s.
export function latency(seconds) {
  if (seconds === undefined || seconds === null) return '–';
  if (seconds >= 1) return `${number(seconds, 1)} s`;
  const milliseconds = seconds * 1000;
  return `${number(milliseconds, milliseconds < 9.95 ? 1 : 0)} ms`;
}

/// Bytes in the largest unit that gives at least one.
export function bytes(value) {
  const units = language.now === 'fr' ? ['Kio', 'Mio', 'Gio', 'Tio'] : ['KiB', 'MiB', 'GiB', 'TiB'];
  let [size, unit] = [value / 1024, 0];
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${number(size, size < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/// The time of day, as the operator's zone has it once it is known.
export function clock(time, withSeconds = true) {
  return format(`c${withSeconds}${zone.name}`, tag => new Intl.DateTimeFormat(tag, {
    hour: '2-digit', minute: '2-digit', ...(withSeconds && {second: '2-digit'}),
    timeZone: zone.name,
  })).format(new Date(time));
}

/// Day and time.
export function moment(time) {
  return day(time) === today() ? clock(time, false) : format(`m${zone.name}`, tag => new Intl.DateTimeFormat(tag, {
    day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone.name,
  })).format(new Date(time));
}

function day(time) {
  return format(`d${zone.name}`, tag =>
    new Intl.DateTimeFormat(tag, {dateStyle: 'short', timeZone: zone.name})).format(new Date(time));
}

let knownDay = {at: '', text: ''};

/// The day that it is, looked at once a minute.
function today() {
  const now = Date.now();
  const at = `${Math.floor(now / 60000)} ${language.now} ${zone.name}`;
  if (knownDay.at !== at) knownDay = {at, text: day(now)};
  return knownDay.text;
}

/// The operator's time zone; the browser's until the gateway has said it.
export const zone = {name: undefined};

/// How long, in the two largest units: 3 d 4 h, 2 h 5 min, 12 min, 40 s.
export function duration(seconds) {
  const units = [[86400, language.now === 'fr' ? 'j' : 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const rest = Math.max(0, Math.round(seconds));
  const place = units.findIndex(([size]) => rest >= size);
  if (place < 0) return '0 s';
  const [size, unit] = units[place];
  const first = `${number(Math.floor(rest / size))} ${unit}`;
  const next = units[place + 1];
  const more = next && place < 2 ? Math.floor((rest % size) / next[0]) : 0;
  return more ? `${first} ${more} ${next[1]}` : first;
}

/// An element that a screen reader reads and an eye does not see.
export function unseen(text) {
  return element('span', {class: 'unseen'}, text);
}

/// A state with its sign and its name: never by colour alone.
export function chip(state, name) {
  return element('span', {class: `chip ${state}`}, name);
}
