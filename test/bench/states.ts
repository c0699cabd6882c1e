// What Gatewright made of a host, as the host's own tools save it: what the others are then given to make. Used by subjects/.
import type { Lab } from '../../lib/lab/lab';
import { onHost } from './bench-hosts';
import { wholeState } from './restore-lines';
import type { Size } from './sizes';

/** Texts for iptables-restore, or for ipset restore, before and after the one change. */
export interface States {
  readonly before: string;
  readonly after: string;
}

export async function readState(lab: Lab, host: string, { members }: Size): Promise<string> {
  if (members > 0) return onHost(lab, host, { argv: ['ipset', 'save'] });
  return wholeState(await onHost(lab, host, { argv: ['iptables-save'] }));
}
