// Real servers as props of FullNatVip and VirtualServer, with schedulers and persistence: what may stand in them.
import type { ForwardMethod } from '../model/ipvs';
import { MAX_PERSISTENCE_SECONDS, MAX_WEIGHT, SCHEDULERS } from '../model/ipvs';
import type { RealServer } from '../services/virtual-server';
import { checkAddress, toCanonicalAddress } from './address-checks';
import type { Check } from './checks';
import { checkBetween, checkPort, checkPropNames, checkWord, ifKnown } from './checks';
import { isUnknown } from './framework';
import type { Conceal } from './laid-out-parts';

/** Where a virtual server sends to, as far as FullNatVip and VirtualServer agree on it. */
export interface RealServerProps {
  readonly address: string;
  readonly port?: number;
  readonly weight?: number;
  readonly forward?: ForwardMethod;
  readonly upperThreshold?: number;
  readonly lowerThreshold?: number;
}

/** What ipvsadm takes where no weight is said. */
const DEFAULT_WEIGHT = 1;

/** All that is wrong with a list of real servers, each of which may have the props of `known`. */
export function checkRealServers(
  servers: readonly RealServerProps[],
  known: Readonly<Record<string, true>>,
): readonly Check[] {
  return [
    ...servers.flatMap((server, index) => checkRealServer(server, `realServers[${index}]`, known)),
    ...checkAreDistinct(servers),
  ];
}

function checkRealServer(
  server: RealServerProps,
  prop: string,
  known: Readonly<Record<string, true>>,
): readonly Check[] {
  const { address, port, weight, upperThreshold, lowerThreshold } = server;
  return [
    checkPropNames(server, known),
    ifKnown(address, (given) => checkAddress(`${prop}.address`, given)),
    port === undefined ? undefined : checkPort(`${prop}.port`, port),
    checkCount(`${prop}.weight`, weight),
    checkCount(`${prop}.upperThreshold`, upperThreshold),
    checkCount(`${prop}.lowerThreshold`, lowerThreshold),
    checkThresholds(prop, server),
  ];
}

function checkCount(prop: string, count: number | undefined): Check {
  return count === undefined ? undefined : checkBetween(prop, count, [0, MAX_WEIGHT]);
}

function checkThresholds(prop: string, { upperThreshold = 0, lowerThreshold = 0 }: RealServerProps): Check {
  if (!(lowerThreshold > upperThreshold)) return undefined;
  return {
    code: 'thresholds',
    what: `${prop}.lowerThreshold is above upperThreshold, which the kernel refuses`,
    given: `lowerThreshold ${lowerThreshold}, upperThreshold ${upperThreshold}`,
    allowed: 'a lowerThreshold up to upperThreshold',
    fix: upperThreshold === 0 ? 'give an upperThreshold too, or leave lowerThreshold out' : 'swap the two',
  };
}

function checkAreDistinct(servers: readonly RealServerProps[]): readonly Check[] {
  const printed = servers.map(({ address, port }) => `${address} ${port ?? ''}`.trim());
  return printed.map((server, index) =>
    printed.indexOf(server) === index
      ? undefined
      : {
          code: 'real-server-twice',
          what: 'a real server stands twice in realServers',
          given: isUnknown(server) ? 'a token' : server.replace(' ', ':'),
          allowed: 'each address and port once',
          fix: 'leave one out; for a larger share give it a larger weight',
        },
  );
}

/** One of the kernel's schedulers. */
export function checkScheduler(scheduler: string): Check {
  return checkWord('scheduler', scheduler, SCHEDULERS);
}

/** The flags that have names; both schedulers that have any are named in them. */
export type NamedFlag = 'sh-fallback' | 'sh-port' | 'mh-fallback' | 'mh-port';
const FLAGS: readonly NamedFlag[] = ['sh-fallback', 'sh-port', 'mh-fallback', 'mh-port'];

/** Flags that the scheduler has. */
export function checkSchedulerFlags(flags: readonly string[], scheduler: string): readonly Check[] {
  return flags.map(
    (flag) =>
      checkWord('schedulerFlags', flag, FLAGS) ??
      (flag.startsWith(`${scheduler}-`)
        ? undefined
        : {
            code: 'flag-of-another-scheduler',
            what: `scheduler ${scheduler} has no flag ${flag}`,
            given: flag,
            allowed: 'sh-fallback and sh-port with sh, mh-fallback and mh-port with mh',
          }),
  );
}

/** ipvsadm takes no 0, and no more than the kernel does. */
export function checkPersistence(seconds: number | undefined): Check {
  return seconds === undefined
    ? undefined
    : checkBetween('persistenceTimeoutSeconds', seconds, [1, MAX_PERSISTENCE_SECONDS]);
}

/** What the props mean where nothing else is said: the port of the virtual server, weight 1, nat. */
export function toRealServers(
  servers: readonly RealServerProps[],
  port: number,
  conceal: Conceal,
): readonly RealServer[] {
  return servers.map(({ address, weight = DEFAULT_WEIGHT, forward = 'nat', ...rest }) => ({
    port,
    ...rest,
    address: conceal(toCanonicalAddress(address)),
    weight,
    forward,
  }));
}
