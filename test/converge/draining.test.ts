// Real servers that drain, on the host in memory with a clock that the tests move: what waits for what.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Applied, Note } from '../../lib/converge/engine';
import {
  BOTH,
  dieWhileDraining,
  endConnections,
  expectFinished,
  liveOf,
  newScenario,
  NONE,
  ONE,
  ONLY_ONE,
  QUIET,
  settled,
  TWO,
  VIP,
} from './draining-scenario';
import { errorOf, Scenario } from './scenario';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a real server that leaves its virtual server', () => {
  test('has no weight while it has connections, and goes with the last of them', async () => {
    const scenario = await newScenario();
    const applied = scenario.apply(ONLY_ONE);
    await settled();
    expect(liveOf(scenario)).toContain(QUIET);
    expect(scenario.host.manifest).toContain('2026-11-21T12:01:00.000Z');
    await vi.advanceTimersByTimeAsync(5000);
    expect(liveOf(scenario)).toContain(QUIET);
    endConnections(scenario);
    await vi.advanceTimersByTimeAsync(1000);
    expect((await applied).notes).toEqual([]);
    expect(liveOf(scenario)).toEqual(['-A -t 192.0.2.1:80 -s rr', ONE.slice('ipvsadm '.length)]);
    expect(scenario.host.manifest).not.toContain('draining');
    expect(await scenario.refresh()).toEqual(ONLY_ONE);
  });

  test('goes with its connections when the time is over, and a note tells how many', async () => {
    const scenario = await newScenario();
    const applied = scenario.apply(ONLY_ONE);
    await vi.advanceTimersByTimeAsync(61_000);
    expect((await applied).notes).toEqual([
      {
        summary: '192.0.2.1:22: 1 real servers were removed with connections',
        detail: '-t 192.0.2.1:80 -r 10.0.0.2:80 has 1\nThey had 60 s to end (drain_timeout_seconds).',
        attribute: 'drain_timeout_seconds',
      },
    ]);
    expect(liveOf(scenario)).toHaveLength(2);
  });

  test('goes at once where nobody asked for draining', async () => {
    const scenario = await newScenario(0);
    expect((await scenario.apply(ONLY_ONE)).notes).toEqual([]);
    expect(liveOf(scenario)).toHaveLength(2);
    expect(scenario.host.calls).not.toContain('countConnections');
  });

  test('is not looked for on a host that has nothing to do with IPVS, and may have no ipvsadm', async () => {
    const scenario = new Scenario();
    Object.assign(scenario.target, { drainTimeoutSeconds: 60 });
    const transact = vi.spyOn(scenario.host, 'transact');
    await scenario.apply(NONE);
    await scenario.refresh();
    await scenario.destroy();
    expect(transact.mock.calls.flatMap(([{ reads }]) => reads)).toEqual([]);
    expect(transact).toHaveBeenCalledTimes(4);
  });

  test('makes way for the one that comes in its place before it goes', async () => {
    const scenario = await newScenario();
    const three = ONE.replace('10.0.0.1', '10.0.0.3');
    const applied = scenario.apply({ ...BOTH, '50-web': `${VIP}\n${ONE}\n${three}\n` });
    await settled();
    expect(liveOf(scenario)).toEqual(
      expect.arrayContaining([QUIET, three.slice('ipvsadm '.length), ONE.slice('ipvsadm '.length)]),
    );
    endConnections(scenario);
    await vi.advanceTimersByTimeAsync(1000);
    await applied;
  });

  test('is told of while it is waited for', async () => {
    const scenario = await newScenario();
    const lines: string[] = [];
    Object.assign(scenario.target, { report: (line: string) => lines.push(line) });
    const applied = scenario.apply(ONLY_ONE);
    await vi.advanceTimersByTimeAsync(61_000);
    await applied;
    expect(lines).toEqual([
      'sending 1 line in 1 step',
      'verified; confirming over a new SSH connection',
      '1 of 1 real servers drain: -t 192.0.2.1:80 -r 10.0.0.2:80 has 1',
    ]);
  });

  test('has its weight back where the transaction fails', async () => {
    const scenario = await newScenario();
    const before = liveOf(scenario);
    scenario.host.faults.failToRemember = true;
    expect(await errorOf(scenario.apply(ONLY_ONE))).toMatchObject({ undone: true });
    expect(liveOf(scenario)).toEqual(before);
  });

  test('is left to the next apply where the host cannot be asked any more, which is a success', async () => {
    const scenario = await newScenario();
    scenario.host.countConnections = () => Promise.reject(new Error('no route to host'));
    expect((await scenario.apply(ONLY_ONE)).notes).toEqual([
      {
        summary: '192.0.2.1:22: 1 real servers still drain',
        detail: 'no route to host\nThey have weight 0, and are removed by the next apply or destroy.',
      },
    ]);
    Reflect.deleteProperty(scenario.host, 'countConnections');
    await expectFinished(scenario);
  });

  test('is left alone where somebody gave it weight meanwhile, and stands in the next plan', async () => {
    const scenario = await newScenario();
    const applied = scenario.apply(ONLY_ONE);
    await settled();
    scenario.host.subsystems.ipvs.run('-e -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 5\n');
    endConnections(scenario);
    await vi.advanceTimersByTimeAsync(1000);
    await applied;
    expect(await scenario.refresh()).toEqual({
      ...ONLY_ONE,
      '~unexpected': 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 5\n',
    });
  });

  test('is left to the next apply where somebody stops this one, which is a success', async () => {
    const scenario = await newScenario();
    const stopping = new AbortController();
    const { state: prior, memory } = scenario;
    const request = { ...(prior && { prior }), ...(memory && { memory }), parts: ONLY_ONE, moved: false };
    const applied = scenario.engine.apply(scenario.target, { ...request, settings: '{}' }, stopping.signal);
    await settled();
    stopping.abort();
    await settled();
    expect((await applied).notes).toEqual([
      {
        summary: '192.0.2.1:22: 1 real servers still drain',
        detail:
          '-t 192.0.2.1:80 -r 10.0.0.2:80 has 1\nThey have weight 0, and are removed by the next apply or destroy.',
      },
    ]);
    expect(liveOf(scenario)).toContain(QUIET);
    Object.assign(scenario, { state: (await applied).state, memory: (await applied).memory });
    await expectFinished(scenario);
  });
});

