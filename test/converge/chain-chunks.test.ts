// Very many chains in portions: none refers to a later one, and what packets meet changes in one commit.
import { describe, expect, test } from 'vitest';
import { CHUNK_CHAINS, inChunks, targetsFirst } from '../../lib/converge/chain-chunks';
import type { Step } from '../../lib/converge/plan';
import { FakeHost } from '../fakes/fake-host';
import { manyChains } from './many-chains';
import { planOf } from './planned';
import { errorOf, Scenario } from './scenario';

describe('the order', () => {
  test.each<readonly [string, Readonly<Record<string, readonly string[]>>, readonly string[] | undefined]>([
    ['nothing', {}, []],
    ['chains that know nothing of each other stay as they are', { B: [], A: ['-j ACCEPT'] }, ['B', 'A']],
    ['a target comes first', { A: ['-s 192.0.2.1/32 -j B'], B: [] }, ['B', 'A']],
    ['so does one that is gone to', { A: ['-g B'], B: [] }, ['B', 'A']],
    ['a target of a target before both', { A: ['-j B'], B: ['-j C'], C: [] }, ['C', 'B', 'A']],
    ['a target of two is there once', { A: ['-j C'], B: ['-j C', '-j A'], C: [] }, ['C', 'A', 'B']],
    ['of several targets the first is the first', { A: ['-j C', '-j B'], B: [], C: [] }, ['C', 'B', 'A']],
    ['a target that is met again deeper', { A: ['-j C', '-j B'], B: ['-j C'], C: [] }, ['C', 'B', 'A']],
    ['a target that several rules name', { A: ['-j B', '-p tcp -j B'], B: [] }, ['B', 'A']],
    ['chains of others do not count', { A: ['-j DOCKER'], B: ['-j A'] }, ['A', 'B']],
    ['an order that only a comment bids', { A: ['-m comment --comment "a -j B b" -j C'], B: [] }, ['B', 'A']],
    ['a chain that jumps to itself', { A: ['-j A'] }, undefined],
    ['a circle', { A: ['-j B'], B: ['-j C'], C: ['-j A'] }, undefined],
    ['a circle behind a chain', { A: ['-j B'], B: ['-j C'], C: ['-j B'] }, undefined],
  ])('%s', (_title, chains, expected) => {
    const given = Object.entries(chains).map(([chain, rules]) => ({ chain, rules }));
    expect(targetsFirst(given)?.map(({ chain }) => chain)).toEqual(expected);
  });

  test('a long way of jumps is no matter', () => {
    const chains = Array.from({ length: 50_000 }, (_, index) => ({
      chain: `C${index}`,
      rules: [`-j C${index + 1}`],
    }));
    expect(targetsFirst(chains)?.[0]?.chain).toBe('C49999');
  });

  test.each([
    [CHUNK_CHAINS, undefined],
    [CHUNK_CHAINS + 1, [CHUNK_CHAINS, 1]],
    [3 * CHUNK_CHAINS, [CHUNK_CHAINS, CHUNK_CHAINS, CHUNK_CHAINS]],
  ])('%i chains come in portions of %j', (amount, expected) => {
    const chains = Array.from({ length: amount }, (_, index) => ({ chain: `C${index}`, rules: [] }));
    expect(inChunks(chains)?.map(({ length }) => length)).toEqual(expected);
  });

  test('a circle among very many chains leaves them together', () => {
    const length = 2 * CHUNK_CHAINS;
    const circle = Array.from({ length }, (_, index) => ({
      chain: `C${index}`,
      rules: [`-j C${(index + 1) % length}`],
    }));
    expect(inChunks(circle)).toBeUndefined();
  });
});

// So many chains take a busy machine a while.
const MANY_TIMEOUT = 60_000;

const NEW = [1, 2].map((number) => `iptables -t nat, new chains ${number} of 2`);
const OLD = [1, 2].map((number) => `iptables -t nat, old chains ${number} of 2`);

test(
  'a first apply makes the chains before the one commit that packets meet, an update changes them in one, a destroy removes them after it',
  async () => {
    const scenario = new Scenario();
    expect(namesOf((await planOf(scenario, manyChains())).steps)).toEqual([...NEW, 'iptables -t nat']);
    await scenario.apply(manyChains());
    await scenario.refresh();
    const services = manyChains()['50-services'] ?? '';
    const other = { ...manyChains(), '50-services': services.replaceAll('10.64.0.1:8080', '10.64.0.2:8080') };
    expect(namesOf((await planOf(scenario, other)).steps)).toEqual(['iptables -t nat']);
    expect(namesOf((await planOf(scenario, {})).steps)).toEqual(['iptables -t nat', ...OLD]);
  },
  MANY_TIMEOUT,
);

test(
  'with iptables-legacy one commit takes all, since that is faster there',
  async () => {
    const scenario = new Scenario();
    scenario.host.around.backend = 'legacy';
    expect(namesOf((await planOf(scenario, manyChains())).steps)).toEqual(['iptables -t nat']);
  },
  MANY_TIMEOUT,
);

test(
  'at no step does a rule refer to a chain that is not whole, and only one of them changes what a packet meets',
  async () => {
    const { steps } = await planOf(new Scenario(), manyChains());
    const { kernel } = new FakeHost();
    for (const { forward } of steps) kernel.restore(forward, { noflush: true });
    const whole = chainsIn(kernel.save());
    for (const { name, inverse } of [...steps].reverse()) {
      if (name !== 'iptables -t nat') {
        const now = chainsIn(kernel.save());
        expect(now.get('PREROUTING')).toEqual([]);
        for (const [chain, rules] of now)
          if (chain.startsWith('GW-')) expect(rules).toEqual(whole.get(chain));
      }
      kernel.restore(inverse, { noflush: true });
    }
    expect([...chainsIn(kernel.save()).keys()].filter((chain) => chain.startsWith('GW-'))).toEqual([]);
  },
  MANY_TIMEOUT,
);

describe.each([
  ['an apply', {}, manyChains()],
  ['a destroy', manyChains(), {}],
])('%s that fails at any of its steps', (_verb, before, after) => {
  test.each([1, 2, 3])(
    '%i of 3 leaves all as it was',
    async (failAtStep) => {
      const scenario = new Scenario();
      if (Object.keys(before).length > 0) {
        await scenario.apply(before);
        await scenario.refresh();
      }
      const old = byName(scenario.host.kernel.save());
      scenario.host.faults.failAtStep = failAtStep;
      const given = Object.keys(after).length > 0 ? scenario.applyOnly(after) : scenario.destroy();
      expect(await errorOf(given)).toMatchObject({ undone: true });
      expect(byName(scenario.host.kernel.save())).toEqual(old);
    },
    MANY_TIMEOUT,
  );
});

function namesOf(steps: readonly Step[]): string[] {
  return steps.map(({ name }) => name);
}

function byName(save: string): Readonly<Record<string, readonly string[]>> {
  const chains = [...chainsIn(save)];
  return Object.fromEntries(chains.filter(([name, rules]) => name.startsWith('GW-') || rules.length > 0));
}

function chainsIn(save: string): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const line of save.split('\n')) {
    const [, made] = /^:(\S+)/.exec(line) ?? [];
    if (made !== undefined) chains.set(made, []);
    const [, chain = '', rule = ''] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    chains.get(chain)?.push(rule);
  }
  return chains;
}
