// The first five seconds: is all well, who is pushing, what does the gate do about it.

import {
  bytes, clock, duration, element, latency, mark, moment, percent, rate, replaceWhereOther, shape,
  stretch, unseen, write,
} from './elements.js';
import {colon, number} from './language.js';
import {drawNodes, silentNodes} from './nodes.js';
import {isNear, share} from './state.js';
import {words} from './words.js';

const $ = selector => document.querySelector(selector);

/// Where an operation has its page.
export const place = name => `#/operations/${encodeURIComponent(name)}`;

/// What there is to look at in one operation: sentences, the gravest first.
export function needsOf(operation) {
  const needs = [];
  const {state, suspension} = operation;
  if (state === 'suspended') {
    needs.push(words.needs.suspended(suspension?.until && clock(suspension.until, false)));
  }
  if (state === 'smoothed') {
    needs.push(words.needs.smoothed(
      operation.pace_per_second !== undefined ? number(operation.pace_per_second) : undefined));
  }
  if (operation.waiting > 0) needs.push(words.needs.queue(operation.waiting));
  if (operation.advice) needs.push(words.needs.advice[operation.advice]);
  for (const missing of operation.missing_notices) {
    const said = words.needs.missing[missing.notice] ?? missing.notice;
    needs.push(typeof said === 'function' ? said(missing.source) : said);
  }
  if (isNear(operation)) needs.push(words.needs.near(percent(share(operation))));
  return needs;
}

/// The platform's own needs: `[text]`.
function platformNeeds(state, holder) {
  const {webhooks, memory, journal} = state.status;
  const needs = [];
  const silent = silentNodes(state.status);
  if (silent.length) needs.push(words.needs.silent(silent.join(', ')));
  const {service} = state.status;
  const incidents = service.incidents.unresolved;
  if (incidents) needs.push(words.needs.incidents(incidents));
  if (service.incidents.overdue) needs.push(words.needs.overdue(service.incidents.overdue));
  if (isSpent(service)) needs.push(words.needs.spent(-service.error_budget_minutes));
  if (service.burning) needs.push(words.needs.burning[service.burning]);
  if (service.silent_probes.length) needs.push(words.needs.probes(service.silent_probes.join(', ')));
  if (webhooks.failing) {
    needs.push(words.needs.webhooks(webhooks.failing, webhooks.pending));
  }
  if (memory.table_limit_bytes && memory.table_bytes > memory.table_limit_bytes * 0.8) {
    needs.push(words.needs.tables(percent(memory.table_bytes / memory.table_limit_bytes)));
  }
  if (journal.full_in_seconds !== undefined && journal.full_in_seconds < 86400) {
    needs.push(words.needs.journal(duration(journal.full_in_seconds)));
  }
  if (holder?.days_left !== undefined && holder.days_left <= 7) {
    needs.push(words.needs.token(holder.days_left));
  }
  return needs;
}

/// Whether the month's error budget is spent. Where nobody measures, it says nothing.
function isSpent({error_budget_minutes: left, pc_minutes: counted, unmeasured_minutes: unmeasured}) {
  return left < 0 && counted > unmeasured;
}

export function openIncidents(state) {
  return (state.incidents ?? []).filter(one => !['resolved', 'closed'].includes(one.state));
}

/// What an incident is about: of one that a rule of the gateway opened in the page's language, with
/// the number or the time in its title; a person's as it was given.
export function titleOf({rule, title}) {
  const say = words.services.rules[rule];
  const [value] = (say && /\d{4}-\d\d-\d\dT[\d:.]+Z|\d+/.exec(title)) ?? [];
  if (value === undefined) return title;
  return say(value.includes('T') ? moment(value) : value);
}

