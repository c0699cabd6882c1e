// What must hold for any virtual and real servers on any host, tried on random ones. A failing title names the seed; GATEWRIGHT_SEED repeats a run.
import { expect, test } from 'vitest';
import { Random } from './random-parts';
import { randomServerLines } from './random-servers';
import { errorOf, Scenario } from './scenario';

const FIRST = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);
const SEEDS = Array.from({ length: 20 }, (_, index) => FIRST + index);

const FOREIGN = ['-A -t 192.0.2.9:80 -s rr', '-a -t 192.0.2.9:80 -r 10.0.0.9:80 -m -w 4'] as const;

/** Each virtual server and its real servers in a part of their own. */
function toParts(lines: readonly string[]): Readonly<Record<string, string>> {
  const parts: Record<string, string> = {};
  for (const line of lines) {
    const name = /^-[Aa] (\S+ \S+(?: -6)?)/.exec(line)?.[1] ?? '';
    parts[name] = `${parts[name] ?? ''}ipvsadm ${line}\n`;
  }
  return parts;
}

function liveOf({ host }: Scenario): string[] {
  return [...host.subsystems.ipvs.fingerprints()].sort();
}

function hand({ host }: Scenario, lines: readonly string[]): void {
  host.subsystems.ipvs.run(lines.map((line) => `${line}\n`).join(''));
}

async function trialOf(seed: number) {
  const random = new Random(seed);
  const scenario = new Scenario();
  hand(scenario, FOREIGN);
  const [a, b] = [randomServerLines(random), randomServerLines(random)];
  await scenario.apply(toParts(a));
  return { scenario, random, a, b };
}

test.each(SEEDS)(
  'seed %d: what is applied is there, what is applied next replaces it, and a destroy leaves the others',
  async (seed) => {
    const { scenario, a, b } = await trialOf(seed);
    expect(liveOf(scenario)).toEqual([...a, ...FOREIGN].sort());
    expect(await scenario.refresh()).toEqual(toParts(a));
    expect(await scenario.wording(toParts(a))).toBe('prior');
    await scenario.apply(toParts(b));
    expect(liveOf(scenario)).toEqual([...b, ...FOREIGN].sort());
    expect(await scenario.refresh()).toEqual(toParts(b));
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([...FOREIGN].sort());
  },
);

test.each(SEEDS)('seed %d: whatever somebody did to them, the next apply repairs it', async (seed) => {
  const { scenario, random, a } = await trialOf(seed);
  for (const line of a.filter(() => random.chance(40))) meddle(scenario, random, line);
  await scenario.refresh();
  await scenario.apply(toParts(a));
  expect(liveOf(scenario)).toEqual([...a, ...FOREIGN].sort());
});

test.each(SEEDS)('seed %d: a step that fails leaves all as it was', async (seed) => {
  const { scenario, random, a, b } = await trialOf(seed);
  await scenario.refresh();
  const before = liveOf(scenario);
  scenario.host.faults.failToRemember = true;
  scenario.host.faults.failAtStep = 1 + random.below(3);
  expect(await errorOf(scenario.apply(toParts(b)))).toMatchObject({ name: 'ApplyFailed', undone: true });
  expect(liveOf(scenario), a.join('\n')).toEqual(before);
});

/** Of a virtual server that is gone already, nothing can be changed: the kernel says so, and that is all. */
function meddle(scenario: Scenario, random: Random, line: string): void {
  const [, command = '', address = ''] = /^-([Aa]) (.*?)(?: -[smgi] .*)$/.exec(line) ?? [];
  const isVirtual = command === 'A';
  const change = isVirtual ? `-E ${address} -s lc` : `-e ${address} -g -w 77`;
  const removal = isVirtual ? `-D ${address}` : `-d ${address}`;
  try {
    hand(scenario, [random.pick([change, removal])]);
  } catch (error) {
    expect(String(error)).toMatch(/No such|not defined/);
  }
}
