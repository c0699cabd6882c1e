// The part of a member that says protocol and port, as ipset prints it: `tcp:443`, `icmp:echo-request`, `gre:0`. Used by the reader of members.
import { closest } from '../closest';
import { refuse } from '../problem';
import { readProtocol } from '../vocabulary/protocols';
import type { SetFamily } from './addresses';
import { ICMP_ALIASES, ICMP_CODES } from './icmp-codes';
import { SERVICE_PORTS } from './service-ports';

/** Those whose ports the kernel looks at; of the others only `PROTOCOL:0` can be a member. */
const WITH_PORTS: readonly string[] = ['tcp', 'udp', 'sctp', 'udplite'];

const ICMP_FAMILY: ReadonlyMap<string, SetFamily> = new Map([
  ['icmp', 'inet'],
  ['ipv6-icmp', 'inet6'],
]);

/** `[PROTOCOL:]PORT[-PORT]` as members: one for each port. Without a protocol it is tcp, as with the tool. */
export function readPorts(text: string, family: SetFamily): string[] {
  const colon = text.indexOf(':');
  const protocol = colon < 0 ? 'tcp' : readSetProtocol(text.slice(0, colon), text);
  const port = text.slice(colon + 1);
  const icmp = ICMP_CODES.get(protocol);
  if (icmp !== undefined) {
    if (ICMP_FAMILY.get(protocol) !== family) refuseIcmp(protocol, family);
    return [`${protocol}:${readIcmpCode(port, icmp)}`];
  }
  if (WITH_PORTS.includes(protocol)) return readPortNumbers(port).map((number) => `${protocol}:${number}`);
  if (port !== '0') {
    refuse('bad-port', `ports of ${protocol} are not looked at, got ${text}`, {
      allowed: `${protocol}:0 for all of ${protocol}; a port with tcp, udp, sctp or udplite`,
      fix: `write ${protocol}:0`,
    });
  }
  return [`${protocol}:0`];
}

/** `[PROTOCOL:]PORT[-PORT]` of a bitmap:port, which holds the numbers alone. */
export function readBarePorts(text: string): number[] {
  const colon = text.indexOf(':');
  const protocol = colon < 0 ? 'tcp' : text.slice(0, colon).toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp') {
    refuse('bad-port', `a set of ports takes tcp and udp before a port, got ${text}`, {
      allowed: 'a port, or a range such as 8000-8009',
      fix: 'leave the protocol out: the set holds numbers alone',
    });
  }
  return readPortNumbers(text.slice(colon + 1));
}

function readSetProtocol(text: string, given: string): string {
  const protocol = readProtocol(text);
  if (protocol !== undefined && protocol !== '0') return protocol;
  return refuse('unknown-protocol', `a member has one protocol, got ${given}`, {
    allowed: 'tcp, udp, sctp, udplite, icmp, ipv6-icmp, or another by name or number with port 0',
    fix: 'write one member for each protocol',
  });
}

function readPortNumbers(text: string): number[] {
  const ends = splitRange(text).map((end) => readPort(end, text));
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** As the tool does: a name with a dash of its own stands in brackets, `[ftp-data]-ssh`. */
function splitRange(text: string): string[] {
  const [, first, last] = /^(\[[^\]]*\]|[^-[]*)-(.*)$/.exec(text) ?? [];
  const ends = first === undefined || last === undefined ? [text] : [first, last];
  return ends.map((end) => /^\[(.*)\]$/.exec(end)?.[1] ?? end);
}

function findPort(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,4})$/.test(text)) return SERVICE_PORTS.get(text);
  return Number(text) <= 65535 ? Number(text) : undefined;
}

function readPort(text: string, given: string): number {
  const port = findPort(text);
  if (port !== undefined) return port;
  if (SERVICE_PORTS.has(given)) {
    return refuse('port-name', `ipset takes the dash in ${given} for that of a range`, {
      allowed: `[${given}], or its number`,
      fix: `write [${given}]`,
    });
  }
  if (!/^[a-z][a-z0-9+._-]*$/i.test(text)) {
    return refuse('bad-port', `a port must be 0 to 65535, got ${text === '' ? 'nothing' : text}`, {
      allowed: '0 to 65535, FIRST-LAST, or a common name such as https',
      fix: /^0\d+$/.test(text) ? 'leave the leading 0 out' : 'write a port of that range',
    });
  }
  const near = closest(text, [...SERVICE_PORTS.keys()]);
  return refuse('port-name', `${given} is no port that is known here by name`, {
    allowed: '0 to 65535, or a common name such as https, domain, ssh',
    fix:
      near === undefined
        ? `look it up in /etc/services and write its number`
        : `if ${near} is meant, write it so`,
  });
}

function readIcmpCode(text: string, codes: ReadonlyMap<string, string>): string {
  const name = ICMP_ALIASES.get(text) ?? text;
  if ([...codes.values()].includes(name)) return name;
  const [type = '', code = ''] = /^(\d{1,3})\/(\d{1,3})$/.exec(text)?.slice(1) ?? [];
  if (type !== '' && Number(type) <= 255 && Number(code) <= 255) {
    const number = `${Number(type)}/${Number(code)}`;
    return codes.get(number) ?? number;
  }
  const near = closest(text, [...codes.values()]);
  return refuse('unknown-icmp-type', `${text === '' ? 'nothing' : text} is no ICMP type that ipset knows`, {
    allowed: `TYPE/CODE such as 8/0, or one of ${[...codes.values()].join(', ')}`,
    fix: near === undefined ? 'write TYPE/CODE' : `if ${near} is meant, write it so`,
  });
}

function refuseIcmp(protocol: string, family: SetFamily): never {
  refuse('wrong-family', `${protocol} has no place in a set of family ${family}`, {
    fix: `write ${family === 'inet' ? 'icmp' : 'ipv6-icmp'}, or declare the set with the other family`,
  });
}
