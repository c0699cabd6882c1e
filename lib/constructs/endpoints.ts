// Endpoints of services: the props that say what one is, checked, and what they come to on a host. Used by cluster-ip-service.ts.
import type { Family } from '../model/iptables';
import { isWithin } from '../services/addresses';
import type { ServiceEndpoint } from '../services/service';
import { printEndpoint } from '../services/service';
import { checkAddress, givenFamily, toCanonicalAddress } from './address-checks';
import type { Check } from './checks';
import { checkPort, checkPropNames, ifKnown } from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';
import { checkBoolean, checkWithProps, checkListWithProps, checkText, ifGiven } from './shapes';

/** Where a connection may end: an address and port that the hosts can reach. */
export interface Endpoint {
  /** An address of IPv4 or IPv6, or a token for one that is known at apply. */
  readonly address: string;
  /** The port there. */
  readonly port: number;
  /**
   * The host that it is on, for the traffic policies `Local`.
   * @default - the one whose podCidr has the address
   */
  readonly host?: Host;
  /**
   * It takes new connections.
   * @default true, and false while it is terminating
   */
  readonly ready?: boolean;
  /**
   * It answers, ready or not. Of two endpoints that are on their way out, the one that still answers is used, as long as none is ready.
   * @default true
   */
  readonly serving?: boolean;
  /**
   * It is on its way out: no new connections go to it, but where it still answers and no other endpoint is ready.
   * @default false
   */
  readonly terminating?: boolean;
}

const PROPS: Readonly<Record<keyof Endpoint, true>> = {
  address: true,
  port: true,
  host: true,
  ready: true,
  serving: true,
  terminating: true,
};

/** All that is wrong with the endpoints of a service that has cluster IPs of these families. */
export function checkEndpoints(
  endpoints: readonly Endpoint[],
  families: readonly Family[],
): readonly Check[] {
  return [
    ...endpoints.flatMap(checkEndpoint),
    ...checkAreDistinct(endpoints),
    ...endpoints.map((endpoint, index) => checkFamily(endpoint, families, index)),
  ];
}

/** What is of a wrong shape, of which nothing else can be said. */
export function checkEndpointShapes(endpoints: readonly Endpoint[]): readonly Check[] {
  const misshapen = checkListWithProps('endpoints', endpoints);
  if (misshapen !== undefined) return [misshapen];
  return endpoints.flatMap((endpoint, index) => {
    const prop = `endpoints[${index}]`;
    return [
      checkText(`${prop}.address`, endpoint.address),
      ifGiven(checkBoolean)(`${prop}.ready`, endpoint.ready),
      ifGiven(checkBoolean)(`${prop}.serving`, endpoint.serving),
      ifGiven(checkBoolean)(`${prop}.terminating`, endpoint.terminating),
      ifGiven(checkWithProps)(`${prop}.host`, endpoint.host),
    ];
  });
}

/** Those of one family, as the host sees them; a token is of the family that the service has. */
export function toServiceEndpoints(
  endpoints: readonly Endpoint[],
  family: Family,
  host: Host,
): readonly ServiceEndpoint[] {
  const unknown = endpoints.filter(({ address }) => isUnknown(address));
  return endpoints
    .filter(({ address }) => isUnknown(address) || givenFamily(address) === family)
    .map((endpoint): ServiceEndpoint => {
      const { port, serving = true, terminating = false, ready = !terminating } = endpoint;
      const isLocal = isOn(host, endpoint, family);
      return {
        address: toCanonicalAddress(endpoint.address),
        port,
        ...(isUnknown(endpoint.address) ? { unknownIndex: unknown.indexOf(endpoint) } : {}),
        isReady: ready,
        isServing: serving,
        isTerminating: terminating,
        ...(isLocal === undefined ? {} : { isLocal }),
      };
    });
}

/** Undefined where it cannot be known. */
export function isOn(host: Host, { address, host: own }: Endpoint, family: Family): boolean | undefined {
  if (own !== undefined) return own.isSameMachine(host);
  const pods = host.podCidrOf(family);
  if (pods === undefined || isUnknown(pods) || isUnknown(address)) return undefined;
  return isWithin(address, pods);
}

function checkEndpoint(endpoint: Endpoint, index: number): readonly Check[] {
  const prop = `endpoints[${index}]`;
  return [
    checkPropNames(endpoint, PROPS),
    ifKnown(endpoint.address, (address) => checkAddress(`${prop}.address`, address)),
    checkPort(`${prop}.port`, endpoint.port),
  ];
}

function checkAreDistinct(endpoints: readonly Endpoint[]): readonly Check[] {
  const printed = endpoints.map((endpoint) =>
    printEndpoint({ ...endpoint, address: canonicalOrGiven(endpoint.address) }),
  );
  return printed.map((endpoint, index) =>
    printed.indexOf(endpoint) === index
      ? undefined
      : {
          code: 'endpoint-twice',
          what: 'an endpoint stands twice in endpoints',
          given: isUnknown(endpoint) ? `a token, port ${endpoints[index]?.port ?? ''}` : endpoint,
          allowed: 'each endpoint once',
        },
  );
}

function canonicalOrGiven(address: string): string {
  return isUnknown(address) || checkAddress('', address) !== undefined
    ? address
    : toCanonicalAddress(address);
}

function checkFamily({ address }: Endpoint, families: readonly Family[], index: number): Check {
  const prop = `endpoints[${index}].address`;
  if (families.length === 0) return undefined;
  if (isUnknown(address)) {
    if (families.length < 2) return undefined;
    return {
      code: 'unknown-family',
      what: `${prop} is only known at apply, and the service has two families`,
      given: 'a token',
      allowed: 'known addresses in a service with cluster IPs of both families',
      fix: 'write the address, or declare a service of its own for each family',
    };
  }
  if (checkAddress('', address) !== undefined || families.includes(givenFamily(address))) return undefined;
  return {
    code: 'wrong-family',
    what: `${prop} is of a family of which the service has no cluster IP`,
    given: address,
    allowed: 'endpoints of the families of clusterIp',
    fix: 'give clusterIp an address of that family too, or leave the endpoint out',
  };
}
