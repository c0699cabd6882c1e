// Links, addresses, routes and routing rules as a subsystem of convergence; subsystems.ts lists it.
import type { Subsystem } from '../subsystem';

/** Links, addresses, routes and routing rules. */
export const IP: Subsystem = {
  name: 'ip',
  kinds: ['link', 'link-state', 'address', 'route', 'routing-rule'],
  isNamedIn: (text) => /\bip\s/.test(text),
  parse: () => [],
  modules: () => [],
  problems: () => [],
  notes: () => [],
  plan: () => ({ first: [], last: [] }),
  fingerprint: ({ line }) => line,
  proof: () => undefined,
};
