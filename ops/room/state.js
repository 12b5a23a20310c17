// What the page knows: the last status, the events, what is made of them. It shows nothing, asks
// nothing, and has no clock of its own.

/// How much is held of a state, from the least on: what is drawn by height, and sorted by.
export const SEVERITY = {
  open: 1, scheduled: 0, draft: 0, ended: 0, closed: 0, smoothed: 2, suspended: 3,
  suspended_definitively: 3, calm: 1, strained: 2, critical: 3,
};

const EVENTS = 200;
/// Samples of the status: five minutes.
const SAMPLES = 300;

export class State {
  status;
  /// By name: those of the status, and those beyond it that were asked for.
  operations = new Map();
  /// Names in the gateway's order, the most urgent first.
  order = [];
  /// The newest first.
  events = [];
  samples = [];
  /// Changes of state by operation, and of the platform's pressure: `[{at, state}]` by time.
  changes = new Map();
  pressure = [];
  /// Counts what is new in these: without it, what is drawn of them is right.
  news = 0;
  /// From when on the events are known; undefined before the first.
  since;
  /// What other routes told: see `room.js`.
  waves = [];
  webhooks;
  availability;
  incidents;
  reasons = [];
  /// Since when the gateway is away; undefined while it is there.
  awaySince;
  #beyond = new Map();

  /// Takes in what `GET /v1/status` answers.
  setStatus(status) {
    this.status = status;
    const at = Date.parse(status.at);
    this.since ??= at;
    this.operations = new Map(this.#beyond);
    this.order = [];
    for (const operation of status.operations) {
      this.operations.set(operation.operation, operation);
      this.order.push(operation.operation);
    }
    for (const name of this.#beyond.keys()) {
      if (!this.order.includes(name)) this.order.push(name);
    }
    for (const [name, operation] of this.operations) this.#see(name, simple(operation.state), at);
    if (see(this.pressure, status.pressure.level, at)) this.news += 1;
    const pushed = status.pushing.reduce((sum, one) => sum + one.attempts_per_second, 0);
    this.samples.push({
      at, attempts: Math.max(pushed, status.rates.entries_per_second),
      accepted: status.rates.entries_per_second,
    });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /// Operations beyond those that a status has room for.
  setBeyond(operations) {
    const known = new Set(this.status?.operations.map(one => one.operation));
    this.#beyond = new Map(
      operations.filter(one => !known.has(one.operation)).map(one => [one.operation, one]));
    for (const [name, one] of this.#beyond) this.operations.set(name, one);
    this.order = [...known, ...this.#beyond.keys()];
  }

  /// An operation as a request answered it: newer than the last status.
  setOperation(operation) {
    if (!this.operations.has(operation.operation)) this.#beyond.set(operation.operation, operation);
    this.operations.set(operation.operation, operation);
  }

  /// Takes in one event. Behind a gap the past comes again: what is known of it is left out, and
  /// what is new is put where its time belongs.
  /// - Returns: the event; undefined where it is known, or older than what is kept.
  addEvent(name, data, id) {
    const event = {id, name, type: data.type, at: Date.parse(data.timestamp), data: data.data ?? {}};
    if (this.events.some(one => isSame(one, event))) return undefined;
    let place = 0;
    while (place < this.events.length && this.events[place].at > event.at) place += 1;
    if (place >= EVENTS) return undefined;
    this.events.splice(place, 0, event);
    if (this.events.length > EVENTS) this.events.pop();
    this.since = Math.min(this.since ?? event.at, event.at);
    this.news += 1;
    const {operation, client} = event.data;
    switch (event.type) {
    case 'operation.smoothed': this.#change(operation, 'smoothed', event.at); break;
    case 'operation.suspended': this.#change(operation, 'suspended', event.at); break;
    case 'operation.resumed': this.#change(operation, 'open', event.at); break;
    case 'client.suspended': this.#changeAll(client, 'suspended', event.at); break;
    case 'client.resumed': this.#changeAll(client, 'open', event.at); break;
    case 'pressure.changed': insert(this.pressure, event.data.pressure, event.at); break;
    // A process that has just begun has measured nothing.
    case 'process.started': insert(this.pressure, 'calm', event.at, true); break;
    }
    return event;
  }

  #change(operation, state, at) {
    if (!this.changes.has(operation)) this.changes.set(operation, []);
    insert(this.changes.get(operation), state, at);
  }

  #changeAll(client, state, at) {
    for (const [name, operation] of this.operations) {
      if (operation.client === client) this.#change(name, state, at);
    }
  }

  /// What a status shows is a change where no event has told it: opened, closed, begun.
  #see(operation, state, at) {
    if (!this.changes.has(operation)) this.changes.set(operation, []);
    if (see(this.changes.get(operation), state, at)) this.news += 1;
  }

  /// Whether an operation needs a person's eye.
  needsAttention(operation) {
    return ['smoothed', 'suspended'].includes(operation.state) || operation.missing_notices.length > 0
      || operation.advice !== undefined || operation.waiting > 0 || isNear(operation);
  }

  /// The stretches of a row within a period: `[{state, from, to, isStart}]`.
  stretches(changes, from, to) {
    const found = [];
    for (const [place, change] of changes.entries()) {
      const end = changes[place + 1]?.at ?? to;
      if (place === 0 && change.at > from) {
        const state = before(change);
        if (state) found.push({state, from, to: Math.min(change.at, to)});
      }
      if (end <= from || change.at >= to) continue;
      found.push({
        state: change.state, from: Math.max(change.at, from), to: Math.min(end, to),
        isStart: change.isStart,
      });
    }
    return found.filter(one => one.to > one.from);
  }
}

/// Whether both are the same: one record may tell several events.
function isSame(one, other) {
  return one.id === other.id && one.at === other.at && one.type === other.type
    && one.data.operation === other.data.operation;
}

/// Beyond 80 % of the cover: what the gateway tells by `cover.near`.
export function isNear(operation) {
  return operation.state === 'open' && operation.cover > 0
    && operation.participants >= operation.cover * 0.8;
}

export function share(operation) {
  return operation.cover > 0 ? operation.participants / operation.cover : 0;
}

/// The state as it is drawn: suspended is suspended.
export function simple(state) {
  return state === 'suspended_definitively' ? 'suspended' : state;
}

/// Puts a change where its time belongs: the past comes after the first status.
function insert(changes, state, at, isStart = false) {
  let place = changes.length;
  while (place > 0 && changes[place - 1].at > at) place -= 1;
  changes.splice(place, 0, {at, state, isStart});
  if (changes.length > 400) changes.shift();
}

/// - Returns: whether it is another state.
function see(changes, state, at) {
  if (changes.at(-1)?.state === state) return false;
  // Seen first: it was so before, as far as anybody knows.
  changes.push({at, state, isFirst: changes.length === 0});
  return true;
}

/// What was there before the first known change, where that can be told.
function before(change) {
  if (change.isFirst) return change.state;
  if (change.isStart) return undefined;
  return {smoothed: 'open', suspended: 'open', strained: 'calm', critical: 'calm'}[change.state];
}
