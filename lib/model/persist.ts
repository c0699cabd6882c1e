// What of a scope is kept for a boot of its host, and what a boot does where something of it cannot be loaded.

/**
 * `fail-open`: all that can be loaded is. `fail-closed`: the same, but the host forwards nothing before all of it is there.
 * `none`: nothing is kept, and a reboot loses it.
 */
export const PERSISTS = ['fail-open', 'fail-closed', 'none'] as const;
/** One of them. */
export type Persist = (typeof PERSISTS)[number];

/** Where nobody says. */
export const DEFAULT_PERSIST: Persist = 'fail-open';

/** True for one of them. */
export function isPersist(text: string): text is Persist {
  const words: readonly string[] = PERSISTS;
  return words.includes(text);
}
