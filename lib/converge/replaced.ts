// A host as it will be when one scope is gone: what the plan of a create looks at that replaces that scope. Used by plan-host.ts.
import { chainKey } from '../model/iptables';
import type { Scope } from '../model/scope';
import { nothingDesired } from './desired';
import type { Live, LiveChain } from './live';
import type { Manifest } from './manifest';
import type { Owned } from './memory';
import { markedPositions, ownChains } from './ownership';
import { holdAndRelease } from './release';

/** The same where another scope, or none, carries the id: what is replaced lives on another host then. */
export function withoutReplaced(live: Live, { scope: { id } }: Owned): Live {
  const [name, replaced] = Object.entries(live.manifest.scopes).find(([, scope]) => scope.id === id) ?? [];
  if (name === undefined || replaced === undefined) return live;
  const scope = { name, chainPrefix: replaced.chainPrefix };
  const chains = new Map(live.chains);
  for (const { chain, own } of ownChains(scope, live)) {
    if (own) chains.delete(chainKey(chain.address));
    else chains.set(chainKey(chain.address), withoutRulesOf(scope, chain));
  }
  const doomed = releasedEntries(name, live);
  const entries = new Map([...live.entries].filter(([key]) => !doomed.has(key)));
  return { ...live, chains, entries, manifest: withoutScope(live.manifest, name) };
}

function releasedEntries(scope: string, live: Live): ReadonlySet<string | undefined> {
  const { released } = holdAndRelease(nothingDesired({ name: scope, chainPrefix: '' }), live);
  return new Set(
    released.flatMap((change) =>
      change.kind === 'entry' && change.after === undefined ? [change.before?.key] : [],
    ),
  );
}

function withoutRulesOf(scope: Scope, chain: LiveChain): LiveChain {
  const marked = new Set(markedPositions(chain, scope));
  return { ...chain, rules: chain.rules.filter((_, position) => !marked.has(position)) };
}

function withoutScope({ scopes, found, ...manifest }: Manifest, name: string): Manifest {
  return {
    ...manifest,
    scopes: Object.fromEntries(Object.entries(scopes).filter(([other]) => other !== name)),
    found: Object.fromEntries(
      Object.entries(found).map(([key, value]) => [
        key,
        { ...value, holders: value.holders.filter((holder) => holder !== name) },
      ]),
    ),
  };
}
