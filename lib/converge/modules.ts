// The kernel modules that a desired state needs, with the line that needs each. Plan and apply have the host load them. Used by read-live.ts and check.ts.
import type { Source } from '../model/declaration';
import type { Rule } from '../model/rule';
import type { DesiredState } from './desired';
import { onceFor } from './once-for';
import { subsystemOf } from './subsystems';

/** Module -> the first line without which it would not be needed. */
export const modulesOf = onceFor((desired: DesiredState): ReadonlyMap<string, Source> => {
  const modules = new Map<string, Source>();
  const need = (names: readonly string[], [source]: readonly [Source, ...Source[]]): void => {
    for (const name of names) if (!modules.has(name)) modules.set(name, source);
  };
  for (const { entry, sources } of desired.entries.values()) need(subsystemOf(entry).modules(entry), sources);
  for (const { rules } of desired.chains.values()) {
    for (const { rule, sources } of rules) need(ruleModules(rule), sources);
  }
  for (const [key, { sources }] of desired.sysctls) need(sysctlModules(key), sources);
  return modules;
});

/** Other matches are loaded by iptables itself. These bring objects or sysctls of their own. */
function ruleModules({ matches, target }: Rule): readonly string[] {
  const isOfSets = target?.kind === 'extension' && target.extension === 'SET';
  if (!isOfSets && !matches.some(({ kind }) => kind === 'module')) return [];
  const names = matches.map((match) => (match.kind === 'module' ? match.module : undefined));
  return [
    ...(isOfSets || names.includes('set') ? ['xt_set'] : []),
    ...(names.includes('ipvs') ? ['xt_ipvs'] : []),
  ];
}

/** Keys that are not there before the module is. */
function sysctlModules(key: string): string[] {
  return SYSCTL_MODULES.filter(([prefix]) => key.startsWith(prefix)).map(([, module]) => module);
}

const SYSCTL_MODULES = [
  ['net.ipv4.vs.', 'ip_vs'],
  ['net.ipv4.vs.conntrack', 'nf_conntrack'],
  ['net.netfilter.nf_conntrack', 'nf_conntrack'],
  ['net.bridge.', 'br_netfilter'],
] as const;
