// The gateway as the page asks it.
//
// The token is in this object alone, in the page's memory: no cookie that would go along with a
// request of another page, no storage that a script of another page of this origin could read
// later. A reload asks for it again; a browser's password manager may fill it in.

/// An answer that is no success. `status` 0: there was none.
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? String(status));
    this.status = status;
    this.code = problem?.code;
    this.errors = problem?.errors ?? [];
    this.retryAfter = problem?.retry_after;
  }
}

export class Gateway {
  #token;
  /// Requests that the token permits: `POST /v1/operations/{operation}/suspend`.
  #routes = new Set();
  holder;

  constructor(token) {
    this.#token = token;
  }

  /// Asks whose the token is.
  async signIn() {
    this.holder = await this.ask('GET', '/v1/token');
    this.#routes = new Set(this.holder.routes);
  }

  /// Whether the token permits a request, as the gateway's route table has it.
  permits(route) {
    return this.#routes.has(route);
  }

  get(path) {
    return this.ask('GET', path);
  }

  /// Sends a request, and returns the answer's JSON.
  async ask(method, path, body) {
    const answer = await this.#fetch(method, path, {
      ...(body && {body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}}),
    });
    return answer.json();
  }

  /// An answer as a file.
  async download(path, type) {
    const answer = await this.#fetch('GET', path, {headers: {Accept: type}});
    return answer.blob();
  }

  async #fetch(method, path, {headers = {}, ...options} = {}) {
    let answer;
    try {
      answer = await fetch(path, {
        method, credentials: 'omit', cache: 'no-store', redirect: 'error', ...options,
        headers: {...headers, Authorization: `Bearer ${this.#token}`},
      });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new Refusal(0);
    }
    if (answer.ok) return answer;
    // A proxy in between answers with pages of its own.
    throw new Refusal(answer.status, await answer.json().catch(() => undefined));
  }

  /// Follows the events until the signal ends it, over restarts of the gateway: it goes on behind
  /// the last number that came, so that nothing is left out and nothing comes twice.
  /// - handlers: `event({name, id, text})`, whose text is JSON; `here()`, `away(refusal)`, `gap()`: events between what
  ///   came last and what comes next are archived.
  /// - Throws: `Refusal` where asking again is of no use: the token works no longer.
  async follow(handlers, signal) {
    let last;
    let pause = 250;
    while (!signal.aborted) {
      try {
        const reader = new EventReader(last);
        for await (const text of this.#stream(last, signal)) {
          if (pause) handlers.here();
          pause = 0;
          for (const event of reader.read(text)) handlers.event(event);
          last = reader.last;
        }
        if (signal.aborted) return;
        handlers.away(new Refusal(0));
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refusal && [401, 403].includes(error.status)) throw error;
        if (error instanceof Refusal && [410, 422].includes(error.status)) {
          last = undefined;
          handlers.gap();
        }
        handlers.away(error instanceof Refusal ? error : new Refusal(0));
      }
      pause = Math.min(Math.max(pause * 2, 250), 4000);
      await new Promise(resolve => setTimeout(resolve, pause));
    }
  }

  /// The pieces of the stream's text. A stream that is silent for long is dead: the gateway sends
  /// something every second.
  async * #stream(last, outer) {
    const control = new AbortController();
    const end = () => control.abort();
    outer.addEventListener('abort', end);
    let watch = setTimeout(end, SILENT_MILLISECONDS);
    try {
      const answer = await this.#fetch('GET', '/v1/events' + (last ? '' : '?recent=true'), {
        signal: control.signal,
        headers: {Accept: 'text/event-stream', ...(last && {'Last-Event-ID': last})},
      });
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const {done, value} = await reader.read();
        if (done) return;
        clearTimeout(watch);
        watch = setTimeout(end, SILENT_MILLISECONDS);
        yield decoder.decode(value, {stream: true});
      }
    } finally {
      clearTimeout(watch);
      outer.removeEventListener('abort', end);
      control.abort();
    }
  }
}

const SILENT_MILLISECONDS = 15000;

/// Takes server-sent events apart (HTML, 9.2) as their text comes.
export class EventReader {
  #rest = '';
  #name = '';
  #id;
  #data = '';
  /// The number to go on behind; undefined before the first.
  last;

  constructor(last) {
    this.last = last;
  }

  /// The events that have come whole, their data as the text that came.
  read(text) {
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      this.#rest += text;
      return [];
    }
    const lines = (this.#rest + text.slice(0, end)).split('\n');
    this.#rest = text.slice(end + 1);
    const events = [];
    for (const line of lines) {
      if (line) {
        this.#takeIn(line);
        continue;
      }
      // A number counts when its block has come whole, an event or not.
      if (this.#id !== undefined) this.last = this.#id;
      if (this.#data) {
        events.push({name: this.#name, id: this.#id, text: this.#data});
      }
      this.#name = this.#data = '';
      this.#id = undefined;
    }
    return events;
  }

  #takeIn(line) {
    const colon = line.indexOf(':');
    if (colon <= 0) return;
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (line.slice(0, colon)) {
    case 'event': this.#name = value; break;
    case 'id': this.#id = value; break;
    case 'data': this.#data += value; break;
    }
  }
}
