// What happened, in words.

import {clock, element, moment, percent, replaceWhereOther} from './elements.js';
import {place} from './overview.js';
import {words} from './words.js';

const SHOWN = 30;

/// One event as a sentence; of a type that this page does not know, its name.
export function sentence(event) {
  const say = words.event[event.type];
  if (!say) {
    const {operation, client, title, state} = event.data;
    return [event.type, operation ?? client, title, state].filter(Boolean).join(' · ');
  }
  const d = {...event.data};
  if (d.share !== undefined) d.share = percent(event.data.share);
  d.by = words.by[d.by] ?? d.by;
  d.ground = words.grounds[d.ground] ?? d.ground;
  d.severity = words.act[d.severity] ?? d.severity;
  d.step = words.steps[d.step] ?? d.step;
  d.pressure = words.levelWord[d.pressure] ?? d.pressure;
  d.before = words.levelWord[d.before] ?? d.before;
  return say(d);
}

/// How grave an event is: its sign.
function level(event) {
  switch (event.type) {
  case 'operation.suspended': case 'client.suspended': return 'bad';
  case 'pressure.changed': return {calm: 'good', critical: 'bad'}[event.data.pressure] ?? 'warn';
  case 'incident.overdue': return 'bad';
  case 'operation.resumed': case 'client.resumed': case 'client.within': case 'incident.resolved':
    return 'good';
  case 'process.started': return 'plain';
  default: return 'warn';
  }
}

/// The list of events, the newest first.
export function drawEvents(events, host, emptyText) {
  const shown = events.slice(0, SHOWN);
  replaceWhereOther(host, `${shown[0]?.id} ${shown.length} ${words.title}`, () => shown.length === 0
    ? [element('li', {class: 'muted'}, emptyText)]
    : shown.map(event => element('li', {'data-level': level(event), 'data-record': event.id},
      element('time', {datetime: new Date(event.at).toISOString()},
        Date.now() - event.at < 12 * 3600000 ? clock(event.at) : moment(event.at)), ' ',
      event.data.operation
        ? element('a', {href: place(event.data.operation)}, sentence(event)) : sentence(event))));
}
