// A host's life under the engine: create, update, destroy, import, and applies that were cut off on the way.
import { createEngine } from '../../lib/converge/create-engine';
import { describe, expect, test } from 'vitest';
import { ApplyFailed } from '../../lib/converge/errors';
import { errorOf, PARTS, Scenario } from './scenario';

const OTHER = {
  ...PARTS,
  '50-service web': 'iptables -t nat -A GW-SERVICES -j GW-NEW\niptables -t nat -N GW-NEW',
};

test('a create, an update and a destroy leave the host as it was', async () => {
  const scenario = new Scenario();
  scenario.byHand('-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE', ':DOCKER - [0:0]', '-A DOCKER -j RETURN');
  const before = scenario.host.kernel.save();
  await scenario.apply(PARTS);
  const { id } = scenario.state ?? {};
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  await scenario.refresh();
  await scenario.apply(OTHER);
  expect(await scenario.refresh()).toEqual(OTHER);
  expect(scenario.state?.id).toBe(id);
  expect(scenario.rulesOf('GW-SVC-WEB')).toBeUndefined();
  expect(await scenario.destroy()).toEqual([]);
  expect(withoutUnused(scenario.host.kernel.save())).toBe(before);
  expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
  expect(scenario.host.manifest).toBeUndefined();
  expect([...scenario.host.declared]).toEqual([]);
});

/** Tables that a destroy has left behind unused equal absent ones. */
function withoutUnused(save: string): string {
  return save
    .split(/(?<=^# Completed.*\n)/m)
    .filter((table) => /^(:\S+ -|-A )/m.test(table))
    .join('');
}

test('an apply of parts that mean the same as before changes no rule', async () => {
  const scenario = new Scenario();
  await scenario.apply(PARTS);
  await scenario.refresh();
  const save = scenario.host.kernel.save();
  const parts = {
    ...PARTS,
    '90-last': '# last of all\niptables -t nat -A GW-SERVICES -m addrtype --dst-type LOCAL -j RETURN',
  };
  await scenario.applyOnly(parts);
  expect(scenario.host.kernel.save()).toBe(save);
  expect(await scenario.refresh()).toEqual(parts);
});

describe('an apply that fails', () => {
  test.each([1, 2, 3])('at step %d leaves the old, and the next one works', async (step) => {
    const scenario = new Scenario();
    scenario.host.faults.failAtStep = step;
    const parts = { ...PARTS, '10-drop': 'iptables -A INPUT -s 203.0.113.9 -j DROP' };
    const error = await errorOf(scenario.apply(parts));
    expect(error).toBeInstanceOf(ApplyFailed);
    expect(error).toMatchObject({ undone: true });
    expect(withoutUnused(scenario.host.kernel.save())).toBe('');
    expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
    expect(scenario.host.manifest).toBeUndefined();
    delete scenario.host.faults.failAtStep;
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
  });

  test('is refused where what the scope owns was changed since the plan, by part and line', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    await scenario.refresh();
    scenario.byHand('-D GW-SVC-WEB -j GW-SEP-B', '-A GW-SEP-A -j RETURN', '-I POSTROUTING 1 -j ACCEPT');
    const error = await errorOf(scenario.applyOnly(OTHER));
    expect(error).toMatchObject({ code: 'changed-since-plan' });
    expect(String(error).split('\n').slice(1)).toEqual([
      'part "50-service web":',
      '  - iptables -t nat -A GW-SVC-WEB -j GW-SEP-B',
      'part "~unexpected":',
      '  + iptables -t nat -A GW-SEP-A -j RETURN',
    ]);
    expect(await errorOf(scenario.destroy())).toMatchObject({ code: 'changed-since-plan' });
  });

  test('is not refused for foreign changes, or where the plan read nothing', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    await scenario.refresh();
    scenario.byHand('-I POSTROUTING 1 -j ACCEPT', ':DOCKER - [0:0]');
    await scenario.applyOnly(OTHER);
    // Straight after an apply, as with `terraform plan -refresh=false`.
    scenario.byHand('-A GW-NEW -j ACCEPT');
    await scenario.applyOnly(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
  });
});

describe('an apply of which nobody heard', () => {
  test('is taken over by the next create, which warns and changes no rule', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    const { host, state } = scenario;
    const save = host.kernel.save();
    const again = new Scenario(undefined, host);
    const { notes } = await again.plan(PARTS);
    expect(notes).toEqual([expect.objectContaining({ summary: '192.0.2.1:22 holds all of this already' })]);
    await again.applyOnly(PARTS);
    expect(again.state?.id).toBe(state?.id);
    expect(host.kernel.save()).toBe(save);
  });

  test('and that declared other things refuses the next create with the command to import', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    const again = new Scenario(undefined, scenario.host);
    const error = await errorOf(again.plan(OTHER));
    expect(error).toMatchObject({
      code: 'already-on-host',
      fix: expect.stringContaining("terraform import gatewright_host.NAME 'default@192.0.2.1:22'") as string,
    });
    expect(await errorOf(again.applyOnly(OTHER))).toMatchObject({ code: 'already-on-host' });
  });

  test('as an update is seen by the next refresh, so that a plan has nothing to change', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    await scenario.refresh();
    const { state, memory } = scenario;
    await scenario.apply(OTHER);
    Object.assign(scenario, { state, memory });
    expect(await scenario.refresh()).toEqual(OTHER);
    expect(await scenario.wording(OTHER)).toBe('prior');
  });

  test('as a destroy leaves nothing to destroy, and a plan that makes everything anew', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    await scenario.refresh();
    const { state, memory } = scenario;
    await scenario.destroy();
    Object.assign(scenario, { state, memory });
    expect(await scenario.refresh()).toEqual({});
    expect(await scenario.planDestroy()).toEqual([]);
    expect(await scenario.wording(PARTS)).toBe('declared');
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
    expect(scenario.host.sysctls.get('net.ipv4.ip_forward')).toBe('0');
  });
});

