// The props of Host: what they mean, and what may stand in them.
import type { Persist } from '../model/persist';
import { isPersist } from '../model/persist';
import { CHAIN_PREFIX, DEFAULT_SCOPE, SCOPE_NAME } from '../model/scope';
import { checkNetwork } from './address-checks';
import { checkNodeAddresses } from './node-addresses';
import { checkBoolean, checkTextOrTexts, checkTexts, ifGiven } from './shapes';
import type { Check, Pattern } from './checks';
import { checkKnown, checkPattern, checkPropNames, checkWholeNumber, ifKnown, unlessWrong } from './checks';
import { isUnknown } from './framework';
import type { Probe } from './probes';
import { checkProbes } from './probes';
import type { GatewrightProvider } from './provider';
import type { Bastion } from './reach';
import { checkReach } from './reach';
import { checkDetector } from './pod-detector';

/** A host, the way to it, and whose packets on it are those of pods. */
export interface HostProps {
  /** Name or IP address, without port or user. */
  readonly address: string;
  /**
   * The SSH port.
   * @default - the provider's, else 22
   */
  readonly port?: number;
  /**
   * The user to log in as.
   * @default - the provider's, else root
   */
  readonly user?: string;
  /**
   * The host's public key, as in `known_hosts` without the names: `ssh-ed25519 AAAA…`. It decides alone where it is given.
   * @default - what `known_hosts` says
   */
  readonly hostKey?: string;
  /**
   * Become root by sudo(8).
   * @default - the provider's, else true unless the user is root
   */
  readonly sudo?: boolean;
  /**
   * A host to go through.
   * @default - the provider's
   */
  readonly bastion?: Bastion;
  /**
   * The provider by which the host is reached.
   * @default - the stack's provider without alias
   */
  readonly provider?: GatewrightProvider;
  /**
   * Who owns what is declared here. Several scopes (stacks, teams) live side by side on one host.
   * @default default
   */
  readonly scope?: string;
  /**
   * How the names of our chains begin; chains that begin so are ours. At most 8 characters, the last a `-`.
   * @default - GW- for scope `default`; every other scope must name one
   */
  readonly chainPrefix?: string;
  /**
   * The one bit of the packet mark that says: masquerade this.
   * @default 0x4000
   */
  readonly masqueradeMark?: number;
  /**
   * The host's own addresses of both families, without loopback: node ports open at these in mode ipvs, and with
   * nodePortAddresses; with sourceRanges of a load balancer the host is let in by them. Tokens may stand for single ones.
   * @default - none are known, and in mode ipvs node ports are refused
   */
  readonly nodeAddresses?: readonly string[];
  /**
   * The network of this host's pods, or one of each family: endpoints in it are the host's own. Packets to a cluster IP from
   * anywhere else are masqueraded.
   * @default - see clusterCidr, podBridge and podInterfacePrefix; without any of them only an endpoint that reaches itself is masqueraded
   */
  readonly podCidr?: string | readonly string[];
  /**
   * The network of all pods of all hosts, or one of each family; decides instead of podCidr which packets to a cluster IP are
   * masqueraded.
   * @default - podCidr decides
   */
  readonly clusterCidr?: string | readonly string[];
  /**
   * The bridge of this host's pods: packets that enter by it are not masqueraded. Decides instead of podCidr.
   * @default - podCidr decides
   */
  readonly podBridge?: string;
  /**
   * How the names of the pods' interfaces begin: packets that enter by one are not masqueraded. Decides instead of podCidr.
   * @default - podCidr decides
   */
  readonly podInterfacePrefix?: string;
  /**
   * Masquerade traffic of services from random source ports (`--random-fully`), so that two connections are not given the same one.
   * @default true
   */
  readonly randomFully?: boolean;
  /**
   * Drop what the host forwards and conntrack calls INVALID, as kube-proxy does in mode iptables: an answer of an endpoint that
   * conntrack does not recognise would reach the client from an address that it does not know, and be answered with a reset. The
   * rule meets everything that the host forwards, and where routes are asymmetric all of that is INVALID. Instead of it,
   * `sysctl net.netfilter.nf_conntrack_tcp_be_liberal=1` makes such packets valid.
   * @default - true with chainPrefix `KUBE-`, where the rules are kube-proxy's own; else false
   */
  readonly dropInvalid?: boolean;
  /**
   * What a reboot of the host does: `fail-open` loads all that can be loaded of what was last applied; `fail-closed` too, but
   * the host forwards nothing before all of it is there; `none` keeps nothing for a boot.
   * @default fail-open
   */
  readonly persist?: Persist;
  /**
   * Seconds to wait where another apply works on the host.
   * @default 30
   */
  readonly lockTimeoutSeconds?: number;
  /**
   * Seconds for which the host waits, when all is changed and read back, for a new SSH connection that confirms the apply; then it
   * rolls itself back. At least 3.
   * @default 30
   */
  readonly confirmTimeoutSeconds?: number;
  /**
   * Seconds for which a real server of IPVS that is no longer declared may keep its connections. It gets no new ones
   * (weight 0), and goes when it has none left or the time is over.
   * @default 0 - it goes at once, and its connections break
   */
  readonly drainTimeoutSeconds?: number;
  /**
   * What must work after the changes of an apply, before they are confirmed; otherwise they are rolled back. It is looked at over a
   * new connection.
   * @default - none
   */
  readonly probes?: readonly Probe[];
  /**
   * Networks from which SSH must get in after every apply, such as `192.0.2.0/24`, beside the address that Terraform's own
   * session comes from. A plan that would surely keep one of them out is refused.
   * @default - none: only the address of the session itself counts
   */
  readonly managementCidrs?: readonly string[];
  /**
   * Lines that stand for what exists on the host already, as it is there: `ip route add default via 192.0.2.1`. A part may then
   * declare it otherwise: it is changed, set back on destroy, and never deleted.
   * @default - none: what exists already is taken over only where it is declared as it is
   */
  readonly adopt?: readonly string[];
  /**
   * Warn, and do not refuse, where an apply would lock out the address that the session comes from, or managementCidrs.
   * @default false
   */
  readonly allowLockout?: boolean;
}

