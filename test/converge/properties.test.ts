// What must hold for any parts on any host, tried on random ones. A failing title names the seed; GATEWRIGHT_SEED repeats a run.
import { describe, expect, test } from 'vitest';
import { OUR_WORDING } from '../../lib/converge/align';
import { printChange } from '../../lib/converge/change';
import { diff } from '../../lib/converge/diff';
import type { Live } from '../../lib/converge/live';
import { toLiveChains, withBuiltInChains } from '../../lib/converge/live';
import { planChanges, printPlan } from '../../lib/converge/plan';
import type { HostPlan, Step } from '../../lib/converge/plan';
import { questionOf, toLive } from '../../lib/converge/read-live';
import { holdAndRelease } from '../../lib/converge/release';
import { desiredOf } from '../../lib/converge/validate';
import type { Parts } from '../../lib/model/declaration';
import { foreignRules, foreignTexts, meddle, Random, randomParts, SYSCTLS } from './random-parts';
import { errorOf, Scenario } from './scenario';

const FIRST = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);
const SEEDS = Array.from({ length: 20 }, (_, index) => FIRST + index);

interface Trial {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly a: Parts;
  readonly b: Parts;
}

/** A host with rules of others and `a` applied. */
async function trialOf(seed: number): Promise<Trial> {
  const random = new Random(seed);
  const scenario = new Scenario();
  for (const key of SYSCTLS) scenario.host.sysctls.set(key, '0');
  scenario.byHand(...foreignRules(random, 'ipv4'));
  scenario.byHand6('nat', ...foreignRules(random, 'ipv6'));
  const [a, b] = [randomParts(random), randomParts(random)];
  await scenario.apply(a);
  return { scenario, random, a, b };
}

async function liveOf({ host, target, memory }: Scenario, parts: Parts): Promise<Live> {
  const known = { parts, remembered: undefined, desired: desiredOf(target.scope, parts) };
  expect(memory).toBeDefined();
  const question = questionOf(target, known);
  return toLive(await host.read({ ...question, sysctls: SYSCTLS }), target, known).live;
}

async function planOf(scenario: Scenario, parts: Parts): Promise<HostPlan> {
  const live = await liveOf(scenario, parts);
  const desired = desiredOf(scenario.target.scope, parts);
  const { released } = holdAndRelease(desired, live);
  return planChanges(diff(desired, live, OUR_WORDING), released, { desired, live });
}

/** Policies and rules by chain, and sysctls: the order of chains in a save means nothing. */
function stateOf({ host }: Scenario): unknown {
  const chains = [
    ...withBuiltInChains(toLiveChains(host.kernel.save(), 'ipv4'), 'ipv4'),
    ...withBuiltInChains(toLiveChains(host.kernel6.save(), 'ipv6'), 'ipv6'),
  ];
  return [Object.fromEntries(chains.sort()), Object.fromEntries(host.sysctls)];
}

