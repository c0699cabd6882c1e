// What a scope declares by key (sysctls, policies, entries): what was found before them, who holds them, and what comes back.
import type { Change } from './change';
import type { DesiredState } from './desired';
import { keptAsFound } from './entries/adopted';
import { bringBackEntry, staysAsFound, wantedEntries } from './entries/release-entries';
import type { Live } from './live';
import type { FoundValue } from './manifest';
import { onceFor } from './once-for';

/** The found values after an apply of `desired`, and the changes that bring back those that nobody holds any more. */
export const holdAndRelease = onceFor((desired: DesiredState, live: Live): HeldAndReleased => {
  const scope = desired.scope.name;
  const found: Record<string, FoundValue> = {};
  const released: Change[] = [];
  const wanted = wantedValues(desired, live);
  for (const [name, before] of Object.entries(live.manifest.found)) {
    if (wanted.has(name)) continue;
    const holders = before.holders.filter((holder) => holder !== scope);
    if (holders.length > 0 || staysAsFound(before, desired, live)) found[name] = { ...before, holders };
    if (holders.length === 0 && before.holders.includes(scope))
      released.push(...bringBack(name, before, { scope, live }));
  }
  for (const { key, line } of keptAsFound(desired, live)) found[key] ??= { value: line, holders: [] };
  for (const [name, value] of wanted) {
    const before = live.manifest.found[name];
    const holders = [...new Set([...(before?.holders ?? []), scope])].sort();
    found[name] = before === undefined ? foundNow(value, holders) : { ...before, holders };
  }
  return { found, released };
});

export interface HeldAndReleased {
  readonly found: Readonly<Record<string, FoundValue>>;
  readonly released: readonly Change[];
}

function foundNow(value: string | undefined, holders: readonly string[]): FoundValue {
  return value === undefined ? { holders } : { value, holders };
}

/** Name -> what is live now, for each value and entry that the scope declares; for a value, if the host has it. */
function wantedValues(desired: DesiredState, live: Live): Map<string, string | undefined> {
  const wanted = new Map<string, string | undefined>(wantedEntries(desired, live));
  for (const key of desired.sysctls.keys()) {
    const value = live.sysctls.get(key);
    if (value !== undefined) wanted.set(`sysctl ${key}`, value);
  }
  for (const key of desired.policies.keys())
    wanted.set(`policy ${key}`, live.chains.get(key)?.policy ?? 'ACCEPT');
  return wanted;
}

/** Only where live is still what we declared: a value that somebody changed since is theirs. */
function bringBack(
  name: string,
  found: FoundValue,
  { scope, live }: { scope: string; live: Live },
): Change[] {
  const { value } = found;
  const manifest = live.manifest.scopes[scope];
  const [kind, key] = [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)];
  if (kind !== 'policy' && kind !== 'sysctl') return bringBackEntry(name, found, { scope, live });
  if (value === undefined) return [];
  if (kind === 'sysctl') {
    const before = live.sysctls.get(key);
    if (before === undefined || before === value || before !== manifest?.sysctls[key]) return [];
    return [{ kind: 'sysctl', key, before, after: value }];
  }
  const chain = live.chains.get(key);
  if (chain?.policy === undefined || chain.policy === value || chain.policy !== manifest?.policies[key])
    return [];
  return [{ kind: 'policy', address: chain.address, before: chain.policy, after: value }];
}
