import type { PortillonError, Verdict, Waiting } from "./portillon.js";

/** What is shown to a person: a heading, and a sentence or two. */
export interface Words {
  title: string;
  text: string;
}

/** What there are words for. `solving`: this device solves a challenge. */
export type Event = Verdict | Waiting | PortillonError | { reason: "solving" | "sending" };

/**
 * A verdict, a wait or an error in plain words.
 * @param language a BCP 47 tag; English where there is no table for it.
 */
export function words(event: Event, language?: string): Words;

/** A length of time in words, rounded up: "2 minutes". */
export function duration(seconds: number, language?: string): string;

/** One language's table; add others to `tables`: `tables.de = {...tables.en, …}`. */
export type Table = Record<string, (event: any, format: any) => [string, string]>;
export const tables: Record<string, Table>;
