// Links, addresses, routes and routing rules as a subsystem of convergence; subsystems.ts lists it.
import type { Subsystem } from '../subsystem';
import { ipModules } from './devices';
import { addLine } from './lines';
import { parseIp } from './live';
import { ipNotes } from './notes';
import { planIp } from './plan';
import { ipProblems } from './problems';
import { proveIp } from './proof';

/** Links, addresses, routes and routing rules. */
export const IP: Subsystem = {
  name: 'ip',
  kinds: ['link', 'link-state', 'address', 'route', 'routing-rule'],
  isNamedIn: (text) => /\bip\s/.test(text),
  parse: parseIp,
  modules: ipModules,
  problems: ipProblems,
  notes: ipNotes,
  plan: planIp,
  fingerprint: addLine,
  proof: proveIp,
};
