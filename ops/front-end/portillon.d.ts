/** Where entries go. */
export interface PortillonOptions {
  /** The gateway's public address, such as `https://entries.example`; relative to the page. */
  url: string;
  operation: string;
  /** The operation's front-end key, `pk_…`; a page may contain it. */
  key: string;
  /**
   * `portillon-worker.js`, if it is not beside `portillon.js`; relative to the page. A worker must
   * be of the page's own origin. From another origin the same file solves challenges in the page.
   */
  worker?: string;
  /**
   * Whether the entry is kept in `sessionStorage` until its verdict, so that a reload of this tab
   * can go on with it ({@link Portillon.pending}). Default: true.
   */
  remember?: boolean;
}

/** The members of an entry, as the gateway's interface has them. */
export interface Entry {
  fields?: Record<string, unknown> | null;
  /** The campaign's tag; stored unencrypted. */
  source?: string;
  age_confirmed?: boolean;
  consents?: string[];
  second_key?: string;
}

/** An entry that counts. */
export interface Stored {
  verdict: "accepted" | "repeated";
  status: 200 | 201;
  operation: string;
  /** The entry's number; of the first one, where it is repeated. */
  entry: string;
  /** Counts the operation's participants from 1; 0 where the entry counts as a robot's. */
  participant_number: number;
  /** RFC 3339. */
  at: string;
}

/** An entry that does not count. */
export interface NotStored {
  /** `challenged`: this device could not solve what it was asked, or not before it expired. */
  verdict: "refused" | "suspended" | "closed" | "challenged";
  status: number;
  operation: string;
  code: string;
  title: string;
  detail: string;
  /** `refused`, `challenged`: every cause, as a code. */
  reasons?: string[];
  missing_consents?: string[];
  /** `suspended`: a sentence for the public. */
  reason?: string;
  /** `suspended`: when it ends; null if that is not known. Status 410: never. */
  until?: string | null;
  /** `suspended`: the operation closes (`closes`) before that is likely to end. */
  closes_before_until?: boolean;
  opens?: string | null;
  closes?: string | null;
  retry_after?: number;
}

export type Verdict = Stored | NotStored;

/** Why there is no verdict yet, and when the kit tries again. */
export interface Waiting {
  /**
   * - `queue`: `position` people are let in before; the turn comes in `seconds` at the latest.
   * - `opening`: the places are shuffled when the operation opens.
   * - `busy`: the gateway has no room now.
   * - `checking`: this device cannot solve a challenge, and waits instead. (One that solves too
   *   slowly is let in after the same wait, without this call.)
   * - `offline`, `unreachable`: the device has no network; no gateway answers.
   */
  reason: "queue" | "opening" | "busy" | "checking" | "offline" | "unreachable";
  /** Seconds until the next attempt. */
  retry_after: number;
  /** 0: it is this person's turn. */
  position?: number | null;
  /** Seconds until the turn comes at the latest, by the gateway's clock. */
  seconds?: number | null;
  estimated_at?: string | null;
  /** The operation closes before the turn is likely to come. */
  closes_before_turn?: boolean;
  opens?: string | null;
  closes?: string | null;
}

export interface EnterOptions {
  /** Called each time that it is known anew. */
  onWaiting?: (waiting: Waiting) => void;
  /** Called when this device begins to solve a challenge. */
  onChallenge?: (challenged: { reasons?: string[] }) => void;
  /** Ends the attempts; what was sent may be stored. */
  signal?: AbortSignal;
}

/** The operation as anybody may know it; see the gateway's OpenAPI document. */
export interface Operation {
  operation: string;
  title: string;
  state:
    | "scheduled" | "open" | "smoothed" | "suspended" | "suspended_definitively" | "ended"
    | "closed";
  opens: string | null;
  closes: string | null;
  reason?: string;
  minimum_age: number | null;
  consents: string[];
  [member: string]: unknown;
}

export class Portillon {
  constructor(options: PortillonOptions);

  /**
   * Sends an entry until there is a verdict. It makes an Idempotency-Key and sends the entry with
   * the same key again where that is right: without an answer, while it waits, while the gateway
   * has no room; never earlier than it is told. It solves challenges. The same entry while one is
   * under way is that one: a double click, and the callbacks are the first call's.
   *
   * The key and the ticket are kept in `localStorage` under a digest of the participant for 23
   * hours or until the verdict, so every tab of this browser is one person in one place. Without
   * storage they are kept in memory, until the page is left.
   *
   * @param participant 1 to 256 bytes that identify the person, always in one spelling.
   * @throws {PortillonError} for what is no verdict: a wrong key, an entry of the wrong shape.
   * @throws the signal's reason where it is aborted.
   */
  enter(participant: string, entry?: Entry, options?: EnterOptions): Promise<Verdict>;

  /** The entry that this tab had not finished when it was reloaded; to go on, enter it again. */
  pending(): { participant: string; entry: Entry } | null;

  /** @throws {PortillonError} with code `unreachable` where no gateway answers. */
  operation(options?: { signal?: AbortSignal }): Promise<Operation>;
}

/** An answer that is no verdict: something is wrong with the page or with what it sent. */
export class PortillonError extends Error {
  name: "PortillonError";
  status?: number;
  /** Stable: `unauthorized`, `unknown_operation`, `wrong_shape`, `http_404`, … */
  code: string;
  /** With `wrong_shape`: what is wrong, each with a JSON pointer. */
  errors?: { pointer: string; detail: string }[];
}
