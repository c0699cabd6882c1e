// Endpoints of services: the props that say what one is, checked, and what they come to on a host. Used by cluster-ip-service.ts.
import type { Family } from '../model/iptables';
import { ipv4Number } from '../model/ipv4';
import { familyOf } from '../services/addresses';
import type { ServiceEndpoint } from '../services/service';
import { printEndpoint } from '../services/service';
import { checkAddress, toCanonicalAddress } from './address-checks';
import type { Check } from './checks';
import { checkPort, checkPropNames } from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';
import type { CheckShape } from './shapes';
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
  if (families.includes('ipv4') && arePlain(endpoints)) return [];
  const wrong = endpoints.map(({ address }, index) =>
    isUnknown(address) ? undefined : checkAddress(`endpoints[${index}].address`, address),
  );
  return [
    ...endpoints.flatMap((endpoint, index) => [
      checkPropNames(endpoint, PROPS),
      wrong[index],
      checkPort(`endpoints[${index}].port`, endpoint.port),
    ]),
    ...checkAreDistinct(endpoints, wrong),
    ...endpoints.map((endpoint, index) =>
      wrong[index] === undefined ? checkFamily(endpoint, families, index) : undefined,
    ),
  ];
}

/** Most are: addresses of IPv4 with a port and no more, in which nothing can be wrong but that two are the same. */
function arePlain(endpoints: readonly Endpoint[]): boolean {
  const isPlain = (endpoint: Endpoint): boolean =>
    ipv4Number(endpoint.address) !== undefined &&
    checkPort('', endpoint.port) === undefined &&
    Object.keys(endpoint).length === 2;
  return endpoints.every(isPlain) && new Set(endpoints.map(printEndpoint)).size === endpoints.length;
}

/** What is of a wrong shape, of which nothing else can be said. */
export function checkEndpointShapes(endpoints: readonly Endpoint[]): readonly Check[] {
  const misshapen = checkListWithProps('endpoints', endpoints);
  if (misshapen !== undefined) return [misshapen];
  return endpoints.flatMap((endpoint, index) =>
    SHAPES.filter(([name, check]) => check(name, endpoint[name]) !== undefined).map(([name, check]) =>
      check(`endpoints[${index}].${name}`, endpoint[name]),
    ),
  );
}

const SHAPES: readonly (readonly [name: keyof Endpoint, check: CheckShape])[] = [
  ['address', checkText],
  ['ready', ifGiven(checkBoolean)],
  ['serving', ifGiven(checkBoolean)],
  ['terminating', ifGiven(checkBoolean)],
  ['host', ifGiven(checkWithProps)],
];

/** Those of one family, as the host sees them; a token is of the family that the service has. */
export function toServiceEndpoints(
  endpoints: readonly Endpoint[],
  family: Family,
  host: Host,
): readonly ServiceEndpoint[] {
  let unknown = 0;
  return endpoints.flatMap((endpoint): readonly ServiceEndpoint[] => {
    const { address, port, serving = true, terminating = false, ready = !terminating } = endpoint;
    const isToken = isUnknown(address);
    if (!isToken && familyOf(address) !== family) return [];
    const isLocal = isOn(host, endpoint, family);
    return [
      {
        address: toCanonicalAddress(address),
        port,
        ...(isToken ? { unknownIndex: unknown++ } : {}),
        isReady: ready,
        isServing: serving,
        isTerminating: terminating,
        ...(isLocal === undefined ? {} : { isLocal }),
      },
    ];
  });
}

/** Undefined where it cannot be known. */
export function isOn(host: Host, { address, host: own }: Endpoint, family: Family): boolean | undefined {
  return own === undefined ? host.isOfPod(address, family) : own.isSameMachine(host);
}

function checkAreDistinct(endpoints: readonly Endpoint[], wrong: readonly Check[]): readonly Check[] {
  const seen = new Set<string>();
  return endpoints.map(({ address, port }, index): Check => {
    const isGood = wrong[index] === undefined;
    const endpoint = printEndpoint({ address: isGood ? toCanonicalAddress(address) : address, port });
    if (!seen.has(endpoint)) {
      seen.add(endpoint);
      return undefined;
    }
    return {
      code: 'endpoint-twice',
      what: 'an endpoint stands twice in endpoints',
      given: isUnknown(endpoint) ? `a token, port ${port}` : endpoint,
      allowed: 'each endpoint once',
    };
  });
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
  if (families.includes(familyOf(address))) return undefined;
  return {
    code: 'wrong-family',
    what: `${prop} is of a family of which the service has no cluster IP`,
    given: address,
    allowed: 'endpoints of the families of clusterIp',
    fix: 'give clusterIp an address of that family too, or leave the endpoint out',
  };
}
