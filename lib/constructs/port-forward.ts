// The construct PortForward: a port of the host that leads to a port of another host.
import { Construct } from 'constructs';
import { layOutPortForward } from '../services/port-forward';
import type { Protocol } from '../services/service';
import { checkDevice } from './address-checks';
import type { Check } from './checks';
import { checkIpv4, checkPort, checkPropNames, checkWord, ifKnown, refuseAt } from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';
import { toPathName } from './path-name';

/** From where to where. */
export interface PortForwardProps {
  /** The host that clients connect to. */
  readonly host: Host;
  /** Which connections are forwarded. */
  readonly from: ForwardedFrom;
  /** Where they go. */
  readonly to: ForwardedTo;
}

/** Which connections are forwarded. */
export interface ForwardedFrom {
  /**
   * The host's IPv4 address that clients connect to, or a token for it.
   * @default - every address of the host but those of loopback
   */
  readonly address?: string;
  /** The port that clients connect to, 1 to 65535. */
  readonly port: number;
  /**
   * The protocol.
   * @default tcp
   */
  readonly protocol?: Protocol;
  /**
   * The network device by which connections must come in: `-i`.
   * @default - any, and connections that the host itself makes to its own address are forwarded too
   */
  readonly device?: string;
}

/** Where forwarded connections go: `--to-destination`. */
export interface ForwardedTo {
  /** An IPv4 address that the host can reach, or a token for it. */
  readonly address: string;
  /** The port there, 1 to 65535. */
  readonly port: number;
}

const PROPS: Readonly<Record<keyof PortForwardProps, true>> = { host: true, from: true, to: true };
const FROM_PROPS: Readonly<Record<keyof ForwardedFrom, true>> = {
  address: true,
  port: true,
  protocol: true,
  device: true,
};
const TO_PROPS: Readonly<Record<keyof ForwardedTo, true>> = { address: true, port: true };

/**
 * Destination NAT: connections to the port are sent to the target (DNAT in PREROUTING, and in OUTPUT for those of the host itself,
 * unless a device is named). They are accepted in FORWARD, both ways, and nobody who calls the target directly is. The target sees
 * the client's own address, so its route to the client must lead back through this host; where it does not, add a SourceNat.
 * Sets `net.ipv4.ip_forward=1`. IPv4 only.
 *
 * ```ts
 * new PortForward(stack, 'web', { host: gateway, from: { address: '192.168.50.18', port: 80 }, to: { address: '172.17.0.2', port: 80 } });
 * ```
 */
export class PortForward extends Construct {
  constructor(scope: Construct, id: string, props: PortForwardProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const { host, from, to } = props;
    const { port, protocol = 'tcp' } = from;
    this.#claim(props, protocol);
    const part = { name: `50-port-forward ${toPathName(this.node.path)}`, declaredBy: this };
    host.laidOut.add(part, (conceal) =>
      layOutPortForward({
        protocol,
        from: {
          port,
          ...(from.address === undefined ? {} : { address: conceal(from.address) }),
          ...(from.device === undefined ? {} : { device: conceal(from.device) }),
        },
        to: { address: conceal(to.address), port: to.port },
      }),
    );
  }

  #claim(
    { host, from: { address = 'any address', port, device } }: PortForwardProps,
    protocol: Protocol,
  ): void {
    if (isUnknown(address) || isUnknown(device)) return;
    const by = device === undefined ? '' : ` on ${device}`;
    host.laidOut.claim(`forwarded port ${port}/${protocol} of ${address}${by}`, this);
  }
}

function checkProps(props: PortForwardProps): readonly Check[] {
  const { from, to } = props;
  return [
    checkPropNames(props, PROPS),
    checkPropNames(from, FROM_PROPS),
    checkPropNames(to, TO_PROPS),
    ifKnown(from.address, (address) => checkIpv4('from.address', address)),
    checkPort('from.port', from.port),
    from.protocol && checkWord('from.protocol', from.protocol, ['tcp', 'udp', 'sctp']),
    ifKnown(from.device, (device) => checkDevice('from.device', device)),
    ifKnown(to.address, (address) => checkIpv4('to.address', address)),
    checkPort('to.port', to.port),
  ];
}
