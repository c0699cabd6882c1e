// Virtual servers and real servers as a subsystem of convergence; subsystems.ts lists it.
import type { Entry } from '../../model/entry';
import { parseIpvsSave } from '../../syntax/ipvs/saved';
import type { Subsystem } from '../subsystem';
import { ipvsNotes, watchedSysctls } from './ipvs-notes';
import { ipvsProblems } from './ipvs-problems';
import { printIpvsProof } from './ipvs-proof';
import { planIpvs } from './plan-ipvs';

/** Virtual servers and real servers. */
export const IPVS: Subsystem = {
  name: 'ipvs',
  kinds: ['virtual-server', 'real-server'],
  isNamedIn: (text) => text.includes('ipvsadm'),
  parse: parseIpvsSave,
  modules: modulesOf,
  problems: ipvsProblems,
  notes: ipvsNotes,
  sysctls: watchedSysctls,
  plan: planIpvs,
  fingerprint: ({ line }) => line.replace(/^ipvsadm /, ''),
  proof: printIpvsProof,
};

function modulesOf({ kind, value }: Entry): string[] {
  if (kind !== 'virtual-server') return ['ip_vs'];
  const scheduler = /-s (\S+)/.exec(value)?.[1] ?? '';
  const engine = /--pe (\S+)/.exec(value)?.[1];
  return ['ip_vs', `ip_vs_${scheduler}`, ...(engine === undefined ? [] : [`ip_vs_pe_${engine}`])];
}
