// Sets and their members as a subsystem of convergence; subsystems.ts lists it.
import type { Entry } from '../../model/entry';
import type { Subsystem } from '../subsystem';
import { parseSets } from './live-sets';
import { planSets } from './plan-sets';
import { fingerprint, typeOf } from './set-entries';
import { setProblems } from './set-problems';
import { printSetProof } from './set-proof';

/** Sets and their members. */
export const IPSET: Subsystem = {
  name: 'ipset',
  kinds: ['set', 'member'],
  isNamedIn: (text) => /ipset|-set\b/.test(text),
  parse: parseSets,
  modules: modulesOf,
  problems: setProblems,
  notes: () => [],
  plan: planSets,
  fingerprint,
  proof: printSetProof,
};

/** `hash:ip,port` is in ip_set_hash_ipport. */
function modulesOf(entry: Entry): string[] {
  if (entry.kind !== 'set') return ['ip_set'];
  return ['ip_set', `ip_set_${typeOf(entry).replace(':', '_').replaceAll(',', '')}`];
}
