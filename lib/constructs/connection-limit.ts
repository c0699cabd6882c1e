// The construct ConnectionLimit: each client may have so many connections to a port of the host, and no more.
import { Construct } from 'constructs';
import { layOutConnectionLimit } from '../services/connection-limit';
import type { Protocol } from '../services/service';
import type { Check } from './checks';
import { checkBetween, checkPort, checkPropNames, checkWord, refuseAt } from './checks';
import type { Host } from './host';
import { toPathName } from './path-name';

/** The port, the limit, and what a client hears beyond it. */
export interface ConnectionLimitProps {
  /** The host whose port it is. */
  readonly host: Host;
  /** The port, 1 to 65535. */
  readonly port: number;
  /** How many connections a client address may have at a time, from 0 on; what is above is rejected: `--connlimit-above`. */
  readonly above: number;
  /**
   * The protocol.
   * @default tcp
   */
  readonly protocol?: Protocol;
  /**
   * What the client hears: `--reject-with`. `tcp-reset` only with tcp.
   * @default - tcp-reset with tcp, icmp-port-unreachable otherwise
   */
  readonly rejectWith?: RejectWith;
}

/** What REJECT can answer in IPv4. */
export type RejectWith = (typeof REJECT_WITH)[number];

const REJECT_WITH = [
  'tcp-reset',
  'icmp-port-unreachable',
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-proto-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
] as const;

const PROPS: Readonly<Record<keyof ConnectionLimitProps, true>> = {
  host: true,
  port: true,
  above: true,
  protocol: true,
  rejectWith: true,
};

/**
 * A limit of simultaneous connections per client address (connlimit) at the head of INPUT, for a port that the host itself serves;
 * what it forwards is not counted. Only new connections are counted and rejected: those that were open before it came stay, and are
 * not counted. IPv4 only.
 *
 * ```ts
 * new ConnectionLimit(stack, 'api', { host: gateway, port: 9090, above: 2 });
 * ```
 */
export class ConnectionLimit extends Construct {
  constructor(scope: Construct, id: string, props: ConnectionLimitProps) {
    super(scope, id);
    refuseAt(this, checkProps(props));
    const { host, port, above, protocol = 'tcp' } = props;
    const { rejectWith = protocol === 'tcp' ? 'tcp-reset' : 'icmp-port-unreachable' } = props;
    host.laidOut.claim(`connection limit of port ${port}/${protocol}`, this);
    const part = { name: `50-connection-limit ${toPathName(this.node.path)}`, declaredBy: this };
    host.laidOut.add(part, () => layOutConnectionLimit({ protocol, port, above, rejectWith }));
  }
}

function checkProps(props: ConnectionLimitProps): readonly Check[] {
  const { port, above, protocol = 'tcp', rejectWith } = props;
  return [
    checkPropNames(props, PROPS),
    checkPort('port', port),
    checkBetween('above', above, [0, 2 ** 32 - 1]),
    checkWord('protocol', protocol, ['tcp', 'udp', 'sctp']),
    rejectWith && checkWord('rejectWith', rejectWith, REJECT_WITH),
    checkReset(protocol, rejectWith),
  ];
}

function checkReset(protocol: Protocol, rejectWith: RejectWith | undefined): Check {
  if (rejectWith !== 'tcp-reset' || protocol === 'tcp') return undefined;
  return {
    code: 'reset-without-tcp',
    what: `rejectWith tcp-reset is of tcp, and there is no such thing in ${protocol}`,
    given: rejectWith,
    allowed: REJECT_WITH.slice(1).join(', '),
    fix: 'leave rejectWith out',
  };
}
