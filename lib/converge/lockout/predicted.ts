// What a host will hold after the changes of a plan: its chains and its entries. Used by check-lockout.ts and conntrack/stale-entries.ts.
import { chainKey } from '../../model/iptables';
import { linkKey } from '../../syntax/ip/link';
import type { Change, Edit } from '../change';
import type { Live, LiveChain } from '../live';

/** The chains as they will be. */
export function predictChains(chains: Live['chains'], changes: readonly Change[]): Live['chains'] {
  const after = new Map(chains);
  for (const change of changes) {
    if (change.kind === 'sysctl' || change.kind === 'entry') continue;
    const key = chainKey(change.address);
    const before = after.get(key) ?? { address: change.address, rules: [] };
    if (change.kind === 'policy') after.set(key, { ...before, policy: change.after });
    else if (change.kind === 'edit') after.set(key, edited(before, change.edits));
    else if (change.after === undefined) after.delete(key);
    else after.set(key, { ...before, rules: change.after });
  }
  return after;
}

function edited(chain: LiveChain, edits: readonly Edit[]): LiveChain {
  const rules = [...chain.rules];
  for (const { kind, position, text } of edits) {
    if (kind === 'insert') rules.splice(position - 1, 0, text);
    else rules.splice(position - 1, 1);
  }
  return { ...chain, rules };
}

/** The entries as they will be; a link takes the addresses on it along. */
export function predictEntries(entries: Live['entries'], changes: readonly Change[]): Live['entries'] {
  const after = new Map(entries);
  for (const change of changes) {
    if (change.kind !== 'entry') continue;
    if (change.after !== undefined) after.set(change.after.key, change.after);
    else if (change.before !== undefined) after.delete(change.before.key);
  }
  for (const [key, { container }] of after) {
    const isOnLink = container?.startsWith(linkKey('')) === true;
    if (isOnLink && entries.has(container) && !after.has(container)) after.delete(key);
  }
  return after;
}