describe('an apply whose connection was lost', () => {
  test('is a success where the host is found to hold the new', async () => {
    const scenario = new Scenario();
    scenario.host.faults.loseConnection = 'after';
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
    expect(scenario.host.manifest).toBeUndefined();
  });

  test('is a failure where the host is found as it was', async () => {
    const scenario = new Scenario();
    scenario.host.faults.loseConnection = 'before';
    const error = await errorOf(scenario.apply(PARTS));
    expect(error).toMatchObject({ name: 'ApplyFailed', undone: true });
    expect(String(error)).toContain('the host is as it was');
  });

  test('tells what is known where the host is as it was no more', async () => {
    const scenario = new Scenario();
    const transact = scenario.host.transact.bind(scenario.host);
    scenario.host.faults.loseConnection = 'before';
    scenario.host.transact = async (...given) => {
      try {
        return await transact(...given);
      } finally {
        scenario.byHand(':GW-HALF - [0:0]');
      }
    };
    const error = await errorOf(scenario.apply(PARTS));
    expect(error).toMatchObject({ name: 'ApplyFailed', undone: false });
    expect(String(error)).toContain('neither what was before nor what was to be');
  });

  test('tells that nothing is known where the host cannot be asked', async () => {
    const scenario = new Scenario();
    scenario.host.faults.loseConnection = 'before';
    scenario.host.read = () => Promise.reject(new Error('no route to host'));
    const error = await errorOf(scenario.applyOnly(PARTS));
    expect(error).toMatchObject({ name: 'SshError', code: 'connection-lost' });
    expect(String(error)).toContain('it did not tell: no route to host');
    expect(String(error)).toContain('all new or all old');
  });
});

describe('an import', () => {
  test('gives what was declared, settings and id', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    const imported = await scenario.engine.import(scenario.target);
    expect(imported).toMatchObject({ state: { id: scenario.state?.id, parts: PARTS }, settings: '{}' });
    const again = new Scenario(undefined, scenario.host);
    Object.assign(again, { state: imported.state, memory: imported.memory });
    expect(await again.refresh()).toEqual(PARTS);
    expect(await again.wording(PARTS)).toBe('prior');
  });

  test('gives the drift too', async () => {
    const scenario = new Scenario();
    await scenario.apply(PARTS);
    scenario.host.sysctls.set('net.ipv4.ip_forward', '0');
    scenario.byHand('-A GW-SEP-A -j RETURN');
    const { state } = await scenario.engine.import(scenario.target);
    expect(state.parts['10-host']?.split('\n')[0]).toBe('sysctl net.ipv4.ip_forward=0');
    expect(state.parts['~unexpected']).toBe('iptables -t nat -A GW-SEP-A -j RETURN\n');
  });

  test('of a host that has nothing of the scope gives no parts', async () => {
    const scenario = new Scenario();
    const imported = await scenario.engine.import(scenario.target);
    expect(imported.state).toEqual({ parts: {} });
    expect(imported).not.toHaveProperty('settings');
  });
});

test('an apply that is stopped before it begins changes nothing', async () => {
  const scenario = new Scenario();
  const stopping = new AbortController();
  stopping.abort();
  const before = scenario.host.state();
  const request = { parts: PARTS, moved: false, settings: '{}' };
  const given = scenario.engine.apply(scenario.target, request, stopping.signal);
  expect(await errorOf(given)).toMatchObject({ code: 'interrupted' });
  expect(scenario.host.state()).toBe(before);
});

test('an apply that is stopped while it still waits for a connection does not wait any longer', async () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const engine = createEngine(() => ({ open: never, openFresh: never }));
  const { target } = new Scenario();
  const stopping = new AbortController();
  const applied = engine.apply(target, { parts: PARTS, moved: false, settings: '{}' }, stopping.signal);
  const destroyed = engine.destroy(target, { id: 'x', parts: PARTS }, undefined, stopping.signal);
  stopping.abort();
  for (const given of [applied, destroyed]) {
    expect(await errorOf(given)).toMatchObject({
      code: 'interrupted',
      message: '192.0.2.1:22: interrupted before the first change',
    });
  }
});

test('unknown parts are not checked against the host, and named in a warning', async () => {
  const scenario = new Scenario();
  const { wording, notes } = await scenario.plan(
    { a: 'iptables -t nat -A PREROUTING -j made-later\niptables -t nat -A OUTPUT -j GW-LATER' },
    ['b', 'c'],
  );
  expect(wording).toBe('declared');
  expect(notes).toEqual([
    {
      summary: 'Some parts are known only at apply',
      detail: 'These were neither checked nor proved: b, c',
      attribute: 'parts',
    },
  ]);
});
