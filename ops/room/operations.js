// The list of operations: searched, filtered, ordered. Two hundred of them are drawn anew only
// where something has changed, and keep their places for some seconds.

import {
  chip, element, latency, mark, moment, percent, rate, replaceWhereOther, stretch, write,
} from './elements.js';
import {number} from './language.js';
import {gateOf, place} from './overview.js';
import {share} from './state.js';
import {words} from './words.js';

const $ = selector => document.querySelector(selector);
const STATES = [
  'open', 'smoothed', 'suspended', 'suspended_definitively', 'scheduled', 'draft', 'ended', 'closed',
];
const ORDERS = {
  urgency: undefined,
  attempts: (one, other) => other.attempts_per_second - one.attempts_per_second,
  share: (one, other) => share(other) - share(one),
  participants: (one, other) => other.participants - one.participants,
  title: (one, other) => one.title.localeCompare(other.title),
};
/// How long rows keep their places, in milliseconds of the gateway's time.
const STILL = 5000;

/// How long what was written stays without a change, in milliseconds: today becomes yesterday.
const FRESH = 3600000;

/// Rows that are scrolled away are written in turn, so many statuses apart.
const TURNS = 5;

const rows = new Map();
let turn = 0;
let shownOrder = '';
let ordered = {at: 0, names: [], key: ''};
let isOverRows = false;

/// - redraw: called where a field of the filter has changed.
export function startOperations(redraw) {
  const form = $('#filter');
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', () => redraw());
  const host = $('#operations');
  host.addEventListener('pointerenter', () => { isOverRows = true; });
  host.addEventListener('pointerleave', () => { isOverRows = false; });
}

/// Writes the words of the lists anew: they keep what is chosen.
export function nameFilters() {
  fill($('#state'), [['', words.all], ['attention', words.attention],
    ...STATES.map(state => [state, words.states[state]])]);
  fill($('#order'), Object.keys(ORDERS).map(name => [name, words.orders[name]]));
  $('#operations').replaceChildren();
  rows.clear();
  shownOrder = '';
}

function fill(select, options) {
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

export function drawOperations(state) {
  if (!state.status) return;
  nameClients(state);
  const names = choose(state);
  const total = state.operations.size;
  write($('#shown'), words.shown(number(names.length), number(total)));
  const host = $('#operations');
  if (names.length === 0) {
    replaceWhereOther(host, `none ${total} ${words.title}`, () => [
      element('p', {class: 'muted'}, total ? words.nothing : words.noOperations)]);
    rows.clear();
    shownOrder = '';
    return;
  }
  if (!host.querySelector('table')) {
    host.dataset.key = 'table';
    host.replaceChildren(table());
  }
  turn = (turn + 1) % TURNS;
  for (const [index, name] of names.entries()) {
    if (!rows.has(name)) rows.set(name, row(name));
    const parts = rows.get(name);
    parts.newest = state.operations.get(name);
    if (!parts.isSkipped || index % TURNS === turn) update(parts);
  }
  const order = names.join(' ');
  if (order !== shownOrder) {
    shownOrder = order;
    arrange(host.querySelector('tbody'), names.map(name => rows.get(name).row));
  }
}

/// Puts rows in their order; those that stand where they should are not touched, so that the
/// focus stays.
function arrange(body, wanted) {
  const keep = new Set(wanted);
  for (const one of [...body.children]) if (!keep.has(one)) one.remove();
  wanted.forEach((one, index) => {
    if (body.children[index] !== one) body.insertBefore(one, body.children[index] ?? null);
  });
}

function nameClients(state) {
  const clients = [...new Set([...state.operations.values()].map(one => one.client))].sort();
  // The list is written anew where a client comes, and what is chosen stays.
  const chosen = $('#client').value;
  replaceWhereOther($('#client'), clients.join(' ') + words.title, () => [
    new Option(words.all, ''), ...clients.map(name => new Option(
      name, name, false, name === chosen))]);
}

/// The names to show, in order.
function choose(state) {
  const [text, kind, client] = [$('#search').value.trim().toLowerCase(), $('#state').value, $('#client').value];
  const order = $('#order').value || 'urgency';
  const key = [text, kind, client, order, state.operations.size].join('|');
  const now = Date.parse(state.status.at);
  const fits = name => {
    const operation = state.operations.get(name);
    if (!operation) return false;
    if (client && operation.client !== client) return false;
    if (kind === 'attention' ? !state.needsAttention(operation) : kind && operation.state !== kind) {
      return false;
    }
    return !text || `${operation.operation} ${operation.title} ${operation.client}`.toLowerCase().includes(text);
  };
  const isStill = ordered.key === key && (now - ordered.at < STILL || isOverRows
    || $('#operations').contains(document.activeElement));
  if (isStill) return ordered.names.filter(fits);
  const names = state.order.filter(fits);
  const compare = ORDERS[order];
  if (compare) names.sort((one, other) => compare(state.operations.get(one), state.operations.get(other)));
  ordered = {at: now, names, key};
  return names;
}

function table() {
  const c = words.column;
  const titles = [
    [c.state], [c.operation], [c.attempts, true], [c.accepted, true], [c.participants, true],
    [c.cover], [c.gate], [c.p99, true],
  ];
  // The style lays rows out by themselves; what they are is said, whatever that makes of a table.
  return element('table', {class: 'operations', role: 'table'},
    element('caption', {class: 'unseen'}, words.operations),
    element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'}, ...titles.map(([text, isNumber]) =>
      element('th', {scope: 'col', role: 'columnheader', class: isNumber ? 'number' : undefined}, text)))),
    element('tbody', {role: 'rowgroup'}));
}

