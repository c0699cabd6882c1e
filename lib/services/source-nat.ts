// What source NAT of a network means; used by the construct SourceNat.
import type { Match, Target } from '../model/rule';
import { nat, prepend } from './declare';
import type { LaidOut } from './shared-parts';
import { forwarding } from './shared-parts';

/** Whose packets leave with another source address. */
export interface SourceNat {
  /** A network or one address with /32; absent: all. */
  readonly source?: string;
  /** Absent: by whichever device they leave. */
  readonly device?: string;
  /** An address or a range of them; absent: the one that the host has on the device by which they leave. */
  readonly to?: string;
}

/** At the head of POSTROUTING, so that a masquerade of more, such as that of pods, does not come first. */
export function layOutSourceNat({ source, device, to }: SourceNat): LaidOut {
  const matches: readonly Match[] = [
    ...(source === undefined ? [] : [{ kind: 'source', prefix: source } as const]),
    ...(device === undefined ? [] : [{ kind: 'out-interface', device } as const]),
  ];
  const target: Target =
    to === undefined ? { kind: 'masquerade', flags: [] } : { kind: 'snat', to, flags: [] };
  return {
    shared: [forwarding('ipv4')],
    declarations: [prepend(nat('POSTROUTING'), matches, target)],
  };
}
