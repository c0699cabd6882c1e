// The devices that entries of ip name, and those that come with a kernel module. Used by problems.ts and the subsystem ip.
import type { Entry } from '../../model/entry';
import { linkKey } from '../../syntax/ip/link';
import type { DesiredState } from '../desired';
import type { Live } from '../live';
import { declarationOf } from './lines';

/** Made by the module itself when it is loaded. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ['tunl0', 'ipip'],
  ['sit0', 'sit'],
  ['gre0', 'ip_gre'],
  ['gretap0', 'ip_gre'],
  ['erspan0', 'ip_gre'],
  ['ip6tnl0', 'ip6_tunnel'],
  ['ip6gre0', 'ip6_gre'],
  ['ip_vti0', 'ip_vti'],
  ['ip6_vti0', 'ip6_vti'],
]);

/** Without which the entry cannot be. A rule may name a device that is not there yet: it then waits for it. */
export function devicesOf(entry: Entry): string[] {
  const declaration = declarationOf(entry);
  switch (declaration.kind) {
    case 'link':
    case 'routing-rule':
      return [];
    case 'link-state':
      return [declaration.name];
    case 'address':
      return [declaration.device];
    case 'route':
      return declaration.nextHops.flatMap(({ device }) => device ?? []);
  }
}

/** The modules that bring the entry's devices. */
export function ipModules(entry: Entry): string[] {
  if (entry.kind === 'link') return ['dummy'];
  return devicesOf(entry).flatMap((device) => MODULES.get(device) ?? []);
}

/** Neither on the host, nor declared, nor of a module, which is looked for by itself. */
export function isLacking(device: string, { entries }: DesiredState, live: Live): boolean {
  const key = linkKey(device);
  return !live.entries.has(key) && !entries.has(key) && !MODULES.has(device);
}
