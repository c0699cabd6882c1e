// What a host must hold after a transaction, as the lines that it compares with its own reading (shell/session.ts).
import { sortedByBytes } from '../model/byte-order';
import type { Family } from '../model/iptables';
import { FAMILIES } from '../model/iptables';
import { markComment } from '../model/scope';
import type { Wording } from './align';
import type { Change } from './change';
import type { DesiredState } from './desired';
import type { Expectation, WatchedEntries, WatchedRules } from './host';
import type { Live } from './live';
import { onceFor } from './once-for';
import { adoptedRules, isOwnChain } from './ownership';
import { printSysctlAssignment } from './plan';
import { subsystemOf, SUBSYSTEMS } from './subsystems';
import { toText } from './to-text';

interface Expected {
  readonly live: Live;
  readonly wording: Wording;
  /** They tell which chains and entries that the scope has now must be gone, and which values must be back. */
  readonly changes: readonly Change[];
}

/** Of rules: all that the scope has afterwards. Of entries: what changes, since a set may have very many. */
export function expectationOf(desired: DesiredState, expected: Expected): Expectation {
  const families = FAMILIES.filter((family) => isRead(family, expected.live));
  return {
    rules: Object.fromEntries(families.map((family) => [family, watchedRules(family, desired, expected)])),
    entries: watchedEntries(expected.changes),
    sysctls: expectedSysctls(desired, expected.changes),
  };
}

/** ip6tables is read only where the scope uses it. */
function isRead(family: Family, live: Live): boolean {
  return family === 'ipv4' || [...live.chains.values()].some(({ address }) => address.family === family);
}

function watchedRules(
  family: Family,
  desired: DesiredState,
  { live, wording, changes }: Expected,
): WatchedRules {
  const watch = [`mark ${markComment(desired.scope)}`, ...watchedChains(family, desired, live)];
  const policies = [...changedPolicies(family, changes)];
  const rules = expectedRules(desired, wording)[family];
  if (policies.length === 0) return { watch: toText(watch), lines: rules };
  return {
    watch: toText([...watch, ...policies.map(([at]) => `policy ${at}`)]),
    lines: toText(
      sortedByBytes([...linesOf(rules), ...policies.map(([at, policy]) => `${at} policy ${policy}`)]),
    ),
  };
}

/** The chains and rules of each family, sorted: they hang on nothing that is live. */
export const expectedRules = onceFor((desired: DesiredState, wording: Wording): Record<Family, string> => {
  const lines: Record<Family, string[]> = { ipv4: [], ipv6: [] };
  for (const { address, own, rules } of desired.chains.values()) {
    const at = `${address.table} ${address.chain}`;
    const ofFamily = lines[address.family];
    if (own) ofFamily.push(`${at} 000000 :`);
    rules.forEach(({ text }, index) => {
      ofFamily.push(`${at} ${String(index + 1).padStart(6, '0')} ${wording(address, text)}`.trimEnd());
    });
  }
  return { ipv4: toText(sortedByBytes(lines.ipv4)), ipv6: toText(sortedByBytes(lines.ipv6)) };
});

function watchedChains(family: Family, { scope, chains }: DesiredState, live: Live): string[] {
  const own = new Set<string>();
  for (const { address, own: isOwn } of chains.values())
    if (isOwn && address.family === family) own.add(`own ${address.table} ${address.chain}`);
  for (const { address } of live.chains.values()) {
    const line = `own ${address.table} ${address.chain}`;
    if (address.family !== family || own.has(line)) continue;
    // An adopted chain that we let go of stays, with what others may put there.
    const stays = adoptedRules(address, scope.name, live) !== undefined;
    if (!stays && isOwnChain(address, scope, live)) own.add(line);
  }
  return [...own];
}

/** Only those that change: of a table that nobody uses, iptables-save shows no policy. */
function changedPolicies(family: Family, changes: readonly Change[]): Map<string, string> {
  const policies = new Map<string, string>();
  for (const change of changes) {
    if (change.kind === 'policy' && change.address.family === family)
      policies.set(`${change.address.table} ${change.address.chain}`, change.after);
  }
  return policies;
}

/** What changes, as the host compares it. */
export function watchedEntries(changes: readonly Change[]): WatchedEntries {
  const present = new Set<string>();
  const absent = new Set<string>();
  const changed = new Set<string>();
  for (const change of changes) {
    if (change.kind !== 'entry') continue;
    const { before, after } = change;
    if (before !== undefined)
      absent.add(`${subsystemOf(before).name} ${subsystemOf(before).fingerprint(before)}`);
    if (after !== undefined)
      present.add(`${subsystemOf(after).name} ${subsystemOf(after).fingerprint(after)}`);
    for (const entry of [before, after]) if (entry !== undefined) changed.add(subsystemOf(entry).name);
  }
  return {
    subsystems: SUBSYSTEMS.map(({ name }) => name).filter((name) => changed.has(name)),
    present: toText(sortedByBytes([...present].filter((line) => !absent.has(line)))),
    absent: toText(sortedByBytes([...absent].filter((line) => !present.has(line)))),
  };
}

function expectedSysctls(desired: DesiredState, changes: readonly Change[]): string {
  const values = new Map<string, string>();
  for (const change of changes) if (change.kind === 'sysctl') values.set(change.key, change.after);
  for (const { declaration } of desired.sysctls.values()) values.set(declaration.key, declaration.value);
  return [...values].map(([key, value]) => printSysctlAssignment(key, value)).join('');
}

function linesOf(lines: string): string[] {
  return lines.split('\n').slice(0, -1);
}
