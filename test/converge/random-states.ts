// Random states over every subsystem, from a seed, for any host that has the stage: what a pair of states is drawn from.
import { desiredOf } from '../../lib/converge/validate';
import type { Parts } from '../../lib/model/declaration';
import { InvalidInput } from '../../lib/model/errors';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import { quoteWord } from '../../lib/syntax/words';
import { randomIpLines } from '../syntax/random-ip';
import { randomRules } from '../syntax/random-rules';
import { randomSetLines } from '../syntax/random-sets';
import type { Random } from './random-parts';
import { randomParts } from './random-parts';
import { randomServerLines } from './random-servers';

/** What the kernel of the host has beside rules, sets, addresses, routes and sysctls. */
export interface Stage {
  readonly hasIpvs: boolean;
  readonly hasDummyLinks: boolean;
  /** Where each start of a tool takes long, states are smaller. */
  readonly isSlow?: boolean;
}

/** Lines of `ip` for a host in memory; lab hosts have these devices and addresses by their file. */
export const IP_STAGE = [
  ...['lo', 'v0', 'v1'].flatMap((name) => [`link add ${name} type other`, `link set ${name} up`]),
  'addr add 10.0.0.254/24 dev v0',
  '-6 addr add 2001:db8::ff/64 nodad dev v0',
];

/** Of our own addresses, routes and routing rules; those of others come behind them in the same list. */
const IP_LINES = 14;

/** Lines behind `ip` that others had a hand in: of other networks and preferences than any state. */
export function foreignIpLines(random: Random): string[] {
  return randomIpLines(random.below(1_000_000), IP_LINES + 8)
    .slice(IP_LINES)
    .map((line) => line.replace(/^ip /, ''));
}

/** A state that means what it says: what contradicts itself was left out. */
export function randomState(random: Random, stage: Stage): Parts {
  const parts: Record<string, string> = { ...randomParts(random) };
  const put = (name: string, lines: readonly string[]): void => {
    if (lines.length > 0) parts[name] = lines.join('\n');
  };
  const share = stage.isSlow === true ? 30 : 60;
  if (random.chance(80)) {
    const lines = randomIpLines(random.below(1_000_000), IP_LINES).filter(() => random.chance(share));
    put('10-addresses', lines.slice(0, 5));
    put('11-routes', lines.slice(5));
  }
  if (stage.hasDummyLinks && random.chance(60)) put('12-links', randomLinks(random));
  if (random.chance(70)) put('20-members', randomMembers(random, stage));
  if (random.chance(80)) {
    const rules = randomRuleLines(random);
    put('30-forward', rules);
    put('21-sets', setsFor(random, rules));
  }
  if (stage.hasIpvs && random.chance(70)) {
    const servers = randomServerLines(random).map((line) => `ipvsadm ${line}`);
    put('40-servers', servers);
  }
  return consistent(parts);
}

/** A state and the next: another one, or the same with some lines gone, some new, some moved to other parts. */
export function randomPair(random: Random, stage: Stage): readonly [Parts, Parts] {
  const a = randomState(random, stage);
  return [a, random.chance(50) ? randomState(random, stage) : edited(random, a, randomState(random, stage))];
}

function edited(random: Random, parts: Parts, other: Parts): Parts {
  const next: Record<string, string> = {};
  for (const name of new Set([...Object.keys(parts), ...Object.keys(other)])) {
    const kept = linesOf(parts[name]).filter((line) => isGround(line) || random.chance(85));
    const added = linesOf(other[name]).filter((line) => isGround(line) || random.chance(20));
    const lines = random.chance(20) ? [...added, ...kept] : [...kept, ...added];
    if (lines.length > 0) next[random.chance(90) ? name : `${name} moved`] = lines.join('\n');
  }
  return consistent(next);
}

/** Other lines stand on it. */
function isGround(line: string): boolean {
  return / -N | create | link add |ipvsadm -A /.test(line);
}

function linesOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split('\n');
}

