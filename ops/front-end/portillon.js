// Portillon's kit for front ends: sends an entry, and sees to it until there is a verdict.
// portillon.d.ts says what each part does; portillon-words.js has words for people.

/** A gateway knows an Idempotency-Key for 24 hours; an older one is not used again. */
const KEPT_MS = 23 * 3_600_000;
const TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_S = 30;
/** A proxy does not know when the gateway is back: no page waits for an hour on its word. */
const LONGEST_TOLD_S = 300;
/** A timer of more than 2^31 ms fires at once. */
const LONGEST_TIMER_MS = 1e9;
/** So many challenges one entry may be asked to solve. */
const CHALLENGES = 3;
const FINAL = ['accepted', 'repeated', 'refused', 'suspended', 'closed'];

export class PortillonError extends Error {
  constructor({status, code, title, detail, errors}) {
    super(detail ?? title ?? code);
    Object.assign(this, {name: 'PortillonError', status, code, errors});
  }
}

export class Portillon {
  #base;
  #key;
  #worker;
  #remember;
  /** Entries that are under way, by their content: a double click is one of them. */
  #running = new Map();

  constructor({url, operation, key, worker, remember = true}) {
    const page = globalThis.location?.href;
    const base = new URL(url, page).href.replace(/\/+$/, '');
    this.#base = `${base}/v1/operations/${encodeURIComponent(operation)}`;
    this.#key = key;
    this.#worker = new URL(worker ?? './portillon-worker.js', worker ? page : import.meta.url);
    this.#remember = remember;
  }

  async operation({signal} = {}) {
    const answer = await ask(this.#base, {}, signal);
    if (answer.operation) return answer;
    throw new PortillonError(answer.lost ? {code: 'unreachable'} : answer);
  }

  enter(participant, entry = {}, options = {}) {
    const body = {...entry, participant};
    const content = digest(JSON.stringify(body));
    let running = this.#running.get(content);
    if (!running) {
      if (this.#remember) write('sessionStorage', this.#pendingName, {participant, entry, at: now()});
      running = this.#see(body, content, options).finally(() => {
        this.#running.delete(content);
        write('sessionStorage', this.#pendingName);
      });
      this.#running.set(content, running);
    }
    return running;
  }

  pending() {
    const kept = fresh(read('sessionStorage', this.#pendingName));
    return kept ? {participant: kept.participant, entry: kept.entry} : null;
  }

  get #pendingName() {
    return 'portillon:' + digest(this.#base);
  }

  /** From the first attempt to the verdict. */
  async #see(body, content, {onWaiting, onChallenge, signal}) {
    const name = 'portillon:' + digest(this.#base + '\n' + body.participant);
    const {key, ...kept} = await atomically(name, () => recall(name, content));
    let {ticket} = kept;
    let altcha;
    let challenges = 0;
    let failures = 0;
    for (;;) {
      // Another tab may have been given a place meanwhile: it is the same person's.
      ticket = read('localStorage', name)?.ticket ?? ticket;
      const answer = await ask(`${this.#base}/entries`, {
        method: 'POST',
        headers: {
          'Authorization': 'Bearer ' + this.#key,
          'Content-Type': 'application/json',
          'Idempotency-Key': key,
        },
        body: JSON.stringify({...body, ticket, altcha}),
      }, signal);
      if (answer.lost) {
        // The entry may be stored: the same key makes sure that it counts once.
        const pause = Math.min(2 ** failures++, LONGEST_PAUSE_S) * (0.5 + Math.random() / 2);
        const reason = globalThis.navigator?.onLine === false ? 'offline' : 'unreachable';
        const seconds = Math.max(pause, Math.min(answer.retry_after ?? 0, LONGEST_TOLD_S));
        onWaiting?.({reason, retry_after: seconds});
        await sleep(seconds, signal, answer.retry_after === undefined);
        continue;
      }
      failures = 0;
      if (answer.verdict === 'challenged') {
        if (challenges++ < CHALLENGES) {
          onChallenge?.(answer);
          altcha = await this.#solve(answer, onWaiting, signal);
          if (altcha) continue;
        }
      } else if (altcha && answer.reasons?.includes('challenge_failed') && challenges < CHALLENGES) {
        // It expired, or was used up by an attempt whose answer was lost: the next one is new.
        altcha = undefined;
        continue;
      } else if (!FINAL.includes(answer.verdict) && answer.retry_after !== undefined) {
        ticket = answer.ticket ?? ticket;
        write('localStorage', name, {key, content, ticket, at: now()});
        onWaiting?.(waiting(answer));
        await sleep(answer.retry_after, signal);
        continue;
      }
      // A place outlives a suspension that ends.
      if (answer.verdict !== 'suspended' || answer.status === 410) write('localStorage', name);
      if (!answer.verdict) throw new PortillonError(answer);
      delete answer.date;
      return answer;
    }
  }

  /**
   * The challenge as it is sent: solved, or as it came, where the gateway takes it so after a wait
   * and this device cannot solve it or is not done by then. Undefined where it does not, and the
   * challenge expires.
   */
  async #solve({challenge, date}, onWaiting, signal) {
    signal?.throwIfAborted();
    const {data, expiresAt} = challenge.parameters;
    const ready = data?.readyAt;
    // By the gateway's clock, which tells whole seconds.
    const seconds = Math.max((ready ?? expiresAt ?? Infinity) - date / 1000, 0) + 1;
    const due = now() + seconds * 1000;
    const control = new AbortController();
    const stop = () => control.abort(signal.reason);
    signal?.addEventListener('abort', stop);
    const wait = sleep(seconds, control.signal).then(() => ready && {challenge});
    const work = this.#work(challenge, control.signal).catch(() => {
      control.signal.throwIfAborted();
      if (!ready) return undefined;
      const left = Math.max((due - now()) / 1000, 0);
      onWaiting?.({reason: 'checking', retry_after: left, seconds: left});
      return wait;
    });
    try {
      const solved = await Promise.race([work, wait]);
      return solved && base64(solved);
    } finally {
      signal?.removeEventListener('abort', stop);
      control.abort();
    }
  }

