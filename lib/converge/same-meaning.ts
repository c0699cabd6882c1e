// Do two texts of parts mean the same? Then the plan keeps the prior wording and shows nothing. Used by plan-host.ts.
import type { Declared, Parts, Source } from '../model/declaration';
import { isFullyModelled } from '../model/rule';
import type { Wording } from './align';
import type { DesiredState } from './desired';
import type { HostTarget } from './engine';
import type { Host } from './host';
import { meaningOf } from './meaning';
import { prove } from './proof';

/** The host already holds what `parts` declare. The same names must declare the same lines, in whatever wording. */
export async function sameMeaning(
  host: Host,
  target: HostTarget,
  { prior, parts, wording }: { prior: Parts | undefined; parts: Parts; wording: Wording },
): Promise<boolean> {
  if (prior === undefined) return false;
  if (Object.keys(prior).sort().join('\n') !== Object.keys(parts).sort().join('\n')) return false;
  const { declared: before, desired: priorDesired } = meaningOf(target.scope, prior);
  const priorWording = before.every(isKnown) ? wording : (await prove(host, priorDesired)).wording;
  const { desired } = meaningOf(target.scope, parts);
  return meaning(priorDesired, priorWording) === meaning(desired, wording);
}

function isKnown({ declaration }: Declared): boolean {
  return declaration.kind !== 'rule' || isFullyModelled(declaration.rule);
}

/** What each part declares. The order of lines does not count here: the host has it as declared already. */
function meaning({ scope, chains, policies, sysctls, entries }: DesiredState, wording: Wording): string {
  const lines: string[] = [];
  const add = (source: Source, ...words: string[]): void => {
    lines.push([source.part, ...words].join('\0'));
  };
  for (const [key, { address, declared, rules }] of chains) {
    // A rule in a chain with the scope's prefix makes it ours, whether a line says -N or none does.
    const isNeeded = rules.length === 0 || !address.chain.startsWith(scope.chainPrefix);
    if (isNeeded) for (const source of declared) add(source, key);
    for (const { text, place, sources } of rules) {
      for (const source of sources) add(source, key, place, wording(address, text));
    }
  }
  for (const [key, { declaration, sources }] of policies) {
    for (const source of sources) add(source, key, declaration.policy);
  }
  for (const [key, { declaration, sources }] of sysctls) {
    for (const source of sources) add(source, key, declaration.value);
  }
  for (const { entry, sources } of entries.values()) {
    for (const source of sources) add(source, entry.key, entry.value);
  }
  return lines.sort().join('\n');
}
