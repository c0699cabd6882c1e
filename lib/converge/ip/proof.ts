// What of links, addresses, routes and rules can be tried in a throw-away namespace: all of it, on stand-ins of the host's devices. Used by the subsystem ip.
import type { DesiredState } from '../desired';
import type { SubsystemProof } from '../subsystem';
import { addLine } from './lines';
import { toText } from '../to-text';

const ORDER = ['link', 'link-state', 'address', 'route', 'routing-rule'];

/** Absent where nothing of ip is desired. */
export function proveIp(desired: DesiredState): SubsystemProof | undefined {
  const entries = [...desired.entries.values()]
    .map(({ entry }) => entry)
    .filter(({ kind }) => ORDER.includes(kind))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  if (entries.length === 0) return undefined;
  return {
    text: toText(entries.map((entry) => addLine(entry))),
    keys: new Map(entries.map(({ key }, index) => [index + 1, key])),
  };
}
