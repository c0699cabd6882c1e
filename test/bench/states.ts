// What Gatewright made of a host, as the host's own tools save it: what the others are then given to make. Used by subjects/.
import type { Lab } from '../../lib/lab/lab';
import { onHost } from './bench-hosts';
import { wholeState } from './restore-lines';
import type { Size } from './sizes';
import type { Variant } from './stacks';

/** Texts for iptables-restore, or for ipset restore, before and after the one change. */
export type States = Readonly<Record<Variant, string>>;

/** Throws where the host has less, or more, than the size says: then nothing would be compared to the same. */
export async function readState(
  lab: Lab,
  { host, size, variant }: { readonly host: string; readonly size: Size; readonly variant: Variant },
): Promise<string> {
  const { services, endpoints, members } = size;
  if (members > 0) {
    const saved = await onHost(lab, host, { argv: ['ipset', 'save'] });
    checkCount(saved, /^add /gm, variant === 'after' ? members + 1 : members);
    return saved;
  }
  const saved = await onHost(lab, host, { argv: ['iptables-save'] });
  checkCount(saved, / -j DNAT /g, services * endpoints);
  return wholeState(saved);
}

function checkCount(saved: string, line: RegExp, expected: number): void {
  const found = saved.match(line)?.length ?? 0;
  if (found !== expected)
    throw new Error(`the host has ${found} lines like ${String(line)}, and not ${expected}`);
}