/** kube-proxy's: bit 14. */
export const DEFAULT_MASQUERADE_MARK = 0x4000;

const PROPS: Readonly<Record<keyof HostProps, true>> = {
  address: true,
  port: true,
  user: true,
  hostKey: true,
  sudo: true,
  bastion: true,
  provider: true,
  scope: true,
  chainPrefix: true,
  masqueradeMark: true,
  nodeAddresses: true,
  podCidr: true,
  clusterCidr: true,
  podBridge: true,
  podInterfacePrefix: true,
  randomFully: true,
  dropInvalid: true,
  persist: true,
  lockTimeoutSeconds: true,
  confirmTimeoutSeconds: true,
  drainTimeoutSeconds: true,
  probes: true,
  managementCidrs: true,
  adopt: true,
  allowLockout: true,
};

const SCOPE: Pattern = {
  pattern: SCOPE_NAME,
  allowed: 'letters, digits, ., _ and -, a letter or digit first, at most 63 characters',
};
const PREFIX: Pattern = {
  pattern: CHAIN_PREFIX,
  allowed:
    'a letter first, then letters, digits, _ and -, the last a -, 2 to 8 characters: chain names have at most 28, and ours are up to 20 longer',
};

/** All that is wrong with the props. */
export function checkHostProps(props: HostProps): readonly Check[] {
  return unlessWrong(checkShapes(props), () => checkEach(props));
}

function checkEach(props: HostProps): readonly Check[] {
  return [
    checkPropNames(props, PROPS),
    ...checkReach(props),
    ...checkScope(props),
    props.masqueradeMark === undefined ? undefined : checkMark(props.masqueradeMark),
    ...checkNodeAddresses(props.nodeAddresses),
    ...checkDetector(props),
    ifKnown(props.persist, checkPersist),
    ifKnown(props.lockTimeoutSeconds, (seconds) =>
      checkWholeNumber('lockTimeoutSeconds', seconds, [0, 3600]),
    ),
    ifKnown(props.confirmTimeoutSeconds, (seconds) =>
      checkWholeNumber('confirmTimeoutSeconds', seconds, [3, 3600]),
    ),
    ifKnown(props.drainTimeoutSeconds, (seconds) =>
      checkWholeNumber('drainTimeoutSeconds', seconds, [0, 86400]),
    ),
    ...checkProbes(props.probes),
    ...checkManagementCidrs(props.managementCidrs),
  ];
}

/** Of a wrong shape nothing else can be said. */
function checkShapes(props: HostProps): readonly Check[] {
  return [
    ifGiven(checkTexts)('nodeAddresses', props.nodeAddresses),
    ifGiven(checkTextOrTexts)('podCidr', props.podCidr),
    ifGiven(checkTextOrTexts)('clusterCidr', props.clusterCidr),
    ifGiven(checkBoolean)('randomFully', props.randomFully),
    ifGiven(checkBoolean)('dropInvalid', props.dropInvalid),
  ];
}

function checkScope({ scope = DEFAULT_SCOPE.name, chainPrefix }: HostProps): readonly Check[] {
  return [
    checkKnown('scope', scope) ?? checkPattern('scope', scope, SCOPE),
    chainPrefix === undefined
      ? checkPrefixIsNamed(scope)
      : (checkKnown('chainPrefix', chainPrefix) ?? checkPattern('chainPrefix', chainPrefix, PREFIX)),
  ];
}

function checkPrefixIsNamed(scope: string): Check {
  if (scope === DEFAULT_SCOPE.name) return undefined;
  return {
    code: 'no-chain-prefix',
    what: 'a scope of its own needs a chainPrefix of its own: two scopes must not own the same chains',
    given: `scope ${scope}, no chainPrefix`,
    allowed: PREFIX.allowed,
    fix: "choose one, such as chainPrefix: 'WEB-'",
  };
}

function checkPersist(persist: string): Check {
  if (isPersist(persist)) return undefined;
  return {
    code: 'bad-persist',
    what: 'persist is no word for what a reboot does',
    given: persist,
    allowed: 'fail-open, fail-closed or none',
  };
}

function checkMark(mark: number): Check {
  const known = checkKnown('masqueradeMark', mark);
  if (known !== undefined) return known;
  if (Number.isInteger(mark) && mark >= 1 && mark <= 2 ** 31 && Number.isInteger(Math.log2(mark)))
    return undefined;
  return {
    code: 'bad-mark',
    what: 'masqueradeMark is not one bit',
    given: Number.isInteger(mark) && mark > 0 ? `0x${mark.toString(16)}` : String(mark),
    allowed: 'a power of two from 0x1 to 0x80000000',
  };
}

function checkManagementCidrs(cidrs: readonly string[] = []): readonly Check[] {
  if (isUnknown(cidrs)) return [];
  return cidrs.map((cidr, index) =>
    ifKnown(cidr, (given) => checkNetwork(`managementCidrs[${index}]`, given)),
  );
}
