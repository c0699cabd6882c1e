// Refuses a chain prefix that somebody else on the host has, another scope or kube-proxy: each would take the other's chains for its own.
import { isBuiltInChain, tableName } from '../model/iptables';
import { KUBE_PROXY_PREFIX } from '../model/scope';
import { printSavedRuleLine } from '../syntax/print';
import type { HostTarget } from './engine';
import { Refused } from './errors';
import type { Live } from './live';
import { usedChains } from './ownership';

/** They make these for nothing but to notice when somebody flushed their rules. */
const CANARIES = ['KUBE-PROXY-CANARY', 'KUBE-KUBELET-CANARY'];

/** For every verb: even a refresh would take what others have under this prefix for drift of ours. */
export function checkPrefix(target: HostTarget, live: Live): void {
  const { name, chainPrefix } = target.scope;
  // An import does not know the prefix, and a change of it has two.
  const prefixes = new Set([chainPrefix, live.manifest.scopes[name]?.chainPrefix ?? chainPrefix]);
  for (const prefix of prefixes) {
    if (prefix === KUBE_PROXY_PREFIX) checkKubeProxy(target, live);
    checkOtherScopes(target, prefix, live);
  }
}

/** Of two prefixes, one must not begin with the other. */
function checkOtherScopes({ name, scope }: HostTarget, prefix: string, { manifest }: Live): void {
  for (const [other, { chainPrefix: theirs }] of Object.entries(manifest.scopes)) {
    if (other === scope.name || !(theirs.startsWith(prefix) || prefix.startsWith(theirs))) continue;
    throw new Refused(
      'prefix-taken',
      `${name}: chain prefix ${prefix} collides with ${theirs} of scope "${other}" on this host`,
      'give each scope a chain_prefix of its own',
    );
  }
}

function checkKubeProxy({ name }: HostTarget, live: Live): void {
  const traces = [...canaries(live), ...itsRules(live), ...processes(live)];
  if (traces.length === 0) return;
  throw new Refused(
    'prefix-taken',
    [
      `${name}: chain prefix ${KUBE_PROXY_PREFIX} is kube-proxy's own, and kube-proxy is on this host:`,
      ...traces,
    ].join('\n'),
    'choose another chain_prefix for the scope; or, to take over from kube-proxy, stop it there and let it clear its rules (kube-proxy --cleanup)',
  );
}

function canaries({ chains }: Live): string[] {
  return [...chains.values()]
    .filter(({ address }) => CANARIES.includes(address.chain))
    .slice(0, 1)
    .map(({ address }) => `chain ${address.chain} in ${tableName(address)}`);
}

/** A rule of ours that leads to a chain of that name has the mark of its scope. */
function itsRules({ chains }: Live): string[] {
  return [...chains.values()]
    .filter(({ address }) => isBuiltInChain(address))
    .flatMap(({ address, rules }) =>
      rules
        .filter((text) => leadsThere(text) && !text.includes('gatewright:'))
        .map((text) => printSavedRuleLine(address, text)),
    )
    .slice(0, 3);
}

function leadsThere(text: string): boolean {
  return usedChains(text).some((chain) => chain.startsWith(KUBE_PROXY_PREFIX));
}

function processes({ kubeProxy = '' }: Live): string[] {
  return kubeProxy
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, 1)
    .map((path) => `process kube-proxy, ${path}`);
}
