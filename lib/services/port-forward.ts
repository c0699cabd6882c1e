// What forwarding of a port to another host means; used by the construct PortForward.
import type { Declaration } from '../model/declaration';
import type { Match, Target } from '../model/rule';
import { ACCEPT, IS_TO_THIS_HOST, filter, isProtocol, isTo, isToPort, nat, prepend } from './declare';
import { isOfConnectionAnsweredBy } from './matches';
import type { Protocol } from './service';
import type { LaidOut } from './shared-parts';
import { forwarding } from './shared-parts';

/** A port of this host that leads to a port of another. */
export interface PortForward {
  readonly protocol: Protocol;
  readonly from: {
    /** Absent: every address of the host. */
    readonly address?: string;
    readonly port: number;
    /** Absent: by whichever device a packet comes, and from the host itself. */
    readonly device?: string;
  };
  readonly to: { readonly address: string; readonly port: number };
}

/** DNAT of new connections, and leave for them to pass the host. */
export function layOutPortForward(forward: PortForward): LaidOut {
  const { from, to } = forward;
  const dnat: Target = { kind: 'dnat', to: `${to.address}:${to.port}`, flags: [] };
  const byDevice: readonly Match[] =
    from.device === undefined ? [] : [{ kind: 'in-interface', device: from.device }];
  return {
    shared: [forwarding('ipv4')],
    declarations: [
      prepend(nat('PREROUTING'), isForwarded(forward, byDevice), dnat),
      ...declareForHostItself(forward, dnat),
      declarePassage(forward),
    ],
  };
}

/** What the host sends to itself passes OUTPUT, not PREROUTING, and comes by no device. */
function declareForHostItself(forward: PortForward, dnat: Target): readonly Declaration[] {
  if (forward.from.device !== undefined) return [];
  return [prepend(nat('OUTPUT'), isForwarded(forward, []), dnat)];
}

/** A packet for another host's address is not ours to redirect, and one from 127.0.0.1 could not leave for another host. */
function isForwarded({ protocol, from }: PortForward, byDevice: readonly Match[]): readonly Match[] {
  const rest = [isToPort(protocol, from.port)];
  if (from.address !== undefined) return [isTo(from.address), ...byDevice, isProtocol(protocol), ...rest];
  const isNotLoopback: Match = { kind: 'destination', negated: true, prefix: '127.0.0.0/8' };
  return [isNotLoopback, ...byDevice, isProtocol(protocol), IS_TO_THIS_HOST, ...rest];
}

/**
 * Every packet of a connection that was translated to the target, both ways, and ICMP errors about it: told by the address that
 * answers come from. Who calls the target directly is not let in by it (measured: docs/lab-notes/0240-accept-one-connection.md).
 */
function declarePassage({ protocol, to }: PortForward): Declaration {
  return prepend(filter('FORWARD'), [isOfConnectionAnsweredBy({ protocol, ...to }, 'DNAT')], ACCEPT);
}
