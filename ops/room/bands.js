// Where the platform and the operations stood over the last hours, as bands: how much is held is
// drawn by height, and said in words.

import {clock, duration, element, moment, replaceWhereOther, shape} from './elements.js';
import {colon} from './language.js';
import {place} from './overview.js';
import {SEVERITY} from './state.js';
import {words} from './words.js';

export const SPANS = [1, 6, 24];
const ROWS = 8;
const WIDTH = 1000, HEIGHT = 20;
const HEIGHTS = [2, 4, 12, 20];

/// Seconds that each state took.
function spent(stretches) {
  const found = new Map();
  for (const one of stretches) {
    found.set(one.state, (found.get(one.state) ?? 0) + (one.to - one.from) / 1000);
  }
  return found;
}

/// The states that held something, in words.
function said(stretches, names) {
  const parts = [...spent(stretches)].filter(([state]) => SEVERITY[state] > 1)
    .map(([state, seconds]) => words.spent(names[state], duration(seconds)));
  return parts.join(', ') || names[stretches.at(-1)?.state] || '';
}

function band(stretches, from, to, label) {
  const x = time => ((time - from) / (to - from)) * WIDTH;
  const parts = stretches.map(one => {
    const height = HEIGHTS[SEVERITY[one.state] ?? 0];
    return shape('rect', {
      class: one.state, x: x(one.from).toFixed(1), y: HEIGHT - height, height,
      width: Math.max(1.5, x(one.to) - x(one.from)).toFixed(1),
    });
  });
  for (const one of stretches.filter(one => one.isStart)) {
    parts.push(shape('rect', {class: 'start', x: x(one.from).toFixed(1), y: 0, width: 2, height: HEIGHT}));
  }
  return shape('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label,
  }, ...parts);
}

function axis(from, to) {
  const marks = [];
  for (let step = 0; step <= 4; step += 1) {
    marks.push(element('span', {}, clock(from + ((to - from) * step) / 4, false)));
  }
  return element('p', {class: 'axis', 'aria-hidden': 'true'}, ...marks);
}

/// What the bands were drawn of last.
let drawn = {};

/// - hours: of the period.
export function drawBands(state, hours) {
  if (!state.status) return;
  const host = document.querySelector('#bands');
  const to = Date.parse(state.status.at);
  // What has not changed moves by a tenth of a percent a time: enough.
  const tick = Math.floor(to / (hours * 3600));
  const isDrawn = host.dataset.key !== undefined && drawn.state === state && drawn.news === state.news
    && drawn.hours === hours && drawn.tick === tick && drawn.title === words.title;
  if (isDrawn) return;
  drawn = {state, news: state.news, hours, tick, title: words.title};
  const from = to - hours * 3600000;
  const held = [];
  for (const [name, changes] of state.changes) {
    const operation = state.operations.get(name);
    if (!operation) continue;
    const stretches = state.stretches(changes, from, to);
    const seconds = [...spent(stretches)].filter(([one]) => SEVERITY[one] > 1)
      .reduce((sum, [one, time]) => sum + time * SEVERITY[one], 0);
    if (seconds > 0) held.push({operation, stretches, seconds});
  }
  held.sort((one, other) => other.seconds - one.seconds);
  const pressure = state.stretches(state.pressure, from, to);
  const key = JSON.stringify([
    hours, tick, pressure.length, held.map(one => [one.operation.title, one.stretches.length]),
    words.title,
  ]);
  replaceWhereOther(host, key, () => {
    const rows = [row(words.platform, undefined, pressure, words.level)];
    for (const one of held.slice(0, ROWS)) {
      rows.push(row(one.operation.title, place(one.operation.operation), one.stretches, words.states));
    }
    function row(title, href, stretches, names) {
      const text = said(stretches, names);
      return element('li', {},
        element('p', {class: 'name'}, href ? element('a', {href}, title) : title),
        band(stretches, from, to, title + colon() + text),
        element('p', {class: 'muted what'}, text));
    }
    const notes = [];
    if (held.length === 0) notes.push(words.quiet);
    if (held.length > ROWS) notes.push(words.others(held.length - ROWS));
    if (state.since > from) notes.push(words.unknownBefore(moment(state.since)));
    return [
      element('ul', {class: 'bands'}, ...rows), axis(from, to),
      element('p', {class: 'muted'}, notes.join(' ')),
    ];
  });
}
