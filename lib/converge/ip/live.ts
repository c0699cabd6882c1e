// What a host's `read_ip` printed, as live entries. Used by the subsystem ip.
import type { Entry } from '../../model/entry';
import { ENTRY_KINDS } from '../../model/entry';
import { InvalidInput } from '../../model/errors';
import type { RouteDeclaration } from '../../model/ip';
import type { IpDeclaration } from '../../syntax/ip/ip';
import { ipEntry, readAnyIp } from '../../syntax/ip/ip';
import { splitWords } from '../../syntax/words';
import type { LiveEntry } from '../live';

const DYNAMIC = ' # dynamic';
/** Routes by these protocols: what the kernel makes for an address, and what a router announced. */
const KEPT_PROTOCOLS: readonly (number | undefined)[] = [1, 2, 9];

/** Lines that no part could say either, such as those of a tunnel's routes, are nobody's business here. */
export function parseIp(section: string): LiveEntry[] {
  const entries = new Map<string, LiveEntry>();
  for (const line of section.split('\n')) {
    const text = line.endsWith(DYNAMIC) ? line.slice(0, -DYNAMIC.length) : line;
    for (const declaration of readLive(text)) {
      const entry = liveEntry(declaration, text !== line);
      // Of several rules or routes under one key the first decides.
      if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
  }
  return [...entries.values()].sort((a, b) => ENTRY_KINDS.indexOf(a.kind) - ENTRY_KINDS.indexOf(b.kind));
}

function readLive(text: string): readonly IpDeclaration[] {
  try {
    return text === '' ? [] : readAnyIp(splitWords(text));
  } catch (error) {
    if (error instanceof InvalidInput) return [];
    throw error;
  }
}

function liveEntry(declaration: IpDeclaration, isKept: boolean): LiveEntry {
  const alike = declaration.kind === 'route' ? withoutDevices(declaration) : undefined;
  return {
    ...ipEntry(declaration),
    ...(isKept || isKernels(declaration) ? { isDynamic: true } : {}),
    ...(alike === undefined ? {} : { alike: [alike] }),
  };
}

/** The same route as a line says it that leaves the devices to the kernel. */
function withoutDevices(route: RouteDeclaration): Entry | undefined {
  const nextHops = route.nextHops.map(({ device, ...hop }) =>
    hop.via === undefined && device !== undefined ? { ...hop, device } : hop,
  );
  const isLeft = route.nextHops.some(({ via, device }) => via !== undefined && device !== undefined);
  return isLeft ? ipEntry({ ...route, nextHops }) : undefined;
}

/** The link-local address that a link gets from its hardware address can be told by the ff:fe in it. */
function isKernels(declaration: IpDeclaration): boolean {
  if (declaration.kind === 'route') return KEPT_PROTOCOLS.includes(declaration.protocol);
  return (
    declaration.kind === 'address' &&
    /^fe80::[0-9a-f:]*ff:fe[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(declaration.address)
  );
}