/// What is said of the platform as a whole: a level, a title, a sentence.
export function verdict(state, holder) {
  const w = words.verdict;
  const {status} = state;
  if (!status) return {level: 'waiting', title: w.waiting, detail: ''};
  if (state.awaySince !== undefined) {
    return {level: 'bad', title: w.away, detail: w.awayDetail(clock(status.at))};
  }
  const {pressure} = status;
  if (!status.ready) {
    const reasons = state.reasons.join(', ') || '…';
    return {level: 'bad', title: w.notReady, detail: w.notReadyDetail(reasons)};
  }
  const grave = graveOf(status);
  if (grave && pressure.level !== 'critical') return {level: 'bad', ...grave};
  if (pressure.level !== 'calm') {
    const detail = pressure.stage
      ? w.stage(words.stage[pressure.stage], pressure.capacity_per_second) : '';
    return {
      level: pressure.level === 'critical' ? 'bad' : 'warn', title: w[pressure.level], detail,
    };
  }
  const operations = [...state.operations.values()];
  const held = operations.filter(one => ['smoothed', 'suspended'].includes(one.state)).length;
  if (held) return {level: 'warn', title: w.held(held), detail: w.heldDetail};
  const open = operations.filter(one => one.state === 'open').length;
  const detail = w.goodDetail(rate(status.rates.entries_per_second), open);
  const isWarned = operations.some(one => state.needsAttention(one))
    || platformNeeds(state, holder).length > 0;
  return {level: isWarned ? 'look' : 'good', title: isWarned ? w.warned : w.good, detail};
}

/// What people cannot use, whatever the platform's own figures say; undefined where there is none.
function graveOf({service}) {
  const w = words.verdict;
  const {state, incidents, measured_at: at} = service;
  if (state === 'not_accessible') return {title: w.notAccessible, detail: w.notAccessibleDetail(clock(at))};
  if (!incidents.critical) return undefined;
  return {
    title: w.incident(incidents.critical),
    detail: incidents.overdue ? words.needs.overdue(incidents.overdue) : w.incidentDetail,
  };
}

const ATTENTION = 6;

function drawVerdict(state, holder) {
  const {level, title, detail} = verdict(state, holder);
  const section = $('#verdict');
  mark(section, 'data-level', level);
  write($('#verdict-title'), title);
  write($('#verdict-detail'), detail);
  if (!state.status) return;
  const needs = platformNeeds(state, holder).map(text => [undefined, text]);
  for (const name of state.order) {
    const operation = state.operations.get(name);
    if (operation && state.needsAttention(operation)) {
      needs.push([operation, needsOf(operation).join(', ')]);
    }
  }
  const shown = needs.slice(0, ATTENTION);
  const key = JSON.stringify([needs.length, shown.map(([one, text]) => [one?.title, text])]);
  replaceWhereOther($('#attention'), key, () => shown.map(([operation, text]) => element(
    'li', {},
    operation
      ? element('a', {href: place(operation.operation)}, operation.title) : undefined,
    operation ? colon() + text : text)).concat(needs.length > shown.length
    ? [element('li', {}, element('a', {href: '#operations-title'}, `+ ${needs.length - shown.length}`))]
    : []));
}

// Figures

const gauges = new Map();
/// Seconds that need no watching: two years.
const LONG = 63072000;

/// One figure: its name, its value, a line below it.
function gauge(name, title, value, detail, level) {
  if (!gauges.get(name)?.box.isConnected) {
    const parts = {
      title: element('dt'), value: element('dd', {class: 'value'}),
      detail: element('dd', {class: 'detail'}),
    };
    parts.box = element('div', {class: `gauge ${name}`}, parts.title, parts.value, parts.detail);
    gauges.set(name, parts);
    $('#gauges').append(parts.box);
  }
  const parts = gauges.get(name);
  write(parts.title, title);
  write(parts.value, value);
  write(parts.detail, detail);
  mark(parts.box, 'data-level', level);
  return parts;
}

