// Sets and their members as a subsystem of convergence; subsystems.ts lists it.
import type { Subsystem } from '../subsystem';

/** Sets and their members. */
export const IPSET: Subsystem = {
  name: 'ipset',
  kinds: ['set', 'member'],
  isNamedIn: (text) => /ipset|-set/.test(text),
  parse: () => [],
  modules: () => [],
  problems: () => [],
  notes: () => [],
  plan: () => ({ first: [], last: [] }),
  fingerprint: ({ line }) => line,
  proof: () => undefined,
};
