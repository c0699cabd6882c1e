// Random parts and random hands on a host, from a seed. Used by the property tests.
import type { Parts } from '../../lib/model/declaration';
import { isMarked } from '../../lib/converge/ownership';
import { toLiveChains } from '../../lib/converge/live';
import type { Family } from '../../lib/model/iptables';
import { FAMILIES } from '../../lib/model/iptables';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import type { FakeKernel } from '../fakes/fake-kernel';
import { RestoreFailed } from '../fakes/fake-kernel';
import { fromSeed } from '../run/random';

/** The same numbers for the same seed. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = fromSeed(seed);
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }
}

const OWN_CHAINS = ['GW-0', 'GW-1', 'GW-2', 'GW-3', 'named'] as const;
const FOREIGN_CHAINS = ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'DOCKER'] as const;
export const SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.tcp_syncookies',
] as const;

/** One to four parts that are free of problems on a host with a chain DOCKER in table nat. */
export function randomParts(random: Random): Parts {
  const values = SYSCTLS.map((key) => `${key}=${random.below(3)}`);
  const policy = random.pick(['ACCEPT', 'DROP']);
  const parts: Record<string, string> = {};
  const count = 1 + random.below(4);
  for (let index = 0; index < count; index += 1) {
    const lines = ['# made by chance'];
    for (let line = random.below(8); line >= 0; line -= 1)
      lines.push(inSomeFamily(random, randomRule(random)));
    if (random.chance(40)) lines.push(`sysctl ${values[random.below(values.length)] ?? ''}`);
    if (random.chance(20)) lines.push(inSomeFamily(random, `iptables -P FORWARD ${policy}`));
    parts[`${random.below(9)}-part ${index}`] = lines.join('\n');
  }
  const chains = OWN_CHAINS.map((chain) => `iptables -t nat -N ${chain}`);
  return { ...parts, '0-chains': [...chains, ...chains.map(asIpv6)].join('\n') };
}

function inSomeFamily(random: Random, line: string): string {
  return random.chance(30) ? asIpv6(line) : line;
}

/** The same of ip6tables, with addresses of its own. */
function asIpv6(text: string): string {
  return text
    .replace(/^iptables/, 'ip6tables')
    .replace(/\b10\.0\.(\d)\.(\d)/g, 'fd00::$1:$2')
    .replace(/\b172\.16\.(\d)\.0\/24/g, 'fd17:$1::/64');
}

/** A line with a rule; jumps lead to later chains of ours only, so that none leads back. */
export function randomRule(random: Random): string {
  const own = random.chance(60);
  const from = random.below(OWN_CHAINS.length);
  const chain = own ? (OWN_CHAINS[from] ?? 'GW-0') : random.pick(FOREIGN_CHAINS);
  const later = OWN_CHAINS.slice(own ? from + 1 : 0);
  const target =
    later.length > 0 && random.chance(50)
      ? later[random.below(later.length)]
      : random.pick(['RETURN', 'ACCEPT']);
  const sources = random.chance(15)
    ? `10.0.0.${random.below(4)},10.0.1.${random.below(4)}`
    : `10.0.0.${random.below(6)}`;
  const ports = random.chance(30) ? ` -p tcp --dport ${80 + random.below(3)}` : '';
  return `iptables -t nat ${random.chance(25) ? '-I' : '-A'} ${chain} -s ${sources}${ports} -j ${target ?? 'RETURN'}`;
}

/** What others may have on a host before we come. */
export function foreignRules(random: Random, family: Family): string[] {
  const lines = [':DOCKER - [0:0]'];
  for (let line = random.below(8); line > 0; line -= 1) lines.push(foreignRule(random, family));
  return lines;
}

function foreignRule(random: Random, family: Family): string {
  const rule = `-A ${random.pick(FOREIGN_CHAINS)} -s 172.16.${random.below(9)}.0/24 -j ${random.pick(['RETURN', 'ACCEPT'])}`;
  return family === 'ipv4' ? rule : asIpv6(rule);
}

/** Somebody deletes, copies, moves, adds and flushes in table nat; of foreign rules none is touched. */
export function meddle(random: Random, host: Kernels): void {
  for (let times = 1 + random.below(5); times > 0; times -= 1) {
    const family = random.pick(FAMILIES_BY_CHANCE);
    const kernel = kernelOf(host, family);
    const line = handLines(random, kernel, family);
    try {
      kernel.restore(`*nat\n${line.join('\n')}\nCOMMIT\n`, { noflush: true });
    } catch (error) {
      if (!(error instanceof RestoreFailed)) throw error;
    }
  }
}

function handLines(random: Random, kernel: FakeKernel, family: Family): string[] {
  const chains = [...toLiveChains(kernel.save(), family).values()].filter(
    ({ address }) => address.table === 'nat',
  );
  const { address, rules = [] } = chains[random.below(chains.length)] ?? {};
  const chain = address?.chain ?? 'OUTPUT';
  const isOwn = OWN_CHAINS.some((name) => name === chain);
  const ours = rules.filter((text) => isOwn || isMarked(text, DEFAULT_SCOPE));
  const rule = ours[random.below(Math.max(1, ours.length))];
  if (isOwn && random.chance(15)) return [`:${chain} - [0:0]`];
  if (rule === undefined || random.chance(20)) return [foreignRule(random, family)];
  const place = `-I ${chain} ${1 + random.below(rules.length)} ${rule}`;
  return random.pick([[`-D ${chain} ${rule}`], [place], [`-D ${chain} ${rule}`, place]]);
}

/** The part of a host in memory that rules stand in. */
export interface Kernels {
  readonly kernel: FakeKernel;
  readonly kernel6: FakeKernel;
}

const FAMILIES_BY_CHANCE = ['ipv4', 'ipv4', 'ipv6'] as const;

function kernelOf({ kernel, kernel6 }: Kernels, family: Family): FakeKernel {
  return family === 'ipv4' ? kernel : kernel6;
}

/** Rules of others, by family and chain of table nat. */
export function foreignTexts(host: Kernels): Record<string, readonly string[]> {
  const all = FAMILIES.flatMap((family) => [...toLiveChains(kernelOf(host, family).save(), family).values()]);
  const chains = all.filter(({ address }) => FOREIGN_CHAINS.some((name) => name === address.chain));
  return Object.fromEntries(
    chains
      .map(({ address, rules }): [string, string[]] => [
        `${address.family} ${address.chain}`,
        rules.filter((text) => !isMarked(text, DEFAULT_SCOPE)),
      ])
      .filter(([, rules]) => rules.length > 0),
  );
}
