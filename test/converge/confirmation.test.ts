// An apply is kept only where somebody can log in anew, and where what must work does; else the host takes all of it back.
import { describe, expect, test, vi } from 'vitest';
import { errorOf, PARTS, Scenario } from './scenario';

const PROBES = [{ kind: 'tcp', address: '192.0.2.1', port: 80, from: 'host', timeoutSeconds: 5 }] as const;

function scenarioWith(target: Partial<Scenario['target']> = {}): Scenario {
  const scenario = new Scenario();
  Object.assign(scenario.target, target);
  return scenario;
}

/** The shared connection carries the transaction: a host that allows one session a connection answers on another one. */
function lastCalls({ host }: Scenario): readonly string[] {
  return host.calls.slice(host.calls.lastIndexOf('login'));
}

test('an apply is confirmed over a connection of its own, which is then closed', async () => {
  const scenario = scenarioWith();
  await scenario.apply(PARTS);
  expect(scenario.host.calls.slice(-4)).toEqual(['transact', 'login', 'answer confirm', 'logout']);
});

test('an apply that changes nothing on the host asks for no login', async () => {
  const scenario = scenarioWith();
  await scenario.apply(PARTS);
  await scenario.refresh();
  scenario.host.calls.length = 0;
  await scenario.apply({ ...PARTS, '99-words': '# only words\n' });
  expect(scenario.host.calls).not.toContain('login');
});

test('an apply whose probes fail is taken back, and says which', async () => {
  const scenario = scenarioWith({ probes: PROBES });
  scenario.host.faults.failProbes = true;
  const error = await errorOf(scenario.apply(PARTS));
  expect(error).toMatchObject({ name: 'ApplyFailed', undone: true });
  expect(String(error)).toMatch(
    /the apply was rolled back at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC: not all probes passed/,
  );
  expect(String(error)).toContain('probes[0], tcp 192.0.2.1:80 from the host: refused');
  expect(String(error)).toContain('  + iptables -t nat -N GW-SERVICES');
  expect(scenario.state).toBeUndefined();
  expect(lastCalls(scenario)).toEqual(['login', 'answer roll-back', 'logout']);
  expect(await scenario.refresh()).toEqual({});
});

test('an apply whose probes pass is kept', async () => {
  const scenario = scenarioWith({ probes: PROBES });
  await scenario.apply(PARTS);
  expect(await scenario.refresh()).toEqual(PARTS);
});

describe('where nobody can log in anew', () => {
  test.each([
    ['a first apply', undefined],
    ['an update', { '90-last': 'iptables -P FORWARD DROP\n' }],
  ])('%s is taken back in time, and the next one works', async (_verb, first) => {
    vi.useFakeTimers();
    try {
      const scenario = scenarioWith({ confirmTimeoutSeconds: 3 });
      if (first !== undefined) {
        await scenario.apply(first);
        await scenario.refresh();
      }
      scenario.host.faults.refuseLogins = true;
      const failed = errorOf(scenario.apply(PARTS));
      await vi.advanceTimersByTimeAsync(4000);
      const error = await failed;
      expect(error).toMatchObject({ name: 'ApplyFailed', undone: true });
      expect(String(error)).toContain(
        'no new SSH connection could be made within 3 s: root@192.0.2.1:22 cannot be reached',
      );
      expect(await scenario.refresh()).toEqual(first ?? {});
      scenario.host.faults.refuseLogins = false;
      await scenario.apply(PARTS);
      expect(await scenario.refresh()).toEqual(PARTS);
    } finally {
      vi.useRealTimers();
    }
  });
});

test('an apply that is interrupted before it is confirmed is taken back', async () => {
  const scenario = scenarioWith();
  const stopping = new AbortController();
  scenario.host.faults.beforeVerify = () => {
    stopping.abort();
  };
  const request = { parts: PARTS, moved: false, settings: '{}' };
  const error = await errorOf(scenario.engine.apply(scenario.target, request, stopping.signal));
  expect(error).toMatchObject({ name: 'ApplyFailed', undone: true });
  expect(String(error)).toContain('the apply was interrupted');
  expect(lastCalls(scenario)).toEqual(['login', 'answer roll-back', 'logout']);
  expect(await scenario.refresh()).toEqual({});
});
