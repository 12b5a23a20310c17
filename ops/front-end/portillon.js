// Portillon's kit for front ends: sends an entry, and sees to it until there is a verdict.
// portillon.d.ts says what each part does; portillon-words.js has words for people.

/** A gateway knows an Idempotency-Key for 24 hours; an older one is not used again. */
const KEPT_MS = 23 * 3_600_000;
const TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_S = 30;
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
        const seconds = Math.max(pause, answer.retry_after ?? 0);
        onWaiting?.({reason, retry_after: seconds});
        await sleep(seconds, signal, true);
        continue;
      }
      failures = 0;
      if (answer.verdict === 'challenged') {
        if (challenges++ < CHALLENGES) {
          onChallenge?.(answer);
          altcha = await this.#solve(answer.challenge, signal)
            ?? await unsolved(answer, onWaiting, signal);
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

  /** The solved challenge as it is sent; undefined where this device cannot solve it. */
  async #solve(challenge, signal) {
    // A page starts workers of its own origin only, and old browsers none that are modules. There the
    // same file solves in the page: WebCrypto has threads of its own.
    const {href, origin} = this.#worker;
    const inPage = async () => (await import(href)).solve(challenge, signal);
    const isOwn = origin === globalThis.location?.origin;
    for (const solve of isOwn ? [() => inWorker(href, challenge, signal), inPage] : [inPage]) {
      try {
        return base64(await solve());
      } catch {
        signal?.throwIfAborted();
      }
    }
    return undefined;
  }
}

const now = () => Date.now();

/** The challenge as it came, where the gateway takes it so after a wait; undefined where it does not. */
async function unsolved({challenge, date}, onWaiting, signal) {
  const ready = challenge.parameters.data?.readyAt;
  if (!ready) return undefined;
  // By the gateway's clock, which tells whole seconds.
  const seconds = Math.max(ready - date / 1000, 0) + 1;
  onWaiting?.({reason: 'checking', retry_after: seconds, seconds});
  await sleep(seconds, signal);
  return base64({challenge});
}

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
    const said = parseFloat(headers.get('Retry-After'));
    const retry = said >= 0 ? {retry_after: said} : {};
    const text = await response.text();
    let answer;
    try { answer = JSON.parse(text); } catch { /* a proxy's page */ }
    if (answer?.code || answer?.operation) {
      if (status === 408) return {lost: true};
      const date = Date.parse(headers.get('Date')) || now();
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
    const end = (settle, value) => {
      clearTimeout(timer);
      done.abort();
      settle(value);
    };
    const on = (target, event, act) => target?.addEventListener?.(event, act, {signal: done.signal});
    const timer = setTimeout(end, seconds * 1000, resolve);
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
// goes on with it.

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
    return JSON.parse(globalThis[storage].getItem(name)) ?? undefined;
  } catch {
    return undefined;  // Storage is switched off, or not ours: nothing is kept.
  }
}

function write(storage, name, value) {
  try {
    if (value) globalThis[storage].setItem(name, JSON.stringify(value));
    else globalThis[storage].removeItem(name);
  } catch { /* as above */ }
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
