// The construct SourceNat: a network's packets leave the host with another source address.
import { Construct } from 'constructs';
import { IPv4 } from 'ipaddr.js';
import { layOutSourceNat } from '../services/source-nat';
import { checkDevice } from './address-checks';
import type { Check } from './checks';
import { checkCidr, checkIpv4, checkPropNames, ifKnown, refuseAt } from './checks';
import type { Host } from './host';
import { toPathName } from './path-name';

/** Whose packets, where they leave, and which address they get. */
export interface SourceNatProps {
  /** The host that the packets leave by. */
  readonly host: Host;
  /** The network whose packets are translated, or one address, of IPv4; `0.0.0.0/0` is all. A token must be one or the other. */
  readonly source: string;
  /**
   * The network device by which packets must leave: `-o`.
   * @default - any
   */
  readonly device?: string;
  /**
   * The address that they get, or a range `192.0.2.3-192.0.2.5` of which the kernel chooses: `--to-source`.
   * @default - the host's own address on the device by which they leave (MASQUERADE), as it is at that moment
   */
  readonly to?: string;
}

const PROPS: Readonly<Record<keyof SourceNatProps, true>> = {
  host: true,
  source: true,
  device: true,
  to: true,
};

/**
 * Source NAT: `-j SNAT --to-source` where `to` is given, else `-j MASQUERADE`, at the head of POSTROUTING. Of two that match, the
 * one whose id comes later in the order of letters decides: its part comes later, and stands above. Sets `net.ipv4.ip_forward=1`. IPv4 only.
 *
 * ```ts
 * new SourceNat(stack, 'lan', { host: gateway, source: '10.8.0.0/24', device: 'eth0', to: '192.168.5.3' });
 * ```
 */
export class SourceNat extends Construct {
  constructor(scope: Construct, id: string, props: SourceNatProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const { host, source, device, to } = props;
    const part = { name: `50-source-nat ${toPathName(this.node.path)}`, declaredBy: this };
    host.laidOut.add(part, (conceal) =>
      layOutSourceNat({
        ...(source === ALL ? {} : { source: toNetwork(conceal(source)) }),
        ...(device === undefined ? {} : { device: conceal(device) }),
        ...(to === undefined ? {} : { to: conceal(to) }),
      }),
    );
  }
}

const ALL = '0.0.0.0/0';

/** As iptables-save prints one address. */
function toNetwork(source: string): string {
  return IPv4.isValid(source) ? `${source}/32` : source;
}

function checkProps(props: SourceNatProps): readonly Check[] {
  return [
    checkPropNames(props, PROPS),
    ifKnown(props.source, checkSource),
    ifKnown(props.device, (device) => checkDevice('device', device)),
    ifKnown(props.to, checkTo),
  ];
}

function checkSource(source: string): Check {
  if (source === ALL) return undefined;
  return source.includes('/') ? checkCidr('source', source) : checkIpv4('source', source);
}

function checkTo(to: string): Check {
  const [first = '', last = first, ...more] = to.split('-');
  const wrong = checkIpv4('to', first) ?? checkIpv4('to', last);
  const allowed = 'an IPv4 address, or two of them with a - between: 192.0.2.3-192.0.2.5';
  if (wrong !== undefined || more.length > 0) {
    return { code: 'bad-address', what: 'to is no address and no range of addresses', given: to, allowed };
  }
  if (asNumber(first) <= asNumber(last)) return undefined;
  return {
    code: 'bad-range',
    what: 'to is a range that runs downwards',
    given: to,
    allowed,
    fix: `write ${last}-${first}`,
  };
}

function asNumber(address: string): number {
  return IPv4.parse(address).octets.reduce((sum, byte) => sum * 256 + byte, 0);
}