  /** Throws where this device cannot solve it. */
  async #work(challenge, signal) {
    // A page starts workers of its own origin only, and old browsers none that are modules. There the
    // same file solves in the page: WebCrypto has threads of its own.
    const {href, origin} = this.#worker;
    if (origin === globalThis.location?.origin) {
      try {
        return await inWorker(href, challenge, signal);
      } catch {
        signal.throwIfAborted();
      }
    }
    return (await import(href)).solve(challenge, signal);
  }
}

const now = () => Date.now();

const base64 = value =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))));

/** One request and what was answered; `lost` where no gateway answered it. */
async function ask(url, options, signal) {
  signal?.throwIfAborted();
  const control = new AbortController();
  const stop = () => control.abort();
  const timer = setTimeout(stop, TIMEOUT_MS);
  signal?.addEventListener('abort', stop);
  try {
    const response = await fetch(
      url, {...options, credentials: 'omit', cache: 'no-store', signal: control.signal});
    const {status, headers} = response;
    const date = Date.parse(headers.get('Date')) || now();
    const told = headers.get('Retry-After');
    // A proxy may tell a date; none is told to come at once.
    const said = /^\d/.test(told) ? parseFloat(told) : (Date.parse(told) - date) / 1000;
    const retry = isNaN(said) ? {} : {retry_after: Math.max(said, 1)};
    const text = await response.text();
    let answer;
    try { answer = JSON.parse(text); } catch { /* a proxy's page */ }
    // A proxy may answer JSON, too, and call its status a code.
    if (answer?.operation || answer?.type?.startsWith?.('urn:portillon:')) {
      if (status === 408) return {lost: true};
      return {...(status === 429 || status === 503 ? retry : {}), ...answer, status, date};
    }
    const isFinal = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
    return isFinal ? {status, code: 'http_' + status} : {lost: true, ...retry};
  } catch {
    signal?.throwIfAborted();
    return {lost: true};
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** What `onWaiting` gets: the answer, why one waits, and the seconds until the turn at the latest. */
function waiting({date, ...answer}) {
  const reason = answer.verdict !== 'waiting' ? 'busy' : answer.estimated_at ? 'queue' : 'opening';
  // By the gateway's clock at both ends: this device's may be wrong.
  const seconds = answer.estimated_at ? (Date.parse(answer.estimated_at) - date) / 1000 : null;
  return {...answer, reason, seconds: seconds && Math.max(seconds, answer.retry_after)};
}

/** Waits; a device that slept meanwhile goes on as soon as it is looked at. */
function sleep(seconds, signal, untilOnline) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const done = new AbortController();
    const due = now() + seconds * 1000;
    let timer;
    const end = (settle, value) => {
      clearTimeout(timer);
      done.abort();
      settle(value);
    };
    const on = (target, event, act) => target?.addEventListener?.(event, act, {signal: done.signal});
    const go = left => {
      if (left <= 0) return end(resolve);
      timer = setTimeout(go, Math.min(left, LONGEST_TIMER_MS), left - LONGEST_TIMER_MS);
    };
    go(seconds * 1000);
    on(signal, 'abort', () => end(reject, signal.reason));
    on(globalThis.document, 'visibilitychange', () => now() >= due && end(resolve));
    if (untilOnline) on(globalThis, 'online', () => end(resolve));
  });
}

