// The props of VirtualServer: what they mean and what may stand in them.
import type { ForwardMethod, Scheduler } from '../model/ipvs';
import { DEFAULT_SCHEDULER } from '../model/ipvs';
import type { Protocol } from '../services/service';
import { checkAddress, checkAreOfOneFamily, checkDevice } from './address-checks';
import type { Check } from './checks';
import { checkBetween, checkPort, checkPropNames, checkWord, ifKnown } from './checks';
import type { Host } from './host';
import type { NamedFlag } from './real-servers';
import { checkPersistence, checkRealServers, checkScheduler, checkSchedulerFlags } from './real-servers';

/** A virtual server by address or by firewall mark, and the real servers behind it. */
export interface VirtualServerProps {
  /** The director: the host that balances. */
  readonly host: Host;
  /**
   * The virtual address, without a prefix length; a token is taken for one of IPv4. Either this or `firewallMark` must be given.
   * @default - the virtual server is one by `firewallMark`
   */
  readonly address?: string;
  /**
   * The mark that packets for this virtual server carry, 1 to 4294967295; rules of table mangle set it. `ipvsadm -f`.
   * @default - the virtual server is one by `address`
   */
  readonly firewallMark?: number;
  /**
   * The port at the address. Not with a firewall mark.
   * @default - with `persistenceTimeoutSeconds` every port (ipvsadm's port 0); without it the port must be given
   */
  readonly port?: number;
  /**
   * The protocol: `ipvsadm -t`, `-u`, `--sctp-service`. Not with a firewall mark.
   * @default tcp
   */
  readonly protocol?: Protocol;
  /**
   * How connections are shared among real servers, as the kernel names it: `ipvsadm -s`.
   * @default wlc, as with ipvsadm: fewest connections for its weight
   */
  readonly scheduler?: Scheduler;
  /**
   * Flags of the schedulers sh and mh: `ipvsadm -b`.
   * @default - none
   */
  readonly schedulerFlags?: readonly NamedFlag[];
  /**
   * Seconds for which a client keeps its real server after its last connection, at most 31 days: `ipvsadm -p`.
   * @default - no persistence: each connection is scheduled anew
   */
  readonly persistenceTimeoutSeconds?: number;
  /** Where connections go: `ipvsadm -a`. While there is none, they are refused. */
  readonly realServers: readonly RealServer[];
  /**
   * The network device that gets the address, alone (/32, IPv6: /128). A plan fails where the host has none of that name.
   * @default - no address is added: the host has it already, or packets are routed to it in another way
   */
  readonly bindTo?: string;
}

/** Where the connections of a virtual server may go. */
export interface RealServer {
  /** Its address, or a token for one of IPv4 that is known at apply. */
  readonly address: string;
  /**
   * The port there. With `dr` and `tunnel` packets keep the port of the virtual server: the kernel would silently ignore another
   * one, so it is refused.
   * @default - the port of the virtual server
   */
  readonly port?: number;
  /**
   * Its share relative to others, for schedulers that weigh: 0 to 2147483647; 0 gets no new connections. `ipvsadm -w`.
   * @default 1
   */
  readonly weight?: number;
  /**
   * How packets get there, the forward method: `nat` (`ipvsadm -m`, answers must come back through the director), `dr` (`-g`) or
   * `tunnel` (`-i`); with these two the real server must have the virtual address: DirectRoutingRealServer, TunnelRealServer.
   * @default nat, unlike ipvsadm itself, which would take dr
   */
  readonly forward?: ForwardMethod;
  /**
   * The number of connections above which it gets no new ones, up to 2147483647; 0 is no limit. `ipvsadm -x`.
   * @default 0
   */
  readonly upperThreshold?: number;
  /**
   * The number of connections below which it gets new ones again, up to `upperThreshold`. `ipvsadm -y`.
   * @default 0, with which the kernel takes three quarters of upperThreshold
   */
  readonly lowerThreshold?: number;
}

