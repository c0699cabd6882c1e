// The names that ip(8) has for numbers: tables, scopes, protocols, types of routes; and names of devices. Used by the readers and printers here.
import { closest } from '../closest';
import { refuse } from '../problem';
import { MOST_32_BITS } from '../vocabulary/values';

/** The tables that need no file of the host to be known by name. */
export const MAIN_TABLE = 254;
/** Where the kernel keeps what is local and broadcast. */
export const LOCAL_TABLE = 255;
const TABLES: ReadonlyMap<string, number> = new Map([
  ['default', 253],
  ['main', MAIN_TABLE],
  ['local', LOCAL_TABLE],
]);

const SCOPES: ReadonlyMap<string, number> = new Map([
  ['global', 0],
  ['universe', 0],
  ['site', 200],
  ['link', 253],
  ['host', 254],
  ['nowhere', 255],
]);

/** Who made a route; `ip route add` is `boot`. */
export const BOOT = 3;
/** Routes that come and go with addresses. */
export const KERNEL = 2;
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['redirect', 1],
  ['kernel', KERNEL],
  ['boot', BOOT],
  ['static', 4],
  ['gated', 8],
  ['ra', 9],
  ['mrt', 10],
  ['zebra', 11],
  ['bird', 12],
  ['dnrouted', 13],
  ['xorp', 14],
  ['ntk', 15],
  ['dhcp', 16],
  ['keepalived', 18],
  ['babel', 42],
  ['bgp', 186],
  ['isis', 187],
  ['ospf', 188],
  ['rip', 189],
  ['eigrp', 192],
]);

/** What a route makes of a packet. `nat` and `xresolve` the kernel no longer has. */
const TYPES: ReadonlyMap<string, number> = new Map([
  ['unicast', 1],
  ['local', 2],
  ['broadcast', 3],
  ['anycast', 4],
  ['multicast', 5],
  ['blackhole', 6],
  ['unreachable', 7],
  ['prohibit', 8],
  ['throw', 9],
]);

/** Types that end the search, and lead nowhere: no next hop, no device. */
export const DEAD_ENDS: readonly string[] = ['blackhole', 'unreachable', 'prohibit', 'throw'];

/** By number. A name other than these three stands in a file of the host, where it can mean anything. */
export function readTable(text: string): number {
  const known = TABLES.get(text);
  if (known !== undefined) return known;
  if (/^[a-z_]/i.test(text) && !/^0x/i.test(text)) {
    refuse(
      'table-name',
      `a table is given by number, got ${text}: what the name means, /etc/iproute2/rt_tables of the host says`,
      {
        allowed: `1 to ${MOST_32_BITS}, main, local, default`,
        fix: `write the number that ${text} has there, such as \`table 100\``,
      },
    );
  }
  return readNumber(text, 'a table', [1, MOST_32_BITS]);
}

/** The same back: by name where all hosts have one. */
export function tableName(table: number): string {
  return nameOf(table, TABLES);
}

/** By number. */
export function readScope(text: string): number {
  return SCOPES.get(text) ?? readNumberOr(text, SCOPES, 'scope');
}

/** By number. */
export function readRouteProtocol(text: string): number {
  return PROTOCOLS.get(text) ?? readNumberOr(text, PROTOCOLS, 'protocol of a route');
}

/** As `ip` prints it: by name where all versions know one. */
export function scopeName(scope: number): string {
  return nameOf(scope, SCOPES);
}

/** The same of a protocol. */
export function routeProtocolName(protocol: number): string {
  return nameOf(protocol, PROTOCOLS);
}

/** The type that a line begins with, if it begins with one. */
export function takeRouteType(word: string | undefined): string | undefined {
  if (word === 'brd') return 'broadcast';
  return word !== undefined && TYPES.has(word) ? word : undefined;
}

/** A whole number, decimal or with `0x`, as `ip` takes it. */
export function readNumber(text: string, what: string, [least, most]: readonly [number, number]): number {
  const value = /^(0x[0-9a-f]{1,8}|0|[1-9]\d{0,9})$/i.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  return refuse('bad-number', `${what} must be ${least} to ${most}, got ${text === '' ? 'nothing' : text}`, {
    allowed: `a whole number, ${least} to ${most}`,
    fix: 'write another number',
  });
}

/** A device's name: what the kernel takes, less the few characters that no tool prints so that it can be read back. */
export function readDevice(text: string): string {
  if (/^[A-Za-z0-9_.+=,-]{1,15}$/.test(text) && !/^(-|\.{1,2}$)/.test(text)) return text;
  return refuse(
    'bad-device',
    `a device has 1 to 15 letters, digits and _ . + = , -, got ${text === '' ? 'nothing' : text}`,
    {
      allowed: 'a name such as eth0 or eth0.100',
      fix: text.includes('@')
        ? `write ${text.split('@')[0] ?? text}: what stands behind the @ is no part of the name`
        : 'write the name that `ip link` shows',
    },
  );
}

function readNumberOr(text: string, names: ReadonlyMap<string, number>, what: string): number {
  if (/^\d/.test(text)) return readNumber(text, `a ${what}`, [0, 255]);
  const near = closest(text, [...names.keys()]);
  return refuse('unknown-word', `${text === '' ? 'nothing' : text} is no ${what}`, {
    allowed: `${[...names.keys()].join(', ')}, or a number up to 255`,
    fix: near === undefined ? 'write one of these' : `if ${near} is meant, write it so`,
  });
}

function nameOf(number: number, names: ReadonlyMap<string, number>): string {
  return [...names].find(([, each]) => each === number)?.[0] ?? `${number}`;
}
