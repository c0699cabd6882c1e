// Random rule sets like those of a gateway with services, and packets for them, from a number that a failing test prints.
import type { Family, Table } from '../../lib/model/iptables';
import type { Random } from '../run/random';
import { fromSeed, oneOf } from '../run/random';
import type { Frame } from './random-matches';
import { matchesFor } from './random-matches';
import { allOf, BUILT_IN, DESTINATION_PORTS, PLACES, TARGET_PORTS } from './random-places';

/** One packet that begins a connection. */
export interface TriedPacket {
  readonly from: 'client' | 'host';
  readonly protocol: 'tcp' | 'udp';
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** What iptables-restore takes, and packets to try on it. */
export interface Trial {
  readonly family: Family;
  readonly rules: string;
  readonly packets: readonly TriedPacket[];
}

/** The same seed gives the same ones. */
export function randomTrials(
  seed: number,
  amount: { readonly trials: number; readonly packets: number },
): Trial[] {
  const random = fromSeed(seed);
  return Array.from({ length: amount.trials }, () => {
    const family = random() < 0.75 ? 'ipv4' : 'ipv6';
    return {
      family,
      rules: rulesFor(family, random),
      packets: Array.from({ length: amount.packets }, () => packetFor(family, random)),
    };
  });
}

/** What `ipset restore` takes: the same members for all rule sets of a seed. */
export function randomSets(seed: number): string {
  const random = fromSeed(seed + 1);
  return (['ipv4', 'ipv6'] as const)
    .flatMap((family) => {
      const [suffix, inet] = family === 'ipv4' ? ['4', 'inet'] : ['6', 'inet6'];
      const all = allOf(family);
      const add = (set: string, member: () => string): string[] =>
        Array.from({ length: 4 }, () => `add ${set}${suffix} ${member()} -exist`);
      const port = (): string => `${oneOf(random, PROTOCOLS)}:${oneOf(random, DESTINATION_PORTS)}`;
      const address = (): string => oneOf(random, all);
      const network = (): string => oneOf(random, PLACES[family].networks);
      return [
        `create ips${suffix} hash:ip family ${inet}`,
        ...add('ips', address),
        `create nets${suffix} hash:net family ${inet}`,
        ...add('nets', () => `${network()}${random() < 0.3 ? ' nomatch' : ''}`),
        `create services${suffix} hash:ip,port family ${inet}`,
        ...add('services', () => `${address()},${port()}`),
        ...add('services', () => `${address()},${port()}`),
        `create pairs${suffix} hash:ip,port,ip family ${inet}`,
        ...add('pairs', () => `${address()},${port()},${address()}`),
        `create ranges${suffix} hash:ip,port,net family ${inet}`,
        ...add('ranges', () => `${address()},${port()},${network()}`),
        ...(family === 'ipv4'
          ? ['create ports bitmap:port range 0-65535', 'add ports 80', 'add ports 8080']
          : []),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Sources of packets that were seen before, in the list `seen` of the recent match. */
export const SEEN = { ipv4: '10.1.0.2', ipv6: 'fd01::2' } as const;

const PROTOCOLS = ['tcp', 'udp'] as const;
const OWN = ['A', 'B', 'C'] as const;

/** Where a chain may lead: never back. The kernel takes translations only where every way leads, so nat has ways of its own. */
function below(table: Table, chain: string): readonly string[] {
  if (table !== 'nat') return OWN.slice(OWN.findIndex((each) => each === chain) + 1);
  return { PREROUTING: ['A', 'B'], OUTPUT: ['A', 'B'], A: ['B'], POSTROUTING: ['C'] }[chain] ?? [];
}

function packetFor(family: Family, random: Random): TriedPacket {
  const { client, server, host, nowhere, loopback } = PLACES[family];
  const protocol = oneOf(random, PROTOCOLS);
  const port = oneOf(random, DESTINATION_PORTS);
  const isHosts = random() < 0.35;
  if (isHosts && random() < 0.15) {
    return {
      from: 'host',
      // An answer does not find back to ::1 from another host.
      protocol: family === 'ipv4' ? protocol : 'udp',
      port,
      source: loopback,
      destination: oneOf(random, [loopback, ...host]),
    };
  }
  const destinations = [...server, ...server, ...host, nowhere, ...(isHosts ? client : [])];
  const source = oneOf(random, isHosts ? host : client);
  return {
    from: isHosts ? 'host' : 'client',
    protocol,
    port,
    source,
    destination: oneOf(random, destinations),
  };
}

function rulesFor(family: Family, random: Random): string {
  const tables: readonly (keyof typeof BUILT_IN)[] = ['raw', 'mangle', 'nat', 'filter'];
  return tables.map((table) => tableFor({ family, table, random })).join('');
}

function tableFor(frame: Frame): string {
  const { table, random } = frame;
  const isDropping = table === 'filter' && random() < 0.4;
  const policies = BUILT_IN[table].map(
    (chain) => `:${chain} ${isDropping && random() < 0.4 ? 'DROP' : 'ACCEPT'} [0:0]`,
  );
  const heads = BUILT_IN[table].map((chain) =>
    // Answers are let through, so that a connection can be made; table nat does not see them.
    table === 'nat' || table === 'raw'
      ? []
      : [`-A ${chain} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`],
  );
  const most = { raw: 1, mangle: 2, nat: 5, filter: 5 }[table];
  const rules = [...BUILT_IN[table], ...OWN].flatMap((chain) =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => ruleFor(chain, frame)),
  );
  const own = OWN.map((chain) => `:${chain} - [0:0]`);
  return [`*${table}`, ...policies, ...own, ...heads.flat(), ...rules, 'COMMIT', ''].join('\n');
}

function ruleFor(chain: string, frame: Frame): string {
  const { table, random } = frame;
  // Raw knows no connections: only datagrams, which need no answer, and only by where they go.
  if (table === 'raw') {
    const port = oneOf(random, DESTINATION_PORTS);
    return `-A ${chain} -p udp -m udp --dport ${port} ${random() < 0.5 ? '-j DROP' : '-j ACCEPT'}`;
  }
  const target = targetFor(chain, frame);
  const some = target.needs === 'ports' || random() < 0.4 ? oneOf(random, PROTOCOLS) : undefined;
  const protocol = target.needs === 'tcp' ? 'tcp' : some;
  return `-A ${chain} ${matchesFor(chain, protocol, frame)}${target.words}`.trim();
}

interface TargetWords {
  readonly words: string;
  /** It translates ports, or answers as TCP does, so the rule names a protocol. */
  readonly needs?: 'ports' | 'tcp';
}

function targetFor(chain: string, frame: Frame): TargetWords {
  const { table, random } = frame;
  const words = (text: string): TargetWords => ({ words: text });
  const jumps = below(table, chain).flatMap((each) => [words(`-j ${each}`), words(`-g ${each}`)]);
  const mask = oneOf(random, [
    '0x1/0x1',
    '0x2/0x3',
    '0x4000/0x4000',
    '0x4000/0x0',
    '0x0/0xffffffff',
    '0x3/0x2',
  ]);
  const mark = words(`-j MARK --set-xmark ${mask}`);
  const passing = [words('-j ACCEPT'), words('-j RETURN'), words(''), mark, mark];
  if (table === 'nat') {
    const translating = translationsFor(chain, frame);
    return oneOf(random, [...passing, ...jumps, ...translating, ...translating]);
  }
  const stopping = [words('-j DROP'), ...(table === 'filter' ? [words('-j DROP'), rejectFor(frame)] : [])];
  return oneOf(random, [...passing, ...jumps, ...(random() < 0.5 ? stopping : [])]);
}

function rejectFor({ family, random }: Frame): TargetWords {
  const [closed, refused] =
    family === 'ipv4'
      ? ['icmp-port-unreachable', 'icmp-host-prohibited']
      : ['icmp6-port-unreachable', 'icmp6-adm-prohibited'];
  return oneOf<TargetWords>(random, [
    { words: `-j REJECT --reject-with ${closed}` },
    { words: `-j REJECT --reject-with ${refused}` },
    { words: '-j REJECT --reject-with tcp-reset', needs: 'tcp' },
  ]);
}

/** The kernel takes sources in INPUT and POSTROUTING, destinations in the others; so do the chains that are called from there. */
function translationsFor(chain: string, { family, random }: Frame): readonly TargetWords[] {
  const { server, host, client, loopback } = PLACES[family];
  if (chain === 'INPUT') return [{ words: `-j SNAT --to-source ${oneOf(random, client)}` }];
  if (chain === 'POSTROUTING' || chain === 'C') {
    return [
      { words: '-j MASQUERADE' },
      { words: '-j MASQUERADE --random-fully' },
      { words: `-j SNAT --to-source ${oneOf(random, host)}` },
    ];
  }
  const to = oneOf(random, [...server, ...server, ...host, ...(family === 'ipv4' ? [loopback] : [])]);
  const withPort = `${family === 'ipv4' ? to : `[${to}]`}:${oneOf(random, TARGET_PORTS)}`;
  return [
    { words: `-j DNAT --to-destination ${to}` },
    { words: `-j DNAT --to-destination ${withPort}`, needs: 'ports' },
    { words: `-j DNAT --to-destination ${withPort}`, needs: 'ports' },
    { words: `-j REDIRECT --to-ports ${oneOf(random, TARGET_PORTS)}`, needs: 'ports' },
  ];
}
