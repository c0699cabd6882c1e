// `ip route add …`: read, with what ip(8) and the kernel take where nothing is said. Printed by route-entry.ts; used by ip.ts.
import type { RouteDeclaration } from '../../model/ip';
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';
import { MOST_32_BITS } from '../vocabulary/values';
import { BOOT, DEAD_ENDS, readNumber, readRouteProtocol, readScope, readTable, takeRouteType } from './names';
import type { NextHopBuild } from './next-hop';
import { HOP_KEYWORDS, finishNextHop, readNextHop } from './next-hop';
import type { IpAddress, IpPrefix } from './prefixes';
import { BITS, cutHostBits, printPrefix, readIpAddress, readIpPrefix } from './prefixes';
import { IPV6_METRIC, usualScope, usualTable } from './route-defaults';
import type { RouteMetric } from './route-metrics';
import { ROUTE_METRICS, readRouteMetric, sortRouteMetrics } from './route-metrics';
import { readTos } from './tos';
import type { Keyword } from './words';
import { IpWords, keyword, refused, refuseKeyword } from './words';

interface RouteBuild {
  family: Family | undefined;
  type: string;
  /** Absent until read; without a family for `default`. */
  destination?: IpPrefix | 'default';
  hop: NextHopBuild;
  hops: NextHopBuild[];
  table?: number;
  metric?: number;
  tos?: string;
  from?: IpPrefix;
  preference?: string;
  source?: IpAddress;
  scope?: number;
  protocol?: number;
  metrics: RouteMetric[];
}

const LATER = 'is nothing that a part can say yet';
const LEAVE = 'leave the route to the network configuration of the host';

const KEYWORDS: ReadonlyMap<string, Keyword<RouteBuild>> = new Map([
  ...[...HOP_KEYWORDS].map(([name, read]): readonly [string, Keyword<RouteBuild>] => [
    name,
    (build, words) => {
      read(build.hop, words, name);
    },
  ]),
  ...keyword<RouteBuild>(['src'], (build, words, name) => {
    build.source = readIpAddress(words.value(name), build.family);
  }),
  ...keyword<RouteBuild>(['from'], (build, words, name) => {
    build.from = cutHostBits(readIpPrefix(words.value(name), 'ipv6'));
  }),
  ...keyword<RouteBuild>(['table'], (build, words, name) => {
    build.table = readTable(words.value(name));
  }),
  ...keyword<RouteBuild>(['metric', 'priority', 'preference'], (build, words, name) => {
    build.metric = readNumber(words.value(name), 'a metric', [0, MOST_32_BITS]);
  }),
  ...keyword<RouteBuild>(['proto', 'protocol'], (build, words, name) => {
    build.protocol = readRouteProtocol(words.value(name));
  }),
  ...keyword<RouteBuild>(['scope'], (build, words, name) => {
    build.scope = readScope(words.value(name));
  }),
  ...keyword<RouteBuild>(['tos', 'dsfield'], (build, words, name) => {
    build.tos = readTos(words.value(name));
  }),
  ...keyword<RouteBuild>(['pref'], (build, words, name) => {
    build.preference = words.value(name);
  }),
  ...refused<RouteBuild>(['expires'], 'counts down, and a part says what stays', 'leave it out'),
  ...refused<RouteBuild>(['realm', 'realms', 'ttl-propagate', 'as'], LATER, LEAVE),
  ...refused<RouteBuild>(
    ['nhid'],
    'names a nexthop object of the host, which no part declares',
    'write via and dev instead',
  ),
]);

/** What the words behind `ip route add` declare. */
export function readRouteAdd(given: readonly string[], family: Family | undefined): RouteDeclaration {
  const words = new IpWords(given);
  const build: RouteBuild = { family, type: 'unicast', hop: {}, hops: [], metrics: [] };
  while (!words.done) readWord(build, words);
  return finish(build);
}

function readWord(build: RouteBuild, words: IpWords): void {
  const word = words.next();
  const read = KEYWORDS.get(word);
  const metric = read === undefined ? readRouteMetric(word, words) : undefined;
  if (read !== undefined) read(build, words, word);
  else if (metric !== undefined) build.metrics.push(metric);
  else if (word === 'nexthop') build.hops.push(readNextHop(words));
  else if (build.destination === undefined) readDestination(build, words, word);
  else if (/^[\d.]+$|:/.test(word)) refuseBareGateway(word);
  else refuseKeyword(word, [...KEYWORDS.keys(), 'nexthop', ...ROUTE_METRICS], 'ip route add');
}

/** `[to] [TYPE] PREFIX`. */
function readDestination(build: RouteBuild, words: IpWords, first: string): void {
  let word = first === 'to' ? words.value(first) : first;
  const type = takeRouteType(word);
  if (type !== undefined) {
    build.type = type;
    word = words.value(type);
  }
  const isDefault = ['default', 'any', 'all'].includes(word);
  if (!isDefault && /^[a-z]/i.test(word) && !/[:/]/.test(word)) {
    refuseKeyword(word, ['default', ...KEYWORDS.keys(), 'nexthop', ...ROUTE_METRICS], 'ip route add');
  }
  build.destination = isDefault ? 'default' : readIpPrefix(word === '0/0' ? '0.0.0.0/0' : word, build.family);
}

