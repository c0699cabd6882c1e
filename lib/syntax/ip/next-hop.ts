// One way of a route: `via ADDRESS dev DEVICE`, alone or behind `nexthop`. Read and printed for route.ts.
import type { NextHop } from '../../model/ip';
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';
import { readDevice, readNumber } from './names';
import type { IpAddress } from './prefixes';
import { readIpAddress } from './prefixes';
import type { Keyword } from './words';
import { IpWords, keyword, refused, refuseKeyword } from './words';

/** What has been read of one. */
export interface NextHopBuild {
  via?: IpAddress;
  device?: string;
  weight?: number;
  onlink?: boolean;
}

/** Of a plain route too. */
export const HOP_KEYWORDS: ReadonlyMap<string, Keyword<NextHopBuild>> = new Map([
  ...keyword<NextHopBuild>(['via'], (build, words, name) => {
    build.via = readVia(words, name);
  }),
  ...keyword<NextHopBuild>(['dev', 'oif'], (build, words, name) => {
    build.device = readDevice(words.value(name));
  }),
  ...keyword<NextHopBuild>(['onlink'], (build) => {
    build.onlink = true;
  }),
  ...refused<NextHopBuild>(
    ['encap'],
    'wraps packets, which a part cannot say yet',
    'leave the route to the network configuration of the host',
  ),
]);

/** Behind `nexthop` alone. */
const MULTIPATH_KEYWORDS: ReadonlyMap<string, Keyword<NextHopBuild>> = new Map([
  ...HOP_KEYWORDS,
  ...keyword<NextHopBuild>(['weight'], (build, words, name) => {
    build.weight = readNumber(words.value(name), 'a weight', [1, 256]);
  }),
]);

/** What stands behind one `nexthop`, up to the next one. */
export function readNextHop(words: IpWords): NextHopBuild {
  const own: string[] = [];
  while (!words.done && words.peek() !== 'nexthop') own.push(words.next());
  const rest = new IpWords(own);
  const build: NextHopBuild = {};
  while (!rest.done) {
    const word = rest.next();
    const read = MULTIPATH_KEYWORDS.get(word) ?? refuseKeyword(word, MULTIPATH_KEYWORDS.keys(), 'nexthop');
    read(build, rest, word);
  }
  if (build.via === undefined && build.device === undefined) {
    refuse('value-missing', 'a nexthop says neither via nor dev', {
      allowed: 'nexthop via ADDRESS dev DEVICE weight N',
      fix: 'write where it leads',
    });
  }
  return build;
}

/** The next hop of a route of this family. */
export function finishNextHop({ via, device, weight, onlink }: NextHopBuild, family: Family): NextHop {
  if (via !== undefined && via.family === 'ipv4' && family === 'ipv6') {
    refuse('wrong-family', `a route of IPv6 leads via an IPv6 address, got via ${via.address}`, {
      allowed: 'IPv4 routes may lead via an IPv6 address, not the other way round',
      fix: 'write the IPv6 address of the router',
    });
  }
  if (onlink === true && (via === undefined || device === undefined)) {
    refuse('device-missing', 'onlink says that the gateway stands on the device, and so needs via and dev', {
      fix: 'write both, or leave onlink out',
    });
  }
  return {
    ...(via === undefined ? {} : { via: via.address }),
    ...(device === undefined ? {} : { device }),
    ...(weight === undefined || weight === 1 ? {} : { weight }),
    ...(onlink === true ? { onlink } : {}),
  };
}

/** `via 10.0.0.1 dev eth0`; another family than the route's is named. */
export function hopWords({ via, device }: NextHop, family: Family): string[] {
  const other = via?.includes(':') === true && family === 'ipv4' ? 'inet6 ' : '';
  return [
    ...(via === undefined ? [] : [`via ${other}${via}`]),
    ...(device === undefined ? [] : [`dev ${device}`]),
  ];
}

/** `nexthop via 10.0.0.1 dev eth0 weight 1`. */
export function printNextHop(hop: NextHop, family: Family): string {
  const { weight = 1, onlink } = hop;
  return [
    'nexthop',
    ...hopWords(hop, family),
    `weight ${weight}`,
    ...(onlink === true ? ['onlink'] : []),
  ].join(' ');
}

function readVia(words: IpWords, name: string): IpAddress {
  const family = words.take('inet6') ? 'ipv6' : words.take('inet') ? 'ipv4' : undefined;
  return readIpAddress(words.value(name), family);
}
