// The page of one operation: where it stands, what is announced, who pushes, what was done.

import {
  chip, element, latency, mark, moment, percent, rate, replaceWhereOther, stretch, write,
} from './elements.js';
import {drawEvents} from './events.js';
import {number} from './language.js';
import {gateOf, needsOf, sourceOf} from './overview.js';
import {share} from './state.js';
import {words} from './words.js';

const $ = selector => document.querySelector(selector);
let parts;

/// Shows an operation; nothing of it is kept between two.
/// - context: `{state, gateway, may, act, download, robots}`.
export function drawOperation(name, context) {
  const {state, may} = context;
  const operation = state.operations.get(name);
  const host = $('#operation');
  if (!operation) {
    replaceWhereOther(host, `none ${name} ${words.title} ${Boolean(state.status)}`, () => [
      back(), element('h1', {id: 'operation-title', tabindex: '-1'}, name),
      element('p', {class: 'muted'}, state.status ? words.unknown(name) : words.verdict.waiting)]);
    return;
  }
  const key = `${name} ${words.title}`;
  if (host.dataset.key !== key) {
    host.dataset.key = key;
    build(host, operation, context);
  }
  write(parts.title, operation.title);
  write(parts.identity, `${operation.operation} · ${operation.client}`);
  write(parts.state, words.states[operation.state]);
  mark(parts.state, 'class', `chip ${operation.state}`);
  write(parts.gate, gateOf(operation));
  // How it is held stands above them.
  const needs = needsOf({...operation, state: operation.state === 'open' ? 'open' : '', waiting: 0});
  replaceWhereOther(parts.needs, needs.join('|'), () => needs.map(text => element('li', {}, text)));
  if (parts.actions) showActions(operation, may);
  drawCover(operation);
  for (const [slot, pairs] of [[parts.counts, counts(operation)], [parts.now, gate(operation)]]) {
    listing(slot, pairs);
  }
  listing(parts.settings, settings(operation));
  drawTables(operation, context.robots);
  drawEvents(state.events.filter(event => event.data.operation === name
    || (!event.data.operation && event.data.client === operation.client)), parts.events, words.noEvents);
}

function back() {
  return element('p', {class: 'back'}, element('a', {href: '#/'}, `← ${words.back}`));
}

function build(host, operation, {may, act, download}) {
  const s = words.sheet;
  parts = {
    title: element('h1', {id: 'operation-title', tabindex: '-1'}), identity: element('p', {class: 'muted'}),
    state: chip('', ''), gate: element('p'), needs: element('ul', {class: 'needs'}),
    counts: element('dl'), now: element('dl'), settings: element('dl'), tables: element('div', {class: 'tables'}),
    events: element('ol', {class: 'plain feed'}),
    fill: element('span', {class: 'fill'}), expected: element('span', {class: 'expected'}),
    coverText: element('p', {class: 'muted'}), coverShare: element('p', {class: 'figure'}),
  };
  const actions = [];
  for (const kind of ['suspend', 'resume', 'pace', 'notice']) {
    if (may[kind]) {
      actions.push(element('button', {
        type: 'button', 'data-action': kind, onclick: () => act(kind, parts.operation),
      }, words.act[kind]));
    }
  }
  parts.actions = actions;
  host.replaceChildren(
    back(),
    element('div', {class: 'headline'},
      element('div', {}, parts.title, parts.identity,
        element('p', {class: 'standing'}, parts.state, ' '), parts.gate, parts.needs),
      element('div', {class: 'actions', role: 'group', 'aria-label': words.act.title},
        ...actions.length ? actions : [element('p', {class: 'muted'}, words.act.none)])),
    element('section', {class: 'panel', 'aria-label': s.cover},
      parts.coverShare,
      element('p', {class: 'meter long', 'aria-hidden': 'true'}, parts.fill, parts.expected), parts.coverText),
    element('div', {class: 'halves'},
      section(s.now, parts.now), section(s.counts, parts.counts), section(s.settings, parts.settings)),
    parts.tables,
    element('section', {class: 'panel', 'aria-labelledby': 'own-events'},
      element('h2', {id: 'own-events'}, words.events), parts.events),
    element('section', {class: 'panel', 'aria-labelledby': 'own-dossier'},
      element('h2', {id: 'own-dossier'}, s.dossier), element('p', {class: 'muted'}, s.dossierHint),
      element('p', {class: 'actions'},
        element('button', {type: 'button', onclick: () => download(operation.operation, 'html')}, s.page),
        element('button', {type: 'button', onclick: () => download(operation.operation, 'json')}, s.json))));
}

function section(title, content) {
  return element('section', {class: 'panel', 'aria-label': title}, element('h2', {}, title), content);
}

/// Buttons for what may be done to it as it stands.
function showActions(operation) {
  parts.operation = operation;
  const {state} = operation;
  const isHeld = ['smoothed', 'suspended', 'suspended_definitively'].includes(state)
    || operation.pace_per_second !== undefined;
  for (const button of parts.actions) {
    const kind = button.dataset.action;
    const isUseful = kind === 'resume' ? isHeld
      : kind === 'suspend' ? !['suspended_definitively', 'closed', 'ended'].includes(state)
        : kind === 'pace' ? !['draft', 'closed', 'ended', 'suspended_definitively'].includes(state) : true;
    button.disabled = !isUseful;
  }
}