const PROPS: Readonly<Record<keyof VirtualServerProps, true>> = {
  host: true,
  address: true,
  firewallMark: true,
  port: true,
  protocol: true,
  scheduler: true,
  schedulerFlags: true,
  persistenceTimeoutSeconds: true,
  realServers: true,
  bindTo: true,
};
const REAL_SERVER_PROPS: Readonly<Record<keyof RealServer, true>> = {
  address: true,
  port: true,
  weight: true,
  forward: true,
  upperThreshold: true,
  lowerThreshold: true,
};

/** All that is wrong with the props. */
export function checkVirtualServerProps(props: VirtualServerProps): readonly Check[] {
  const { scheduler = DEFAULT_SCHEDULER, schedulerFlags = [], realServers, bindTo } = props;
  const port = toPort(props);
  return [
    checkPropNames(props, PROPS),
    ...checkName(props),
    checkScheduler(scheduler),
    ...checkSchedulerFlags(schedulerFlags, scheduler),
    checkPersistence(props.persistenceTimeoutSeconds),
    ...checkRealServers(
      realServers.map((server) => ({ ...(port === 0 ? {} : { port }), ...server })),
      REAL_SERVER_PROPS,
    ),
    ...realServers.map((server, index) => checkForward(server, `realServers[${index}]`, port)),
    checkFamilies(props),
    ifKnown(bindTo, (device) => checkDevice('bindTo', device)),
  ];
}

/** 0 stands for every port, and for the port that a packet with the mark has. */
export function toPort({ port = 0 }: Pick<VirtualServerProps, 'port'>): number {
  return port;
}

function checkName(props: VirtualServerProps): readonly Check[] {
  const { address, firewallMark, port, protocol } = props;
  return [
    checkIsOneName(props),
    ifKnown(address, (given) => checkAddress('address', given)),
    firewallMark === undefined ? undefined : checkBetween('firewallMark', firewallMark, [1, 2 ** 32 - 1]),
    port === undefined ? checkEveryPort(props) : checkPort('port', port),
    protocol && checkWord('protocol', protocol, ['tcp', 'udp', 'sctp']),
  ];
}

function checkIsOneName({ address, firewallMark, port, protocol, bindTo }: VirtualServerProps): Check {
  const beside = Object.entries({ address, port, protocol, bindTo }).filter(
    ([, value]) => value !== undefined,
  );
  if (firewallMark === undefined ? address !== undefined : beside.length === 0) return undefined;
  return {
    code: 'virtual-server-name',
    what: 'a virtual server is one by address or one by firewall mark',
    given:
      firewallMark === undefined
        ? 'neither address nor firewallMark'
        : `firewallMark and ${beside.map(([name]) => name).join(', ')}`,
    allowed: 'address with port, protocol and bindTo; or firewallMark without any of them',
  };
}

function checkEveryPort({ address, persistenceTimeoutSeconds }: VirtualServerProps): Check {
  if (address === undefined || persistenceTimeoutSeconds !== undefined) return undefined;
  return {
    code: 'no-port',
    what: 'a virtual server for every port needs persistence: the kernel refuses it without',
    given: 'neither port nor persistenceTimeoutSeconds',
    allowed: 'a port of 1 to 65535, or persistenceTimeoutSeconds and no port',
    fix: 'give the port',
  };
}

function checkForward({ forward, port }: RealServer, prop: string, servedPort: number): Check {
  if (forward !== undefined) {
    const word = checkWord(`${prop}.forward`, forward, ['nat', 'dr', 'tunnel']);
    if (word !== undefined) return word;
  }
  if (forward === undefined || forward === 'nat' || port === undefined || port === servedPort)
    return undefined;
  return {
    code: 'port-not-kept',
    what: `${prop}.port is another than the virtual server's, and with ${forward} packets keep their port`,
    given: String(port),
    allowed: servedPort === 0 ? 'no port' : String(servedPort),
    fix: 'leave port out, or forward by nat',
  };
}

/** The kernel translates within one family, and routes to one; a tunnel may wrap packets of the other. */
function checkFamilies({ address, realServers }: VirtualServerProps): Check {
  const routed = realServers.filter(({ forward }) => forward !== 'tunnel').map((server) => server.address);
  return checkAreOfOneFamily(
    'the virtual server and its real servers are of two families, which the kernel takes with forward tunnel alone',
    [...(address === undefined ? [] : [address]), ...routed],
    'declare a virtual server for each family',
  );
}
