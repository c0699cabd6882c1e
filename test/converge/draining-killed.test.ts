// An apply that dies while real servers drain, on the host in memory: what it leaves, and who finishes it.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  BOTH,
  dieWhileDraining,
  endConnections,
  expectFinished,
  KEY,
  liveOf,
  newScenario,
  NONE,
  ONE,
  ONLY_ONE,
  QUIET,
  TWO,
} from './draining-scenario';
import { Scenario } from './scenario';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an apply that dies while real servers drain', () => {
  test('leaves what is neither drift nor unexpected, and what the next apply removes', async () => {
    const scenario = await newScenario();
    await dieWhileDraining(scenario, ONLY_ONE);
    expect(liveOf(scenario)).toContain(QUIET);
    await expectFinished(scenario);
  });

  test('leaves what the next apply removes at once where their time is over', async () => {
    const scenario = await newScenario();
    await dieWhileDraining(scenario, ONLY_ONE);
    vi.setSystemTime(new Date('2026-11-21T13:00:00Z'));
    await scenario.refresh();
    const { notes } = await scenario.apply({ ...ONLY_ONE, ...NONE });
    expect(notes.map(({ summary }) => summary)).toEqual([
      '192.0.2.1:22: 1 real servers were removed with connections',
    ]);
    expect(liveOf(scenario)).toHaveLength(2);
  });

  test('leaves what a destroy removes', async () => {
    const scenario = await newScenario();
    await dieWhileDraining(scenario, ONLY_ONE);
    endConnections(scenario);
    await scenario.refresh();
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([]);
    expect(scenario.host.manifest).toBeUndefined();
  });

  test('leaves what has its weight again when it is declared again', async () => {
    const scenario = await newScenario();
    await dieWhileDraining(scenario, ONLY_ONE);
    await scenario.refresh();
    await scenario.apply(BOTH);
    expect(liveOf(scenario)).toContain(TWO.slice('ipvsadm '.length));
    expect(scenario.host.manifest).not.toContain('draining');
    expect(await scenario.refresh()).toEqual(BOTH);
  });

  test.each(['apply', 'destroy'] as const)(
    'in a virtual server of others is remembered where no line says a word of IPVS any more, until an %s',
    async (verb) => {
      const scenario = new Scenario();
      Object.assign(scenario.target, { drainTimeoutSeconds: 60 });
      scenario.host.subsystems.ipvs.run('-A -t 192.0.2.1:80 -s rr\n');
      await scenario.apply({ b: TWO });
      await scenario.refresh();
      scenario.host.subsystems.ipvs.connections.set(KEY, 1);
      await dieWhileDraining(scenario, NONE);
      expect(await scenario.refresh()).toEqual(NONE);
      endConnections(scenario);
      if (verb === 'destroy') await scenario.destroy();
      else await scenario.apply({ more: 'iptables -A INPUT -j ACCEPT' });
      expect(liveOf(scenario)).toEqual(['-A -t 192.0.2.1:80 -s rr']);
    },
  );

  test('in a virtual server of others leaves no more there than before', async () => {
    const scenario = new Scenario();
    Object.assign(scenario.target, { drainTimeoutSeconds: 60 });
    const theirs = '-A -t 192.0.2.1:80 -s rr';
    scenario.host.subsystems.ipvs.run(`${theirs}\n`);
    await scenario.apply({ a: ONE, b: TWO });
    await scenario.refresh();
    scenario.host.subsystems.ipvs.connections.set(KEY, 1);
    await dieWhileDraining(scenario, { a: ONE });
    expect(liveOf(scenario)).toContain(QUIET);
    expect(await scenario.refresh()).toEqual({ a: ONE });
    await scenario.apply({ a: ONE, b: TWO });
    expect(liveOf(scenario)).toContain(TWO.slice('ipvsadm '.length));
    await scenario.refresh();
    endConnections(scenario);
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([theirs]);
  });
});
