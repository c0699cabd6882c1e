// Random sets, lists and rules that name them, one after another on one host: each is reached and means itself, and a step that fails leaves what was.
import { expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { Random } from './random-parts';
import { errorOf, Scenario } from './scenario';

/** The seed of the random parts: set it to see a failure again. */
const SEED = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);
const RUNS = 4;
const FOREIGN = [
  'create THEIRS hash:ip timeout 600',
  'add THEIRS 192.0.2.1 timeout 55',
  'create ALSO list:set',
  'add ALSO THEIRS',
];

test(`random sets of seed ${SEED} are reached, and a failed step is undone`, async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const random = new Random(SEED + run);
    const scenario = new Scenario();
    scenario.host.subsystems.ipset.run(FOREIGN.map((line) => `${line}\n`).join(''));
    scenario.byHand(':OTHER - [0:0]', '-A POSTROUTING -m set --match-set THEIRS src -j ACCEPT');
    const before = stateOf(scenario);
    for (let change = 0; change < 4; change += 1) {
      const parts = randomSets(random);
      const context = `seed ${SEED + run}, change ${change}:\n${Object.values(parts).join('\n')}`;
      if (random.chance(50)) await failSomewhere(scenario, parts, context);
      await scenario.apply(parts);
      expect(await scenario.refresh(), context).toEqual(parts);
      expect(await scenario.wording(parts), context).toBe('prior');
      expect(
        scenario.host.subsystems.ipset.names().filter((name) => name.startsWith('gw-')),
        context,
      ).toEqual([]);
    }
    await scenario.destroy();
    expect(stateOf(scenario), `seed ${SEED + run}`).toEqual(before);
  }
}, 60_000);

async function failSomewhere(scenario: Scenario, parts: Parts, context: string): Promise<void> {
  await scenario.plan(parts);
  const was = stateOf(scenario);
  for (let step = 1; step < 20; step += 1) {
    scenario.host.faults.failAtStep = step;
    const error = await errorOrNothing(scenario.applyOnly(parts));
    delete scenario.host.faults.failAtStep;
    // There are no more steps: it was applied.
    if (error === undefined) return;
    expect(error, context).toMatchObject({ undone: true });
    expect(stateOf(scenario), `${context}\nstep ${step}`).toEqual(was);
  }
  throw new Error(`fails by itself, ${context}`);
}

async function errorOrNothing(applied: Promise<unknown>): Promise<unknown> {
  const marker = {};
  const error = await errorOf(
    applied.then(() => Promise.reject(Object.assign(new Error('kept'), { marker }))),
  );
  return error instanceof Error && 'marker' in error && error.marker === marker ? undefined : error;
}

/** Sets in any order, rules in theirs. */
function stateOf({ host }: Scenario): unknown {
  const rules = host.kernel
    .save()
    .split('\n')
    .filter((line) => line.startsWith('-A '));
  return { sets: [...host.subsystems.ipset.fingerprints()].sort(), rules };
}

const TYPES: readonly (readonly [type: string, members: readonly [string, ...string[]]])[] = [
  ['hash:ip', ['192.0.2.1', '192.0.2.4/31', '198.51.100.1-198.51.100.3', '203.0.113.7']],
  ['hash:net', ['10.0.0.0/8', '192.0.2.0/24', '198.51.100.7', '203.0.113.0/25']],
  ['hash:ip family inet6', ['2001:db8::1', '2001:db8::2', 'fd00::1']],
  ['hash:ip,port', ['192.0.2.1,80', '192.0.2.1,udp:53', '192.0.2.2,https', '192.0.2.9,8000-8001']],
];

function randomSets(random: Random): Parts {
  const names = ['A', 'B', 'C'].filter(() => random.chance(80));
  const sets = names.map((name) => [name, ...randomSet(random, name)].slice(1).join('\n'));
  const listed = shuffled(
    random,
    names.filter(() => random.chance(60)),
  );
  const list = random.chance(70)
    ? ['ipset create L list:set', ...listed.map((name) => `ipset add L ${name}`)].join('\n')
    : undefined;
  const rules = [...names, ...(list === undefined ? [] : ['L'])].flatMap((name) => randomRules(random, name));
  const texts = [...sets, ...(list === undefined ? [] : [list]), ...rules, 'sysctl net.ipv4.ip_forward=1'];
  return Object.fromEntries(texts.map((text, index) => [`${10 + index}-part`, text]));
}

function randomSet(random: Random, name: string): string[] {
  const [type, members] = random.pick([TYPES[0], TYPES[1], TYPES[2], TYPES[3]]) ?? ['hash:ip', []];
  const hasComments = random.chance(30);
  const options = [
    ...(random.chance(30) ? ['maxelem 100'] : []),
    ...(random.chance(30) ? [random.pick(['timeout 0', 'timeout 300'])] : []),
    ...(hasComments ? ['comment'] : []),
  ];
  const adds = members
    .filter(() => random.chance(60))
    .map(
      (member) =>
        `ipset add ${name} ${member}${hasComments && random.chance(50) ? ' comment "why  not"' : ''}`,
    );
  return [['ipset create', name, type, ...options].join(' '), ...adds];
}

function randomRules(random: Random, name: string): string[] {
  return [
    ...(random.chance(40) ? [`iptables -t nat -I PREROUTING -m set --match-set ${name} dst -j ACCEPT`] : []),
    ...(random.chance(40)
      ? [`iptables -t nat -A POSTROUTING -m set ! --match-set ${name} src -j RETURN`]
      : []),
    ...(random.chance(40) ? [`iptables -t nat -A GW-X -m set --match-set ${name} src -j RETURN`] : []),
  ];
}

function shuffled(random: Random, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, at: random.below(1000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => name);
}