describe('a virtual server that goes', () => {
  const goings: readonly (readonly [string, (scenario: Scenario) => Promise<Applied | readonly Note[]>])[] = [
    ['by an apply', (scenario) => scenario.apply(NONE)],
    ['by a destroy', (scenario) => scenario.destroy()],
  ];
  test.each(goings)('%s lets its real servers drain while all else stays as it is', async (_by, go) => {
    const scenario = await newScenario();
    const going = go(scenario);
    await settled();
    expect(liveOf(scenario)).toEqual([
      '-A -t 192.0.2.1:80 -s rr',
      '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0',
      QUIET,
    ]);
    expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('1');
    expect(scenario.host.kernel.save()).not.toContain('DROP');
    endConnections(scenario);
    await vi.advanceTimersByTimeAsync(1000);
    await going;
    expect(liveOf(scenario)).toEqual([]);
    expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
    expect(scenario.host.manifest ?? '').not.toContain('draining');
  });

  test.each(goings)('%s goes when the time is over', async (_by, go) => {
    const scenario = await newScenario();
    const going = go(scenario);
    await vi.advanceTimersByTimeAsync(61_000);
    await going;
    expect(liveOf(scenario)).toEqual([]);
  });

  test('has its weights again where what was to follow fails', async () => {
    const scenario = await newScenario();
    const before = liveOf(scenario);
    const applied = errorOf(scenario.apply(NONE));
    await settled();
    scenario.host.faults.failAtStep = 1;
    endConnections(scenario);
    const transact = scenario.host.transact.bind(scenario.host);
    scenario.host.transact = async (...given) => {
      const outcome = await transact(...given);
      delete scenario.host.faults.failAtStep;
      return outcome;
    };
    await vi.advanceTimersByTimeAsync(1000);
    expect(await applied).toMatchObject({ name: 'ApplyFailed', undone: true });
    expect(liveOf(scenario)).toEqual(before);
    expect(await scenario.refresh()).toEqual(BOTH);
    expect(scenario.host.manifest).not.toContain('draining');
  });

  test('is shown without weights where the apply died, and goes with the next', async () => {
    const scenario = await newScenario();
    await dieWhileDraining(scenario, NONE);
    expect(await scenario.refresh()).toEqual({
      ...BOTH,
      '50-web': `${VIP}\n${ONE.replace('-w 1', '-w 0')}\n${TWO.replace('-w 2', '-w 0')}\n`,
    });
    endConnections(scenario);
    await scenario.apply(NONE);
    expect(liveOf(scenario)).toEqual([]);
    expect(scenario.host.manifest).not.toContain('draining');
  });

  test('has its weights again where it stays after all', async () => {
    const scenario = await newScenario();
    const before = liveOf(scenario);
    await dieWhileDraining(scenario, NONE);
    await scenario.refresh();
    await scenario.apply(BOTH);
    expect(liveOf(scenario)).toEqual(before);
    expect(scenario.host.manifest).not.toContain('draining');
  });
});