function drawGauges(state) {
  const {status} = state;
  const {pressure, rates, journal, memory} = status;
  const g = words.gauge;
  const last = state.samples.at(-1);
  const tried = last?.attempts ?? 0;
  const entries = gauge(
    'entries', g.entries, rate(tried),
    tried > 0
      ? g.accepted(rate(rates.entries_per_second), percent(Math.min(1, rates.entries_per_second / tried)))
      : g.idle);
  drawHistory(entries, state);
  const capacity = pressure.capacity_per_second;
  const used = capacity ? rates.entries_per_second / capacity : undefined;
  const room = gauge(
    'capacity', g.capacity, capacity ? percent(used) : '–',
    capacity ? g.of(number(capacity), words.stage[pressure.stage]) : g.unmeasured,
    used > 0.8 ? 'warn' : undefined);
  drawMeter(room, used);
  gauge(
    'pressure', g.pressure, words.level[pressure.level],
    g.waits(latency(pressure.unread_wait_seconds), latency(pressure.queue_wait_seconds)),
    {strained: 'warn', critical: 'bad'}[pressure.level]);
  gauge('commit', g.commit, latency(pressure.commit_seconds), g.commitDetail);
  const queues = [...state.operations.values()].filter(one => one.waiting > 0);
  const waiting = queues.reduce((sum, one) => sum + one.waiting, 0);
  gauge(
    'waiting', g.waiting, number(waiting), g.waitingDetail(queues.length),
    waiting ? 'warn' : undefined);
  gauge(
    'connections', g.connections, number(status.connections),
    g.connectionsDetail(rate(rates.requests_per_second)));
  const lasts = journal.full_in_seconds;
  gauge(
    'journal', g.journal, bytes(journal.disk_free_bytes),
    memory.table_limit_bytes && memory.level !== 'calm' && memory.table_bytes > memory.table_limit_bytes / 2
      ? g.tables(bytes(memory.table_bytes), bytes(memory.table_limit_bytes))
      : g.journalDetail(lasts === undefined || lasts > LONG ? undefined : duration(lasts)),
    lasts < 86400 ? 'warn' : undefined);
}

const WIDTH = 150, HEIGHT = 36;

/// Tried and accepted over the last minutes, as areas.
function drawHistory(parts, state) {
  if (!parts.tried) {
    parts.tried = shape('path', {class: 'tried'});
    parts.accepted = shape('path', {class: 'accepted'});
    parts.picture = shape(
      'svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img'},
      parts.tried, parts.accepted);
    parts.box.append(element('dd', {class: 'history'}, parts.picture));
  }
  mark(parts.picture, 'aria-label', words.gauge.history);
  const samples = state.samples;
  const most = Math.max(1, ...samples.map(one => one.attempts));
  const now = samples.at(-1)?.at ?? 0;
  const line = name => {
    if (samples.length < 2) return '';
    const points = samples.map(one => {
      const x = WIDTH - (now - one.at) / 2000;
      return `${x.toFixed(1)} ${(HEIGHT - (one[name] / most) * (HEIGHT - 2)).toFixed(1)}`;
    });
    const first = (WIDTH - (now - samples[0].at) / 2000).toFixed(1);
    return `M${first} ${HEIGHT}L${points.join('L')}L${WIDTH} ${HEIGHT}Z`;
  };
  mark(parts.tried, 'd', line('attempts'));
  mark(parts.accepted, 'd', line('accepted'));
}

function drawMeter(parts, used) {
  if (!parts.meter) {
    parts.meter = element('span', {class: 'fill'});
    parts.box.append(element('dd', {class: 'meter', 'aria-hidden': 'true'}, parts.meter));
  }
  stretch(parts.meter, `${Math.min(100, (used ?? 0) * 100).toFixed(0)}%`);
}

// Who is pushing

/// What the gate does with an operation's entries, in words.
export function gateOf(operation) {
  const pace = operation.pace_per_second;
  switch (operation.state) {
  case 'smoothed': return words.lets.smoothed(pace !== undefined ? number(pace) : undefined);
  case 'suspended': case 'suspended_definitively': {
    const {suspension} = operation;
    const ground = suspension && words.grounds[suspension.ground];
    const until = suspension?.until && words.sheet.until(clock(suspension.until, false));
    return [words.lets.suspended, ground, until].filter(Boolean).join(' · ');
  }
  case 'open': return pace !== undefined ? words.lets.smoothed(number(pace)) : words.lets.open;
  case 'scheduled': return operation.opens ? words.lets.scheduled(moment(operation.opens)) : words.lets.closed;
  default: return words.lets.closed;
  }
}

