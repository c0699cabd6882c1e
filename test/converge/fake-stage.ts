// A host in memory with what others have in every subsystem, for random states; and all that it holds, as lines.
import { completeIpLine, readIp } from '../../lib/syntax/ip/ip';
import { splitWords } from '../../lib/syntax/words';
import { toLiveChains, withBuiltInChains } from '../../lib/converge/live';
import { FAMILIES } from '../../lib/model/iptables';
import { FakeHost } from '../fakes/fake-host';
import { FakeIp } from '../fakes/fake-ip';
import type { PairCounts } from './pair';
import { tryPair, withPair } from './pair';
import { foreignRules, Random, SYSCTLS } from './random-parts';
import { foreignIpLines, IP_STAGE, randomPair } from './random-states';
import { Scenario } from './scenario';

/** What the host in memory has beside rules, sets, addresses, routes and sysctls: all of it. */
export const FAKE_STAGE = { hasIpvs: true, hasDummyLinks: true } as const;

/** Sets and servers of others. */
export const FOREIGN_SETS = [
  'create THEIRS hash:ip timeout 0',
  'add THEIRS 192.0.2.1',
  'create ALSO list:set',
  'add ALSO THEIRS',
];
const FOREIGN_SERVERS = ['-A -t 192.0.2.9:80 -s rr', '-a -t 192.0.2.9:80 -r 10.0.0.9:80 -m -w 4'];

/** With rules, sets, servers, addresses, routes and routing rules of others. */
export function fakeStage(random: Random): Scenario {
  const host = new FakeHost();
  Object.assign(host.subsystems, { ip: new FakeIp(IP_STAGE) });
  for (const key of SYSCTLS) host.sysctls.set(key, '0');
  host.subsystems.ip.run(asCompleteLines(foreignIpLines(random)));
  host.subsystems.ipset.run(toText(FOREIGN_SETS));
  host.subsystems.ipvs.run(toText(FOREIGN_SERVERS));
  const scenario = new Scenario(undefined, host);
  scenario.byHand(...foreignRules(random, 'ipv4'), '-A OUTPUT -m set --match-set ALSO src -j RETURN');
  scenario.byHand6('nat', ...foreignRules(random, 'ipv6'));
  return scenario;
}

/** One pair on a host of its own; a failure says the seed, and both states. */
export async function tryFakePair(seed: number): Promise<PairCounts> {
  const random = new Random(seed);
  const scenario = fakeStage(random);
  const pair = randomPair(random, FAKE_STAGE);
  return withPair(seed, pair, () => tryPair(scenario, pair, () => Promise.resolve(fakeState(scenario))));
}

/** Sets, members, servers and routes in byte order, rules in theirs. */
export function fakeState({ host }: Scenario): readonly string[] {
  const { ip, ipset, ipvs } = host.subsystems;
  const chains = FAMILIES.flatMap((family) => {
    const save = (family === 'ipv4' ? host.kernel : host.kernel6).save();
    return [...withBuiltInChains(toLiveChains(save, family), family)];
  });
  return [
    ...[ip, ipset, ipvs].flatMap((subsystem) => subsystem.read().split('\n').sort()),
    ...chains.map(([key, { policy = '-', rules }]) => [`${key} ${policy}`, ...rules].join('\n')).sort(),
    ...[...host.sysctls].map(([key, value]) => `${key}=${value}`),
    ...(host.manifest === undefined ? [] : [host.manifest]),
  ];
}

/** As the shell gives them to the host; addresses before the routes that lean on them. */
function asCompleteLines(lines: readonly string[]): string {
  const complete = lines.flatMap((line) => readIp(splitWords(line)).map(completeIpLine));
  const ground = (line: string): number =>
    ['addr', 'route', 'rule'].findIndex((word) => line.includes(`${word} add`));
  return toText(complete.sort((a, b) => ground(a) - ground(b)));
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