function refuseBareGateway(word: string): never {
  refuse(
    'via-missing',
    `${word} stands behind the destination, and ip refuses it: a gateway stands behind via`,
    {
      fix: `write via ${word}`,
    },
  );
}

function finish(build: RouteBuild): RouteDeclaration {
  const { destination, type, tos, source } = build;
  if (destination === undefined) {
    refuse('address-missing', 'the line does not say where the route leads', {
      allowed: 'default, or a prefix such as 10.5.0.0/16',
      fix: 'write the destination behind add',
    });
  }
  const family = familyOf(build, destination);
  const nextHops = readNextHops(build, family);
  const metric =
    build.metric === undefined || build.metric === 0 ? (family === 'ipv6' ? IPV6_METRIC : 0) : build.metric;
  return {
    kind: 'route',
    family,
    type,
    destination: destination === 'default' ? 'default' : printDestination(destination),
    table: build.table ?? usualTable(type),
    metric,
    ...(tos === undefined ? {} : { tos: checkTos(tos, family) }),
    ...(build.from === undefined || family === 'ipv4' ? {} : { from: printPrefix(build.from, 'all') }),
    ...readPreference(build, family),
    nextHops,
    ...(source === undefined ? {} : { source: sameFamily(source, family).address }),
    scope: readRouteScope(build, { family, type, nextHops }),
    protocol: build.protocol ?? BOOT,
    metrics: sortRouteMetrics(build.metrics),
  };
}

/** As `ip` does it: the option, the destination, then the first gateway or source that says it. */
function familyOf(
  { family, hop, hops, source, from }: RouteBuild,
  destination: IpPrefix | 'default',
): Family {
  if (family !== undefined) return family;
  if (destination !== 'default') return destination.family;
  return (
    [hop.via, source, from, ...hops.map(({ via }) => via)].find((each) => each !== undefined)?.family ??
    'ipv4'
  );
}

function readNextHops({ type, hop, hops }: RouteBuild, family: Family): RouteDeclaration['nextHops'] {
  const isPlain = hop.via !== undefined || hop.device !== undefined || hop.onlink === true;
  if (isPlain && hops.length > 0) {
    refuse('stray-option', 'a route has one way, or several behind nexthop, and not both', {
      fix: 'write `nexthop via … dev …` for each way',
    });
  }
  const isDeadEnd = DEAD_ENDS.includes(type);
  if (isDeadEnd && (hop.via !== undefined || hops.length > 0)) {
    refuse('stray-option', `a route of type ${type} leads nowhere, so it has no gateway`, {
      fix: 'leave via out, or the type',
    });
  }
  // The kernel names lo for them, which says nothing.
  if (isDeadEnd) return [];
  if (!isPlain && hops.length === 0) {
    refuse('device-missing', 'the line does not say which way the route leads', {
      allowed: 'via ADDRESS, dev DEVICE, or both',
      fix: 'write the gateway behind via',
    });
  }
  const nextHops = (hops.length > 0 ? hops : [hop]).map((each) => finishNextHop(each, family));
  const gateways = nextHops.filter(({ via }) => via !== undefined);
  const isMixed =
    gateways.some(({ device }) => device === undefined) &&
    gateways.some(({ device }) => device !== undefined);
  return isMixed ? refuseMixed() : nextHops;
}

/** So that a route says its devices, or leaves them to the kernel, as a whole. */
function refuseMixed(): never {
  refuse('device-missing', 'of several gateways one names its device and another does not', {
    allowed: 'dev with each gateway, or with none: then the kernel finds them',
    fix: 'write dev with each gateway',
  });
}

/** Behind nexthop, even a single device is as far away as a gateway. */
function readRouteScope(
  { scope, hops }: RouteBuild,
  route: Pick<RouteDeclaration, 'family' | 'type' | 'nextHops'>,
): number {
  if (scope !== undefined && route.family === 'ipv4') return scope;
  return hops.length > 0 && route.type === 'unicast' ? 0 : usualScope(route);
}

/** IPv4 refuses host bits, IPv6 cuts them. */
function printDestination(destination: IpPrefix): string {
  const cut = cutHostBits(destination);
  if (destination.family === 'ipv4' && cut.address !== destination.address) {
    refuse(
      'host-bits',
      `a route leads to a whole network, got ${destination.address}/${destination.length ?? BITS.ipv4}`,
      {
        fix: `write ${cut.address}/${cut.length ?? BITS.ipv4}, or ${destination.address} without a length for the one address`,
      },
    );
  }
  return printPrefix(cut, 'default');
}

function sameFamily(address: IpAddress, family: Family): IpAddress {
  return address.family === family ? address : readIpAddress(address.address, family);
}

function checkTos(tos: string, family: Family): string {
  if (family === 'ipv4') return tos;
  return refuse('wrong-family', 'only IPv4 routes look at tos', {
    fix: 'leave it out, or write a routing rule that looks at it',
  });
}

function readPreference({ preference }: RouteBuild, family: Family): Pick<RouteDeclaration, 'preference'> {
  if (preference === undefined || (preference === 'medium' && family === 'ipv6')) return {};
  if (family === 'ipv6' && (preference === 'low' || preference === 'high')) return { preference };
  return refuse('unknown-word', `pref says which of several IPv6 routers to prefer, got pref ${preference}`, {
    allowed: 'low, medium, high, in a route of IPv6',
    fix: 'for the order of routes write metric',
  });
}