function row(name) {
  const c = words.column;
  const cell = (label, className) => element('td', {class: className, role: 'cell', 'data-label': label});
  const parts = {
    state: chip('', ''), link: element('a', {href: place(name)}),
    client: element('span', {class: 'muted'}),
    attempts: cell(c.attempts, 'number strong'), accepted: cell(c.accepted, 'number'),
    participants: cell(c.participants, 'number'),
    share: element('span', {class: 'number percent'}), fill: element('span', {class: 'fill'}),
    crossing: element('span', {class: 'muted crossing'}),
    gate: cell(c.gate), p99: cell(c.p99, 'number'),
  };
  parts.row = element('tr', {role: 'row'},
    element('td', {class: 'state', role: 'cell'}, parts.state),
    element('th', {scope: 'row', role: 'rowheader'}, parts.link, ' ', parts.client),
    parts.attempts, parts.accepted, parts.participants,
    element('td', {class: 'cover', role: 'cell', 'data-label': c.cover},
      element('span', {class: 'meter', 'aria-hidden': 'true'}, parts.fill), parts.share, ' ', parts.crossing),
    parts.gate, parts.p99);
  parts.row.addEventListener('contentvisibilityautostatechange', event => {
    parts.isSkipped = event.skipped;
    if (!event.skipped) update(parts);
  });
  return parts;
}

/// Writes what is other than it was: of 200 operations most have the figures of the second before,
/// and a figure costs more to write as a language has it than to compare.
function update(parts) {
  const operation = parts.newest;
  const hour = Math.floor(Date.now() / FRESH);
  const before = parts.hour === hour ? parts.operation : {};
  const isOther = name => parts.hour !== hour || before[name] !== operation[name];
  if (isOther('state')) {
    write(parts.state, words.states[operation.state]);
    mark(parts.state, 'class', `chip ${operation.state}`);
  }
  if (isOther('title')) write(parts.link, operation.title);
  if (isOther('client')) write(parts.client, `${operation.operation} · ${operation.client}`);
  if (isOther('attempts_per_second')) write(parts.attempts, rate(operation.attempts_per_second));
  if (isOther('accepted_per_second')) write(parts.accepted, rate(operation.accepted_per_second));
  if (isOther('participants')) write(parts.participants, number(operation.participants));
  if (isOther('p99_seconds')) write(parts.p99, latency(operation.p99_seconds));
  if (isOther('participants') || isOther('cover')) drawShare(parts, operation);
  const minute = operation.forecast?.crossing.slice(0, 16);
  if (parts.hour !== hour || parts.crossingMinute !== minute) {
    parts.crossingMinute = minute;
    write(parts.crossing, minute ? `→ ${moment(operation.forecast.crossing)}` : '');
  }
  const {state, pace_per_second: pace, suspension, opens, waiting} = operation;
  const gate = `${state} ${pace} ${suspension?.ground} ${suspension?.until} ${opens} ${waiting}`;
  if (parts.hour !== hour || parts.gateKey !== gate) {
    parts.gateKey = gate;
    write(parts.gate, gateOf(operation) + (waiting > 0 ? ` · ${words.queued(waiting)}` : ''));
  }
  parts.operation = operation;
  parts.hour = hour;
}

/// How much of the cover is used.
function drawShare(parts, operation) {
  const used = share(operation);
  write(parts.share, operation.cover > 0 ? percent(used) : '–');
  stretch(parts.fill, `${Math.min(100, used * 100).toFixed(0)}%`);
  mark(parts.fill, 'data-level', used >= 1 ? 'bad' : used >= 0.8 ? 'warn' : undefined);
}
