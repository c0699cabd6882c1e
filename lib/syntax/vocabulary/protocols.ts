// Protocol names as the tools print them on a host that has Debian's /etc/protocols; a number means the same.
import { refuse } from '../problem';
import { closest } from '../closest';

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['ggp', 3],
  ['ipencap', 4],
  ['st', 5],
  ['tcp', 6],
  ['egp', 8],
  ['igp', 9],
  ['pup', 12],
  ['udp', 17],
  ['hmp', 20],
  ['xns-idp', 22],
  ['rdp', 27],
  ['iso-tp4', 29],
  ['dccp', 33],
  ['xtp', 36],
  ['ddp', 37],
  ['idpr-cmtp', 38],
  ['ipv6', 41],
  ['ipv6-route', 43],
  ['ipv6-frag', 44],
  ['idrp', 45],
  ['rsvp', 46],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['skip', 57],
  ['ipv6-icmp', 58],
  ['ipv6-nonxt', 59],
  ['ipv6-opts', 60],
  ['rspf', 73],
  ['vmtp', 81],
  ['eigrp', 88],
  ['ospf', 89],
  ['ax.25', 93],
  ['ipip', 94],
  ['etherip', 97],
  ['encap', 98],
  ['pim', 103],
  ['ipcomp', 108],
  ['vrrp', 112],
  ['l2tp', 115],
  ['isis', 124],
  ['sctp', 132],
  ['fc', 133],
  ['mobility-header', 135],
  ['udplite', 136],
  ['mpls-in-ip', 137],
  ['manet', 138],
  ['hip', 139],
  ['shim6', 140],
  ['wesp', 141],
  ['rohc', 142],
  ['ethernet', 143],
]);

/** Other names that the tools take. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['icmpv6', 'ipv6-icmp'],
  ['ip-encap', 'ipencap'],
  ['ipv6-mh', 'mobility-header'],
  ['mh', 'mobility-header'],
]);

/** `all`, and the names of protocol 0 in /etc/protocols, which means the same to the tools. */
const EVERY_PROTOCOL: readonly string[] = ['all', '0', 'ip', 'hopopt'];

/** The protocol by the name that the tools print, or by number; absent for all of them, which they do not print. */
export function readProtocol(text: string): string | undefined {
  const name = text.toLowerCase();
  if (EVERY_PROTOCOL.includes(name)) return undefined;
  if (/^[1-9]\d{0,2}$/.test(name) && Number(name) <= 255) return nameOf(Number(name)) ?? name;
  const known = ALIASES.get(name) ?? name;
  if (PROTOCOLS.has(known)) return known;
  const near = closest(name, [...PROTOCOLS.keys()]);
  return refuse('unknown-protocol', `${text === '' ? 'nothing' : text} is no protocol`, {
    allowed: '1 to 255, all, or a name of /etc/protocols such as tcp, udp, sctp, icmp, gre, esp',
    fix: near === undefined ? 'write its number' : `if ${near} is meant, write it so`,
  });
}

/** For options that the tools print with the number. */
export function protocolNumber(text: string): number {
  const name = readProtocol(text) ?? '0';
  return PROTOCOLS.get(name) ?? Number(name);
}

function nameOf(number: number): string | undefined {
  return [...PROTOCOLS].find(([, other]) => other === number)?.[0];
}
