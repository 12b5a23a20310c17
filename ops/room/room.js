// The operator's room: signing in, following the gateway, drawing once a second what has changed.

import {act, ROUTES} from './actions.js';
import {drawBands, SPANS} from './bands.js';
import {clock, mark, write, zone} from './elements.js';
import {drawEvents, sentence} from './events.js';
import {Gateway} from './gateway.js';
import {language} from './language.js';
import {drawOperation} from './operation.js';
import {drawOperations, nameFilters, startOperations} from './operations.js';
import {drawOverview} from './overview.js';
import {State} from './state.js';
import {speak, words} from './words.js';

const $ = selector => document.querySelector(selector);
/// What changes seldom is asked for so often, in milliseconds.
const SLOW = 30000;

let gateway;
let state = new State();
let control = new AbortController();
let robots;
let wasDrawn = false;
/// Events from before the first status are no news: the gateway's clock, not the browser's.
let openedAt = Infinity;

// Where the page is

/// The operation that the address names; undefined on the first page.
let operationName = nameIn(location.hash);

function nameIn(hash) {
  const found = /^#\/operations\/([^/]+)$/.exec(hash);
  try {
    return found ? decodeURIComponent(found[1]) : undefined;
  } catch {
    return undefined;
  }
}

function show() {
  const name = operationName;
  const isIn = gateway !== undefined;
  $('#door').hidden = isIn;
  $('#leave').hidden = !isIn;
  $('#room').hidden = !isIn || name !== undefined;
  $('#operation').hidden = !isIn || name === undefined;
  document.title = [name && (state.operations.get(name)?.title ?? name), words.title, 'Portillon']
    .filter(Boolean).join(' · ');
  draw();
}

window.addEventListener('hashchange', () => {
  // A link within the page is none to another.
  if (location.hash && !location.hash.startsWith('#/')) return;
  operationName = nameIn(location.hash);
  robots = undefined;
  show();
  askRobots();
  const title = $(operationName ? '#operation-title' : '#content');
  title?.focus({preventScroll: true});
  scrollTo(0, 0);
});

// Drawing

let isDue = false;

/// Draws at the next frame: several events of one moment are one drawing.
function redraw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

function draw() {
  drawLink();
  if (!gateway) return;
  const may = Object.fromEntries(
    Object.entries(ROUTES).map(([name, one]) => [name, gateway.permits(one)]));
  const context = {
    state, gateway, may, holder: gateway.holder, robots,
    act: (kind, operation) => act(kind, operation, {gateway, now, done}),
    download, onIncident: () => act('incident', undefined, {gateway, now, done}),
  };
  if (operationName !== undefined) {
    drawOperation(operationName, context);
  } else {
    drawOverview(state, context);
    drawBands(state, Number($('#span').value));
    drawOperations(state);
    drawEvents(state.events, $('#events'), words.noEvents);
  }
  if (!wasDrawn && state.status) {
    wasDrawn = true;
    performance.mark('drawn');
  }
}

function drawLink() {
  const link = $('#link');
  if (!gateway) {
    write(link, '');
    write($('#holder'), '');
    return;
  }
  const {status, awaySince} = state;
  mark(link, 'data-level', awaySince !== undefined ? 'bad' : status ? 'good' : undefined);
  write(link, awaySince !== undefined ? words.away(clock(awaySince))
    : status ? words.live(clock(status.at)) : words.connecting);
  write($('#holder'), words.holder(gateway.holder.name, gateway.holder.role));
}

function say(text) {
  $('#said').textContent = text;
}

// Signing in and out

$('#sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  const field = $('#token');
  const refusal = $('#refusal');
  const button = $('#sign-in button');
  refusal.textContent = '';
  button.disabled = true;
  const wanted = new Gateway(field.value.trim());
  try {
    await wanted.signIn();
    if (!wanted.permits('GET /v1/status')) {
      refusal.textContent = words.wrongRole(wanted.holder.role);
      return;
    }
    // It is nowhere in the document from here on.
    field.value = '';
    enter(wanted);
  } catch (error) {
    refusal.textContent = error.status === 401 ? words.wrongToken
      : error.status === 0 ? words.noAnswer : error.message;
    field.focus();
    field.select();
  } finally {
    button.disabled = false;
  }
});

function enter(wanted) {
  gateway = wanted;
  state = new State();
  waiting = undefined;
  control = new AbortController();
  wasDrawn = false;
  openedAt = Infinity;
  show();
  $('#content').focus({preventScroll: true});
  follow(control.signal);
  askSlow(control.signal);
}

function leave(reason = '') {
  control.abort();
  gateway = undefined;
  state = new State();
  if ($('#dialog').open) $('#dialog').close();
  // What was shown is nobody's any more.
  for (const name of ['attention', 'gauges', 'pushing', 'bands', 'waves', 'nodes', 'service', 'events', 'operation']) {
    $(`#${name}`).replaceChildren();
    delete $(`#${name}`).dataset.key;
  }
  nameFilters();
  $('#refusal').textContent = reason;
  show();
  $('#token').focus();
}

$('#leave').addEventListener('click', () => leave());

// Following the gateway

