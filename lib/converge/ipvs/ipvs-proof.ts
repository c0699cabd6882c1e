// Desired virtual and real servers as input for `ipvsadm -R` in an empty namespace. Used by ipvs.ts.
import type { VirtualServerAddress } from '../../model/ipvs';
import { printServerAddress } from '../../syntax/ipvs/server-address';
import type { DesiredState } from '../desired';
import type { DesiredEntry } from '../entries/desired-entries';
import type { SubsystemProof } from '../subsystem';
import { toText } from '../to-text';

/** A virtual server of others, in which a real server of ours shall be, is there too. */
export function printIpvsProof({ entries }: DesiredState): SubsystemProof | undefined {
  const all = [...entries.values()];
  const virtual = all.filter(({ entry }) => entry.kind === 'virtual-server');
  const real = all.filter(({ entry }) => entry.kind === 'real-server');
  if (virtual.length + real.length === 0) return undefined;
  const lines = foreignServers(real, entries).map((line) => ({ line, key: undefined }));
  const own = [...virtual, ...real].map(({ entry: { line, key } }) => ({
    line: line.slice('ipvsadm '.length),
    key,
  }));
  const keys = new Map<number, string>();
  own.forEach(({ key }, index) => keys.set(lines.length + index + 1, key));
  return { text: toText([...lines, ...own].map(({ line }) => line)), keys };
}

/** The lines that make virtual servers of others in which these real servers shall be. */
export function foreignServers(real: readonly DesiredEntry[], entries: DesiredState['entries']): string[] {
  const lines = new Set<string>();
  for (const { entry, declaration } of real) {
    if (declaration.kind !== 'real-server' || entries.has(entry.container ?? '')) continue;
    lines.add(standIn(declaration.server));
  }
  return [...lines];
}

/** Port 0 is taken only with persistence. */
function standIn(server: VirtualServerAddress): string {
  const persistence = server.by === 'address' && server.port === 0 ? ' -p 360' : '';
  return `-A ${printServerAddress(server)} -s rr${persistence}`;
}