export function sourceOf(source) {
  const name = source.source ?? words.noTag;
  return source.source && !source.declared ? `${name} (${words.undeclared})` : name;
}

/// The reason that refused most: `robot 1,204`.
export function refusedMost(refusals) {
  const most = Object.entries(refusals).sort((one, other) => other[1] - one[1])[0];
  return most ? `${most[0].replaceAll('_', ' ')} ${number(most[1])}` : '';
}

let pushers = [];

function drawPushing(state) {
  const rows = state.status.pushing;
  const host = $('#pushing');
  // Who pushes most is another one from second to second: rows stay, and say something else.
  const key = `${rows.length}|${document.documentElement.lang}`;
  if (host.dataset.key !== key) {
    host.dataset.key = key;
    pushers = [];
    host.replaceChildren(rows.length ? pushingTable(rows.length) : element('p', {class: 'muted'}, words.nobody));
  }
  const most = Math.max(1, ...rows.map(one => one.attempts_per_second));
  for (const [index, row] of rows.entries()) {
    const cells = pushers[index];
    const operation = state.operations.get(row.operation);
    write(cells.link, operation?.title ?? row.operation);
    mark(cells.link, 'href', place(row.operation));
    write(cells.attempts, rate(row.attempts_per_second));
    write(cells.accepted, rate(row.accepted_per_second));
    write(cells.p99, latency(row.p99_seconds));
    write(cells.refused, refusedMost(row.refusals));
    const source = row.sources[0];
    write(cells.source, source ? sourceOf(source) : '');
    mark(cells.source, 'class', source?.source && !source.declared ? 'undeclared' : undefined);
    stretch(cells.tried, `${(row.attempts_per_second / most * 100).toFixed(0)}%`);
    stretch(cells.taken, `${(row.accepted_per_second / most * 100).toFixed(0)}%`);
    write(cells.gate, operation ? gateOf(operation) : '');
    mark(cells.gate, 'class', operation ? `chip ${operation.state}` : 'chip');
  }
}