async function follow(signal) {
  try {
    await gateway.follow({
      event({name, id, text}) {
        if (name === 'status') takeStatus(text);
        else announce(state.addEvent(name, JSON.parse(text), id));
        redraw();
      },
      here() {
        if (state.awaySince === undefined) return;
        state.awaySince = undefined;
        redraw();
      },
      away() {
        state.awaySince ??= Date.now();
        redraw();
      },
      gap() { say(words.gap); },
    }, signal);
  } catch (error) {
    if (!signal.aborted) leave(error.status === 401 ? words.signedOut : error.message);
  }
}

/// Of a page that nobody sees one status in so many is looked into: its history goes on.
const HIDDEN = 10;
/// What came since then, as text.
let waiting;
let waited = 0;

function takeStatus(text) {
  state.awaySince = undefined;
  waited = document.hidden ? waited + 1 : HIDDEN;
  waiting = waited < HIDDEN ? text : undefined;
  if (waiting) return;
  waited = 0;
  const status = JSON.parse(text);
  zone.name ??= status.time_zone;
  const isFirst = state.status === undefined;
  state.setStatus(status);
  if (isFirst) {
    openedAt = now();
    askBeyond();
  }
  if (!status.ready) askReasons();
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden || !waiting || !gateway) return;
  takeStatus(waiting);
  redraw();
});

/// The gateway's time, in milliseconds: the browser's clock may differ. The browser's before the
/// first status.
function now() {
  return state.status ? Date.parse(state.status.at) : Date.now();
}

/// Tells a screen reader what is new and grave.
function announce(event) {
  if (!event || event.at < openedAt) return;
  if (event.name === 'incident') askOnce('incidents');
  if (isGrave(event)) say(sentence(event));
}

/// Of incidents: those that became critical, are open again, or are overdue.
function isGrave({name, type, data}) {
  if (name !== 'incident') return ['suspension', 'step', 'resumption', 'pressure'].includes(name);
  return ['incident.overdue', 'incident.reopened'].includes(type) || data.severity === 'critical';
}

async function askReasons() {
  try {
    const answer = await fetch('/readyz', {credentials: 'omit', cache: 'no-store'});
    state.reasons = (await answer.json()).reasons;
    redraw();
  } catch {
    // The next status asks again.
  }
}

// What changes seldom

const SEEN_SELDOM = {
  webhooks: ['GET /v1/webhooks', () => '/v1/webhooks?limit=200', answer => answer.webhooks],
  availability: ['GET /v1/availability', () => '/v1/availability', answer => answer],
  incidents: ['GET /v1/incidents', () => '/v1/incidents?state=unresolved&limit=200', answer => answer.incidents],
  waves: ['GET /v1/calendar', () => {
    const [from, to] = [new Date(now() - 3600000), new Date(now() + 86400000)];
    return `/v1/calendar?from=${from.toISOString()}&to=${to.toISOString()}`;
  }, answer => answer.waves],
};

/// Asks for one of them, where there is such a route and the token permits it.
async function askOnce(name) {
  const [route, path, part] = SEEN_SELDOM[name];
  if (!gateway?.permits(route)) return;
  const asked = state;
  try {
    asked[name] = part(await gateway.get(path()));
    redraw();
  } catch {
    // What is not there is not shown; what was shown stays until it is asked for again.
  }
}

async function askSlow(signal) {
  while (!signal.aborted) {
    for (const name of Object.keys(SEEN_SELDOM)) await askOnce(name);
    await askBeyond();
    await askRobots();
    await new Promise(resolve => setTimeout(resolve, SLOW));
  }
}

/// Operations that a status has no room for, page by page.
async function askBeyond() {
  const {status} = state;
  if (!gateway || !status || status.operations_total <= status.operations.length) return;
  const asked = state;
  const found = [];
  let after = '';
  try {
    do {
      const page = await gateway.get(`/v1/operations?limit=200&after=${after}`);
      found.push(...page.operations);
      after = page.next;
    } while (after);
    asked.setBeyond(found);
    redraw();
  } catch {
    // They are asked for again.
  }
}

/// The robots of the operation that is shown, by rule.
async function askRobots() {
  const name = operationName;
  if (!name || !gateway?.permits('GET /v1/operations/{operation}/robots')) return;
  try {
    robots = await gateway.get(`/v1/operations/${encodeURIComponent(name)}/robots?seconds=3600`);
    redraw();
  } catch {
    robots = undefined;
  }
}

// What is done

function done(text, operation) {
  if (operation?.operation && operation.missing_notices) state.setOperation(operation);
  say(text);
  redraw();
  askOnce('incidents');
}

async function download(name, kind) {
  const type = kind === 'html' ? 'text/html' : 'application/json';
  const path = `/v1/operations/${encodeURIComponent(name)}/evidence?language=${language.now}`;
  try {
    const blob = await gateway.download(path, type);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `dossier-${name}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (error) {
    say(error.status === 0 ? words.noAnswer : error.message);
  }
}

// The language, and the beginning

function speakAll(tag) {
  speak(tag);
  const span = $('#span');
  const chosen = span.value || '6';
  span.replaceChildren(...SPANS.map(hours => new Option(words.hours(hours), String(hours))));
  span.value = chosen;
  nameFilters();
  show();
}

$('#language').addEventListener('click', () => speakAll(language.now === 'fr' ? 'en' : 'fr'));
$('#span').addEventListener('change', redraw);
startOperations(redraw);
speakAll(navigator.language.startsWith('fr') ? 'fr' : 'en');
if (!gateway) $('#token').focus();