/** Without the lines that contradict another one. Throws where an error blames no line. */
export function consistent(parts: Parts): Parts {
  for (let left = parts; ;) {
    const blamed = problemsOf(left);
    if (blamed.length === 0) return left;
    left = withoutLines(left, blamed);
  }
}

/** Where the lines stand that a refusal blames. */
export function blamedLines({ problems }: InvalidInput): readonly Place[] {
  return problems.map(({ at = '', part, what }) => {
    const line = /line (\d+)$/.exec(at)?.[1];
    if (part === undefined || line === undefined) throw new Error(`blames no line: ${what} at ${at}`);
    return { part, line: Number(line) };
  });
}

/** A part of which nothing is left goes. */
export function withoutLines(parts: Parts, places: readonly Place[]): Parts {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, text]) => {
      const gone = new Set(places.filter(({ part }) => part === name).map(({ line }) => line));
      const lines = text.split('\n').filter((_, index) => !gone.has(index + 1));
      return lines.some((line) => line !== '' && !line.startsWith('#')) ? [[name, lines.join('\n')]] : [];
    }),
  );
}

interface Place {
  readonly part: string;
  readonly line: number;
}

function problemsOf(parts: Parts): readonly Place[] {
  try {
    desiredOf(DEFAULT_SCOPE, parts);
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return blamedLines(error);
    throw error;
  }
}

function randomLinks(random: Random): string[] {
  return ['gw0', 'gw1']
    .filter(() => random.chance(70))
    .flatMap((name, index) => [
      `ip link add ${name} type dummy`,
      ...(random.chance(70) ? [`ip link set ${name} up`] : []),
      `ip addr add 10.96.${index}.${random.below(4)}/32 dev ${name}`,
    ]);
}

/** Of some of the types; a set keeps its name and type from state to state, and changes options and members. */
function randomMembers(random: Random, { isSlow = false }: Stage): string[] {
  const lines = randomSetLines(random, 3);
  // The older kernel of the slow hosts has no bitmask.
  const made = lines.filter(
    (line) => line.startsWith('ipset create ') && !(isSlow && line.includes('bitmask')),
  );
  const names = new Set(
    made.map((line) => line.split(' ')[2] ?? '').filter(() => random.chance(isSlow ? 15 : 30)),
  );
  return lines
    .filter((line) => names.has(line.split(' ')[2] ?? ''))
    .map((line) => line.replace(/^(ipset \S+) S/, '$1 M'));
}

/** Rules with every match of the vocabulary in chains of ours; a packet takes them where it is forwarded. */
function randomRuleLines(random: Random): string[] {
  const rules = randomRules(random.below(1_000_000), 8).map(({ table, words }) => {
    const named = words.map((word) => (/^T\d$/.test(word) ? `GW-${word}` : word));
    return `iptables -t ${table} -A GW-T1 ${named.map((word) => quoteWord(word)).join(' ')}`;
  });
  const tables = ['filter', 'nat', 'mangle'].filter((table) =>
    rules.some((rule) => rule.includes(`-t ${table} `)),
  );
  return [
    ...tables.map((table) => `iptables -t ${table} -N GW-T2`),
    ...rules,
    ...(tables.includes('filter') && random.chance(60) ? ['iptables -A FORWARD -j GW-T1'] : []),
  ];
}

/** Sets that the rules name, some of another type than the last time. */
function setsFor(random: Random, rules: readonly string[]): string[] {
  const types = {
    S1: random.pick(['hash:ip', 'hash:ip', 'hash:net']),
    S2: random.pick(['hash:ip,port', 'hash:ip,port', 'hash:net,port']),
  };
  return Object.entries(types)
    .filter(([name]) => rules.some((rule) => rule.includes(`--match-set ${name} `)))
    .flatMap(([name, type]) => [
      `ipset create ${name} ${type}${random.pick(['', '', ' maxelem 100', ' timeout 0'])}`,
      ...['192.0.2.1', '192.0.2.9', '198.51.100.7']
        .filter(() => random.chance(60))
        .map((member) => `ipset add ${name} ${member}${name === 'S2' ? ',tcp:80' : ''}`),
    ]);
}