function pushingTable(count) {
  const c = words.column;
  const head = [
    [c.operation], [c.share, 'unseen'], [c.attempts, 'number'], [c.accepted, 'number'], [c.gate],
    [c.source], [c.refused], [c.p99, 'number'],
  ].map(([text, kind]) => element('th', {scope: 'col', class: kind === 'number' ? kind : undefined},
    kind === 'unseen' ? unseen(text) : text));
  const body = Array.from({length: count}, () => {
    const cells = {
      link: element('a'),
      attempts: element('td', {class: 'number strong', 'data-label': c.attempts}),
      accepted: element('td', {class: 'number', 'data-label': c.accepted}),
      p99: element('td', {class: 'number', 'data-label': c.p99}),
      refused: element('td', {'data-label': c.refused}),
      source: element('td', {'data-label': c.source}),
      gate: element('span', {class: 'chip'}),
      tried: element('span', {class: 'tried'}), taken: element('span', {class: 'taken'}),
    };
    pushers.push(cells);
    return element('tr', {},
      element('th', {scope: 'row'}, cells.link),
      element('td', {class: 'share', 'aria-hidden': 'true'},
        element('span', {class: 'shares'}, cells.tried, cells.taken)),
      cells.attempts, cells.accepted, element('td', {'data-label': c.gate}, cells.gate),
      cells.source, cells.refused, cells.p99);
  });
  return element('table', {class: 'pushing'},
    element('caption', {class: 'unseen'}, words.pushing),
    element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
}

// What is announced

const WAVES = 5;

function drawWaves(state) {
  $('#waves-panel').hidden = state.waves === undefined;
  if (!state.waves) return;
  const now = Date.parse(state.status.at);
  const waves = state.waves.filter(one => Date.parse(one.ends) > now).slice(0, WAVES);
  const capacity = state.status.pressure.capacity_per_second;
  const key = JSON.stringify([waves, Math.floor(now / 10000), capacity, words.title]);
  replaceWhereOther($('#waves'), key, () => waves.length === 0
    ? [element('li', {class: 'muted'}, words.wave.none)]
    : waves.map(wave => {
      const left = (Date.parse(wave.starts) - now) / 1000;
      const isBeyond = capacity && wave.peak_per_second > capacity;
      const title = state.operations.get(wave.operation)?.title ?? wave.operation;
      return element('li', {class: isBeyond ? 'wave beyond' : 'wave'},
        element('p', {class: 'when'}, element('time', {datetime: wave.starts}, moment(wave.starts)), ' ',
          element('span', {class: 'muted'}, left > 0 ? words.wave.in(duration(left)) : words.wave.underway)),
        element('p', {}, element('a', {href: place(wave.operation)}, title)),
        element('p', {class: 'muted'},
          words.wave.at(words.channels[wave.channel] ?? wave.channel, wave.recipients)),
        element('p', {class: 'muted'}, words.wave.peak(rate(wave.peak_per_second), moment(wave.peak_at)),
          isBeyond ? element('strong', {}, ` · ${words.wave.beyond}`) : undefined));
    }));
}

// Webhooks, availability, incidents

function drawService(state, may, onIncident) {
  const {status, webhooks, availability, incidents} = state;
  const s = words.services;
  $('#service-panel').hidden = false;
  const failing = (webhooks ?? []).filter(one => one.failure && one.state === 'active');
  const key = JSON.stringify([
    status.webhooks, failing, availability, incidents, words.title, may.incident,
  ]);
  replaceWhereOther($('#service'), key, () => {
    const parts = [element('h3', {}, s.webhooks)];
    if (failing.length) {
      parts.push(element('ul', {class: 'plain'}, ...failing.slice(0, 5).map(one => element(
        'li', {class: 'warn'},
        s.failing(one.url, one.failure.attempts, moment(one.failure.next_attempt_at))))));
    } else {
      parts.push(element('p', {class: status.webhooks.failing ? 'warn' : 'muted'},
        status.webhooks.failing
          ? words.needs.webhooks(status.webhooks.failing, status.webhooks.pending)
          : status.webhooks.active ? s.webhooksWell(status.webhooks.active) : s.webhooksNone));
    }
    if (status.webhooks.pending) {
      parts.push(element('p', {class: 'muted'}, s.pending(status.webhooks.pending)));
    }
    if (availability) {
      const {txd, b, burn, error_budget_minutes: budget, unmeasured_minutes: unmeasured} = availability;
      const reading = value => typeof value === 'number' ? percent(value / 100, 3) : '–';
      parts.push(element('h3', {}, `${s.availability}, ${s.month}`));
      parts.push(element('p', {},
        element('strong', {}, reading(txd)), ` (A) · ${reading(b?.txd)} (B)`,
        budget === undefined ? '' : ` · ${s.budget(budget)}`,
        unmeasured ? ` · ${s.unmeasured(unmeasured)}` : ''));
      if (burn?.urgency) {
        parts.push(element('p', {class: 'warn'}, burn.urgency === 'page' ? s.burnsFast : s.burnsSlowly));
      }
    }
    if (incidents) {
      const open = openIncidents(state);
      parts.push(element('h3', {}, s.incidents));
      parts.push(open.length
        ? element('ul', {class: 'plain'}, ...open.slice(0, 5).map(one => element('li', {class: 'warn'},
          `${one.incident}${colon()}${titleOf(one)} · ${words.act[one.severity] ?? one.severity}`,
          one.state === 'open' ? ` · ${one.overdue ? s.overdue : s.respond(moment(one.respond_by))}` : '')))
        : element('p', {class: 'muted'}, s.noIncidents));
    }
    if (may.incident) {
      parts.push(element('button', {type: 'button', 'data-name': 'incident', onclick: onIncident}, s.open));
    }
    return parts;
  });
}

/// Draws all of it.
export function drawOverview(state, {holder, may, onIncident}) {
  drawVerdict(state, holder);
  if (!state.status) return;
  drawGauges(state);
  drawPushing(state);
  drawWaves(state);
  drawNodes(state.status);
  drawService(state, may, onIncident);
}