function drawCover(operation) {
  const {cover, expected, participants, forecast} = operation;
  const used = share(operation);
  const s = words.sheet;
  write(parts.coverShare, cover > 0 ? percent(used) : number(participants));
  write(parts.coverText, [
    `${number(participants)} ${s.participants.toLowerCase()} · ${s.cover.toLowerCase()} ${number(cover)}`,
    expected !== undefined ? `${s.expected.toLowerCase()} ${number(expected)}` : '',
    forecast ? `${s.crossing} ${moment(forecast.crossing)} (${s.between(moment(forecast.earliest), moment(forecast.latest))})` : '',
  ].filter(Boolean).join(' · '));
  stretch(parts.fill, `${Math.min(100, used * 100).toFixed(1)}%`);
  mark(parts.fill, 'data-level', used >= 1 ? 'bad' : used >= 0.8 ? 'warn' : undefined);
  parts.expected.hidden = !(expected > 0 && cover > 0);
  if (!parts.expected.hidden) parts.expected.style.left = `${Math.min(99.5, expected / cover * 100).toFixed(1)}%`;
}

function listing(host, pairs) {
  const filled = pairs.filter(([, value]) => value !== undefined && value !== '');
  const names = filled.map(([name]) => name).join('|');
  replaceWhereOther(host, names, () => filled.map(([name]) =>
    element('div', {}, element('dt', {}, name), element('dd'))));
  filled.forEach(([, value], index) => write(host.children[index].lastChild, value));
}

function counts(operation) {
  const s = words.sheet;
  const {verdicts} = operation;
  return [
    [s.participants, number(operation.participants)], [s.entries, number(operation.entries)],
    [s.cover, number(operation.cover)],
    [s.robots, operation.robot_entries ? number(operation.robot_entries) : ''],
    [s.tests, operation.test_entries ? number(operation.test_entries) : ''],
    ...Object.entries(verdicts).filter(([, count]) => count > 0)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => [words.verdicts[name] ?? name, number(count)]),
  ];
}

function gate(operation) {
  const s = words.sheet;
  const pace = operation.pace_per_second;
  return [
    [s.attempts, rate(operation.attempts_per_second)], [s.accepted, rate(operation.accepted_per_second)],
    [s.pace, pace === undefined ? s.noPace : s.paced(number(pace))],
    [s.waiting, number(operation.waiting)],
    [s.times, operation.p99_seconds === undefined ? ''
      : s.half(latency(operation.p50_seconds), latency(operation.p99_seconds))],
    [s.policy, s[operation.policy] ?? operation.policy],
    ...operation.suspensions.map(one => [s.suspensions, [
      words.grounds[one.ground] ?? one.ground, one.definitive ? s.good : one.until && s.until(moment(one.until)),
      one.since && s.since(moment(one.since)),
    ].filter(Boolean).join(' · ')]),
    ...operation.missing_notices.map(one => {
      const said = words.needs.missing[one.notice] ?? one.notice;
      return [s.missing, [
        typeof said === 'function' ? said(one.source) : said, s.since(moment(one.since)),
        one.count === undefined ? '' : s.counted(one.count, one.allowed),
      ].filter(Boolean).join(' · ')];
    }),
  ];
}

function settings(operation) {
  const s = words.sheet;
  const notice = operation.traffic_notice;
  return [
    [s.rule, words.entryRules[operation.rule] ?? operation.rule],
    [s.opens, operation.opens && moment(operation.opens)], [s.closes, operation.closes && moment(operation.closes)],
    [s.robotPolicy, words.robotPolicies[operation.robots] ?? operation.robots],
    [s.notice, notice && s.noticed(notice.expected_participants, moment(notice.declared_at))],
    [s.keys, number(operation.keys_total)],
  ];
}

function drawTables(operation, robots) {
  const {refusals, sources, unknown_sources: unknown, campaigns, campaigns_total: total} = operation;
  const key = JSON.stringify([refusals, sources, unknown, campaigns, robots, words.title]);
  const s = words.sheet;
  replaceWhereOther(parts.tables, key, () => [
    table(s.sources, [s.source, s.declared, `#${s.all}`, `#${s.rate}`], sources.map(one => [
      sourceOf(one), one.source ? one.declared ? s.yes : s.no : '', number(one.entries), rate(one.per_second)])),
    table(s.refusals, [s.reason, `#${s.count}`], Object.entries(refusals)
      .sort(([, one], [, other]) => other - one)
      .map(([reason, count]) => [reason.replaceAll('_', ' '), number(count)])),
    table(s.rules, [s.reason, `#${s.count}`], (robots?.rules ?? []).map(one => [one.rule, number(one.count)])),
    table(
      total > campaigns.length ? `${s.campaigns} (${s.of(campaigns.length, total)})` : s.campaigns,
      [s.channel, `#${s.recipients}`, s.starts, ''], campaigns.map(one => [
        words.channels[one.channel] ?? one.channel, number(one.recipients), moment(one.starts),
        one.withdrawn_at ? s.withdrawn : one.late ? s.late : ''])),
  ].filter(Boolean));
}

/// A titled table; nothing where it has no rows. `#` before a title: numbers.
function table(title, columns, rows) {
  if (rows.length === 0) return undefined;
  const kind = columns.map(one => one.startsWith('#') ? 'number' : undefined);
  return element('section', {class: 'panel'},
    element('table', {}, element('caption', {}, title),
      element('thead', {}, element('tr', {}, ...columns.map((one, index) => one
        ? element('th', {scope: 'col', class: kind[index]}, one.replace('#', ''))
        : element('td')))),
      element('tbody', {}, ...rows.map(cells => element('tr', {}, ...cells.map((text, index) => index === 0
        ? element('th', {scope: 'row'}, text) : element('td', {class: kind[index]}, text)))))));
}
