// Virtual servers and real servers as a subsystem of convergence; subsystems.ts lists it.
import type { Subsystem } from '../subsystem';

/** Virtual servers and real servers. */
export const IPVS: Subsystem = {
  name: 'ipvs',
  kinds: ['virtual-server', 'real-server'],
  isNamedIn: (text) => /ipvs/.test(text),
  parse: () => [],
  modules: () => [],
  problems: () => [],
  notes: () => [],
  plan: () => ({ first: [], last: [] }),
  fingerprint: ({ line }) => line,
  proof: () => undefined,
};
