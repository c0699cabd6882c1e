// Which sections of a host must be read for what is desired or known of a scope: each costs the host a start of its tool.
import type { Parts } from '../model/declaration';
import type { DesiredState } from './desired';
import { setsNamedBy } from './ipset/set-names';
import { onceFor } from './once-for';
import type { SubsystemName } from './subsystem';
import { SUBSYSTEM_NAMES } from './subsystem';
import { SUBSYSTEMS, subsystemOf } from './subsystems';

/** What is read beside iptables-save, sysctls and the host's memory; of kube-proxy, whether its process runs. */
export const READ_NAMES = ['ipv6', ...SUBSYSTEM_NAMES, 'kubeproxy'] as const;
export type ReadName = 'ipv6' | SubsystemName | 'kubeproxy';

/** What is desired needs these. */
export const readsOf = onceFor(({ chains, policies, entries }: DesiredState): readonly ReadName[] => {
  const reads = new Set<ReadName>();
  for (const { address } of chains.values()) if (address.family === 'ipv6') reads.add('ipv6');
  for (const { declaration } of policies.values()) if (declaration.family === 'ipv6') reads.add('ipv6');
  for (const { entry } of entries.values()) reads.add(subsystemOf(entry).name);
  const namesSet = [...chains.values()].some(({ rules }) =>
    rules.some(({ text }) => setsNamedBy(text).length > 0),
  );
  if (namesSet) reads.add('ipset');
  return READ_NAMES.filter((name) => reads.has(name));
});

/** The texts may speak of these. Perhaps more than they do. */
export const readsNamedIn = onceFor((parts: Parts): readonly ReadName[] => {
  const text = Object.values(parts).join('\n');
  return [
    ...(text.includes('ip6tables') ? (['ipv6'] as const) : []),
    ...SUBSYSTEMS.filter(({ isNamedIn }) => isNamedIn(text)).map(({ name }) => name),
  ];
});