describe.each(SEEDS)('seed %d', (seed) => {
  test('what was applied reads back as it was written, and leaves nothing to change', async () => {
    const { scenario, a } = await trialOf(seed);
    expect((await planOf(scenario, a)).steps).toEqual([]);
    expect(await scenario.refresh()).toEqual(a);
    expect(await scenario.wording(a)).toBe('prior');
  });

  test('applying b to a, with drift between, gives b and leaves rules of others as they are', async () => {
    const { scenario, random, b } = await trialOf(seed);
    meddle(random, scenario.host);
    const foreign = foreignTexts(scenario.host);
    await scenario.refresh();
    await scenario.apply(b);
    expect(await scenario.refresh()).toEqual(b);
    expect((await planOf(scenario, b)).steps).toEqual([]);
    expect(foreignTexts(scenario.host)).toEqual(foreign);
    const direct = new Scenario();
    for (const key of SYSCTLS) direct.host.sysctls.set(key, '0');
    direct.byHand(':DOCKER - [0:0]');
    direct.byHand6('nat', ':DOCKER - [0:0]');
    await direct.apply(b);
    expect(chainsOfOurs(scenario)).toEqual(chainsOfOurs(direct));
  });

  test('drift is repaired, and a refresh of it is never silent', async () => {
    const { scenario, random, a } = await trialOf(seed);
    meddle(random, scenario.host);
    const { steps } = await planOf(scenario, a);
    const refreshed = await scenario.refresh();
    if (steps.length === 0) expect(refreshed).toEqual(a);
    else expect(refreshed).not.toEqual(a);
    await scenario.apply(a);
    expect(await scenario.refresh()).toEqual(a);
  });

  test('the inverses of a plan restore what was there', async () => {
    const { scenario, random, b } = await trialOf(seed);
    meddle(random, scenario.host);
    const before = stateOf(scenario);
    const { steps } = await planOf(scenario, b);
    const { kernel, kernel6 } = scenario.host;
    const chains = steps.filter(({ kind }) => kind === 'ipv4' || kind === 'ipv6');
    const restore = ({ kind }: Step, text: string): void => {
      (kind === 'ipv4' ? kernel : kernel6).restore(text, { noflush: true });
    };
    for (const step of chains) restore(step, step.forward);
    for (const step of chains.reverse()) restore(step, step.inverse);
    expect(stateOf(scenario)).toEqual(before);
  });

  test('failing at any step leaves all old', async () => {
    const { scenario, b } = await trialOf(seed);
    const { steps } = await planOf(scenario, b);
    const before = stateOf(scenario);
    const memory = [scenario.host.manifest, ...scenario.host.declared];
    for (let step = 1; step <= steps.length; step += 1) {
      scenario.host.faults.failAtStep = step;
      expect(await errorOf(scenario.applyOnly(b))).toMatchObject({ undone: true });
      expect(stateOf(scenario)).toEqual(before);
    }
    expect([scenario.host.manifest, ...scenario.host.declared]).toEqual(memory);
  });

  test('one more rule is one change', async () => {
    const { scenario, random, a } = await trialOf(seed);
    const [name = ''] = Object.keys(a).filter((part) => part !== '0-chains');
    const place = random.pick(['-A GW-1', '-I GW-2', '-A OUTPUT', '-I DOCKER']);
    const more = { ...a, [name]: `${a[name] ?? ''}\niptables -t nat ${place} -s 203.0.113.7 -j RETURN` };
    const { steps } = await planOf(scenario, more);
    const lines = steps.flatMap(({ changes }) => changes.flatMap(printChange));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\+ iptables -t nat -A \S+ -s 203\.0\.113\.7\/32 /);
    expect(printPlan({ steps })).toBe(`iptables -t nat:\n  ${lines[0] ?? ''}`);
  });

  test('a destroy leaves only what others have', async () => {
    const { scenario, random } = await trialOf(seed);
    meddle(random, scenario.host);
    await scenario.refresh();
    const foreign = foreignTexts(scenario.host);
    await scenario.destroy();
    expect(scenario.host.kernel.save() + scenario.host.kernel6.save()).not.toMatch(/gatewright|GW-|named/);
    expect(foreignTexts(scenario.host)).toEqual(foreign);
    expect(Object.values(Object.fromEntries(scenario.host.sysctls))).toEqual(['0', '0', '0']);
    expect(scenario.host.manifest).toBeUndefined();
  });
});

function chainsOfOurs({ host }: Scenario): unknown {
  const chains = [...toLiveChains(host.kernel.save(), 'ipv4'), ...toLiveChains(host.kernel6.save(), 'ipv6')];
  const texts = chains.map(
    ([key, { rules }]) => [key, rules.filter((text) => !/172\.16\.|fd17:/.test(text))] as const,
  );
  return Object.fromEntries(texts.filter(([key, rules]) => rules.length > 0 || key.includes('GW-')));
}
