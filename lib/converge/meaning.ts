// What parts mean for a scope, reckoned once: within one plan Terraform hands over the same text again and again. Used by every verb.
import type { Declared, Parts } from '../model/declaration';
import type { Problem } from '../model/errors';
import type { Scope } from '../model/scope';
import type { PartLines } from '../syntax/parts';
import { parsePart, parseParts } from '../syntax/parts';
import type { DesiredState } from './desired';
import { jumpsToNowhere, toDesired } from './desired';

export interface Meaning {
  readonly declared: readonly Declared[];
  readonly desired: DesiredState;
  /** Of the lines, and of what they come to together. */
  readonly problems: readonly Problem[];
  /** Jumps to chains of ours that no line makes or fills; other parts, if there are some that are not known yet, may make them. */
  readonly jumpsToNowhere: () => readonly Problem[];
}

/**
 * Pure: for equal text the answer is the same, so the last few are kept. It tells nothing of a host. Keys that begin with
 * `~` are problems.
 */
export function meaningOf(scope: Scope, parts: Parts): Meaning {
  const known = kept.find((each) => isSameScope(each.scope, scope) && isSameText(each.parts, parts));
  const found = known ?? { scope, parts, size: sizeOf(parts), meaning: reckon(scope, parts) };
  kept = newestWithin(MOST_TEXT, [found, ...kept.filter((each) => each !== found)]);
  return found.meaning;
}

/** As `parsePart`. Of a text that differs from the last one in one part, only that part is read. */
export function readPart(name: string, text: string): PartLines {
  const known = keptParts.get(name);
  if (known?.text === text) return known;
  const read = parsePart(name, text);
  if (keptText + text.length > MOST_TEXT) {
    keptParts.clear();
    keptText = 0;
  }
  keptText += text.length - (known?.text.length ?? 0);
  keptParts.set(name, read);
  return read;
}

/** Characters: a host of 5,000 services, as it was and as it shall be, and its parts. */
const MOST_TEXT = 32 * 1024 * 1024;

/** Of small hosts, some for each of the ten that Terraform works on at a time. */
const MOST_MEANINGS = 16;

interface Kept {
  readonly scope: Scope;
  readonly parts: Parts;
  readonly size: number;
  readonly meaning: Meaning;
}

let kept: readonly Kept[] = [];
const keptParts = new Map<string, PartLines>();
let keptText = 0;

function reckon(scope: Scope, parts: Parts): Meaning {
  const { declared, problems } = parseParts(parts, readPart);
  const merged = toDesired(declared, scope, true);
  let jumps: readonly Problem[] | undefined;
  return {
    declared,
    desired: merged.desired,
    problems: [...problems, ...merged.problems],
    jumpsToNowhere: () => (jumps ??= jumpsToNowhere(merged.desired.chains, scope)),
  };
}

function isSameScope(a: Scope, b: Scope): boolean {
  return a.name === b.name && a.chainPrefix === b.chainPrefix;
}

/** The same names with the same texts. */
export function isSameText(a: Parts, b: Parts): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function sizeOf(parts: Parts): number {
  return Object.entries(parts).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
}

/** The first one in any case. */
function newestWithin(most: number, all: readonly Kept[]): readonly Kept[] {
  let sum = 0;
  return all.slice(0, MOST_MEANINGS).filter(({ size }, index) => (sum += size) <= most || index === 0);
}