function inWorker(url, challenge, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(url, {type: 'module'});
    const end = (settle, value) => {
      worker.terminate();
      signal?.removeEventListener('abort', stop);
      settle(value);
    };
    const stop = () => end(reject, signal.reason);
    worker.onmessage = ({data}) => data.error ? end(reject, data.error) : end(resolve, data.payload);
    worker.onerror = event => end(reject, event);
    signal?.addEventListener('abort', stop);
    worker.postMessage(challenge);
  });
}

// What is kept. For all tabs (localStorage): the Idempotency-Key and the ticket, under a digest of
// the participant. For this tab until it is closed (sessionStorage): the entry, so that a reload
// goes on with it. Where there is no storage, or no room in it: for this page, until it is left.

const memory = new Map();

/** The key and the ticket of this entry: those kept, or a new key. */
function recall(name, content) {
  const kept = fresh(read('localStorage', name)) ?? {};
  // Another content is another entry: it needs a key of its own, and keeps the person's place.
  const key = kept.content === content ? kept.key : random();
  const place = {key, content, ticket: kept.ticket, at: now()};
  write('localStorage', name, place);
  return place;
}

const fresh = kept => kept && now() - kept.at < KEPT_MS ? kept : null;

/** Two tabs that begin at once must find one key. */
async function atomically(name, act) {
  try {
    return await navigator.locks.request(name, act);
  } catch {
    return act();
  }
}

function read(storage, name) {
  try {
    return JSON.parse(memory.get(name) ?? globalThis[storage].getItem(name)) ?? undefined;
  } catch {
    return undefined;  // Storage is switched off, or what is there is not ours.
  }
}

function write(storage, name, value) {
  const text = value && JSON.stringify(value);
  memory.delete(name);
  try {
    if (text) globalThis[storage].setItem(name, text);
    else globalThis[storage].removeItem(name);
  } catch {
    if (text) memory.set(name, text);
  }
}

const random = () => Array.from(
  crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

/** 64 bits that stand for a text, so that no e-mail address is kept: FNV-1a, two of 32 bits. */
function digest(text) {
  let [low, high] = [0x811c9dc5, 0xcbf29ce4];
  for (const byte of new TextEncoder().encode(text)) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte ^ low >>> 13, 0x85ebca6b);
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
}
